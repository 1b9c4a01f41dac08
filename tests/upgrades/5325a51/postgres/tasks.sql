
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:11:30.689837+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 61684638);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:11:30.753142+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 10222562);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:11:30.769118+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 11145049);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:11:30.779048+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 8765731);
INSERT INTO public._sqlx_migrations VALUES (1000, 'tasks', '2026-11-26 23:11:30.788053+00', true, '\x4cb362e1e704e433bef2f91adb431e8338e13d90decbd30504fbc3f0deb555254292e913140a028291c4ca52021dfbfb', 26066611);
INSERT INTO public._sqlx_migrations VALUES (1001, 'filters', '2026-11-26 23:11:30.814455+00', true, '\xed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262', 146608846);
INSERT INTO public._sqlx_migrations VALUES (1002, 'actions', '2026-11-26 23:11:30.963076+00', true, '\xabb86f6e68eabace35511dfac5a0655e11bf1790b41c08df41076f1082c92007209f28cd86561916f8714553658c8b64', 209060287);

INSERT INTO public.action_queue VALUES ('01a21a20-f5da-7eb0-957d-5be8bf9c626e', '01a21a20-de02-7c28-958a-b0293310443a', 2, 'start', 1, 1795734097434637, 1795734697434637, 1795736497437041, 'applied', NULL, 1, NULL, 3, 1, 1, 'root', NULL, NULL);

