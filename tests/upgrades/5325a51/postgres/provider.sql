
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);

CREATE TABLE public.buckets (
    name text NOT NULL,
    level bigint NOT NULL,
    at bigint NOT NULL
);

CREATE TABLE public.journal (
    seq bigint NOT NULL,
    at bigint NOT NULL,
    call text NOT NULL,
    worker_id uuid NOT NULL,
    fence bigint NOT NULL,
    machine_id text,
    client_token text,
    parameters jsonb NOT NULL,
    result text NOT NULL,
    detail text,
    message text
);

ALTER TABLE public.journal ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.journal_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.machines (
    id text NOT NULL,
    region text NOT NULL,
    instance_type text NOT NULL,
    tags jsonb NOT NULL,
    owner text,
    launched_at bigint NOT NULL,
    visible_at bigint NOT NULL,
    state text NOT NULL,
    since bigint NOT NULL,
    reason text,
    ends_at bigint,
    reads_left bigint,
    first_ran_at bigint,
    starts bigint NOT NULL,
    knobs_since bigint NOT NULL,
    fails_left bigint NOT NULL,
    throttles_left bigint NOT NULL,
    misses_left bigint NOT NULL,
    gone_at bigint
);

CREATE TABLE public.tokens (
    token text NOT NULL,
    machine_id text,
    used_at bigint NOT NULL,
    parameters jsonb NOT NULL,
    fails_left bigint NOT NULL,
    throttles_left bigint NOT NULL
);

INSERT INTO public._sqlx_migrations VALUES (1000, 'machines', '2026-11-26 23:11:30.637873+00', true, '\xa1f3ceb355ac84b3523b49be3208f014ec43fc0a31f9c5c6d1d44d54710f2a6dc97bc87be3092d4df6c85cd4a4b8ac6c', 92229049);

INSERT INTO public.buckets VALUES ('calls', 199000000, 1795734697473617);

INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (1, 1795734691414060, 'create', '01a21a20-dde5-7696-b2f7-63cccf0fec2d', 1, 'i-22ccf3e7a69f44eb1', '01a21a20-dde5-7696-b2f7-63cccf0fec2d.1', '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a20-dde5-7696-b2f7-63cccf0fec2d"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (2, 1795734691440327, 'create', '01a21a20-de02-7c28-958a-b0293310443a', 1, 'i-dd300345f33fea94e', '01a21a20-de02-7c28-958a-b0293310443a.1', '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a20-de02-7c28-958a-b0293310443a"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (3, 1795734691466677, 'create', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 1, 'i-ac30a203330b1cb13', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6.1', '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (4, 1795734691485556, 'create', '01a21a20-de10-79e8-ba1a-9fd89b909316', 1, 'i-c70f4dd1f7a06cda0', '01a21a20-de10-79e8-ba1a-9fd89b909316.1', '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a20-de10-79e8-ba1a-9fd89b909316"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (5, 1795734691509756, 'create', '01a21a20-de42-72c0-b228-9c7ac372216d', 1, 'i-72b5434e7be3c631e', '01a21a20-de42-72c0-b228-9c7ac372216d.1', '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a20-de42-72c0-b228-9c7ac372216d"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (6, 1795734694605238, 'tag', '01a21a20-dde5-7696-b2f7-63cccf0fec2d', 5, 'i-22ccf3e7a69f44eb1', NULL, '{"set": {"Name": "renamed", "team": "a"}, "remove": []}', 'ok', 'running', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (7, 1795734694697718, 'stop', '01a21a20-de02-7c28-958a-b0293310443a', 5, 'i-dd300345f33fea94e', NULL, '{"force": false}', 'ok', 'stopping', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (8, 1795734694811995, 'terminate', '01a21a20-de10-79e8-ba1a-9fd89b909316', 5, 'i-c70f4dd1f7a06cda0', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (9, 1795734694826958, 'terminate', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 5, 'i-ac30a203330b1cb13', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (10, 1795734697436773, 'create', '01a21a20-f5bc-7d4d-ab15-52d97ea53664', 1, 'i-7bda9cc47aff2b103', '01a21a20-f5bc-7d4d-ab15-52d97ea53664.1', '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a20-f5bc-7d4d-ab15-52d97ea53664"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (11, 1795734697475582, 'start', '01a21a20-de02-7c28-958a-b0293310443a', 8, 'i-dd300345f33fea94e', NULL, '{}', 'ok', 'pending', NULL);

INSERT INTO public.machines VALUES ('i-72b5434e7be3c631e', 'us-east-1', 'm5.metal', '{"Name": "lab 4", "ccm:worker-id": "01a21a20-de42-72c0-b228-9c7ac372216d"}', '01a21a20-de42-72c0-b228-9c7ac372216d', 1795734691498634, 1795734691798634, 'pending', 1795734691498634, NULL, 1795734693498634, NULL, NULL, 1, 1795734691498634, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-22ccf3e7a69f44eb1', 'us-east-1', 'm5.metal', '{"Name": "renamed", "team": "a", "ccm:worker-id": "01a21a20-dde5-7696-b2f7-63cccf0fec2d"}', '01a21a20-dde5-7696-b2f7-63cccf0fec2d', 1795734691392672, 1795734691692672, 'running', 1795734693392672, NULL, NULL, NULL, 1795734693392672, 1, 1795734691392672, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-c70f4dd1f7a06cda0', 'us-east-1', 'm5.metal', '{"Name": "lab 2", "ccm:worker-id": "01a21a20-de10-79e8-ba1a-9fd89b909316"}', '01a21a20-de10-79e8-ba1a-9fd89b909316', 1795734691477767, 1795734691777767, 'shutting_down', 1795734694802076, NULL, 1795734695802076, NULL, 1795734693477767, 1, 1795734691477767, 0, 0, 0, 1795738295802076);
INSERT INTO public.machines VALUES ('i-ac30a203330b1cb13', 'us-east-1', 'm5.metal', '{"Name": "lab 3", "ccm:worker-id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6"}', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 1795734691465770, 1795734691765770, 'shutting_down', 1795734694826322, NULL, 1795734695826322, NULL, 1795734693465770, 1, 1795734691465770, 0, 0, 0, 1795738295826322);
INSERT INTO public.machines VALUES ('i-7bda9cc47aff2b103', 'us-east-1', 'm5.metal', '{"Name": "pending", "ccm:worker-id": "01a21a20-f5bc-7d4d-ab15-52d97ea53664"}', '01a21a20-f5bc-7d4d-ab15-52d97ea53664', 1795734697435979, 1795734697735979, 'pending', 1795734697435979, NULL, 1795734699435979, NULL, NULL, 1, 1795734697435979, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-dd300345f33fea94e', 'us-east-1', 'm5.metal', '{"Name": "lab 1", "ccm:worker-id": "01a21a20-de02-7c28-958a-b0293310443a"}', '01a21a20-de02-7c28-958a-b0293310443a', 1795734691433418, 1795734691733418, 'pending', 1795734697475151, NULL, 1795734699475151, NULL, 1795734693433418, 2, 1795734691433418, 0, 0, 0, NULL);

INSERT INTO public.tokens VALUES ('01a21a20-dde5-7696-b2f7-63cccf0fec2d.1', 'i-22ccf3e7a69f44eb1', 1795734691392672, '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a20-dde5-7696-b2f7-63cccf0fec2d"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a20-de02-7c28-958a-b0293310443a.1', 'i-dd300345f33fea94e', 1795734691433418, '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a20-de02-7c28-958a-b0293310443a"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a20-de2a-7b01-8fc2-eace5d4d79d6.1', 'i-ac30a203330b1cb13', 1795734691465770, '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a20-de10-79e8-ba1a-9fd89b909316.1', 'i-c70f4dd1f7a06cda0', 1795734691477767, '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a20-de10-79e8-ba1a-9fd89b909316"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a20-de42-72c0-b228-9c7ac372216d.1', 'i-72b5434e7be3c631e', 1795734691498634, '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a20-de42-72c0-b228-9c7ac372216d"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a20-f5bc-7d4d-ab15-52d97ea53664.1', 'i-7bda9cc47aff2b103', 1795734697435979, '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a20-f5bc-7d4d-ab15-52d97ea53664"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);

SELECT pg_catalog.setval('public.journal_seq_seq', 11, true);

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.buckets
    ADD CONSTRAINT buckets_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.machines
    ADD CONSTRAINT machines_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (token);

CREATE INDEX journal_of_worker ON public.journal USING btree (worker_id, seq);

CREATE INDEX machines_by_owner ON public.machines USING btree (owner, id) WHERE (owner IS NOT NULL);

CREATE INDEX machines_owned ON public.machines USING btree (id) WHERE (owner IS NOT NULL);


