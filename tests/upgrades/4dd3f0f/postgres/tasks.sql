
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:47:01.2468+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 60243896);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:47:01.31259+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 21583907);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:47:01.334518+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 15739133);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:47:01.353127+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 10429648);
INSERT INTO public._sqlx_migrations VALUES (1000, 'tasks', '2026-11-26 23:47:01.361624+00', true, '\x4cb362e1e704e433bef2f91adb431e8338e13d90decbd30504fbc3f0deb555254292e913140a028291c4ca52021dfbfb', 23854309);
INSERT INTO public._sqlx_migrations VALUES (1001, 'filters', '2026-11-26 23:47:01.385737+00', true, '\xed4b87efa60ad5176192108d3f15ef0062e1704da916bf259034db0788ed8437f7047618407ffb7541e1b222c4585262', 104246032);
INSERT INTO public._sqlx_migrations VALUES (1002, 'actions', '2026-11-26 23:47:01.490329+00', true, '\xabb86f6e68eabace35511dfac5a0655e11bf1790b41c08df41076f1082c92007209f28cd86561916f8714553658c8b64', 103942292);

INSERT INTO public.action_queue VALUES ('01a21a41-7462-782f-bfe2-970dcd13235d', '01a21a41-5fc5-7699-8341-8408eea3ec82', 2, 'start', 1, 1795736226978013, 1795736826978013, 1795738626984013, 'applied', NULL, 1, NULL, 3, 1, 1, 'root', NULL, NULL);

