-- What is due, and who is at it, is decided here and not by whoever asks for it.

-- When a notification was stored, by this clock: what a caller reports as its creation may be anything. Those from before
-- have none, and theirs counts.
ALTER TABLE notifications ADD COLUMN stored_at timestamptz;
ALTER TABLE notifications ALTER COLUMN stored_at SET DEFAULT now();

-- Until when the releases so far have used up a drain's rate.
ALTER TABLE drains ADD COLUMN paced_until timestamptz NOT NULL DEFAULT now();

-- Who is sending a mail, and until when nobody else may.
ALTER TABLE mails ADD COLUMN sending_by text, ADD COLUMN sending_until timestamptz;
