
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

INSERT INTO public._sqlx_migrations VALUES (1000, 'machines', '2026-11-26 23:46:29.689273+00', true, '\xa1f3ceb355ac84b3523b49be3208f014ec43fc0a31f9c5c6d1d44d54710f2a6dc97bc87be3092d4df6c85cd4a4b8ac6c', 113963014);

INSERT INTO public.buckets VALUES ('calls', 199000000, 1795736799998154);

INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (1, 1795736790920643, 'create', '01a21a40-e601-70ab-a93d-2a1639af7d65', 1, 'i-286afd8748caf601c', '01a21a40-e601-70ab-a93d-2a1639af7d65.1', '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a40-e601-70ab-a93d-2a1639af7d65"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (2, 1795736790984532, 'create', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 1, 'i-291f8094f0f34e645', '01a21a40-e6ba-755a-93bd-9121e9df83c6.1', '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a40-e6ba-755a-93bd-9121e9df83c6"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (3, 1795736791078739, 'create', '01a21a40-e7a9-7eef-877e-98272cb551bb', 1, 'i-f3a7671b91fe00711', '01a21a40-e7a9-7eef-877e-98272cb551bb.1', '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a40-e7a9-7eef-877e-98272cb551bb"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (4, 1795736791489510, 'create', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 1, 'i-d09441aeccc8362ca', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270.1', '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (5, 1795736791495678, 'create', '01a21a40-e925-7d2d-83db-0b731b43ccb3', 1, 'i-46ee7f75894c4f4f6', '01a21a40-e925-7d2d-83db-0b731b43ccb3.1', '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a40-e925-7d2d-83db-0b731b43ccb3"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (6, 1795736794758398, 'tag', '01a21a40-e601-70ab-a93d-2a1639af7d65', 5, 'i-286afd8748caf601c', NULL, '{"set": {"Name": "renamed", "team": "a"}, "remove": []}', 'ok', 'running', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (7, 1795736795195114, 'stop', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 5, 'i-291f8094f0f34e645', NULL, '{"force": false}', 'ok', 'stopping', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (8, 1795736795850388, 'terminate', '01a21a40-e7a9-7eef-877e-98272cb551bb', 5, 'i-f3a7671b91fe00711', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (9, 1795736796266364, 'terminate', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 6, 'i-d09441aeccc8362ca', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (10, 1795736799923541, 'create', '01a21a41-0a85-789a-9e4d-f473e93405a9', 1, 'i-5a2a18f0264aa759e', '01a21a41-0a85-789a-9e4d-f473e93405a9.1', '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a41-0a85-789a-9e4d-f473e93405a9"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (11, 1795736799998904, 'start', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 8, 'i-291f8094f0f34e645', NULL, '{}', 'ok', 'pending', NULL);

INSERT INTO public.machines VALUES ('i-46ee7f75894c4f4f6', 'us-east-1', 'm5.metal', '{"Name": "lab 4", "ccm:worker-id": "01a21a40-e925-7d2d-83db-0b731b43ccb3"}', '01a21a40-e925-7d2d-83db-0b731b43ccb3', 1795736791493677, 1795736791793677, 'pending', 1795736791493677, NULL, 1795736793493677, NULL, NULL, 1, 1795736791493677, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-286afd8748caf601c', 'us-east-1', 'm5.metal', '{"Name": "renamed", "team": "a", "ccm:worker-id": "01a21a40-e601-70ab-a93d-2a1639af7d65"}', '01a21a40-e601-70ab-a93d-2a1639af7d65', 1795736790907216, 1795736791207216, 'running', 1795736792907216, NULL, NULL, NULL, 1795736792907216, 1, 1795736790907216, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-f3a7671b91fe00711', 'us-east-1', 'm5.metal', '{"Name": "lab 2", "ccm:worker-id": "01a21a40-e7a9-7eef-877e-98272cb551bb"}', '01a21a40-e7a9-7eef-877e-98272cb551bb', 1795736791078307, 1795736791378307, 'shutting_down', 1795736795841756, NULL, 1795736796841756, NULL, 1795736793078307, 1, 1795736791078307, 0, 0, 0, 1795740396841756);
INSERT INTO public.machines VALUES ('i-d09441aeccc8362ca', 'us-east-1', 'm5.metal', '{"Name": "lab 3", "ccm:worker-id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270"}', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 1795736791488045, 1795736791788045, 'shutting_down', 1795736796266045, NULL, 1795736797266045, NULL, 1795736793488045, 1, 1795736791488045, 0, 0, 0, 1795740397266045);
INSERT INTO public.machines VALUES ('i-5a2a18f0264aa759e', 'us-east-1', 'm5.metal', '{"Name": "pending", "ccm:worker-id": "01a21a41-0a85-789a-9e4d-f473e93405a9"}', '01a21a41-0a85-789a-9e4d-f473e93405a9', 1795736799919396, 1795736800219396, 'pending', 1795736799919396, NULL, 1795736801919396, NULL, NULL, 1, 1795736799919396, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-291f8094f0f34e645', 'us-east-1', 'm5.metal', '{"Name": "lab 1", "ccm:worker-id": "01a21a40-e6ba-755a-93bd-9121e9df83c6"}', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 1795736790983836, 1795736791283836, 'pending', 1795736799998630, NULL, 1795736801998630, NULL, 1795736792983836, 2, 1795736790983836, 0, 0, 0, NULL);

INSERT INTO public.tokens VALUES ('01a21a40-e601-70ab-a93d-2a1639af7d65.1', 'i-286afd8748caf601c', 1795736790907216, '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a40-e601-70ab-a93d-2a1639af7d65"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6.1', 'i-291f8094f0f34e645', 1795736790983836, '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a40-e6ba-755a-93bd-9121e9df83c6"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a40-e7a9-7eef-877e-98272cb551bb.1', 'i-f3a7671b91fe00711', 1795736791078307, '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a40-e7a9-7eef-877e-98272cb551bb"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a40-e8dc-74d2-8c76-5a21b3f0f270.1', 'i-d09441aeccc8362ca', 1795736791488045, '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a40-e925-7d2d-83db-0b731b43ccb3.1', 'i-46ee7f75894c4f4f6', 1795736791493677, '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a40-e925-7d2d-83db-0b731b43ccb3"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-0a85-789a-9e4d-f473e93405a9.1', 'i-5a2a18f0264aa759e', 1795736799919396, '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a41-0a85-789a-9e4d-f473e93405a9"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);

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


