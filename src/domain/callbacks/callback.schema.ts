import { z } from 'zod';
import {
  BearerToken,
  CallbackAuth,
  ClientCertificate,
  ShownAuth,
  ShownClientCertificate,
  Signing,
} from '../access/credential.schema.ts';
import { InstantOutput } from '../instant.schema.ts';
import { NotificationList } from '../access/service.schema.ts';
import { Uuid, storedText } from '../text.schema.ts';

export type { CallbackAuth } from '../access/credential.schema.ts';

/** One callback a service and event. */
export const callbackEvents = ['delivery_status', 'inbound_sms', 'returned_letter', 'complaint'] as const;
export const CallbackEvent = z.enum(callbackEvents, `must be one of: ${callbackEvents.join(', ')}`);
export type CallbackEvent = z.infer<typeof CallbackEvent>;

export const notificationTypes = ['sms', 'email', 'letter'] as const;

export const CallbackFilter = z.strictObject({
  statuses: z.array(storedText(50)).min(1).max(50).optional(),
  notification_types: z.array(z.enum(notificationTypes)).min(1).optional(),
  template_ids: z.array(Uuid).min(1).max(500).optional(),
});
export type CallbackFilter = z.infer<typeof CallbackFilter>;

export const CallbackPolicy = z.strictObject({
  attempts: z.number().int().min(1).max(50).optional(),
  interval_seconds: z.number().int().min(1).max(86_400).optional(),
  timeout_seconds: z.number().int().min(1).max(120).optional(),
});

/** The body of `PUT …/callbacks/{event}`. */
export const ConfigureCallback = z
  .strictObject({
    url: storedText(2048),
    bearer_token: BearerToken.optional(),
    auth: CallbackAuth.optional(),
    client_certificate: ClientCertificate.nullable().optional(),
    signing: Signing.optional(),
    policy: CallbackPolicy.optional(),
    filter: CallbackFilter.optional(),
    notification_list: NotificationList.optional(),
    warn_after_attempts: z
      .number()
      .int()
      .min(1)
      .max(49)
      .nullable()
      .optional()
      .describe(
        'One warning mail, at most once an hour, when a status has failed this often; null for none.',
      ),
    max_in_flight: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('How many attempts to this callback may be under way at the same time; 16 unless given.'),
    rate_per_second: z
      .number()
      .min(0.01)
      .max(10_000)
      .nullable()
      .optional()
      .describe('How many attempts may begin in a second; null, the default, for as many as there are.'),
  })
  .refine((body) => !(body.bearer_token !== undefined && body.auth !== undefined), {
    message: 'give bearer_token or auth, not both',
    path: ['bearer_token'],
  });
export type ConfigureCallback = z.infer<typeof ConfigureCallback>;

/** A callback as it is shown: never with a secret. */
export const Callback = z
  .object({
    id: z.string(),
    event: z.enum(callbackEvents),
    url: z.string(),
    auth: ShownAuth,
    has_bearer_token: z.boolean(),
    client_certificate: ShownClientCertificate.nullable(),
    signing: z.object({ enabled: z.boolean() }),
    policy: z.object({ attempts: z.number(), interval_seconds: z.number(), timeout_seconds: z.number() }),
    filter: z.object({
      statuses: z.array(z.string()).optional(),
      notification_types: z.array(z.enum(notificationTypes)).optional(),
      template_ids: z.array(z.string()).optional(),
    }),
    notification_list: z.array(z.string()),
    warn_after_attempts: z.number().int().nullable(),
    max_in_flight: z.number().int(),
    rate_per_second: z.number().nullable(),
    state: z.enum(['enabled', 'disabled']),
    disabled_at: InstantOutput.nullable(),
    disabled_reason: z.string().nullable(),
    held: z.number().int(),
    version: z.number().int(),
    created_at: InstantOutput,
    updated_at: InstantOutput,
  })
  .meta({ id: 'Callback' });
export type Callback = z.infer<typeof Callback>;

/** The answer to `PUT`: with the signing secret where this request made it, the only time it is shown. */
export const ConfiguredCallback = Callback.extend({ signing_secret: z.string().optional() }).meta({
  id: 'ConfiguredCallback',
});
export type ConfiguredCallback = z.infer<typeof ConfiguredCallback>;
