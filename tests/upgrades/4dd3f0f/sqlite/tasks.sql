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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:11:57',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',1349562);
INSERT INTO _sqlx_migrations VALUES(2,'request_keys','2026-11-26 23:11:57',1,X'8ebcb1135631f4f4784b6dabc8e3fa831d93f09670963bf245a28cdc095ae17ff0fc1bc37a927fd6d6c69b77d77fedfc',4065289);
INSERT INTO _sqlx_migrations VALUES(3,'event_positions','2026-11-26 23:11:57',1,X'9466f15a1f45fd6e3b0ca8e99d31d29f6c86d86d7c0a0079bf24350d679c4b80b55c8d8735207d3e408d2b52e27f1c68',6557526);
INSERT INTO _sqlx_migrations VALUES(4,'event_trimming','2026-11-26 23:11:57',1,X'1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e',3820667);
INSERT INTO _sqlx_migrations VALUES(1000,'tasks','2026-11-26 23:11:57',1,X'5d752cf9b2f13d3b4442799afd3f545cf36e9521fc89045e92035f0699233aaa31382130d9d4cfec88d97f8a067a5fc7',15610162);
INSERT INTO _sqlx_migrations VALUES(1001,'filters','2026-11-26 23:11:57',1,X'ed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262',3617104);
INSERT INTO _sqlx_migrations VALUES(1002,'actions','2026-11-26 23:11:57',1,X'7bbacc8e3d739d19e7e61684e0ef023bfdd2ff865bfb7704a6f376f5d3b700f31d3d53cbca9638e4f46d0ed1bb3c33b9',21190659);
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
INSERT INTO events VALUES(1,1,X'01a21a214c3373d2bcc923cb3995527a','task.created','task',X'01a21a214c337c55821c0a96dc965fc2',1,1795734719539485,'ada',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering','bob','ada','{"assignee_id":"bob","created_at":"2026-11-26T23:11:59.539485+00:00","created_by":"ada","department":"engineering","description":"x\ny","id":"01a21a21-4c33-7c55-821c-0a96dc965fc2","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_HIGH","revision":"1","status":"TASK_STATUS_PENDING","title":"Größe 日本 🎉","updated_at":"2026-11-26T23:11:59.539485+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,2,X'01a21a214c4a7174ade4ad0cf0d2893d','task.created','task',X'01a21a214c4a7bd7a066b0c1e7af7e6a',1,1795734719562058,'eve',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering',NULL,'eve','{"created_at":"2026-11-26T23:11:59.562058+00:00","created_by":"eve","department":"engineering","id":"01a21a21-4c4a-7bd7-a066-b0c1e7af7e6a","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"of eve","updated_at":"2026-11-26T23:11:59.562058+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,3,X'01a21a214c54740fac20763c5b0066c3','task.created','task',X'01a21a214c547781ba18145681afbc2f',1,1795734719572605,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:59.572605+00:00","created_by":"root","id":"01a21a21-4c54-7781-ba18-145681afbc2f","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"about a worker","updated_at":"2026-11-26T23:11:59.572605+00:00","version":"1","worker_id":"01a21a21-434d-74bf-ae8d-e709d5160e67"}',NULL);
INSERT INTO events VALUES(4,4,X'01a21a214c6c711aac6ad1092e9a6df7','task.created','task',X'01a21a214c6c76f4a8b633e82c78abe6',1,1795734719596817,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:59.596817+00:00","created_by":"root","id":"01a21a21-4c6c-76f4-a8b6-33e82c78abe6","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"in progress","updated_at":"2026-11-26T23:11:59.596817+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,5,X'01a21a214c72720e9b80c18be6fc542f','task.created','task',X'01a21a214c727fd692ec7a56f8a7cb11',1,1795734719602730,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:59.602730+00:00","created_by":"root","id":"01a21a21-4c72-7fd6-92ec-7a56f8a7cb11","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"completed","updated_at":"2026-11-26T23:11:59.602730+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,6,X'01a21a214c8b797faadb2399db038481','task.created','task',X'01a21a214c8b76b98d0545060368f681',1,1795734719627746,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:59.627746+00:00","created_by":"root","id":"01a21a21-4c8b-76b9-8d05-45060368f681","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:11:59.627746+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(7,7,X'01a21a214cb070689471d60c4df1fd22','task.status.updated','task',X'01a21a214c6c76f4a8b633e82c78abe6',2,1795734719664179,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:59.596817+00:00","created_by":"root","id":"01a21a21-4c6c-76f4-a8b6-33e82c78abe6","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"in progress","updated_at":"2026-11-26T23:11:59.664179+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(8,8,X'01a21a214ccb74fba0e5e90b5814d67e','task.status.updated','task',X'01a21a214c727fd692ec7a56f8a7cb11',2,1795734719691796,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:59.602730+00:00","created_by":"root","id":"01a21a21-4c72-7fd6-92ec-7a56f8a7cb11","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"completed","updated_at":"2026-11-26T23:11:59.691796+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(9,9,X'01a21a214ce37d0ab4443e453f32b2d4','task.status.updated','task',X'01a21a214c727fd692ec7a56f8a7cb11',3,1795734719715798,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:11:59.602730+00:00","created_by":"root","id":"01a21a21-4c72-7fd6-92ec-7a56f8a7cb11","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"3","status":"TASK_STATUS_COMPLETED","title":"completed","updated_at":"2026-11-26T23:11:59.715798+00:00","version":"3"}','{"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(10,10,X'01a21a214cfd76de8f7c2b2811edaf07','task.deleted','task',X'01a21a214c8b76b98d0545060368f681',2,1795734719741618,'root',NULL,NULL,NULL,1,NULL,NULL,'root',0,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:11:59.627746+00:00","created_by":"root","id":"01a21a21-4c8b-76b9-8d05-45060368f681","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:11:59.741618+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(11,11,X'01a21a214d7978d8aa18703dadfb2726','task.created','task',X'01a21a214d647e9a97535b4eb8e46a14',1,1795734719844285,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"},"created_at":"2026-11-26T23:11:59.844285+00:00","created_by":"root","id":"01a21a21-4d64-7e9a-9753-5b4eb8e46a14","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:41:59.844286+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Stop worker lab 1","updated_at":"2026-11-26T23:11:59.844285+00:00","version":"1","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}',NULL);
INSERT INTO events VALUES(12,12,X'01a21a214d837ca79c80e450fc64e537','task.status.updated','task',X'01a21a214d647e9a97535b4eb8e46a14',2,1795734719875921,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"},"created_at":"2026-11-26T23:11:59.844285+00:00","created_by":"root","id":"01a21a21-4d64-7e9a-9753-5b4eb8e46a14","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:41:59.844286+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:11:59.875921+00:00","version":"1","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}','{"run":{"deadline":"2026-11-26T23:41:59.844286+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(13,13,X'01a21a214d9a7932870f99db75857dc4','task.created','task',X'01a21a214d857eb1aa57ff562c2fce40',1,1795734719877870,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"},"created_at":"2026-11-26T23:11:59.877870+00:00","created_by":"root","id":"01a21a21-4d85-7eb1-aa57-ff562c2fce40","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:41:59.877871+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:11:59.877870+00:00","version":"1","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"}',NULL);
INSERT INTO events VALUES(14,14,X'01a21a214d9b72dbb5d667f0ff6c2705','task.updated','task',X'01a21a214d647e9a97535b4eb8e46a14',3,1795734719899474,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"},"created_at":"2026-11-26T23:11:59.844285+00:00","created_by":"root","id":"01a21a21-4d64-7e9a-9753-5b4eb8e46a14","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.875921+00:00"}],"deadline":"2026-11-26T23:41:59.844286+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:11:59.899474+00:00","version":"1","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:41:59.844286+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(15,15,X'01a21a214dc27dd8b126d802dcec614f','task.created','task',X'01a21a214dad753a9c7280debe6f18ca',1,1795734719917714,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"},"created_at":"2026-11-26T23:11:59.917714+00:00","created_by":"root","id":"01a21a21-4dad-753a-9c72-80debe6f18ca","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:41:59.917714+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:11:59.917714+00:00","version":"1","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"}',NULL);
INSERT INTO events VALUES(16,16,X'01a21a214db079cb9272cce7a235e527','task.status.updated','task',X'01a21a214d857eb1aa57ff562c2fce40',2,1795734719920445,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"},"created_at":"2026-11-26T23:11:59.877870+00:00","created_by":"root","id":"01a21a21-4d85-7eb1-aa57-ff562c2fce40","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:41:59.877871+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:11:59.920445+00:00","version":"1","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"}','{"run":{"deadline":"2026-11-26T23:41:59.877871+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(17,17,X'01a21a214de7790cac23afe5a49e9588','task.status.updated','task',X'01a21a214dad753a9c7280debe6f18ca',2,1795734719975339,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"},"created_at":"2026-11-26T23:11:59.917714+00:00","created_by":"root","id":"01a21a21-4dad-753a-9c72-80debe6f18ca","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:41:59.917714+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:11:59.975339+00:00","version":"1","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"}','{"run":{"deadline":"2026-11-26T23:41:59.917714+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(18,18,X'01a21a214e007ae4a2ab902c13a1cf88','task.updated','task',X'01a21a214d857eb1aa57ff562c2fce40',3,1795734720000178,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"},"created_at":"2026-11-26T23:11:59.877870+00:00","created_by":"root","id":"01a21a21-4d85-7eb1-aa57-ff562c2fce40","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.920445+00:00"}],"deadline":"2026-11-26T23:41:59.877871+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:12:00.000178+00:00","version":"1","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:41:59.877871+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(19,19,X'01a21a214e0c72b2823463b63ca593e1','task.updated','task',X'01a21a214dad753a9c7280debe6f18ca',3,1795734720012894,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"},"created_at":"2026-11-26T23:11:59.917714+00:00","created_by":"root","id":"01a21a21-4dad-753a-9c72-80debe6f18ca","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.975339+00:00"}],"deadline":"2026-11-26T23:41:59.917714+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:12:00.012894+00:00","version":"1","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:41:59.917714+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(20,20,X'01a21a2151f87d68885c2d3e60977065','task.status.updated','task',X'01a21a214d647e9a97535b4eb8e46a14',4,1795734721016762,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"},"created_at":"2026-11-26T23:11:59.844285+00:00","created_by":"root","id":"01a21a21-4d64-7e9a-9753-5b4eb8e46a14","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.875921+00:00"}],"deadline":"2026-11-26T23:41:59.844286+00:00","ended_at":"2026-11-26T23:12:01.016762+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Stop worker lab 1","updated_at":"2026-11-26T23:12:01.016762+00:00","version":"1","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.875921+00:00"}],"deadline":"2026-11-26T23:41:59.844286+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(21,21,X'01a21a21522879a2be77dfa7170fe9b0','task.status.updated','task',X'01a21a214d857eb1aa57ff562c2fce40',4,1795734721064814,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"},"created_at":"2026-11-26T23:11:59.877870+00:00","created_by":"root","id":"01a21a21-4d85-7eb1-aa57-ff562c2fce40","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.920445+00:00"}],"deadline":"2026-11-26T23:41:59.877871+00:00","ended_at":"2026-11-26T23:12:01.064814+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:12:01.064814+00:00","version":"1","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.920445+00:00"}],"deadline":"2026-11-26T23:41:59.877871+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(22,22,X'01a21a21522e7092aa07a5489ba9f27e','task.status.updated','task',X'01a21a214dad753a9c7280debe6f18ca',4,1795734721070213,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"},"created_at":"2026-11-26T23:11:59.917714+00:00","created_by":"root","id":"01a21a21-4dad-753a-9c72-80debe6f18ca","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.975339+00:00"}],"deadline":"2026-11-26T23:41:59.917714+00:00","ended_at":"2026-11-26T23:12:01.070213+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:12:01.070213+00:00","version":"1","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:11:59.975339+00:00"}],"deadline":"2026-11-26T23:41:59.917714+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(23,23,X'01a21a21582877368d4dc17858c9e620','task.created','task',X'01a21a2158267f748b1cc6b6d28fa5cb',1,1795734722598903,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"},"created_at":"2026-11-26T23:12:02.598903+00:00","created_by":"root","id":"01a21a21-5826-7f74-8b1c-c6b6d28fa5cb","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:42:02.598905+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Start worker lab 1","updated_at":"2026-11-26T23:12:02.598903+00:00","version":"1","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}',NULL);
INSERT INTO events VALUES(24,24,X'01a21a21583179ca89355e864a956683','task.status.updated','task',X'01a21a2158267f748b1cc6b6d28fa5cb',2,1795734722609161,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"},"created_at":"2026-11-26T23:12:02.598903+00:00","created_by":"root","id":"01a21a21-5826-7f74-8b1c-c6b6d28fa5cb","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:42:02.598905+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:12:02.609161+00:00","version":"1","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}','{"run":{"deadline":"2026-11-26T23:42:02.598905+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(25,25,X'01a21a215846738ea34a7ab6c1eff5ed','task.updated','task',X'01a21a2158267f748b1cc6b6d28fa5cb',3,1795734722630195,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"},"created_at":"2026-11-26T23:12:02.598903+00:00","created_by":"root","id":"01a21a21-5826-7f74-8b1c-c6b6d28fa5cb","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"3","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:02.609161+00:00"}],"deadline":"2026-11-26T23:42:02.598905+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:12:02.630195+00:00","version":"1","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:42:02.598905+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'c376db23753f8eaa4d7f180be6f20d61',25);
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
INSERT INTO tasks VALUES(X'01a21a214c337c55821c0a96dc965fc2','Größe 日本 🎉',replace('x\ny','\n',char(10)),'pending','high','bob','engineering',NULL,'ada',1795734719539485,1795734719539485,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a214c4a7bd7a066b0c1e7af7e6a','of eve','','pending','medium',NULL,'engineering',NULL,'eve',1795734719562058,1795734719562058,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a214c547781ba18145681afbc2f','about a worker','','pending','medium',NULL,NULL,X'01a21a21434d74bfae8de709d5160e67','root',1795734719572605,1795734719572605,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a214c6c76f4a8b633e82c78abe6','in progress','','in_progress','medium',NULL,NULL,NULL,'root',1795734719596817,1795734719664179,NULL,2,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a214c727fd692ec7a56f8a7cb11','completed','','completed','medium',NULL,NULL,NULL,'root',1795734719602730,1795734719715798,NULL,3,3,NULL,0);
INSERT INTO tasks VALUES(X'01a21a214c8b76b98d0545060368f681','deleted','','pending','medium',NULL,NULL,NULL,'root',1795734719627746,1795734719741618,1795734719741618,1,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a214d647e9a97535b4eb8e46a14','Stop worker lab 1','','completed','medium',NULL,NULL,X'01a21a2143677ab9916a00f1c01e5f07','root',1795734719844285,1795734721016762,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734719875921}],"deadline":1795736519844286,"ended_at":1795734721016762,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"stop","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}',2);
INSERT INTO tasks VALUES(X'01a21a214d857eb1aa57ff562c2fce40','Terminate worker lab 2','','completed','medium',NULL,NULL,X'01a21a214373713ab3f4c482ef3ad681','root',1795734719877870,1795734721064814,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734719920445}],"deadline":1795736519877871,"ended_at":1795734721064814,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a21-4373-713a-b3f4-c482ef3ad681"}',2);
INSERT INTO tasks VALUES(X'01a21a214dad753a9c7280debe6f18ca','Terminate worker lab 3','','completed','medium',NULL,NULL,X'01a21a21437f779287c821827fdff783','root',1795734719917714,1795734721070213,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734719975339}],"deadline":1795736519917714,"ended_at":1795734721070213,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a21-437f-7792-87c8-21827fdff783"}',2);
INSERT INTO tasks VALUES(X'01a21a2158267f748b1cc6b6d28fa5cb','Start worker lab 1','','in_progress','medium',NULL,NULL,X'01a21a2143677ab9916a00f1c01e5f07','root',1795734722598903,1795734722630195,NULL,1,3,'{"run":{"applied_generation":3,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734722609161}],"deadline":1795736522598905,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1,"phase":"applied"},"seq":2,"verb":"start","worker_id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}',1);
CREATE TABLE worker_action_seqs (
    worker_id BLOB    NOT NULL PRIMARY KEY,
    last      INTEGER NOT NULL
) STRICT;
INSERT INTO worker_action_seqs VALUES(X'01a21a2143677ab9916a00f1c01e5f07',2);
INSERT INTO worker_action_seqs VALUES(X'01a21a214373713ab3f4c482ef3ad681',1);
INSERT INTO worker_action_seqs VALUES(X'01a21a21437f779287c821827fdff783',1);
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
INSERT INTO action_queue VALUES(X'01a21a2158267f748b1cc6b6d28fa5cb',X'01a21a2143677ab9916a00f1c01e5f07',2,'start',1,1795734122598905,1795734722598905,1795736522600000,'applied',NULL,1,NULL,3,1,1,'root',NULL,NULL);
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
