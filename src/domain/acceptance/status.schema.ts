import { z } from 'zod';
import { destinationTypes } from '../campaigns/batch.schema.ts';
import { InstantInput } from '../instant.schema.ts';
import { Uuid, storedText } from '../text.schema.ts';

/** The body of `POST /v1/notifications/{id}/statuses`; whether the profile knows the status is the use-case's question. */
export const AcceptStatus = z.strictObject({
  status: storedText(50),
  event_id: Uuid.optional().describe(
    'Given again, it is answered with the first sequence and nothing is done twice.',
  ),
  occurred_at: InstantInput.optional(),
  status_description: storedText(1000).nullish(),
  provider_response: storedText(4000).nullish(),
  completed_at: InstantInput.nullish(),
  sent_at: InstantInput.nullish(),
  destination: storedText(1000)
    .optional()
    .describe(
      'Of a member of a Dispatch batch, and required there: the `to` of the destination that is meant.',
    ),
  destination_type: z
    .enum(destinationTypes)
    .optional()
    .describe('Needed where a member has the same `to` in several ways.'),
});
export type AcceptStatus = z.infer<typeof AcceptStatus>;

/** The body of `POST /v1/notifications/{id}/problems`: why a message could not be made or delivered; no bounce. */
export const AcceptProblem = z.strictObject({
  message: storedText(2000),
  destination: storedText(1000)
    .optional()
    .describe('The `to` of the destination that is meant; left out for the message as a whole.'),
  destination_type: z.enum(destinationTypes).optional(),
  event_id: Uuid.optional().describe('Given again, it is answered with the first sequence.'),
  occurred_at: InstantInput.optional(),
});
export type AcceptProblem = z.infer<typeof AcceptProblem>;

export const AcceptedStatus = z
  .object({ notification_id: z.string(), sequence: z.number().int(), duplicate: z.boolean() })
  .meta({ id: 'AcceptedStatus' });
export type AcceptedStatus = z.infer<typeof AcceptedStatus>;
