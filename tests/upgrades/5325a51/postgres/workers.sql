
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

CREATE TABLE public.desired_requests (
    worker_id uuid NOT NULL,
    request_id text NOT NULL,
    generation bigint NOT NULL
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

CREATE TABLE public.reconciles (
    worker_id uuid NOT NULL,
    due_at bigint,
    lease_owner uuid,
    lease_until bigint DEFAULT 0 NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    wakes bigint DEFAULT 0 NOT NULL,
    refreshed_at bigint DEFAULT 0 NOT NULL,
    book jsonb NOT NULL
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

CREATE TABLE public.sweeps (
    provider text NOT NULL,
    lease_owner uuid NOT NULL,
    lease_until bigint NOT NULL,
    fence bigint NOT NULL
);

CREATE TABLE public.worker_generations (
    worker_id uuid NOT NULL,
    generation bigint NOT NULL,
    provider text NOT NULL,
    state text NOT NULL,
    set_by text NOT NULL,
    set_at bigint NOT NULL,
    action_seq bigint,
    traceparent text,
    tracestate text,
    result text,
    ended_at bigint,
    reason text,
    message text
);

CREATE TABLE public.worker_tags (
    worker_id uuid NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE public.worker_utilization (
    worker_id uuid NOT NULL,
    report jsonb NOT NULL
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
    instance_id text,
    desired_reason text,
    desired_set_at bigint DEFAULT 0 NOT NULL,
    observed_address text,
    outcome_result text,
    outcome_at bigint,
    outcome_reason text,
    outcome_message text,
    converged_at bigint,
    failure_reason text,
    failure_message text,
    action_seq bigint DEFAULT 0 NOT NULL,
    incarnation bigint DEFAULT 1 NOT NULL,
    is_machine_lost boolean DEFAULT false NOT NULL
);

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:11:30.798715+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 94572450);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:11:30.901332+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 28556819);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:11:30.937141+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 27040625);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:11:30.961531+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 1949070);
INSERT INTO public._sqlx_migrations VALUES (1000, 'workers', '2026-11-26 23:11:30.963627+00', true, '\xc27b03e1f3938476da616499f3f735efd04100797f7542b83aadf3f7f15834f76d3cf963321795e27a1d502def7a5613', 53781156);
INSERT INTO public._sqlx_migrations VALUES (1001, 'changes', '2026-11-26 23:11:31.025144+00', true, '\x72f63219fd3b728988011d3c852fea2e99f692129348ff43d08863ec48120788870edaa11c69680751482578b3679678', 92803691);
INSERT INTO public._sqlx_migrations VALUES (1002, 'lifecycle', '2026-11-26 23:11:31.125262+00', true, '\x92d413c67262a3109fa991a8aed0685e508acfc4a6ffb5f513c1d2766631ea224db518dfad5d359027dbeefc75275944', 130049567);

INSERT INTO public.desired_requests VALUES ('01a21a20-de02-7c28-958a-b0293310443a', '01a21a20-ead1-7351-8881-68ebc2c2f549:1:1795734694609254', 2);
INSERT INTO public.desired_requests VALUES ('01a21a20-de10-79e8-ba1a-9fd89b909316', '01a21a20-eade-7085-8382-c96ea7d977eb:1:1795734694622637', 2);
INSERT INTO public.desired_requests VALUES ('01a21a20-de2a-7b01-8fc2-eace5d4d79d6', '01a21a20-eb13-795c-aac7-7ad51e89f243:1:1795734694675318', 2);
INSERT INTO public.desired_requests VALUES ('01a21a20-de02-7c28-958a-b0293310443a', '01a21a20-f5da-7eb0-957d-5be8bf9c626e:1:1795734697434637', 3);

