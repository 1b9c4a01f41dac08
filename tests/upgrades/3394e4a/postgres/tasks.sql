
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:12:30.698097+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 40235755);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:12:30.738909+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 24692192);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:12:30.763825+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 5586456);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:12:30.769627+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 1125079);
INSERT INTO public._sqlx_migrations VALUES (1000, 'tasks', '2026-11-26 23:12:30.770918+00', true, '\x4cb362e1e704e433bef2f91adb431e8338e13d90decbd30504fbc3f0deb555254292e913140a028291c4ca52021dfbfb', 21361252);
INSERT INTO public._sqlx_migrations VALUES (1001, 'filters', '2026-11-26 23:12:30.792545+00', true, '\xed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262', 78780112);
INSERT INTO public._sqlx_migrations VALUES (1002, 'actions', '2026-11-26 23:12:30.87181+00', true, '\xabb86f6e68eabace35511dfac5a0655e11bf1790b41c08df41076f1082c92007209f28cd86561916f8714553658c8b64', 94839330);

INSERT INTO public.action_queue VALUES ('01a21a21-e32b-7622-b78f-4b300866e90b', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 2, 'start', 1, 1795734158187665, 1795734758187665, 1795736558189821, 'applied', NULL, 1, NULL, 3, 1, 1, 'root', NULL, NULL);

