-- What is due, and who is at it, is decided here and not by whoever asks for it.

-- Until when the releases so far have used up a drain's rate.
ALTER TABLE drains ADD COLUMN paced_until timestamptz NOT NULL DEFAULT now();

-- Who is sending a mail, and until when nobody else may.
ALTER TABLE mails ADD COLUMN sending_by text, ADD COLUMN sending_until timestamptz;
