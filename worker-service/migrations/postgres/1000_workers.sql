-- The machines of the fleet. Instants are microseconds since 1970; tags a JSON object.
CREATE TABLE workers (
    id                  UUID   NOT NULL PRIMARY KEY,
    name                TEXT   NOT NULL,
    region              TEXT   NOT NULL,
    instance_type       TEXT   NOT NULL,
    provider            TEXT   NOT NULL,
    tags                JSONB  NOT NULL,
    created_by          TEXT   NOT NULL,
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL,
    deleted_at          BIGINT,
    version             BIGINT NOT NULL,
    revision            BIGINT NOT NULL,
    desired_state       TEXT   NOT NULL,
    desired_generation  BIGINT NOT NULL,
    desired_set_by      TEXT   NOT NULL,
    observed_state      TEXT   NOT NULL,
    observed_generation BIGINT NOT NULL,
    observed_since      BIGINT NOT NULL
);

CREATE INDEX workers_newest ON workers (created_at DESC, id DESC) WHERE deleted_at IS NULL;
