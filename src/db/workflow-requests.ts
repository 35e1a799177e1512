import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
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
  due_since: Instant;
  tries: number;
};

/**
 * Asks once more for a workflow that was asked for already: the request may be about to be forgotten by whoever has
 * signalled the workflow, before what this transaction changes could be seen.
 */
export const wakeAgain = `ON CONFLICT (workflow_id) DO UPDATE
  SET not_before = clock_timestamp(), set_aside_at = NULL, set_aside_id = NULL`;

const claimStatement = `
  WITH due AS (
    SELECT workflow_id, not_before FROM workflow_requests
    WHERE not_before <= now() AND set_aside_at IS NULL
    ORDER BY not_before
    LIMIT $1
    FOR UPDATE SKIP LOCKED
  )
  UPDATE workflow_requests r
  SET not_before = clock_timestamp() + make_interval(secs => $2)
  FROM due
  WHERE r.workflow_id = due.workflow_id
  RETURNING r.workflow_id, r.workflow_type, r.argument, r.service_id,
    (SELECT profile FROM services WHERE id = r.service_id) AS profile, r.communication_id, r.delay_until, r.signal,
    r.not_before, due.not_before AS due_since, r.tries`;

const releaseStatement = `
  UPDATE workflow_requests r
  SET not_before = given.due_since
  FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS given (workflow_id, not_before, due_since)
  WHERE r.workflow_id = given.workflow_id AND r.not_before = given.not_before`;

const postponeStatement = `
  UPDATE workflow_requests r
  SET not_before = clock_timestamp() + make_interval(secs => $3)
  FROM unnest($1::text[], $2::timestamptz[]) AS given (workflow_id, not_before)
  WHERE r.workflow_id = given.workflow_id AND r.not_before = given.not_before`;

const refuseStatement = `
  UPDATE workflow_requests
  SET tries = tries + 1, last_error = $3,
    not_before = clock_timestamp() + make_interval(secs => coalesce($4, 0)),
    set_aside_at = CASE WHEN $4::float IS NULL THEN clock_timestamp() END,
    set_aside_id = CASE WHEN $4::float IS NULL THEN $5::uuid END
  WHERE workflow_id = $1 AND not_before = $2`;

export function createWorkflowRequests(pool: Pool): WorkflowRequests {
  return {
    async claim(limit, leaseSeconds) {
      const { rows } = await pool.query<RequestRow>({
        name: 'claim-workflow-requests',
        text: claimStatement,
        values: [limit, leaseSeconds],
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
        dueSince: row.due_since,
        tries: row.tries,
      }));
    },

    async done({ workflowId, notBefore }) {
      await pool.query('DELETE FROM workflow_requests WHERE workflow_id = $1 AND not_before = $2', [
        workflowId,
        notBefore,
      ]);
    },

    async release(requests) {
      await pool.query(releaseStatement, [
        requests.map(({ workflowId }) => workflowId),
        requests.map(({ notBefore }) => notBefore),
        requests.map(({ dueSince }) => dueSince),
      ]);
    },

    async postpone(requests, seconds) {
      await pool.query(postponeStatement, [
        requests.map(({ workflowId }) => workflowId),
        requests.map(({ notBefore }) => notBefore),
        seconds,
      ]);
    },

    async refuse({ workflowId, notBefore }, error, afterSeconds) {
      await pool.query(refuseStatement, [workflowId, notBefore, error, afterSeconds, uuidv7()]);
    },
  };
}
