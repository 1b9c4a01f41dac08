
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

INSERT INTO public._sqlx_migrations VALUES (1000, 'machines', '2026-11-26 23:47:01.166283+00', true, '\xa1f3ceb355ac84b3523b49be3208f014ec43fc0a31f9c5c6d1d44d54710f2a6dc97bc87be3092d4df6c85cd4a4b8ac6c', 143506557);

INSERT INTO public.buckets VALUES ('calls', 199000000, 1795736827046410);

INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (1, 1795736821759346, 'create', '01a21a41-5fc5-7699-8341-8408eea3ec82', 1, 'i-aa6b4e2b75685162b', '01a21a41-5fc5-7699-8341-8408eea3ec82.1', '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a41-5fc5-7699-8341-8408eea3ec82"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (2, 1795736821773664, 'create', '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 1, 'i-b53f3daa0105df436', '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5.1', '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (3, 1795736821790363, 'create', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 1, 'i-ee69c20cbe4598355', '01a21a41-5fd5-7a50-b283-2e725d271bc8.1', '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a41-5fd5-7a50-b283-2e725d271bc8"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (4, 1795736821824127, 'create', '01a21a41-6022-72c4-913f-db056cd1ae63', 1, 'i-22dad8f919d46a65d', '01a21a41-6022-72c4-913f-db056cd1ae63.1', '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a41-6022-72c4-913f-db056cd1ae63"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (5, 1795736821826668, 'create', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 1, 'i-74e1a56482803790b', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a.1', '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (6, 1795736824083035, 'tag', '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 6, 'i-b53f3daa0105df436', NULL, '{"set": {"Name": "renamed", "team": "a"}, "remove": []}', 'ok', 'running', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (7, 1795736824184888, 'terminate', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 6, 'i-ee69c20cbe4598355', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (8, 1795736824202846, 'stop', '01a21a41-5fc5-7699-8341-8408eea3ec82', 6, 'i-aa6b4e2b75685162b', NULL, '{"force": false}', 'ok', 'stopping', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (9, 1795736824260283, 'terminate', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 6, 'i-74e1a56482803790b', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (10, 1795736826971858, 'create', '01a21a41-7419-738a-9fff-d36954d6a265', 1, 'i-5d12e4116ad8a0943', '01a21a41-7419-738a-9fff-d36954d6a265.1', '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a41-7419-738a-9fff-d36954d6a265"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (11, 1795736827049018, 'start', '01a21a41-5fc5-7699-8341-8408eea3ec82', 9, 'i-aa6b4e2b75685162b', NULL, '{}', 'ok', 'pending', NULL);

INSERT INTO public.machines VALUES ('i-22dad8f919d46a65d', 'us-east-1', 'm5.metal', '{"Name": "lab 4", "ccm:worker-id": "01a21a41-6022-72c4-913f-db056cd1ae63"}', '01a21a41-6022-72c4-913f-db056cd1ae63', 1795736821823251, 1795736822123251, 'pending', 1795736821823251, NULL, 1795736823823251, NULL, NULL, 1, 1795736821823251, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-b53f3daa0105df436', 'us-east-1', 'm5.metal', '{"Name": "renamed", "team": "a", "ccm:worker-id": "01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5"}', '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 1795736821772675, 1795736822072675, 'running', 1795736823772675, NULL, NULL, NULL, 1795736823772675, 1, 1795736821772675, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-ee69c20cbe4598355', 'us-east-1', 'm5.metal', '{"Name": "lab 2", "ccm:worker-id": "01a21a41-5fd5-7a50-b283-2e725d271bc8"}', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 1795736821786004, 1795736822086004, 'shutting_down', 1795736824184027, NULL, 1795736825184027, NULL, 1795736823786004, 1, 1795736821786004, 0, 0, 0, 1795740425184027);
INSERT INTO public.machines VALUES ('i-74e1a56482803790b', 'us-east-1', 'm5.metal', '{"Name": "lab 3", "ccm:worker-id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a"}', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 1795736821825969, 1795736822125969, 'shutting_down', 1795736824260035, NULL, 1795736825260035, NULL, 1795736823825969, 1, 1795736821825969, 0, 0, 0, 1795740425260035);
INSERT INTO public.machines VALUES ('i-5d12e4116ad8a0943', 'us-east-1', 'm5.metal', '{"Name": "pending", "ccm:worker-id": "01a21a41-7419-738a-9fff-d36954d6a265"}', '01a21a41-7419-738a-9fff-d36954d6a265', 1795736826971386, 1795736827271386, 'pending', 1795736826971386, NULL, 1795736828971386, NULL, NULL, 1, 1795736826971386, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-aa6b4e2b75685162b', 'us-east-1', 'm5.metal', '{"Name": "lab 1", "ccm:worker-id": "01a21a41-5fc5-7699-8341-8408eea3ec82"}', '01a21a41-5fc5-7699-8341-8408eea3ec82', 1795736821757357, 1795736822057357, 'pending', 1795736827048669, NULL, 1795736829048669, NULL, 1795736823757357, 2, 1795736821757357, 0, 0, 0, NULL);

INSERT INTO public.tokens VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82.1', 'i-aa6b4e2b75685162b', 1795736821757357, '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a41-5fc5-7699-8341-8408eea3ec82"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5.1', 'i-b53f3daa0105df436', 1795736821772675, '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-5fd5-7a50-b283-2e725d271bc8.1', 'i-ee69c20cbe4598355', 1795736821786004, '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a41-5fd5-7a50-b283-2e725d271bc8"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-6022-72c4-913f-db056cd1ae63.1', 'i-22dad8f919d46a65d', 1795736821823251, '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a41-6022-72c4-913f-db056cd1ae63"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-5fec-70b6-b5fa-f55cdda9a52a.1', 'i-74e1a56482803790b', 1795736821825969, '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-7419-738a-9fff-d36954d6a265.1', 'i-5d12e4116ad8a0943', 1795736826971386, '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a41-7419-738a-9fff-d36954d6a265"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);

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


