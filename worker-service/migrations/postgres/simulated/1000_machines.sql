-- The simulated provider. Instants are microseconds since 1970; tags a JSON object.
CREATE TABLE machines (
    id              TEXT   NOT NULL PRIMARY KEY,
    region          TEXT   NOT NULL,
    instance_type   TEXT   NOT NULL,
    tags            JSONB  NOT NULL,
    -- Value of the tag ccm:worker-id; NULL without it.
    owner           TEXT,
    launched_at     BIGINT NOT NULL,
    -- Reads before this instant do not know the machine.
    visible_at      BIGINT NOT NULL,
    -- The state at the last change. Time and the tags turn it into the present one, see settled.rs.
    state           TEXT   NOT NULL,
    since           BIGINT NOT NULL,
    reason          TEXT,
    -- What ends the state: an instant, a number of reads, or nothing.
    ends_at         BIGINT,
    reads_left      BIGINT,
    first_ran_at    BIGINT,
    starts          BIGINT NOT NULL,
    -- When the tags of the simulation last changed.
    knobs_since     BIGINT NOT NULL,
    fails_left      BIGINT NOT NULL,
    throttles_left  BIGINT NOT NULL,
    misses_left     BIGINT NOT NULL,
    -- From when on the provider does not know the machine, if no call comes between.
    gone_at         BIGINT
);

CREATE INDEX machines_owned ON machines (id) WHERE owner IS NOT NULL;
CREATE INDEX machines_by_owner ON machines (owner, id) WHERE owner IS NOT NULL;

-- Client tokens of creates. A row without a machine counts the failures that its first calls are to meet.
CREATE TABLE tokens (
    token           TEXT   NOT NULL PRIMARY KEY,
    machine_id      TEXT,
    used_at         BIGINT NOT NULL,
    parameters      JSONB  NOT NULL,
    fails_left      BIGINT NOT NULL,
    throttles_left  BIGINT NOT NULL
);

-- The token bucket that limits the rate of calls, in millionths of a call. It is full at first, whatever its size.
CREATE TABLE buckets (
    name            TEXT   NOT NULL PRIMARY KEY,
    level           BIGINT NOT NULL,
    at              BIGINT NOT NULL
);

INSERT INTO buckets (name, level, at) VALUES ('calls', 9223372036854775807, 0);

-- Every call that changes something or was asked to, in the order of their effects. Rows are never changed.
CREATE TABLE journal (
    seq             BIGINT NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at              BIGINT NOT NULL,
    call            TEXT   NOT NULL,
    worker_id       UUID   NOT NULL,
    fence           BIGINT NOT NULL,
    machine_id      TEXT,
    client_token    TEXT,
    parameters      JSONB  NOT NULL,
    -- ok, throttled, transient, conflict, permanent.
    result          TEXT   NOT NULL,
    -- After ok, the state of the machine; after conflict, the state in the way; after permanent, the reason.
    detail          TEXT,
    message         TEXT
);

CREATE INDEX journal_of_worker ON journal (worker_id, seq);