INSERT INTO public.event_log VALUES (1, 'a4329af4-8150-446d-9470-fe3894923e4f', 25);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a20-e9c6-7506-83cd-436c3140dd8a', 'task.created', 'task', '01a21a20-e9c6-7642-9513-868b6b6a9e48', 1, 1795734694342046, 'ada', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', 'bob', 'ada', '{"id": "01a21a20-e9c6-7642-9513-868b6b6a9e48", "kind": "TASK_KIND_HUMAN", "title": "Größe 日本 🎉", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_HIGH", "revision": "1", "created_at": "2026-11-26T23:11:34.342046+00:00", "created_by": "ada", "department": "engineering", "updated_at": "2026-11-26T23:11:34.342046+00:00", "assignee_id": "bob", "description": "x\ny"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a20-e9dc-7bb0-9357-9b691643e1f5', 'task.created', 'task', '01a21a20-e9dc-7194-bd34-2f10c32fc70d', 1, 1795734694364832, 'eve', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', NULL, 'eve', '{"id": "01a21a20-e9dc-7194-bd34-2f10c32fc70d", "kind": "TASK_KIND_HUMAN", "title": "of eve", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:11:34.364832+00:00", "created_by": "eve", "department": "engineering", "updated_at": "2026-11-26T23:11:34.364832+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a20-e9f8-7404-bf7f-c7529cca609f', 'task.created', 'task', '01a21a20-e9f8-78ce-a186-2d7c2f395a60', 1, 1795734694392085, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-e9f8-78ce-a186-2d7c2f395a60", "kind": "TASK_KIND_HUMAN", "title": "about a worker", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a20-dde5-7696-b2f7-63cccf0fec2d", "created_at": "2026-11-26T23:11:34.392085+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.392085+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a20-e9fd-70f1-85d2-5d59a6f50c7a', 'task.created', 'task', '01a21a20-e9fd-7e1d-b69b-a5e8ebbc6115', 1, 1795734694397939, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-e9fd-7e1d-b69b-a5e8ebbc6115", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:11:34.397939+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.397939+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a20-ea46-7e22-a10b-217456f3268d', 'task.created', 'task', '01a21a20-ea46-77cc-a1a4-ccdc30030d91', 1, 1795734694470564, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-ea46-77cc-a1a4-ccdc30030d91", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:11:34.470564+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.470564+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a20-ea4c-7896-9b28-24a31c226f85', 'task.created', 'task', '01a21a20-ea4c-721f-8cb7-80d30b20d124', 1, 1795734694476309, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-ea4c-721f-8cb7-80d30b20d124", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:11:34.476309+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.476309+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a20-ea5e-7e36-8d8a-9327dad73596', 'task.status.updated', 'task', '01a21a20-e9fd-7e1d-b69b-a5e8ebbc6115', 2, 1795734694494726, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-e9fd-7e1d-b69b-a5e8ebbc6115", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:11:34.397939+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.494726+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a20-ea69-7a23-9d1f-c482fe6ef046', 'task.status.updated', 'task', '01a21a20-ea46-77cc-a1a4-ccdc30030d91', 2, 1795734694505574, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-ea46-77cc-a1a4-ccdc30030d91", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:11:34.470564+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.505574+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a20-ea8a-7deb-b06c-81baf136d49a', 'task.status.updated', 'task', '01a21a20-ea46-77cc-a1a4-ccdc30030d91', 3, 1795734694538977, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-ea46-77cc-a1a4-ccdc30030d91", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_COMPLETED", "version": "3", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "created_at": "2026-11-26T23:11:34.470564+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.538977+00:00"}', '{"status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a20-ea95-73d8-93f3-4bb1deeb3d23', 'task.deleted', 'task', '01a21a20-ea4c-721f-8cb7-80d30b20d124', 2, 1795734694549798, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', false, NULL, NULL, NULL, '{"id": "01a21a20-ea4c-721f-8cb7-80d30b20d124", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:11:34.476309+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.549798+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a20-ead4-7a81-9c70-8cdd0f7ef6a0', 'task.created', 'task', '01a21a20-ead1-7351-8881-68ebc2c2f549', 1, 1795734694609253, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-ead1-7351-8881-68ebc2c2f549", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:41:34.609254+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "created_at": "2026-11-26T23:11:34.609253+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.609253+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a20-eaf6-705b-be5b-e0918baa7ce9', 'task.status.updated', 'task', '01a21a20-ead1-7351-8881-68ebc2c2f549', 2, 1795734694646893, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-ead1-7351-8881-68ebc2c2f549", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:41:34.609254+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "created_at": "2026-11-26T23:11:34.609253+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.646893+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:41:34.609254+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a20-eafe-7a75-bf7a-eea6c1a88bce', 'task.created', 'task', '01a21a20-eade-7085-8382-c96ea7d977eb', 1, 1795734694622636, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-eade-7085-8382-c96ea7d977eb", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:41:34.622637+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "created_at": "2026-11-26T23:11:34.622636+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.622636+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a20-eb51-77bf-8162-39e1cbb4a8d0', 'task.updated', 'task', '01a21a20-eade-7085-8382-c96ea7d977eb', 3, 1795734694737492, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-eade-7085-8382-c96ea7d977eb", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.723600+00:00"}], "deadline": "2026-11-26T23:41:34.622637+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "created_at": "2026-11-26T23:11:34.622636+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.737492+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:41:34.622637+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a20-eb67-7b83-a70d-4f8e0e280b87', 'task.updated', 'task', '01a21a20-eb13-795c-aac7-7ad51e89f243', 3, 1795734694759504, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-eb13-795c-aac7-7ad51e89f243", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.723497+00:00"}], "deadline": "2026-11-26T23:41:34.675318+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "created_at": "2026-11-26T23:11:34.675317+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.759504+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:41:34.675318+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a20-efca-7e02-9e4e-70dc43fe7ac0', 'task.status.updated', 'task', '01a21a20-eade-7085-8382-c96ea7d977eb', 4, 1795734695882331, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-eade-7085-8382-c96ea7d977eb", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.723600+00:00"}], "deadline": "2026-11-26T23:41:34.622637+00:00", "ended_at": "2026-11-26T23:11:35.882331+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "created_at": "2026-11-26T23:11:34.622636+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:35.882331+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.723600+00:00"}], "deadline": "2026-11-26T23:41:34.622637+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a20-eb18-7de7-9ac1-864ae01cd6e8', 'task.created', 'task', '01a21a20-eb13-795c-aac7-7ad51e89f243', 1, 1795734694675317, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-eb13-795c-aac7-7ad51e89f243", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:41:34.675318+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "created_at": "2026-11-26T23:11:34.675317+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.675317+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a20-eb1c-7763-8a34-feed2ee85ebf', 'task.updated', 'task', '01a21a20-ead1-7351-8881-68ebc2c2f549', 3, 1795734694684743, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-ead1-7351-8881-68ebc2c2f549", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.646893+00:00"}], "deadline": "2026-11-26T23:41:34.609254+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "created_at": "2026-11-26T23:11:34.609253+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.684743+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:41:34.609254+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a20-eb43-72e7-9359-97e766c6b95c', 'task.status.updated', 'task', '01a21a20-eade-7085-8382-c96ea7d977eb', 2, 1795734694723600, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-eade-7085-8382-c96ea7d977eb", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:41:34.622637+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "created_at": "2026-11-26T23:11:34.622636+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.723600+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:41:34.622637+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a20-eb43-77a5-a8aa-3ca3ca62049d', 'task.status.updated', 'task', '01a21a20-eb13-795c-aac7-7ad51e89f243', 2, 1795734694723497, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-eb13-795c-aac7-7ad51e89f243", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:41:34.675318+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "created_at": "2026-11-26T23:11:34.675317+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.723497+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:41:34.675318+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a20-f5dd-76aa-9b07-2c322f4960d8', 'task.created', 'task', '01a21a20-f5da-7eb0-957d-5be8bf9c626e', 1, 1795734697434635, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a20-f5da-7eb0-957d-5be8bf9c626e", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:41:37.434637+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "action_seq": "2"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "created_at": "2026-11-26T23:11:37.434635+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:37.434635+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a20-f5f2-7e98-b73c-6543a210986d', 'task.updated', 'task', '01a21a20-f5da-7eb0-957d-5be8bf9c626e', 3, 1795734697458181, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-f5da-7eb0-957d-5be8bf9c626e", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:37.448715+00:00"}], "deadline": "2026-11-26T23:41:37.434637+00:00", "max_attempts": 10, "applied_generation": "3"}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "created_at": "2026-11-26T23:11:37.434635+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:37.458181+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:41:37.434637+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a20-ef48-7687-af64-2899255a2b38', 'task.status.updated', 'task', '01a21a20-ead1-7351-8881-68ebc2c2f549', 4, 1795734695752751, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-ead1-7351-8881-68ebc2c2f549", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.646893+00:00"}], "deadline": "2026-11-26T23:41:34.609254+00:00", "ended_at": "2026-11-26T23:11:35.752751+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "created_at": "2026-11-26T23:11:34.609253+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:35.752751+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.646893+00:00"}], "deadline": "2026-11-26T23:41:34.609254+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a20-efd8-7664-b2b1-c6235ffa67e2', 'task.status.updated', 'task', '01a21a20-eb13-795c-aac7-7ad51e89f243', 4, 1795734695896784, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-eb13-795c-aac7-7ad51e89f243", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.723497+00:00"}], "deadline": "2026-11-26T23:41:34.675318+00:00", "ended_at": "2026-11-26T23:11:35.896784+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "created_at": "2026-11-26T23:11:34.675317+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:35.896784+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:11:34.723497+00:00"}], "deadline": "2026-11-26T23:41:34.675318+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a20-f5e8-7c48-9cc3-d588b0be18a5', 'task.status.updated', 'task', '01a21a20-f5da-7eb0-957d-5be8bf9c626e', 2, 1795734697448715, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a20-f5da-7eb0-957d-5be8bf9c626e", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:41:37.434637+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a", "created_at": "2026-11-26T23:11:37.434635+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:37.448715+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:41:37.434637+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');


