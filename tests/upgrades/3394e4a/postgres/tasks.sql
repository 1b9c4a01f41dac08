
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

CREATE TABLE public.action_queue (
    task_id uuid NOT NULL,
    worker_id uuid NOT NULL,
    action_seq bigint NOT NULL,
    verb text NOT NULL,
    priority bigint NOT NULL,
    due_key bigint NOT NULL,
    asked_at bigint NOT NULL,
    deadline bigint NOT NULL,
    phase text NOT NULL,
    ready_at bigint,
    fence bigint NOT NULL,
    lease_owner uuid,
    generation bigint,
    run bigint NOT NULL,
    attempt bigint NOT NULL,
    on_behalf_of text NOT NULL,
    traceparent text,
    tracestate text
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
    revision bigint NOT NULL,
    action jsonb,
    class smallint DEFAULT 0 NOT NULL
);

CREATE TABLE public.worker_action_seqs (
    worker_id uuid NOT NULL,
    last bigint NOT NULL
);

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:47:22.182677+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 37866782);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:47:22.221179+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 13370741);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:47:22.234761+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 14360048);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:47:22.249361+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 4117727);
INSERT INTO public._sqlx_migrations VALUES (1000, 'tasks', '2026-11-26 23:47:22.253658+00', true, '\x4cb362e1e704e433bef2f91adb431e8338e13d90decbd30504fbc3f0deb555254292e913140a028291c4ca52021dfbfb', 18758341);
INSERT INTO public._sqlx_migrations VALUES (1001, 'filters', '2026-11-26 23:47:22.272632+00', true, '\xed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262', 44332982);
INSERT INTO public._sqlx_migrations VALUES (1002, 'actions', '2026-11-26 23:47:22.317311+00', true, '\xabb86f6e68eabace35511dfac5a0655e11bf1790b41c08df41076f1082c92007209f28cd86561916f8714553658c8b64', 121162201);

INSERT INTO public.action_queue VALUES ('01a21a41-c6ce-7c66-8585-56a9bea5624f', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 2, 'start', 1, 1795736248078692, 1795736848078692, 1795738648083357, 'applied', NULL, 1, NULL, 3, 1, 1, 'root', NULL, NULL);