INSERT INTO public.event_log VALUES (1, '3ace1cab-fad5-46fc-8727-8cd8ef8e7479', 30);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a20-dde5-7bd0-9f84-18004bdb7c7b', 'worker.created', 'worker', '01a21a20-dde5-7696-b2f7-63cccf0fec2d', 1, 1795734691301789, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-dde5-7696-b2f7-63cccf0fec2d", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.301789+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.301789+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:31.301789+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.301789+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a20-de02-77d8-a0a4-d56dd4f95d82', 'worker.created', 'worker', '01a21a20-de02-7c28-958a-b0293310443a', 1, 1795734691330905, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de02-7c28-958a-b0293310443a", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.330905+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.330905+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:31.330905+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.330905+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a20-de10-7010-8b49-f7c5524f01b6', 'worker.created', 'worker', '01a21a20-de10-79e8-ba1a-9fd89b909316', 1, 1795734691344898, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.344898+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.344898+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:31.344898+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.344898+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a20-de2a-7f26-b881-bd68e91d3583', 'worker.created', 'worker', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 1, 1795734691370615, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.370615+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.370615+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:31.370615+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.370615+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a20-de42-7823-b250-b1ef080c8c49', 'worker.created', 'worker', '01a21a20-de42-72c0-b228-9c7ac372216d', 1, 1795734691394859, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de42-72c0-b228-9c7ac372216d", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.394859+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.394859+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:31.394859+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.394859+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a20-de59-7905-921a-5885cb96bba0', 'worker.updated', 'worker', '01a21a20-dde5-7696-b2f7-63cccf0fec2d', 2, 1795734691417162, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-dde5-7696-b2f7-63cccf0fec2d", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.301789+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.301789+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:11:31.301789+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.417162+00:00", "instance_id": "i-22ccf3e7a69f44eb1", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a20-de7d-7024-9fcd-e8321e4db6bc', 'worker.updated', 'worker', '01a21a20-de02-7c28-958a-b0293310443a', 2, 1795734691453461, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de02-7c28-958a-b0293310443a", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.330905+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.330905+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:11:31.330905+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.453461+00:00", "instance_id": "i-dd300345f33fea94e", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a20-de8d-7187-bc57-9a818d306e75', 'worker.updated', 'worker', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 2, 1795734691469848, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.370615+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.370615+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:11:31.370615+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.469848+00:00", "instance_id": "i-ac30a203330b1cb13", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a20-eb2d-7243-b464-ae6a631d3d52', 'worker.status.updated', 'worker', '01a21a20-de02-7c28-958a-b0293310443a', 5, 1795734694701197, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de02-7c28-958a-b0293310443a", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:11:34.654682+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.701197+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.104.26.242", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:11:31.330905+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.701197+00:00", "instance_id": "i-dd300345f33fea94e", "converged_at": "2026-11-26T23:11:34.249963+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:11:34.249963+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.104.26.242", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a20-dea2-7957-a00c-e71972f9d465', 'worker.updated', 'worker', '01a21a20-de10-79e8-ba1a-9fd89b909316', 2, 1795734691490213, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.344898+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.344898+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:11:31.344898+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.490213+00:00", "instance_id": "i-c70f4dd1f7a06cda0", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a20-e968-7467-889a-0d3d9486c341', 'worker.status.updated', 'worker', '01a21a20-dde5-7696-b2f7-63cccf0fec2d', 3, 1795734694248725, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-dde5-7696-b2f7-63cccf0fec2d", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.301789+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.248725+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.248725+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.57.227.86", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:11:31.301789+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.248725+00:00", "instance_id": "i-22ccf3e7a69f44eb1", "converged_at": "2026-11-26T23:11:34.248725+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:11:31.301789+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a20-eaa2-7b38-bfb1-76aa4a28d9e6', 'worker.updated', 'worker', '01a21a20-dde5-7696-b2f7-63cccf0fec2d', 4, 1795734694562591, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-dde5-7696-b2f7-63cccf0fec2d", "name": "renamed", "tags": {"team": "a"}, "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.301789+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.248725+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "2", "observed": {"since": "2026-11-26T23:11:34.248725+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.57.227.86", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:11:31.301789+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.562591+00:00", "instance_id": "i-22ccf3e7a69f44eb1", "converged_at": "2026-11-26T23:11:34.248725+00:00", "instance_type": "m5.metal"}', '{"name": "lab 0", "tags": {}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a20-efb4-7305-bcfa-4fd9ad9c1bed', 'worker.terminated', 'worker', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 6, 1795734695860115, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:11:34.749715+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:11:35.860115+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:35.860115+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:11:31.370615+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:35.860115+00:00", "instance_id": "i-ac30a203330b1cb13", "converged_at": "2026-11-26T23:11:35.860115+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:11:34.828325+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:11:34.261040+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (27, 27, '01a21a20-f5bc-782c-87bc-52869db51143', 'worker.created', 'worker', '01a21a20-f5bc-7d4d-ab15-52d97ea53664', 1, 1795734697404428, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-f5bc-7d4d-ab15-52d97ea53664", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:37.404428+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:37.404428+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:11:37.404428+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:37.404428+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (29, 29, '01a21a20-f5ed-7631-ba4a-e49ce4190317', 'worker.updated', 'worker', '01a21a20-de02-7c28-958a-b0293310443a', 7, 1795734697453020, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de02-7c28-958a-b0293310443a", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:37.453020+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:11:35.733721+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:11:31.330905+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:37.453020+00:00", "instance_id": "i-dd300345f33fea94e", "converged_at": "2026-11-26T23:11:35.733721+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:11:34.654682+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:11:35.733721+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a20-deb6-7bf3-a09d-d2bcd81c4263', 'worker.updated', 'worker', '01a21a20-de42-72c0-b228-9c7ac372216d', 2, 1795734691510801, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de42-72c0-b228-9c7ac372216d", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.394859+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:31.394859+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:11:31.394859+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:31.510801+00:00", "instance_id": "i-72b5434e7be3c631e", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a20-e969-7220-89a6-6d707e2d8e5d', 'worker.status.updated', 'worker', '01a21a20-de10-79e8-ba1a-9fd89b909316', 3, 1795734694249235, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.344898+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.249235+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.249235+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.103.14.142", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:11:31.344898+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.249235+00:00", "instance_id": "i-c70f4dd1f7a06cda0", "converged_at": "2026-11-26T23:11:34.249235+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:11:31.344898+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a20-e969-75d8-9167-1f9c9b9034a8', 'worker.status.updated', 'worker', '01a21a20-de02-7c28-958a-b0293310443a', 3, 1795734694249963, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de02-7c28-958a-b0293310443a", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.330905+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.249963+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.249963+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.104.26.242", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:11:31.330905+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.249963+00:00", "instance_id": "i-dd300345f33fea94e", "converged_at": "2026-11-26T23:11:34.249963+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:11:31.330905+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a20-e975-7753-9488-e34677d898de', 'worker.status.updated', 'worker', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 3, 1795734694261040, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.370615+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.261040+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.261040+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.76.2.93", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:11:31.370615+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.261040+00:00", "instance_id": "i-ac30a203330b1cb13", "converged_at": "2026-11-26T23:11:34.261040+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:11:31.370615+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a20-e976-7b44-81e6-c3897c581539', 'worker.status.updated', 'worker', '01a21a20-de42-72c0-b228-9c7ac372216d', 3, 1795734694262691, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de42-72c0-b228-9c7ac372216d", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.394859+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.262691+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.262691+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.137.50.119", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:11:31.394859+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.262691+00:00", "instance_id": "i-72b5434e7be3c631e", "converged_at": "2026-11-26T23:11:34.262691+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:11:31.394859+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a20-eafe-7f3f-83af-af9720433f9b', 'worker.updated', 'worker', '01a21a20-de02-7c28-958a-b0293310443a', 4, 1795734694654682, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de02-7c28-958a-b0293310443a", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:11:34.654682+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.249963+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.104.26.242", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:11:31.330905+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.654682+00:00", "instance_id": "i-dd300345f33fea94e", "converged_at": "2026-11-26T23:11:34.249963+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.330905+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.249963+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a20-eb5d-7c57-91a4-eff0951b42c2', 'worker.updated', 'worker', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 4, 1795734694749715, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:11:34.749715+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.261040+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.76.2.93", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:11:31.370615+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.749715+00:00", "instance_id": "i-ac30a203330b1cb13", "converged_at": "2026-11-26T23:11:34.261040+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.370615+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.261040+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a20-ebac-772d-87f0-fd94dcfafd39', 'worker.status.updated', 'worker', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 5, 1795734694828325, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:11:34.749715+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.828325+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:11:31.370615+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.828325+00:00", "instance_id": "i-ac30a203330b1cb13", "converged_at": "2026-11-26T23:11:34.261040+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:11:34.261040+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.76.2.93", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a20-eb49-7d1e-af3b-7140aacaaad4', 'worker.updated', 'worker', '01a21a20-de10-79e8-ba1a-9fd89b909316', 4, 1795734694729602, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:11:34.729602+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.249235+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.103.14.142", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:11:31.344898+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.729602+00:00", "instance_id": "i-c70f4dd1f7a06cda0", "converged_at": "2026-11-26T23:11:34.249235+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:31.344898+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:11:34.249235+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a20-eba5-7778-a127-b65c0f84aa2e', 'worker.status.updated', 'worker', '01a21a20-de10-79e8-ba1a-9fd89b909316', 5, 1795734694821920, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:11:34.729602+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:34.821920+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:11:31.344898+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:34.821920+00:00", "instance_id": "i-c70f4dd1f7a06cda0", "converged_at": "2026-11-26T23:11:34.249235+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:11:34.249235+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.103.14.142", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (26, 26, '01a21a20-efd3-723e-8806-47ec8c1ef648', 'worker.deleted', 'worker', '01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 7, 1795734695891646, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, false, NULL, NULL, NULL, '{"id": "01a21a20-de2a-7b01-8fc2-eace5d4d79d6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:11:34.749715+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:11:35.860115+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:35.860115+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:11:31.370615+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:35.891646+00:00", "instance_id": "i-ac30a203330b1cb13", "converged_at": "2026-11-26T23:11:35.860115+00:00", "instance_type": "m5.metal"}', '{}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (28, 28, '01a21a20-f5dd-7622-b6ae-fbbad31c8e4a', 'worker.updated', 'worker', '01a21a20-f5bc-7d4d-ab15-52d97ea53664', 2, 1795734697437517, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-f5bc-7d4d-ab15-52d97ea53664", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:37.404428+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:11:37.404428+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:11:37.404428+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:37.437517+00:00", "instance_id": "i-7bda9cc47aff2b103", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a20-ef35-7a54-9b02-8228c999996a', 'worker.status.updated', 'worker', '01a21a20-de02-7c28-958a-b0293310443a', 6, 1795734695733721, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de02-7c28-958a-b0293310443a", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:11:34.654682+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:11:35.733721+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:35.733721+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:11:31.330905+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:35.733721+00:00", "instance_id": "i-dd300345f33fea94e", "converged_at": "2026-11-26T23:11:35.733721+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:11:34.701197+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.104.26.242", "generation": "1"}, "converged_at": "2026-11-26T23:11:34.249963+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a20-efb4-7185-9c74-e33e9d9cb30e', 'worker.terminated', 'worker', '01a21a20-de10-79e8-ba1a-9fd89b909316', 6, 1795734695860595, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de10-79e8-ba1a-9fd89b909316", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:11:34.729602+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:11:35.860595+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:11:35.860595+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:11:31.344898+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:35.860595+00:00", "instance_id": "i-c70f4dd1f7a06cda0", "converged_at": "2026-11-26T23:11:35.860595+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:11:34.821920+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:11:34.249235+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (30, 30, '01a21a20-f604-714e-bb09-fd081f01ccf1', 'worker.status.updated', 'worker', '01a21a20-de02-7c28-958a-b0293310443a', 8, 1795734697476733, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a20-de02-7c28-958a-b0293310443a", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:11:37.453020+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:11:37.476733+00:00", "state": "WORKER_OBSERVED_STATE_PENDING", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "8", "created_at": "2026-11-26T23:11:31.330905+00:00", "created_by": "root", "updated_at": "2026-11-26T23:11:37.476733+00:00", "instance_id": "i-dd300345f33fea94e", "converged_at": "2026-11-26T23:11:35.733721+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:11:35.733721+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}}');

INSERT INTO public.reconciles VALUES ('01a21a20-de10-79e8-ba1a-9fd89b909316', NULL, NULL, 0, 7, 1, 0, '{"flips": {"ready": {"since": 1795734695860595, "status": "true"}, "stalled": {"since": 1795734691490213, "status": "false"}, "reconciling": {"since": 1795734695860595, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734691490213, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734694821920, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734691490213, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a20-de42-72c0-b228-9c7ac372216d', NULL, NULL, 0, 4, 0, 0, '{"flips": {"ready": {"since": 1795734694262691, "status": "true"}, "stalled": {"since": 1795734691510801, "status": "false"}, "reconciling": {"since": 1795734694262691, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734691510801, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734691510801, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a20-dde5-7696-b2f7-63cccf0fec2d', NULL, NULL, 0, 6, 1, 0, '{"flips": {"ready": {"since": 1795734694248725, "status": "true"}, "stalled": {"since": 1795734691417162, "status": "false"}, "reconciling": {"since": 1795734694248725, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734691417162, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734694606104, "call": "tag", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734691417162, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a20-de2a-7b01-8fc2-eace5d4d79d6', NULL, NULL, 0, 8, 2, 0, '{"flips": {"ready": {"since": 1795734695860115, "status": "true"}, "stalled": {"since": 1795734691469848, "status": "false"}, "reconciling": {"since": 1795734695860115, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734691469848, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734694828325, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734691469848, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a20-f5bc-7d4d-ab15-52d97ea53664', 1795734697943836, NULL, 0, 1, 0, 0, '{"flips": {"ready": {"since": 1795734697437517, "status": "false"}, "stalled": {"since": 1795734697437517, "status": "false"}, "reconciling": {"since": 1795734697437517, "status": "true"}}, "waiting": {"since": 1795734697437517, "reason": "starting"}, "attempts": [{"at": 1795734697437517, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": {"call": "create", "generation": 1}, "created_at": 1795734697437517, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a20-de02-7c28-958a-b0293310443a', 1795734697979414, NULL, 0, 8, 2, 0, '{"flips": {"ready": {"since": 1795734697453020, "status": "false"}, "stalled": {"since": 1795734691453461, "status": "false"}, "reconciling": {"since": 1795734697453020, "status": "true"}}, "waiting": {"since": 1795734697476733, "reason": "starting"}, "attempts": [{"at": 1795734691453461, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734694701197, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 2}, {"at": 1795734697476733, "call": "start", "result": "ok", "message": null, "trace_id": null, "generation": 3}], "failures": 0, "conflicts": 0, "last_call": {"call": "start", "generation": 3}, "created_at": 1795734691453461, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');



INSERT INTO public.worker_generations VALUES ('01a21a20-de02-7c28-958a-b0293310443a', 1, 'simulated', 'running', 'root', 1795734691330905, NULL, NULL, NULL, 'converged', 1795734694249963, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-de10-79e8-ba1a-9fd89b909316', 1, 'simulated', 'running', 'root', 1795734691344898, NULL, NULL, NULL, 'converged', 1795734694249235, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-dde5-7696-b2f7-63cccf0fec2d', 1, 'simulated', 'running', 'root', 1795734691301789, NULL, NULL, NULL, 'converged', 1795734694248725, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 1, 'simulated', 'running', 'root', 1795734691370615, NULL, NULL, NULL, 'converged', 1795734694261040, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-de42-72c0-b228-9c7ac372216d', 1, 'simulated', 'running', 'root', 1795734691394859, NULL, NULL, NULL, 'converged', 1795734694262691, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-de02-7c28-958a-b0293310443a', 2, 'simulated', 'stopped', 'root', 1795734694654682, 1, NULL, NULL, 'converged', 1795734695733721, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 2, 'simulated', 'terminated', 'root', 1795734694749715, 1, NULL, NULL, 'converged', 1795734695860115, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-de10-79e8-ba1a-9fd89b909316', 2, 'simulated', 'terminated', 'root', 1795734694729602, 1, NULL, NULL, 'converged', 1795734695860595, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-f5bc-7d4d-ab15-52d97ea53664', 1, 'simulated', 'running', 'root', 1795734697404428, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a20-de02-7c28-958a-b0293310443a', 3, 'simulated', 'running', 'root', 1795734697453020, 2, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO public.worker_tags VALUES ('01a21a20-dde5-7696-b2f7-63cccf0fec2d', 'team', 'a', 1795734691301789);


INSERT INTO public.workers VALUES ('01a21a20-de42-72c0-b228-9c7ac372216d', 'lab 4', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734691394859, 1795734694262691, NULL, 1, 3, 'running', 1, 'root', 'running', 1, 1795734694262691, 'i-72b5434e7be3c631e', NULL, 1795734691394859, '10.137.50.119', 'converged', 1795734694262691, NULL, NULL, 1795734694262691, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a20-dde5-7696-b2f7-63cccf0fec2d', 'renamed', 'us-east-1', 'm5.metal', 'simulated', '{"team": "a"}', 'root', 1795734691301789, 1795734694562591, NULL, 2, 4, 'running', 1, 'root', 'running', 1, 1795734694248725, 'i-22ccf3e7a69f44eb1', NULL, 1795734691301789, '10.57.227.86', 'converged', 1795734694248725, NULL, NULL, 1795734694248725, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a20-de10-79e8-ba1a-9fd89b909316', 'lab 2', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734691344898, 1795734695860595, NULL, 1, 6, 'terminated', 2, 'root', 'terminated', 2, 1795734695860595, 'i-c70f4dd1f7a06cda0', NULL, 1795734694729602, NULL, 'converged', 1795734695860595, NULL, NULL, 1795734695860595, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a20-de2a-7b01-8fc2-eace5d4d79d6', 'lab 3', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734691370615, 1795734695891646, 1795734695891646, 1, 7, 'terminated', 2, 'root', 'terminated', 2, 1795734695860115, 'i-ac30a203330b1cb13', NULL, 1795734694749715, NULL, 'converged', 1795734695860115, NULL, NULL, 1795734695860115, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a20-f5bc-7d4d-ab15-52d97ea53664', 'pending', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734697404428, 1795734697437517, NULL, 1, 2, 'running', 1, 'root', 'pending', 0, 1795734697404428, 'i-7bda9cc47aff2b103', NULL, 1795734697404428, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a20-de02-7c28-958a-b0293310443a', 'lab 1', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734691330905, 1795734697476733, NULL, 1, 8, 'running', 3, 'root', 'pending', 2, 1795734697476733, 'i-dd300345f33fea94e', NULL, 1795734697453020, NULL, NULL, NULL, NULL, NULL, 1795734695733721, NULL, NULL, 2, 1, false);

SELECT pg_catalog.setval('public.events_seq_seq', 30, true);

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.desired_requests
    ADD CONSTRAINT desired_requests_pkey PRIMARY KEY (worker_id, request_id);

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

ALTER TABLE ONLY public.reconciles
    ADD CONSTRAINT reconciles_pkey PRIMARY KEY (worker_id);

ALTER TABLE ONLY public.request_keys
    ADD CONSTRAINT request_keys_pkey PRIMARY KEY (issuer, subject, method, key);

ALTER TABLE ONLY public.sweeps
    ADD CONSTRAINT sweeps_pkey PRIMARY KEY (provider);

ALTER TABLE ONLY public.worker_generations
    ADD CONSTRAINT worker_generations_pkey PRIMARY KEY (worker_id, generation);

ALTER TABLE ONLY public.worker_tags
    ADD CONSTRAINT worker_tags_pkey PRIMARY KEY (worker_id, key);

ALTER TABLE ONLY public.worker_utilization
    ADD CONSTRAINT worker_utilization_pkey PRIMARY KEY (worker_id);

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (id);

CREATE INDEX events_of_ends ON public.events USING btree (occurred_at) WHERE (NOT exists_after);

CREATE INDEX events_unnumbered ON public.events USING btree (seq) WHERE ("position" IS NULL);

CREATE INDEX reconciles_due ON public.reconciles USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX request_keys_expiring ON public.request_keys USING btree (expires_at);

CREATE INDEX worker_generations_converged ON public.worker_generations USING btree (provider, state, ended_at DESC) WHERE (result = 'converged'::text);

CREATE INDEX worker_tags_newest ON public.worker_tags USING btree (key, value, created_at DESC, worker_id DESC);

CREATE INDEX workers_by_provider ON public.workers USING btree (provider, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX workers_by_region ON public.workers USING btree (region, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX workers_by_status ON public.workers USING btree (observed_state, created_at DESC, id DESC) WHERE (deleted_at IS NULL);

CREATE INDEX workers_deleted ON public.workers USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);

CREATE UNIQUE INDEX workers_instance ON public.workers USING btree (provider, instance_id) WHERE (instance_id IS NOT NULL);

CREATE INDEX workers_newest ON public.workers USING btree (created_at DESC, id DESC) WHERE ((deleted_at IS NULL) AND (revision > 0));

ALTER TABLE ONLY public.desired_requests
    ADD CONSTRAINT desired_requests_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reconciles
    ADD CONSTRAINT reconciles_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.worker_generations
    ADD CONSTRAINT worker_generations_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.worker_tags
    ADD CONSTRAINT worker_tags_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.worker_utilization
    ADD CONSTRAINT worker_utilization_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.workers(id) ON DELETE CASCADE;


