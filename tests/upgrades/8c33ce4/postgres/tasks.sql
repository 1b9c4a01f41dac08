
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

CREATE TABLE public.tasks (
    id uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    status text NOT NULL,
    priority text NOT NULL,
    assignee_id text,
    department text,
    worker_id uuid,
    created_by text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint,
    version bigint NOT NULL,
    revision bigint NOT NULL
);

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:11:08.565828+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 33836164);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:11:08.600506+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 5758330);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:11:08.606604+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 4685349);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:11:08.611561+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 1401238);
INSERT INTO public._sqlx_migrations VALUES (1000, 'tasks', '2026-11-26 23:11:08.61318+00', true, '\x4cb362e1e704e433bef2f91adb431e8338e13d90decbd30504fbc3f0deb555254292e913140a028291c4ca52021dfbfb', 19105126);
INSERT INTO public._sqlx_migrations VALUES (1001, 'filters', '2026-11-26 23:11:08.63262+00', true, '\xed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262', 43548579);

INSERT INTO public.event_log VALUES (1, '743d6eb0-f993-48a6-8047-442fe151c32e', 10);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a20-9999-7118-984a-2978414fbcbc', 'task.created', 'task', '01a21a20-9999-79c5-82a1-644a6603d867', 1, 1795734673817366, 'ada', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', 'bob', 'ada', '{"id": "01a21a20-9999-79c5-82a1-644a6603d867", "kind": "TASK_KIND_HUMAN", "title": "Größe 日本 🎉", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_HIGH", "revision": "1", "created_at": "2026-11-26T23:11:13.817366+00:00", "created_by": "ada", "department": "engineering", "updated_at": "2026-11-26T23:11:13.817366+00:00", "assignee_id": "bob", "description": "x\ny"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a20-99a9-7c2d-a121-33f911a27294', 'task.created', 'task', '01a21a20-99a9-754e-b1ab-58147e6f08ff', 1, 1795734673833761, 'eve', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', NULL, 'eve', '{"id": "01a21a20-99a9-754e-b1ab-58147e6f08ff", "kind": "TASK_KIND_HUMAN", "title": "of eve", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:11:13.833761+00:00", "created_by": "eve", "department": "engineering", "updated_at": "2026-11-26T23:11:13.833761+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a20-99ce-771f-b44d-c3647ce02b77', 'task.created', 'task', '01a21a20-99ce-797f-82d0-8e7937dbc95d', 1, 1795734673870429, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-99ce-797f-82d0-8e7937dbc95d", "kind": "TASK_KIND_HUMAN", "title": "about a worker", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a20-859c-7946-8007-8df3142ad4c9", "created_at": "2026-11-26T23:11:13.870429+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.870429+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a20-99d6-7a08-bc68-254d13832c8c', 'task.created', 'task', '01a21a20-99d6-7015-9672-9c4212e420b0', 1, 1795734673878322, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-99d6-7015-9672-9c4212e420b0", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:11:13.878322+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.878322+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a20-99de-7702-8ff6-c18e1cb8f2bd', 'task.created', 'task', '01a21a20-99de-78df-97d3-2294fc6dfae7', 1, 1795734673886374, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-99de-78df-97d3-2294fc6dfae7", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:11:13.886374+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.886374+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a20-99e5-7a1a-a1eb-4cbb052554d4', 'task.created', 'task', '01a21a20-99e5-7c25-8d9e-ad8e02cf5832', 1, 1795734673893133, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-99e5-7c25-8d9e-ad8e02cf5832", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:11:13.893133+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.893133+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a20-99ed-7296-b0e1-8063577600c5', 'task.status.updated', 'task', '01a21a20-99d6-7015-9672-9c4212e420b0', 2, 1795734673901882, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-99d6-7015-9672-9c4212e420b0", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:11:13.878322+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.901882+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a20-99f6-7a0d-abba-c7409be42362', 'task.status.updated', 'task', '01a21a20-99de-78df-97d3-2294fc6dfae7', 2, 1795734673910889, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-99de-78df-97d3-2294fc6dfae7", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:11:13.886374+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.910889+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a20-99fe-7f86-98c9-5d47a5707473', 'task.status.updated', 'task', '01a21a20-99de-78df-97d3-2294fc6dfae7', 3, 1795734673918227, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-99de-78df-97d3-2294fc6dfae7", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_COMPLETED", "version": "3", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "created_at": "2026-11-26T23:11:13.886374+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.918227+00:00"}', '{"status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a20-9a07-75b5-85ac-38c06e72d639', 'task.deleted', 'task', '01a21a20-99e5-7c25-8d9e-ad8e02cf5832', 2, 1795734673927716, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', false, NULL, NULL, NULL, '{"id": "01a21a20-99e5-7c25-8d9e-ad8e02cf5832", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:11:13.893133+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:13.927716+00:00"}', NULL);


INSERT INTO public.tasks VALUES ('01a21a20-9999-79c5-82a1-644a6603d867', 'Größe 日本 🎉', 'x
y', 'pending', 'high', 'bob', 'engineering', NULL, 'ada', 1795734673817366, 1795734673817366, NULL, 1, 1);
INSERT INTO public.tasks VALUES ('01a21a20-99a9-754e-b1ab-58147e6f08ff', 'of eve', '', 'pending', 'medium', NULL, 'engineering', NULL, 'eve', 1795734673833761, 1795734673833761, NULL, 1, 1);
INSERT INTO public.tasks VALUES ('01a21a20-99ce-797f-82d0-8e7937dbc95d', 'about a worker', '', 'pending', 'medium', NULL, NULL, '01a21a20-859c-7946-8007-8df3142ad4c9', 'root', 1795734673870429, 1795734673870429, NULL, 1, 1);
INSERT INTO public.tasks VALUES ('01a21a20-99d6-7015-9672-9c4212e420b0', 'in progress', '', 'in_progress', 'medium', NULL, NULL, NULL, 'root', 1795734673878322, 1795734673901882, NULL, 2, 2);
INSERT INTO public.tasks VALUES ('01a21a20-99de-78df-97d3-2294fc6dfae7', 'completed', '', 'completed', 'medium', NULL, NULL, NULL, 'root', 1795734673886374, 1795734673918227, NULL, 3, 3);
INSERT INTO public.tasks VALUES ('01a21a20-99e5-7c25-8d9e-ad8e02cf5832', 'deleted', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795734673893133, 1795734673927716, 1795734673927716, 1, 2);

SELECT pg_catalog.setval('public.events_seq_seq', 10, true);

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

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);

CREATE INDEX events_of_ends ON public.events USING btree (occurred_at) WHERE (NOT exists_after);

CREATE INDEX events_unnumbered ON public.events USING btree (seq) WHERE ("position" IS NULL);

CREATE INDEX request_keys_expiring ON public.request_keys USING btree (expires_at);

CREATE INDEX tasks_by_priority ON public.tasks USING btree (priority, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0));

CREATE INDEX tasks_by_status ON public.tasks USING btree (status, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0));

