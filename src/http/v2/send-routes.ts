import type { FastifyRequest } from 'fastify';
import { AppError, invalidField } from '../../domain/errors.ts';
import { RegisterNotification, type Notification } from '../../domain/notification.schema.ts';
import { SendEmail, SendLetter, SendPrecompiledLetter, SendSms } from '../../domain/notify-api.schema.ts';
import { registerNotification } from '../../use-cases/register-notification.ts';
import type { RouteDeps } from '../deps.ts';
import { baseOf } from '../request-host.ts';
import type { ZodApp } from '../zod-app.ts';
import { sentShape, templateVersion } from './notify-shapes.ts';
import { serviceOf } from './service-caller.ts';

/** A PDF of a few pages, in base64. */
const letterLimitBytes = 8 * 1024 * 1024;
const leastAddressLines = 3;
const mostAddressLines = 7;

export function addSendRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post('/notifications/sms', { schema: { hide: true, body: SendSms } }, async (request, reply) => {
    const { phone_number: to, ...body } = request.body;
    const given = { ...fromTemplate(body), ...ownCallback(body), to, notification_type: 'sms' as const };
    const notification = await register(deps, request, given, { to: 'phone_number' });
    return reply.code(201).send(sentShape(baseOf(request), notification, { body: '', from_number: '' }));
  });

  app.post('/notifications/email', { schema: { hide: true, body: SendEmail } }, async (request, reply) => {
    const { email_address: to, one_click_unsubscribe_url: unsubscribe = null, ...body } = request.body;
    const given = { ...fromTemplate(body), ...ownCallback(body), to, notification_type: 'email' as const };
    const notification = await register(deps, request, given, { to: 'email_address' });
    const content = { body: '', subject: '', from_email: '', one_click_unsubscribe_url: unsubscribe };
    return reply.code(201).send(sentShape(baseOf(request), notification, content));
  });

  app.post(
    '/notifications/letter',
    { bodyLimit: letterLimitBytes, schema: { hide: true, body: SendPrecompiledLetter.or(SendLetter) } },
    async (request, reply) => {
      const { body } = request;
      if (!('template_id' in body)) {
        const given = {
          to: 'Provided as PDF',
          notification_type: 'letter' as const,
          reference: body.reference,
        };
        const { id, reference } = await register(deps, request, given, {});
        return reply.code(201).send({ id, reference, ...(body.postage && { postage: body.postage }) });
      }
      const to = addressOf(body.personalisation);
      const given = { ...fromTemplate(body), to, notification_type: 'letter' as const };
      const notification = await register(deps, request, given, {});
      return reply.code(201).send(sentShape(baseOf(request), notification, { body: '', subject: '' }));
    },
  );
}

function fromTemplate(body: { template_id: string; reference?: string | null | undefined }) {
  return {
    template_id: body.template_id,
    template_version: templateVersion,
    ...(body.reference !== undefined && { reference: body.reference }),
  };
}

function ownCallback(body: {
  status_callback_url?: string | undefined;
  status_callback_bearer_token?: string | undefined;
}): Pick<RegisterNotification, 'callback_url' | 'callback_bearer_token'> {
  const { status_callback_url: url, status_callback_bearer_token: token } = body;
  if ((url === undefined) !== (token === undefined))
    throw invalidField(
      url === undefined ? 'status_callback_url' : 'status_callback_bearer_token',
      'is required',
    );
  return { callback_url: url, callback_bearer_token: token };
}

function addressOf(personalisation: Record<string, unknown>): string {
  const lines = Array.from({ length: 7 }, (_, index) => personalisation[`address_line_${index + 1}`])
    .concat(personalisation['postcode'])
    .filter((line): line is string => typeof line === 'string' && line.trim() !== '');
  if (lines.length < leastAddressLines)
    throw invalidField('personalisation', `must have an address of at least ${leastAddressLines} lines`);
  if (lines.length > mostAddressLines)
    throw invalidField('personalisation', `must have an address of at most ${mostAddressLines} lines`);
  // As `to` is checked where a notification is registered by its own fields.
  const address = RegisterNotification.shape.to.safeParse(lines.join('\n'));
  if (address.success) return address.data;
  const isTooLong = address.error.issues.some(({ code }) => code === 'too_big');
  const fault = isTooLong ? 'is too long' : 'must not contain U+0000 or an unpaired surrogate';
  throw invalidField('personalisation', `has an address that ${fault}`);
}

/** Registers it, and names what is refused as this caller wrote it. */
async function register(
  deps: RouteDeps,
  request: FastifyRequest,
  given: RegisterNotification,
  names: Readonly<Record<string, string>>,
): Promise<Notification> {
  const all: Record<string, string> = { ...names, callback_url: 'status_callback_url' };
  try {
    return (await registerNotification(deps, serviceOf(request), given)).notification;
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.fields.length === 0) throw cause;
    const fields = cause.fields.map(({ path, message }) => ({ path: all[path] ?? path, message }));
    throw new AppError(cause.code, cause.message, { fields, cause });
  }
}
