
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

INSERT INTO public._sqlx_migrations VALUES (1000, 'machines', '2026-11-26 23:12:30.665249+00', true, '\xa1f3ceb355ac84b3523b49be3208f014ec43fc0a31f9c5c6d1d44d54710f2a6dc97bc87be3092d4df6c85cd4a4b8ac6c', 56863727);

INSERT INTO public.buckets VALUES ('calls', 199000000, 1795734758230679);

INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (1, 1795734751555820, 'create', '01a21a21-c877-72a9-8b3a-08232d090960', 1, 'i-b9c5a8cbf1d04650f', '01a21a21-c877-72a9-8b3a-08232d090960.1', '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a21-c877-72a9-8b3a-08232d090960"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (2, 1795734751653279, 'create', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 1, 'i-e138def2d52e70b93', '01a21a21-c8e7-7c93-b2a3-60355d65ec99.1', '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (3, 1795734751687310, 'create', '01a21a21-c909-7e4d-a996-7f112100a1dc', 1, 'i-5da0a1ab92c59fef0', '01a21a21-c909-7e4d-a996-7f112100a1dc.1', '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a21-c909-7e4d-a996-7f112100a1dc"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (4, 1795734751733362, 'create', '01a21a21-c903-79ed-a9fb-c22b861ed873', 1, 'i-6b22b4f7ef318a997', '01a21a21-c903-79ed-a9fb-c22b861ed873.1', '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a21-c903-79ed-a9fb-c22b861ed873"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (5, 1795734751807252, 'create', '01a21a21-c912-79f7-b039-fdf0a7fef943', 1, 'i-b3e09cd4be799ca83', '01a21a21-c912-79f7-b039-fdf0a7fef943.1', '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a21-c912-79f7-b039-fdf0a7fef943"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (6, 1795734754660958, 'tag', '01a21a21-c877-72a9-8b3a-08232d090960', 5, 'i-b9c5a8cbf1d04650f', NULL, '{"set": {"Name": "renamed", "team": "a"}, "remove": []}', 'ok', 'running', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (7, 1795734754828172, 'stop', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 5, 'i-e138def2d52e70b93', NULL, '{"force": false}', 'ok', 'stopping', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (8, 1795734755304059, 'terminate', '01a21a21-c903-79ed-a9fb-c22b861ed873', 6, 'i-6b22b4f7ef318a997', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (9, 1795734755361916, 'terminate', '01a21a21-c909-7e4d-a996-7f112100a1dc', 6, 'i-5da0a1ab92c59fef0', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (10, 1795734758196190, 'create', '01a21a21-e321-7386-8321-21ea3f41f555', 1, 'i-5e29b106687adc158', '01a21a21-e321-7386-8321-21ea3f41f555.1', '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a21-e321-7386-8321-21ea3f41f555"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (11, 1795734758234107, 'start', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 8, 'i-e138def2d52e70b93', NULL, '{}', 'ok', 'pending', NULL);

INSERT INTO public.machines VALUES ('i-b3e09cd4be799ca83', 'us-east-1', 'm5.metal', '{"Name": "lab 4", "ccm:worker-id": "01a21a21-c912-79f7-b039-fdf0a7fef943"}', '01a21a21-c912-79f7-b039-fdf0a7fef943', 1795734751805822, 1795734752105822, 'pending', 1795734751805822, NULL, 1795734753805822, NULL, NULL, 1, 1795734751805822, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-b9c5a8cbf1d04650f', 'us-east-1', 'm5.metal', '{"Name": "renamed", "team": "a", "ccm:worker-id": "01a21a21-c877-72a9-8b3a-08232d090960"}', '01a21a21-c877-72a9-8b3a-08232d090960', 1795734751553809, 1795734751853809, 'running', 1795734753553809, NULL, NULL, NULL, 1795734753553809, 1, 1795734751553809, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-6b22b4f7ef318a997', 'us-east-1', 'm5.metal', '{"Name": "lab 2", "ccm:worker-id": "01a21a21-c903-79ed-a9fb-c22b861ed873"}', '01a21a21-c903-79ed-a9fb-c22b861ed873', 1795734751730866, 1795734752030866, 'shutting_down', 1795734755290072, NULL, 1795734756290072, NULL, 1795734753730866, 1, 1795734751730866, 0, 0, 0, 1795738356290072);
INSERT INTO public.machines VALUES ('i-5da0a1ab92c59fef0', 'us-east-1', 'm5.metal', '{"Name": "lab 3", "ccm:worker-id": "01a21a21-c909-7e4d-a996-7f112100a1dc"}', '01a21a21-c909-7e4d-a996-7f112100a1dc', 1795734751683955, 1795734751983955, 'shutting_down', 1795734755357351, NULL, 1795734756357351, NULL, 1795734753683955, 1, 1795734751683955, 0, 0, 0, 1795738356357351);
INSERT INTO public.machines VALUES ('i-5e29b106687adc158', 'us-east-1', 'm5.metal', '{"Name": "pending", "ccm:worker-id": "01a21a21-e321-7386-8321-21ea3f41f555"}', '01a21a21-e321-7386-8321-21ea3f41f555', 1795734758195658, 1795734758495658, 'pending', 1795734758195658, NULL, 1795734760195658, NULL, NULL, 1, 1795734758195658, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-e138def2d52e70b93', 'us-east-1', 'm5.metal', '{"Name": "lab 1", "ccm:worker-id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99"}', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 1795734751645224, 1795734751945224, 'pending', 1795734758233838, NULL, 1795734760233838, NULL, 1795734753645224, 2, 1795734751645224, 0, 0, 0, NULL);

INSERT INTO public.tokens VALUES ('01a21a21-c877-72a9-8b3a-08232d090960.1', 'i-b9c5a8cbf1d04650f', 1795734751553809, '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a21-c877-72a9-8b3a-08232d090960"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99.1', 'i-e138def2d52e70b93', 1795734751645224, '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-c909-7e4d-a996-7f112100a1dc.1', 'i-5da0a1ab92c59fef0', 1795734751683955, '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a21-c909-7e4d-a996-7f112100a1dc"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-c903-79ed-a9fb-c22b861ed873.1', 'i-6b22b4f7ef318a997', 1795734751730866, '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a21-c903-79ed-a9fb-c22b861ed873"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-c912-79f7-b039-fdf0a7fef943.1', 'i-b3e09cd4be799ca83', 1795734751805822, '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a21-c912-79f7-b039-fdf0a7fef943"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-e321-7386-8321-21ea3f41f555.1', 'i-5e29b106687adc158', 1795734758195658, '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a21-e321-7386-8321-21ea3f41f555"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);

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


