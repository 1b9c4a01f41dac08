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
INSERT INTO _sqlx_migrations VALUES(1000,'machines','2026-11-26 23:46:15',1,X'392e61ce1b2d90685920019574aad24501204866ea33a6ad1fb297bf2576dc866a019bab93008513860f18ecd10d90a6',14717098);
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
INSERT INTO machines VALUES('i-660698f479cc83fba','us-east-1','m5.metal','{"Name":"renamed","ccm:worker-id":"01a21a40-ad7e-749a-b2dc-a88805425726","team":"a"}','01a21a40-ad7e-749a-b2dc-a88805425726',1795736776079587,1795736776379587,'running',1795736778079587,NULL,NULL,NULL,1795736778079587,1,1795736776079587,0,0,0,NULL);
INSERT INTO machines VALUES('i-310bb11db669cf7ec','us-east-1','m5.metal','{"Name":"lab 1","ccm:worker-id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}','01a21a40-ad89-7a77-bb7f-8ad3a484e7b2',1795736776086586,1795736776386586,'pending',1795736782729535,NULL,1795736784729535,NULL,1795736778086586,2,1795736776086586,0,0,0,NULL);
INSERT INTO machines VALUES('i-dc6a6e80716cfec87','us-east-1','m5.metal','{"Name":"lab 2","ccm:worker-id":"01a21a40-ad92-7f6c-a56d-13cd12782212"}','01a21a40-ad92-7f6c-a56d-13cd12782212',1795736776098784,1795736776398784,'shutting_down',1795736779919628,NULL,1795736780919628,NULL,1795736778098784,1,1795736776098784,0,0,0,1795740380919628);
INSERT INTO machines VALUES('i-3d88b9f0c72d61d87','us-east-1','m5.metal','{"Name":"lab 3","ccm:worker-id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"}','01a21a40-ad99-7daa-bc4e-b15ff20a9d88',1795736776112247,1795736776412247,'shutting_down',1795736780007154,NULL,1795736781007154,NULL,1795736778112247,1,1795736776112247,0,0,0,1795740381007154);
INSERT INTO machines VALUES('i-2cf099f66cd62d335','us-east-1','m5.metal','{"Name":"lab 4","ccm:worker-id":"01a21a40-adac-7adc-8647-8f79d7ac092b"}','01a21a40-adac-7adc-8647-8f79d7ac092b',1795736776119988,1795736776419988,'pending',1795736776119988,NULL,1795736778119988,NULL,NULL,1,1795736776119988,0,0,0,NULL);
INSERT INTO machines VALUES('i-99d2ea65c9e24b943','us-east-1','m5.metal','{"Name":"pending","ccm:worker-id":"01a21a40-c741-7986-a4ea-cd8a2b1e9d96"}','01a21a40-c741-7986-a4ea-cd8a2b1e9d96',1795736782675578,1795736782975578,'pending',1795736782675578,NULL,1795736784675578,NULL,NULL,1,1795736782675578,0,0,0,NULL);
CREATE TABLE tokens (
    token           TEXT    NOT NULL PRIMARY KEY,
    machine_id      TEXT,
    used_at         INTEGER NOT NULL,
    parameters      TEXT    NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL
) STRICT;
INSERT INTO tokens VALUES('01a21a40-ad7e-749a-b2dc-a88805425726.1','i-660698f479cc83fba',1795736776079587,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a40-ad7e-749a-b2dc-a88805425726"}}',0,0);
INSERT INTO tokens VALUES('01a21a40-ad89-7a77-bb7f-8ad3a484e7b2.1','i-310bb11db669cf7ec',1795736776086586,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}}',0,0);
INSERT INTO tokens VALUES('01a21a40-ad92-7f6c-a56d-13cd12782212.1','i-dc6a6e80716cfec87',1795736776098784,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a40-ad92-7f6c-a56d-13cd12782212"}}',0,0);
INSERT INTO tokens VALUES('01a21a40-ad99-7daa-bc4e-b15ff20a9d88.1','i-3d88b9f0c72d61d87',1795736776112247,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"}}',0,0);
INSERT INTO tokens VALUES('01a21a40-adac-7adc-8647-8f79d7ac092b.1','i-2cf099f66cd62d335',1795736776119988,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a40-adac-7adc-8647-8f79d7ac092b"}}',0,0);
INSERT INTO tokens VALUES('01a21a40-c741-7986-a4ea-cd8a2b1e9d96.1','i-99d2ea65c9e24b943',1795736782675578,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a40-c741-7986-a4ea-cd8a2b1e9d96"}}',0,0);
CREATE TABLE buckets (
    name            TEXT    NOT NULL PRIMARY KEY,
    level           INTEGER NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
INSERT INTO buckets VALUES('calls',199000000,1795736782729423);
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
INSERT INTO journal VALUES(1,1795736776080585,'create',X'01a21a40ad7e749ab2dca88805425726',1,'i-660698f479cc83fba','01a21a40-ad7e-749a-b2dc-a88805425726.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a40-ad7e-749a-b2dc-a88805425726"}}','ok','pending',NULL);
INSERT INTO journal VALUES(2,1795736776087598,'create',X'01a21a40ad897a77bb7f8ad3a484e7b2',1,'i-310bb11db669cf7ec','01a21a40-ad89-7a77-bb7f-8ad3a484e7b2.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a40-ad89-7a77-bb7f-8ad3a484e7b2"}}','ok','pending',NULL);
INSERT INTO journal VALUES(3,1795736776099107,'create',X'01a21a40ad927f6ca56d13cd12782212',1,'i-dc6a6e80716cfec87','01a21a40-ad92-7f6c-a56d-13cd12782212.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a40-ad92-7f6c-a56d-13cd12782212"}}','ok','pending',NULL);
INSERT INTO journal VALUES(4,1795736776113307,'create',X'01a21a40ad997daabc4eb15ff20a9d88',1,'i-3d88b9f0c72d61d87','01a21a40-ad99-7daa-bc4e-b15ff20a9d88.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a40-ad99-7daa-bc4e-b15ff20a9d88"}}','ok','pending',NULL);
INSERT INTO journal VALUES(5,1795736776121149,'create',X'01a21a40adac7adc86478f79d7ac092b',1,'i-2cf099f66cd62d335','01a21a40-adac-7adc-8647-8f79d7ac092b.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a40-adac-7adc-8647-8f79d7ac092b"}}','ok','pending',NULL);
INSERT INTO journal VALUES(6,1795736779059149,'tag',X'01a21a40ad7e749ab2dca88805425726',6,'i-660698f479cc83fba',NULL,'{"remove":[],"set":{"Name":"renamed","team":"a"}}','ok','running',NULL);
INSERT INTO journal VALUES(7,1795736779733484,'stop',X'01a21a40ad897a77bb7f8ad3a484e7b2',6,'i-310bb11db669cf7ec',NULL,'{"force":false}','ok','stopping',NULL);
INSERT INTO journal VALUES(8,1795736779919723,'terminate',X'01a21a40ad927f6ca56d13cd12782212',6,'i-dc6a6e80716cfec87',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(9,1795736780017258,'terminate',X'01a21a40ad997daabc4eb15ff20a9d88',6,'i-3d88b9f0c72d61d87',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(10,1795736782675788,'create',X'01a21a40c7417986a4eacd8a2b1e9d96',1,'i-99d2ea65c9e24b943','01a21a40-c741-7986-a4ea-cd8a2b1e9d96.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a40-c741-7986-a4ea-cd8a2b1e9d96"}}','ok','pending',NULL);
INSERT INTO journal VALUES(11,1795736782729656,'start',X'01a21a40ad897a77bb7f8ad3a484e7b2',9,'i-310bb11db669cf7ec',NULL,'{}','ok','pending',NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('journal',11);
CREATE INDEX machines_owned ON machines (id) WHERE owner IS NOT NULL;
CREATE INDEX machines_by_owner ON machines (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX journal_of_worker ON journal (worker_id, seq);
COMMIT;
