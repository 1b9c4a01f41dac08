
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:12:09.074104+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 56885550);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:12:09.131488+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 22262719);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:12:09.154047+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 19628352);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:12:09.173981+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 1852808);
INSERT INTO public._sqlx_migrations VALUES (1000, 'tasks', '2026-11-26 23:12:09.175996+00', true, '\x4cb362e1e704e433bef2f91adb431e8338e13d90decbd30504fbc3f0deb555254292e913140a028291c4ca52021dfbfb', 17710297);
INSERT INTO public._sqlx_migrations VALUES (1001, 'filters', '2026-11-26 23:12:09.194014+00', true, '\xed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262', 72287843);
INSERT INTO public._sqlx_migrations VALUES (1002, 'actions', '2026-11-26 23:12:09.26667+00', true, '\xabb86f6e68eabace35511dfac5a0655e11bf1790b41c08df41076f1082c92007209f28cd86561916f8714553658c8b64', 124729772);

INSERT INTO public.action_queue VALUES ('01a21a21-877a-76ad-88ce-e539a4ec79b0', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 2, 'start', 1, 1795734134714370, 1795734734714370, 1795736534716497, 'applied', NULL, 1, NULL, 3, 1, 1, 'root', NULL, NULL);

INSERT INTO public.event_log VALUES (1, '62d01a51-de53-46d6-81fa-8af7415801ab', 25);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a21-7bf1-71eb-a876-efeff5a4f9d0', 'task.created', 'task', '01a21a21-7bf1-7440-8f9d-e24d5a9e5b96', 1, 1795734731761381, 'ada', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', 'bob', 'ada', '{"id": "01a21a21-7bf1-7440-8f9d-e24d5a9e5b96", "kind": "TASK_KIND_HUMAN", "title": "Größe 日本 🎉", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_HIGH", "revision": "1", "created_at": "2026-11-26T23:12:11.761381+00:00", "created_by": "ada", "department": "engineering", "updated_at": "2026-11-26T23:12:11.761381+00:00", "assignee_id": "bob", "description": "x\ny"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a21-7bff-7aa6-ac0b-eaf0b0df050d', 'task.created', 'task', '01a21a21-7bff-7a8e-8681-f36b660e9c81', 1, 1795734731775460, 'eve', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', NULL, 'eve', '{"id": "01a21a21-7bff-7a8e-8681-f36b660e9c81", "kind": "TASK_KIND_HUMAN", "title": "of eve", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:12:11.775460+00:00", "created_by": "eve", "department": "engineering", "updated_at": "2026-11-26T23:12:11.775460+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a21-7c0b-7a5d-803d-9f1c67006862', 'task.created', 'task', '01a21a21-7c0b-7dd1-b9a0-b357f5e456ff', 1, 1795734731787986, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-7c0b-7dd1-b9a0-b357f5e456ff", "kind": "TASK_KIND_HUMAN", "title": "about a worker", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-730d-7197-87c3-d09e99f432c9", "created_at": "2026-11-26T23:12:11.787986+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.787986+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a21-7c12-7b19-a60d-70a7d206a86d', 'task.created', 'task', '01a21a21-7c12-7e6e-8f58-56818d7a50d0', 1, 1795734731794823, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-7c12-7e6e-8f58-56818d7a50d0", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:12:11.794823+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.794823+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a21-7c1a-7e32-bb19-bf15df203727', 'task.created', 'task', '01a21a21-7c1a-7438-bfff-62c606e2212a', 1, 1795734731802301, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-7c1a-7438-bfff-62c606e2212a", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:12:11.802301+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.802301+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a21-7c25-7043-bc9f-cc3b0d64e32e', 'task.created', 'task', '01a21a21-7c25-7068-85bf-fdaad3d507a3', 1, 1795734731813233, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-7c25-7068-85bf-fdaad3d507a3", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:12:11.813233+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.813233+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a21-7c2e-7ba7-84c4-da89a45514c9', 'task.status.updated', 'task', '01a21a21-7c12-7e6e-8f58-56818d7a50d0', 2, 1795734731822860, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7c12-7e6e-8f58-56818d7a50d0", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:12:11.794823+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.822860+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a21-7c3c-7812-8c57-e783ce355796', 'task.status.updated', 'task', '01a21a21-7c1a-7438-bfff-62c606e2212a', 2, 1795734731836554, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7c1a-7438-bfff-62c606e2212a", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:12:11.802301+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.836554+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a21-7c47-7bc7-87ae-653af9a789d8', 'task.status.updated', 'task', '01a21a21-7c1a-7438-bfff-62c606e2212a', 3, 1795734731847612, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7c1a-7438-bfff-62c606e2212a", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_COMPLETED", "version": "3", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "created_at": "2026-11-26T23:12:11.802301+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.847612+00:00"}', '{"status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a21-7c50-7ea9-8baf-52a743ee14ac', 'task.deleted', 'task', '01a21a21-7c25-7068-85bf-fdaad3d507a3', 2, 1795734731856504, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', false, NULL, NULL, NULL, '{"id": "01a21a21-7c25-7068-85bf-fdaad3d507a3", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:12:11.813233+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.856504+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a21-7cb0-7ef6-be81-1a4ce310b4f5', 'task.created', 'task', '01a21a21-7cac-7a62-a561-079561d71cea', 1, 1795734731948943, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-7cac-7a62-a561-079561d71cea", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:11.948945+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "created_at": "2026-11-26T23:12:11.948943+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.948943+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a21-7cc4-7bf6-9a66-365dbb84d610', 'task.status.updated', 'task', '01a21a21-7cac-7a62-a561-079561d71cea', 2, 1795734731972534, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cac-7a62-a561-079561d71cea", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:11.948945+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "created_at": "2026-11-26T23:12:11.948943+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.972534+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:11.948945+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a21-7ce3-7f11-9e05-bffcfee0267a', 'task.updated', 'task', '01a21a21-7cac-7a62-a561-079561d71cea', 3, 1795734732003471, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cac-7a62-a561-079561d71cea", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:11.972534+00:00"}], "deadline": "2026-11-26T23:42:11.948945+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "created_at": "2026-11-26T23:12:11.948943+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.003471+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:11.948945+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a21-7ce9-7641-90b6-0fdab4091067', 'task.created', 'task', '01a21a21-7cc0-7fbf-b07a-5ede0a7672fa', 1, 1795734731968489, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-7cc0-7fbf-b07a-5ede0a7672fa", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:11.968490+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "created_at": "2026-11-26T23:12:11.968489+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.968489+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a21-7cfb-70bd-acf4-b2959c4c67fc', 'task.created', 'task', '01a21a21-7cf9-7464-8106-7d633cca81a9', 1, 1795734732025475, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-7cf9-7464-8106-7d633cca81a9", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:12.025477+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6", "created_at": "2026-11-26T23:12:12.025475+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.025475+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a21-7d10-79fa-9fee-033c24b47f77', 'task.status.updated', 'task', '01a21a21-7cc0-7fbf-b07a-5ede0a7672fa', 2, 1795734732048920, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cc0-7fbf-b07a-5ede0a7672fa", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:11.968490+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "created_at": "2026-11-26T23:12:11.968489+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.048920+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:11.968490+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a21-7d11-7a04-8ff0-e3a0c1302ade', 'task.status.updated', 'task', '01a21a21-7cf9-7464-8106-7d633cca81a9', 2, 1795734732049128, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cf9-7464-8106-7d633cca81a9", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:12.025477+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6", "created_at": "2026-11-26T23:12:12.025475+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.049128+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:12.025477+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a21-7d2a-7d16-ac8d-0e7079ab6b9f', 'task.updated', 'task', '01a21a21-7cc0-7fbf-b07a-5ede0a7672fa', 3, 1795734732074862, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cc0-7fbf-b07a-5ede0a7672fa", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:12.048920+00:00"}], "deadline": "2026-11-26T23:42:11.968490+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "created_at": "2026-11-26T23:12:11.968489+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.074862+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:11.968490+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a21-7d30-7e05-b78d-4ab6eb25f18f', 'task.updated', 'task', '01a21a21-7cf9-7464-8106-7d633cca81a9', 3, 1795734732080253, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cf9-7464-8106-7d633cca81a9", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:12.049128+00:00"}], "deadline": "2026-11-26T23:42:12.025477+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6", "created_at": "2026-11-26T23:12:12.025475+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.080253+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:12.025477+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a21-8113-7509-8a8b-dca63b48296e', 'task.status.updated', 'task', '01a21a21-7cac-7a62-a561-079561d71cea', 4, 1795734733075348, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cac-7a62-a561-079561d71cea", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:11.972534+00:00"}], "deadline": "2026-11-26T23:42:11.948945+00:00", "ended_at": "2026-11-26T23:12:13.075348+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "created_at": "2026-11-26T23:12:11.948943+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:13.075348+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:11.972534+00:00"}], "deadline": "2026-11-26T23:42:11.948945+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a21-877c-786a-aa1c-3f28a7a79df7', 'task.created', 'task', '01a21a21-877a-76ad-88ce-e539a4ec79b0', 1, 1795734734714368, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-877a-76ad-88ce-e539a4ec79b0", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:14.714370+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "action_seq": "2"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "created_at": "2026-11-26T23:12:14.714368+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:14.714368+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a21-8798-7e56-bd93-e96cbb40a781', 'task.updated', 'task', '01a21a21-877a-76ad-88ce-e539a4ec79b0', 3, 1795734734744978, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-877a-76ad-88ce-e539a4ec79b0", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:14.724055+00:00"}], "deadline": "2026-11-26T23:42:14.714370+00:00", "max_attempts": 10, "applied_generation": "3"}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "created_at": "2026-11-26T23:12:14.714368+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:14.744978+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:14.714370+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a21-8158-70bf-b3e3-64acafdbed83', 'task.status.updated', 'task', '01a21a21-7cc0-7fbf-b07a-5ede0a7672fa', 4, 1795734733144633, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cc0-7fbf-b07a-5ede0a7672fa", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:12.048920+00:00"}], "deadline": "2026-11-26T23:42:11.968490+00:00", "ended_at": "2026-11-26T23:12:13.144633+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "created_at": "2026-11-26T23:12:11.968489+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:13.144633+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:12.048920+00:00"}], "deadline": "2026-11-26T23:42:11.968490+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a21-8169-71f0-af45-8f7a70810581', 'task.status.updated', 'task', '01a21a21-7cf9-7464-8106-7d633cca81a9', 4, 1795734733161822, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-7cf9-7464-8106-7d633cca81a9", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:12.049128+00:00"}], "deadline": "2026-11-26T23:42:12.025477+00:00", "ended_at": "2026-11-26T23:12:13.161822+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6", "created_at": "2026-11-26T23:12:12.025475+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:13.161822+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:12.049128+00:00"}], "deadline": "2026-11-26T23:42:12.025477+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a21-8784-7e7e-8f15-63d2ab2fd5cf', 'task.status.updated', 'task', '01a21a21-877a-76ad-88ce-e539a4ec79b0', 2, 1795734734724055, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-877a-76ad-88ce-e539a4ec79b0", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:14.714370+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "created_at": "2026-11-26T23:12:14.714368+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:14.724055+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:14.714370+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');


