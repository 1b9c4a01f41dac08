-- When a report was stored, for the watches that are told of new ones.
ALTER TABLE worker_utilization ADD COLUMN stored_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX worker_utilization_stored ON worker_utilization (stored_at, worker_id);
