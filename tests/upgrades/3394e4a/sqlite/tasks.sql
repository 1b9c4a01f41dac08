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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:47:10',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',1013594);
INSERT INTO _sqlx_migrations VALUES(2,'request_keys','2026-11-26 23:47:10',1,X'8ebcb1135631f4f4784b6dabc8e3fa831d93f09670963bf245a28cdc095ae17ff0fc1bc37a927fd6d6c69b77d77fedfc',621412);
INSERT INTO _sqlx_migrations VALUES(3,'event_positions','2026-11-26 23:47:10',1,X'9466f15a1f45fd6e3b0ca8e99d31d29f6c86d86d7c0a0079bf24350d679c4b80b55c8d8735207d3e408d2b52e27f1c68',642914);
INSERT INTO _sqlx_migrations VALUES(4,'event_trimming','2026-11-26 23:47:10',1,X'1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e',451530);
INSERT INTO _sqlx_migrations VALUES(1000,'tasks','2026-11-26 23:47:10',1,X'5d752cf9b2f13d3b4442799afd3f545cf36e9521fc89045e92035f0699233aaa31382130d9d4cfec88d97f8a067a5fc7',789581);
INSERT INTO _sqlx_migrations VALUES(1001,'filters','2026-11-26 23:47:10',1,X'ed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262',1795603);
INSERT INTO _sqlx_migrations VALUES(1002,'actions','2026-11-26 23:47:10',1,X'7bbacc8e3d739d19e7e61684e0ef023bfdd2ff865bfb7704a6f376f5d3b700f31d3d53cbca9638e4f46d0ed1bb3c33b9',4462629);
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
INSERT INTO events VALUES(1,1,X'01a21a418b3a7a63ad774ba253b99c7f','task.created','task',X'01a21a418b3a734db80a0696051006ff',1,1795736832826613,'ada',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering','bob','ada','{"assignee_id":"bob","created_at":"2026-11-26T23:47:12.826613+00:00","created_by":"ada","department":"engineering","description":"x\ny","id":"01a21a41-8b3a-734d-b80a-0696051006ff","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_HIGH","revision":"1","status":"TASK_STATUS_PENDING","title":"Größe 日本 🎉","updated_at":"2026-11-26T23:47:12.826613+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,2,X'01a21a418b537c3bb95949149ae2222c','task.created','task',X'01a21a418b537ee39b935ec5afd5d62d',1,1795736832851899,'eve',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering',NULL,'eve','{"created_at":"2026-11-26T23:47:12.851899+00:00","created_by":"eve","department":"engineering","id":"01a21a41-8b53-7ee3-9b93-5ec5afd5d62d","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"of eve","updated_at":"2026-11-26T23:47:12.851899+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,3,X'01a21a418b6672f6ad418882bd8acb53','task.created','task',X'01a21a418b667274a5a73a3ed506b3f8',1,1795736832870137,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:47:12.870137+00:00","created_by":"root","id":"01a21a41-8b66-7274-a5a7-3a3ed506b3f8","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"about a worker","updated_at":"2026-11-26T23:47:12.870137+00:00","version":"1","worker_id":"01a21a41-82a3-7821-9626-3e1bc6fccad3"}',NULL);
INSERT INTO events VALUES(4,4,X'01a21a418b6d7085879d51f3da5c1a5c','task.created','task',X'01a21a418b6d79f5b2e16a0c7d474deb',1,1795736832877526,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:47:12.877526+00:00","created_by":"root","id":"01a21a41-8b6d-79f5-b2e1-6a0c7d474deb","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"in progress","updated_at":"2026-11-26T23:47:12.877526+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,5,X'01a21a418b867c68bed2c0d945fc18a5','task.created','task',X'01a21a418b8675fdb50d87138fcdaf06',1,1795736832902282,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:47:12.902282+00:00","created_by":"root","id":"01a21a41-8b86-75fd-b50d-87138fcdaf06","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"completed","updated_at":"2026-11-26T23:47:12.902282+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,6,X'01a21a418ba17cc4bc2250a9f6f4f3f3','task.created','task',X'01a21a418ba171b5b8aac15c9d918db0',1,1795736832929784,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:47:12.929784+00:00","created_by":"root","id":"01a21a41-8ba1-71b5-b8aa-c15c9d918db0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:47:12.929784+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(7,7,X'01a21a418bbc7ec58845e8ca04977531','task.status.updated','task',X'01a21a418b6d79f5b2e16a0c7d474deb',2,1795736832956533,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:47:12.877526+00:00","created_by":"root","id":"01a21a41-8b6d-79f5-b2e1-6a0c7d474deb","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"in progress","updated_at":"2026-11-26T23:47:12.956533+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(8,8,X'01a21a418bcd70a7bcbfbd4139ccd006','task.status.updated','task',X'01a21a418b8675fdb50d87138fcdaf06',2,1795736832973994,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:47:12.902282+00:00","created_by":"root","id":"01a21a41-8b86-75fd-b50d-87138fcdaf06","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"completed","updated_at":"2026-11-26T23:47:12.973994+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(9,9,X'01a21a418be876d0bfa71bdd1744a8ca','task.status.updated','task',X'01a21a418b8675fdb50d87138fcdaf06',3,1795736833000580,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:47:12.902282+00:00","created_by":"root","id":"01a21a41-8b86-75fd-b50d-87138fcdaf06","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"3","status":"TASK_STATUS_COMPLETED","title":"completed","updated_at":"2026-11-26T23:47:13.000580+00:00","version":"3"}','{"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(10,10,X'01a21a418c0d7883ac922254119717c2','task.deleted','task',X'01a21a418ba171b5b8aac15c9d918db0',2,1795736833037792,'root',NULL,NULL,NULL,1,NULL,NULL,'root',0,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:47:12.929784+00:00","created_by":"root","id":"01a21a41-8ba1-71b5-b8aa-c15c9d918db0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:47:13.037792+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(11,11,X'01a21a418cb574cebd26b5464bb87b72','task.created','task',X'01a21a418cb470aea4ae388953b0d591',1,1795736833204560,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"},"created_at":"2026-11-26T23:47:13.204560+00:00","created_by":"root","id":"01a21a41-8cb4-70ae-a4ae-388953b0d591","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:17:13.204561+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Stop worker lab 1","updated_at":"2026-11-26T23:47:13.204560+00:00","version":"1","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}',NULL);
INSERT INTO events VALUES(12,12,X'01a21a418cc27c9580c51e8658a05829','task.status.updated','task',X'01a21a418cb470aea4ae388953b0d591',2,1795736833218071,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"},"created_at":"2026-11-26T23:47:13.204560+00:00","created_by":"root","id":"01a21a41-8cb4-70ae-a4ae-388953b0d591","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:17:13.204561+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:47:13.218071+00:00","version":"1","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}','{"run":{"deadline":"2026-11-27T00:17:13.204561+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(13,13,X'01a21a418cc974c1ae8563c4b7cb1bff','task.created','task',X'01a21a418cc27dd79975f098ba797629',1,1795736833218501,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"},"created_at":"2026-11-26T23:47:13.218501+00:00","created_by":"root","id":"01a21a41-8cc2-7dd7-9975-f098ba797629","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:17:13.218501+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:47:13.218501+00:00","version":"1","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"}',NULL);
INSERT INTO events VALUES(14,14,X'01a21a418cd67643bdb83a384a2aae22','task.status.updated','task',X'01a21a418cc27dd79975f098ba797629',2,1795736833238637,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"},"created_at":"2026-11-26T23:47:13.218501+00:00","created_by":"root","id":"01a21a41-8cc2-7dd7-9975-f098ba797629","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:17:13.218501+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:47:13.238637+00:00","version":"1","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"}','{"run":{"deadline":"2026-11-27T00:17:13.218501+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(15,15,X'01a21a418cdc7d1bbbaca6389b983e44','task.created','task',X'01a21a418cd77ae7a68b83168a6e03b3',1,1795736833239763,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"},"created_at":"2026-11-26T23:47:13.239763+00:00","created_by":"root","id":"01a21a41-8cd7-7ae7-a68b-83168a6e03b3","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:17:13.239763+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:47:13.239763+00:00","version":"1","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"}',NULL);
INSERT INTO events VALUES(16,16,X'01a21a418cd87d90917fe888a638b8d9','task.updated','task',X'01a21a418cb470aea4ae388953b0d591',3,1795736833240106,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"},"created_at":"2026-11-26T23:47:13.204560+00:00","created_by":"root","id":"01a21a41-8cb4-70ae-a4ae-388953b0d591","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.218071+00:00"}],"deadline":"2026-11-27T00:17:13.204561+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:47:13.240106+00:00","version":"1","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:17:13.204561+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(17,17,X'01a21a418ce87cd9935f85c6e118e1c2','task.status.updated','task',X'01a21a418cd77ae7a68b83168a6e03b3',2,1795736833256047,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"},"created_at":"2026-11-26T23:47:13.239763+00:00","created_by":"root","id":"01a21a41-8cd7-7ae7-a68b-83168a6e03b3","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:17:13.239763+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:47:13.256047+00:00","version":"1","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"}','{"run":{"deadline":"2026-11-27T00:17:13.239763+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(18,18,X'01a21a418cec7debb991267a7a6d5ae3','task.updated','task',X'01a21a418cc27dd79975f098ba797629',3,1795736833260270,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"},"created_at":"2026-11-26T23:47:13.218501+00:00","created_by":"root","id":"01a21a41-8cc2-7dd7-9975-f098ba797629","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.238637+00:00"}],"deadline":"2026-11-27T00:17:13.218501+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:47:13.260270+00:00","version":"1","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:17:13.218501+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(19,19,X'01a21a418d5975a9878da0c97733d83a','task.updated','task',X'01a21a418cd77ae7a68b83168a6e03b3',3,1795736833369423,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"},"created_at":"2026-11-26T23:47:13.239763+00:00","created_by":"root","id":"01a21a41-8cd7-7ae7-a68b-83168a6e03b3","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.256047+00:00"}],"deadline":"2026-11-27T00:17:13.239763+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:47:13.369423+00:00","version":"1","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:17:13.239763+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(20,20,X'01a21a41913372cc96fe28758f209660','task.status.updated','task',X'01a21a418cb470aea4ae388953b0d591',4,1795736834355531,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"},"created_at":"2026-11-26T23:47:13.204560+00:00","created_by":"root","id":"01a21a41-8cb4-70ae-a4ae-388953b0d591","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.218071+00:00"}],"deadline":"2026-11-27T00:17:13.204561+00:00","ended_at":"2026-11-26T23:47:14.355531+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Stop worker lab 1","updated_at":"2026-11-26T23:47:14.355531+00:00","version":"1","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.218071+00:00"}],"deadline":"2026-11-27T00:17:13.204561+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(21,21,X'01a21a4191937e19808792a0ee59a9c2','task.status.updated','task',X'01a21a418cc27dd79975f098ba797629',4,1795736834451393,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"},"created_at":"2026-11-26T23:47:13.218501+00:00","created_by":"root","id":"01a21a41-8cc2-7dd7-9975-f098ba797629","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.238637+00:00"}],"deadline":"2026-11-27T00:17:13.218501+00:00","ended_at":"2026-11-26T23:47:14.451393+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:47:14.451393+00:00","version":"1","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.238637+00:00"}],"deadline":"2026-11-27T00:17:13.218501+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(22,22,X'01a21a4191ac74f69c721f612cf706bb','task.status.updated','task',X'01a21a418cd77ae7a68b83168a6e03b3',4,1795736834476208,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"},"created_at":"2026-11-26T23:47:13.239763+00:00","created_by":"root","id":"01a21a41-8cd7-7ae7-a68b-83168a6e03b3","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.256047+00:00"}],"deadline":"2026-11-27T00:17:13.239763+00:00","ended_at":"2026-11-26T23:47:14.476208+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:47:14.476208+00:00","version":"1","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:13.256047+00:00"}],"deadline":"2026-11-27T00:17:13.239763+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(23,23,X'01a21a41980d76e58a4321be6accae71','task.created','task',X'01a21a4198087f22ac0a18bc23cbfb7e',1,1795736836104494,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"},"created_at":"2026-11-26T23:47:16.104494+00:00","created_by":"root","id":"01a21a41-9808-7f22-ac0a-18bc23cbfb7e","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:17:16.104495+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Start worker lab 1","updated_at":"2026-11-26T23:47:16.104494+00:00","version":"1","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}',NULL);
INSERT INTO events VALUES(24,24,X'01a21a4198257484a52f3e0f78d26352','task.status.updated','task',X'01a21a4198087f22ac0a18bc23cbfb7e',2,1795736836133264,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"},"created_at":"2026-11-26T23:47:16.104494+00:00","created_by":"root","id":"01a21a41-9808-7f22-ac0a-18bc23cbfb7e","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:17:16.104495+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:47:16.133264+00:00","version":"1","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}','{"run":{"deadline":"2026-11-27T00:17:16.104495+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(25,25,X'01a21a41982e7cbbaf8d7ec152c03ff5','task.updated','task',X'01a21a4198087f22ac0a18bc23cbfb7e',3,1795736836142295,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"},"created_at":"2026-11-26T23:47:16.104494+00:00","created_by":"root","id":"01a21a41-9808-7f22-ac0a-18bc23cbfb7e","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"3","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:47:16.133264+00:00"}],"deadline":"2026-11-27T00:17:16.104495+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:47:16.142295+00:00","version":"1","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:17:16.104495+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'77b22c5f8afce31ff0d0cb411a2eeb5c',25);
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
INSERT INTO tasks VALUES(X'01a21a418b3a734db80a0696051006ff','Größe 日本 🎉',replace('x\ny','\n',char(10)),'pending','high','bob','engineering',NULL,'ada',1795736832826613,1795736832826613,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a418b537ee39b935ec5afd5d62d','of eve','','pending','medium',NULL,'engineering',NULL,'eve',1795736832851899,1795736832851899,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a418b667274a5a73a3ed506b3f8','about a worker','','pending','medium',NULL,NULL,X'01a21a4182a3782196263e1bc6fccad3','root',1795736832870137,1795736832870137,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a418b6d79f5b2e16a0c7d474deb','in progress','','in_progress','medium',NULL,NULL,NULL,'root',1795736832877526,1795736832956533,NULL,2,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a418b8675fdb50d87138fcdaf06','completed','','completed','medium',NULL,NULL,NULL,'root',1795736832902282,1795736833000580,NULL,3,3,NULL,0);
INSERT INTO tasks VALUES(X'01a21a418ba171b5b8aac15c9d918db0','deleted','','pending','medium',NULL,NULL,NULL,'root',1795736832929784,1795736833037792,1795736833037792,1,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a418cb470aea4ae388953b0d591','Stop worker lab 1','','completed','medium',NULL,NULL,X'01a21a4182bd765da89753a919bd7a4c','root',1795736833204560,1795736834355531,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736833218071}],"deadline":1795738633204561,"ended_at":1795736834355531,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"stop","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}',2);
INSERT INTO tasks VALUES(X'01a21a418cc27dd79975f098ba797629','Terminate worker lab 2','','completed','medium',NULL,NULL,X'01a21a4182c87b11b71bd6752996d149','root',1795736833218501,1795736834451393,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736833238637}],"deadline":1795738633218501,"ended_at":1795736834451393,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a41-82c8-7b11-b71b-d6752996d149"}',2);
INSERT INTO tasks VALUES(X'01a21a418cd77ae7a68b83168a6e03b3','Terminate worker lab 3','','completed','medium',NULL,NULL,X'01a21a4182de765191a2330cb5f4934b','root',1795736833239763,1795736834476208,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736833256047}],"deadline":1795738633239763,"ended_at":1795736834476208,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a41-82de-7651-91a2-330cb5f4934b"}',2);
INSERT INTO tasks VALUES(X'01a21a4198087f22ac0a18bc23cbfb7e','Start worker lab 1','','in_progress','medium',NULL,NULL,X'01a21a4182bd765da89753a919bd7a4c','root',1795736836104494,1795736836142295,NULL,1,3,'{"run":{"applied_generation":3,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736836133264}],"deadline":1795738636104495,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1,"phase":"applied"},"seq":2,"verb":"start","worker_id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}',1);
CREATE TABLE worker_action_seqs (
    worker_id BLOB    NOT NULL PRIMARY KEY,
    last      INTEGER NOT NULL
) STRICT;
INSERT INTO worker_action_seqs VALUES(X'01a21a4182bd765da89753a919bd7a4c',2);
INSERT INTO worker_action_seqs VALUES(X'01a21a4182c87b11b71bd6752996d149',1);
INSERT INTO worker_action_seqs VALUES(X'01a21a4182de765191a2330cb5f4934b',1);
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
INSERT INTO action_queue VALUES(X'01a21a4198087f22ac0a18bc23cbfb7e',X'01a21a4182bd765da89753a919bd7a4c',2,'start',1,1795736236104495,1795736836104495,1795738636109000,'applied',NULL,1,NULL,3,1,1,'root',NULL,NULL);
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
