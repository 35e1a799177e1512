-- What a credential that no key decrypts keeps from taking place: not counted, and one row for as many as come in a row.
-- NOT VALID: every row there is has an outcome of the narrower list before.
ALTER TABLE attempts
  DROP CONSTRAINT attempts_outcome_known,
  ADD CONSTRAINT attempts_outcome_known CHECK (
    outcome IN (
      'delivered', 'http_status', 'timeout', 'connect_error', 'tls_error', 'refused', 'cancelled', 'egress_error',
      'credential_error'
    )
  ) NOT VALID;
