-- The event log of a service. seq is drawn by the INSERT; position is given after the commit (NULL until then), dense and
-- never reused. AUTOINCREMENT: a seq is never drawn twice, even after the newest rows were trimmed.
CREATE TABLE events (
    seq                INTEGER PRIMARY KEY AUTOINCREMENT,
    position           INTEGER UNIQUE,
    id                 BLOB    NOT NULL UNIQUE,
    type               TEXT    NOT NULL,
    subject_kind       TEXT    NOT NULL,
    subject_id         BLOB    NOT NULL,
    revision           INTEGER NOT NULL,
    occurred_at        INTEGER NOT NULL,
    actor              TEXT    NOT NULL,
    on_behalf_of       TEXT,
    traceparent        TEXT,
    tracestate         TEXT,
    existed_before     INTEGER NOT NULL,
    department_before  TEXT,
    assignee_id_before TEXT,
    created_by_before  TEXT,
    exists_after       INTEGER NOT NULL,
    department_after   TEXT,
    assignee_id_after  TEXT,
    created_by_after   TEXT,
    resource           TEXT    NOT NULL,
    changed_before     TEXT,
    UNIQUE (subject_id, revision)
) STRICT;

CREATE INDEX events_unnumbered ON events (seq) WHERE position IS NULL;

-- One row: which log this is (another one after a restore from nothing), and the last position given.
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;

INSERT INTO event_log (only_row, log_id, head) VALUES (1, randomblob(16), 0);
