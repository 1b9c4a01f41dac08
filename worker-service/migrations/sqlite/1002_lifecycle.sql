-- Bringing workers to their desired states.
ALTER TABLE workers ADD COLUMN desired_reason TEXT;
ALTER TABLE workers ADD COLUMN desired_set_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workers ADD COLUMN observed_address TEXT;
-- How the current generation ended; NULL while the worker is being reconciled.
ALTER TABLE workers ADD COLUMN outcome_result TEXT;
ALTER TABLE workers ADD COLUMN outcome_at INTEGER;
ALTER TABLE workers ADD COLUMN outcome_reason TEXT;
ALTER TABLE workers ADD COLUMN outcome_message TEXT;
ALTER TABLE workers ADD COLUMN converged_at INTEGER;
-- Why the worker is failed now.
ALTER TABLE workers ADD COLUMN failure_reason TEXT;
ALTER TABLE workers ADD COLUMN failure_message TEXT;
-- The highest number of an action that was accepted.
ALTER TABLE workers ADD COLUMN action_seq INTEGER NOT NULL DEFAULT 0;
-- Which of its machines the worker has, and whether that one is lost.
ALTER TABLE workers ADD COLUMN incarnation INTEGER NOT NULL DEFAULT 1;
ALTER TABLE workers ADD COLUMN is_machine_lost INTEGER NOT NULL DEFAULT 0;
UPDATE workers SET desired_set_at = created_at;

-- The generations of desired states. A generation ends once.
CREATE TABLE worker_generations (
    worker_id    BLOB    NOT NULL REFERENCES workers (id) ON DELETE CASCADE,
    generation   INTEGER NOT NULL,
    provider     TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    set_by       TEXT    NOT NULL,
    set_at       INTEGER NOT NULL,
    -- Number of the action that began it; NULL: the worker was created or imported.
    action_seq   INTEGER,
    -- Trace context of the request that began it.
    traceparent  TEXT,
    tracestate   TEXT,
    result       TEXT,
    ended_at     INTEGER,
    reason       TEXT,
    message      TEXT,
    PRIMARY KEY (worker_id, generation)
) STRICT;

-- How long generations take.
CREATE INDEX worker_generations_converged ON worker_generations (provider, state, ended_at DESC)
    WHERE result = 'converged';
INSERT INTO worker_generations (worker_id, generation, provider, state, set_by, set_at)
    SELECT id, desired_generation, provider, desired_state, desired_set_by, desired_set_at FROM workers;

-- Calls of SetDesiredState, and the generation that each was answered with.
CREATE TABLE desired_requests (
    worker_id  BLOB    NOT NULL REFERENCES workers (id) ON DELETE CASCADE,
    request_id TEXT    NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (worker_id, request_id)
) STRICT;

-- One row for each worker that is not deleted: when its next turn is due, and who takes it.
CREATE TABLE reconciles (
    worker_id    BLOB    NOT NULL PRIMARY KEY REFERENCES workers (id) ON DELETE CASCADE,
    -- NULL: not until something happens.
    due_at       INTEGER,
    -- The lease of the turn: who holds it, until when, and the number that grows with each turn.
    lease_owner  BLOB,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    fence        INTEGER NOT NULL DEFAULT 0,
    -- Grows when something happens; a turn that has missed it is followed by another one at once.
    wakes        INTEGER NOT NULL DEFAULT 0,
    refreshed_at INTEGER NOT NULL DEFAULT 0,
    book         TEXT    NOT NULL
) STRICT;

CREATE INDEX reconciles_due ON reconciles (due_at) WHERE due_at IS NOT NULL;
INSERT INTO reconciles (worker_id, due_at, book) SELECT id, 0, '{}' FROM workers WHERE deleted_at IS NULL;

-- Who sweeps a provider, and when it was last swept.
CREATE TABLE sweeps (
    provider    TEXT    NOT NULL PRIMARY KEY,
    lease_owner BLOB    NOT NULL,
    lease_until INTEGER NOT NULL,
    fence       INTEGER NOT NULL
) STRICT;

-- How much of the running machines is used: the last report. Not part of a worker's history.
CREATE TABLE worker_utilization (
    worker_id BLOB    NOT NULL PRIMARY KEY REFERENCES workers (id) ON DELETE CASCADE,
    report    TEXT    NOT NULL
) STRICT;
