import type { Pool } from 'pg';
import type { Instant } from '../domain/instant.ts';
import type { WorkflowRequest, WorkflowRequests } from '../ports/index.ts';

type RequestRow = {
  workflow_id: string;
  workflow_type: string;
  argument: WorkflowRequest['argument'];
  service_id: string | null;
  profile: string | null;
  communication_id: string | null;
  delay_until: Instant | null;
  signal: string | null;
  not_before: Instant;
};

/**
 * Asks once more for a workflow that was asked for already: the request may be about to be forgotten by whoever has
 * signalled the workflow, before what this transaction changes could be seen.
 */
export const wakeAgain = 'ON CONFLICT (workflow_id) DO UPDATE SET not_before = clock_timestamp()';

export function createWorkflowRequests(pool: Pool): WorkflowRequests {
  return {
    async open(limit) {
      const { rows } = await pool.query<RequestRow>({
        name: 'open-workflow-requests',
        text: `SELECT r.workflow_id, r.workflow_type, r.argument, r.service_id, s.profile, r.communication_id,
            r.delay_until, r.signal, r.not_before
          FROM workflow_requests r
          LEFT JOIN services s ON s.id = r.service_id
          WHERE r.not_before <= now()
          ORDER BY r.not_before
          LIMIT $1`,
        values: [limit],
      });
      return rows.map((row) => ({
        workflowId: row.workflow_id,
        workflowType: row.workflow_type,
        argument: row.argument,
        serviceId: row.service_id,
        profile: row.profile,
        communicationId: row.communication_id,
        delayUntil: row.delay_until,
        signal: row.signal,
        notBefore: row.not_before,
      }));
    },

    async done({ workflowId, notBefore }) {
      await pool.query('DELETE FROM workflow_requests WHERE workflow_id = $1 AND not_before = $2', [
        workflowId,
        notBefore,
      ]);
    },
  };
}
