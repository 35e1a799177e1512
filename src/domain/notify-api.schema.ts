// What the clients of the Notify systems send and read, as GOV.UK Notify's API has it.
import { z } from 'zod';
import { BearerToken } from './credential.schema.ts';
import { notificationTypes } from './callback.schema.ts';
import { indexedText } from './indexed-text.schema.ts';
import { Uuid, storedText } from './text.schema.ts';

// Nothing is rendered here, so of the personalisation only a letter's address is read.
const Personalisation = z.looseObject({});

const common = {
  template_id: Uuid,
  personalisation: Personalisation.optional(),
  reference: indexedText(1000).nullish(),
};

// Notify.gov.au's own URL for the statuses of one message.
const ownCallback = {
  status_callback_url: storedText(2048).optional(),
  status_callback_bearer_token: BearerToken.optional(),
};

export const SendSms = z.strictObject({
  phone_number: storedText(1000),
  ...common,
  ...ownCallback,
  sms_sender_id: Uuid.nullish(),
});

export const SendEmail = z.strictObject({
  email_address: storedText(1000),
  ...common,
  ...ownCallback,
  email_reply_to_id: Uuid.nullish(),
  one_click_unsubscribe_url: z.url().max(2048).nullish(),
});

export const SendLetter = z.strictObject({ ...common, personalisation: Personalisation });

export const SendPrecompiledLetter = z.strictObject({
  reference: indexedText(1000),
  content: z.base64('must be a PDF in base64').min(1),
  postage: z.enum(['first', 'second', 'economy', 'europe', 'rest-of-world']).optional(),
});

const several = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(50).optional(),
  );

export const ListNotifyMessages = z.strictObject({
  template_type: several(z.enum(notificationTypes)),
  status: several(storedText(50)),
  reference: indexedText(1000).optional(),
  older_than: Uuid.optional(),
  include_jobs: z.string().optional(),
});
export type ListNotifyMessages = z.infer<typeof ListNotifyMessages>;

export const ListReceivedTexts = z.strictObject({ older_than: Uuid.optional() });
