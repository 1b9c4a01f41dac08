-- The tasks. Instants are microseconds since 1970. Each way to see tasks has its index, in the order of pages.
CREATE TABLE tasks (
    id          UUID    NOT NULL PRIMARY KEY,
    title       TEXT    NOT NULL,
    description TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    priority    TEXT    NOT NULL,
    assignee_id TEXT,
    department  TEXT,
    worker_id   UUID,
    created_by  TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    updated_at  BIGINT  NOT NULL,
    deleted_at  BIGINT,
    version     BIGINT  NOT NULL,
    revision    BIGINT  NOT NULL
);

CREATE INDEX tasks_newest ON tasks (created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_assignee ON tasks (assignee_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator ON tasks (created_by, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_department ON tasks (department, created_at DESC, id DESC) WHERE deleted_at IS NULL;