INSERT INTO public.event_log VALUES (1, 'a661d6c1-fe99-4357-8d40-9dcc5a6c8682', 25);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a41-ba1c-75a7-82db-67fdb9a42094', 'task.created', 'task', '01a21a41-ba1c-76d6-9b88-ba7a84a7a740', 1, 1795736844828266, 'ada', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', 'bob', 'ada', '{"id": "01a21a41-ba1c-76d6-9b88-ba7a84a7a740", "kind": "TASK_KIND_HUMAN", "title": "Größe 日本 🎉", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_HIGH", "revision": "1", "created_at": "2026-11-26T23:47:24.828266+00:00", "created_by": "ada", "department": "engineering", "updated_at": "2026-11-26T23:47:24.828266+00:00", "assignee_id": "bob", "description": "x\ny"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a41-ba32-7acf-b8fa-e90fec0b135b', 'task.created', 'task', '01a21a41-ba32-76ad-bfdc-a6e64df992da', 1, 1795736844850696, 'eve', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', NULL, 'eve', '{"id": "01a21a41-ba32-76ad-bfdc-a6e64df992da", "kind": "TASK_KIND_HUMAN", "title": "of eve", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:47:24.850696+00:00", "created_by": "eve", "department": "engineering", "updated_at": "2026-11-26T23:47:24.850696+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a41-ba43-7e09-9d93-029f648a09ae', 'task.created', 'task', '01a21a41-ba43-786b-9de7-26d141c2a3f5', 1, 1795736844867345, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-ba43-786b-9de7-26d141c2a3f5", "kind": "TASK_KIND_HUMAN", "title": "about a worker", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-b0e7-777f-9947-915a14663af7", "created_at": "2026-11-26T23:47:24.867345+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.867345+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a41-ba53-7d9f-abd3-50c528109762', 'task.created', 'task', '01a21a41-ba53-7cca-a900-e010a70ad21b', 1, 1795736844883081, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-ba53-7cca-a900-e010a70ad21b", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:47:24.883081+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.883081+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a41-ba5c-7a5a-8414-05d269ac96f1', 'task.created', 'task', '01a21a41-ba5c-7529-ba6d-a7e1fe445357', 1, 1795736844892126, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-ba5c-7529-ba6d-a7e1fe445357", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:47:24.892126+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.892126+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a41-ba62-79a5-8dba-f40f979557b1', 'task.created', 'task', '01a21a41-ba62-72af-bd12-009c1d752102', 1, 1795736844898598, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-ba62-72af-bd12-009c1d752102", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:47:24.898598+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.898598+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a41-ba74-793b-abbd-43d69b4e3726', 'task.status.updated', 'task', '01a21a41-ba53-7cca-a900-e010a70ad21b', 2, 1795736844916848, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-ba53-7cca-a900-e010a70ad21b", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:47:24.883081+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.916848+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a41-ba85-753b-8294-2edec5f24a97', 'task.status.updated', 'task', '01a21a41-ba5c-7529-ba6d-a7e1fe445357', 2, 1795736844933515, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-ba5c-7529-ba6d-a7e1fe445357", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:47:24.892126+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.933515+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a41-ba95-7f2a-8c95-0b05835d98d7', 'task.status.updated', 'task', '01a21a41-ba5c-7529-ba6d-a7e1fe445357', 3, 1795736844949437, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-ba5c-7529-ba6d-a7e1fe445357", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_COMPLETED", "version": "3", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "created_at": "2026-11-26T23:47:24.892126+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.949437+00:00"}', '{"status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a41-ba9b-75c5-b9e6-6277e018a40f', 'task.deleted', 'task', '01a21a41-ba62-72af-bd12-009c1d752102', 2, 1795736844955879, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', false, NULL, NULL, NULL, '{"id": "01a21a41-ba62-72af-bd12-009c1d752102", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:47:24.898598+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.955879+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a41-bb1c-71f4-a570-73ca3cff238d', 'task.created', 'task', '01a21a41-bb0e-76ee-8001-76f5bfb07a59', 1, 1795736845070677, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-bb0e-76ee-8001-76f5bfb07a59", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:25.070678+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "created_at": "2026-11-26T23:47:25.070677+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.070677+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a41-bb36-7963-a792-79658da2de9b', 'task.created', 'task', '01a21a41-bb33-7d24-8ecf-d80552713864', 1, 1795736845107402, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-bb33-7d24-8ecf-d80552713864", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:25.107403+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132", "created_at": "2026-11-26T23:47:25.107402+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.107402+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a41-bb44-71aa-b14b-8904cb4f4204', 'task.created', 'task', '01a21a41-bb40-77ca-aa2a-b34c7bd17e7c', 1, 1795736845120770, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-bb40-77ca-aa2a-b34c7bd17e7c", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:25.120771+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "created_at": "2026-11-26T23:47:25.120770+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.120770+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a41-bb55-7a70-9123-eef145461178', 'task.status.updated', 'task', '01a21a41-bb0e-76ee-8001-76f5bfb07a59', 2, 1795736845141504, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb0e-76ee-8001-76f5bfb07a59", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:25.070678+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "created_at": "2026-11-26T23:47:25.070677+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.141504+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:25.070678+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a41-bb55-7087-a0f1-d33631affff3', 'task.status.updated', 'task', '01a21a41-bb40-77ca-aa2a-b34c7bd17e7c', 2, 1795736845141828, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb40-77ca-aa2a-b34c7bd17e7c", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:25.120771+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "created_at": "2026-11-26T23:47:25.120770+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.141828+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:25.120771+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a41-bbae-7a48-9394-be6edf647874', 'task.updated', 'task', '01a21a41-bb40-77ca-aa2a-b34c7bd17e7c', 3, 1795736845230308, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb40-77ca-aa2a-b34c7bd17e7c", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.141828+00:00"}], "deadline": "2026-11-27T00:17:25.120771+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "created_at": "2026-11-26T23:47:25.120770+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.230308+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:25.120771+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a41-c0b8-7a0c-a4cd-d2493b22fb3f', 'task.status.updated', 'task', '01a21a41-bb40-77ca-aa2a-b34c7bd17e7c', 4, 1795736846520395, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb40-77ca-aa2a-b34c7bd17e7c", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.141828+00:00"}], "deadline": "2026-11-27T00:17:25.120771+00:00", "ended_at": "2026-11-26T23:47:26.520395+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "created_at": "2026-11-26T23:47:25.120770+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:26.520395+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.141828+00:00"}], "deadline": "2026-11-27T00:17:25.120771+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a41-c6fa-70a1-822d-d1dfe9f6d8f6', 'task.updated', 'task', '01a21a41-c6ce-7c66-8585-56a9bea5624f', 3, 1795736848122916, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-c6ce-7c66-8585-56a9bea5624f", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:28.109336+00:00"}], "deadline": "2026-11-27T00:17:28.078692+00:00", "max_attempts": 10, "applied_generation": "3"}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "created_at": "2026-11-26T23:47:28.078692+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:28.122916+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:28.078692+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a41-bb6b-75f1-adb6-b5623e515c1e', 'task.updated', 'task', '01a21a41-bb0e-76ee-8001-76f5bfb07a59', 3, 1795736845163980, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb0e-76ee-8001-76f5bfb07a59", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.141504+00:00"}], "deadline": "2026-11-27T00:17:25.070678+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "created_at": "2026-11-26T23:47:25.070677+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.163980+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:25.070678+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a41-bb56-7a75-8865-42a124a40b23', 'task.status.updated', 'task', '01a21a41-bb33-7d24-8ecf-d80552713864', 2, 1795736845142115, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb33-7d24-8ecf-d80552713864", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:25.107403+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132", "created_at": "2026-11-26T23:47:25.107402+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.142115+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:25.107403+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a41-bb98-7540-bf7b-c40da2ef304d', 'task.updated', 'task', '01a21a41-bb33-7d24-8ecf-d80552713864', 3, 1795736845208203, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb33-7d24-8ecf-d80552713864", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.142115+00:00"}], "deadline": "2026-11-27T00:17:25.107403+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132", "created_at": "2026-11-26T23:47:25.107402+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.208203+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:25.107403+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a41-c6d3-7c55-b445-961527e3b3ac', 'task.created', 'task', '01a21a41-c6ce-7c66-8585-56a9bea5624f', 1, 1795736848078692, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-c6ce-7c66-8585-56a9bea5624f", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:28.078692+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "action_seq": "2"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "created_at": "2026-11-26T23:47:28.078692+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:28.078692+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a41-c00a-7891-9256-0952cbd4d93c', 'task.status.updated', 'task', '01a21a41-bb0e-76ee-8001-76f5bfb07a59', 4, 1795736846346787, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb0e-76ee-8001-76f5bfb07a59", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.141504+00:00"}], "deadline": "2026-11-27T00:17:25.070678+00:00", "ended_at": "2026-11-26T23:47:26.346787+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "created_at": "2026-11-26T23:47:25.070677+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:26.346787+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.141504+00:00"}], "deadline": "2026-11-27T00:17:25.070678+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a41-c05a-74d0-ab69-b7db90d7357d', 'task.status.updated', 'task', '01a21a41-bb33-7d24-8ecf-d80552713864', 4, 1795736846426360, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-bb33-7d24-8ecf-d80552713864", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.142115+00:00"}], "deadline": "2026-11-27T00:17:25.107403+00:00", "ended_at": "2026-11-26T23:47:26.426360+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132", "created_at": "2026-11-26T23:47:25.107402+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:26.426360+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:25.142115+00:00"}], "deadline": "2026-11-27T00:17:25.107403+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a41-c6ed-77e6-8b71-6ad4d9fd4942', 'task.status.updated', 'task', '01a21a41-c6ce-7c66-8585-56a9bea5624f', 2, 1795736848109336, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-c6ce-7c66-8585-56a9bea5624f", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:28.078692+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "created_at": "2026-11-26T23:47:28.078692+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:28.109336+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:28.078692+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');


