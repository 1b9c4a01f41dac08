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
INSERT INTO _sqlx_migrations VALUES(1,'event_log','2026-11-26 23:12:17',1,X'80c5c811b7c078586f2073404e42e14bfca208567913fb4f5c64cda2d704207965ecb8371c7f9dd51cffeef0ec6c8256',1852988);
INSERT INTO _sqlx_migrations VALUES(2,'request_keys','2026-11-26 23:12:17',1,X'8ebcb1135631f4f4784b6dabc8e3fa831d93f09670963bf245a28cdc095ae17ff0fc1bc37a927fd6d6c69b77d77fedfc',834808);
INSERT INTO _sqlx_migrations VALUES(3,'event_positions','2026-11-26 23:12:17',1,X'9466f15a1f45fd6e3b0ca8e99d31d29f6c86d86d7c0a0079bf24350d679c4b80b55c8d8735207d3e408d2b52e27f1c68',2224189);
INSERT INTO _sqlx_migrations VALUES(4,'event_trimming','2026-11-26 23:12:17',1,X'1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e',5307702);
INSERT INTO _sqlx_migrations VALUES(1000,'tasks','2026-11-26 23:12:17',1,X'5d752cf9b2f13d3b4442799afd3f545cf36e9521fc89045e92035f0699233aaa31382130d9d4cfec88d97f8a067a5fc7',2072995);
INSERT INTO _sqlx_migrations VALUES(1001,'filters','2026-11-26 23:12:17',1,X'ed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262',5347751);
INSERT INTO _sqlx_migrations VALUES(1002,'actions','2026-11-26 23:12:17',1,X'7bbacc8e3d739d19e7e61684e0ef023bfdd2ff865bfb7704a6f376f5d3b700f31d3d53cbca9638e4f46d0ed1bb3c33b9',11091841);
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
INSERT INTO events VALUES(1,1,X'01a21a219d7574c2a2b28e82cd1a905b','task.created','task',X'01a21a219d757f5d87be98e2dd4e49d4',1,1795734740341657,'ada',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering','bob','ada','{"assignee_id":"bob","created_at":"2026-11-26T23:12:20.341657+00:00","created_by":"ada","department":"engineering","description":"x\ny","id":"01a21a21-9d75-7f5d-87be-98e2dd4e49d4","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_HIGH","revision":"1","status":"TASK_STATUS_PENDING","title":"Größe 日本 🎉","updated_at":"2026-11-26T23:12:20.341657+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(2,2,X'01a21a219d9c79909b6d9d4df8cc1713','task.created','task',X'01a21a219d9c74bc9809ce45b0d8ffc4',1,1795734740380404,'eve',NULL,NULL,NULL,0,NULL,NULL,NULL,1,'engineering',NULL,'eve','{"created_at":"2026-11-26T23:12:20.380404+00:00","created_by":"eve","department":"engineering","id":"01a21a21-9d9c-74bc-9809-ce45b0d8ffc4","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"of eve","updated_at":"2026-11-26T23:12:20.380404+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(3,3,X'01a21a219dc57172b319b4ce39af1090','task.created','task',X'01a21a219dc5788abe3c7879ded2b562',1,1795734740421787,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:12:20.421787+00:00","created_by":"root","id":"01a21a21-9dc5-788a-be3c-7879ded2b562","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"about a worker","updated_at":"2026-11-26T23:12:20.421787+00:00","version":"1","worker_id":"01a21a21-944e-7844-a412-70f8c75949cf"}',NULL);
INSERT INTO events VALUES(4,4,X'01a21a219de173faa36c348f1e38e42e','task.created','task',X'01a21a219de178bb9d24296efd34474e',1,1795734740449547,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:12:20.449547+00:00","created_by":"root","id":"01a21a21-9de1-78bb-9d24-296efd34474e","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"in progress","updated_at":"2026-11-26T23:12:20.449547+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(5,5,X'01a21a219dfa76238a63f7799911f2d2','task.created','task',X'01a21a219dfa75e6b419d2c732d973f0',1,1795734740474278,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:12:20.474278+00:00","created_by":"root","id":"01a21a21-9dfa-75e6-b419-d2c732d973f0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"completed","updated_at":"2026-11-26T23:12:20.474278+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(6,6,X'01a21a219e167baa9ed7f9d69752450f','task.created','task',X'01a21a219e167047a55cbe38ce2a85bd',1,1795734740502589,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"created_at":"2026-11-26T23:12:20.502589+00:00","created_by":"root","id":"01a21a21-9e16-7047-a55c-be38ce2a85bd","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"1","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:12:20.502589+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(7,7,X'01a21a219e397e72b002f6f44c13a589','task.status.updated','task',X'01a21a219de178bb9d24296efd34474e',2,1795734740537484,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:12:20.449547+00:00","created_by":"root","id":"01a21a21-9de1-78bb-9d24-296efd34474e","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"in progress","updated_at":"2026-11-26T23:12:20.537484+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(8,8,X'01a21a219e5477cba3e3a2a92f284326','task.status.updated','task',X'01a21a219dfa75e6b419d2c732d973f0',2,1795734740564447,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:12:20.474278+00:00","created_by":"root","id":"01a21a21-9dfa-75e6-b419-d2c732d973f0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_IN_PROGRESS","title":"completed","updated_at":"2026-11-26T23:12:20.564447+00:00","version":"2"}','{"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(9,9,X'01a21a219e757e20bbb8ef0604d688b2','task.status.updated','task',X'01a21a219dfa75e6b419d2c732d973f0',3,1795734740597405,'root',NULL,NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"created_at":"2026-11-26T23:12:20.474278+00:00","created_by":"root","id":"01a21a21-9dfa-75e6-b419-d2c732d973f0","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"3","status":"TASK_STATUS_COMPLETED","title":"completed","updated_at":"2026-11-26T23:12:20.597405+00:00","version":"3"}','{"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(10,10,X'01a21a219e8f75839e1e18a962e2b756','task.deleted','task',X'01a21a219e167047a55cbe38ce2a85bd',2,1795734740623211,'root',NULL,NULL,NULL,1,NULL,NULL,'root',0,NULL,NULL,NULL,'{"created_at":"2026-11-26T23:12:20.502589+00:00","created_by":"root","id":"01a21a21-9e16-7047-a55c-be38ce2a85bd","kind":"TASK_KIND_HUMAN","priority":"TASK_PRIORITY_MEDIUM","revision":"2","status":"TASK_STATUS_PENDING","title":"deleted","updated_at":"2026-11-26T23:12:20.623211+00:00","version":"1"}',NULL);
INSERT INTO events VALUES(11,11,X'01a21a219f3d7ee997c15a209c5faddc','task.created','task',X'01a21a219f377270bdc8347f9b53858f',1,1795734740791774,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"},"created_at":"2026-11-26T23:12:20.791774+00:00","created_by":"root","id":"01a21a21-9f37-7270-bdc8-347f9b53858f","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:42:20.791775+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Stop worker lab 1","updated_at":"2026-11-26T23:12:20.791774+00:00","version":"1","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}',NULL);
INSERT INTO events VALUES(12,12,X'01a21a219f6f7c12840370ee8a86daca','task.status.updated','task',X'01a21a219f377270bdc8347f9b53858f',2,1795734740847668,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"},"created_at":"2026-11-26T23:12:20.791774+00:00","created_by":"root","id":"01a21a21-9f37-7270-bdc8-347f9b53858f","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:42:20.791775+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:12:20.847668+00:00","version":"1","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}','{"run":{"deadline":"2026-11-26T23:42:20.791775+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(13,13,X'01a21a219f927c5f9ac258ed94f30d3c','task.created','task',X'01a21a219f7f7e14b4a22fed053ed94c',1,1795734740863412,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"},"created_at":"2026-11-26T23:12:20.863412+00:00","created_by":"root","id":"01a21a21-9f7f-7e14-b4a2-2fed053ed94c","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:42:20.863413+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:12:20.863412+00:00","version":"1","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"}',NULL);
INSERT INTO events VALUES(14,14,X'01a21a219fb37236925e4fa430708000','task.updated','task',X'01a21a219f377270bdc8347f9b53858f',3,1795734740915383,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"},"created_at":"2026-11-26T23:12:20.791774+00:00","created_by":"root","id":"01a21a21-9f37-7270-bdc8-347f9b53858f","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:20.847668+00:00"}],"deadline":"2026-11-26T23:42:20.791775+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Stop worker lab 1","updated_at":"2026-11-26T23:12:20.915383+00:00","version":"1","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:42:20.791775+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(15,15,X'01a21a219fbc749292badc7bcb113087','task.status.updated','task',X'01a21a219f7f7e14b4a22fed053ed94c',2,1795734740924680,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"},"created_at":"2026-11-26T23:12:20.863412+00:00","created_by":"root","id":"01a21a21-9f7f-7e14-b4a2-2fed053ed94c","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:42:20.863413+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:12:20.924680+00:00","version":"1","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"}','{"run":{"deadline":"2026-11-26T23:42:20.863413+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(16,16,X'01a21a21a00270d3b928ff900a540c32','task.created','task',X'01a21a219fdc703b854158c3f105c8a6',1,1795734740956010,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"},"created_at":"2026-11-26T23:12:20.956010+00:00","created_by":"root","id":"01a21a21-9fdc-703b-8541-58c3f105c8a6","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:42:20.956011+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:12:20.956010+00:00","version":"1","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"}',NULL);
INSERT INTO events VALUES(17,17,X'01a21a21a03d72d9bc7b6cff5211b566','task.status.updated','task',X'01a21a219fdc703b854158c3f105c8a6',2,1795734741053591,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"},"created_at":"2026-11-26T23:12:20.956010+00:00","created_by":"root","id":"01a21a21-9fdc-703b-8541-58c3f105c8a6","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:42:20.956011+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:12:21.053591+00:00","version":"1","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"}','{"run":{"deadline":"2026-11-26T23:42:20.956011+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(18,18,X'01a21a21a04c7e1bb088a677e5701ea5','task.updated','task',X'01a21a219f7f7e14b4a22fed053ed94c',3,1795734741068048,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"},"created_at":"2026-11-26T23:12:20.863412+00:00","created_by":"root","id":"01a21a21-9f7f-7e14-b4a2-2fed053ed94c","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:20.924680+00:00"}],"deadline":"2026-11-26T23:42:20.863413+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:12:21.068048+00:00","version":"1","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:42:20.863413+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(19,19,X'01a21a21a09b718f932b11071866afd6','task.updated','task',X'01a21a219fdc703b854158c3f105c8a6',3,1795734741147932,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"},"created_at":"2026-11-26T23:12:20.956010+00:00","created_by":"root","id":"01a21a21-9fdc-703b-8541-58c3f105c8a6","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:21.053591+00:00"}],"deadline":"2026-11-26T23:42:20.956011+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:12:21.147932+00:00","version":"1","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:42:20.956011+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
INSERT INTO events VALUES(20,20,X'01a21a21a3f47138a93a6912a16accba','task.status.updated','task',X'01a21a219f377270bdc8347f9b53858f',4,1795734742004807,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_STOP","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"},"created_at":"2026-11-26T23:12:20.791774+00:00","created_by":"root","id":"01a21a21-9f37-7270-bdc8-347f9b53858f","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:20.847668+00:00"}],"deadline":"2026-11-26T23:42:20.791775+00:00","ended_at":"2026-11-26T23:12:22.004807+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Stop worker lab 1","updated_at":"2026-11-26T23:12:22.004807+00:00","version":"1","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:20.847668+00:00"}],"deadline":"2026-11-26T23:42:20.791775+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(21,21,X'01a21a21a4aa74c5a66e5aec5be6d127','task.status.updated','task',X'01a21a219f7f7e14b4a22fed053ed94c',4,1795734742186792,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"},"created_at":"2026-11-26T23:12:20.863412+00:00","created_by":"root","id":"01a21a21-9f7f-7e14-b4a2-2fed053ed94c","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:20.924680+00:00"}],"deadline":"2026-11-26T23:42:20.863413+00:00","ended_at":"2026-11-26T23:12:22.186792+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 2","updated_at":"2026-11-26T23:12:22.186792+00:00","version":"1","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:20.924680+00:00"}],"deadline":"2026-11-26T23:42:20.863413+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(22,22,X'01a21a21a4c47a55a629ba74ef616384','task.status.updated','task',X'01a21a219fdc703b854158c3f105c8a6',4,1795734742212903,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"1","verb":"TASK_VERB_TERMINATE","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"},"created_at":"2026-11-26T23:12:20.956010+00:00","created_by":"root","id":"01a21a21-9fdc-703b-8541-58c3f105c8a6","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"4","run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:21.053591+00:00"}],"deadline":"2026-11-26T23:42:20.956011+00:00","ended_at":"2026-11-26T23:12:22.212903+00:00","max_attempts":10,"number":1},"status":"TASK_STATUS_COMPLETED","title":"Terminate worker lab 3","updated_at":"2026-11-26T23:12:22.212903+00:00","version":"1","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"}','{"run":{"applied_generation":"2","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:21.053591+00:00"}],"deadline":"2026-11-26T23:42:20.956011+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS"}');
INSERT INTO events VALUES(23,23,X'01a21a21aaf4767cb3e767601fef2412','task.created','task',X'01a21a21aaf271f6aeeb215843490009',1,1795734743794890,'root',NULL,NULL,NULL,0,NULL,NULL,NULL,1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"},"created_at":"2026-11-26T23:12:23.794890+00:00","created_by":"root","id":"01a21a21-aaf2-71f6-aeeb-215843490009","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"1","run":{"deadline":"2026-11-26T23:42:23.794891+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING","title":"Start worker lab 1","updated_at":"2026-11-26T23:12:23.794890+00:00","version":"1","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}',NULL);
INSERT INTO events VALUES(24,24,X'01a21a21aafd78e89f1f1e2d5d162901','task.status.updated','task',X'01a21a21aaf271f6aeeb215843490009',2,1795734743805240,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"},"created_at":"2026-11-26T23:12:23.794890+00:00","created_by":"root","id":"01a21a21-aaf2-71f6-aeeb-215843490009","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"2","run":{"attempt":1,"deadline":"2026-11-26T23:42:23.794891+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:12:23.805240+00:00","version":"1","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}','{"run":{"deadline":"2026-11-26T23:42:23.794891+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_QUEUED"},"status":"TASK_STATUS_PENDING"}');
INSERT INTO events VALUES(25,25,X'01a21a21ab0f79caa4bea6565cfc8339','task.updated','task',X'01a21a21aaf271f6aeeb215843490009',3,1795734743823740,'task-service','root',NULL,NULL,1,NULL,NULL,'root',1,NULL,NULL,'root','{"action":{"action_seq":"2","verb":"TASK_VERB_START","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"},"created_at":"2026-11-26T23:12:23.794890+00:00","created_by":"root","id":"01a21a21-aaf2-71f6-aeeb-215843490009","kind":"TASK_KIND_ACTION","priority":"TASK_PRIORITY_MEDIUM","revision":"3","run":{"applied_generation":"3","attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":"2026-11-26T23:12:23.805240+00:00"}],"deadline":"2026-11-26T23:42:23.794891+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLIED"},"status":"TASK_STATUS_IN_PROGRESS","title":"Start worker lab 1","updated_at":"2026-11-26T23:12:23.823740+00:00","version":"1","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}','{"run":{"attempt":1,"deadline":"2026-11-26T23:42:23.794891+00:00","max_attempts":10,"number":1,"phase":"TASK_PHASE_APPLYING"}}');
CREATE TABLE event_log (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log_id   BLOB    NOT NULL,
    head     INTEGER NOT NULL
) STRICT;
INSERT INTO event_log VALUES(1,X'9b5aba59d9e3bc25a61fbab7cdb074c5',25);
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
INSERT INTO tasks VALUES(X'01a21a219d757f5d87be98e2dd4e49d4','Größe 日本 🎉',replace('x\ny','\n',char(10)),'pending','high','bob','engineering',NULL,'ada',1795734740341657,1795734740341657,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a219d9c74bc9809ce45b0d8ffc4','of eve','','pending','medium',NULL,'engineering',NULL,'eve',1795734740380404,1795734740380404,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a219dc5788abe3c7879ded2b562','about a worker','','pending','medium',NULL,NULL,X'01a21a21944e7844a41270f8c75949cf','root',1795734740421787,1795734740421787,NULL,1,1,NULL,0);
INSERT INTO tasks VALUES(X'01a21a219de178bb9d24296efd34474e','in progress','','in_progress','medium',NULL,NULL,NULL,'root',1795734740449547,1795734740537484,NULL,2,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a219dfa75e6b419d2c732d973f0','completed','','completed','medium',NULL,NULL,NULL,'root',1795734740474278,1795734740597405,NULL,3,3,NULL,0);
INSERT INTO tasks VALUES(X'01a21a219e167047a55cbe38ce2a85bd','deleted','','pending','medium',NULL,NULL,NULL,'root',1795734740502589,1795734740623211,1795734740623211,1,2,NULL,0);
INSERT INTO tasks VALUES(X'01a21a219f377270bdc8347f9b53858f','Stop worker lab 1','','completed','medium',NULL,NULL,X'01a21a2194897a158ccc3ec85b77f439','root',1795734740791774,1795734742004807,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734740847668}],"deadline":1795736540791775,"ended_at":1795734742004807,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"stop","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}',2);
INSERT INTO tasks VALUES(X'01a21a219f7f7e14b4a22fed053ed94c','Terminate worker lab 2','','completed','medium',NULL,NULL,X'01a21a2194b97ef787b0b36ddb4ad035','root',1795734740863412,1795734742186792,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734740924680}],"deadline":1795736540863413,"ended_at":1795734742186792,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"}',2);
INSERT INTO tasks VALUES(X'01a21a219fdc703b854158c3f105c8a6','Terminate worker lab 3','','completed','medium',NULL,NULL,X'01a21a2194fa7b53b95d4fd578627571','root',1795734740956010,1795734742212903,NULL,1,4,'{"run":{"applied_generation":2,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734741053591}],"deadline":1795736540956011,"ended_at":1795734742212903,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1},"seq":1,"verb":"terminate","worker_id":"01a21a21-94fa-7b53-b95d-4fd578627571"}',2);
INSERT INTO tasks VALUES(X'01a21a21aaf271f6aeeb215843490009','Start worker lab 1','','in_progress','medium',NULL,NULL,X'01a21a2194897a158ccc3ec85b77f439','root',1795734743794890,1795734743823740,NULL,1,3,'{"run":{"applied_generation":3,"attempt":1,"attempts":[{"code":"OK","number":1,"run":1,"started_at":1795734743805240}],"deadline":1795736543794891,"has_begun":true,"has_replaced_begun":false,"max_attempts":10,"number":1,"phase":"applied"},"seq":2,"verb":"start","worker_id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}',1);
CREATE TABLE worker_action_seqs (
    worker_id BLOB    NOT NULL PRIMARY KEY,
    last      INTEGER NOT NULL
) STRICT;
INSERT INTO worker_action_seqs VALUES(X'01a21a2194897a158ccc3ec85b77f439',2);
INSERT INTO worker_action_seqs VALUES(X'01a21a2194b97ef787b0b36ddb4ad035',1);
INSERT INTO worker_action_seqs VALUES(X'01a21a2194fa7b53b95d4fd578627571',1);
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
INSERT INTO action_queue VALUES(X'01a21a21aaf271f6aeeb215843490009',X'01a21a2194897a158ccc3ec85b77f439',2,'start',1,1795734143794891,1795734743794891,1795736543796000,'applied',NULL,1,NULL,3,1,1,'root',NULL,NULL);
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
