import { z } from 'zod';
import { InstantOutput } from '../instant.schema.ts';

const drainStates = ['running', 'done', 'cancelled', 'interrupted'] as const;

/** The body of `POST …/enable`, which may be left out. */
export const EnableCommunication = z
  .strictObject({
    rate_per_second: z
      .number()
      .min(0.01)
      .max(10_000)
      .optional()
      .describe(
        "How many held statuses are released in a second; the callback's own rate, or 50, unless given.",
      ),
  })
  .nullish();
export type EnableCommunication = z.infer<typeof EnableCommunication>;

export const StartedDrain = z
  .object({
    drain_id: z.string(),
    held: z.number().int().describe('How many statuses wait to be released.'),
  })
  .meta({ id: 'StartedDrain' });
export type StartedDrain = z.infer<typeof StartedDrain>;

/** The release of what was held, from the enabling of its communication on. */
export const Drain = z
  .object({
    id: z.string(),
    callback_id: z.string(),
    state: z
      .enum(drainStates)
      .describe('`interrupted`: the communication was disabled again before everything was released.'),
    held: z.number().int().describe('How many were held when it began.'),
    released: z.number().int().describe('How many of them are on their way.'),
    rate_per_second: z.number(),
    started_at: InstantOutput,
    finished_at: InstantOutput.nullable(),
  })
  .meta({ id: 'Drain' });
export type Drain = z.infer<typeof Drain>;
