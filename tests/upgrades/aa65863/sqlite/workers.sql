PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:10:43',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',16318573);
INSERT INTO _sqlx_migrations VALUES(1000,'workers','2026-11-26 23:10:43',1,X'31d038198d2e00cee21a38b104bfabfb334c0f1eac91c9935a884f33a6f472be5d95448dab49a79ba7af8f03b17c96f2',6327785);
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
INSERT INTO events VALUES(1,NULL,X'01a21a2022b27a93bf7ff6d611cd15a4','worker.created','worker',X'01a21a2022b278fa9ad27ebf1aad5569',1,1795734643378019,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:43.378019+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-22b2-78fa-9ad2-7ebf1aad5569","instance_type":"m5.metal","name":"lab 0","observed":{"since":"2026-11-26T23:10:43.378019+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:43.378019+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,NULL,X'01a21a2022b77273a92582cef60f534f','worker.created','worker',X'01a21a2022b7708a8f8ffc9466a4b635',1,1795734643383669,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:43.383669+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-22b7-708a-8f8f-fc9466a4b635","instance_type":"m5.metal","name":"lab 1","observed":{"since":"2026-11-26T23:10:43.383669+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:43.383669+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,NULL,X'01a21a2022bc7d1b8f0c5715927d7bcf','worker.created','worker',X'01a21a2022bc71d6bfe14df30780a0fb',1,1795734643388774,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:43.388774+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-22bc-71d6-bfe1-4df30780a0fb","instance_type":"m5.metal","name":"lab 2","observed":{"since":"2026-11-26T23:10:43.388774+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:43.388774+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(4,NULL,X'01a21a2022c17f16aeff040155c4b3b0','worker.created','worker',X'01a21a2022c17c169f9858ba9fdef7d8',1,1795734643393732,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:43.393732+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-22c1-7c16-9f98-58ba9fdef7d8","instance_type":"m5.metal","name":"lab 3","observed":{"since":"2026-11-26T23:10:43.393732+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:43.393732+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,NULL,X'01a21a2022c67a3fa1ed5614b9b0ef9b','worker.created','worker',X'01a21a2022c67c8ead1b5712439d3c13',1,1795734643398400,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:43.398400+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-22c6-7c8e-ad1b-5712439d3c13","instance_type":"m5.metal","name":"lab 4","observed":{"since":"2026-11-26T23:10:43.398400+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:43.398400+00:00","version":"1"}',NULL);
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'df477794047015406be1fb73f894ee50',0);
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
INSERT INTO workers VALUES(X'01a21a2022b278fa9ad27ebf1aad5569','lab 0','us-east-1','m5.metal','simulated','{}','root',1795734643378019,1795734643378019,NULL,1,1,'running',1,'root','pending',0,1795734643378019);
INSERT INTO workers VALUES(X'01a21a2022b7708a8f8ffc9466a4b635','lab 1','us-east-1','m5.metal','simulated','{}','root',1795734643383669,1795734643383669,NULL,1,1,'running',1,'root','pending',0,1795734643383669);
INSERT INTO workers VALUES(X'01a21a2022bc71d6bfe14df30780a0fb','lab 2','us-east-1','m5.metal','simulated','{}','root',1795734643388774,1795734643388774,NULL,1,1,'running',1,'root','pending',0,1795734643388774);
INSERT INTO workers VALUES(X'01a21a2022c17c169f9858ba9fdef7d8','lab 3','us-east-1','m5.metal','simulated','{}','root',1795734643393732,1795734643393732,NULL,1,1,'running',1,'root','pending',0,1795734643393732);
INSERT INTO workers VALUES(X'01a21a2022c67c8ead1b5712439d3c13','lab 4','us-east-1','m5.metal','simulated','{}','root',1795734643398400,1795734643398400,NULL,1,1,'running',1,'root','pending',0,1795734643398400);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',5);
CREATE INDEX events_unnumbered ON events (seq) WHERE position IS NULL;
CREATE INDEX workers_newest ON workers (created_at DESC, id DESC) WHERE deleted_at IS NULL;
COMMIT;
