
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

CREATE TABLE public.event_log (
    only_row integer NOT NULL,
    log_id uuid NOT NULL,
    head bigint NOT NULL,
    CONSTRAINT event_log_only_row_check CHECK ((only_row = 1))
);

CREATE TABLE public.events (
    seq bigint NOT NULL,
    "position" bigint,
    id uuid NOT NULL,
    type text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    revision bigint NOT NULL,
    occurred_at bigint NOT NULL,
    actor text NOT NULL,
    on_behalf_of text,
    traceparent text,
    tracestate text,
    existed_before boolean NOT NULL,
    department_before text,
    assignee_id_before text,
    created_by_before text,
    exists_after boolean NOT NULL,
    department_after text,
    assignee_id_after text,
    created_by_after text,
    resource jsonb NOT NULL,
    changed_before jsonb
);

ALTER TABLE public.events ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.workers (
    id uuid NOT NULL,
    name text NOT NULL,
    region text NOT NULL,
    instance_type text NOT NULL,
    provider text NOT NULL,
    tags jsonb NOT NULL,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint,
    version bigint NOT NULL,
    revision bigint NOT NULL,
    desired_state text NOT NULL,
    desired_generation bigint NOT NULL,
    desired_set_by text NOT NULL,
    observed_state text NOT NULL,
    observed_generation bigint NOT NULL,
    observed_since bigint NOT NULL
);

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:10:52.53814+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 35719447);
INSERT INTO public._sqlx_migrations VALUES (1000, 'workers', '2026-11-26 23:10:52.574355+00', true, '\xc27b03e1f3938476da616499f3f735efd04100797f7542b83aadf3f7f15834f76d3cf963321795e27a1d502def7a5613', 7189683);

INSERT INTO public.event_log VALUES (1, 'a0aa2f21-1529-46f1-8b1f-3e9767b3ee90', 0);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, NULL, '01a21a20-46b0-72b9-9406-84b31444877e', 'worker.created', 'worker', '01a21a20-46b0-7903-851c-7907b373c267', 1, 1795734652592702, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-46b0-7903-851c-7907b373c267", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:10:52.592702+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:10:52.592702+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:52.592702+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, NULL, '01a21a20-46b7-75a9-9eda-3d206805269c', 'worker.created', 'worker', '01a21a20-46b7-7e56-b758-bb9a6e5a5a3e', 1, 1795734652599081, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-46b7-7e56-b758-bb9a6e5a5a3e", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:10:52.599081+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:10:52.599081+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:52.599081+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, NULL, '01a21a20-46be-70ea-ab39-e99373489765', 'worker.created', 'worker', '01a21a20-46be-7af2-94f6-60d32e1335ef', 1, 1795734652606064, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-46be-7af2-94f6-60d32e1335ef", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:10:52.606064+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:10:52.606064+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:52.606064+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, NULL, '01a21a20-46ca-7dcf-8acf-0b3a00f0308d', 'worker.created', 'worker', '01a21a20-46ca-7d41-abbb-d4fd69d2f548', 1, 1795734652618758, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-46ca-7d41-abbb-d4fd69d2f548", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:10:52.618758+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:10:52.618758+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:52.618758+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, NULL, '01a21a20-46cf-7dfb-993a-bf266e23b8e9', 'worker.created', 'worker', '01a21a20-46cf-7c44-ac28-2ba1f3b0348a', 1, 1795734652623058, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-46cf-7c44-ac28-2ba1f3b0348a", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:10:52.623058+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:10:52.623058+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:52.623058+00:00", "instance_type": "m5.metal"}', NULL);

INSERT INTO public.workers VALUES ('01a21a20-46b0-7903-851c-7907b373c267', 'lab 0', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734652592702, 1795734652592702, NULL, 1, 1, 'running', 1, 'root', 'pending', 0, 1795734652592702);
INSERT INTO public.workers VALUES ('01a21a20-46b7-7e56-b758-bb9a6e5a5a3e', 'lab 1', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734652599081, 1795734652599081, NULL, 1, 1, 'running', 1, 'root', 'pending', 0, 1795734652599081);
INSERT INTO public.workers VALUES ('01a21a20-46be-7af2-94f6-60d32e1335ef', 'lab 2', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734652606064, 1795734652606064, NULL, 1, 1, 'running', 1, 'root', 'pending', 0, 1795734652606064);
INSERT INTO public.workers VALUES ('01a21a20-46ca-7d41-abbb-d4fd69d2f548', 'lab 3', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734652618758, 1795734652618758, NULL, 1, 1, 'running', 1, 'root', 'pending', 0, 1795734652618758);
INSERT INTO public.workers VALUES ('01a21a20-46cf-7c44-ac28-2ba1f3b0348a', 'lab 4', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734652623058, 1795734652623058, NULL, 1, 1, 'running', 1, 'root', 'pending', 0, 1795734652623058);

SELECT pg_catalog.setval('public.events_seq_seq', 5, true);

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.event_log
    ADD CONSTRAINT event_log_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_id_key UNIQUE (id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_position_key UNIQUE ("position");

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_subject_id_revision_key UNIQUE (subject_id, revision);

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

CREATE INDEX events_unnumbered ON public.events USING btree (seq) WHERE ("position" IS NULL);

CREATE INDEX workers_newest ON public.workers USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NULL);


