-- A notification can bring the URL and token that its delivery statuses go to.

ALTER TABLE notifications
  ADD COLUMN callback_url text,
  ADD COLUMN sealed_callback_token bytea,
  ADD CONSTRAINT notifications_callback_whole CHECK ((callback_url IS NULL) = (sealed_callback_token IS NULL));
CREATE INDEX notifications_with_token ON notifications (id) WHERE sealed_callback_token IS NOT NULL;

-- What goes to such URLs is a communication beside the service's own: it keeps the bounds and the settings, and is never
-- disabled, because one notification's URL says nothing of another's.
ALTER TABLE callbacks ADD COLUMN is_own boolean NOT NULL DEFAULT false;
DROP INDEX callbacks_one_per_event;
CREATE UNIQUE INDEX callbacks_one_per_event ON callbacks (service_id, event, is_own) WHERE removed_at IS NULL;
