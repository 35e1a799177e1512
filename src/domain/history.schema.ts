import { z } from 'zod';
import { attemptOutcomes } from './attempt.ts';
import { callbackEvents } from './callback.schema.ts';
import { communicationEvents } from './event.ts';
import { callbackStates } from './callback-state.ts';
import { InstantOutput } from './instant.schema.ts';
import { PageQuery } from './page.schema.ts';
import { Uuid } from './text.schema.ts';

export const Attempt = z
  .object({
    number: z.number().int(),
    started_at: InstantOutput,
    duration_ms: z.number().int(),
    outcome: z.enum(attemptOutcomes),
    response_status: z.number().int().nullable(),
    response_headers: z.record(z.string(), z.string()).nullable(),
    response_body: z.string().nullable(),
    response_truncated: z.boolean(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;

const CallbackResult = z
  .object({
    id: z.string().describe('The event id: the same in every attempt, sent as `ringback-event-id`.'),
    event: z.enum([...callbackEvents, ...communicationEvents]),
    sequence: z.number().int(),
    status: z.string(),
    state: z.enum(callbackStates),
    state_reason: z.string().nullable().describe('Why a status was skipped, held or failed.'),
    url: z.string().nullable(),
    accepted_at: InstantOutput,
    occurred_at: InstantOutput.describe('When it happened, as it was reported.'),
    status_description: z.string().nullable().describe('What the status means, where that was reported.'),
    provider_response: z.string().nullable().describe('What the provider said, or its code.'),
    next_attempt_at: InstantOutput.nullable(),
    workflow_id: z.string().nullable(),
    workflow_url: z.string().nullable(),
    attempts: z.array(Attempt).describe('The newest 50 of them, in order.'),
    attempts_cursor: z
      .string()
      .nullable()
      .describe('Where there are earlier ones: the `cursor` for `…/attempts`, which gives them in pages.'),
  })
  .meta({ id: 'CallbackResult' });

export const CommunicationCallbackResult = CallbackResult.extend({ notification_id: z.string() }).meta({
  id: 'CommunicationCallbackResult',
});
export type CommunicationCallbackResult = z.infer<typeof CommunicationCallbackResult>;

const isCursor = (text: string): boolean => {
  const [id, sequence, ...rest] = text.split('_');
  return Uuid.safeParse(id).success && /^\d{1,9}$/.test(sequence ?? '') && rest.length === 0;
};

export const CommunicationHistoryQuery = PageQuery.extend({
  cursor: z
    .string()
    .refine(isCursor, 'must be the next_cursor of the page before')
    .optional()
    .describe('The `next_cursor` of the page before.'),
});

/** Numbers that are given as they are: a sequence, or the number of an attempt. */
const NumberCursor = z
  .string()
  .regex(/^\d{1,9}$/, 'must be the next_cursor of the page before')
  .optional()
  .describe('The `next_cursor` of the page before.');

export const HistoryQuery = PageQuery.extend({ cursor: NumberCursor });
export const AttemptsQuery = PageQuery.extend({
  cursor: NumberCursor.describe(
    'The `next_cursor` of the page before, or the `attempts_cursor` of the history.',
  ),
});

export const CallbackHistory = z
  .object({ items: z.array(CallbackResult), next_cursor: z.string().nullable() })
  .meta({ id: 'CallbackHistory' });
export type CallbackHistory = z.infer<typeof CallbackHistory>;

/** The answer to a redelivery: which status is on its way again. */
export const Redelivery = z
  .object({ id: z.string(), notification_id: z.string(), sequence: z.number().int() })
  .meta({ id: 'Redelivery' });
export type Redelivery = z.infer<typeof Redelivery>;
