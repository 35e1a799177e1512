import { isTwilio, wordsOf } from '../domain/destination-words.ts';
import type { Instant } from '../domain/instant.ts';
import type { NamedMessage } from '../ports/index.ts';
import { findProfile } from '../profiles/index.ts';
import { onSuppressionList, type Receipt } from '../providers/index.ts';
import type { AcceptComplaintUseCase } from './accept-complaint.ts';
import type { AcceptStatusUseCase } from './accept-status.ts';
import { eventIdFrom } from './event-id-from.ts';

export type ReceiptAcceptance = {
  acceptStatus: AcceptStatusUseCase;
  acceptComplaint: AcceptComplaintUseCase;
};

const operator = { kind: 'operator' } as const;

/**
 * Accepts what a receipt says of a message that it names, as durably as a status that its platform reports. What the
 * message's profile has no word for is a technical failure; what says nothing of a status is taken and changes nothing. One
 * that gives no time is of the moment it arrived.
 */
export async function acceptReceipt(
  ports: ReceiptAcceptance,
  message: NamedMessage,
  receipt: Receipt,
  { eventId, receivedAt }: { eventId: string; receivedAt: Instant },
): Promise<void> {
  const { notificationId: id, destination } = message;
  if (receipt.complaint && message.notificationType === 'email') {
    const { id: complaintId, date, isOnSuppressionList } = receipt.complaint;
    await ports.acceptComplaint(operator, id, {
      event_id: eventId,
      complaint_date: date ?? receivedAt,
      ...(isUuid(complaintId) && { complaint_id: complaintId }),
    });
    if (isOnSuppressionList && message.profile === 'gc-notify')
      await ports.acceptStatus(operator, id, {
        status: 'permanent-failure',
        event_id: eventIdFrom(`suppressed/${eventId}`),
        occurred_at: receivedAt,
        provider_response: onSuppressionList,
      });
    return;
  }
  const status = destination ? wordFor(destination, receipt) : statusFor(message, receipt);
  if (status === null) return;
  await ports.acceptStatus(operator, id, {
    status,
    event_id: eventId,
    occurred_at: receipt.occurredAt ?? receivedAt,
    status_description: receipt.description,
    provider_response: receipt.providerResponse,
    ...(destination && { destination: destination.to, destination_type: destination.type as 'sms' }),
  });
}

function statusFor({ profile, status: current }: NamedMessage, receipt: Receipt): string | null {
  const { statusIfPending } = receipt;
  const status = current === 'pending' && statusIfPending !== undefined ? statusIfPending : receipt.status;
  if (status === null) return null;
  return findProfile(profile)?.statuses.includes(status) ? status : 'technical-failure';
}

/** Dispatch is told in Twilio's own words; of one that is not Twilio's yet, nothing can be said. */
function wordFor(
  destination: NonNullable<NamedMessage['destination']>,
  { status, word }: Receipt,
): string | null {
  const said = isTwilio(destination) ? word : status;
  if (said === null) return null;
  if (wordsOf(destination).includes(said)) return said;
  return isTwilio(destination) ? null : 'technical-failure';
}

function isUuid(text: string | null): text is string {
  return text !== null && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
