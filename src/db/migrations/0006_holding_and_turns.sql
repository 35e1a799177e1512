-- What a status has behind it when it is released, what its mails say, and whose turn it is in the dispatch queue.

-- A status that is delivered anew, after it was held, has all its tries again: those before are not counted.
ALTER TABLE statuses ADD COLUMN attempts_before integer NOT NULL DEFAULT 0;

-- What was decided about the failing status, in words.
ALTER TABLE mails ADD COLUMN reason text NOT NULL DEFAULT '';
ALTER TABLE mails ALTER COLUMN reason DROP DEFAULT;

-- What waits for one callback must not stand before what waits for the others. Entries from before have no callback of
-- their own here; their statuses have.
ALTER TABLE dispatch_entries ADD COLUMN callback_id uuid;
UPDATE dispatch_entries e SET callback_id = st.callback_id
FROM statuses st
WHERE st.notification_id = e.notification_id AND st.sequence = e.sequence;
ALTER TABLE dispatch_entries ALTER COLUMN callback_id SET NOT NULL;
DROP INDEX dispatch_entries_free;
CREATE INDEX dispatch_entries_free ON dispatch_entries (callback_id, due_at) WHERE owner IS NULL;

-- A callback without a credential has none that could have been changed.
CREATE OR REPLACE FUNCTION keep_callback_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO callback_versions (callback_id, version, change, changed_by, shown)
  VALUES (NEW.id, NEW.version, NEW.last_change, NEW.changed_by, jsonb_build_object(
    'url', NEW.url,
    'auth', NEW.auth_shown || jsonb_build_object('type', NEW.auth_type),
    'auth_secret', CASE WHEN NEW.sealed_auth IS NOT NULL THEN NEW.auth_changed_at END,
    'client_certificate', NEW.client_certificate_shown,
    'signing', NEW.signing_enabled,
    'signing_secret', NEW.signing_secrets_made_at[1],
    'policy', jsonb_build_object('attempts', NEW.attempts, 'interval_seconds', NEW.interval_seconds,
      'timeout_seconds', NEW.timeout_seconds),
    'filter', NEW.filter,
    'notification_list', NEW.notification_list,
    'warn_after_attempts', NEW.warn_after_attempts,
    'max_in_flight', NEW.max_in_flight,
    'rate_per_second', NEW.rate_per_second,
    'state', NEW.state,
    'disabled_reason', NEW.disabled_reason));
  RETURN NULL;
END $$;
