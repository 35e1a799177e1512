-- Messages that come in, in the order in which each number sent them.

-- All that one number sends to a service is a notification of a kind of its own: it has a sequence, callbacks and a
-- history like any other, and every statement that knows these knows it.
ALTER TABLE notifications
  DROP CONSTRAINT notifications_type_known,
  ADD CONSTRAINT notifications_type_known CHECK (notification_type IN ('sms', 'email', 'letter', 'inbound_sms'));
CREATE UNIQUE INDEX notifications_conversations ON notifications (service_id, recipient)
  WHERE notification_type = 'inbound_sms';

-- Where a message is found by its id, and a service's messages by time; what it says stands with its status.
CREATE TABLE inbound_messages (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL,
  notification_id uuid NOT NULL,
  sequence integer NOT NULL,
  accepted_at timestamptz NOT NULL
);
CREATE INDEX inbound_messages_of_service ON inbound_messages (service_id, accepted_at DESC, id DESC);
