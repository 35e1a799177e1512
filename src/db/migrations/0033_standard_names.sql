-- What a mail is about is an incident; what is queued again is of a later generation.
ALTER TABLE mails RENAME COLUMN occasion TO incident;
ALTER TABLE dispatch_entries RENAME COLUMN round TO generation;
