-- Dispatch: campaigns, their communications, and the batches of messages that a communication is sent in.

CREATE TABLE campaigns (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL REFERENCES services,
  name text NOT NULL,
  -- By mode, the variables that the URLs of callbacks may hold.
  environment jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- A communication is what is disabled, told about and enabled again. For a Notify service that is its callback for one
-- event; a communication of Dispatch is a row of this table too, with all of its callbacks below it, so that every
-- statement that holds, drains, mails or takes turns holds for it unchanged.
ALTER TABLE callbacks
  DROP CONSTRAINT callbacks_event_known,
  ADD CONSTRAINT callbacks_event_known
    CHECK (event IN ('delivery_status', 'inbound_sms', 'returned_letter', 'complaint', 'communication')),
  -- Whose the callback is: its service's, or its own, since a service has many communications.
  ADD COLUMN owner_id uuid NOT NULL
    GENERATED ALWAYS AS (CASE WHEN event = 'communication' THEN id ELSE service_id END) STORED;
DROP INDEX callbacks_one_per_event;
CREATE UNIQUE INDEX callbacks_one_per_event ON callbacks (owner_id, event, is_own) WHERE removed_at IS NULL;

CREATE TABLE communications (
  id uuid PRIMARY KEY REFERENCES callbacks,
  campaign_id uuid NOT NULL REFERENCES campaigns,
  name text NOT NULL,
  mode text NOT NULL
);
CREATE INDEX communications_of_campaign ON communications (campaign_id, id);

-- What a communication calls at each event.
CREATE TABLE communication_callbacks (
  communication_id uuid NOT NULL REFERENCES communications,
  event text NOT NULL CONSTRAINT communication_callbacks_event_known CHECK (event IN
    ('message_sent', 'message_delivery_problem', 'message_delivery_status_change', 'communication_complete')),
  method text NOT NULL CONSTRAINT communication_callbacks_method_known CHECK (method IN ('GET', 'POST')),
  url_template text NOT NULL,
  attempts integer NOT NULL CONSTRAINT communication_callbacks_attempts_positive CHECK (attempts > 0),
  interval_seconds integer NOT NULL CONSTRAINT communication_callbacks_interval_positive CHECK (interval_seconds > 0),
  timeout_seconds integer NOT NULL
    CONSTRAINT communication_callbacks_timeout_bounded CHECK (timeout_seconds BETWEEN 1 AND 120),
  auth_type text NOT NULL DEFAULT 'none',
  auth_shown jsonb NOT NULL DEFAULT '{}',
  sealed_auth bytea,
  -- Other names for what the seed leaves without a name, by ours.
  names jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (communication_id, event),
  CONSTRAINT communication_callbacks_auth_sealed CHECK ((auth_type = 'none') = (sealed_auth IS NULL))
);

-- A member of a batch is a notification, and so, to be told of when it is complete, is the batch itself.
ALTER TABLE notifications
  DROP CONSTRAINT notifications_type_known,
  ADD CONSTRAINT notifications_type_known
    CHECK (notification_type IN ('sms', 'email', 'letter', 'inbound_sms', 'member', 'batch')),
  ADD COLUMN communication_id uuid,
  ADD COLUMN batch_id uuid,
  -- Among the batch's members, from 0.
  ADD COLUMN place integer,
  -- As text, so that they are given back in their order.
  ADD COLUMN attributes json,
  ADD CONSTRAINT notifications_dispatch_whole
    CHECK ((communication_id IS NOT NULL) = (notification_type IN ('member', 'batch'))),
  ADD CONSTRAINT notifications_member_whole CHECK (
    (notification_type = 'member') = (batch_id IS NOT NULL AND place IS NOT NULL AND attributes IS NOT NULL));
CREATE INDEX notifications_of_communication ON notifications (communication_id, id) WHERE communication_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_of_batch ON notifications (batch_id, place) WHERE batch_id IS NOT NULL;

CREATE TABLE destinations (
  notification_id uuid NOT NULL,
  place integer NOT NULL,
  type text NOT NULL CONSTRAINT destinations_type_known CHECK (type IN ('email', 'sms', 'voice')),
  address text NOT NULL,
  provider text,
  provider_reference text,
  -- Null until something is heard of it.
  status text,
  is_processed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (notification_id, place)
) WITH (fillfactor = 80);

CREATE TABLE batches (
  id uuid PRIMARY KEY,
  communication_id uuid NOT NULL REFERENCES communications,
  members integer NOT NULL DEFAULT 0,
  -- How many of them, in their places, have been given their workflows.
  started integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  -- When its completion was accepted as an event.
  completed_at timestamptz
);
CREATE INDEX batches_of_communication ON batches (communication_id, completed_at);

-- Apart from batches, because acceptance writes it and must not wait for members that are being added.
CREATE TABLE batch_progress (
  batch_id uuid PRIMARY KEY REFERENCES batches,
  processed integer NOT NULL DEFAULT 0
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

-- A workflow that may be running already is signalled, and started if it is not.
ALTER TABLE workflow_requests ADD COLUMN signal text;
