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
INSERT INTO _sqlx_migrations VALUES(1000,'machines','2026-11-26 23:11:57',1,X'392e61ce1b2d90685920019574aad24501204866ea33a6ad1fb297bf2576dc866a019bab93008513860f18ecd10d90a6',9860755);
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
INSERT INTO machines VALUES('i-95a94c6070767b19b','us-east-1','m5.metal','{"Name":"renamed","ccm:worker-id":"01a21a21-434d-74bf-ae8d-e709d5160e67","team":"a"}','01a21a21-434d-74bf-ae8d-e709d5160e67',1795734717292669,1795734717592669,'running',1795734719292669,NULL,NULL,NULL,1795734719292669,1,1795734717292669,0,0,0,NULL);
INSERT INTO machines VALUES('i-266fa7cdd524b0c18','us-east-1','m5.metal','{"Name":"lab 1","ccm:worker-id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}','01a21a21-4367-7ab9-916a-00f1c01e5f07',1795734717302349,1795734717602349,'pending',1795734722636597,NULL,1795734724636597,NULL,1795734719302349,2,1795734717302349,0,0,0,NULL);
INSERT INTO machines VALUES('i-7f149cd7e5a052837','us-east-1','m5.metal','{"Name":"lab 2","ccm:worker-id":"01a21a21-4373-713a-b3f4-c482ef3ad681"}','01a21a21-4373-713a-b3f4-c482ef3ad681',1795734717330852,1795734717630852,'shutting_down',1795734720020262,NULL,1795734721020262,NULL,1795734719330852,1,1795734717330852,0,0,0,1795738321020262);
INSERT INTO machines VALUES('i-34b0d7871fee621fe','us-east-1','m5.metal','{"Name":"lab 3","ccm:worker-id":"01a21a21-437f-7792-87c8-21827fdff783"}','01a21a21-437f-7792-87c8-21827fdff783',1795734717355363,1795734717655363,'shutting_down',1795734720033987,NULL,1795734721033987,NULL,1795734719355363,1,1795734717355363,0,0,0,1795738321033987);
INSERT INTO machines VALUES('i-03434cdfce8956c2f','us-east-1','m5.metal','{"Name":"lab 4","ccm:worker-id":"01a21a21-439a-7c8e-99b9-cdfbc107d7e1"}','01a21a21-439a-7c8e-99b9-cdfbc107d7e1',1795734717371298,1795734717671298,'pending',1795734717371298,NULL,1795734719371298,NULL,NULL,1,1795734717371298,0,0,0,NULL);
INSERT INTO machines VALUES('i-3a6491fc2644fb1cd','us-east-1','m5.metal','{"Name":"pending","ccm:worker-id":"01a21a21-581a-7079-9004-e369512d7881"}','01a21a21-581a-7079-9004-e369512d7881',1795734722596045,1795734722896045,'pending',1795734722596045,NULL,1795734724596045,NULL,NULL,1,1795734722596045,0,0,0,NULL);
CREATE TABLE tokens (
    token           TEXT    NOT NULL PRIMARY KEY,
    machine_id      TEXT,
    used_at         INTEGER NOT NULL,
    parameters      TEXT    NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL
) STRICT;
INSERT INTO tokens VALUES('01a21a21-434d-74bf-ae8d-e709d5160e67.1','i-95a94c6070767b19b',1795734717292669,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a21-434d-74bf-ae8d-e709d5160e67"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-4367-7ab9-916a-00f1c01e5f07.1','i-266fa7cdd524b0c18',1795734717302349,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-4373-713a-b3f4-c482ef3ad681.1','i-7f149cd7e5a052837',1795734717330852,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a21-4373-713a-b3f4-c482ef3ad681"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-437f-7792-87c8-21827fdff783.1','i-34b0d7871fee621fe',1795734717355363,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a21-437f-7792-87c8-21827fdff783"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-439a-7c8e-99b9-cdfbc107d7e1.1','i-03434cdfce8956c2f',1795734717371298,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a21-439a-7c8e-99b9-cdfbc107d7e1"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-581a-7079-9004-e369512d7881.1','i-3a6491fc2644fb1cd',1795734722596045,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a21-581a-7079-9004-e369512d7881"}}',0,0);
CREATE TABLE buckets (
    name            TEXT    NOT NULL PRIMARY KEY,
    level           INTEGER NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
INSERT INTO buckets VALUES('calls',199000000,1795734722636369);
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
INSERT INTO journal VALUES(1,1795734717297245,'create',X'01a21a21434d74bfae8de709d5160e67',1,'i-95a94c6070767b19b','01a21a21-434d-74bf-ae8d-e709d5160e67.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a21-434d-74bf-ae8d-e709d5160e67"}}','ok','pending',NULL);
INSERT INTO journal VALUES(2,1795734717302637,'create',X'01a21a2143677ab9916a00f1c01e5f07',1,'i-266fa7cdd524b0c18','01a21a21-4367-7ab9-916a-00f1c01e5f07.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a21-4367-7ab9-916a-00f1c01e5f07"}}','ok','pending',NULL);
INSERT INTO journal VALUES(3,1795734717331146,'create',X'01a21a214373713ab3f4c482ef3ad681',1,'i-7f149cd7e5a052837','01a21a21-4373-713a-b3f4-c482ef3ad681.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a21-4373-713a-b3f4-c482ef3ad681"}}','ok','pending',NULL);
INSERT INTO journal VALUES(4,1795734717356460,'create',X'01a21a21437f779287c821827fdff783',1,'i-34b0d7871fee621fe','01a21a21-437f-7792-87c8-21827fdff783.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a21-437f-7792-87c8-21827fdff783"}}','ok','pending',NULL);
INSERT INTO journal VALUES(5,1795734717371781,'create',X'01a21a21439a7c8e99b9cdfbc107d7e1',1,'i-03434cdfce8956c2f','01a21a21-439a-7c8e-99b9-cdfbc107d7e1.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a21-439a-7c8e-99b9-cdfbc107d7e1"}}','ok','pending',NULL);
INSERT INTO journal VALUES(6,1795734719810289,'tag',X'01a21a21434d74bfae8de709d5160e67',6,'i-95a94c6070767b19b',NULL,'{"remove":[],"set":{"Name":"renamed","team":"a"}}','ok','running',NULL);
INSERT INTO journal VALUES(7,1795734719918461,'stop',X'01a21a2143677ab9916a00f1c01e5f07',6,'i-266fa7cdd524b0c18',NULL,'{"force":false}','ok','stopping',NULL);
INSERT INTO journal VALUES(8,1795734720024242,'terminate',X'01a21a214373713ab3f4c482ef3ad681',6,'i-7f149cd7e5a052837',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(9,1795734720034209,'terminate',X'01a21a21437f779287c821827fdff783',6,'i-34b0d7871fee621fe',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(10,1795734722596945,'create',X'01a21a21581a70799004e369512d7881',1,'i-3a6491fc2644fb1cd','01a21a21-581a-7079-9004-e369512d7881.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a21-581a-7079-9004-e369512d7881"}}','ok','pending',NULL);
INSERT INTO journal VALUES(11,1795734722636809,'start',X'01a21a2143677ab9916a00f1c01e5f07',9,'i-266fa7cdd524b0c18',NULL,'{}','ok','pending',NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('journal',11);
CREATE INDEX machines_owned ON machines (id) WHERE owner IS NOT NULL;
CREATE INDEX machines_by_owner ON machines (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX journal_of_worker ON journal (worker_id, seq);
COMMIT;
