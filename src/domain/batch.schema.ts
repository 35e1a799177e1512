import { z } from 'zod';
import { InstantOutput } from './instant.schema.ts';
import { storedText } from './text.schema.ts';

/** More at once would make everybody wait for its checking; the rest is appended. */
export const maxMembers = 20_000;
const maxAttributeCharacters = 32_768;

const isExact = (number: number): boolean => !Number.isInteger(number) || Number.isSafeInteger(number);
const notExact = 'is too large to be kept exactly: give it as text';

const AttributeValue = z.union(
  [
    z.literal(''),
    storedText(maxAttributeCharacters),
    z.number().refine(isExact, notExact),
    z.boolean(),
    z.null(),
  ],
  'must be text, a number, true, false or null: attributes are flat',
);
export const Attributes = z.record(storedText(200), AttributeValue);
export type Attributes = Readonly<z.infer<typeof Attributes>>;

const FlatAttributes = Attributes.refine(
  (attributes) => JSON.stringify(attributes).length <= maxAttributeCharacters,
  `must have at most ${maxAttributeCharacters} characters as JSON`,
);

export const destinationTypes = ['email', 'sms', 'voice'] as const;

const NewDestination = z
  .strictObject({
    type: z.enum(destinationTypes),
    to: storedText(1000),
    provider: storedText(50).optional().describe('`twilio` makes its status changes known.'),
    provider_reference: storedText(500).optional(),
  })
  .refine(({ type, to }) => type !== 'email' || /^[^\s@]+@[^\s@]+$/.test(to), {
    message: 'must be an e-mail address',
    path: ['to'],
  });

export const NewMember = z.strictObject({
  attributes: FlatAttributes.default({}),
  destinations: z
    .array(NewDestination)
    .min(1, 'must have at least 1 destination')
    .max(50)
    .refine(areDifferent, 'must not name the same destination twice'),
});
export type NewMember = z.infer<typeof NewMember>;

/** The body of `POST /v1/communications/{id}/batches`, and of `POST /v1/batches/{id}/members`. */
export const NewMembers = z.strictObject({
  members: z.array(NewMember).max(maxMembers).describe(`At most ${maxMembers}; more are appended.`),
});

function areDifferent(destinations: readonly { type: string; to: string }[]): boolean {
  return new Set(destinations.map(({ type, to }) => `${type} ${to}`)).size === destinations.length;
}

/** What happens to a batch: nothing of it is to be sent while it waits for its communication to be enabled. */
const batchStatuses = ['WAITING', 'IN_PROGRESS', 'COMPLETE'] as const;

const Destination = z
  .object({
    type: z.enum(destinationTypes),
    to: z.string(),
    provider: z.string().nullable(),
    provider_reference: z.string().nullable(),
    status: z.string().nullable().describe('The last that was heard of it; null for nothing yet.'),
    processed: z.boolean().describe('Sent, delivered, failed, or given up because of a problem.'),
  })
  .meta({ id: 'Destination' });

export const Member = z
  .object({
    id: z.string(),
    attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    destinations: z.array(Destination),
    status: z
      .string()
      .describe('`waiting` until its batch has started it, `created` until something is heard of it.'),
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof Member>;

export const Batch = z
  .object({
    id: z.string(),
    communication_id: z.string(),
    service_id: z.string(),
    status: z.enum(batchStatuses),
    member_count: z.number().int(),
    started_count: z.number().int().describe('Members that have been given their workflows.'),
    processed_count: z.number().int().describe('Members of which every destination is processed.'),
    workflow_id: z.string(),
    workflow_url: z.string().nullable(),
    created_at: InstantOutput,
    closed_at: InstantOutput.nullable().describe('When it was said that no more members come.'),
    completed_at: InstantOutput.nullable(),
  })
  .meta({ id: 'Batch' });
export type Batch = z.infer<typeof Batch>;

/** A batch as it is shown: its members only where they were asked for. */
export const ShownBatch = Batch.extend({
  members: z.array(Member).optional(),
  next_cursor: z.string().nullable().optional(),
}).meta({ id: 'ShownBatch' });

/** The members that a request has added, in its order. */
export const AddedMembers = z
  .object({ id: z.string(), members: z.array(Member) })
  .meta({ id: 'AddedMembers' });

/** With `limit`, one page of the members; without it all of them, however many. */
export const ShowBatchQuery = z.strictObject({
  includemembers: z.enum(['true', 'false']).default('false'),
  limit: z.coerce.number().int().min(1).max(10_000).optional(),
  cursor: z.coerce
    .number('must be the next_cursor of the page before')
    .int('must be the next_cursor of the page before')
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe('The `next_cursor` of the page before.'),
});
