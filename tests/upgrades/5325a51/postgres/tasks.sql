
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:46:29.651596+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 49631942);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:46:29.710601+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 29580392);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:46:29.737429+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 64531400);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:46:29.802235+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 7279106);
INSERT INTO public._sqlx_migrations VALUES (1000, 'tasks', '2026-11-26 23:46:29.809798+00', true, '\x4cb362e1e704e433bef2f91adb431e8338e13d90decbd30504fbc3f0deb555254292e913140a028291c4ca52021dfbfb', 28672005);
INSERT INTO public._sqlx_migrations VALUES (1001, 'filters', '2026-11-26 23:46:29.838885+00', true, '\xed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262', 113865949);
INSERT INTO public._sqlx_migrations VALUES (1002, 'actions', '2026-11-26 23:46:29.953166+00', true, '\xabb86f6e68eabace35511dfac5a0655e11bf1790b41c08df41076f1082c92007209f28cd86561916f8714553658c8b64', 147965043);

INSERT INTO public.action_queue VALUES ('01a21a41-0a91-7830-84f4-cb664cdf69f4', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 2, 'start', 1, 1795736199889379, 1795736799889379, 1795738599897770, 'applied', NULL, 1, NULL, 3, 1, 1, 'root', NULL, NULL);

INSERT INTO public.event_log VALUES (1, 'a03e491d-e066-45d6-9725-3963fe8a337d', 25);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a40-f003-7763-be42-fef4a6c5feed', 'task.created', 'task', '01a21a40-f003-7dd7-8b6d-9954333d2469', 1, 1795736793091845, 'ada', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', 'bob', 'ada', '{"id": "01a21a40-f003-7dd7-8b6d-9954333d2469", "kind": "TASK_KIND_HUMAN", "title": "Größe 日本 🎉", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_HIGH", "revision": "1", "created_at": "2026-11-26T23:46:33.091845+00:00", "created_by": "ada", "department": "engineering", "updated_at": "2026-11-26T23:46:33.091845+00:00", "assignee_id": "bob", "description": "x\ny"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a40-f072-751f-bb4f-99b878314499', 'task.created', 'task', '01a21a40-f072-7002-9089-bf09046deefc', 1, 1795736793202112, 'eve', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', NULL, 'eve', '{"id": "01a21a40-f072-7002-9089-bf09046deefc", "kind": "TASK_KIND_HUMAN", "title": "of eve", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:46:33.202112+00:00", "created_by": "eve", "department": "engineering", "updated_at": "2026-11-26T23:46:33.202112+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a40-f07b-7f18-bb3e-78762116120e', 'task.created', 'task', '01a21a40-f07b-720d-be4a-0db8f3b9539a', 1, 1795736793211799, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a40-f07b-720d-be4a-0db8f3b9539a", "kind": "TASK_KIND_HUMAN", "title": "about a worker", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a40-e601-70ab-a93d-2a1639af7d65", "created_at": "2026-11-26T23:46:33.211799+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.211799+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a40-f220-7407-a862-5a8fc21243ef', 'task.created', 'task', '01a21a40-f220-76fc-904f-a882402629d8', 1, 1795736793632960, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a40-f220-76fc-904f-a882402629d8", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:46:33.632960+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.632960+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a40-f229-7018-9e91-366cd6bd1764', 'task.created', 'task', '01a21a40-f229-7d8c-a0b0-8a8dd0f44bbc', 1, 1795736793641430, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a40-f229-7d8c-a0b0-8a8dd0f44bbc", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:46:33.641430+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.641430+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a40-f232-70a2-8dee-14606c5d4b6e', 'task.created', 'task', '01a21a40-f232-783f-ae10-f7753f707a21', 1, 1795736793650139, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a40-f232-783f-ae10-f7753f707a21", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:46:33.650139+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.650139+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a40-f281-7bcc-9fae-d95764a84f46', 'task.status.updated', 'task', '01a21a40-f220-76fc-904f-a882402629d8', 2, 1795736793729240, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f220-76fc-904f-a882402629d8", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:46:33.632960+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.729240+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a40-f305-7a58-a7e6-edbc52171da1', 'task.status.updated', 'task', '01a21a40-f229-7d8c-a0b0-8a8dd0f44bbc', 2, 1795736793861797, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f229-7d8c-a0b0-8a8dd0f44bbc", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:46:33.641430+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.861797+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a40-f33e-7fe9-8933-15535c6478c4', 'task.status.updated', 'task', '01a21a40-f229-7d8c-a0b0-8a8dd0f44bbc', 3, 1795736793918336, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f229-7d8c-a0b0-8a8dd0f44bbc", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_COMPLETED", "version": "3", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "created_at": "2026-11-26T23:46:33.641430+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.918336+00:00"}', '{"status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a40-f381-7a11-b3b1-9201e3872a7b', 'task.deleted', 'task', '01a21a40-f232-783f-ae10-f7753f707a21', 2, 1795736793985454, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', false, NULL, NULL, NULL, '{"id": "01a21a40-f232-783f-ae10-f7753f707a21", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:46:33.650139+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.985454+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a40-f7e0-7e75-9642-39ef5718621c', 'task.created', 'task', '01a21a40-f7bb-7646-96ab-6bb3eebaf486', 1, 1795736795067941, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a40-f7bb-7646-96ab-6bb3eebaf486", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:16:35.067943+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "created_at": "2026-11-26T23:46:35.067941+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.067941+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 14, '01a21a40-f81d-7ebf-a1dd-223cf2fc8b73', 'task.created', 'task', '01a21a40-f7ec-7b6b-b30b-9897be870bfa', 1, 1795736795116342, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a40-f7ec-7b6b-b30b-9897be870bfa", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:16:35.116343+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "created_at": "2026-11-26T23:46:35.116342+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.116342+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 12, '01a21a40-f81d-799a-a0c3-fa4f2a2a5d8d', 'task.status.updated', 'task', '01a21a40-f7bb-7646-96ab-6bb3eebaf486', 2, 1795736795165783, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f7bb-7646-96ab-6bb3eebaf486", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:16:35.067943+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "created_at": "2026-11-26T23:46:35.067941+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.165783+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:16:35.067943+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a40-f84c-7d43-a893-89345c111cf2', 'task.status.updated', 'task', '01a21a40-f7ec-7b6b-b30b-9897be870bfa', 2, 1795736795212852, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f7ec-7b6b-b30b-9897be870bfa", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:16:35.116343+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "created_at": "2026-11-26T23:46:35.116342+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.212852+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:16:35.116343+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a40-f9f8-781c-aba5-3454765392a2', 'task.updated', 'task', '01a21a40-f7ec-7b6b-b30b-9897be870bfa', 3, 1795736795640132, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f7ec-7b6b-b30b-9897be870bfa", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.212852+00:00"}], "deadline": "2026-11-27T00:16:35.116343+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "created_at": "2026-11-26T23:46:35.116342+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.640132+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:16:35.116343+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a40-fbb2-7b83-8665-20ade5f6b656', 'task.updated', 'task', '01a21a40-f8a1-7b04-b778-c23b68b17e18', 3, 1795736796082836, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f8a1-7b04-b778-c23b68b17e18", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.780285+00:00"}], "deadline": "2026-11-27T00:16:35.297785+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "created_at": "2026-11-26T23:46:35.297783+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:36.082836+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:16:35.297785+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a41-046a-7d0e-932d-96f365e5e4dd', 'task.status.updated', 'task', '01a21a40-f8a1-7b04-b778-c23b68b17e18', 4, 1795736798314339, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f8a1-7b04-b778-c23b68b17e18", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.780285+00:00"}], "deadline": "2026-11-27T00:16:35.297785+00:00", "ended_at": "2026-11-26T23:46:38.314339+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "created_at": "2026-11-26T23:46:35.297783+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:38.314339+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.780285+00:00"}], "deadline": "2026-11-27T00:16:35.297785+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a41-0ab3-7a23-b890-1804899e3218', 'task.status.updated', 'task', '01a21a41-0a91-7830-84f4-cb664cdf69f4', 2, 1795736799923336, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-0a91-7830-84f4-cb664cdf69f4", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:16:39.889379+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "created_at": "2026-11-26T23:46:39.889377+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:39.923336+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:16:39.889379+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 13, '01a21a40-f832-74fb-82c5-040038be3296', 'task.updated', 'task', '01a21a40-f7bb-7646-96ab-6bb3eebaf486', 3, 1795736795186577, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f7bb-7646-96ab-6bb3eebaf486", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.165783+00:00"}], "deadline": "2026-11-27T00:16:35.067943+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "created_at": "2026-11-26T23:46:35.067941+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.186577+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:16:35.067943+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a40-f92c-73a4-9183-193d4b9af0bb', 'task.created', 'task', '01a21a40-f8a1-7b04-b778-c23b68b17e18', 1, 1795736795297783, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a40-f8a1-7b04-b778-c23b68b17e18", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:16:35.297785+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "created_at": "2026-11-26T23:46:35.297783+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.297783+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a40-fa84-7773-89ce-2947f681b6fa', 'task.status.updated', 'task', '01a21a40-f8a1-7b04-b778-c23b68b17e18', 2, 1795736795780285, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f8a1-7b04-b778-c23b68b17e18", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:16:35.297785+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "created_at": "2026-11-26T23:46:35.297783+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.780285+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:16:35.297785+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a40-fffc-78f0-bb22-87cc036bb90b', 'task.status.updated', 'task', '01a21a40-f7ec-7b6b-b30b-9897be870bfa', 4, 1795736797180526, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f7ec-7b6b-b30b-9897be870bfa", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.212852+00:00"}], "deadline": "2026-11-27T00:16:35.116343+00:00", "ended_at": "2026-11-26T23:46:37.180526+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "created_at": "2026-11-26T23:46:35.116342+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:37.180526+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.212852+00:00"}], "deadline": "2026-11-27T00:16:35.116343+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a40-fe21-7658-b05c-63b01152e191', 'task.status.updated', 'task', '01a21a40-f7bb-7646-96ab-6bb3eebaf486', 4, 1795736796705616, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a40-f7bb-7646-96ab-6bb3eebaf486", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.165783+00:00"}], "deadline": "2026-11-27T00:16:35.067943+00:00", "ended_at": "2026-11-26T23:46:36.705616+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "created_at": "2026-11-26T23:46:35.067941+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:36.705616+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:35.165783+00:00"}], "deadline": "2026-11-27T00:16:35.067943+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a41-0a99-75c6-a436-c5df0352eeb8', 'task.created', 'task', '01a21a41-0a91-7830-84f4-cb664cdf69f4', 1, 1795736799889377, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-0a91-7830-84f4-cb664cdf69f4", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:16:39.889379+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "action_seq": "2"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "created_at": "2026-11-26T23:46:39.889377+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:39.889377+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a41-0aec-7317-b55b-f9b9818cbcb4', 'task.updated', 'task', '01a21a41-0a91-7830-84f4-cb664cdf69f4', 3, 1795736799980201, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-0a91-7830-84f4-cb664cdf69f4", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:46:39.923336+00:00"}], "deadline": "2026-11-27T00:16:39.889379+00:00", "max_attempts": 10, "applied_generation": "3"}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "created_at": "2026-11-26T23:46:39.889377+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:39.980201+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:16:39.889379+00:00", "max_attempts": 10}}');


