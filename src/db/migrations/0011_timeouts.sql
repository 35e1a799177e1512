-- Workflows that are not started at once: they wait here for a while, and then in Temporal until they are due. Most
-- notifications have their final status within minutes, and never cost Temporal a workflow that only waits.

ALTER TABLE workflow_requests
  ALTER COLUMN communication_id DROP NOT NULL,
  ADD COLUMN not_before timestamptz NOT NULL DEFAULT now(),
  -- Until when the workflow is to wait after its start; null for not at all.
  ADD COLUMN delay_until timestamptz;
CREATE INDEX workflow_requests_due ON workflow_requests (not_before);
ALTER TABLE workflow_requests
  SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