INSERT INTO public.event_log VALUES (1, '8a0585d8-3cc9-49ba-98ad-f7e8ca3a0bad', 25);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a41-6881-7e7e-982b-b2cd3804dbea', 'task.created', 'task', '01a21a41-6881-7b6d-858e-d35ff87b62c6', 1, 1795736823937242, 'ada', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', 'bob', 'ada', '{"id": "01a21a41-6881-7b6d-858e-d35ff87b62c6", "kind": "TASK_KIND_HUMAN", "title": "Größe 日本 🎉", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_HIGH", "revision": "1", "created_at": "2026-11-26T23:47:03.937242+00:00", "created_by": "ada", "department": "engineering", "updated_at": "2026-11-26T23:47:03.937242+00:00", "assignee_id": "bob", "description": "x\ny"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a41-6889-73b3-9aa3-e579df05c3e9', 'task.created', 'task', '01a21a41-6889-7891-a08e-a85432dbf79e', 1, 1795736823945588, 'eve', NULL, NULL, NULL, false, NULL, NULL, NULL, true, 'engineering', NULL, 'eve', '{"id": "01a21a41-6889-7891-a08e-a85432dbf79e", "kind": "TASK_KIND_HUMAN", "title": "of eve", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:47:03.945588+00:00", "created_by": "eve", "department": "engineering", "updated_at": "2026-11-26T23:47:03.945588+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a41-689e-7713-85d9-8f11213a649a', 'task.created', 'task', '01a21a41-689e-716a-8a9c-b95c68167305', 1, 1795736823966293, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-689e-716a-8a9c-b95c68167305", "kind": "TASK_KIND_HUMAN", "title": "about a worker", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5", "created_at": "2026-11-26T23:47:03.966293+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.966293+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a41-68a7-70f2-9e2c-12ec6a7b21dd', 'task.created', 'task', '01a21a41-68a7-7384-b7ff-3e7dc0d7bf1e', 1, 1795736823975696, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-68a7-7384-b7ff-3e7dc0d7bf1e", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:47:03.975696+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.975696+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a41-68ac-7f8a-8be6-957102988f9f', 'task.created', 'task', '01a21a41-68ac-7b3f-8512-08625b5f03dd', 1, 1795736823980612, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-68ac-7b3f-8512-08625b5f03dd", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:47:03.980612+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.980612+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a41-68ba-7662-a393-9f6b9212141d', 'task.created', 'task', '01a21a41-68ba-7035-b532-f6d26c52dcae', 1, 1795736823994684, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-68ba-7035-b532-f6d26c52dcae", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "created_at": "2026-11-26T23:47:03.994684+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.994684+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a41-68c4-7da6-91a2-9b7299f8ed46', 'task.status.updated', 'task', '01a21a41-68a7-7384-b7ff-3e7dc0d7bf1e', 2, 1795736824004471, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-68a7-7384-b7ff-3e7dc0d7bf1e", "kind": "TASK_KIND_HUMAN", "title": "in progress", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:47:03.975696+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.004471+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a41-68d2-7cc3-816b-6896cd2a2142', 'task.status.updated', 'task', '01a21a41-68ac-7b3f-8512-08625b5f03dd', 2, 1795736824018979, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-68ac-7b3f-8512-08625b5f03dd", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_IN_PROGRESS", "version": "2", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:47:03.980612+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.018979+00:00"}', '{"status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a41-68dc-79dd-a130-f63a0cc6a96c', 'task.status.updated', 'task', '01a21a41-68ac-7b3f-8512-08625b5f03dd', 3, 1795736824028886, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-68ac-7b3f-8512-08625b5f03dd", "kind": "TASK_KIND_HUMAN", "title": "completed", "status": "TASK_STATUS_COMPLETED", "version": "3", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "created_at": "2026-11-26T23:47:03.980612+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.028886+00:00"}', '{"status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a41-68e4-7327-aec6-13ed45f4b60a', 'task.deleted', 'task', '01a21a41-68ba-7035-b532-f6d26c52dcae', 2, 1795736824036637, 'root', NULL, NULL, NULL, true, NULL, NULL, 'root', false, NULL, NULL, NULL, '{"id": "01a21a41-68ba-7035-b532-f6d26c52dcae", "kind": "TASK_KIND_HUMAN", "title": "deleted", "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "created_at": "2026-11-26T23:47:03.994684+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.036637+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a41-6932-7282-905c-0e2fb607ada5', 'task.created', 'task', '01a21a41-692f-7ad4-8e9b-293b8148f1af', 1, 1795736824111068, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-692f-7ad4-8e9b-293b8148f1af", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:04.111069+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "created_at": "2026-11-26T23:47:04.111068+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.111068+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a41-693f-7edb-be3b-8fa78ccf35a8', 'task.created', 'task', '01a21a41-693b-7abd-aa17-ca3442595766', 1, 1795736824123737, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-693b-7abd-aa17-ca3442595766", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:04.123738+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "created_at": "2026-11-26T23:47:04.123737+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.123737+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a41-6942-7c62-803b-7919b9e7a063', 'task.status.updated', 'task', '01a21a41-693b-7abd-aa17-ca3442595766', 2, 1795736824130955, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-693b-7abd-aa17-ca3442595766", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:04.123738+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "created_at": "2026-11-26T23:47:04.123737+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.130955+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:04.123738+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a41-69b2-7e22-83c8-700c3223ce4d', 'task.updated', 'task', '01a21a41-694c-7dfe-815a-8b315846ce6a', 3, 1795736824242592, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-694c-7dfe-815a-8b315846ce6a", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.204282+00:00"}], "deadline": "2026-11-27T00:17:04.140189+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "created_at": "2026-11-26T23:47:04.140188+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.242592+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:04.140189+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a41-7468-74e5-87d3-a4f21fcbab9d', 'task.created', 'task', '01a21a41-7462-782f-bfe2-970dcd13235d', 1, 1795736826978013, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-7462-782f-bfe2-970dcd13235d", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:06.978013+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "action_seq": "2"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "created_at": "2026-11-26T23:47:06.978013+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:06.978013+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a41-6957-77d9-90d2-0d0d40a8aa7d', 'task.created', 'task', '01a21a41-694c-7dfe-815a-8b315846ce6a', 1, 1795736824140188, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, 'root', '{"id": "01a21a41-694c-7dfe-815a-8b315846ce6a", "run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:04.140189+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "action_seq": "1"}, "status": "TASK_STATUS_PENDING", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "1", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "created_at": "2026-11-26T23:47:04.140188+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.140188+00:00"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a41-6966-715b-846f-5e950b5750a1', 'task.updated', 'task', '01a21a41-693b-7abd-aa17-ca3442595766', 3, 1795736824166390, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-693b-7abd-aa17-ca3442595766", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.130955+00:00"}], "deadline": "2026-11-27T00:17:04.123738+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "created_at": "2026-11-26T23:47:04.123737+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.166390+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:04.123738+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a41-6943-75c7-a04e-77a47c861d8e', 'task.status.updated', 'task', '01a21a41-692f-7ad4-8e9b-293b8148f1af', 2, 1795736824131063, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-692f-7ad4-8e9b-293b8148f1af", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:04.111069+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "created_at": "2026-11-26T23:47:04.111068+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.131063+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:04.111069+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a41-6db1-7194-a667-43897e180c16', 'task.status.updated', 'task', '01a21a41-693b-7abd-aa17-ca3442595766', 4, 1795736825265351, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-693b-7abd-aa17-ca3442595766", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.130955+00:00"}], "deadline": "2026-11-27T00:17:04.123738+00:00", "ended_at": "2026-11-26T23:47:05.265351+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 2", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "created_at": "2026-11-26T23:47:04.123737+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:05.265351+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.130955+00:00"}], "deadline": "2026-11-27T00:17:04.123738+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a41-747c-7063-964b-8b5be73f99d5', 'task.status.updated', 'task', '01a21a41-7462-782f-bfe2-970dcd13235d', 2, 1795736827004865, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-7462-782f-bfe2-970dcd13235d", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:06.978013+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "created_at": "2026-11-26T23:47:06.978013+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:07.004865+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:06.978013+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a41-697b-717c-9648-908f85b3f206', 'task.updated', 'task', '01a21a41-692f-7ad4-8e9b-293b8148f1af', 3, 1795736824187053, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-692f-7ad4-8e9b-293b8148f1af", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.131063+00:00"}], "deadline": "2026-11-27T00:17:04.111069+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "created_at": "2026-11-26T23:47:04.111068+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.187053+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:04.111069+00:00", "max_attempts": 10}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a41-6da5-7a15-b2b2-c5959aa6eb83', 'task.status.updated', 'task', '01a21a41-692f-7ad4-8e9b-293b8148f1af', 4, 1795736825253937, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-692f-7ad4-8e9b-293b8148f1af", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.131063+00:00"}], "deadline": "2026-11-27T00:17:04.111069+00:00", "ended_at": "2026-11-26T23:47:05.253937+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Stop worker lab 1", "action": {"verb": "TASK_VERB_STOP", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "created_at": "2026-11-26T23:47:04.111068+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:05.253937+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.131063+00:00"}], "deadline": "2026-11-27T00:17:04.111069+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a41-698c-7158-b785-6fe366694a89', 'task.status.updated', 'task', '01a21a41-694c-7dfe-815a-8b315846ce6a', 2, 1795736824204282, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-694c-7dfe-815a-8b315846ce6a", "run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:04.140189+00:00", "max_attempts": 10}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "action_seq": "1"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "2", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "created_at": "2026-11-26T23:47:04.140188+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.204282+00:00"}', '{"run": {"phase": "TASK_PHASE_QUEUED", "number": 1, "deadline": "2026-11-27T00:17:04.140189+00:00", "max_attempts": 10}, "status": "TASK_STATUS_PENDING"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a41-6dd2-7c8e-a422-0814500cbea8', 'task.status.updated', 'task', '01a21a41-694c-7dfe-815a-8b315846ce6a', 4, 1795736825298939, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-694c-7dfe-815a-8b315846ce6a", "run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.204282+00:00"}], "deadline": "2026-11-27T00:17:04.140189+00:00", "ended_at": "2026-11-26T23:47:05.298939+00:00", "max_attempts": 10, "applied_generation": "2"}, "kind": "TASK_KIND_ACTION", "title": "Terminate worker lab 3", "action": {"verb": "TASK_VERB_TERMINATE", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "action_seq": "1"}, "status": "TASK_STATUS_COMPLETED", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "4", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "created_at": "2026-11-26T23:47:04.140188+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:05.298939+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:04.204282+00:00"}], "deadline": "2026-11-27T00:17:04.140189+00:00", "max_attempts": 10, "applied_generation": "2"}, "status": "TASK_STATUS_IN_PROGRESS"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a41-749f-7a45-9066-7bc85f645a9b', 'task.updated', 'task', '01a21a41-7462-782f-bfe2-970dcd13235d', 3, 1795736827039262, 'task-service', 'root', NULL, NULL, true, NULL, NULL, 'root', true, NULL, NULL, 'root', '{"id": "01a21a41-7462-782f-bfe2-970dcd13235d", "run": {"phase": "TASK_PHASE_APPLIED", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": "2026-11-26T23:47:07.004865+00:00"}], "deadline": "2026-11-27T00:17:06.978013+00:00", "max_attempts": 10, "applied_generation": "3"}, "kind": "TASK_KIND_ACTION", "title": "Start worker lab 1", "action": {"verb": "TASK_VERB_START", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "action_seq": "2"}, "status": "TASK_STATUS_IN_PROGRESS", "version": "1", "priority": "TASK_PRIORITY_MEDIUM", "revision": "3", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "created_at": "2026-11-26T23:47:06.978013+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:07.039262+00:00"}', '{"run": {"phase": "TASK_PHASE_APPLYING", "number": 1, "attempt": 1, "deadline": "2026-11-27T00:17:06.978013+00:00", "max_attempts": 10}}');


