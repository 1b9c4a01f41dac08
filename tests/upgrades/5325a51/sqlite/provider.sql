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
INSERT INTO _sqlx_migrations VALUES(1000,'machines','2026-11-26 23:11:17',1,X'392e61ce1b2d90685920019574aad24501204866ea33a6ad1fb297bf2576dc866a019bab93008513860f18ecd10d90a6',1618019);
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
INSERT INTO machines VALUES('i-375291a8d636f661c','us-east-1','m5.metal','{"Name":"renamed","ccm:worker-id":"01a21a20-a768-71f9-ab8e-383834b2a363","team":"a"}','01a21a20-a768-71f9-ab8e-383834b2a363',1795734677366843,1795734677666843,'running',1795734679366843,NULL,NULL,NULL,1795734679366843,1,1795734677366843,0,0,0,NULL);
INSERT INTO machines VALUES('i-dfa3d288ec5727405','us-east-1','m5.metal','{"Name":"lab 1","ccm:worker-id":"01a21a20-a773-776e-b5ef-96246a55e23d"}','01a21a20-a773-776e-b5ef-96246a55e23d',1795734677379346,1795734677679346,'pending',1795734682640875,NULL,1795734684640875,NULL,1795734679379346,2,1795734677379346,0,0,0,NULL);
INSERT INTO machines VALUES('i-d5f76f2e12094e39d','us-east-1','m5.metal','{"Name":"lab 2","ccm:worker-id":"01a21a20-a782-78e6-8686-9eae585dc2e9"}','01a21a20-a782-78e6-8686-9eae585dc2e9',1795734677401577,1795734677701577,'shutting_down',1795734679878993,NULL,1795734680878993,NULL,1795734679401577,1,1795734677401577,0,0,0,1795738280878993);
INSERT INTO machines VALUES('i-aa02bbb6985e0698d','us-east-1','m5.metal','{"Name":"lab 3","ccm:worker-id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"}','01a21a20-a78d-7d0f-8d4a-512edecb08be',1795734677429926,1795734677729926,'shutting_down',1795734679946156,NULL,1795734680946156,NULL,1795734679429926,1,1795734677429926,0,0,0,1795738280946156);
INSERT INTO machines VALUES('i-6f9262249d6591519','us-east-1','m5.metal','{"Name":"lab 4","ccm:worker-id":"01a21a20-a7ae-7f2a-a99e-a5551e8e9fb2"}','01a21a20-a7ae-7f2a-a99e-a5551e8e9fb2',1795734677469531,1795734677769531,'pending',1795734677469531,NULL,1795734679469531,NULL,NULL,1,1795734677469531,0,0,0,NULL);
INSERT INTO machines VALUES('i-6717f2cddfdb6bf57','us-east-1','m5.metal','{"Name":"pending","ccm:worker-id":"01a21a20-bbb1-7084-b0e7-f654966e6df1"}','01a21a20-bbb1-7084-b0e7-f654966e6df1',1795734682558787,1795734682858787,'pending',1795734682558787,NULL,1795734684558787,NULL,NULL,1,1795734682558787,0,0,0,NULL);
CREATE TABLE tokens (
    token           TEXT    NOT NULL PRIMARY KEY,
    machine_id      TEXT,
    used_at         INTEGER NOT NULL,
    parameters      TEXT    NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL
) STRICT;
INSERT INTO tokens VALUES('01a21a20-a768-71f9-ab8e-383834b2a363.1','i-375291a8d636f661c',1795734677366843,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a20-a768-71f9-ab8e-383834b2a363"}}',0,0);
INSERT INTO tokens VALUES('01a21a20-a773-776e-b5ef-96246a55e23d.1','i-dfa3d288ec5727405',1795734677379346,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a20-a773-776e-b5ef-96246a55e23d"}}',0,0);
INSERT INTO tokens VALUES('01a21a20-a782-78e6-8686-9eae585dc2e9.1','i-d5f76f2e12094e39d',1795734677401577,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a20-a782-78e6-8686-9eae585dc2e9"}}',0,0);
INSERT INTO tokens VALUES('01a21a20-a78d-7d0f-8d4a-512edecb08be.1','i-aa02bbb6985e0698d',1795734677429926,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"}}',0,0);
INSERT INTO tokens VALUES('01a21a20-a7ae-7f2a-a99e-a5551e8e9fb2.1','i-6f9262249d6591519',1795734677469531,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a20-a7ae-7f2a-a99e-a5551e8e9fb2"}}',0,0);
INSERT INTO tokens VALUES('01a21a20-bbb1-7084-b0e7-f654966e6df1.1','i-6717f2cddfdb6bf57',1795734682558787,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a20-bbb1-7084-b0e7-f654966e6df1"}}',0,0);
CREATE TABLE buckets (
    name            TEXT    NOT NULL PRIMARY KEY,
    level           INTEGER NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
INSERT INTO buckets VALUES('calls',199000000,1795734682640730);
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
INSERT INTO journal VALUES(1,1795734677367824,'create',X'01a21a20a76871f9ab8e383834b2a363',1,'i-375291a8d636f661c','01a21a20-a768-71f9-ab8e-383834b2a363.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a20-a768-71f9-ab8e-383834b2a363"}}','ok','pending',NULL);
INSERT INTO journal VALUES(2,1795734677379547,'create',X'01a21a20a773776eb5ef96246a55e23d',1,'i-dfa3d288ec5727405','01a21a20-a773-776e-b5ef-96246a55e23d.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a20-a773-776e-b5ef-96246a55e23d"}}','ok','pending',NULL);
INSERT INTO journal VALUES(3,1795734677401832,'create',X'01a21a20a78278e686869eae585dc2e9',1,'i-d5f76f2e12094e39d','01a21a20-a782-78e6-8686-9eae585dc2e9.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a20-a782-78e6-8686-9eae585dc2e9"}}','ok','pending',NULL);
INSERT INTO journal VALUES(4,1795734677431346,'create',X'01a21a20a78d7d0f8d4a512edecb08be',1,'i-aa02bbb6985e0698d','01a21a20-a78d-7d0f-8d4a-512edecb08be.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a20-a78d-7d0f-8d4a-512edecb08be"}}','ok','pending',NULL);
INSERT INTO journal VALUES(5,1795734677470075,'create',X'01a21a20a7ae7f2aa99ea5551e8e9fb2',1,'i-6f9262249d6591519','01a21a20-a7ae-7f2a-a99e-a5551e8e9fb2.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a20-a7ae-7f2a-a99e-a5551e8e9fb2"}}','ok','pending',NULL);
INSERT INTO journal VALUES(6,1795734679704518,'tag',X'01a21a20a76871f9ab8e383834b2a363',6,'i-375291a8d636f661c',NULL,'{"remove":[],"set":{"Name":"renamed","team":"a"}}','ok','running',NULL);
INSERT INTO journal VALUES(7,1795734679880392,'terminate',X'01a21a20a78278e686869eae585dc2e9',6,'i-d5f76f2e12094e39d',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(8,1795734679887213,'stop',X'01a21a20a773776eb5ef96246a55e23d',6,'i-dfa3d288ec5727405',NULL,'{"force":false}','ok','stopping',NULL);
INSERT INTO journal VALUES(9,1795734679946347,'terminate',X'01a21a20a78d7d0f8d4a512edecb08be',6,'i-aa02bbb6985e0698d',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(10,1795734682558951,'create',X'01a21a20bbb17084b0e7f654966e6df1',1,'i-6717f2cddfdb6bf57','01a21a20-bbb1-7084-b0e7-f654966e6df1.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a20-bbb1-7084-b0e7-f654966e6df1"}}','ok','pending',NULL);
INSERT INTO journal VALUES(11,1795734682641013,'start',X'01a21a20a773776eb5ef96246a55e23d',9,'i-dfa3d288ec5727405',NULL,'{}','ok','pending',NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('journal',11);
CREATE INDEX machines_owned ON machines (id) WHERE owner IS NOT NULL;
CREATE INDEX machines_by_owner ON machines (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX journal_of_worker ON journal (worker_id, seq);
COMMIT;
