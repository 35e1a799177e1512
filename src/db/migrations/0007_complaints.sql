-- What an event says beside its status: of a complaint, its id and date. Null for delivery statuses, which are most.
ALTER TABLE statuses ADD COLUMN details jsonb;
