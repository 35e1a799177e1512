-- What was accepted, and what became of it. Rows are written once and then updated in place a few times, so tables
-- that are updated keep room in their pages: an update that touches no indexed column then writes no index.
-- statuses and attempts have no foreign keys: each is only ever written from the row it belongs to, in one statement,
-- and a key's trigger would look that row up once more for every status.

CREATE TABLE notifications (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL REFERENCES services,
  reference text,
  recipient text NOT NULL,
  notification_type text NOT NULL
    CONSTRAINT notifications_type_known CHECK (notification_type IN ('sms', 'email', 'letter')),
  status text NOT NULL,
  last_sequence integer NOT NULL DEFAULT 0,
  final_sequence integer,
  template_id uuid,
  template_version integer,
  template_name text,
  provider text,
  provider_reference text,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  completed_at timestamptz,
  sent_by text,
  spreadsheet_file_name text,
  spreadsheet_row_number integer,
  upload_letter_file_name text,
  -- By this a repeated registration is told from a different one under the same id.
  request_digest bytea NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX notifications_of_service ON notifications (service_id, created_at DESC, id DESC);
CREATE INDEX notifications_by_reference ON notifications (service_id, reference) WHERE reference IS NOT NULL;

CREATE TABLE statuses (
  notification_id uuid NOT NULL,
  sequence integer NOT NULL,
  event_id uuid NOT NULL,
  event text NOT NULL DEFAULT 'delivery_status',
  status text NOT NULL,
  accepted_at timestamptz NOT NULL,
  occurred_at timestamptz NOT NULL,
  completed_at timestamptz,
  sent_at timestamptz,
  status_description text,
  provider_response text,
  callback_id uuid,
  state text NOT NULL CONSTRAINT statuses_state_known
    CHECK (state IN ('pending', 'retrying', 'delivered', 'failed', 'held', 'skipped')),
  state_reason text,
  next_attempt_at timestamptz,
  PRIMARY KEY (notification_id, sequence),
  -- The last guard of "the same event id again": whatever the application believes, it is stored once.
  CONSTRAINT statuses_event_once UNIQUE (notification_id, event_id)
) WITH (fillfactor = 80);

CREATE TABLE attempts (
  notification_id uuid NOT NULL,
  sequence integer NOT NULL,
  number integer NOT NULL,
  url text NOT NULL,
  started_at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  outcome text NOT NULL CONSTRAINT attempts_outcome_known CHECK (
    outcome IN ('delivered', 'http_status', 'timeout', 'connect_error', 'tls_error', 'refused', 'cancelled')
  ),
  response_status integer,
  response_headers jsonb,
  response_body bytea,
  response_truncated boolean NOT NULL DEFAULT false,
  error text,
  PRIMARY KEY (notification_id, sequence, number)
);
