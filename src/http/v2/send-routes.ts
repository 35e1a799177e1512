import type { FastifyRequest } from 'fastify';
import { AppError, invalidField } from '../../domain/errors.ts';
import type { Notification, RegisterNotification } from '../../domain/notification.schema.ts';
import { SendEmail, SendSms } from '../../domain/notify-api.schema.ts';
import { registerNotification } from '../../use-cases/register-notification.ts';
import type { RouteDeps } from '../deps.ts';
import { baseOf } from '../request-host.ts';
import type { ZodApp } from '../zod-app.ts';
import { sentShape, templateVersion } from './notify-shapes.ts';
import { serviceOf } from './service-caller.ts';

/** Files may be among the personalisation of an e-mail; nothing is made of it. */
const sendLimitBytes = 256 * 1024;

export function addSendRoutes(app: ZodApp, deps: RouteDeps): void {
  app.post(
    '/notifications/sms',
    { bodyLimit: sendLimitBytes, schema: { hide: true, body: SendSms } },
    async (request, reply) => {
      const { phone_number: to, ...body } = request.body;
      const given = { ...fromTemplate(body), ...ownCallback(body), to, notification_type: 'sms' as const };
      const notification = await register(deps, request, given, { to: 'phone_number' });
      return reply.code(201).send(sentShape(baseOf(request), notification, { body: '', from_number: '' }));
    },
  );

  app.post(
    '/notifications/email',
    { bodyLimit: sendLimitBytes, schema: { hide: true, body: SendEmail } },
    async (request, reply) => {
      const { email_address: to, one_click_unsubscribe_url: unsubscribe = null, ...body } = request.body;
      const given = { ...fromTemplate(body), ...ownCallback(body), to, notification_type: 'email' as const };
      const notification = await register(deps, request, given, { to: 'email_address' });
      const content = { body: '', subject: '', from_email: '', one_click_unsubscribe_url: unsubscribe };
      return reply.code(201).send(sentShape(baseOf(request), notification, content));
    },
  );
}

export function fromTemplate(body: { template_id: string; reference?: string | null | undefined }) {
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

/** Registers it, and names what is refused as this caller wrote it. */
export async function register(
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
