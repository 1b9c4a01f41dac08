-- The simulated provider. Instants are microseconds since 1970; tags a JSON object.
CREATE TABLE machines (
    id              TEXT    NOT NULL PRIMARY KEY,
    region          TEXT    NOT NULL,
    instance_type   TEXT    NOT NULL,
    tags            TEXT    NOT NULL,
    -- Value of the tag ccm:worker-id; NULL without it.
    owner           TEXT,
    launched_at     INTEGER NOT NULL,
    -- Reads before this instant do not know the machine.
    visible_at      INTEGER NOT NULL,
    -- The state at the last change. Time and the tags turn it into the present one, see settled.rs.
    state           TEXT    NOT NULL,
    since           INTEGER NOT NULL,
    reason          TEXT,
    -- What ends the state: an instant, a number of reads, or nothing.
    ends_at         INTEGER,
    reads_left      INTEGER,
    first_ran_at    INTEGER,
    starts          INTEGER NOT NULL,
    -- When the tags of the simulation last changed.
    knobs_since     INTEGER NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL,
    misses_left     INTEGER NOT NULL,
    -- From when on the provider does not know the machine, if no call comes between.
    gone_at         INTEGER
) STRICT;

CREATE INDEX machines_owned ON machines (id) WHERE owner IS NOT NULL;
CREATE INDEX machines_by_owner ON machines (owner, id) WHERE owner IS NOT NULL;

-- Client tokens of creates. A row without a machine counts the failures that its first calls are to meet.
CREATE TABLE tokens (
    token           TEXT    NOT NULL PRIMARY KEY,
    machine_id      TEXT,
    used_at         INTEGER NOT NULL,
    parameters      TEXT    NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL
) STRICT;

-- The token bucket that limits the rate of calls, in millionths of a call. It is full at first, whatever its size.
CREATE TABLE buckets (
    name            TEXT    NOT NULL PRIMARY KEY,
    level           INTEGER NOT NULL,
    at              INTEGER NOT NULL
) STRICT;

INSERT INTO buckets (name, level, at) VALUES ('calls', 9223372036854775807, 0);

-- Every call that changes something or was asked to, in the order of their effects. Rows are never changed.
CREATE TABLE journal (
    seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at              INTEGER NOT NULL,
    call            TEXT    NOT NULL,
    worker_id       BLOB    NOT NULL,
    fence           INTEGER NOT NULL,
    machine_id      TEXT,
    client_token    TEXT,
    parameters      TEXT    NOT NULL,
    -- ok, throttled, transient, conflict, permanent.
    result          TEXT    NOT NULL,
    -- After ok, the state of the machine; after conflict, the state in the way; after permanent, the reason.
    detail          TEXT,
    message         TEXT
) STRICT;

CREATE INDEX journal_of_worker ON journal (worker_id, seq);