INSERT INTO public.tasks VALUES ('01a21a41-ba1c-76d6-9b88-ba7a84a7a740', 'Größe 日本 🎉', 'x
y', 'pending', 'high', 'bob', 'engineering', NULL, 'ada', 1795736844828266, 1795736844828266, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-ba32-76ad-bfdc-a6e64df992da', 'of eve', '', 'pending', 'medium', NULL, 'engineering', NULL, 'eve', 1795736844850696, 1795736844850696, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-ba43-786b-9de7-26d141c2a3f5', 'about a worker', '', 'pending', 'medium', NULL, NULL, '01a21a41-b0e7-777f-9947-915a14663af7', 'root', 1795736844867345, 1795736844867345, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-ba53-7cca-a900-e010a70ad21b', 'in progress', '', 'in_progress', 'medium', NULL, NULL, NULL, 'root', 1795736844883081, 1795736844916848, NULL, 2, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-ba5c-7529-ba6d-a7e1fe445357', 'completed', '', 'completed', 'medium', NULL, NULL, NULL, 'root', 1795736844892126, 1795736844949437, NULL, 3, 3, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-ba62-72af-bd12-009c1d752102', 'deleted', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795736844898598, 1795736844955879, 1795736844955879, 1, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-bb0e-76ee-8001-76f5bfb07a59', 'Stop worker lab 1', '', 'completed', 'medium', NULL, NULL, '01a21a41-b115-7810-b6ff-a9b74d78ad86', 'root', 1795736845070677, 1795736846346787, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736845141504}], "deadline": 1795738645070678, "ended_at": 1795736846346787, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "stop", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86"}', 2);
INSERT INTO public.tasks VALUES ('01a21a41-bb33-7d24-8ecf-d80552713864', 'Terminate worker lab 2', '', 'completed', 'medium', NULL, NULL, '01a21a41-b14b-7485-a871-4309b75f0132', 'root', 1795736845107402, 1795736846426360, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736845142115}], "deadline": 1795738645107403, "ended_at": 1795736846426360, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a41-b14b-7485-a871-4309b75f0132"}', 2);
INSERT INTO public.tasks VALUES ('01a21a41-bb40-77ca-aa2a-b34c7bd17e7c', 'Terminate worker lab 3', '', 'completed', 'medium', NULL, NULL, '01a21a41-b177-7bd0-aff0-a870f1b4278c', 'root', 1795736845120770, 1795736846520395, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736845141828}], "deadline": 1795738645120771, "ended_at": 1795736846520395, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a41-b177-7bd0-aff0-a870f1b4278c"}', 2);
INSERT INTO public.tasks VALUES ('01a21a41-c6ce-7c66-8585-56a9bea5624f', 'Start worker lab 1', '', 'in_progress', 'medium', NULL, NULL, '01a21a41-b115-7810-b6ff-a9b74d78ad86', 'root', 1795736848078692, 1795736848122916, NULL, 1, 3, '{"run": {"phase": "applied", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736848109336}], "deadline": 1795738648078692, "has_begun": true, "max_attempts": 10, "applied_generation": 3, "has_replaced_begun": false}, "seq": 2, "verb": "start", "worker_id": "01a21a41-b115-7810-b6ff-a9b74d78ad86"}', 1);

