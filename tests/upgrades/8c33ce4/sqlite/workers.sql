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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:10:59',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',1064288);
INSERT INTO _sqlx_migrations VALUES(2,'request_keys','2026-11-26 23:10:59',1,X'8ebcb1135631f4f4784b6dabc8e3fa831d93f09670963bf245a28cdc095ae17ff0fc1bc37a927fd6d6c69b77d77fedfc',4032211);
INSERT INTO _sqlx_migrations VALUES(3,'event_positions','2026-11-26 23:10:59',1,X'9466f15a1f45fd6e3b0ca8e99d31d29f6c86d86d7c0a0079bf24350d679c4b80b55c8d8735207d3e408d2b52e27f1c68',1957974);
INSERT INTO _sqlx_migrations VALUES(4,'event_trimming','2026-11-26 23:10:59',1,X'1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e',2120374);
INSERT INTO _sqlx_migrations VALUES(1000,'workers','2026-11-26 23:10:59',1,X'31d038198d2e00cee21a38b104bfabfb334c0f1eac91c9935a884f33a6f472be5d95448dab49a79ba7af8f03b17c96f2',3978310);
INSERT INTO _sqlx_migrations VALUES(1001,'changes','2026-11-26 23:10:59',1,X'd8ba0226ea5066829ecf328b86768b0319633c60af99b99b5bc77afab3c439cd3150f30fae4f6e61526587f355b9a5cb',2278259);
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
INSERT INTO events VALUES(1,1,X'01a21a2063087889861effa17af88e7b','worker.created','worker',X'01a21a2063087c1582507d1a48df6b3b',1,1795734659848402,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:59.848402+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-6308-7c15-8250-7d1a48df6b3b","instance_type":"m5.metal","name":"lab 0","observed":{"since":"2026-11-26T23:10:59.848402+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:59.848402+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,2,X'01a21a20630e763dad1ae00ca0bf7b51','worker.created','worker',X'01a21a20630e7d2fb1e8374b171e1b69',1,1795734659854381,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:59.854381+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-630e-7d2f-b1e8-374b171e1b69","instance_type":"m5.metal","name":"lab 1","observed":{"since":"2026-11-26T23:10:59.854381+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:59.854381+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,3,X'01a21a20631874318f8eac0d8d3acc41','worker.created','worker',X'01a21a20631877ccb4cdf0259fc1b2f7',1,1795734659864116,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:59.864116+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-6318-77cc-b4cd-f0259fc1b2f7","instance_type":"m5.metal","name":"lab 2","observed":{"since":"2026-11-26T23:10:59.864116+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:59.864116+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(4,4,X'01a21a2063207b6ca8f6eea69b97c3d4','worker.created','worker',X'01a21a20632073ef8f9a3cfc1d90a222',1,1795734659872183,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:59.872183+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-6320-73ef-8f9a-3cfc1d90a222","instance_type":"m5.metal","name":"lab 3","observed":{"since":"2026-11-26T23:10:59.872183+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:59.872183+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,5,X'01a21a206328770298a965f3caad3e46','worker.created','worker',X'01a21a20632876578755d1a7ebb678e5',1,1795734659880920,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:59.880920+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-6328-7657-8755-d1a7ebb678e5","instance_type":"m5.metal","name":"lab 4","observed":{"since":"2026-11-26T23:10:59.880920+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"1","updated_at":"2026-11-26T23:10:59.880920+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,6,X'01a21a20770c7ae491dc5f9cc24c48b7','worker.updated','worker',X'01a21a2063087c1582507d1a48df6b3b',2,1795734664972462,'root',NULL,NULL,NULL,1,NULL,NULL,NULL,1,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:59.848402+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-6308-7c15-8250-7d1a48df6b3b","instance_type":"m5.metal","name":"renamed","observed":{"since":"2026-11-26T23:10:59.848402+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"2","tags":{"team":"a"},"updated_at":"2026-11-26T23:11:04.972462+00:00","version":"2"}','{"name":"lab 0","tags":{}}');
INSERT INTO events VALUES(7,7,X'01a21a2077157784b9f3f4a7320e73d9','worker.deleted','worker',X'01a21a20632073ef8f9a3cfc1d90a222',2,1795734664981527,'root',NULL,NULL,NULL,1,NULL,NULL,NULL,0,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:10:59.872183+00:00","created_by":"root","desired":{"generation":"1","set_by":"root","state":"WORKER_DESIRED_STATE_RUNNING"},"id":"01a21a20-6320-73ef-8f9a-3cfc1d90a222","instance_type":"m5.metal","name":"lab 3","observed":{"since":"2026-11-26T23:10:59.872183+00:00","state":"WORKER_OBSERVED_STATE_PENDING"},"provider":"WORKER_PROVIDER_SIMULATED","region":"us-east-1","revision":"2","updated_at":"2026-11-26T23:11:04.981527+00:00","version":"1"}','{}');
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'cb32ba1387c2c12402ec946b88357d6e',7);
CREATE TABLE request_keys (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    method     TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    hash       BLOB    NOT NULL,
    answer     BLOB    NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject, method, key)
) STRICT;
CREATE TABLE event_log_start (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    position INTEGER NOT NULL
) STRICT;
INSERT INTO event_log_start VALUES(1,1);
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
, instance_id TEXT) STRICT;
INSERT INTO workers VALUES(X'01a21a2063087c1582507d1a48df6b3b','renamed','us-east-1','m5.metal','simulated','{"team":"a"}','root',1795734659848402,1795734664972462,NULL,2,2,'running',1,'root','pending',0,1795734659848402,NULL);
INSERT INTO workers VALUES(X'01a21a20630e7d2fb1e8374b171e1b69','lab 1','us-east-1','m5.metal','simulated','{}','root',1795734659854381,1795734659854381,NULL,1,1,'running',1,'root','pending',0,1795734659854381,NULL);
INSERT INTO workers VALUES(X'01a21a20631877ccb4cdf0259fc1b2f7','lab 2','us-east-1','m5.metal','simulated','{}','root',1795734659864116,1795734659864116,NULL,1,1,'running',1,'root','pending',0,1795734659864116,NULL);
INSERT INTO workers VALUES(X'01a21a20632073ef8f9a3cfc1d90a222','lab 3','us-east-1','m5.metal','simulated','{}','root',1795734659872183,1795734664981527,1795734664981527,1,2,'running',1,'root','pending',0,1795734659872183,NULL);
INSERT INTO workers VALUES(X'01a21a20632876578755d1a7ebb678e5','lab 4','us-east-1','m5.metal','simulated','{}','root',1795734659880920,1795734659880920,NULL,1,1,'running',1,'root','pending',0,1795734659880920,NULL);
CREATE TABLE worker_tags (
    worker_id  BLOB    NOT NULL REFERENCES workers (id) ON DELETE CASCADE,
    key        TEXT    NOT NULL,
    value      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (worker_id, key)
) STRICT;
INSERT INTO worker_tags VALUES(X'01a21a2063087c1582507d1a48df6b3b','team','a',1795734659848402);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',7);
CREATE INDEX events_unnumbered ON events (seq) WHERE position IS NULL;
CREATE INDEX request_keys_expiring ON request_keys (expires_at);
CREATE TRIGGER events_numbered AFTER INSERT ON events BEGIN
    UPDATE event_log SET head = head + 1;
    UPDATE events SET position = (SELECT head FROM event_log) WHERE seq = new.seq;
END;
CREATE INDEX events_of_ends ON events (occurred_at) WHERE NOT exists_after;
CREATE UNIQUE INDEX workers_instance ON workers (provider, instance_id) WHERE instance_id IS NOT NULL;
CREATE INDEX workers_newest ON workers (created_at DESC, id DESC) WHERE deleted_at IS NULL AND revision > 0;
CREATE INDEX workers_by_status ON workers (observed_state, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX workers_by_region ON workers (region, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX workers_by_provider ON workers (provider, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX worker_tags_newest ON worker_tags (key, value, created_at DESC, worker_id DESC);
CREATE INDEX workers_deleted ON workers (deleted_at) WHERE deleted_at IS NOT NULL;
COMMIT;
