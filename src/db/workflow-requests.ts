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
};

export function createWorkflowRequests(pool: Pool): WorkflowRequests {
  return {
    async open(limit) {
      const { rows } = await pool.query<RequestRow>({
        name: 'open-workflow-requests',
        text: `SELECT r.workflow_id, r.workflow_type, r.argument, r.service_id, s.profile, r.communication_id,
            r.delay_until
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
      }));
    },

    async done(workflowId) {
      await pool.query('DELETE FROM workflow_requests WHERE workflow_id = $1', [workflowId]);
    },
  };
}