INSERT INTO public.worker_action_seqs VALUES ('01a21a41-b14b-7485-a871-4309b75f0132', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a41-b177-7bd0-aff0-a870f1b4278c', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86', 2);

SELECT pg_catalog.setval('public.events_seq_seq', 25, true);

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.action_queue
    ADD CONSTRAINT action_queue_pkey PRIMARY KEY (task_id);

ALTER TABLE ONLY public.action_queue
    ADD CONSTRAINT action_queue_worker_id_key UNIQUE (worker_id);

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

ALTER TABLE ONLY public.worker_action_seqs
    ADD CONSTRAINT worker_action_seqs_pkey PRIMARY KEY (worker_id);

CREATE INDEX action_queue_due ON public.action_queue USING btree (due_key, ready_at) WHERE (ready_at IS NOT NULL);

CREATE INDEX action_queue_oldest ON public.action_queue USING btree (asked_at, ready_at) WHERE (ready_at IS NOT NULL);

CREATE INDEX action_queue_ready ON public.action_queue USING btree (ready_at) WHERE (ready_at IS NOT NULL);

CREATE INDEX action_queue_urgent ON public.action_queue USING btree (priority DESC, asked_at, ready_at) WHERE (ready_at IS NOT NULL);

CREATE INDEX events_of_ends ON public.events USING btree (occurred_at) WHERE (NOT exists_after);

