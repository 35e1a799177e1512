-- What has limits and turns of its own in the queue: a callback, or one origin among the own URLs of a service's
-- notifications, which share one callback row and must not share its limits.

CREATE FUNCTION receiver_of(callback_id uuid, own_url text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN own_url IS NULL THEN callback_id
    ELSE md5(callback_id || ' ' || lower(substring(own_url FROM '^[^:]+://[^/?#]+')))::uuid
  END
$$;

ALTER TABLE dispatch_entries ADD COLUMN receiver_id uuid;
UPDATE dispatch_entries e SET receiver_id = receiver_of(e.callback_id, CASE WHEN c.is_own THEN n.callback_url END)
FROM notifications n, callbacks c
WHERE n.id = e.notification_id AND c.id = e.callback_id;
-- An entry whose notification or callback is gone is dispatched to nobody.
UPDATE dispatch_entries SET receiver_id = callback_id WHERE receiver_id IS NULL;
ALTER TABLE dispatch_entries ALTER COLUMN receiver_id SET NOT NULL;
DROP INDEX dispatch_entries_free;
CREATE INDEX dispatch_entries_free ON dispatch_entries (receiver_id, due_at) WHERE owner IS NULL;
