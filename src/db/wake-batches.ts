import { dispatchChannel } from './dispatch-signal.ts';
import { wakeAgain } from './workflow-requests.ts';

/** Asks for the workflows of the batches `b` that the condition names, as the end of a statement. */
export function wakeBatches(condition: string): string {
  return `woken AS (
    INSERT INTO workflow_requests (workflow_id, workflow_type, argument, service_id, communication_id, signal)
    SELECT 'batch/' || b.id, 'batchWorkflow', jsonb_build_object('batchId', b.id), c.service_id, c.id, 'changed'
    FROM batches b
    JOIN callbacks c ON c.id = b.communication_id
    WHERE ${condition}
    ${wakeAgain}
    RETURNING 1
  )
  SELECT pg_notify('${dispatchChannel}', '') FROM (SELECT FROM woken LIMIT 1) AS work`;
}
