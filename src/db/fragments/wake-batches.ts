import { dispatchChannel } from '../dispatch/dispatch-signal.ts';
import { wakeAgain } from '../dispatch/workflow-requests.ts';

/** Asks for the workflows of the batches `b` that `source` names, as a part of a statement. */
export function wokenBatches(source: string, condition: string): string {
  return `woken AS (
    INSERT INTO workflow_requests (workflow_id, workflow_type, argument, service_id, communication_id, signal)
    SELECT 'batch/' || b.id, 'batchWorkflow', jsonb_build_object('batchId', b.id), c.service_id, c.id, 'changed'
    FROM ${source}
    JOIN callbacks c ON c.id = b.communication_id
    WHERE ${condition}
    ${wakeAgain}
    RETURNING 1
  )`;
}

/** The same as the end of a statement, with a word to whoever starts them. */
export function wakeBatches(condition: string): string {
  return `${wokenBatches('batches b', condition)}
  SELECT pg_notify('${dispatchChannel}', '') FROM (SELECT FROM woken LIMIT 1) AS work`;
}
