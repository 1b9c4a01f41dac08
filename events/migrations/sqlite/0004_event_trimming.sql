-- Events that tell of the end of a subject: what the housekeeping looks for.
CREATE INDEX events_of_ends ON events (occurred_at) WHERE NOT exists_after;
