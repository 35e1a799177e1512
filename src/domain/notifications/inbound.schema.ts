import { z } from 'zod';
import { InstantInput } from '../instant.schema.ts';
import { Uuid, storedText } from '../text.schema.ts';

/** The body of `POST /v1/services/{id}/inbound`. */
export const AcceptInbound = z.strictObject({
  source_number: storedText(50),
  destination_number: storedText(50),
  message: storedText(10_000),
  date_received: InstantInput.optional().describe('The time of the request unless given.'),
  // Those that providers bring are of version 8, and known beforehand (`eventIdFrom`): nobody else may take such an id.
  event_id: Uuid.refine(
    (id) => id[14] !== '8',
    'must be a UUID of another version than 8: Ringback makes those itself',
  )
    .optional()
    .describe(
      'Becomes the id of the message; of any version but 8. Given again, it is answered with the first sequence and nothing is done twice.',
    ),
});
export type AcceptInbound = z.infer<typeof AcceptInbound>;

export const AcceptedInbound = z
  .object({
    id: z.string().describe('The id of the message, in its callback and its history.'),
    sequence: z.number().int().describe('Its place among the messages of the same source number.'),
    duplicate: z.boolean(),
  })
  .meta({ id: 'AcceptedInbound' });
export type AcceptedInbound = z.infer<typeof AcceptedInbound>;
