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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:46:43',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',1718849);
INSERT INTO _sqlx_migrations VALUES(2,'request_keys','2026-11-26 23:46:43',1,X'8ebcb1135631f4f4784b6dabc8e3fa831d93f09670963bf245a28cdc095ae17ff0fc1bc37a927fd6d6c69b77d77fedfc',630065);
INSERT INTO _sqlx_migrations VALUES(3,'event_positions','2026-11-26 23:46:43',1,X'9466f15a1f45fd6e3b0ca8e99d31d29f6c86d86d7c0a0079bf24350d679c4b80b55c8d8735207d3e408d2b52e27f1c68',724604);
INSERT INTO _sqlx_migrations VALUES(4,'event_trimming','2026-11-26 23:46:43',1,X'1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e',633240);
INSERT INTO _sqlx_migrations VALUES(1000,'tasks','2026-11-26 23:46:43',1,X'5d752cf9b2f13d3b4442799afd3f545cf36e9521fc89045e92035f0699233aaa31382130d9d4cfec88d97f8a067a5fc7',2244870);
INSERT INTO _sqlx_migrations VALUES(1001,'filters','2026-11-26 23:46:43',1,X'ed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262',6398830);
INSERT INTO _sqlx_migrations VALUES(1002,'actions','2026-11-26 23:46:43',1,X'7bbacc8e3d739d19e7e61684e0ef023bfdd2ff865bfb7704a6f376f5d3b700f31d3d53cbca9638e4f46d0ed1bb3c33b9',13803383);
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
INSERT INTO events VALUES(1,1,X'01a21a41252b7b4c9a7e0c38f1d8e7e1','task.created','task',X'01a21a41252b7c09b6dfd53a0b524f83',1,1795736806699592,'ada',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering','bob','ada','{"assignee_id":"bob","created_at":"2026-11-26T23:46:46.699592+00:00","created_by":"ada","department":"engineering","description":"x\ny","id":"01a21a41-252b-7c09-b6df-d53a0b524f83","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_HIGH","revision":"1","status":"TASK_STATUS_PENDING","title":"Größe 日本 🎉","updated_at":"2026-11-26T23:46:46.699592+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,2,X'01a21a41253470ad9a56b24826610b19','task.created','task',X'01a21a4125347c96aef01c0a8cc140db',1,1795736806708042,'eve',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering',NULL,'eve','{"created_at":"2026-11-26T23:46:46.708042+00:00","created_by":"eve","department":"engineering","id":"01a21a41-2534-7c96-aef0-1c0a8cc140db","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"of eve","updated_at":"2026-11-26T23:46:46.708042+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,3,X'01a21a41253d78f6bdc6988d22dfaede','task.created','task',X'01a21a41253d7115ac946f6f8ad29c28',1,1795736806717341,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:46.717341+00:00","created_by":"root","id":"01a21a41-253d-7115-ac94-6f6f8ad29c28","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"about a worker","updated_at":"2026-11-26T23:46:46.717341+00:00","version":"1","worker_id":"01a21a41-1bcf-7a44-9276-9345ef62b88b"}',NULL);
INSERT INTO events VALUES(4,4,X'01a21a412543765d841e824ed91dd35e','task.created','task',X'01a21a4125437f44bf3adf72face7f10',1,1795736806723595,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:46.723595+00:00","created_by":"root","id":"01a21a41-2543-7f44-bf3a-df72face7f10","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"in progress","updated_at":"2026-11-26T23:46:46.723595+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,5,X'01a21a41254973959eb48d0adf5538c5','task.created','task',X'01a21a41254977fa882df5d5a7d695f0',1,1795736806729186,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:46.729186+00:00","created_by":"root","id":"01a21a41-2549-77fa-882d-f5d5a7d695f0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"completed","updated_at":"2026-11-26T23:46:46.729186+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,6,X'01a21a41254e7328a9aa318a9269342c','task.created','task',X'01a21a41254e7a438d5953f78a5c68fb',1,1795736806734239,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:46.734239+00:00","created_by":"root","id":"01a21a41-254e-7a43-8d59-53f78a5c68fb","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:46:46.734239+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(7,7,X'01a21a41255378ce8dd26a3ff368ec6e','task.status.updated','task',X'01a21a4125437f44bf3adf72face7f10',2,1795736806739105,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:46.723595+00:00","created_by":"root","id":"01a21a41-2543-7f44-bf3a-df72face7f10","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"in progress","updated_at":"2026-11-26T23:46:46.739105+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(8,8,X'01a21a41256c7eecb6cf9b58135b7174','task.status.updated','task',X'01a21a41254977fa882df5d5a7d695f0',2,1795736806764354,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:46.729186+00:00","created_by":"root","id":"01a21a41-2549-77fa-882d-f5d5a7d695f0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"completed","updated_at":"2026-11-26T23:46:46.764354+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(9,9,X'01a21a412583705db17ab3305cef8ff9','task.status.updated','task',X'01a21a41254977fa882df5d5a7d695f0',3,1795736806787399,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:46.729186+00:00","created_by":"root","id":"01a21a41-2549-77fa-882d-f5d5a7d695f0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"3","status":"TASK_STATUS_COMPLETED","title":"completed","updated_at":"2026-11-26T23:46:46.787399+00:00","version":"3"}','{"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(10,10,X'01a21a41259d7b94a67853f223050958','task.deleted','task',X'01a21a41254e7a438d5953f78a5c68fb',2,1795736806813918,'root',NULL,NULL,NULL,1,NULL,NULL,'root',0,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:46:46.734239+00:00","created_by":"root","id":"01a21a41-254e-7a43-8d59-53f78a5c68fb","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:46:46.813918+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(11,11,X'01a21a4125ff7c23b0848e34259218fa','task.created','task',X'01a21a4125fe78488ed059752cbe6296',1,1795736806910807,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"},"created_at":"2026-11-26T23:46:46.910807+00:00","created_by":"root","id":"01a21a41-25fe-7848-8ed0-59752cbe6296","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:16:46.910808+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Stop worker lab 1","updated_at":"2026-11-26T23:46:46.910807+00:00","version":"1","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}',NULL);
INSERT INTO events VALUES(12,12,X'01a21a41262d7c2e9e7f19a327bc63f7','task.created','task',X'01a21a41262b70b2ac50b68803ac3c13',1,1795736806955556,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"},"created_at":"2026-11-26T23:46:46.955556+00:00","created_by":"root","id":"01a21a41-262b-70b2-ac50-b68803ac3c13","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:16:46.955556+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:46:46.955556+00:00","version":"1","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"}',NULL);
INSERT INTO events VALUES(13,13,X'01a21a41262d7202b794553270a609c8','task.status.updated','task',X'01a21a4125fe78488ed059752cbe6296',2,1795736806957116,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"},"created_at":"2026-11-26T23:46:46.910807+00:00","created_by":"root","id":"01a21a41-25fe-7848-8ed0-59752cbe6296","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:16:46.910808+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:46:46.957116+00:00","version":"1","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}','{"run":{"deadline":"2026-11-27T00:16:46.910808+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(14,14,X'01a21a41264f70499381d591ba784410','task.created','task',X'01a21a41263c706a9cd07adff26aa18d',1,1795736806972176,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"},"created_at":"2026-11-26T23:46:46.972176+00:00","created_by":"root","id":"01a21a41-263c-706a-9cd0-7adff26aa18d","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:16:46.972177+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:46:46.972176+00:00","version":"1","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"}',NULL);
INSERT INTO events VALUES(15,15,X'01a21a4126507012b9587fbc23c60095','task.status.updated','task',X'01a21a41262b70b2ac50b68803ac3c13',2,1795736806992440,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"},"created_at":"2026-11-26T23:46:46.955556+00:00","created_by":"root","id":"01a21a41-262b-70b2-ac50-b68803ac3c13","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:16:46.955556+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:46:46.992440+00:00","version":"1","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"}','{"run":{"deadline":"2026-11-27T00:16:46.955556+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(16,16,X'01a21a4126667edcad03896099867cea','task.updated','task',X'01a21a4125fe78488ed059752cbe6296',3,1795736807014694,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"},"created_at":"2026-11-26T23:46:46.910807+00:00","created_by":"root","id":"01a21a41-25fe-7848-8ed0-59752cbe6296","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:46.957116+00:00"}],"deadline":"2026-11-27T00:16:46.910808+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:46:47.014694+00:00","version":"1","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:16:46.910808+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(17,17,X'01a21a412676747b95490bb947b95bba','task.status.updated','task',X'01a21a41263c706a9cd07adff26aa18d',2,1795736807030886,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"},"created_at":"2026-11-26T23:46:46.972176+00:00","created_by":"root","id":"01a21a41-263c-706a-9cd0-7adff26aa18d","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:16:46.972177+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:46:47.030886+00:00","version":"1","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"}','{"run":{"deadline":"2026-11-27T00:16:46.972177+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(18,18,X'01a21a4126b971e58eaf2a81b957360c','task.updated','task',X'01a21a41262b70b2ac50b68803ac3c13',3,1795736807097961,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"},"created_at":"2026-11-26T23:46:46.955556+00:00","created_by":"root","id":"01a21a41-262b-70b2-ac50-b68803ac3c13","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:46.992440+00:00"}],"deadline":"2026-11-27T00:16:46.955556+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:46:47.097961+00:00","version":"1","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:16:46.955556+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(19,19,X'01a21a4126e470f990cbb6d797fd97f5','task.updated','task',X'01a21a41263c706a9cd07adff26aa18d',3,1795736807140834,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"},"created_at":"2026-11-26T23:46:46.972176+00:00","created_by":"root","id":"01a21a41-263c-706a-9cd0-7adff26aa18d","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:47.030886+00:00"}],"deadline":"2026-11-27T00:16:46.972177+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:46:47.140834+00:00","version":"1","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:16:46.972177+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(20,20,X'01a21a412afc72d49cc8b0ed2c214606','task.status.updated','task',X'01a21a4125fe78488ed059752cbe6296',4,1795736808188860,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"},"created_at":"2026-11-26T23:46:46.910807+00:00","created_by":"root","id":"01a21a41-25fe-7848-8ed0-59752cbe6296","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:46.957116+00:00"}],"deadline":"2026-11-27T00:16:46.910808+00:00","ended_at":"2026-11-26T23:46:48.188860+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Stop worker lab 1","updated_at":"2026-11-26T23:46:48.188860+00:00","version":"1","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:46.957116+00:00"}],"deadline":"2026-11-27T00:16:46.910808+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(21,21,X'01a21a412b0979c88d6b04db1bddf75f','task.status.updated','task',X'01a21a41263c706a9cd07adff26aa18d',4,1795736808201480,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"},"created_at":"2026-11-26T23:46:46.972176+00:00","created_by":"root","id":"01a21a41-263c-706a-9cd0-7adff26aa18d","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:47.030886+00:00"}],"deadline":"2026-11-27T00:16:46.972177+00:00","ended_at":"2026-11-26T23:46:48.201480+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:46:48.201480+00:00","version":"1","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:47.030886+00:00"}],"deadline":"2026-11-27T00:16:46.972177+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(22,22,X'01a21a412b12713e84d635f3453e8e62','task.status.updated','task',X'01a21a41262b70b2ac50b68803ac3c13',4,1795736808210357,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"},"created_at":"2026-11-26T23:46:46.955556+00:00","created_by":"root","id":"01a21a41-262b-70b2-ac50-b68803ac3c13","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:46.992440+00:00"}],"deadline":"2026-11-27T00:16:46.955556+00:00","ended_at":"2026-11-26T23:46:48.210357+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:46:48.210357+00:00","version":"1","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:46.992440+00:00"}],"deadline":"2026-11-27T00:16:46.955556+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(23,23,X'01a21a41316675bb89caf5901e499416','task.created','task',X'01a21a41316074f381ed8c9276794e17',1,1795736809824062,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"},"created_at":"2026-11-26T23:46:49.824062+00:00","created_by":"root","id":"01a21a41-3160-74f3-81ed-8c9276794e17","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:16:49.824063+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Start worker lab 1","updated_at":"2026-11-26T23:46:49.824062+00:00","version":"1","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}',NULL);
INSERT INTO events VALUES(24,24,X'01a21a41317573178db551ef32240447','task.status.updated','task',X'01a21a41316074f381ed8c9276794e17',2,1795736809845549,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"},"created_at":"2026-11-26T23:46:49.824062+00:00","created_by":"root","id":"01a21a41-3160-74f3-81ed-8c9276794e17","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:16:49.824063+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:46:49.845549+00:00","version":"1","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}','{"run":{"deadline":"2026-11-27T00:16:49.824063+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(25,25,X'01a21a41318b7fe99dc3ae3d82ba77de','task.updated','task',X'01a21a41316074f381ed8c9276794e17',3,1795736809867580,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"},"created_at":"2026-11-26T23:46:49.824062+00:00","created_by":"root","id":"01a21a41-3160-74f3-81ed-8c9276794e17","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"3","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:49.845549+00:00"}],"deadline":"2026-11-27T00:16:49.824063+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:46:49.867580+00:00","version":"1","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:16:49.824063+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'e1111ffb44dcb7e3ad08d75dadacf6cd',25);
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
INSERT INTO tasks VALUES(X'01a21a41252b7c09b6dfd53a0b524f83','Größe 日本 🎉',replace('x\ny','\n',char(10)),'pending','high','bob','engineering',NULL,'ada',1795736806699592,1795736806699592,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a4125347c96aef01c0a8cc140db','of eve','','pending','medium',NULL,'engineering',NULL,'eve',1795736806708042,1795736806708042,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a41253d7115ac946f6f8ad29c28','about a worker','','pending','medium',NULL,NULL,X'01a21a411bcf7a4492769345ef62b88b','root',1795736806717341,1795736806717341,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a4125437f44bf3adf72face7f10','in progress','','in_progress','medium',NULL,NULL,NULL,'root',1795736806723595,1795736806739105,NULL,2,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a41254977fa882df5d5a7d695f0','completed','','completed','medium',NULL,NULL,NULL,'root',1795736806729186,1795736806787399,NULL,3,3,NULL,0);
INSERT INTO tasks VALUES(X'01a21a41254e7a438d5953f78a5c68fb','deleted','','pending','medium',NULL,NULL,NULL,'root',1795736806734239,1795736806813918,1795736806813918,1,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a4125fe78488ed059752cbe6296','Stop worker lab 1','','completed','medium',NULL,NULL,X'01a21a411be4772694112f124b1083ba','root',1795736806910807,1795736808188860,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736806957116}],"deadline":1795738606910808,"ended_at":1795736808188860,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"stop","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}',2);
INSERT INTO tasks VALUES(X'01a21a41262b70b2ac50b68803ac3c13','Terminate worker lab 2','','completed','medium',NULL,NULL,X'01a21a411bf071989d48a429ab0eaa3a','root',1795736806955556,1795736808210357,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736806992440}],"deadline":1795738606955556,"ended_at":1795736808210357,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"}',2);
INSERT INTO tasks VALUES(X'01a21a41263c706a9cd07adff26aa18d','Terminate worker lab 3','','completed','medium',NULL,NULL,X'01a21a411c0570d28e41b759e8523c87','root',1795736806972176,1795736808201480,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736807030886}],"deadline":1795738606972177,"ended_at":1795736808201480,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a41-1c05-70d2-8e41-b759e8523c87"}',2);
INSERT INTO tasks VALUES(X'01a21a41316074f381ed8c9276794e17','Start worker lab 1','','in_progress','medium',NULL,NULL,X'01a21a411be4772694112f124b1083ba','root',1795736809824062,1795736809867580,NULL,1,3,'{"run":{"applied_generation":3,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736809845549}],"deadline":1795738609824063,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1,"phase":"applied"},"seq":2,"verb":"start","worker_id":"01a21a41-1be4-7726-9411-2f124b1083ba"}',1);
CREATE TABLE worker_action_seqs (
    worker_id BLOB    NOT NULL PRIMARY KEY,
    last      INTEGER NOT NULL
) STRICT;
INSERT INTO worker_action_seqs VALUES(X'01a21a411be4772694112f124b1083ba',2);
INSERT INTO worker_action_seqs VALUES(X'01a21a411bf071989d48a429ab0eaa3a',1);
INSERT INTO worker_action_seqs VALUES(X'01a21a411c0570d28e41b759e8523c87',1);
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
INSERT INTO action_queue VALUES(X'01a21a41316074f381ed8c9276794e17',X'01a21a411be4772694112f124b1083ba',2,'start',1,1795736209824063,1795736809824063,1795738609830000,'applied',NULL,1,NULL,3,1,1,'root',NULL,NULL);
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