INSERT INTO public.event_log VALUES (1, 'c5b43559-d246-49c7-9bcf-0c5343eaf367', 25);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a21-d23d-7071-8667-1c4015b3f9c4', 'task.created', 'task', '01a21a21-d23d-7f57-a87f-1e1ac535d742', 1, 1795734753853922, 'ada', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', 'bob', 'ada', '{"id": "01a21a21-d23d-7f57-a87f-1e1ac535d742", "kind": "TASK_KIND_HUMAN", "title": "Größe 日本 🎉", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_HIGH", "revision": "1", "created_at": "2026-11-26T23:12:33.853922+00:00", "created_by": "ada", "department": "engineering", "updated_at": "2026-11-26T23:12:33.853922+00:00", "assignee_id": "bob", "description": "x\ny"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a21-d288-7eaf-a441-73abd3412a2b', 'task.created', 'task', '01a21a21-d288-79e8-aed3-207ec7ab677a', 1, 1795734753928051, 'eve', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', NULL, 'eve', '{"id": "01a21a21-d288-79e8-aed3-207ec7ab677a", "kind": "TASK_KIND_HUMAN", "title": "of eve", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:12:33.928051+00:00", "created_by": "eve", "department": "engineering", "updated_at": "2026-11-26T23:12:33.928051+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a21-d2ca-74f5-becd-cfb8c0e64e0e', 'task.created', 'task', '01a21a21-d2ca-78e7-b548-d46094b56549', 1, 1795734753994018, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-d2ca-78e7-b548-d46094b56549", "kind": "TASK_KIND_HUMAN", "title": "about a worker", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-c877-72a9-8b3a-08232d090960", "created_at": "2026-11-26T23:12:33.994018+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:33.994018+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a21-d2f6-71b3-b9c0-061f32fde00d', 'task.created', 'task', '01a21a21-d2f6-7b24-8d7a-91346dd581fe', 1, 1795734754038922, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-d2f6-7b24-8d7a-91346dd581fe", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:12:34.038922+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.038922+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a21-d349-7e6b-a232-f0abdda7b7bf', 'task.created', 'task', '01a21a21-d349-70b9-bb90-abb5c5100373', 1, 1795734754121603, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-d349-70b9-bb90-abb5c5100373", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:12:34.121603+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.121603+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a21-d3d6-7087-acdc-c6de76585427', 'task.created', 'task', '01a21a21-d3d6-701d-9727-4bcae70aff1d', 1, 1795734754262518, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-d3d6-701d-9727-4bcae70aff1d", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:12:34.262518+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.262518+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a21-d497-7eb4-93b8-d1eab8538f48', 'task.status.updated', 'task', '01a21a21-d2f6-7b24-8d7a-91346dd581fe', 2, 1795734754455302, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d2f6-7b24-8d7a-91346dd581fe", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:12:34.038922+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.455302+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a21-d4c0-7559-882d-55d4c821b683', 'task.status.updated', 'task', '01a21a21-d349-70b9-bb90-abb5c5100373', 2, 1795734754496649, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d349-70b9-bb90-abb5c5100373", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:12:34.121603+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.496649+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a21-d4e3-75d9-aafc-f0a973538d36', 'task.status.updated', 'task', '01a21a21-d349-70b9-bb90-abb5c5100373', 3, 1795734754531722, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d349-70b9-bb90-abb5c5100373", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_COMPLETED", "version": "3", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "created_at": "2026-11-26T23:12:34.121603+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.531722+00:00"}', '{"status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a21-d4fe-7ed2-a2ae-989ae6df4986', 'task.deleted', 'task', '01a21a21-d3d6-701d-9727-4bcae70aff1d', 2, 1795734754558803, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', false, NULL, NULL, NULL, '{"id": "01a21a21-d3d6-701d-9727-4bcae70aff1d", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:12:34.262518+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.558803+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a21-d5ad-70a3-8d26-cbbde66ec2a7', 'task.created', 'task', '01a21a21-d5a5-7faa-846f-0b426e47d2af', 1, 1795734754725811, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-d5a5-7faa-846f-0b426e47d2af", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:34.725812+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "created_at": "2026-11-26T23:12:34.725811+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.725811+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a21-d5c0-77f1-9263-84617e72bb66', 'task.created', 'task', '01a21a21-d5bb-7a4f-b36c-e4a4fd10021e', 1, 1795734754747075, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-d5bb-7a4f-b36c-e4a4fd10021e", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:34.747076+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "created_at": "2026-11-26T23:12:34.747075+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.747075+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a21-d5cf-7e6d-bc19-e34f91672983', 'task.created', 'task', '01a21a21-d5cc-719c-b56b-9ff9d4d74c2a', 1, 1795734754764099, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-d5cc-719c-b56b-9ff9d4d74c2a", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:34.764100+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "created_at": "2026-11-26T23:12:34.764099+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.764099+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a21-d5e9-7d56-9de5-4e29825a9080', 'task.status.updated', 'task', '01a21a21-d5a5-7faa-846f-0b426e47d2af', 2, 1795734754793943, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5a5-7faa-846f-0b426e47d2af", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:34.725812+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "created_at": "2026-11-26T23:12:34.725811+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.793943+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:34.725812+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a21-d602-754a-9135-4f67acf626c7', 'task.updated', 'task', '01a21a21-d5a5-7faa-846f-0b426e47d2af', 3, 1795734754818323, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5a5-7faa-846f-0b426e47d2af", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.793943+00:00"}], "deadline": "2026-11-26T23:42:34.725812+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "created_at": "2026-11-26T23:12:34.725811+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.818323+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:34.725812+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a21-d5ea-723b-b9fc-082bc10d16a0', 'task.status.updated', 'task', '01a21a21-d5cc-719c-b56b-9ff9d4d74c2a', 2, 1795734754794191, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5cc-719c-b56b-9ff9d4d74c2a", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:34.764100+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "created_at": "2026-11-26T23:12:34.764099+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.794191+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:34.764100+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a21-d5ea-7cc1-be76-f49faee0677f', 'task.status.updated', 'task', '01a21a21-d5bb-7a4f-b36c-e4a4fd10021e', 2, 1795734754794057, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5bb-7a4f-b36c-e4a4fd10021e", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:34.747076+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "created_at": "2026-11-26T23:12:34.747075+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.794057+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:34.747076+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a21-d707-7807-bb29-412d962d14a9', 'task.updated', 'task', '01a21a21-d5bb-7a4f-b36c-e4a4fd10021e', 3, 1795734755079011, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5bb-7a4f-b36c-e4a4fd10021e", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.794057+00:00"}], "deadline": "2026-11-26T23:42:34.747076+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "created_at": "2026-11-26T23:12:34.747075+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:35.079011+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:34.747076+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a21-d706-769b-80e7-99f810155358', 'task.updated', 'task', '01a21a21-d5cc-719c-b56b-9ff9d4d74c2a', 3, 1795734755078702, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5cc-719c-b56b-9ff9d4d74c2a", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.794191+00:00"}], "deadline": "2026-11-26T23:42:34.764100+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "created_at": "2026-11-26T23:12:34.764099+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:35.078702+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:34.764100+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a21-e32d-7e87-97e3-374eded4350e', 'task.created', 'task', '01a21a21-e32b-7622-b78f-4b300866e90b', 1, 1795734758187664, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a21-e32b-7622-b78f-4b300866e90b", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:38.187665+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "action_seq": "2"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "created_at": "2026-11-26T23:12:38.187664+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:38.187664+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a21-dab4-7085-bc1f-8eaa09bd342b', 'task.status.updated', 'task', '01a21a21-d5a5-7faa-846f-0b426e47d2af', 4, 1795734756020599, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5a5-7faa-846f-0b426e47d2af", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.793943+00:00"}], "deadline": "2026-11-26T23:42:34.725812+00:00", "ended_at": "2026-11-26T23:12:36.020599+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "created_at": "2026-11-26T23:12:34.725811+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:36.020599+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.793943+00:00"}], "deadline": "2026-11-26T23:42:34.725812+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a21-dcce-7ba1-b4c6-354f0b091892', 'task.status.updated', 'task', '01a21a21-d5cc-719c-b56b-9ff9d4d74c2a', 4, 1795734756558025, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5cc-719c-b56b-9ff9d4d74c2a", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.794191+00:00"}], "deadline": "2026-11-26T23:42:34.764100+00:00", "ended_at": "2026-11-26T23:12:36.558025+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "created_at": "2026-11-26T23:12:34.764099+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:36.558025+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.794191+00:00"}], "deadline": "2026-11-26T23:42:34.764100+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a21-e339-79a5-bf68-6b907d4361d6', 'task.status.updated', 'task', '01a21a21-e32b-7622-b78f-4b300866e90b', 2, 1795734758201507, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-e32b-7622-b78f-4b300866e90b", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:38.187665+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "created_at": "2026-11-26T23:12:38.187664+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:38.201507+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-26T23:42:38.187665+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a21-dcf5-7de6-a4d5-e3b8f4ff3f43', 'task.status.updated', 'task', '01a21a21-d5bb-7a4f-b36c-e4a4fd10021e', 4, 1795734756597583, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-d5bb-7a4f-b36c-e4a4fd10021e", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.794057+00:00"}], "deadline": "2026-11-26T23:42:34.747076+00:00", "ended_at": "2026-11-26T23:12:36.597583+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "created_at": "2026-11-26T23:12:34.747075+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:36.597583+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:34.794057+00:00"}], "deadline": "2026-11-26T23:42:34.747076+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a21-e349-775f-a733-45a05ca3547c', 'task.updated', 'task', '01a21a21-e32b-7622-b78f-4b300866e90b', 3, 1795734758217716, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a21-e32b-7622-b78f-4b300866e90b", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:12:38.201507+00:00"}], "deadline": "2026-11-26T23:42:38.187665+00:00", "max_attempts": 10, "applied_generation": "3"}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "created_at": "2026-11-26T23:12:38.187664+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:38.217716+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-26T23:42:38.187665+00:00", "max_attempts": 10}}');


