
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
    report jsonb NOT NULL,
    stored_at bigint DEFAULT 0 NOT NULL
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:12:09.134819+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 29581343);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:12:09.164851+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 20499784);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:12:09.185732+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 16964291);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:12:09.20293+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 1755032);
INSERT INTO public._sqlx_migrations VALUES (1000, 'workers', '2026-11-26 23:12:09.204856+00', true, '\xc27b03e1f3938476da616499f3f735efd04100797f7542b83aadf3f7f15834f76d3cf963321795e27a1d502def7a5613', 5846040);
INSERT INTO public._sqlx_migrations VALUES (1001, 'changes', '2026-11-26 23:12:09.210904+00', true, '\x72f63219fd3b728988011d3c852fea2e99f692129348ff43d08863ec48120788870edaa11c69680751482578b3679678', 43795755);
INSERT INTO public._sqlx_migrations VALUES (1002, 'lifecycle', '2026-11-26 23:12:09.254986+00', true, '\x92d413c67262a3109fa991a8aed0685e508acfc4a6ffb5f513c1d2766631ea224db518dfad5d359027dbeefc75275944', 86736362);
INSERT INTO public._sqlx_migrations VALUES (1003, 'report_times', '2026-11-26 23:12:09.34203+00', true, '\x68e248e3f1121e8da5f3481083deb96d00959e3d337c359b5659906567a1efb571a5f5fdbd68853acf04d07b0ae954ff', 7570277);

INSERT INTO public.desired_requests VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890', '01a21a21-7cac-7a62-a561-079561d71cea:1:1795734731948945', 2);
INSERT INTO public.desired_requests VALUES ('01a21a21-733e-7b95-aea7-e6e4b4b371e1', '01a21a21-7cc0-7fbf-b07a-5ede0a7672fa:1:1795734731968490', 2);
INSERT INTO public.desired_requests VALUES ('01a21a21-7351-7083-b858-38a47141bfb6', '01a21a21-7cf9-7464-8106-7d633cca81a9:1:1795734732025477', 2);
INSERT INTO public.desired_requests VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890', '01a21a21-877a-76ad-88ce-e539a4ec79b0:1:1795734734714370', 3);

