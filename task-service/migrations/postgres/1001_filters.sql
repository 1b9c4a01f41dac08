-- A list by one filter reads no more than its page: for each way to see tasks (everything, an assignee's, a creator's, a
-- department's) and each filter, an index in the order of pages. An assignee of a department is the same either way.

-- Versions and revisions begin with 1, so these conditions leave nothing out. A statement says `revision > 0` when it
-- asks for no column, `version > 0` when it asks for one, neither when it asks for more. Else a planner takes the index of
-- fewer columns where it thinks a value frequent, and walks over everything when it is not.
DROP INDEX tasks_newest;
DROP INDEX tasks_of_assignee;
DROP INDEX tasks_of_creator;
DROP INDEX tasks_of_department;
CREATE INDEX tasks_newest ON tasks (created_at DESC, id DESC) WHERE deleted_at IS NULL AND revision > 0;
CREATE INDEX tasks_of_assignee ON tasks (assignee_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_creator ON tasks (created_by, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_of_department ON tasks (department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND department IS NOT NULL;
CREATE INDEX tasks_by_status ON tasks (status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_by_priority ON tasks (priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_by_worker ON tasks (worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND worker_id IS NOT NULL;

CREATE INDEX tasks_of_assignee_by_status ON tasks (assignee_id, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_priority ON tasks (assignee_id, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_department ON tasks (assignee_id, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_worker ON tasks (assignee_id, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL AND worker_id IS NOT NULL;

CREATE INDEX tasks_of_creator_by_status ON tasks (created_by, status, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator_by_priority ON tasks (created_by, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator_by_assignee ON tasks (created_by, assignee_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_creator_by_department ON tasks (created_by, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_creator_by_worker ON tasks (created_by, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND worker_id IS NOT NULL;

CREATE INDEX tasks_of_department_by_status ON tasks (department, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_department_by_priority ON tasks (department, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_department_by_worker ON tasks (department, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL AND worker_id IS NOT NULL;

CREATE INDEX tasks_deleted ON tasks (deleted_at) WHERE deleted_at IS NOT NULL;
