-- A communication (a service's callback for one event) can be stopped and started again: when, by whom, who is told of
-- it, and what waits meanwhile.

ALTER TABLE callbacks
  ADD COLUMN warn_after_attempts integer
    CONSTRAINT callbacks_warn_after_positive CHECK (warn_after_attempts > 0),
  ADD COLUMN max_in_flight integer NOT NULL DEFAULT 16
    CONSTRAINT callbacks_max_in_flight_positive CHECK (max_in_flight > 0),
  ADD COLUMN rate_per_second double precision
    CONSTRAINT callbacks_rate_positive CHECK (rate_per_second > 0),
  ADD COLUMN enabled_at timestamptz,
  ADD COLUMN warned_at timestamptz,
  ADD COLUMN last_change text NOT NULL DEFAULT 'configured' CONSTRAINT callbacks_change_known
    CHECK (last_change IN ('configured', 'signing_secret_rotated', 'disabled', 'enabled', 'removed')),
  ADD COLUMN changed_by text NOT NULL DEFAULT 'operator'
    CONSTRAINT callbacks_changed_by_known CHECK (changed_by IN ('operator', 'ringback'));

-- Every version of a callback as it can be shown. Secrets are represented by when they were given. A trigger writes it,
-- so that no statement can change a callback unseen.
CREATE TABLE callback_versions (
  callback_id uuid NOT NULL REFERENCES callbacks,
  version integer NOT NULL,
  change text NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  shown jsonb NOT NULL,
  PRIMARY KEY (callback_id, version)
);

CREATE FUNCTION keep_callback_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO callback_versions (callback_id, version, change, changed_by, shown)
  VALUES (NEW.id, NEW.version, NEW.last_change, NEW.changed_by, jsonb_build_object(
    'url', NEW.url,
    'auth', NEW.auth_shown || jsonb_build_object('type', NEW.auth_type),
    'auth_secret', NEW.auth_changed_at,
    'client_certificate', NEW.client_certificate_shown,
    'signing', NEW.signing_enabled,
    'signing_secret', NEW.signing_secrets_made_at[1],
    'policy', jsonb_build_object('attempts', NEW.attempts, 'interval_seconds', NEW.interval_seconds,
      'timeout_seconds', NEW.timeout_seconds),
    'filter', NEW.filter,
    'notification_list', NEW.notification_list,
    'warn_after_attempts', NEW.warn_after_attempts,
    'max_in_flight', NEW.max_in_flight,
    'rate_per_second', NEW.rate_per_second,
    'state', NEW.state,
    'disabled_reason', NEW.disabled_reason));
  RETURN NULL;
END $$;

CREATE TRIGGER callbacks_keep_first_version AFTER INSERT ON callbacks
  FOR EACH ROW EXECUTE FUNCTION keep_callback_version();
CREATE TRIGGER callbacks_keep_version AFTER UPDATE ON callbacks
  FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION keep_callback_version();

-- What is held is a list of its own: an index on statuses.state would make every delivery's update write all the
-- indexes of its row.
CREATE TABLE held_statuses (
  notification_id uuid NOT NULL,
  sequence integer NOT NULL,
  callback_id uuid NOT NULL,
  held_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (notification_id, sequence)
);

CREATE INDEX held_statuses_of_callback ON held_statuses (callback_id, held_at, notification_id, sequence);

CREATE TABLE drains (
  id uuid PRIMARY KEY,
  callback_id uuid NOT NULL REFERENCES callbacks,
  -- interrupted: the communication was disabled again before everything was released.
  state text NOT NULL DEFAULT 'running' CONSTRAINT drains_state_known
    CHECK (state IN ('running', 'done', 'cancelled', 'interrupted')),
  held integer NOT NULL,
  released integer NOT NULL DEFAULT 0,
  rate_per_second double precision NOT NULL CONSTRAINT drains_rate_positive CHECK (rate_per_second > 0),
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);

CREATE UNIQUE INDEX drains_one_running ON drains (callback_id) WHERE state = 'running';

-- One row an address and occasion, so that nobody is mailed twice about one thing. The occasion of `disabled` is the
-- callback's version, that of `warning` the second it was decided in.
CREATE TABLE mails (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  callback_id uuid NOT NULL REFERENCES callbacks,
  kind text NOT NULL CONSTRAINT mails_kind_known CHECK (kind IN ('disabled', 'warning')),
  occasion integer NOT NULL,
  address text NOT NULL,
  -- The status that was failing.
  notification_id uuid NOT NULL,
  sequence integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  CONSTRAINT mails_once UNIQUE (callback_id, kind, occasion, address)
);

-- A workflow that a transaction asked for. It is started after the commit, by any process, and the row then deleted:
-- the workflow's id is what makes a second start of the same request impossible.
CREATE TABLE workflow_requests (
  workflow_id text PRIMARY KEY,
  workflow_type text NOT NULL,
  argument jsonb NOT NULL,
  service_id uuid NOT NULL,
  communication_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
