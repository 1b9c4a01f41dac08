-- The event log of a service. seq is drawn by the INSERT; position is given after the commit (NULL until then), dense and
-- never reused.
CREATE TABLE events (
    seq                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position           BIGINT UNIQUE,
    id                 UUID    NOT NULL UNIQUE,
    type               TEXT    NOT NULL,
    subject_kind       TEXT    NOT NULL,
    subject_id         UUID    NOT NULL,
    revision           BIGINT  NOT NULL,
    occurred_at        BIGINT  NOT NULL,
    actor              TEXT    NOT NULL,
    on_behalf_of       TEXT,
    traceparent        TEXT,
    tracestate         TEXT,
    existed_before     BOOLEAN NOT NULL,
    department_before  TEXT,
    assignee_id_before TEXT,
    created_by_before  TEXT,
    exists_after       BOOLEAN NOT NULL,
    department_after   TEXT,
    assignee_id_after  TEXT,
    created_by_after   TEXT,
    resource           JSONB   NOT NULL,
    changed_before     JSONB,
    UNIQUE (subject_id, revision)
);

CREATE INDEX events_unnumbered ON events (seq) WHERE position IS NULL;

-- One row: which log this is (another one after a restore from nothing), and the last position given.
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   UUID    NOT NULL,
    head     BIGINT  NOT NULL
);

INSERT INTO event_log (only_row, log_id, head) VALUES (1, gen_random_uuid(), 0);
