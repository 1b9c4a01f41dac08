
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:10:52.50901+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 4402920);
INSERT INTO public._sqlx_migrations VALUES (1000, 'tasks', '2026-11-26 23:10:52.513779+00', true, '\x4cb362e1e704e433bef2f91adb431e8338e13d90decbd30504fbc3f0deb555254292e913140a028291c4ca52021dfbfb', 2941252);

INSERT INTO public.event_log VALUES (1, 'a684d855-fe33-49ec-89d3-4e74682e3974', 0);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, NULL, '01a21a20-5aa5-7a72-a157-00b43839e5a9', 'task.created', 'task', '01a21a20-5aa5-7c1a-82c6-1d0df7aff967', 1, 1795734657701721, 'ada', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', 'bob', 'ada', '{"id": "01a21a20-5aa5-7c1a-82c6-1d0df7aff967", "title": "Größe 日本 🎉", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_HIGH", "revision": "1", "created_at": "2026-11-26T23:10:57.701721+00:00", "created_by": "ada", "department": "engineering", "updated_at": "2026-11-26T23:10:57.701721+00:00", "assignee_id": "bob", "description": "x\ny"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, NULL, '01a21a20-5aaf-79ab-8692-26f7776cf437', 'task.created', 'task', '01a21a20-5aaf-7686-9403-644d9333af8d', 1, 1795734657711493, 'eve', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', NULL, 'eve', '{"id": "01a21a20-5aaf-7686-9403-644d9333af8d", "title": "of eve", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:10:57.711493+00:00", "created_by": "eve", "department": "engineering", "updated_at": "2026-11-26T23:10:57.711493+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, NULL, '01a21a20-5abd-7dec-98c1-012dfec5eb44', 'task.created', 'task', '01a21a20-5abd-7142-8730-4df7a91d7d98', 1, 1795734657725677, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-5abd-7142-8730-4df7a91d7d98", "title": "about a worker", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a20-46b0-7903-851c-7907b373c267", "created_at": "2026-11-26T23:10:57.725677+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:57.725677+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, NULL, '01a21a20-5ac2-7112-9b92-cdaa2ae7c927', 'task.created', 'task', '01a21a20-5ac2-760c-a971-53a4de70dae5', 1, 1795734657730316, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-5ac2-760c-a971-53a4de70dae5", "title": "in progress", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:10:57.730316+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:57.730316+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, NULL, '01a21a20-5acc-74ac-92cb-087f4f95250c', 'task.created', 'task', '01a21a20-5acc-7b52-b94d-c69004a640d4', 1, 1795734657740197, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-5acc-7b52-b94d-c69004a640d4", "title": "completed", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:10:57.740197+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:57.740197+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, NULL, '01a21a20-5ad0-7238-b274-b17b8984b29a', 'task.created', 'task', '01a21a20-5ad0-75f5-98c9-b564ada06663', 1, 1795734657744214, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-5ad0-75f5-98c9-b564ada06663", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:10:57.744214+00:00", "created_by": "root", "updated_at": "2026-11-26T23:10:57.744214+00:00"}', NULL);

INSERT INTO public.tasks VALUES ('01a21a20-5aa5-7c1a-82c6-1d0df7aff967', 'Größe 日本 🎉', 'x
y', 'pending', 'high', 'bob', 'engineering', NULL, 'ada', 1795734657701721, 1795734657701721, NULL, 1, 1);
INSERT INTO public.tasks VALUES ('01a21a20-5aaf-7686-9403-644d9333af8d', 'of eve', '', 'pending', 'medium', NULL, 'engineering', NULL, 'eve', 1795734657711493, 1795734657711493, NULL, 1, 1);
INSERT INTO public.tasks VALUES ('01a21a20-5abd-7142-8730-4df7a91d7d98', 'about a worker', '', 'pending', 'medium', NULL, NULL, '01a21a20-46b0-7903-851c-7907b373c267', 'root', 1795734657725677, 1795734657725677, NULL, 1, 1);
INSERT INTO public.tasks VALUES ('01a21a20-5ac2-760c-a971-53a4de70dae5', 'in progress', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795734657730316, 1795734657730316, NULL, 1, 1);
INSERT INTO public.tasks VALUES ('01a21a20-5acc-7b52-b94d-c69004a640d4', 'completed', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795734657740197, 1795734657740197, NULL, 1, 1);
INSERT INTO public.tasks VALUES ('01a21a20-5ad0-75f5-98c9-b564ada06663', 'deleted', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795734657744214, 1795734657744214, NULL, 1, 1);

SELECT pg_catalog.setval('public.events_seq_seq', 6, true);

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

ALTER TABLE ONLY public.tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (id);

CREATE INDEX events_unnumbered ON public.events USING btree (seq) WHERE ("position" IS NULL);

CREATE INDEX tasks_newest ON public.tasks USING btree (created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX tasks_of_assignee ON public.tasks USING btree (assignee_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX tasks_of_creator ON public.tasks USING btree (created_by, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX tasks_of_department ON public.tasks USING btree (department, created_at DESC, id DESC) WHERE (deleted_at IS NULL);