INSERT INTO public.tasks VALUES ('01a21a21-d23d-7f57-a87f-1e1ac535d742', 'Größe 日本 🎉', 'x
y', 'pending', 'high', 'bob', 'engineering', NULL, 'ada', 1795734753853922, 1795734753853922, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-d288-79e8-aed3-207ec7ab677a', 'of eve', '', 'pending', 'medium', NULL, 'engineering', NULL, 'eve', 1795734753928051, 1795734753928051, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-d2ca-78e7-b548-d46094b56549', 'about a worker', '', 'pending', 'medium', NULL, NULL, '01a21a21-c877-72a9-8b3a-08232d090960', 'root', 1795734753994018, 1795734753994018, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-d2f6-7b24-8d7a-91346dd581fe', 'in progress', '', 'in_progress', 'medium', NULL, NULL, NULL, 'root', 1795734754038922, 1795734754455302, NULL, 2, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-d349-70b9-bb90-abb5c5100373', 'completed', '', 'completed', 'medium', NULL, NULL, NULL, 'root', 1795734754121603, 1795734754531722, NULL, 3, 3, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-d3d6-701d-9727-4bcae70aff1d', 'deleted', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795734754262518, 1795734754558803, 1795734754558803, 1, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a21-d5a5-7faa-846f-0b426e47d2af', 'Stop worker lab 1', '', 'completed', 'medium', NULL, NULL, '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 'root', 1795734754725811, 1795734756020599, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734754793943}], "deadline": 1795736554725812, "ended_at": 1795734756020599, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "stop", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99"}', 2);
INSERT INTO public.tasks VALUES ('01a21a21-d5cc-719c-b56b-9ff9d4d74c2a', 'Terminate worker lab 3', '', 'completed', 'medium', NULL, NULL, '01a21a21-c909-7e4d-a996-7f112100a1dc', 'root', 1795734754764099, 1795734756558025, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734754794191}], "deadline": 1795736554764100, "ended_at": 1795734756558025, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a21-c909-7e4d-a996-7f112100a1dc"}', 2);
INSERT INTO public.tasks VALUES ('01a21a21-d5bb-7a4f-b36c-e4a4fd10021e', 'Terminate worker lab 2', '', 'completed', 'medium', NULL, NULL, '01a21a21-c903-79ed-a9fb-c22b861ed873', 'root', 1795734754747075, 1795734756597583, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734754794057}], "deadline": 1795736554747076, "ended_at": 1795734756597583, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a21-c903-79ed-a9fb-c22b861ed873"}', 2);
INSERT INTO public.tasks VALUES ('01a21a21-e32b-7622-b78f-4b300866e90b', 'Start worker lab 1', '', 'in_progress', 'medium', NULL, NULL, '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 'root', 1795734758187664, 1795734758217716, NULL, 1, 3, '{"run": {"phase": "applied", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795734758201507}], "deadline": 1795736558187665, "has_begun": true, "max_attempts": 10, "applied_generation": 3, "has_replaced_begun": false}, "seq": 2, "verb": "start", "worker_id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99"}', 1);

INSERT INTO public.worker_action_seqs VALUES ('01a21a21-c903-79ed-a9fb-c22b861ed873', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a21-c909-7e4d-a996-7f112100a1dc', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99', 2);

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


