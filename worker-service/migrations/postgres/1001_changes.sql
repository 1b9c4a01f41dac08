-- Imports: a machine has one record, a deleted one counts too (it is restored).
ALTER TABLE workers ADD COLUMN instance_id TEXT;
CREATE UNIQUE INDEX workers_instance ON workers (provider, instance_id) WHERE instance_id IS NOT NULL;

-- Filters: the field, then the order of the pages. Revisions begin with 1, so the first condition leaves nothing out: a
-- statement without a filter says it, and for one with a filter no planner walks over everything.
DROP INDEX workers_newest;
CREATE INDEX workers_newest ON workers (created_at DESC, id DESC) WHERE deleted_at IS NULL AND revision > 0;
CREATE INDEX workers_by_status ON workers (observed_state, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX workers_by_region ON workers (region, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX workers_by_provider ON workers (provider, created_at DESC, id DESC) WHERE deleted_at IS NULL;

-- The tags of the workers that are not deleted, as workers.tags has them, to be searched in the order of the pages.
CREATE TABLE worker_tags (
    worker_id  UUID   NOT NULL REFERENCES workers (id) ON DELETE CASCADE,
    key        TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (worker_id, key)
);
CREATE INDEX worker_tags_newest ON worker_tags (key, value, created_at DESC, worker_id DESC);
INSERT INTO worker_tags (worker_id, key, value, created_at)
    SELECT workers.id, tag.key, tag.value, workers.created_at FROM workers, jsonb_each_text(workers.tags) AS tag
    WHERE deleted_at IS NULL;

CREATE INDEX workers_deleted ON workers (deleted_at) WHERE deleted_at IS NOT NULL;
