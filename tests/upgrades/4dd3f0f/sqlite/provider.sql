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
INSERT INTO _sqlx_migrations VALUES(1000,'machines','2026-11-26 23:46:43',1,X'392e61ce1b2d90685920019574aad24501204866ea33a6ad1fb297bf2576dc866a019bab93008513860f18ecd10d90a6',7417091);
CREATE TABLE machines (
    id              TEXT    NOT NULL PRIMARY KEY,
    region          TEXT    NOT NULL,
    instance_type   TEXT    NOT NULL,
    tags            TEXT    NOT NULL,
    -- Value of the tag ccm:worker-id; NULL without it.
    owner           TEXT,
    launched_at     INTEGER NOT NULL,
    -- Reads before this instant do not know the machine.
    visible_at      INTEGER NOT NULL,
    -- The state at the last change. Time and the tags turn it into the present one, see settled.rs.
    state           TEXT    NOT NULL,
    since           INTEGER NOT NULL,
    reason          TEXT,
    -- What ends the state: an instant, a number of reads, or nothing.
    ends_at         INTEGER,
    reads_left      INTEGER,
    first_ran_at    INTEGER,
    starts          INTEGER NOT NULL,
    -- When the tags of the simulation last changed.
    knobs_since     INTEGER NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL,
    misses_left     INTEGER NOT NULL,
    -- From when on the provider does not know the machine, if no call comes between.
    gone_at         INTEGER
) STRICT;
INSERT INTO machines VALUES('i-ccb7bf757ca7e8698','us-east-1','m5.metal','{"Name":"renamed","ccm:worker-id":"01a21a41-1bcf-7a44-9276-9345ef62b88b","team":"a"}','01a21a41-1bcf-7a44-9276-9345ef62b88b',1795736804328741,1795736804628741,'running',1795736806328741,NULL,NULL,NULL,1795736806328741,1,1795736804328741,0,0,0,NULL);
INSERT INTO machines VALUES('i-0968a41001a974bb1','us-east-1','m5.metal','{"Name":"lab 1","ccm:worker-id":"01a21a41-1be4-7726-9411-2f124b1083ba"}','01a21a41-1be4-7726-9411-2f124b1083ba',1795736804344835,1795736804644835,'pending',1795736809878467,NULL,1795736811878467,NULL,1795736806344835,2,1795736804344835,0,0,0,NULL);
INSERT INTO machines VALUES('i-26f692e791ed39e04','us-east-1','m5.metal','{"Name":"lab 2","ccm:worker-id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"}','01a21a41-1bf0-7198-9d48-a429ab0eaa3a',1795736804365783,1795736804665783,'shutting_down',1795736807170263,NULL,1795736808170263,NULL,1795736806365783,1,1795736804365783,0,0,0,1795740408170263);
INSERT INTO machines VALUES('i-fab9b9dfeef52b2e2','us-east-1','m5.metal','{"Name":"lab 3","ccm:worker-id":"01a21a41-1c05-70d2-8e41-b759e8523c87"}','01a21a41-1c05-70d2-8e41-b759e8523c87',1795736804397311,1795736804697311,'shutting_down',1795736807168025,NULL,1795736808168025,NULL,1795736806397311,1,1795736804397311,0,0,0,1795740408168025);
INSERT INTO machines VALUES('i-6ac54a23278a34c0e','us-east-1','m5.metal','{"Name":"lab 4","ccm:worker-id":"01a21a41-1c20-7ee8-be4a-e1f1e6870889"}','01a21a41-1c20-7ee8-be4a-e1f1e6870889',1795736804411437,1795736804711437,'pending',1795736804411437,NULL,1795736806411437,NULL,NULL,1,1795736804411437,0,0,0,NULL);
INSERT INTO machines VALUES('i-b85d68e55a4a6e41c','us-east-1','m5.metal','{"Name":"pending","ccm:worker-id":"01a21a41-314c-7916-ba21-251c20cdecbb"}','01a21a41-314c-7916-ba21-251c20cdecbb',1795736809841172,1795736810141172,'pending',1795736809841172,NULL,1795736811841172,NULL,NULL,1,1795736809841172,0,0,0,NULL);
CREATE TABLE tokens (
    token           TEXT    NOT NULL PRIMARY KEY,
    machine_id      TEXT,
    used_at         INTEGER NOT NULL,
    parameters      TEXT    NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL
) STRICT;
INSERT INTO tokens VALUES('01a21a41-1bcf-7a44-9276-9345ef62b88b.1','i-ccb7bf757ca7e8698',1795736804328741,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a41-1bcf-7a44-9276-9345ef62b88b"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-1be4-7726-9411-2f124b1083ba.1','i-0968a41001a974bb1',1795736804344835,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a41-1be4-7726-9411-2f124b1083ba"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-1bf0-7198-9d48-a429ab0eaa3a.1','i-26f692e791ed39e04',1795736804365783,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-1c05-70d2-8e41-b759e8523c87.1','i-fab9b9dfeef52b2e2',1795736804397311,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a41-1c05-70d2-8e41-b759e8523c87"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-1c20-7ee8-be4a-e1f1e6870889.1','i-6ac54a23278a34c0e',1795736804411437,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a41-1c20-7ee8-be4a-e1f1e6870889"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-314c-7916-ba21-251c20cdecbb.1','i-b85d68e55a4a6e41c',1795736809841172,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a41-314c-7916-ba21-251c20cdecbb"}}',0,0);
CREATE TABLE buckets (
    name            TEXT    NOT NULL PRIMARY KEY,
    level           INTEGER NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
INSERT INTO buckets VALUES('calls',199000000,1795736809876949);
CREATE TABLE journal (
    seq             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at              INTEGER NOT NULL,
    call            TEXT    NOT NULL,
    worker_id       BLOB    NOT NULL,
    fence           INTEGER NOT NULL,
    machine_id      TEXT,
    client_token    TEXT,
    parameters      TEXT    NOT NULL,
    -- ok, throttled, transient, conflict, permanent.
    result          TEXT    NOT NULL,
    -- After ok, the state of the machine; after conflict, the state in the way; after permanent, the reason.
    detail          TEXT,
    message         TEXT
) STRICT;
INSERT INTO journal VALUES(1,1795736804329120,'create',X'01a21a411bcf7a4492769345ef62b88b',1,'i-ccb7bf757ca7e8698','01a21a41-1bcf-7a44-9276-9345ef62b88b.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a41-1bcf-7a44-9276-9345ef62b88b"}}','ok','pending',NULL);
INSERT INTO journal VALUES(2,1795736804345018,'create',X'01a21a411be4772694112f124b1083ba',1,'i-0968a41001a974bb1','01a21a41-1be4-7726-9411-2f124b1083ba.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a41-1be4-7726-9411-2f124b1083ba"}}','ok','pending',NULL);
INSERT INTO journal VALUES(3,1795736804366070,'create',X'01a21a411bf071989d48a429ab0eaa3a',1,'i-26f692e791ed39e04','01a21a41-1bf0-7198-9d48-a429ab0eaa3a.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a41-1bf0-7198-9d48-a429ab0eaa3a"}}','ok','pending',NULL);
INSERT INTO journal VALUES(4,1795736804397486,'create',X'01a21a411c0570d28e41b759e8523c87',1,'i-fab9b9dfeef52b2e2','01a21a41-1c05-70d2-8e41-b759e8523c87.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a41-1c05-70d2-8e41-b759e8523c87"}}','ok','pending',NULL);
INSERT INTO journal VALUES(5,1795736804411713,'create',X'01a21a411c207ee8be4ae1f1e6870889',1,'i-6ac54a23278a34c0e','01a21a41-1c20-7ee8-be4a-e1f1e6870889.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a41-1c20-7ee8-be4a-e1f1e6870889"}}','ok','pending',NULL);
INSERT INTO journal VALUES(6,1795736806849953,'tag',X'01a21a411bcf7a4492769345ef62b88b',6,'i-ccb7bf757ca7e8698',NULL,'{"remove":[],"set":{"Name":"renamed","team":"a"}}','ok','running',NULL);
INSERT INTO journal VALUES(7,1795736807051140,'stop',X'01a21a411be4772694112f124b1083ba',6,'i-0968a41001a974bb1',NULL,'{"force":false}','ok','stopping',NULL);
INSERT INTO journal VALUES(8,1795736807168201,'terminate',X'01a21a411c0570d28e41b759e8523c87',6,'i-fab9b9dfeef52b2e2',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(9,1795736807170466,'terminate',X'01a21a411bf071989d48a429ab0eaa3a',6,'i-26f692e791ed39e04',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(10,1795736809841898,'create',X'01a21a41314c7916ba21251c20cdecbb',1,'i-b85d68e55a4a6e41c','01a21a41-314c-7916-ba21-251c20cdecbb.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a41-314c-7916-ba21-251c20cdecbb"}}','ok','pending',NULL);
INSERT INTO journal VALUES(11,1795736809878852,'start',X'01a21a411be4772694112f124b1083ba',9,'i-0968a41001a974bb1',NULL,'{}','ok','pending',NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('journal',11);
CREATE INDEX machines_owned ON machines (id) WHERE owner IS NOT NULL;
CREATE INDEX machines_by_owner ON machines (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX journal_of_worker ON journal (worker_id, seq);
COMMIT;