INSERT INTO public.tasks VALUES ('01a21a41-6881-7b6d-858e-d35ff87b62c6', 'Größe 日本 🎉', 'x
y', 'pending', 'high', 'bob', 'engineering', NULL, 'ada', 1795736823937242, 1795736823937242, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-6889-7891-a08e-a85432dbf79e', 'of eve', '', 'pending', 'medium', NULL, 'engineering', NULL, 'eve', 1795736823945588, 1795736823945588, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-689e-716a-8a9c-b95c68167305', 'about a worker', '', 'pending', 'medium', NULL, NULL, '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 'root', 1795736823966293, 1795736823966293, NULL, 1, 1, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-68a7-7384-b7ff-3e7dc0d7bf1e', 'in progress', '', 'in_progress', 'medium', NULL, NULL, NULL, 'root', 1795736823975696, 1795736824004471, NULL, 2, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-68ac-7b3f-8512-08625b5f03dd', 'completed', '', 'completed', 'medium', NULL, NULL, NULL, 'root', 1795736823980612, 1795736824028886, NULL, 3, 3, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-68ba-7035-b532-f6d26c52dcae', 'deleted', '', 'pending', 'medium', NULL, NULL, NULL, 'root', 1795736823994684, 1795736824036637, 1795736824036637, 1, 2, NULL, 0);
INSERT INTO public.tasks VALUES ('01a21a41-692f-7ad4-8e9b-293b8148f1af', 'Stop worker lab 1', '', 'completed', 'medium', NULL, NULL, '01a21a41-5fc5-7699-8341-8408eea3ec82', 'root', 1795736824111068, 1795736825253937, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736824131063}], "deadline": 1795738624111069, "ended_at": 1795736825253937, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "stop", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82"}', 2);
INSERT INTO public.tasks VALUES ('01a21a41-693b-7abd-aa17-ca3442595766', 'Terminate worker lab 2', '', 'completed', 'medium', NULL, NULL, '01a21a41-5fd5-7a50-b283-2e725d271bc8', 'root', 1795736824123737, 1795736825265351, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736824130955}], "deadline": 1795738624123738, "ended_at": 1795736825265351, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a41-5fd5-7a50-b283-2e725d271bc8"}', 2);
INSERT INTO public.tasks VALUES ('01a21a41-694c-7dfe-815a-8b315846ce6a', 'Terminate worker lab 3', '', 'completed', 'medium', NULL, NULL, '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 'root', 1795736824140188, 1795736825298939, NULL, 1, 4, '{"run": {"number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736824204282}], "deadline": 1795738624140189, "ended_at": 1795736825298939, "has_begun": true, "max_attempts": 10, "applied_generation": 2, "has_replaced_begun": false}, "seq": 1, "verb": "terminate", "worker_id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a"}', 2);
INSERT INTO public.tasks VALUES ('01a21a41-7462-782f-bfe2-970dcd13235d', 'Start worker lab 1', '', 'in_progress', 'medium', NULL, NULL, '01a21a41-5fc5-7699-8341-8408eea3ec82', 'root', 1795736826978013, 1795736827039262, NULL, 1, 3, '{"run": {"phase": "applied", "number": 1, "attempt": 1, "attempts": [{"run": 1, "code": "OK", "number": 1, "started_at": 1795736827004865}], "deadline": 1795738626978013, "has_begun": true, "max_attempts": 10, "applied_generation": 3, "has_replaced_begun": false}, "seq": 2, "verb": "start", "worker_id": "01a21a41-5fc5-7699-8341-8408eea3ec82"}', 1);

INSERT INTO public.worker_action_seqs VALUES ('01a21a41-5fd5-7a50-b283-2e725d271bc8', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 1);
INSERT INTO public.worker_action_seqs VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82', 2);

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


