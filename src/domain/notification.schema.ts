import { z } from 'zod';
import { notificationTypes } from './callback.schema.ts';
import { BearerToken } from './credential.schema.ts';
import { keyTypes } from './key-type.ts';
import { InstantInput, InstantOutput } from './instant.schema.ts';
import { indexedText } from './indexed-text.schema.ts';
import { PageQuery } from './page.schema.ts';
import { Uuid, storedText } from './text.schema.ts';

/** The body of `POST /v1/notifications`: one message to one recipient, as its platform knows it. */
export const RegisterNotification = z
  .strictObject({
    service_id: Uuid.optional().describe('Operators only; a service key speaks for its own service.'),
    id: Uuid.optional(),
    reference: indexedText(1000).nullish(),
    to: storedText(1000),
    notification_type: z.enum(notificationTypes),
    template_id: Uuid.optional(),
    template_version: z.number().int().min(0).max(2_147_483_647).optional(),
    template_name: storedText(1000).optional(),
    provider: storedText(50).optional(),
    provider_reference: storedText(500).optional(),
    created_at: InstantInput.optional(),
    sent_at: InstantInput.nullish(),
    sent_by: storedText(500).optional(),
    spreadsheet_file_name: storedText(500).optional(),
    spreadsheet_row_number: z.number().int().min(0).max(2_147_483_647).optional(),
    upload_letter_file_name: storedText(500).optional(),
    callback_url: storedText(2048)
      .optional()
      .describe("Where this notification's delivery statuses go instead of to the service's callback."),
    callback_bearer_token: BearerToken.optional(),
  })
  .superRefine((body, context) => {
    if ((body.callback_url === undefined) !== (body.callback_bearer_token === undefined))
      context.addIssue({
        code: 'custom',
        path: [body.callback_url === undefined ? 'callback_url' : 'callback_bearer_token'],
        message: 'is required: callback_url and callback_bearer_token are given together',
      });
    if (body.notification_type === 'letter') return;
    for (const field of letterFields)
      if (body[field] !== undefined)
        context.addIssue({ code: 'custom', path: [field], message: 'is for letters only' });
  });
export type RegisterNotification = z.infer<typeof RegisterNotification>;

const letterFields = [
  'sent_by',
  'spreadsheet_file_name',
  'spreadsheet_row_number',
  'upload_letter_file_name',
] as const;

/** A member of a Dispatch batch is registered with its batch, and shown like any other. */
const shownTypes = [...notificationTypes, 'member'] as const;

export const Notification = z
  .object({
    id: z.string(),
    service_id: z.string(),
    key_type: z.enum(keyTypes).describe('Of the key that registered it; `live` for the operator.'),
    reference: z.string().nullable(),
    to: z.string().describe('Of a member of a Dispatch batch, the first of its destinations.'),
    notification_type: z.enum(shownTypes),
    status: z.string(),
    template_id: z.string().nullable(),
    template_version: z.number().int().nullable(),
    template_name: z.string().nullable(),
    provider: z.string().nullable(),
    provider_reference: z.string().nullable(),
    created_at: InstantOutput,
    sent_at: InstantOutput.nullable(),
    completed_at: InstantOutput.nullable(),
    sent_by: z.string().nullable(),
    spreadsheet_file_name: z.string().nullable(),
    spreadsheet_row_number: z.number().int().nullable(),
    upload_letter_file_name: z.string().nullable(),
    callback_url: z.string().nullable(),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof Notification>;

// Read here, since what is no cursor would be an error of the database only; an offset that it does not know is gone then.
const Cursor = z.string().transform((text, context) => {
  const [createdAt, id, ...rest] = text.split('_');
  const [instant, uuid] = [InstantInput.safeParse(createdAt), Uuid.safeParse(id)];
  if (instant.success && uuid.success && rest.length === 0) return `${instant.data}_${uuid.data}`;
  context.addIssue({ code: 'custom', message: 'must be the next_cursor of the page before' });
  return z.NEVER;
});

export const ListNotifications = PageQuery.extend({
  cursor: Cursor.optional().describe('The `next_cursor` of the page before.'),
  service_id: Uuid.optional(),
  reference: indexedText(1000).optional(),
  status: storedText(50).optional(),
  notification_type: z.enum(shownTypes).optional(),
  since: InstantInput.optional(),
  until: InstantInput.optional(),
});
export type ListNotifications = z.infer<typeof ListNotifications>;