CREATE INDEX events_unnumbered ON public.events USING btree (seq) WHERE ("position" IS NULL);

CREATE INDEX request_keys_expiring ON public.request_keys USING btree (expires_at);

CREATE INDEX tasks_by_priority ON public.tasks USING btree (class, priority, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0));

CREATE INDEX tasks_by_status ON public.tasks USING btree (class, status, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0));

CREATE INDEX tasks_by_worker ON public.tasks USING btree (class, worker_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0) AND (worker_id IS NOT NULL));

CREATE INDEX tasks_deleted ON public.tasks USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);

CREATE INDEX tasks_newest ON public.tasks USING btree (class, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (revision > 0));

CREATE INDEX tasks_of_assignee ON public.tasks USING btree (class, assignee_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0) AND (assignee_id IS NOT NULL));

CREATE INDEX tasks_of_assignee_by_department ON public.tasks USING btree (class, assignee_id, department, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL) AND (department IS NOT NULL));

CREATE INDEX tasks_of_assignee_by_priority ON public.tasks USING btree (class, assignee_id, priority, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL));

CREATE INDEX tasks_of_assignee_by_status ON public.tasks USING btree (class, assignee_id, status, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL));

CREATE INDEX tasks_of_assignee_by_worker ON public.tasks USING btree (class, assignee_id, worker_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL) AND (worker_id IS NOT NULL));

CREATE INDEX tasks_of_creator ON public.tasks USING btree (class, created_by, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0));

CREATE INDEX tasks_of_creator_by_assignee ON public.tasks USING btree (class, created_by, assignee_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (assignee_id IS NOT NULL));

CREATE INDEX tasks_of_creator_by_department ON public.tasks USING btree (class, created_by, department, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (department IS NOT NULL));

CREATE INDEX tasks_of_creator_by_priority ON public.tasks USING btree (class, created_by, priority, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX tasks_of_creator_by_status ON public.tasks USING btree (class, created_by, status, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX tasks_of_creator_by_worker ON public.tasks USING btree (class, created_by, worker_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (worker_id IS NOT NULL));

CREATE INDEX tasks_of_department ON public.tasks USING btree (class, department, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (version > 0) AND (department IS NOT NULL));

CREATE INDEX tasks_of_department_by_priority ON public.tasks USING btree (class, department, priority, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (department IS NOT NULL));

CREATE INDEX tasks_of_department_by_status ON public.tasks USING btree (class, department, status, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (department IS NOT NULL));

CREATE INDEX tasks_of_department_by_worker ON public.tasks USING btree (class, department, worker_id, created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (department IS NOT NULL) AND (worker_id IS NOT NULL));


