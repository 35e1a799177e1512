-- A request that Temporal refuses waits ever longer, and is set aside in the end, where an operator finds it; the others
-- are claimed past it.
ALTER TABLE workflow_requests
  ADD COLUMN tries integer NOT NULL DEFAULT 0,
  ADD COLUMN last_error text,
  ADD COLUMN set_aside_at timestamptz,
  -- What an operator calls it by.
  ADD COLUMN set_aside_id uuid,
  ADD CONSTRAINT workflow_requests_set_aside_whole CHECK ((set_aside_at IS NULL) = (set_aside_id IS NULL));
DROP INDEX workflow_requests_due;
CREATE INDEX workflow_requests_due ON workflow_requests (not_before) WHERE set_aside_at IS NULL;
CREATE UNIQUE INDEX workflow_requests_set_aside ON workflow_requests (set_aside_id) WHERE set_aside_at IS NOT NULL;
