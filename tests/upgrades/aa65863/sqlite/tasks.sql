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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:10:43',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',19600811);
INSERT INTO _sqlx_migrations VALUES(1000,'tasks','2026-11-26 23:10:43',1,X'5d752cf9b2f13d3b4442799afd3f545cf36e9521fc89045e92035f0699233aaa31382130d9d4cfec88d97f8a067a5fc7',3885313);
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
INSERT INTO events VALUES(1,NULL,X'01a21a20367375398e6a46df73f17d6c','task.created','task',X'01a21a2036737adf91e4590cd7f303a4',1,1795734648435178,'ada',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering','bob','ada','{"assignee_id":"bob","created_at":"2026-11-26T23:10:48.435178+00:00","created_by":"ada","department":"engineering","description":"x\ny","id":"01a21a20-3673-7adf-91e4-590cd7f303a4","priority":"TASK_PRIORITY_HIGH","revision":"1","status":"TASK_STATUS_PENDING","title":"Größe 日本 🎉","updated_at":"2026-11-26T23:10:48.435178+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,NULL,X'01a21a2036797bb7abba394e719ddba6','task.created','task',X'01a21a2036797271bd4656f381345887',1,1795734648441300,'eve',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering',NULL,'eve','{"created_at":"2026-11-26T23:10:48.441300+00:00","created_by":"eve","department":"engineering","id":"01a21a20-3679-7271-bd46-56f381345887","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"of eve","updated_at":"2026-11-26T23:10:48.441300+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,NULL,X'01a21a20368979d3b5682a1f20b56641','task.created','task',X'01a21a20368979039a2044789c04d013',1,1795734648457265,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:10:48.457265+00:00","created_by":"root","id":"01a21a20-3689-7903-9a20-44789c04d013","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"about a worker","updated_at":"2026-11-26T23:10:48.457265+00:00","version":"1","worker_id":"01a21a20-22b2-78fa-9ad2-7ebf1aad5569"}',NULL);
INSERT INTO events VALUES(4,NULL,X'01a21a20369271ada7edfe00eab6c305','task.created','task',X'01a21a20369276e3abe6131801dea183',1,1795734648466400,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:10:48.466400+00:00","created_by":"root","id":"01a21a20-3692-76e3-abe6-131801dea183","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"in progress","updated_at":"2026-11-26T23:10:48.466400+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,NULL,X'01a21a2036997e7e8534b95eb452bed0','task.created','task',X'01a21a2036987a66b3a5f399386a5e8a',1,1795734648473005,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:10:48.473005+00:00","created_by":"root","id":"01a21a20-3698-7a66-b3a5-f399386a5e8a","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"completed","updated_at":"2026-11-26T23:10:48.473005+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,NULL,X'01a21a2036ad7dfb83393b6c405bcd2d','task.created','task',X'01a21a2036ad7836ad20be21cbf5e7e5',1,1795734648493788,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:10:48.493788+00:00","created_by":"root","id":"01a21a20-36ad-7836-ad20-be21cbf5e7e5","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:10:48.493788+00:00","version":"1"}',NULL);
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'941a1cf90ae6c6e9e762a0ce29b4fd42',0);
CREATE TABLE tasks (
    id          BLOB    NOT NULL PRIMARY KEY,
    title       TEXT    NOT NULL,
    description TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    priority    TEXT    NOT NULL,
    assignee_id TEXT,
    department  TEXT,
    worker_id   BLOB,
    created_by  TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    deleted_at  INTEGER,
    version     INTEGER NOT NULL,
    revision    INTEGER NOT NULL
) STRICT;
INSERT INTO tasks VALUES(X'01a21a2036737adf91e4590cd7f303a4','Größe 日本 🎉',replace('x\ny','\n',char(10)),'pending','high','bob','engineering',NULL,'ada',1795734648435178,1795734648435178,NULL,1,1);
INSERT INTO tasks VALUES(X'01a21a2036797271bd4656f381345887','of eve','','pending','medium',NULL,'engineering',NULL,'eve',1795734648441300,1795734648441300,NULL,1,1);
INSERT INTO tasks VALUES(X'01a21a20368979039a2044789c04d013','about a worker','','pending','medium',NULL,NULL,X'01a21a2022b278fa9ad27ebf1aad5569','root',1795734648457265,1795734648457265,NULL,1,1);
INSERT INTO tasks VALUES(X'01a21a20369276e3abe6131801dea183','in progress','','pending','medium',NULL,NULL,NULL,'root',1795734648466400,1795734648466400,NULL,1,1);
INSERT INTO tasks VALUES(X'01a21a2036987a66b3a5f399386a5e8a','completed','','pending','medium',NULL,NULL,NULL,'root',1795734648473005,1795734648473005,NULL,1,1);
INSERT INTO tasks VALUES(X'01a21a2036ad7836ad20be21cbf5e7e5','deleted','','pending','medium',NULL,NULL,NULL,'root',1795734648493788,1795734648493788,NULL,1,1);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',6);
CREATE INDEX events_unnumbered ON events (seq) WHERE position IS NULL;
CREATE INDEX tasks_newest ON tasks (created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_assignee ON tasks (assignee_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator ON tasks (created_by, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_department ON tasks (department, created_at DESC, id DESC) WHERE deleted_at IS NULL;
COMMIT;
