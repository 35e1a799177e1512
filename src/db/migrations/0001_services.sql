-- Who sends and who is told. Secrets are sealed by the application; this database never sees one in the clear.

CREATE TABLE services (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  profile text NOT NULL,
  notification_list text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL
);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL REFERENCES services,
  name text NOT NULL,
  key_type text NOT NULL CONSTRAINT api_keys_key_type_known CHECK (key_type IN ('live', 'team', 'test')),
  sealed_secret bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

CREATE INDEX api_keys_active ON api_keys (service_id) WHERE revoked_at IS NULL;

-- A removed callback keeps its row: the history of what was sent to it refers to it.
CREATE TABLE callbacks (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL REFERENCES services,
  event text NOT NULL CONSTRAINT callbacks_event_known
    CHECK (event IN ('delivery_status', 'inbound_sms', 'returned_letter', 'complaint')),
  url text NOT NULL,
  auth_type text NOT NULL DEFAULT 'none',
  sealed_auth bytea,
  attempts integer NOT NULL CONSTRAINT callbacks_attempts_positive CHECK (attempts > 0),
  interval_seconds integer NOT NULL CONSTRAINT callbacks_interval_positive CHECK (interval_seconds > 0),
  timeout_seconds integer NOT NULL CONSTRAINT callbacks_timeout_bounded CHECK (timeout_seconds BETWEEN 1 AND 120),
  filter jsonb NOT NULL DEFAULT '{}',
  notification_list text[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'enabled' CONSTRAINT callbacks_state_known CHECK (state IN ('enabled', 'disabled')),
  disabled_at timestamptz,
  disabled_reason text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  CONSTRAINT callbacks_auth_sealed CHECK ((auth_type = 'none') = (sealed_auth IS NULL))
);

CREATE UNIQUE INDEX callbacks_one_per_event ON callbacks (service_id, event) WHERE removed_at IS NULL;
