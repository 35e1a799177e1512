-- How many requests a second each API key of a service may make; null for what the installation allows.

ALTER TABLE services ADD COLUMN rate_limit_per_second integer
  CONSTRAINT services_rate_limit_positive CHECK (rate_limit_per_second > 0);
