
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
CREATE FUNCTION public.number_events(batch bigint) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    last BIGINT;
    numbered BIGINT;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'events are numbered in READ COMMITTED only: one snapshot for the whole call would miss commits';
    END IF;
    IF NOT EXISTS (SELECT FROM events WHERE position IS NULL) THEN
        RETURN 0;
    END IF;
    SELECT head INTO STRICT last FROM event_log FOR UPDATE;
    WITH next AS (
        SELECT seq, row_number() OVER (ORDER BY seq) AS place
        FROM (SELECT seq FROM events WHERE position IS NULL ORDER BY seq LIMIT batch) AS oldest
    )
    UPDATE events SET position = last + next.place FROM next WHERE events.seq = next.seq;
    GET DIAGNOSTICS numbered = ROW_COUNT;
    IF numbered > 0 THEN
        UPDATE event_log SET head = last + numbered;
        -- Here and nowhere else: a transaction that notifies makes other commits wait.
        PERFORM pg_notify('ccm_events', '');
    END IF;
    RETURN numbered;
END
$$;
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

CREATE TABLE public.event_log_start (
    only_row integer NOT NULL,
    "position" bigint NOT NULL,
    CONSTRAINT event_log_start_only_row_check CHECK ((only_row = 1))
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

CREATE TABLE public.request_keys (
    issuer text NOT NULL,
    subject text NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    hash bytea NOT NULL,
    answer bytea NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE public.worker_tags (
    worker_id uuid NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    created_at bigint NOT NULL
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
    observed_since bigint NOT NULL,
    instance_id text
);

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:11:08.341464+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 218641903);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:11:08.560815+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 5080796);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:11:08.569494+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 29536527);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:11:08.600091+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 6425840);
INSERT INTO public._sqlx_migrations VALUES (1000, 'workers', '2026-11-26 23:11:08.610138+00', true, '\xc27b03e1f3938476da616499f3f735efd04100797f7542b83aadf3f7f15834f76d3cf963321795e27a1d502def7a5613', 17603829);
INSERT INTO public._sqlx_migrations VALUES (1001, 'changes', '2026-11-26 23:11:08.624679+00', true, '\x72f63219fd3b728988011d3c852fea2e99f692129348ff43d08863ec48120788870edaa11c69680751482578b3679678', 25149911);

INSERT INTO public.event_log VALUES (1, 'dd1b3e6b-eba8-4d5f-a869-4327d821e3c1', 7);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a20-859c-725e-8d76-dbe710836e56', 'worker.created', 'worker', '01a21a20-859c-7946-8007-8df3142ad4c9', 1, 1795734668700198, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-859c-7946-8007-8df3142ad4c9", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:08.700198+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:08.700198+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:08.700198+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a20-85a5-7aa2-9891-d8d3aec5b0ca', 'worker.created', 'worker', '01a21a20-85a5-7785-a493-ec59a1262e9f', 1, 1795734668709736, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-85a5-7785-a493-ec59a1262e9f", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:08.709736+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:08.709736+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:08.709736+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a20-85b6-748c-889a-147a24f70bae', 'worker.created', 'worker', '01a21a20-85b6-7069-9702-b219a838917a', 1, 1795734668726881, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-85b6-7069-9702-b219a838917a", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:08.726881+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:08.726881+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:08.726881+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a20-85bd-778c-8230-03fa4a979886', 'worker.created', 'worker', '01a21a20-85bd-76c6-938b-16fcc34ef2ff', 1, 1795734668733606, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-85bd-76c6-938b-16fcc34ef2ff", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:08.733606+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:08.733606+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:08.733606+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a20-85c3-79c3-83d9-39859d2cc674', 'worker.created', 'worker', '01a21a20-85c3-72e2-9585-e8d037517794', 1, 1795734668739952, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-85c3-72e2-9585-e8d037517794", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:08.739952+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:08.739952+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:08.739952+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a20-9a10-714b-b7ab-d7e7a3cc7e2c', 'worker.updated', 'worker', '01a21a20-859c-7946-8007-8df3142ad4c9', 2, 1795734673936711, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-859c-7946-8007-8df3142ad4c9", "name": "renamed", "tags": {"team": "a"}, "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "2", "observed": {"since": "2026-11-26T23:11:08.700198+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:11:08.700198+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.936711+00:00", "instance_type": "m5.metal"}', '{"name": "lab 0", "tags": {}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a20-9a1b-73f8-87ad-83491c8a2a86', 'worker.deleted', 'worker', '01a21a20-85bd-76c6-938b-16fcc34ef2ff', 2, 1795734673947749, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, false, NULL, NULL, NULL, '{"id": "01a21a20-85bd-76c6-938b-16fcc34ef2ff", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:08.733606+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:11:08.733606+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.947749+00:00", "instance_type": "m5.metal"}', '{}');


