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
INSERT INTO _sqlx_migrations VALUES(1000,'machines','2026-11-26 23:12:17',1,X'392e61ce1b2d90685920019574aad24501204866ea33a6ad1fb297bf2576dc866a019bab93008513860f18ecd10d90a6',3103203);
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
INSERT INTO machines VALUES('i-1fb119e36dc99c47a','us-east-1','m5.metal','{"Name":"renamed","ccm:worker-id":"01a21a21-944e-7844-a412-70f8c75949cf","team":"a"}','01a21a21-944e-7844-a412-70f8c75949cf',1795734738087032,1795734738387032,'running',1795734740087032,NULL,NULL,NULL,1795734740087032,1,1795734738087032,0,0,0,NULL);
INSERT INTO machines VALUES('i-9a10461192185e214','us-east-1','m5.metal','{"Name":"lab 1","ccm:worker-id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}','01a21a21-9489-7a15-8ccc-3ec85b77f439',1795734738101121,1795734738401121,'pending',1795734743841414,NULL,1795734745841414,NULL,1795734740101121,2,1795734738101121,0,0,0,NULL);
INSERT INTO machines VALUES('i-279cb93eb8a710966','us-east-1','m5.metal','{"Name":"lab 2","ccm:worker-id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"}','01a21a21-94b9-7ef7-87b0-b36ddb4ad035',1795734738181180,1795734738481180,'shutting_down',1795734741101459,NULL,1795734742101459,NULL,1795734740181180,1,1795734738181180,0,0,0,1795738342101459);
INSERT INTO machines VALUES('i-8d3c0ce7caa66593e','us-east-1','m5.metal','{"Name":"lab 3","ccm:worker-id":"01a21a21-94fa-7b53-b95d-4fd578627571"}','01a21a21-94fa-7b53-b95d-4fd578627571',1795734738205289,1795734738505289,'shutting_down',1795734741189701,NULL,1795734742189701,NULL,1795734740205289,1,1795734738205289,0,0,0,1795738342189701);
INSERT INTO machines VALUES('i-f9dae5539a571dfdd','us-east-1','m5.metal','{"Name":"lab 4","ccm:worker-id":"01a21a21-9532-7c11-8e3e-d3cc151ac53f"}','01a21a21-9532-7c11-8e3e-d3cc151ac53f',1795734738273742,1795734738573742,'pending',1795734738273742,NULL,1795734740273742,NULL,NULL,1,1795734738273742,0,0,0,NULL);
INSERT INTO machines VALUES('i-2c75446ef648904cb','us-east-1','m5.metal','{"Name":"pending","ccm:worker-id":"01a21a21-aae3-7dbc-8e1e-f59b46980cd4"}','01a21a21-aae3-7dbc-8e1e-f59b46980cd4',1795734743795057,1795734744095057,'pending',1795734743795057,NULL,1795734745795057,NULL,NULL,1,1795734743795057,0,0,0,NULL);
CREATE TABLE tokens (
    token           TEXT    NOT NULL PRIMARY KEY,
    machine_id      TEXT,
    used_at         INTEGER NOT NULL,
    parameters      TEXT    NOT NULL,
    fails_left      INTEGER NOT NULL,
    throttles_left  INTEGER NOT NULL
) STRICT;
INSERT INTO tokens VALUES('01a21a21-944e-7844-a412-70f8c75949cf.1','i-1fb119e36dc99c47a',1795734738087032,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a21-944e-7844-a412-70f8c75949cf"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-9489-7a15-8ccc-3ec85b77f439.1','i-9a10461192185e214',1795734738101121,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-94b9-7ef7-87b0-b36ddb4ad035.1','i-279cb93eb8a710966',1795734738181180,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-94fa-7b53-b95d-4fd578627571.1','i-8d3c0ce7caa66593e',1795734738205289,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a21-94fa-7b53-b95d-4fd578627571"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-9532-7c11-8e3e-d3cc151ac53f.1','i-f9dae5539a571dfdd',1795734738273742,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a21-9532-7c11-8e3e-d3cc151ac53f"}}',0,0);
INSERT INTO tokens VALUES('01a21a21-aae3-7dbc-8e1e-f59b46980cd4.1','i-2c75446ef648904cb',1795734743795057,'{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a21-aae3-7dbc-8e1e-f59b46980cd4"}}',0,0);
CREATE TABLE buckets (
    name            TEXT    NOT NULL PRIMARY KEY,
    level           INTEGER NOT NULL,
    at              INTEGER NOT NULL
) STRICT;
INSERT INTO buckets VALUES('calls',199000000,1795734743833808);
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
INSERT INTO journal VALUES(1,1795734738097112,'create',X'01a21a21944e7844a41270f8c75949cf',1,'i-1fb119e36dc99c47a','01a21a21-944e-7844-a412-70f8c75949cf.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 0","ccm:worker-id":"01a21a21-944e-7844-a412-70f8c75949cf"}}','ok','pending',NULL);
INSERT INTO journal VALUES(2,1795734738105914,'create',X'01a21a2194897a158ccc3ec85b77f439',1,'i-9a10461192185e214','01a21a21-9489-7a15-8ccc-3ec85b77f439.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 1","ccm:worker-id":"01a21a21-9489-7a15-8ccc-3ec85b77f439"}}','ok','pending',NULL);
INSERT INTO journal VALUES(3,1795734738181846,'create',X'01a21a2194b97ef787b0b36ddb4ad035',1,'i-279cb93eb8a710966','01a21a21-94b9-7ef7-87b0-b36ddb4ad035.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 2","ccm:worker-id":"01a21a21-94b9-7ef7-87b0-b36ddb4ad035"}}','ok','pending',NULL);
INSERT INTO journal VALUES(4,1795734738207792,'create',X'01a21a2194fa7b53b95d4fd578627571',1,'i-8d3c0ce7caa66593e','01a21a21-94fa-7b53-b95d-4fd578627571.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 3","ccm:worker-id":"01a21a21-94fa-7b53-b95d-4fd578627571"}}','ok','pending',NULL);
INSERT INTO journal VALUES(5,1795734738273934,'create',X'01a21a2195327c118e3ed3cc151ac53f',1,'i-f9dae5539a571dfdd','01a21a21-9532-7c11-8e3e-d3cc151ac53f.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"lab 4","ccm:worker-id":"01a21a21-9532-7c11-8e3e-d3cc151ac53f"}}','ok','pending',NULL);
INSERT INTO journal VALUES(6,1795734740701350,'tag',X'01a21a21944e7844a41270f8c75949cf',6,'i-1fb119e36dc99c47a',NULL,'{"remove":[],"set":{"Name":"renamed","team":"a"}}','ok','running',NULL);
INSERT INTO journal VALUES(7,1795734740967041,'stop',X'01a21a2194897a158ccc3ec85b77f439',6,'i-9a10461192185e214',NULL,'{"force":false}','ok','stopping',NULL);
INSERT INTO journal VALUES(8,1795734741102367,'terminate',X'01a21a2194b97ef787b0b36ddb4ad035',6,'i-279cb93eb8a710966',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(9,1795734741189832,'terminate',X'01a21a2194fa7b53b95d4fd578627571',6,'i-8d3c0ce7caa66593e',NULL,'{}','ok','shutting_down',NULL);
INSERT INTO journal VALUES(10,1795734743795408,'create',X'01a21a21aae37dbc8e1ef59b46980cd4',1,'i-2c75446ef648904cb','01a21a21-aae3-7dbc-8e1e-f59b46980cd4.1','{"instance_type":"m5.metal","region":"us-east-1","tags":{"Name":"pending","ccm:worker-id":"01a21a21-aae3-7dbc-8e1e-f59b46980cd4"}}','ok','pending',NULL);
INSERT INTO journal VALUES(11,1795734743845377,'start',X'01a21a2194897a158ccc3ec85b77f439',9,'i-9a10461192185e214',NULL,'{}','ok','pending',NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('journal',11);
CREATE INDEX machines_owned ON machines (id) WHERE owner IS NOT NULL;
CREATE INDEX machines_by_owner ON machines (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX journal_of_worker ON journal (worker_id, seq);
COMMIT;
