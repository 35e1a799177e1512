import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { canonicalJson } from '../domain/canonical-json.ts';
import { AppError, invalidField, invalidFields } from '../domain/errors.ts';
import { fromDate } from '../domain/instant.ts';
import type { KeyType } from '../domain/key-type.ts';
import type { CallbackAuth } from '../domain/callback.schema.ts';
import type { Notification, RegisterNotification } from '../domain/notification.schema.ts';
import { notificationTokenContext } from '../domain/secret-contexts.ts';
import { isSmokeTest } from '../domain/simulated-recipients.ts';
import type {
  NewNotification,
  NotificationStore,
  SecretBox,
  ServiceStore,
  UrlPolicy,
} from '../ports/index.ts';
import { profileNamed, type Profile } from '../profiles/index.ts';
import type { AcceptStatusUseCase } from './accept-status.ts';
import { callbackUrlObjection } from './callback-url.ts';
import { keyTypeOf, maySee, type Caller } from './caller.ts';
import { recipientObjection } from './recipient-objection.ts';
import { simulateDelivery } from './simulate-delivery.ts';
import { timeoutStatusOf } from './timeout-status-of.ts';

type Ports = {
  notifications: NotificationStore;
  services: ServiceStore;
  acceptStatus: AcceptStatusUseCase;
  secrets: SecretBox;
  urlPolicy: UrlPolicy;
  now: () => Date;
};

/**
 * Registers a notification. The same id with the same body gives the one that is stored; with another body, or for
 * another service or type of key, CONFLICT. One to a smoke-test recipient is answered and not kept; with a test key nothing is sent, and
 * the statuses that a provider would have reported are accepted at once.
 */
export async function registerNotification(
  ports: Ports,
  caller: Caller,
  body: RegisterNotification,
): Promise<{ notification: Notification; wasCreated: boolean }> {
  const { serviceId, profile: profileName } = await resolveService(ports, caller, body.service_id);
  const profile = profileNamed(profileName);
  refuseFaults(profile, body, ports);
  const notification = toNotification(body, { serviceId, keyType: keyTypeOf(caller) }, ports.now());
  if (isSmokeTest(profile.simulatedRecipients, body.to)) return { notification, wasCreated: true };
  const requestDigest = createHash('sha256')
    .update(canonicalJson({ ...body, service_id: serviceId }))
    .digest();

  const { stored, wasCreated } = await ports.notifications.register({
    notification,
    requestDigest,
    own: sealOwn(ports.secrets, notification.id, profile, body),
    timesOut: timeoutStatusOf(profileName, notification) !== null,
  });
  if (!wasCreated && !(requestDigest.equals(stored.requestDigest) && maySee(caller, stored.notification)))
    throw new AppError('CONFLICT', 'id: a notification with this id was registered with another body.', {
      fields: [{ path: 'id', message: 'is taken by a notification with another body' }],
    });
  if (caller.kind === 'service' && caller.keyType === 'test')
    await simulateDelivery(ports, caller, stored.notification);
  return { notification: stored.notification, wasCreated };
}

/** How far a caller's clock may be ahead of ours: lists show the newest first. */
const maxAheadMs = 5 * 60_000;

function refuseFaults(
  profile: Profile,
  body: RegisterNotification,
  { urlPolicy, now }: Pick<Ports, 'urlPolicy' | 'now'>,
): void {
  const { to, notification_type: type, callback_url: url, created_at: createdAt } = body;
  const latest = fromDate(new Date(now().getTime() + maxAheadMs));
  const faults = [
    {
      path: 'created_at',
      message:
        createdAt !== undefined && createdAt > latest
          ? 'must be at most five minutes ahead of the present time'
          : null,
    },
    { path: 'to', message: recipientObjection(profile, type, to) },
    { path: 'callback_url', message: url === undefined ? null : callbackUrlObjection(url, urlPolicy) },
  ].flatMap(({ path, message }) => (message === null ? [] : [{ path, message }]));
  if (faults.length > 0) throw invalidFields(faults);
}

function sealOwn(
  secrets: SecretBox,
  notificationId: string,
  { retryPolicy: policy }: Profile,
  { callback_bearer_token: token }: RegisterNotification,
): NonNullable<NewNotification['own']> | null {
  if (token === undefined) return null;
  const auth = JSON.stringify({ type: 'bearer', token } satisfies CallbackAuth);
  return { sealedToken: secrets.seal(auth, notificationTokenContext(notificationId)), policy };
}

async function resolveService(
  ports: Ports,
  caller: Caller,
  given: string | undefined,
): Promise<{ serviceId: string; profile: string }> {
  if (caller.kind === 'service') {
    if (given !== undefined && given !== caller.serviceId)
      throw new AppError(
        'FORBIDDEN',
        "service_id: an API key registers its own service's notifications only.",
        {
          fields: [{ path: 'service_id', message: 'is not the service of this API key' }],
        },
      );
    return { serviceId: caller.serviceId, profile: caller.profile };
  }
  if (given === undefined)
    throw invalidField('service_id', 'is required when the operator registers a notification');
  const service = await ports.services.find(given);
  if (!service) throw invalidField('service_id', 'there is no such service');
  return { serviceId: given, profile: service.profile };
}

function toNotification(
  body: RegisterNotification,
  { serviceId, keyType }: { serviceId: string; keyType: KeyType },
  now: Date,
): Notification {
  return {
    id: body.id ?? uuidv7(),
    service_id: serviceId,
    key_type: keyType,
    reference: body.reference ?? null,
    to: body.to,
    notification_type: body.notification_type,
    status: 'created',
    template_id: body.template_id ?? null,
    template_version: body.template_version ?? null,
    template_name: body.template_name ?? null,
    provider: body.provider ?? null,
    provider_reference: body.provider_reference ?? null,
    created_at: body.created_at ?? fromDate(now),
    sent_at: body.sent_at ?? null,
    completed_at: null,
    sent_by: body.sent_by ?? null,
    spreadsheet_file_name: body.spreadsheet_file_name ?? null,
    spreadsheet_row_number: body.spreadsheet_row_number ?? null,
    upload_letter_file_name: body.upload_letter_file_name ?? null,
    callback_url: body.callback_url ?? null,
  };
}
