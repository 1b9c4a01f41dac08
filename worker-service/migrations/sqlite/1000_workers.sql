-- The machines of the fleet. Instants are microseconds since 1970; tags a JSON object.
CREATE TABLE workers (
    id                  BLOB    NOT NULL PRIMARY KEY,
    name                TEXT    NOT NULL,
    region              TEXT    NOT NULL,
    instance_type       TEXT    NOT NULL,
    provider            TEXT    NOT NULL,
    tags                TEXT    NOT NULL,
    created_by          TEXT    NOT NULL,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    deleted_at          INTEGER,
    version             INTEGER NOT NULL,
    revision            INTEGER NOT NULL,
    desired_state       TEXT    NOT NULL,
    desired_generation  INTEGER NOT NULL,
    desired_set_by      TEXT    NOT NULL,
    observed_state      TEXT    NOT NULL,
    observed_generation INTEGER NOT NULL,
    observed_since      INTEGER NOT NULL
) STRICT;

CREATE INDEX workers_newest ON workers (created_at DESC, id DESC) WHERE deleted_at IS NULL;
