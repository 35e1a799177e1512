import { z } from 'zod';
import { InstantInput } from '../instant.schema.ts';
import { Uuid } from '../text.schema.ts';

/** The body of `POST /v1/notifications/{id}/complaints`; what is not given is made up. */
export const AcceptComplaint = z.strictObject({
  complaint_id: Uuid.optional(),
  complaint_date: InstantInput.optional().describe('The time of the request unless given.'),
  event_id: Uuid.optional().describe(
    'Given again, it is answered with the first sequence and nothing is done twice.',
  ),
});
export type AcceptComplaint = z.infer<typeof AcceptComplaint>;
