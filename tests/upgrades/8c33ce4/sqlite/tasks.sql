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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:10:59',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',3345091);
INSERT INTO _sqlx_migrations VALUES(2,'request_keys','2026-11-26 23:10:59',1,X'8ebcb1135631f4f4784b6dabc8e3fa831d93f09670963bf245a28cdc095ae17ff0fc1bc37a927fd6d6c69b77d77fedfc',3916840);
INSERT INTO _sqlx_migrations VALUES(3,'event_positions','2026-11-26 23:10:59',1,X'9466f15a1f45fd6e3b0ca8e99d31d29f6c86d86d7c0a0079bf24350d679c4b80b55c8d8735207d3e408d2b52e27f1c68',3661571);
INSERT INTO _sqlx_migrations VALUES(4,'event_trimming','2026-11-26 23:10:59',1,X'1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e',3932492);
INSERT INTO _sqlx_migrations VALUES(1000,'tasks','2026-11-26 23:10:59',1,X'5d752cf9b2f13d3b4442799afd3f545cf36e9521fc89045e92035f0699233aaa31382130d9d4cfec88d97f8a067a5fc7',3902157);
INSERT INTO _sqlx_migrations VALUES(1001,'filters','2026-11-26 23:10:59',1,X'ed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262',13719538);
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
INSERT INTO events VALUES(1,1,X'01a21a2076ce7aa2ab3ae181a9e62bcf','task.created','task',X'01a21a2076ce7c72b9660b1e647d80d6',1,1795734664910197,'ada',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering','bob','ada','{"assignee_id":"bob","created_at":"2026-11-26T23:11:04.910197+00:00","created_by":"ada","department":"engineering","description":"x\ny","id":"01a21a20-76ce-7c72-b966-0b1e647d80d6","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_HIGH","revision":"1","status":"TASK_STATUS_PENDING","title":"Größe 日本 🎉","updated_at":"2026-11-26T23:11:04.910197+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,2,X'01a21a2076d37205a8ffda59f7da8cef','task.created','task',X'01a21a2076d37f23b0da705d0bcb5974',1,1795734664915894,'eve',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering',NULL,'eve','{"created_at":"2026-11-26T23:11:04.915894+00:00","created_by":"eve","department":"engineering","id":"01a21a20-76d3-7f23-b0da-705d0bcb5974","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"of eve","updated_at":"2026-11-26T23:11:04.915894+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,3,X'01a21a2076e3767b9513086efa9eb357','task.created','task',X'01a21a2076e3777292b7fce810a9dff0',1,1795734664931455,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:04.931455+00:00","created_by":"root","id":"01a21a20-76e3-7772-92b7-fce810a9dff0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"about a worker","updated_at":"2026-11-26T23:11:04.931455+00:00","version":"1","worker_id":"01a21a20-6308-7c15-8250-7d1a48df6b3b"}',NULL);
INSERT INTO events VALUES(4,4,X'01a21a2076e977098f07af75aaf94ebb','task.created','task',X'01a21a2076e97f14abc57b5cbe4ec437',1,1795734664937012,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:04.937012+00:00","created_by":"root","id":"01a21a20-76e9-7f14-abc5-7b5cbe4ec437","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"in progress","updated_at":"2026-11-26T23:11:04.937012+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,5,X'01a21a2076ed723f81c6b0307dbaafb4','task.created','task',X'01a21a2076ed763cbf32e9dc762758d0',1,1795734664941666,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:04.941666+00:00","created_by":"root","id":"01a21a20-76ed-763c-bf32-e9dc762758d0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"completed","updated_at":"2026-11-26T23:11:04.941666+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,6,X'01a21a2076f2756c95a3ec1b5a4b899f','task.created','task',X'01a21a2076f273fbbdca5abe27e55875',1,1795734664946133,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:04.946133+00:00","created_by":"root","id":"01a21a20-76f2-73fb-bdca-5abe27e55875","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:11:04.946133+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(7,7,X'01a21a2076f7732f9e3c408c5bc9da3c','task.status.updated','task',X'01a21a2076e97f14abc57b5cbe4ec437',2,1795734664951203,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:04.937012+00:00","created_by":"root","id":"01a21a20-76e9-7f14-abc5-7b5cbe4ec437","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"in progress","updated_at":"2026-11-26T23:11:04.951203+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(8,8,X'01a21a2076fc798ea8a645f4e9c6615c','task.status.updated','task',X'01a21a2076ed763cbf32e9dc762758d0',2,1795734664956822,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:04.941666+00:00","created_by":"root","id":"01a21a20-76ed-763c-bf32-e9dc762758d0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"completed","updated_at":"2026-11-26T23:11:04.956822+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(9,9,X'01a21a2077027f53acbd69ca525a6020','task.status.updated','task',X'01a21a2076ed763cbf32e9dc762758d0',3,1795734664962033,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:04.941666+00:00","created_by":"root","id":"01a21a20-76ed-763c-bf32-e9dc762758d0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"3","status":"TASK_STATUS_COMPLETED","title":"completed","updated_at":"2026-11-26T23:11:04.962033+00:00","version":"3"}','{"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(10,10,X'01a21a20770771eead469293f6e194bf','task.deleted','task',X'01a21a2076f273fbbdca5abe27e55875',2,1795734664967292,'root',NULL,NULL,NULL,1,NULL,NULL,'root',0,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:11:04.946133+00:00","created_by":"root","id":"01a21a20-76f2-73fb-bdca-5abe27e55875","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:11:04.967292+00:00","version":"1"}',NULL);
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'ca636cc02289f542b30168692cfb4e52',10);
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
INSERT INTO tasks VALUES(X'01a21a2076ce7c72b9660b1e647d80d6','Größe 日本 🎉',replace('x\ny','\n',char(10)),'pending','high','bob','engineering',NULL,'ada',1795734664910197,1795734664910197,NULL,1,1);
INSERT INTO tasks VALUES(X'01a21a2076d37f23b0da705d0bcb5974','of eve','','pending','medium',NULL,'engineering',NULL,'eve',1795734664915894,1795734664915894,NULL,1,1);
INSERT INTO tasks VALUES(X'01a21a2076e3777292b7fce810a9dff0','about a worker','','pending','medium',NULL,NULL,X'01a21a2063087c1582507d1a48df6b3b','root',1795734664931455,1795734664931455,NULL,1,1);
INSERT INTO tasks VALUES(X'01a21a2076e97f14abc57b5cbe4ec437','in progress','','in_progress','medium',NULL,NULL,NULL,'root',1795734664937012,1795734664951203,NULL,2,2);
INSERT INTO tasks VALUES(X'01a21a2076ed763cbf32e9dc762758d0','completed','','completed','medium',NULL,NULL,NULL,'root',1795734664941666,1795734664962033,NULL,3,3);
INSERT INTO tasks VALUES(X'01a21a2076f273fbbdca5abe27e55875','deleted','','pending','medium',NULL,NULL,NULL,'root',1795734664946133,1795734664967292,1795734664967292,1,2);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',10);
CREATE INDEX events_unnumbered ON events (seq) WHERE position IS NULL;
CREATE INDEX request_keys_expiring ON request_keys (expires_at);
CREATE TRIGGER events_numbered AFTER INSERT ON events BEGIN
    UPDATE event_log SET head = head + 1;
    UPDATE events SET position = (SELECT head FROM event_log) WHERE seq = new.seq;
END;
CREATE INDEX events_of_ends ON events (occurred_at) WHERE NOT exists_after;
CREATE INDEX tasks_newest ON tasks (created_at DESC, id DESC) WHERE deleted_at IS NULL AND revision > 0;
CREATE INDEX tasks_of_assignee ON tasks (assignee_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_creator ON tasks (created_by, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_of_department ON tasks (department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND department IS NOT NULL;
CREATE INDEX tasks_by_status ON tasks (status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_by_priority ON tasks (priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_by_worker ON tasks (worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_status ON tasks (assignee_id, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_priority ON tasks (assignee_id, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_department ON tasks (assignee_id, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_worker ON tasks (assignee_id, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_creator_by_status ON tasks (created_by, status, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator_by_priority ON tasks (created_by, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator_by_assignee ON tasks (created_by, assignee_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_creator_by_department ON tasks (created_by, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_creator_by_worker ON tasks (created_by, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_department_by_status ON tasks (department, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_department_by_priority ON tasks (department, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_department_by_worker ON tasks (department, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL AND worker_id IS NOT NULL;
CREATE INDEX tasks_deleted ON tasks (deleted_at) WHERE deleted_at IS NOT NULL;
COMMIT;
