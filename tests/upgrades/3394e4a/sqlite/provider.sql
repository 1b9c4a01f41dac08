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
INSERT INTO _sqlx_migrations VALUES(1000,'machines','2026-11-26 23:47:10',1,X'392e61ce1b2d90685920019574aad24501204866ea33a6ad1fb297bf2576dc866a019bab93008513860f18ecd10d90a6',4189824);
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
INSERT INTO machines VALUES('i-cb9b9e3a74d2a1995','us-east-1','m5.metal','{"Name":"renamed","ccm:worker-id":"01a21a41-82a3-7821-9626-3e1bc6fccad3","team":"a"}','01a21a41-82a3-7821-9626-3e1bc6fccad3',1795736830653324,1795736830953324,'running',1795736832653324,NULL,NULL,NULL,1795736832653324,1,1795736830653324,0,0,0,NULL);
INSERT INTO machines VALUES('i-8172682dc43295a29','us-east-1','m5.metal','{"Name":"lab 1","ccm:worker-id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}','01a21a41-82bd-765d-a897-53a919bd7a4c',1795736830675668,1795736830975668,'pending',1795736836157390,NULL,1795736838157390,NULL,1795736832675668,2,1795736830675668,0,0,0,NULL);
INSERT INTO machines VALUES('i-82c8ce1ee54ddf916','us-east-1','m5.metal','{"Name":"lab 2","ccm:worker-id":"01a21a41-82c8-7b11-b71b-d6752996d149"}','01a21a41-82c8-7b11-b71b-d6752996d149',1795736830696809,1795736830996809,'shutting_down',1795736833280383,NULL,1795736834280383,NULL,1795736832696809,1,1795736830696809,0,0,0,1795740434280383);
INSERT INTO machines VALUES('i-580aa6f5f5aa561c5','us-east-1','m5.metal','{"Name":"lab 3","ccm:worker-id":"01a21a41-82de-7651-91a2-330cb5f4934b"}','01a21a41-82de-7651-91a2-330cb5f4934b',1795736830702950,1795736831002950,'shutting_down',1795736833382510,NULL,1795736834382510,NULL,1795736832702950,1,1795736830702950,0,0,0,1795740434382510);
INSERT INTO machines VALUES('i-1f0bde6734cd8cc10','us-east-1','m5.metal','{"Name":"lab 4","ccm:worker-id":"01a21a41-82ee-77f8-a57a-7118cda6fa25"}','01a21a41-82ee-77f8-a57a-7118cda6fa25',1795736830734291,1795736831034291,'pending',1795736830734291,NULL,1795736832734291,NULL,NULL,1,1795736830734291,0,0,0,NULL);
INSERT INTO machines VALUES('i-fcddb7d10adfac509','us-east-1','m5.metal','{"Name":"pending","ccm:worker-id":"01a21a41-97f2-7c8d-a16f-fbe3e9fbd951"}','01a21a41-97f2-7c8d-a16f-fbe3e9fbd951',1795736836101581,1795736836401581,'pending',1795736836101581,NULL,1795736838101581,NULL,NULL,1,1795736836101581,0,0,0,NULL);
CREATE TABLE tokens (
    token           TEXT    NOT NULL PRIMARY KEY,
    machine_id      TEXT,
    used_at         INTEGER NOT NULL,
    parameters      TEXT    NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL
) STRICT;
INSERT INTO tokens VALUES('01a21a41-82a3-7821-9626-3e1bc6fccad3.1','i-cb9b9e3a74d2a1995',1795736830653324,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a41-82a3-7821-9626-3e1bc6fccad3"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-82bd-765d-a897-53a919bd7a4c.1','i-8172682dc43295a29',1795736830675668,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-82c8-7b11-b71b-d6752996d149.1','i-82c8ce1ee54ddf916',1795736830696809,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a41-82c8-7b11-b71b-d6752996d149"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-82de-7651-91a2-330cb5f4934b.1','i-580aa6f5f5aa561c5',1795736830702950,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a41-82de-7651-91a2-330cb5f4934b"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-82ee-77f8-a57a-7118cda6fa25.1','i-1f0bde6734cd8cc10',1795736830734291,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a41-82ee-77f8-a57a-7118cda6fa25"}}',0,0);
INSERT INTO tokens VALUES('01a21a41-97f2-7c8d-a16f-fbe3e9fbd951.1','i-fcddb7d10adfac509',1795736836101581,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a41-97f2-7c8d-a16f-fbe3e9fbd951"}}',0,0);
CREATE TABLE buckets (
    name            TEXT    NOT NULL PRIMARY KEY,
    level           INTEGER NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
INSERT INTO buckets VALUES('calls',199000000,1795736836156539);
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
INSERT INTO journal VALUES(1,1795736830654821,'create',X'01a21a4182a3782196263e1bc6fccad3',1,'i-cb9b9e3a74d2a1995','01a21a41-82a3-7821-9626-3e1bc6fccad3.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a41-82a3-7821-9626-3e1bc6fccad3"}}','ok','pending',NULL);
INSERT INTO journal VALUES(2,1795736830676173,'create',X'01a21a4182bd765da89753a919bd7a4c',1,'i-8172682dc43295a29','01a21a41-82bd-765d-a897-53a919bd7a4c.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a41-82bd-765d-a897-53a919bd7a4c"}}','ok','pending',NULL);
INSERT INTO journal VALUES(3,1795736830698248,'create',X'01a21a4182c87b11b71bd6752996d149',1,'i-82c8ce1ee54ddf916','01a21a41-82c8-7b11-b71b-d6752996d149.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a41-82c8-7b11-b71b-d6752996d149"}}','ok','pending',NULL);
INSERT INTO journal VALUES(4,1795736830703344,'create',X'01a21a4182de765191a2330cb5f4934b',1,'i-580aa6f5f5aa561c5','01a21a41-82de-7651-91a2-330cb5f4934b.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a41-82de-7651-91a2-330cb5f4934b"}}','ok','pending',NULL);
INSERT INTO journal VALUES(5,1795736830734659,'create',X'01a21a4182ee77f8a57a7118cda6fa25',1,'i-1f0bde6734cd8cc10','01a21a41-82ee-77f8-a57a-7118cda6fa25.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a41-82ee-77f8-a57a-7118cda6fa25"}}','ok','pending',NULL);
INSERT INTO journal VALUES(6,1795736833152648,'tag',X'01a21a4182a3782196263e1bc6fccad3',6,'i-cb9b9e3a74d2a1995',NULL,'{"remove":[],"set":{"Name":"renamed","team":"a"}}','ok','running',NULL);
INSERT INTO journal VALUES(7,1795736833251283,'stop',X'01a21a4182bd765da89753a919bd7a4c',6,'i-8172682dc43295a29',NULL,'{"force":false}','ok','stopping',NULL);
INSERT INTO journal VALUES(8,1795736833303232,'terminate',X'01a21a4182c87b11b71bd6752996d149',6,'i-82c8ce1ee54ddf916',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(9,1795736833383472,'terminate',X'01a21a4182de765191a2330cb5f4934b',6,'i-580aa6f5f5aa561c5',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(10,1795736836102210,'create',X'01a21a4197f27c8da16ffbe3e9fbd951',1,'i-fcddb7d10adfac509','01a21a41-97f2-7c8d-a16f-fbe3e9fbd951.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a41-97f2-7c8d-a16f-fbe3e9fbd951"}}','ok','pending',NULL);
INSERT INTO journal VALUES(11,1795736836158965,'start',X'01a21a4182bd765da89753a919bd7a4c',9,'i-8172682dc43295a29',NULL,'{}','ok','pending',NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('journal',11);
CREATE INDEX machines_owned ON machines (id) WHERE owner IS NOT NULL;
CREATE INDEX machines_by_owner ON machines (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX journal_of_worker ON journal (worker_id, seq);
COMMIT;
