-- Tasks with an action of the system. `action` is the action with its run, as JSON; `class` tells which lists show a task:
-- 0 for a task of a person, 1 for an action that has not ended, 2 for one that has.
ALTER TABLE tasks ADD COLUMN action TEXT;
ALTER TABLE tasks ADD COLUMN class INTEGER NOT NULL DEFAULT 0;

-- The numbers of actions, drawn for each worker.
CREATE TABLE worker_action_seqs (
    worker_id BLOB    NOT NULL PRIMARY KEY,
    last      INTEGER NOT NULL
) STRICT;

-- The live actions; a row is deleted when its run ends. That worker_id is unique keeps a worker from having two. `ready_at`
-- is the end of the lease or of the pause before the next call; NULL while the outcome is waited for. (action_seq, fence)
-- identifies a lease and never comes back.
CREATE TABLE action_queue (
    task_id      BLOB    NOT NULL PRIMARY KEY,
    worker_id    BLOB    NOT NULL UNIQUE,
    action_seq   INTEGER NOT NULL,
    verb         TEXT    NOT NULL,
    priority     INTEGER NOT NULL,
    due_key      INTEGER NOT NULL,
    asked_at     INTEGER NOT NULL,
    deadline     INTEGER NOT NULL,
    phase        TEXT    NOT NULL,
    ready_at     INTEGER,
    fence        INTEGER NOT NULL,
    lease_owner  BLOB,
    generation   INTEGER,
    run          INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    on_behalf_of TEXT    NOT NULL,
    traceparent  TEXT,
    tracestate   TEXT
) STRICT;

CREATE INDEX action_queue_due ON action_queue (due_key, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX action_queue_urgent ON action_queue (priority DESC, asked_at, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX action_queue_oldest ON action_queue (asked_at, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX action_queue_ready ON action_queue (ready_at) WHERE ready_at IS NOT NULL;

-- Every index of 1001 begins with the class now, so that a list reads the classes that it shows and no others.
DROP INDEX tasks_newest;
DROP INDEX tasks_of_assignee;
DROP INDEX tasks_of_creator;
DROP INDEX tasks_of_department;
DROP INDEX tasks_by_status;
DROP INDEX tasks_by_priority;
DROP INDEX tasks_by_worker;
DROP INDEX tasks_of_assignee_by_status;
DROP INDEX tasks_of_assignee_by_priority;
DROP INDEX tasks_of_assignee_by_department;
DROP INDEX tasks_of_assignee_by_worker;
DROP INDEX tasks_of_creator_by_status;
DROP INDEX tasks_of_creator_by_priority;
DROP INDEX tasks_of_creator_by_assignee;
DROP INDEX tasks_of_creator_by_department;
DROP INDEX tasks_of_creator_by_worker;
DROP INDEX tasks_of_department_by_status;
DROP INDEX tasks_of_department_by_priority;
DROP INDEX tasks_of_department_by_worker;
CREATE INDEX tasks_newest ON tasks (class, created_at DESC, id DESC) WHERE deleted_at IS NULL AND revision > 0;
CREATE INDEX tasks_of_assignee ON tasks (class, assignee_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_creator ON tasks (class, created_by, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_of_department ON tasks (class, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND department IS NOT NULL;
CREATE INDEX tasks_by_status ON tasks (class, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_by_priority ON tasks (class, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_by_worker ON tasks (class, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_status ON tasks (class, assignee_id, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_priority ON tasks (class, assignee_id, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_department ON tasks (class, assignee_id, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_worker ON tasks (class, assignee_id, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_creator_by_status ON tasks (class, created_by, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator_by_priority ON tasks (class, created_by, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator_by_assignee ON tasks (class, created_by, assignee_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_creator_by_department ON tasks (class, created_by, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_creator_by_worker ON tasks (class, created_by, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_department_by_status ON tasks (class, department, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_department_by_priority ON tasks (class, department, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_department_by_worker ON tasks (class, department, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL AND worker_id IS NOT NULL;