INSERT INTO public.event_log VALUES (1, '177315fd-4e83-448b-814e-9fab77daeb0e', 30);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a21-730d-7f57-ba4d-89dbdb5ef00b', 'worker.created', 'worker', '01a21a21-730d-7197-87c3-d09e99f432c9', 1, 1795734729485945, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-730d-7197-87c3-d09e99f432c9", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.485945+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.485945+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:09.485945+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.485945+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a21-7333-7c25-8e44-c6a60bef9063', 'worker.updated', 'worker', '01a21a21-730d-7197-87c3-d09e99f432c9', 2, 1795734729523235, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-730d-7197-87c3-d09e99f432c9", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.485945+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.485945+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:09.485945+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.523235+00:00", "instance_id": "i-32d50ef8a5f1f07b6", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a21-7319-7eeb-964d-7de5928127d2', 'worker.created', 'worker', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 1, 1795734729497497, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.497497+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.497497+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:09.497497+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.497497+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a21-733e-7aef-943c-cecf2983d527', 'worker.created', 'worker', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 1, 1795734729534537, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.534537+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.534537+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:09.534537+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.534537+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a21-734c-790a-9cab-317502a6beb2', 'worker.updated', 'worker', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 2, 1795734729548366, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.497497+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.497497+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:09.497497+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.548366+00:00", "instance_id": "i-fe203241ede2e888d", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a21-7351-7696-9ad6-171bfcad4d43', 'worker.created', 'worker', '01a21a21-7351-7083-b858-38a47141bfb6', 1, 1795734729553639, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7351-7083-b858-38a47141bfb6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.553639+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.553639+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:09.553639+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.553639+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a21-735f-701f-96db-9aa04dbfdaae', 'worker.created', 'worker', '01a21a21-735f-76be-a8c8-d21ed78b54b9', 1, 1795734729567540, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-735f-76be-a8c8-d21ed78b54b9", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.567540+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.567540+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:09.567540+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.567540+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a21-7375-74ad-a5ff-1393176918db', 'worker.updated', 'worker', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 2, 1795734729589313, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.534537+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.534537+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:09.534537+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.589313+00:00", "instance_id": "i-f4a8af0351437c3ea", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a21-738a-7e6e-81ae-2f12540c0069', 'worker.updated', 'worker', '01a21a21-735f-76be-a8c8-d21ed78b54b9', 2, 1795734729610275, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-735f-76be-a8c8-d21ed78b54b9", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.567540+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.567540+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:09.567540+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.610275+00:00", "instance_id": "i-c2778e56f28b210fb", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a21-739d-7478-b94f-7313fd63c83d', 'worker.updated', 'worker', '01a21a21-7351-7083-b858-38a47141bfb6', 2, 1795734729629368, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7351-7083-b858-38a47141bfb6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.553639+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:09.553639+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:09.553639+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:09.629368+00:00", "instance_id": "i-e370fc1f81eb0d3fc", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a21-7b43-7382-ba75-430d7e705a93', 'worker.status.updated', 'worker', '01a21a21-730d-7197-87c3-d09e99f432c9', 3, 1795734731587556, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-730d-7197-87c3-d09e99f432c9", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.485945+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.587556+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:11.587556+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.53.69.129", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:09.485945+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.587556+00:00", "instance_id": "i-32d50ef8a5f1f07b6", "converged_at": "2026-11-26T23:12:11.587556+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:09.485945+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a21-7b5d-7465-afb0-c84c51e346fc', 'worker.status.updated', 'worker', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 3, 1795734731613033, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.497497+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.613033+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:11.613033+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.158.228.25", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:09.497497+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.613033+00:00", "instance_id": "i-fe203241ede2e888d", "converged_at": "2026-11-26T23:12:11.613033+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:09.497497+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a21-7ba2-7b79-aa31-77f9adcf88c3', 'worker.status.updated', 'worker', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 3, 1795734731681953, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.534537+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.681953+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:11.681953+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.29.79.62", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:09.534537+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.681953+00:00", "instance_id": "i-f4a8af0351437c3ea", "converged_at": "2026-11-26T23:12:11.681953+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:09.534537+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a21-7bac-76e1-b7e7-871dbc081f78', 'worker.status.updated', 'worker', '01a21a21-735f-76be-a8c8-d21ed78b54b9', 3, 1795734731691952, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-735f-76be-a8c8-d21ed78b54b9", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.567540+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.691952+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:11.691952+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.49.68.158", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:09.567540+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.691952+00:00", "instance_id": "i-c2778e56f28b210fb", "converged_at": "2026-11-26T23:12:11.691952+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:09.567540+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a21-7c5a-776c-a6fa-48b7e70dd6a5', 'worker.updated', 'worker', '01a21a21-730d-7197-87c3-d09e99f432c9', 4, 1795734731866038, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-730d-7197-87c3-d09e99f432c9", "name": "renamed", "tags": {"team": "a"}, "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.485945+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.587556+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "2", "observed": {"since": "2026-11-26T23:12:11.587556+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.53.69.129", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:12:09.485945+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.866038+00:00", "instance_id": "i-32d50ef8a5f1f07b6", "converged_at": "2026-11-26T23:12:11.587556+00:00", "instance_type": "m5.metal"}', '{"name": "lab 0", "tags": {}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a21-7cd8-71fc-a9ff-163053185a65', 'worker.updated', 'worker', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 4, 1795734731992178, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:12:11.992178+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:11.613033+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.158.228.25", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:12:09.497497+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.992178+00:00", "instance_id": "i-fe203241ede2e888d", "converged_at": "2026-11-26T23:12:11.613033+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.497497+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.613033+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a21-7bb0-760f-97a8-2060c1284e70', 'worker.status.updated', 'worker', '01a21a21-7351-7083-b858-38a47141bfb6', 3, 1795734731696680, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7351-7083-b858-38a47141bfb6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.553639+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.696680+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:11.696680+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.96.244.46", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:09.553639+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:11.696680+00:00", "instance_id": "i-e370fc1f81eb0d3fc", "converged_at": "2026-11-26T23:12:11.696680+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:09.553639+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a21-7d10-72c4-b9d8-8827824a82e1', 'worker.status.updated', 'worker', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 5, 1795734732048366, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:12:11.992178+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:12.048366+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.158.228.25", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:12:09.497497+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.048366+00:00", "instance_id": "i-fe203241ede2e888d", "converged_at": "2026-11-26T23:12:11.613033+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:12:11.613033+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.158.228.25", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a21-7d38-7469-b54f-8c9e1efe7b9b', 'worker.status.updated', 'worker', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 5, 1795734732088040, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:12.059328+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:12.088040+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:12:09.534537+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.088040+00:00", "instance_id": "i-f4a8af0351437c3ea", "converged_at": "2026-11-26T23:12:11.681953+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:12:11.681953+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.29.79.62", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a21-8106-7a51-9c71-67fc62949568', 'worker.status.updated', 'worker', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 6, 1795734733062327, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:12:11.992178+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:13.062327+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:13.062327+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:12:09.497497+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:13.062327+00:00", "instance_id": "i-fe203241ede2e888d", "converged_at": "2026-11-26T23:12:13.062327+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:12.048366+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.158.228.25", "generation": "1"}, "converged_at": "2026-11-26T23:12:11.613033+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (27, 27, '01a21a21-8763-74ee-9297-f70c95a5a7e0', 'worker.created', 'worker', '01a21a21-8763-7b25-be7b-6b0361788814', 1, 1795734734691653, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-8763-7b25-be7b-6b0361788814", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:14.691653+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:14.691653+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:14.691653+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:14.691653+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (29, 29, '01a21a21-8796-7624-85b4-623e07488e2a', 'worker.updated', 'worker', '01a21a21-8763-7b25-be7b-6b0361788814', 2, 1795734734742235, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-8763-7b25-be7b-6b0361788814", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:14.691653+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:14.691653+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:14.691653+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:14.742235+00:00", "instance_id": "i-e47d27a65fe49bddd", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a21-7d1b-7730-bcbf-381bf5fa09b8', 'worker.updated', 'worker', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 4, 1795734732059328, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:12.059328+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:11.681953+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.29.79.62", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:12:09.534537+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.059328+00:00", "instance_id": "i-f4a8af0351437c3ea", "converged_at": "2026-11-26T23:12:11.681953+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.534537+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.681953+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (26, 26, '01a21a21-8176-78bc-84af-ceeec8e74263', 'worker.deleted', 'worker', '01a21a21-7351-7083-b858-38a47141bfb6', 7, 1795734733174229, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, false, NULL, NULL, NULL, '{"id": "01a21a21-7351-7083-b858-38a47141bfb6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:12.068790+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:13.147988+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:13.147988+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:12:09.553639+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:13.174229+00:00", "instance_id": "i-e370fc1f81eb0d3fc", "converged_at": "2026-11-26T23:12:13.147988+00:00", "instance_type": "m5.metal"}', '{}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (28, 28, '01a21a21-8792-7465-943b-61bfd7bc5d54', 'worker.updated', 'worker', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 7, 1795734734738468, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:14.738468+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:12:13.062327+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:12:09.497497+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:14.738468+00:00", "instance_id": "i-fe203241ede2e888d", "converged_at": "2026-11-26T23:12:13.062327+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:12:11.992178+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:13.062327+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (30, 30, '01a21a21-87ac-753c-bf86-fe33a29ca4f9', 'worker.status.updated', 'worker', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 8, 1795734734764832, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:14.738468+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:12:14.764832+00:00", "state": "WORKER_OBSERVED_STATE_PENDING", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "8", "created_at": "2026-11-26T23:12:09.497497+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:14.764832+00:00", "instance_id": "i-fe203241ede2e888d", "converged_at": "2026-11-26T23:12:13.062327+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:12:13.062327+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a21-7d24-7338-a7c9-b92323b8e4ad', 'worker.updated', 'worker', '01a21a21-7351-7083-b858-38a47141bfb6', 4, 1795734732068790, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7351-7083-b858-38a47141bfb6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:12.068790+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:11.696680+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.96.244.46", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:12:09.553639+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.068790+00:00", "instance_id": "i-e370fc1f81eb0d3fc", "converged_at": "2026-11-26T23:12:11.696680+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:09.553639+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:11.696680+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a21-7d55-73b9-aa09-aa5d11f4ed44', 'worker.status.updated', 'worker', '01a21a21-7351-7083-b858-38a47141bfb6', 5, 1795734732117571, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7351-7083-b858-38a47141bfb6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:12.068790+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:12.117571+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:12:09.553639+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:12.117571+00:00", "instance_id": "i-e370fc1f81eb0d3fc", "converged_at": "2026-11-26T23:12:11.696680+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:12:11.696680+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.96.244.46", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a21-8149-7213-96f9-fa881781ad60', 'worker.terminated', 'worker', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 6, 1795734733129229, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:12.059328+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:13.129229+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:13.129229+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:12:09.534537+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:13.129229+00:00", "instance_id": "i-f4a8af0351437c3ea", "converged_at": "2026-11-26T23:12:13.129229+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:12.088040+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:12:11.681953+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a21-815c-7816-95d8-f09a271eef5e', 'worker.terminated', 'worker', '01a21a21-7351-7083-b858-38a47141bfb6', 6, 1795734733147988, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-7351-7083-b858-38a47141bfb6", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:12.068790+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:13.147988+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:13.147988+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:12:09.553639+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:13.147988+00:00", "instance_id": "i-e370fc1f81eb0d3fc", "converged_at": "2026-11-26T23:12:13.147988+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:12.117571+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:12:11.696680+00:00"}');

INSERT INTO public.reconciles VALUES ('01a21a21-735f-76be-a8c8-d21ed78b54b9', NULL, NULL, 0, 5, 0, 0, '{"flips": {"ready": {"since": 1795734731691952, "status": "true"}, "stalled": {"since": 1795734729610275, "status": "false"}, "reconciling": {"since": 1795734731691952, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734729610275, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734729610275, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-730d-7197-87c3-d09e99f432c9', NULL, NULL, 0, 7, 1, 0, '{"flips": {"ready": {"since": 1795734731587556, "status": "true"}, "stalled": {"since": 1795734729523235, "status": "false"}, "reconciling": {"since": 1795734731587556, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734729523235, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734731913418, "call": "tag", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734729523235, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-733e-7b95-aea7-e6e4b4b371e1', NULL, NULL, 0, 8, 1, 0, '{"flips": {"ready": {"since": 1795734733129229, "status": "true"}, "stalled": {"since": 1795734729589313, "status": "false"}, "reconciling": {"since": 1795734733129229, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734729589313, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734732088040, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734729589313, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-7351-7083-b858-38a47141bfb6', NULL, NULL, 0, 9, 2, 0, '{"flips": {"ready": {"since": 1795734733147988, "status": "true"}, "stalled": {"since": 1795734729629368, "status": "false"}, "reconciling": {"since": 1795734733147988, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734729629368, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734732117571, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734729629368, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-8763-7b25-be7b-6b0361788814', 1795734735248293, NULL, 0, 1, 0, 0, '{"flips": {"ready": {"since": 1795734734742235, "status": "false"}, "stalled": {"since": 1795734734742235, "status": "false"}, "reconciling": {"since": 1795734734742235, "status": "true"}}, "waiting": {"since": 1795734734742235, "reason": "starting"}, "attempts": [{"at": 1795734734742235, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": {"call": "create", "generation": 1}, "created_at": 1795734734742235, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 1795734735267913, NULL, 0, 9, 2, 0, '{"flips": {"ready": {"since": 1795734734738468, "status": "false"}, "stalled": {"since": 1795734729548366, "status": "false"}, "reconciling": {"since": 1795734734738468, "status": "true"}}, "waiting": {"since": 1795734734764832, "reason": "starting"}, "attempts": [{"at": 1795734729548366, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734732048366, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 2}, {"at": 1795734734764832, "call": "start", "result": "ok", "message": null, "trace_id": null, "generation": 3}], "failures": 0, "conflicts": 0, "last_call": {"call": "start", "generation": 3}, "created_at": 1795734729548366, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');



INSERT INTO public.worker_generations VALUES ('01a21a21-730d-7197-87c3-d09e99f432c9', 1, 'simulated', 'running', 'root', 1795734729485945, NULL, NULL, NULL, 'converged', 1795734731587556, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 1, 'simulated', 'running', 'root', 1795734729497497, NULL, NULL, NULL, 'converged', 1795734731613033, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-733e-7b95-aea7-e6e4b4b371e1', 1, 'simulated', 'running', 'root', 1795734729534537, NULL, NULL, NULL, 'converged', 1795734731681953, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-735f-76be-a8c8-d21ed78b54b9', 1, 'simulated', 'running', 'root', 1795734729567540, NULL, NULL, NULL, 'converged', 1795734731691952, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-7351-7083-b858-38a47141bfb6', 1, 'simulated', 'running', 'root', 1795734729553639, NULL, NULL, NULL, 'converged', 1795734731696680, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 2, 'simulated', 'stopped', 'root', 1795734731992178, 1, NULL, NULL, 'converged', 1795734733062327, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-733e-7b95-aea7-e6e4b4b371e1', 2, 'simulated', 'terminated', 'root', 1795734732059328, 1, NULL, NULL, 'converged', 1795734733129229, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-7351-7083-b858-38a47141bfb6', 2, 'simulated', 'terminated', 'root', 1795734732068790, 1, NULL, NULL, 'converged', 1795734733147988, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-8763-7b25-be7b-6b0361788814', 1, 'simulated', 'running', 'root', 1795734734691653, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 3, 'simulated', 'running', 'root', 1795734734738468, 2, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO public.worker_tags VALUES ('01a21a21-730d-7197-87c3-d09e99f432c9', 'team', 'a', 1795734729485945);


INSERT INTO public.workers VALUES ('01a21a21-735f-76be-a8c8-d21ed78b54b9', 'lab 4', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734729567540, 1795734731691952, NULL, 1, 3, 'running', 1, 'root', 'running', 1, 1795734731691952, 'i-c2778e56f28b210fb', NULL, 1795734729567540, '10.49.68.158', 'converged', 1795734731691952, NULL, NULL, 1795734731691952, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-730d-7197-87c3-d09e99f432c9', 'renamed', 'us-east-1', 'm5.metal', 'simulated', '{"team": "a"}', 'root', 1795734729485945, 1795734731866038, NULL, 2, 4, 'running', 1, 'root', 'running', 1, 1795734731587556, 'i-32d50ef8a5f1f07b6', NULL, 1795734729485945, '10.53.69.129', 'converged', 1795734731587556, NULL, NULL, 1795734731587556, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-733e-7b95-aea7-e6e4b4b371e1', 'lab 2', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734729534537, 1795734733129229, NULL, 1, 6, 'terminated', 2, 'root', 'terminated', 2, 1795734733129229, 'i-f4a8af0351437c3ea', NULL, 1795734732059328, NULL, 'converged', 1795734733129229, NULL, NULL, 1795734733129229, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-7351-7083-b858-38a47141bfb6', 'lab 3', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734729553639, 1795734733174229, 1795734733174229, 1, 7, 'terminated', 2, 'root', 'terminated', 2, 1795734733147988, 'i-e370fc1f81eb0d3fc', NULL, 1795734732068790, NULL, 'converged', 1795734733147988, NULL, NULL, 1795734733147988, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-8763-7b25-be7b-6b0361788814', 'pending', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734734691653, 1795734734742235, NULL, 1, 2, 'running', 1, 'root', 'pending', 0, 1795734734691653, 'i-e47d27a65fe49bddd', NULL, 1795734734691653, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 'lab 1', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734729497497, 1795734734764832, NULL, 1, 8, 'running', 3, 'root', 'pending', 2, 1795734734764832, 'i-fe203241ede2e888d', NULL, 1795734734738468, NULL, NULL, NULL, NULL, NULL, 1795734733062327, NULL, NULL, 2, 1, false);

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

CREATE INDEX worker_utilization_stored ON public.worker_utilization USING btree (stored_at, worker_id);

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


