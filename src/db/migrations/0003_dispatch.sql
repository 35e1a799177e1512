-- The hand-over from acceptance to the workflows. An entry is committed with its status and deleted once Temporal has
-- it, so the tables stay small; both are busy and never worth a checkpoint's patience, hence the eager vacuum.

CREATE TABLE dispatchers (
  id uuid PRIMARY KEY,
  alive_until timestamptz NOT NULL
);

CREATE TABLE dispatch_entries (
  notification_id uuid NOT NULL,
  sequence integer NOT NULL,
  -- The dispatcher that has it in hand; null, or one that is no longer alive: anyone may take it.
  owner uuid,
  due_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (notification_id, sequence)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

CREATE INDEX dispatch_entries_free ON dispatch_entries (due_at) WHERE owner IS NULL;
CREATE INDEX dispatch_entries_owned ON dispatch_entries (owner) WHERE owner IS NOT NULL;
