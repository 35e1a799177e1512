import { v7 as uuidv7 } from 'uuid';
import { judgeExchange } from '../../domain/delivery/attempt.ts';
import type { CallbackEvent } from '../../domain/callbacks/callback.schema.ts';
import { AppError, notFound } from '../../domain/errors.ts';
import type { Attempt } from '../../domain/notifications/history.schema.ts';
import { fromDate } from '../../domain/instant.ts';
import type { DeliveryJob, SendTest, StoredCallbacks } from '../../ports/index.ts';
import { deliveryRulesOf } from '../../profiles/index.ts';

/**
 * Sends one event of no notification to a callback, under the settings and credentials as they are now, also while it
 * is disabled, and answers with the attempt. It is marked, counts for nothing and is in no history.
 */
export async function testCallback(
  ports: { storedCallbacks: StoredCallbacks; sendTest: SendTest; now: () => Date },
  serviceId: string,
  event: CallbackEvent,
): Promise<Attempt> {
  const found = await ports.storedCallbacks.find(serviceId, event);
  if (!found) throw notFound('callback');
  const { callback, profile } = found;
  const exchange = await ports.sendTest(testJob(serviceId, event, profile, ports.now()), callback);
  if (exchange.failure?.outcome === 'credential_error')
    throw new AppError(
      'UNAVAILABLE',
      'The credentials of this callback cannot be decrypted: configure them again, or give RINGBACK_SECRET_KEYS the key that they are encrypted under.',
    );
  const { outcome, error } = judgeExchange(exchange, deliveryRulesOf(profile).isSuccess);
  const { response } = exchange;
  return {
    number: 1,
    started_at: exchange.startedAt,
    duration_ms: Math.round(exchange.durationMs),
    outcome,
    response_status: response?.status ?? null,
    response_headers: response?.headers ?? null,
    response_body: response ? new TextDecoder().decode(response.body) : null,
    response_truncated: response?.truncated ?? false,
    error,
  };
}

function testJob(serviceId: string, event: CallbackEvent, profile: string, now: Date): DeliveryJob {
  const at = fromDate(now);
  const notificationId = uuidv7();
  return {
    notificationId,
    sequence: 1,
    eventId: uuidv7(),
    event,
    complaint: event === 'complaint' ? { id: uuidv7(), date: at } : null,
    inbound:
      event === 'inbound_sms'
        ? { sourceNumber: 'test', destinationNumber: 'test', message: 'ringback-test', dateReceived: at }
        : null,
    target: null,
    state: 'pending',
    earlierOpen: null,
    attemptsMade: 0,
    attemptsRecorded: 0,
    ownFailures: 0,
    dueInSeconds: 0,
    acceptedAt: at,
    serviceId,
    profile,
    callback: null,
    letter: {
      templateName: null,
      sentBy: null,
      spreadsheetFileName: null,
      spreadsheetRowNumber: null,
      uploadLetterFileName: null,
    },
    isTest: true,
    facts: {
      id: notificationId,
      reference: 'ringback-test',
      to: 'test@example.com',
      status: 'delivered',
      statusDescription: null,
      providerResponse: null,
      createdAt: at,
      completedAt: at,
      sentAt: at,
      notificationType: 'email',
      templateId: null,
      templateVersion: null,
    },
  };
}