CREATE INDEX tasks_by_worker ON public.tasks USING btree (worker_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0) AND (worker_id IS NOT NULL));

CREATE INDEX tasks_deleted ON public.tasks USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);

CREATE INDEX tasks_newest ON public.tasks USING btree (created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (revision > 0));

CREATE INDEX tasks_of_assignee ON public.tasks USING btree (assignee_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0) AND (assignee_id IS NOT NULL));

CREATE INDEX tasks_of_assignee_by_department ON public.tasks USING btree (assignee_id, department, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL) AND (department IS NOT NULL));

CREATE INDEX tasks_of_assignee_by_priority ON public.tasks USING btree (assignee_id, priority, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL));

CREATE INDEX tasks_of_assignee_by_status ON public.tasks USING btree (assignee_id, status, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL));

CREATE INDEX tasks_of_assignee_by_worker ON public.tasks USING btree (assignee_id, worker_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL) AND (worker_id IS NOT NULL));

CREATE INDEX tasks_of_creator ON public.tasks USING btree (created_by, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0));

CREATE INDEX tasks_of_creator_by_assignee ON public.tasks USING btree (created_by, assignee_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL));

CREATE INDEX tasks_of_creator_by_department ON public.tasks USING btree (created_by, department, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (department IS NOT NULL));

CREATE INDEX tasks_of_creator_by_priority ON public.tasks USING btree (created_by, priority, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX tasks_of_creator_by_status ON public.tasks USING btree (created_by, status, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX tasks_of_creator_by_worker ON public.tasks USING btree (created_by, worker_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (worker_id IS NOT NULL));

CREATE INDEX tasks_of_department ON public.tasks USING btree (department, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0) AND (department IS NOT NULL));

CREATE INDEX tasks_of_department_by_priority ON public.tasks USING btree (department, priority, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (department IS NOT NULL));

CREATE INDEX tasks_of_department_by_status ON public.tasks USING btree (department, status, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (department IS NOT NULL));

CREATE INDEX tasks_of_department_by_worker ON public.tasks USING btree (department, worker_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (department IS NOT NULL) AND (worker_id IS NOT NULL));


