import { z } from 'zod';
import { InstantInput } from './instant.schema.ts';
import { Uuid, storedText } from './text.schema.ts';

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
});
export type AcceptStatus = z.infer<typeof AcceptStatus>;

export const AcceptedStatus = z
  .object({ notification_id: z.string(), sequence: z.number().int(), duplicate: z.boolean() })
  .meta({ id: 'AcceptedStatus' });
export type AcceptedStatus = z.infer<typeof AcceptedStatus>;