INSERT INTO public.worker_tags VALUES ('01a21a20-859c-7946-8007-8df3142ad4c9', 'team', 'a', 1795734668700198);

INSERT INTO public.workers VALUES ('01a21a20-85a5-7785-a493-ec59a1262e9f', 'lab 1', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734668709736, 1795734668709736, NULL, 1, 1, 'running', 1, 'root', 'pending', 0, 1795734668709736, NULL);
INSERT INTO public.workers VALUES ('01a21a20-85b6-7069-9702-b219a838917a', 'lab 2', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734668726881, 1795734668726881, NULL, 1, 1, 'running', 1, 'root', 'pending', 0, 1795734668726881, NULL);
INSERT INTO public.workers VALUES ('01a21a20-85c3-72e2-9585-e8d037517794', 'lab 4', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734668739952, 1795734668739952, NULL, 1, 1, 'running', 1, 'root', 'pending', 0, 1795734668739952, NULL);
INSERT INTO public.workers VALUES ('01a21a20-859c-7946-8007-8df3142ad4c9', 'renamed', 'us-east-1', 'm5.metal', 'simulated', '{"team": "a"}', 'root', 1795734668700198, 1795734673936711, NULL, 2, 2, 'running', 1, 'root', 'pending', 0, 1795734668700198, NULL);
INSERT INTO public.workers VALUES ('01a21a20-85bd-76c6-938b-16fcc34ef2ff', 'lab 3', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734668733606, 1795734673947749, 1795734673947749, 1, 2, 'running', 1, 'root', 'pending', 0, 1795734668733606, NULL);

SELECT pg_catalog.setval('public.events_seq_seq', 7, true);

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.event_log
    ADD CONSTRAINT event_log_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.event_log_start
    ADD CONSTRAINT event_log_start_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_id_key UNIQUE (id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_position_key UNIQUE ("position");

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_subject_id_revision_key UNIQUE (subject_id, revision);

ALTER TABLE ONLY public.request_keys
    ADD CONSTRAINT request_keys_pkey PRIMARY KEY (issuer, subject, method, key);

ALTER TABLE ONLY public.worker_tags
    ADD CONSTRAINT worker_tags_pkey PRIMARY KEY (worker_id, key);

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

CREATE INDEX events_of_ends ON public.events USING btree (occurred_at) WHERE (NOT exists_after);

CREATE INDEX events_unnumbered ON public.events USING btree (seq) WHERE ("position" IS NULL);

CREATE INDEX request_keys_expiring ON public.request_keys USING btree (expires_at);

CREATE INDEX worker_tags_newest ON public.worker_tags USING btree (key, value, created_at DESC, worker_id DESC);

CREATE INDEX workers_by_provider ON public.workers USING btree (provider, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX workers_by_region ON public.workers USING btree (region, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX workers_by_status ON public.workers USING btree (observed_state, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX workers_deleted ON public.workers USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);

CREATE UNIQUE INDEX workers_instance ON public.workers USING btree (provider, instance_id) WHERE (instance_id IS NOT NULL);

CREATE INDEX workers_newest ON public.workers USING btree (created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (revision > 0));

ALTER TABLE ONLY public.worker_tags
    ADD CONSTRAINT worker_tags_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(id) ON DELETE CASCADE;


