-- A receipt names its message among those of the services that its sender may speak for, by the order in which messages
-- were stored: when a message was made is for its sender to say, and proves nothing.
ALTER TABLE notifications ADD COLUMN registered_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE notifications ALTER COLUMN registered_at SET DEFAULT clock_timestamp();
ALTER TABLE destinations
  ADD COLUMN service_id uuid,
  ADD COLUMN registered_at timestamptz NOT NULL DEFAULT now();
UPDATE destinations d SET service_id = n.service_id FROM notifications n WHERE n.id = d.notification_id;
ALTER TABLE destinations
  ALTER COLUMN service_id SET NOT NULL,
  ALTER COLUMN registered_at SET DEFAULT clock_timestamp();

-- With the service in the index, however often somebody uses a reference costs nobody else a read.
DROP INDEX notifications_by_provider_reference;
CREATE INDEX notifications_by_provider_reference ON notifications (provider_reference, service_id, registered_at)
  WHERE provider_reference IS NOT NULL;
DROP INDEX destinations_by_provider_reference;
CREATE INDEX destinations_by_provider_reference ON destinations (provider_reference, service_id, registered_at)
  WHERE provider_reference IS NOT NULL;

-- A repeat is recognised by its id, which is made of what it says and of whom it may be about: two accounts can send the
-- same. Services whose provider is not checked come after those of the account that the sender has proven to be.
ALTER TABLE early_receipts
  DROP CONSTRAINT early_receipts_once,
  ADD COLUMN unchecked_service_ids uuid[] NOT NULL DEFAULT '{}';