INSERT INTO public.tasks VALUES ('01a21a20-e9c6-7642-9513-868b6b6a9e48', 'Größe 日本 🎉', 'x
y', 'pending', 'high', 'bob', 'engineering', NULL, 'ada', 1795734694342046, 1795734694342046, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a20-e9dc-7194-bd34-2f10c32fc70d', 'of eve', '', 'pending', 'medium', NULL, 'engineering', NULL, 'eve', 1795734694364832, 1795734694364832, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a20-e9f8-78ce-a186-2d7c2f395a60', 'about a worker', '', 'pending', 'medium', NULL, NULL, '01a21a20-dde5-7696-b2f7-63cccf0fec2d', 'root', 1795734694392085, 1795734694392085, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a20-e9fd-7e1d-b69b-a5e8ebbc6115', 'in progress', '', 'in_progress', 'medium', NULL, NULL, NULL, 'root', 1795734694397939, 1795734694494726, NULL, 2, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a20-ea46-77cc-a1a4-ccdc30030d91', 'completed', '', 'completed', 'medium', NULL, NULL, NULL, 'root', 1795734694470564, 1795734694538977, NULL, 3, 3, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a20-ea4c-721f-8cb7-80d30b20d124', 'deleted', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795734694476309, 1795734694549798, 1795734694549798, 1, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a20-ead1-7351-8881-68ebc2c2f549', 'Stop worker lab 1', '', 'completed', 'medium', NULL, NULL, '01a21a20-de02-7c28-958a-b0293310443a', 'root', 1795734694609253, 1795734695752751, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734694646893}], "deadline": 1795736494609254, "ended_at": 1795734695752751, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "stop", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a"}', 2);
INSERT INTO public.tasks VALUES ('01a21a20-eade-7085-8382-c96ea7d977eb', 'Terminate worker lab 2', '', 'completed', 'medium', NULL, NULL, '01a21a20-de10-79e8-ba1a-9fd89b909316', 'root', 1795734694622636, 1795734695882331, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734694723600}], "deadline": 1795736494622637, "ended_at": 1795734695882331, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a20-de10-79e8-ba1a-9fd89b909316"}', 2);
INSERT INTO public.tasks VALUES ('01a21a20-eb13-795c-aac7-7ad51e89f243', 'Terminate worker lab 3', '', 'completed', 'medium', NULL, NULL, '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 'root', 1795734694675317, 1795734695896784, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734694723497}], "deadline": 1795736494675318, "ended_at": 1795734695896784, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6"}', 2);
INSERT INTO public.tasks VALUES ('01a21a20-f5da-7eb0-957d-5be8bf9c626e', 'Start worker lab 1', '', 'in_progress', 'medium', NULL, NULL, '01a21a20-de02-7c28-958a-b0293310443a', 'root', 1795734697434635, 1795734697458181, NULL, 1, 3, '{"run": {"phase": "applied", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734697448715}], "deadline": 1795736497434637, "has_begun": true, "max_attempts": 10, "applied_generation": 3, "has_replaced_begun": false}, "seq": 2, "verb": "start", "worker_id": "01a21a20-de02-7c28-958a-b0293310443a"}', 1);

INSERT INTO public.worker_action_seqs VALUES ('01a21a20-de10-79e8-ba1a-9fd89b909316', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a20-de02-7c28-958a-b0293310443a', 2);

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