INSERT INTO public.tasks VALUES ('01a21a40-f003-7dd7-8b6d-9954333d2469', 'Größe 日本 🎉', 'x
y', 'pending', 'high', 'bob', 'engineering', NULL, 'ada', 1795736793091845, 1795736793091845, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a40-f072-7002-9089-bf09046deefc', 'of eve', '', 'pending', 'medium', NULL, 'engineering', NULL, 'eve', 1795736793202112, 1795736793202112, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a40-f07b-720d-be4a-0db8f3b9539a', 'about a worker', '', 'pending', 'medium', NULL, NULL, '01a21a40-e601-70ab-a93d-2a1639af7d65', 'root', 1795736793211799, 1795736793211799, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a40-f220-76fc-904f-a882402629d8', 'in progress', '', 'in_progress', 'medium', NULL, NULL, NULL, 'root', 1795736793632960, 1795736793729240, NULL, 2, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a40-f229-7d8c-a0b0-8a8dd0f44bbc', 'completed', '', 'completed', 'medium', NULL, NULL, NULL, 'root', 1795736793641430, 1795736793918336, NULL, 3, 3, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a40-f232-783f-ae10-f7753f707a21', 'deleted', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795736793650139, 1795736793985454, 1795736793985454, 1, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a40-f7bb-7646-96ab-6bb3eebaf486', 'Stop worker lab 1', '', 'completed', 'medium', NULL, NULL, '01a21a40-e6ba-755a-93bd-9121e9df83c6', 'root', 1795736795067941, 1795736796705616, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736795165783}], "deadline": 1795738595067943, "ended_at": 1795736796705616, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "stop", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6"}', 2);
INSERT INTO public.tasks VALUES ('01a21a40-f7ec-7b6b-b30b-9897be870bfa', 'Terminate worker lab 2', '', 'completed', 'medium', NULL, NULL, '01a21a40-e7a9-7eef-877e-98272cb551bb', 'root', 1795736795116342, 1795736797180526, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736795212852}], "deadline": 1795738595116343, "ended_at": 1795736797180526, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a40-e7a9-7eef-877e-98272cb551bb"}', 2);
INSERT INTO public.tasks VALUES ('01a21a40-f8a1-7b04-b778-c23b68b17e18', 'Terminate worker lab 3', '', 'completed', 'medium', NULL, NULL, '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 'root', 1795736795297783, 1795736798314339, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736795780285}], "deadline": 1795738595297785, "ended_at": 1795736798314339, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270"}', 2);
INSERT INTO public.tasks VALUES ('01a21a41-0a91-7830-84f4-cb664cdf69f4', 'Start worker lab 1', '', 'in_progress', 'medium', NULL, NULL, '01a21a40-e6ba-755a-93bd-9121e9df83c6', 'root', 1795736799889377, 1795736799980201, NULL, 1, 3, '{"run": {"phase": "applied", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736799923336}], "deadline": 1795738599889379, "has_begun": true, "max_attempts": 10, "applied_generation": 3, "has_replaced_begun": false}, "seq": 2, "verb": "start", "worker_id": "01a21a40-e6ba-755a-93bd-9121e9df83c6"}', 1);

INSERT INTO public.worker_action_seqs VALUES ('01a21a40-e7a9-7eef-877e-98272cb551bb', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6', 2);

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