INSERT INTO public.tasks VALUES ('01a21a21-7bf1-7440-8f9d-e24d5a9e5b96', 'Größe 日本 🎉', 'x
y', 'pending', 'high', 'bob', 'engineering', NULL, 'ada', 1795734731761381, 1795734731761381, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-7bff-7a8e-8681-f36b660e9c81', 'of eve', '', 'pending', 'medium', NULL, 'engineering', NULL, 'eve', 1795734731775460, 1795734731775460, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-7c0b-7dd1-b9a0-b357f5e456ff', 'about a worker', '', 'pending', 'medium', NULL, NULL, '01a21a21-730d-7197-87c3-d09e99f432c9', 'root', 1795734731787986, 1795734731787986, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-7c12-7e6e-8f58-56818d7a50d0', 'in progress', '', 'in_progress', 'medium', NULL, NULL, NULL, 'root', 1795734731794823, 1795734731822860, NULL, 2, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-7c1a-7438-bfff-62c606e2212a', 'completed', '', 'completed', 'medium', NULL, NULL, NULL, 'root', 1795734731802301, 1795734731847612, NULL, 3, 3, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-7c25-7068-85bf-fdaad3d507a3', 'deleted', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795734731813233, 1795734731856504, 1795734731856504, 1, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-7cac-7a62-a561-079561d71cea', 'Stop worker lab 1', '', 'completed', 'medium', NULL, NULL, '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 'root', 1795734731948943, 1795734733075348, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734731972534}], "deadline": 1795736531948945, "ended_at": 1795734733075348, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "stop", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890"}', 2);
INSERT INTO public.tasks VALUES ('01a21a21-7cc0-7fbf-b07a-5ede0a7672fa', 'Terminate worker lab 2', '', 'completed', 'medium', NULL, NULL, '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 'root', 1795734731968489, 1795734733144633, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734732048920}], "deadline": 1795736531968490, "ended_at": 1795734733144633, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1"}', 2);
INSERT INTO public.tasks VALUES ('01a21a21-7cf9-7464-8106-7d633cca81a9', 'Terminate worker lab 3', '', 'completed', 'medium', NULL, NULL, '01a21a21-7351-7083-b858-38a47141bfb6', 'root', 1795734732025475, 1795734733161822, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734732049128}], "deadline": 1795736532025477, "ended_at": 1795734733161822, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a21-7351-7083-b858-38a47141bfb6"}', 2);
INSERT INTO public.tasks VALUES ('01a21a21-877a-76ad-88ce-e539a4ec79b0', 'Start worker lab 1', '', 'in_progress', 'medium', NULL, NULL, '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 'root', 1795734734714368, 1795734734744978, NULL, 1, 3, '{"run": {"phase": "applied", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734734724055}], "deadline": 1795736534714370, "has_begun": true, "max_attempts": 10, "applied_generation": 3, "has_replaced_begun": false}, "seq": 2, "verb": "start", "worker_id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890"}', 1);

INSERT INTO public.worker_action_seqs VALUES ('01a21a21-733e-7b95-aea7-e6e4b4b371e1', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a21-7351-7083-b858-38a47141bfb6', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 2);

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


