-- An entry that has been told of is deleted a moment later. One that is queued again meanwhile is another, and stays.
ALTER TABLE dispatch_entries ADD COLUMN round integer NOT NULL DEFAULT 0;
