-- With which type of key something was made, so that a test key never reaches what is live. What the operator and
-- providers make is live. A constant default rewrites no table.

ALTER TABLE notifications ADD COLUMN key_type text NOT NULL DEFAULT 'live'
  CONSTRAINT notifications_key_type_known CHECK (key_type IN ('live', 'team', 'test'));
-- A list of test notifications must not read through the live ones; those are listed by the index they have.
CREATE INDEX notifications_not_live ON notifications (service_id, key_type, created_at DESC, id DESC)
  WHERE key_type <> 'live';

-- What a number sends for trying out is another conversation than what it really sends.
DROP INDEX notifications_conversations;
CREATE UNIQUE INDEX notifications_conversations ON notifications (service_id, recipient, key_type)
  WHERE notification_type = 'inbound_sms';
ALTER TABLE inbound_messages ADD COLUMN key_type text NOT NULL DEFAULT 'live';
CREATE INDEX inbound_messages_not_live ON inbound_messages (service_id, key_type, accepted_at DESC, id DESC)
  WHERE key_type <> 'live';

ALTER TABLE returned_letter_reports ADD COLUMN key_type text NOT NULL DEFAULT 'live';
