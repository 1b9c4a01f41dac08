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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:11:17',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',1836583);
INSERT INTO _sqlx_migrations VALUES(2,'request_keys','2026-11-26 23:11:17',1,X'8ebcb1135631f4f4784b6dabc8e3fa831d93f09670963bf245a28cdc095ae17ff0fc1bc37a927fd6d6c69b77d77fedfc',11698891);
INSERT INTO _sqlx_migrations VALUES(3,'event_positions','2026-11-26 23:11:17',1,X'9466f15a1f45fd6e3b0ca8e99d31d29f6c86d86d7c0a0079bf24350d679c4b80b55c8d8735207d3e408d2b52e27f1c68',11614526);
INSERT INTO _sqlx_migrations VALUES(4,'event_trimming','2026-11-26 23:11:17',1,X'1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e',8777989);
INSERT INTO _sqlx_migrations VALUES(1000,'tasks','2026-11-26 23:11:17',1,X'5d752cf9b2f13d3b4442799afd3f545cf36e9521fc89045e92035f0699233aaa31382130d9d4cfec88d97f8a067a5fc7',2562300);
INSERT INTO _sqlx_migrations VALUES(1001,'filters','2026-11-26 23:11:17',1,X'ed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262',2727986);
INSERT INTO _sqlx_migrations VALUES(1002,'actions','2026-11-26 23:11:17',1,X'7bbacc8e3d739d19e7e61684e0ef023bfdd2ff865bfb7704a6f376f5d3b700f31d3d53cbca9638e4f46d0ed1bb3c33b9',5633716);
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
INSERT INTO events VALUES(1,1,X'01a21a20affb79c79c8f89fedcba5a2c','task.created','task',X'01a21a20affb7f8f9beec8f3bf3ff73e',1,1795734679547446,'ada',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering','bob','ada','{"assignee_id":"bob","created_at":"2026-11-26T23:11:19.547446+00:00","created_by":"ada","department":"engineering","description":"x\ny","id":"01a21a20-affb-7f8f-9bee-c8f3bf3ff73e","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_HIGH","revision":"1","status":"TASK_STATUS_PENDING","title":"Größe 日本 🎉","updated_at":"2026-11-26T23:11:19.547446+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,2,X'01a21a20b0067246918f6ab6b5fede13','task.created','task',X'01a21a20b0067b979ede9c0ea6f9ff3b',1,1795734679558402,'eve',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering',NULL,'eve','{"created_at":"2026-11-26T23:11:19.558402+00:00","created_by":"eve","department":"engineering","id":"01a21a20-b006-7b97-9ede-9c0ea6f9ff3b","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"of eve","updated_at":"2026-11-26T23:11:19.558402+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,3,X'01a21a20b018707b8b53166aaff22192','task.created','task',X'01a21a20b0187b9abe4744e2d318bcfa',1,1795734679576230,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:19.576230+00:00","created_by":"root","id":"01a21a20-b018-7b9a-be47-44e2d318bcfa","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"about a worker","updated_at":"2026-11-26T23:11:19.576230+00:00","version":"1","worker_id":"01a21a20-a768-71f9-ab8e-383834b2a363"}',NULL);
INSERT INTO events VALUES(4,4,X'01a21a20b01f75a3ad8af8cdfc3f55c0','task.created','task',X'01a21a20b01f7c1b9be26f92601bb2b8',1,1795734679583289,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:19.583289+00:00","created_by":"root","id":"01a21a20-b01f-7c1b-9be2-6f92601bb2b8","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"in progress","updated_at":"2026-11-26T23:11:19.583289+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,5,X'01a21a20b0267b6bb0666ea27c7d6a48','task.created','task',X'01a21a20b0267289a2d3b85a8efeb0cc',1,1795734679590324,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:19.590324+00:00","created_by":"root","id":"01a21a20-b026-7289-a2d3-b85a8efeb0cc","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"completed","updated_at":"2026-11-26T23:11:19.590324+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,6,X'01a21a20b02d77cdb78df6cb563e302f','task.created','task',X'01a21a20b02d76c9a20746aa36c5cbf5',1,1795734679597321,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:19.597321+00:00","created_by":"root","id":"01a21a20-b02d-76c9-a207-46aa36c5cbf5","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:11:19.597321+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(7,7,X'01a21a20b034734d9ec961cf2ce7dd9c','task.status.updated','task',X'01a21a20b01f7c1b9be26f92601bb2b8',2,1795734679604896,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:19.583289+00:00","created_by":"root","id":"01a21a20-b01f-7c1b-9be2-6f92601bb2b8","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"in progress","updated_at":"2026-11-26T23:11:19.604896+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(8,8,X'01a21a20b03c7cedb71c5bdb9aa0f7f2','task.status.updated','task',X'01a21a20b0267289a2d3b85a8efeb0cc',2,1795734679612130,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:19.590324+00:00","created_by":"root","id":"01a21a20-b026-7289-a2d3-b85a8efeb0cc","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"completed","updated_at":"2026-11-26T23:11:19.612130+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(9,9,X'01a21a20b0437ab8afb30dcb3bab2d4f','task.status.updated','task',X'01a21a20b0267289a2d3b85a8efeb0cc',3,1795734679619046,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:19.590324+00:00","created_by":"root","id":"01a21a20-b026-7289-a2d3-b85a8efeb0cc","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"3","status":"TASK_STATUS_COMPLETED","title":"completed","updated_at":"2026-11-26T23:11:19.619046+00:00","version":"3"}','{"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(10,10,X'01a21a20b049774cb539ecfbe5ca9cbc','task.deleted','task',X'01a21a20b02d76c9a20746aa36c5cbf5',2,1795734679625755,'root',NULL,NULL,NULL,1,NULL,NULL,'root',0,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:11:19.597321+00:00","created_by":"root","id":"01a21a20-b02d-76c9-a207-46aa36c5cbf5","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:11:19.625755+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(11,11,X'01a21a20b0c176649193696ba52fa927','task.created','task',X'01a21a20b0b37b1bab2f8a8c92ae597b',1,1795734679731294,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"},"created_at":"2026-11-26T23:11:19.731294+00:00","created_by":"root","id":"01a21a20-b0b3-7b1b-ab2f-8a8c92ae597b","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:41:19.731295+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Stop worker lab 1","updated_at":"2026-11-26T23:11:19.731294+00:00","version":"1","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}',NULL);
INSERT INTO events VALUES(12,12,X'01a21a20b0dc744b895a01fbea276ffc','task.created','task',X'01a21a20b0d873a8b809bc2e6dd2cfe7',1,1795734679768017,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"},"created_at":"2026-11-26T23:11:19.768017+00:00","created_by":"root","id":"01a21a20-b0d8-73a8-b809-bc2e6dd2cfe7","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:41:19.768019+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:11:19.768017+00:00","version":"1","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"}',NULL);
INSERT INTO events VALUES(13,13,X'01a21a20b0db7c9690ba2da7d310e4ba','task.status.updated','task',X'01a21a20b0b37b1bab2f8a8c92ae597b',2,1795734679771271,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"},"created_at":"2026-11-26T23:11:19.731294+00:00","created_by":"root","id":"01a21a20-b0b3-7b1b-ab2f-8a8c92ae597b","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:41:19.731295+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:11:19.771271+00:00","version":"1","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}','{"run":{"deadline":"2026-11-26T23:41:19.731295+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(14,14,X'01a21a20b10e7df48c14af0b97ea0363','task.created','task',X'01a21a20b0f970ecb29f8c9a8d9a358f',1,1795734679801950,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"},"created_at":"2026-11-26T23:11:19.801950+00:00","created_by":"root","id":"01a21a20-b0f9-70ec-b29f-8c9a8d9a358f","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:41:19.801951+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:11:19.801950+00:00","version":"1","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"}',NULL);
INSERT INTO events VALUES(15,15,X'01a21a20b1017e2eaab579c8b9e951a2','task.status.updated','task',X'01a21a20b0d873a8b809bc2e6dd2cfe7',2,1795734679809305,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"},"created_at":"2026-11-26T23:11:19.768017+00:00","created_by":"root","id":"01a21a20-b0d8-73a8-b809-bc2e6dd2cfe7","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:41:19.768019+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:11:19.809305+00:00","version":"1","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"}','{"run":{"deadline":"2026-11-26T23:41:19.768019+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(16,16,X'01a21a20b11c7b2b81709300489ede20','task.updated','task',X'01a21a20b0b37b1bab2f8a8c92ae597b',3,1795734679836928,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"},"created_at":"2026-11-26T23:11:19.731294+00:00","created_by":"root","id":"01a21a20-b0b3-7b1b-ab2f-8a8c92ae597b","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.771271+00:00"}],"deadline":"2026-11-26T23:41:19.731295+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:11:19.836928+00:00","version":"1","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:41:19.731295+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(17,17,X'01a21a20b1227aa48c6cdcdf39c4e92f','task.status.updated','task',X'01a21a20b0f970ecb29f8c9a8d9a358f',2,1795734679842083,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"},"created_at":"2026-11-26T23:11:19.801950+00:00","created_by":"root","id":"01a21a20-b0f9-70ec-b29f-8c9a8d9a358f","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:41:19.801951+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:11:19.842083+00:00","version":"1","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"}','{"run":{"deadline":"2026-11-26T23:41:19.801951+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(18,18,X'01a21a20b1347d17ad79ebfc2e899d0b','task.updated','task',X'01a21a20b0d873a8b809bc2e6dd2cfe7',3,1795734679860260,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"},"created_at":"2026-11-26T23:11:19.768017+00:00","created_by":"root","id":"01a21a20-b0d8-73a8-b809-bc2e6dd2cfe7","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.809305+00:00"}],"deadline":"2026-11-26T23:41:19.768019+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:11:19.860260+00:00","version":"1","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:41:19.768019+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(19,19,X'01a21a20b16571fda910828b663aa507','task.updated','task',X'01a21a20b0f970ecb29f8c9a8d9a358f',3,1795734679909568,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"},"created_at":"2026-11-26T23:11:19.801950+00:00","created_by":"root","id":"01a21a20-b0f9-70ec-b29f-8c9a8d9a358f","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.842083+00:00"}],"deadline":"2026-11-26T23:41:19.801951+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:11:19.909568+00:00","version":"1","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:41:19.801951+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(20,20,X'01a21a20b57d7c23b87a1baccdc56768','task.status.updated','task',X'01a21a20b0d873a8b809bc2e6dd2cfe7',4,1795734680957200,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"},"created_at":"2026-11-26T23:11:19.768017+00:00","created_by":"root","id":"01a21a20-b0d8-73a8-b809-bc2e6dd2cfe7","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.809305+00:00"}],"deadline":"2026-11-26T23:41:19.768019+00:00","ended_at":"2026-11-26T23:11:20.957200+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:11:20.957200+00:00","version":"1","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.809305+00:00"}],"deadline":"2026-11-26T23:41:19.768019+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(21,21,X'01a21a20b58875b69623ed2cf40422a4','task.status.updated','task',X'01a21a20b0b37b1bab2f8a8c92ae597b',4,1795734680968760,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"},"created_at":"2026-11-26T23:11:19.731294+00:00","created_by":"root","id":"01a21a20-b0b3-7b1b-ab2f-8a8c92ae597b","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.771271+00:00"}],"deadline":"2026-11-26T23:41:19.731295+00:00","ended_at":"2026-11-26T23:11:20.968760+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Stop worker lab 1","updated_at":"2026-11-26T23:11:20.968760+00:00","version":"1","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.771271+00:00"}],"deadline":"2026-11-26T23:41:19.731295+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(22,22,X'01a21a20b5ae7d56a7f231892026b5b1','task.status.updated','task',X'01a21a20b0f970ecb29f8c9a8d9a358f',4,1795734681006320,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"},"created_at":"2026-11-26T23:11:19.801950+00:00","created_by":"root","id":"01a21a20-b0f9-70ec-b29f-8c9a8d9a358f","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.842083+00:00"}],"deadline":"2026-11-26T23:41:19.801951+00:00","ended_at":"2026-11-26T23:11:21.006320+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:11:21.006320+00:00","version":"1","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:19.842083+00:00"}],"deadline":"2026-11-26T23:41:19.801951+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(23,23,X'01a21a20bbbe73e8aac38bfd7312f826','task.created','task',X'01a21a20bbbc71c496b5bb1e0436f3d0',1,1795734682556359,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"},"created_at":"2026-11-26T23:11:22.556359+00:00","created_by":"root","id":"01a21a20-bbbc-71c4-96b5-bb1e0436f3d0","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:41:22.556361+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Start worker lab 1","updated_at":"2026-11-26T23:11:22.556359+00:00","version":"1","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}',NULL);
INSERT INTO events VALUES(24,24,X'01a21a20bbc47cb3b0197c03ae6a6285','task.status.updated','task',X'01a21a20bbbc71c496b5bb1e0436f3d0',2,1795734682564740,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"},"created_at":"2026-11-26T23:11:22.556359+00:00","created_by":"root","id":"01a21a20-bbbc-71c4-96b5-bb1e0436f3d0","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:41:22.556361+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:11:22.564740+00:00","version":"1","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}','{"run":{"deadline":"2026-11-26T23:41:22.556361+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(25,25,X'01a21a20bbf47c8ba4cd47c23fca1d01','task.updated','task',X'01a21a20bbbc71c496b5bb1e0436f3d0',3,1795734682611995,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"},"created_at":"2026-11-26T23:11:22.556359+00:00","created_by":"root","id":"01a21a20-bbbc-71c4-96b5-bb1e0436f3d0","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"3","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:22.564740+00:00"}],"deadline":"2026-11-26T23:41:22.556361+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:11:22.611995+00:00","version":"1","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:41:22.556361+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'fcd02e9442a86a23ded1f9439abc6a80',25);
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
, action TEXT, class INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO tasks VALUES(X'01a21a20affb7f8f9beec8f3bf3ff73e','Größe 日本 🎉',replace('x\ny','\n',char(10)),'pending','high','bob','engineering',NULL,'ada',1795734679547446,1795734679547446,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a20b0067b979ede9c0ea6f9ff3b','of eve','','pending','medium',NULL,'engineering',NULL,'eve',1795734679558402,1795734679558402,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a20b0187b9abe4744e2d318bcfa','about a worker','','pending','medium',NULL,NULL,X'01a21a20a76871f9ab8e383834b2a363','root',1795734679576230,1795734679576230,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a20b01f7c1b9be26f92601bb2b8','in progress','','in_progress','medium',NULL,NULL,NULL,'root',1795734679583289,1795734679604896,NULL,2,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a20b0267289a2d3b85a8efeb0cc','completed','','completed','medium',NULL,NULL,NULL,'root',1795734679590324,1795734679619046,NULL,3,3,NULL,0);
INSERT INTO tasks VALUES(X'01a21a20b02d76c9a20746aa36c5cbf5','deleted','','pending','medium',NULL,NULL,NULL,'root',1795734679597321,1795734679625755,1795734679625755,1,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a20b0b37b1bab2f8a8c92ae597b','Stop worker lab 1','','completed','medium',NULL,NULL,X'01a21a20a773776eb5ef96246a55e23d','root',1795734679731294,1795734680968760,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734679771271}],"deadline":1795736479731295,"ended_at":1795734680968760,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"stop","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}',2);
INSERT INTO tasks VALUES(X'01a21a20b0d873a8b809bc2e6dd2cfe7','Terminate worker lab 2','','completed','medium',NULL,NULL,X'01a21a20a78278e686869eae585dc2e9','root',1795734679768017,1795734680957200,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734679809305}],"deadline":1795736479768019,"ended_at":1795734680957200,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a20-a782-78e6-8686-9eae585dc2e9"}',2);
INSERT INTO tasks VALUES(X'01a21a20b0f970ecb29f8c9a8d9a358f','Terminate worker lab 3','','completed','medium',NULL,NULL,X'01a21a20a78d7d0f8d4a512edecb08be','root',1795734679801950,1795734681006320,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734679842083}],"deadline":1795736479801951,"ended_at":1795734681006320,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"}',2);
INSERT INTO tasks VALUES(X'01a21a20bbbc71c496b5bb1e0436f3d0','Start worker lab 1','','in_progress','medium',NULL,NULL,X'01a21a20a773776eb5ef96246a55e23d','root',1795734682556359,1795734682611995,NULL,1,3,'{"run":{"applied_generation":3,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734682564740}],"deadline":1795736482556361,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1,"phase":"applied"},"seq":2,"verb":"start","worker_id":"01a21a20-a773-776e-b5ef-96246a55e23d"}',1);
CREATE TABLE worker_action_seqs (
    worker_id BLOB    NOT NULL PRIMARY KEY,
    last      INTEGER NOT NULL
) STRICT;
INSERT INTO worker_action_seqs VALUES(X'01a21a20a773776eb5ef96246a55e23d',2);
INSERT INTO worker_action_seqs VALUES(X'01a21a20a78278e686869eae585dc2e9',1);
INSERT INTO worker_action_seqs VALUES(X'01a21a20a78d7d0f8d4a512edecb08be',1);
CREATE TABLE action_queue (
    task_id      BLOB    NOT NULL PRIMARY KEY,
    worker_id    BLOB    NOT NULL UNIQUE,
    action_seq   INTEGER NOT NULL,
    verb         TEXT    NOT NULL,
    priority     INTEGER NOT NULL,
    due_key      INTEGER NOT NULL,
    asked_at     INTEGER NOT NULL,
    deadline     INTEGER NOT NULL,
    phase        TEXT    NOT NULL,
    ready_at     INTEGER,
    fence        INTEGER NOT NULL,
    lease_owner  BLOB,
    generation   INTEGER,
    run          INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    on_behalf_of TEXT    NOT NULL,
    traceparent  TEXT,
    tracestate   TEXT
) STRICT;
INSERT INTO action_queue VALUES(X'01a21a20bbbc71c496b5bb1e0436f3d0',X'01a21a20a773776eb5ef96246a55e23d',2,'start',1,1795734082556361,1795734682556361,1795736482557000,'applied',NULL,1,NULL,3,1,1,'root',NULL,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',25);
CREATE INDEX events_unnumbered ON events (seq) WHERE position IS NULL;
CREATE INDEX request_keys_expiring ON request_keys (expires_at);
CREATE TRIGGER events_numbered AFTER INSERT ON events BEGIN
    UPDATE event_log SET head = head + 1;
    UPDATE events SET position = (SELECT head FROM event_log) WHERE seq = new.seq;
END;
CREATE INDEX events_of_ends ON events (occurred_at) WHERE NOT exists_after;
CREATE INDEX tasks_deleted ON tasks (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX action_queue_due ON action_queue (due_key, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX action_queue_urgent ON action_queue (priority DESC, asked_at, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX action_queue_oldest ON action_queue (asked_at, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX action_queue_ready ON action_queue (ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX tasks_newest ON tasks (class, created_at DESC, id DESC) WHERE deleted_at IS NULL AND revision > 0;
CREATE INDEX tasks_of_assignee ON tasks (class, assignee_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_creator ON tasks (class, created_by, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_of_department ON tasks (class, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND department IS NOT NULL;
CREATE INDEX tasks_by_status ON tasks (class, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_by_priority ON tasks (class, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0;
CREATE INDEX tasks_by_worker ON tasks (class, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND version > 0 AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_status ON tasks (class, assignee_id, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_priority ON tasks (class, assignee_id, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_department ON tasks (class, assignee_id, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_assignee_by_worker ON tasks (class, assignee_id, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_creator_by_status ON tasks (class, created_by, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator_by_priority ON tasks (class, created_by, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;
CREATE INDEX tasks_of_creator_by_assignee ON tasks (class, created_by, assignee_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX tasks_of_creator_by_department ON tasks (class, created_by, department, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_creator_by_worker ON tasks (class, created_by, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND worker_id IS NOT NULL;
CREATE INDEX tasks_of_department_by_status ON tasks (class, department, status, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_department_by_priority ON tasks (class, department, priority, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL;
CREATE INDEX tasks_of_department_by_worker ON tasks (class, department, worker_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL AND department IS NOT NULL AND worker_id IS NOT NULL;
COMMIT;
