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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:46:15',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',5364266);
INSERT INTO _sqlx_migrations VALUES(2,'request_keys','2026-11-26 23:46:15',1,X'8ebcb1135631f4f4784b6dabc8e3fa831d93f09670963bf245a28cdc095ae17ff0fc1bc37a927fd6d6c69b77d77fedfc',5006756);
INSERT INTO _sqlx_migrations VALUES(3,'event_positions','2026-11-26 23:46:15',1,X'9466f15a1f45fd6e3b0ca8e99d31d29f6c86d86d7c0a0079bf24350d679c4b80b55c8d8735207d3e408d2b52e27f1c68',16224894);
INSERT INTO _sqlx_migrations VALUES(4,'event_trimming','2026-11-26 23:46:15',1,X'1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e',1307860);
INSERT INTO _sqlx_migrations VALUES(1000,'tasks','2026-11-26 23:46:15',1,X'5d752cf9b2f13d3b4442799afd3f545cf36e9521fc89045e92035f0699233aaa31382130d9d4cfec88d97f8a067a5fc7',10330902);
INSERT INTO _sqlx_migrations VALUES(1001,'filters','2026-11-26 23:46:15',1,X'ed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262',11932748);
INSERT INTO _sqlx_migrations VALUES(1002,'actions','2026-11-26 23:46:15',1,X'7bbacc8e3d739d19e7e61684e0ef023bfdd2ff865bfb7704a6f376f5d3b700f31d3d53cbca9638e4f46d0ed1bb3c33b9',99325675);
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
INSERT INTO events VALUES(1,1,X'01a21a40b7ef7377b682efc26c7f2cbe','task.created','task',X'01a21a40b7ef750db42cbd0cb6417ab1',1,1795736778735359,'ada',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering','bob','ada','{"assignee_id":"bob","created_at":"2026-11-26T23:46:18.735359+00:00","created_by":"ada","department":"engineering","description":"x\ny","id":"01a21a40-b7ef-750d-b42c-bd0cb6417ab1","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_HIGH","revision":"1","status":"TASK_STATUS_PENDING","title":"Größe 日本 🎉","updated_at":"2026-11-26T23:46:18.735359+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,2,X'01a21a40b7fc7422b5aa9ecafb6e3fbf','task.created','task',X'01a21a40b7fc7040b68c4678a429b951',1,1795736778748266,'eve',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering',NULL,'eve','{"created_at":"2026-11-26T23:46:18.748266+00:00","created_by":"eve","department":"engineering","id":"01a21a40-b7fc-7040-b68c-4678a429b951","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"of eve","updated_at":"2026-11-26T23:46:18.748266+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,3,X'01a21a40b8137ba6a8759c8ee460a141','task.created','task',X'01a21a40b8137139a6e527d25248f1fb',1,1795736778771867,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:18.771867+00:00","created_by":"root","id":"01a21a40-b813-7139-a6e5-27d25248f1fb","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"about a worker","updated_at":"2026-11-26T23:46:18.771867+00:00","version":"1","worker_id":"01a21a40-ad7e-749a-b2dc-a88805425726"}',NULL);
INSERT INTO events VALUES(4,4,X'01a21a40b81d7502b2a777c1426fd9c2','task.created','task',X'01a21a40b81d7423b93b4ee225dadf19',1,1795736778781518,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:18.781518+00:00","created_by":"root","id":"01a21a40-b81d-7423-b93b-4ee225dadf19","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"in progress","updated_at":"2026-11-26T23:46:18.781518+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,5,X'01a21a40b82c7d119aaea88075edb80b','task.created','task',X'01a21a40b82c7652a678dcd41faa53e2',1,1795736778796255,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:18.796255+00:00","created_by":"root","id":"01a21a40-b82c-7652-a678-dcd41faa53e2","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"completed","updated_at":"2026-11-26T23:46:18.796255+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,6,X'01a21a40b84372f28d77f76a45ab5f7e','task.created','task',X'01a21a40b8437b199d248c5b30c307b6',1,1795736778819067,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:18.819067+00:00","created_by":"root","id":"01a21a40-b843-7b19-9d24-8c5b30c307b6","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:46:18.819067+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(7,7,X'01a21a40b8827cffaabd2b651ccd7ac3','task.status.updated','task',X'01a21a40b81d7423b93b4ee225dadf19',2,1795736778882574,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:18.781518+00:00","created_by":"root","id":"01a21a40-b81d-7423-b93b-4ee225dadf19","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"in progress","updated_at":"2026-11-26T23:46:18.882574+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(8,8,X'01a21a40b8b979bca8d6e6f0ba116871','task.status.updated','task',X'01a21a40b82c7652a678dcd41faa53e2',2,1795736778937639,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:18.796255+00:00","created_by":"root","id":"01a21a40-b82c-7652-a678-dcd41faa53e2","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"completed","updated_at":"2026-11-26T23:46:18.937639+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(9,9,X'01a21a40b8e97f2d84767d86f558a7e9','task.status.updated','task',X'01a21a40b82c7652a678dcd41faa53e2',3,1795736778985619,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:46:18.796255+00:00","created_by":"root","id":"01a21a40-b82c-7652-a678-dcd41faa53e2","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"3","status":"TASK_STATUS_COMPLETED","title":"completed","updated_at":"2026-11-26T23:46:18.985619+00:00","version":"3"}','{"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(10,10,X'01a21a40b8f27655869c3d4a35e35876','task.deleted','task',X'01a21a40b8437b199d248c5b30c307b6',2,1795736778994249,'root',NULL,NULL,NULL,1,NULL,NULL,'root',0,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:46:18.819067+00:00","created_by":"root","id":"01a21a40-b843-7b19-9d24-8c5b30c307b6","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:46:18.994249+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(11,11,X'01a21a40b93b7bd9b0ff70460c72dab1','task.created','task',X'01a21a40b93a74089653be7b642a4dde',1,1795736779066367,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"},"created_at":"2026-11-26T23:46:19.066367+00:00","created_by":"root","id":"01a21a40-b93a-7408-9653-be7b642a4dde","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:16:19.066368+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Stop worker lab 1","updated_at":"2026-11-26T23:46:19.066367+00:00","version":"1","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}',NULL);
INSERT INTO events VALUES(12,12,X'01a21a40b96271fe88cd8caaabc11cd2','task.created','task',X'01a21a40b95d757d91a1ba4f191ce286',1,1795736779101739,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"},"created_at":"2026-11-26T23:46:19.101739+00:00","created_by":"root","id":"01a21a40-b95d-757d-91a1-ba4f191ce286","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:16:19.101741+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:46:19.101739+00:00","version":"1","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"}',NULL);
INSERT INTO events VALUES(13,13,X'01a21a40b96271afa0f0abb3d5355b68','task.status.updated','task',X'01a21a40b93a74089653be7b642a4dde',2,1795736779106698,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"},"created_at":"2026-11-26T23:46:19.066367+00:00","created_by":"root","id":"01a21a40-b93a-7408-9653-be7b642a4dde","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:16:19.066368+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:46:19.106698+00:00","version":"1","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}','{"run":{"deadline":"2026-11-27T00:16:19.066368+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(14,14,X'01a21a40b9ff7bd3acd3c6d13b6d711d','task.created','task',X'01a21a40b9e97db499652a2020fe3bc8',1,1795736779241877,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"},"created_at":"2026-11-26T23:46:19.241877+00:00","created_by":"root","id":"01a21a40-b9e9-7db4-9965-2a2020fe3bc8","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:16:19.241879+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:46:19.241877+00:00","version":"1","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"}',NULL);
INSERT INTO events VALUES(15,15,X'01a21a40b9e570efbb764ff52d3b4f14','task.status.updated','task',X'01a21a40b95d757d91a1ba4f191ce286',2,1795736779237004,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"},"created_at":"2026-11-26T23:46:19.101739+00:00","created_by":"root","id":"01a21a40-b95d-757d-91a1-ba4f191ce286","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:16:19.101741+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:46:19.237004+00:00","version":"1","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"}','{"run":{"deadline":"2026-11-27T00:16:19.101741+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(16,16,X'01a21a40baa17b9fbfd053427ea2918e','task.updated','task',X'01a21a40b93a74089653be7b642a4dde',3,1795736779425554,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"},"created_at":"2026-11-26T23:46:19.066367+00:00","created_by":"root","id":"01a21a40-b93a-7408-9653-be7b642a4dde","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.106698+00:00"}],"deadline":"2026-11-27T00:16:19.066368+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:46:19.425554+00:00","version":"1","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:16:19.066368+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(17,17,X'01a21a40bb867868815c95b14c7ce116','task.status.updated','task',X'01a21a40b9e97db499652a2020fe3bc8',2,1795736779654025,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"},"created_at":"2026-11-26T23:46:19.241877+00:00","created_by":"root","id":"01a21a40-b9e9-7db4-9965-2a2020fe3bc8","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:16:19.241879+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:46:19.654025+00:00","version":"1","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"}','{"run":{"deadline":"2026-11-27T00:16:19.241879+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(18,18,X'01a21a40bc82734486429a3f193970fa','task.updated','task',X'01a21a40b95d757d91a1ba4f191ce286',3,1795736779906210,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"},"created_at":"2026-11-26T23:46:19.101739+00:00","created_by":"root","id":"01a21a40-b95d-757d-91a1-ba4f191ce286","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.237004+00:00"}],"deadline":"2026-11-27T00:16:19.101741+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:46:19.906210+00:00","version":"1","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:16:19.101741+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(19,19,X'01a21a40bca3703a8680a46df7e08af9','task.updated','task',X'01a21a40b9e97db499652a2020fe3bc8',3,1795736779939440,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"},"created_at":"2026-11-26T23:46:19.241877+00:00","created_by":"root","id":"01a21a40-b9e9-7db4-9965-2a2020fe3bc8","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.654025+00:00"}],"deadline":"2026-11-27T00:16:19.241879+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:46:19.939440+00:00","version":"1","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:16:19.241879+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(20,20,X'01a21a40c0fb7890a6a5bd0d24a388bd','task.status.updated','task',X'01a21a40b95d757d91a1ba4f191ce286',4,1795736781051567,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"},"created_at":"2026-11-26T23:46:19.101739+00:00","created_by":"root","id":"01a21a40-b95d-757d-91a1-ba4f191ce286","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.237004+00:00"}],"deadline":"2026-11-27T00:16:19.101741+00:00","ended_at":"2026-11-26T23:46:21.051567+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:46:21.051567+00:00","version":"1","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.237004+00:00"}],"deadline":"2026-11-27T00:16:19.101741+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(21,21,X'01a21a40c1267f96bfc27b8a73d73621','task.status.updated','task',X'01a21a40b93a74089653be7b642a4dde',4,1795736781094266,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"},"created_at":"2026-11-26T23:46:19.066367+00:00","created_by":"root","id":"01a21a40-b93a-7408-9653-be7b642a4dde","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.106698+00:00"}],"deadline":"2026-11-27T00:16:19.066368+00:00","ended_at":"2026-11-26T23:46:21.094266+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Stop worker lab 1","updated_at":"2026-11-26T23:46:21.094266+00:00","version":"1","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.106698+00:00"}],"deadline":"2026-11-27T00:16:19.066368+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(22,22,X'01a21a40c13f78e99d6487c091b1c606','task.status.updated','task',X'01a21a40b9e97db499652a2020fe3bc8',4,1795736781119589,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"},"created_at":"2026-11-26T23:46:19.241877+00:00","created_by":"root","id":"01a21a40-b9e9-7db4-9965-2a2020fe3bc8","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.654025+00:00"}],"deadline":"2026-11-27T00:16:19.241879+00:00","ended_at":"2026-11-26T23:46:21.119589+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:46:21.119589+00:00","version":"1","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:19.654025+00:00"}],"deadline":"2026-11-27T00:16:19.241879+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(23,23,X'01a21a40c7527a3a81c57ce6447fed4c','task.created','task',X'01a21a40c74c737e82817fcfcd5c5abf',1,1795736782668156,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"},"created_at":"2026-11-26T23:46:22.668156+00:00","created_by":"root","id":"01a21a40-c74c-737e-8281-7fcfcd5c5abf","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-27T00:16:22.668157+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Start worker lab 1","updated_at":"2026-11-26T23:46:22.668156+00:00","version":"1","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}',NULL);
INSERT INTO events VALUES(24,24,X'01a21a40c760754695050835dddafcde','task.status.updated','task',X'01a21a40c74c737e82817fcfcd5c5abf',2,1795736782688534,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"},"created_at":"2026-11-26T23:46:22.668156+00:00","created_by":"root","id":"01a21a40-c74c-737e-8281-7fcfcd5c5abf","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-27T00:16:22.668157+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:46:22.688534+00:00","version":"1","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}','{"run":{"deadline":"2026-11-27T00:16:22.668157+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(25,25,X'01a21a40c7837b2e9a25ee68e767dbf0','task.updated','task',X'01a21a40c74c737e82817fcfcd5c5abf',3,1795736782723423,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"},"created_at":"2026-11-26T23:46:22.668156+00:00","created_by":"root","id":"01a21a40-c74c-737e-8281-7fcfcd5c5abf","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"3","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:46:22.688534+00:00"}],"deadline":"2026-11-27T00:16:22.668157+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:46:22.723423+00:00","version":"1","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}','{"run":{"attempt":1,"deadline":"2026-11-27T00:16:22.668157+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'b400fcd5ed870616c8989a8a7e8aa525',25);
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
INSERT INTO tasks VALUES(X'01a21a40b7ef750db42cbd0cb6417ab1','Größe 日本 🎉',replace('x\ny','\n',char(10)),'pending','high','bob','engineering',NULL,'ada',1795736778735359,1795736778735359,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a40b7fc7040b68c4678a429b951','of eve','','pending','medium',NULL,'engineering',NULL,'eve',1795736778748266,1795736778748266,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a40b8137139a6e527d25248f1fb','about a worker','','pending','medium',NULL,NULL,X'01a21a40ad7e749ab2dca88805425726','root',1795736778771867,1795736778771867,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a40b81d7423b93b4ee225dadf19','in progress','','in_progress','medium',NULL,NULL,NULL,'root',1795736778781518,1795736778882574,NULL,2,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a40b82c7652a678dcd41faa53e2','completed','','completed','medium',NULL,NULL,NULL,'root',1795736778796255,1795736778985619,NULL,3,3,NULL,0);
INSERT INTO tasks VALUES(X'01a21a40b8437b199d248c5b30c307b6','deleted','','pending','medium',NULL,NULL,NULL,'root',1795736778819067,1795736778994249,1795736778994249,1,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a40b93a74089653be7b642a4dde','Stop worker lab 1','','completed','medium',NULL,NULL,X'01a21a40ad897a77bb7f8ad3a484e7b2','root',1795736779066367,1795736781094266,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736779106698}],"deadline":1795738579066368,"ended_at":1795736781094266,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"stop","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}',2);
INSERT INTO tasks VALUES(X'01a21a40b95d757d91a1ba4f191ce286','Terminate worker lab 2','','completed','medium',NULL,NULL,X'01a21a40ad927f6ca56d13cd12782212','root',1795736779101739,1795736781051567,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736779237004}],"deadline":1795738579101741,"ended_at":1795736781051567,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a40-ad92-7f6c-a56d-13cd12782212"}',2);
INSERT INTO tasks VALUES(X'01a21a40b9e97db499652a2020fe3bc8','Terminate worker lab 3','','completed','medium',NULL,NULL,X'01a21a40ad997daabc4eb15ff20a9d88','root',1795736779241877,1795736781119589,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736779654025}],"deadline":1795738579241879,"ended_at":1795736781119589,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"}',2);
INSERT INTO tasks VALUES(X'01a21a40c74c737e82817fcfcd5c5abf','Start worker lab 1','','in_progress','medium',NULL,NULL,X'01a21a40ad897a77bb7f8ad3a484e7b2','root',1795736782668156,1795736782723423,NULL,1,3,'{"run":{"applied_generation":3,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795736782688534}],"deadline":1795738582668157,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1,"phase":"applied"},"seq":2,"verb":"start","worker_id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}',1);
CREATE TABLE worker_action_seqs (
    worker_id BLOB    NOT NULL PRIMARY KEY,
    last      INTEGER NOT NULL
) STRICT;
INSERT INTO worker_action_seqs VALUES(X'01a21a40ad897a77bb7f8ad3a484e7b2',2);
INSERT INTO worker_action_seqs VALUES(X'01a21a40ad927f6ca56d13cd12782212',1);
INSERT INTO worker_action_seqs VALUES(X'01a21a40ad997daabc4eb15ff20a9d88',1);
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
INSERT INTO action_queue VALUES(X'01a21a40c74c737e82817fcfcd5c5abf',X'01a21a40ad897a77bb7f8ad3a484e7b2',2,'start',1,1795736182668157,1795736782668157,1795738582673000,'applied',NULL,1,NULL,3,1,1,'root',NULL,NULL);
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
