-- What our own way out keeps from taking place: not counted, and one row for as many as come in a row.
ALTER TABLE attempts
  DROP CONSTRAINT attempts_outcome_known,
  ADD CONSTRAINT attempts_outcome_known CHECK (
    outcome IN ('delivered', 'http_status', 'timeout', 'connect_error', 'tls_error', 'refused', 'cancelled', 'egress_error')
  ),
  ADD COLUMN repeats integer NOT NULL DEFAULT 1 CONSTRAINT attempts_repeats_positive CHECK (repeats > 0);
