-- What providers report: with what they show themselves, for which services, and what came too early.

CREATE TABLE provider_settings (
  service_id uuid NOT NULL REFERENCES services,
  provider text NOT NULL,
  -- none: the operator's explicit choice of no check.
  credential_type text NOT NULL,
  sealed_credentials bytea,
  inbound_numbers text[] NOT NULL DEFAULT '{}',
  public_url text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (service_id, provider),
  CONSTRAINT provider_settings_sealed CHECK ((credential_type = 'none') = (sealed_credentials IS NULL))
);
CREATE INDEX provider_settings_of_provider ON provider_settings (provider, service_id);

-- A receipt names its message by the provider's own reference.
DROP INDEX notifications_letters_by_provider_reference;
CREATE INDEX notifications_by_provider_reference ON notifications (provider_reference)
  WHERE provider_reference IS NOT NULL;
CREATE INDEX destinations_by_provider_reference ON destinations (provider_reference)
  WHERE provider_reference IS NOT NULL;

-- Receipts of messages that nobody has registered yet; looked at again ever more seldom, for five minutes.
CREATE TABLE early_receipts (
  id uuid PRIMARY KEY,
  provider text NOT NULL,
  service_ids uuid[] NOT NULL,
  event_id uuid NOT NULL,
  receipt jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  looks integer NOT NULL DEFAULT 0,
  next_look_at timestamptz NOT NULL DEFAULT now() + interval '1 second',
  -- A repeat is kept once.
  CONSTRAINT early_receipts_once UNIQUE (provider, event_id)
);
CREATE INDEX early_receipts_due ON early_receipts (next_look_at);
