import { z } from 'zod';
import { InstantOutput } from './instant.schema.ts';
import { PageQuery } from './page.schema.ts';

export const ListWorkflowRequests = PageQuery.extend({
  state: z.enum(['set_aside']).default('set_aside').describe('Others are retried by themselves.'),
});

export const SetAsideRequest = z
  .object({
    id: z.string(),
    workflow_id: z.string(),
    workflow_type: z.string(),
    service_id: z.string().nullable(),
    communication_id: z.string().nullable(),
    tries: z.number().int().describe('How often Temporal refused it.'),
    error: z.string().nullable().describe('What Temporal said last.'),
    created_at: InstantOutput,
    set_aside_at: InstantOutput,
  })
  .meta({ id: 'SetAsideRequest' });
export type SetAsideRequest = z.infer<typeof SetAsideRequest>;
