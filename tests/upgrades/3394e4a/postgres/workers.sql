
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:12:30.89557+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 28871140);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:12:30.925036+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 180412839);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:12:31.115458+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 58283923);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:12:31.167989+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 11833410);
INSERT INTO public._sqlx_migrations VALUES (1000, 'workers', '2026-11-26 23:12:31.180017+00', true, '\xc27b03e1f3938476da616499f3f735efd04100797f7542b83aadf3f7f15834f76d3cf963321795e27a1d502def7a5613', 19266445);
INSERT INTO public._sqlx_migrations VALUES (1001, 'changes', '2026-11-26 23:12:31.19956+00', true, '\x72f63219fd3b728988011d3c852fea2e99f692129348ff43d08863ec48120788870edaa11c69680751482578b3679678', 32821469);
INSERT INTO public._sqlx_migrations VALUES (1002, 'lifecycle', '2026-11-26 23:12:31.237579+00', true, '\x92d413c67262a3109fa991a8aed0685e508acfc4a6ffb5f513c1d2766631ea224db518dfad5d359027dbeefc75275944', 69234635);
INSERT INTO public._sqlx_migrations VALUES (1003, 'report_times', '2026-11-26 23:12:31.307081+00', true, '\x68e248e3f1121e8da5f3481083deb96d00959e3d337c359b5659906567a1efb571a5f5fdbd68853acf04d07b0ae954ff', 1633523);
INSERT INTO public._sqlx_migrations VALUES (1004, 'unconverged', '2026-11-26 23:12:31.30895+00', true, '\x11e99749a048cbde74f1c71e918d9293edfd5470dac79c38b2ef7167161afb00d064698a322bacc76406269be6208b94', 1080903);

INSERT INTO public.desired_requests VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99', '01a21a21-d5a5-7faa-846f-0b426e47d2af:1:1795734754725812', 2);
INSERT INTO public.desired_requests VALUES ('01a21a21-c909-7e4d-a996-7f112100a1dc', '01a21a21-d5cc-719c-b56b-9ff9d4d74c2a:1:1795734754764100', 2);
INSERT INTO public.desired_requests VALUES ('01a21a21-c903-79ed-a9fb-c22b861ed873', '01a21a21-d5bb-7a4f-b36c-e4a4fd10021e:1:1795734754747076', 2);
INSERT INTO public.desired_requests VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99', '01a21a21-e32b-7622-b78f-4b300866e90b:1:1795734758187665', 3);

INSERT INTO public.event_log VALUES (1, '466acabe-03af-481a-a362-8fbff5d972d3', 30);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a21-c877-73ba-b21c-0fd18870a353', 'worker.created', 'worker', '01a21a21-c877-72a9-8b3a-08232d090960', 1, 1795734751351783, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c877-72a9-8b3a-08232d090960", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.351783+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.351783+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:31.351783+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.351783+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a21-c8e7-7acd-a315-54eb60fcb746', 'worker.created', 'worker', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 1, 1795734751463228, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.463228+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.463228+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:31.463228+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.463228+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a21-c903-7779-8665-e8012f927b03', 'worker.created', 'worker', '01a21a21-c903-79ed-a9fb-c22b861ed873', 1, 1795734751491326, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.491326+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.491326+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:31.491326+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.491326+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a21-c909-7e15-a669-d7da9edde688', 'worker.created', 'worker', '01a21a21-c909-7e4d-a996-7f112100a1dc', 1, 1795734751497806, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.497806+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.497806+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:31.497806+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.497806+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a21-c912-7d59-80f7-cd1de67d109a', 'worker.created', 'worker', '01a21a21-c912-79f7-b039-fdf0a7fef943', 1, 1795734751506104, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c912-79f7-b039-fdf0a7fef943", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.506104+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.506104+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:31.506104+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.506104+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a21-c94f-77f0-ae56-54fac05ae5f9', 'worker.updated', 'worker', '01a21a21-c877-72a9-8b3a-08232d090960', 2, 1795734751567300, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c877-72a9-8b3a-08232d090960", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.351783+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.351783+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:31.351783+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.567300+00:00", "instance_id": "i-b9c5a8cbf1d04650f", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a21-c9a9-78a2-b5db-da855a5dc00c', 'worker.updated', 'worker', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 2, 1795734751657556, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.463228+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.463228+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:31.463228+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.657556+00:00", "instance_id": "i-e138def2d52e70b93", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a21-c9e3-71df-b8e9-d8bd69850d0a', 'worker.updated', 'worker', '01a21a21-c909-7e4d-a996-7f112100a1dc', 2, 1795734751715786, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.497806+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.497806+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:31.497806+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.715786+00:00", "instance_id": "i-5da0a1ab92c59fef0", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a21-ca03-77d9-bf35-86f3942aa8de', 'worker.updated', 'worker', '01a21a21-c903-79ed-a9fb-c22b861ed873', 2, 1795734751747835, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.491326+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.491326+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:31.491326+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.747835+00:00", "instance_id": "i-6b22b4f7ef318a997", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a21-ca47-734b-8554-1ed7274874c6', 'worker.updated', 'worker', '01a21a21-c912-79f7-b039-fdf0a7fef943', 2, 1795734751815193, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c912-79f7-b039-fdf0a7fef943", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.506104+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:31.506104+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:31.506104+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:31.815193+00:00", "instance_id": "i-b3e09cd4be799ca83", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a21-d11a-7c3c-87d7-57d526df6a2b', 'worker.status.updated', 'worker', '01a21a21-c877-72a9-8b3a-08232d090960', 3, 1795734753562699, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c877-72a9-8b3a-08232d090960", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.351783+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:33.562699+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:33.562699+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.53.90.90", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:31.351783+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:33.562699+00:00", "instance_id": "i-b9c5a8cbf1d04650f", "converged_at": "2026-11-26T23:12:33.562699+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:31.351783+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a21-d1e9-7629-8838-153c58bd6843', 'worker.status.updated', 'worker', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 3, 1795734753769303, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.463228+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:33.769303+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:33.769303+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.185.168.125", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:31.463228+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:33.769303+00:00", "instance_id": "i-e138def2d52e70b93", "converged_at": "2026-11-26T23:12:33.769303+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:31.463228+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a21-d344-75fc-a6a3-56f4f924d7b2', 'worker.status.updated', 'worker', '01a21a21-c912-79f7-b039-fdf0a7fef943', 3, 1795734754115987, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c912-79f7-b039-fdf0a7fef943", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.506104+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:34.115987+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:34.115987+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.225.233.9", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:31.506104+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.115987+00:00", "instance_id": "i-b3e09cd4be799ca83", "converged_at": "2026-11-26T23:12:34.115987+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:31.506104+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a21-d680-7b8d-9bc2-bea5c1c43b69', 'worker.updated', 'worker', '01a21a21-c909-7e4d-a996-7f112100a1dc', 4, 1795734754944798, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:34.944798+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:34.243404+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.12.140.92", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:12:31.497806+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.944798+00:00", "instance_id": "i-5da0a1ab92c59fef0", "converged_at": "2026-11-26T23:12:34.243404+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.497806+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:34.243404+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (26, 26, '01a21a21-dd05-7118-9470-029cfb0adaf4', 'worker.deleted', 'worker', '01a21a21-c909-7e4d-a996-7f112100a1dc', 7, 1795734756613183, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, false, NULL, NULL, NULL, '{"id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:34.944798+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:36.427500+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:36.427500+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:12:31.497806+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:36.613183+00:00", "instance_id": "i-5da0a1ab92c59fef0", "converged_at": "2026-11-26T23:12:36.427500+00:00", "instance_type": "m5.metal"}', '{}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a21-d3c6-73a5-9f00-9640c16a37c3', 'worker.status.updated', 'worker', '01a21a21-c909-7e4d-a996-7f112100a1dc', 3, 1795734754243404, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.497806+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:34.243404+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:34.243404+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.12.140.92", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:31.497806+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.243404+00:00", "instance_id": "i-5da0a1ab92c59fef0", "converged_at": "2026-11-26T23:12:34.243404+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:31.497806+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a21-d409-7e95-9e09-fdf6879535ed', 'worker.status.updated', 'worker', '01a21a21-c903-79ed-a9fb-c22b861ed873', 3, 1795734754313905, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.491326+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:34.313905+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:34.313905+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.175.129.148", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:12:31.491326+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.313905+00:00", "instance_id": "i-6b22b4f7ef318a997", "converged_at": "2026-11-26T23:12:34.313905+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:31.491326+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a21-d5f4-75ea-a275-b25a257ea084', 'worker.updated', 'worker', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 4, 1795734754804525, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:12:34.804525+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:33.769303+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.185.168.125", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:12:31.463228+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.804525+00:00", "instance_id": "i-e138def2d52e70b93", "converged_at": "2026-11-26T23:12:33.769303+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.463228+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:33.769303+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a21-d832-7d4e-8a22-ffca2271af1a', 'worker.status.updated', 'worker', '01a21a21-c909-7e4d-a996-7f112100a1dc', 5, 1795734755378905, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:34.944798+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:35.378905+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:12:31.497806+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:35.378905+00:00", "instance_id": "i-5da0a1ab92c59fef0", "converged_at": "2026-11-26T23:12:34.243404+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:12:34.243404+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.12.140.92", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a21-dc4b-70c0-8cfb-f257d840eb4c', 'worker.terminated', 'worker', '01a21a21-c909-7e4d-a996-7f112100a1dc', 6, 1795734756427500, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c909-7e4d-a996-7f112100a1dc", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:34.944798+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:36.427500+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:36.427500+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:12:31.497806+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:36.427500+00:00", "instance_id": "i-5da0a1ab92c59fef0", "converged_at": "2026-11-26T23:12:36.427500+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:35.378905+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:12:34.243404+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a21-d51a-7b7e-a51f-4c78fe3c15da', 'worker.updated', 'worker', '01a21a21-c877-72a9-8b3a-08232d090960', 4, 1795734754586156, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c877-72a9-8b3a-08232d090960", "name": "renamed", "tags": {"team": "a"}, "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.351783+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:33.562699+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "2", "observed": {"since": "2026-11-26T23:12:33.562699+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.53.90.90", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:12:31.351783+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.586156+00:00", "instance_id": "i-b9c5a8cbf1d04650f", "converged_at": "2026-11-26T23:12:33.562699+00:00", "instance_type": "m5.metal"}', '{"name": "lab 0", "tags": {}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a21-d69e-7e31-a2bf-f607794742dd', 'worker.updated', 'worker', '01a21a21-c903-79ed-a9fb-c22b861ed873', 4, 1795734754974023, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:34.974023+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:34.313905+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.175.129.148", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:12:31.491326+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.974023+00:00", "instance_id": "i-6b22b4f7ef318a997", "converged_at": "2026-11-26T23:12:34.313905+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:31.491326+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:12:34.313905+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a21-d806-799f-8b51-6608cd044ee5', 'worker.status.updated', 'worker', '01a21a21-c903-79ed-a9fb-c22b861ed873', 5, 1795734755334937, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:34.974023+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:35.334937+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:12:31.491326+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:35.334937+00:00", "instance_id": "i-6b22b4f7ef318a997", "converged_at": "2026-11-26T23:12:34.313905+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:12:34.313905+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.175.129.148", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (27, 27, '01a21a21-e321-7f2e-92e6-35d56dd89697', 'worker.created', 'worker', '01a21a21-e321-7386-8321-21ea3f41f555', 1, 1795734758177382, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-e321-7386-8321-21ea3f41f555", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:38.177382+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:38.177382+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:12:38.177382+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:38.177382+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a21-d60c-740d-9f24-761ff8765665', 'worker.status.updated', 'worker', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 5, 1795734754828625, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:12:34.804525+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:34.828625+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.185.168.125", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:12:31.463228+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:34.828625+00:00", "instance_id": "i-e138def2d52e70b93", "converged_at": "2026-11-26T23:12:33.769303+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:12:33.769303+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.185.168.125", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a21-da91-729e-8bd3-bfa2836a6f36', 'worker.status.updated', 'worker', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 6, 1795734755985360, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:12:34.804525+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:35.985360+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:35.985360+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:12:31.463228+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:35.985360+00:00", "instance_id": "i-e138def2d52e70b93", "converged_at": "2026-11-26T23:12:35.985360+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:34.828625+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.185.168.125", "generation": "1"}, "converged_at": "2026-11-26T23:12:33.769303+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a21-dc5e-7fff-ae86-70187dcbbce3', 'worker.terminated', 'worker', '01a21a21-c903-79ed-a9fb-c22b861ed873', 6, 1795734756446024, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c903-79ed-a9fb-c22b861ed873", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:12:34.974023+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:36.446024+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:12:36.446024+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:12:31.491326+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:36.446024+00:00", "instance_id": "i-6b22b4f7ef318a997", "converged_at": "2026-11-26T23:12:36.446024+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:12:35.334937+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:12:34.313905+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (28, 28, '01a21a21-e334-79e5-9ec5-36010ad4ce16', 'worker.updated', 'worker', '01a21a21-e321-7386-8321-21ea3f41f555', 2, 1795734758196923, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-e321-7386-8321-21ea3f41f555", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:38.177382+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:12:38.177382+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:12:38.177382+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:38.196923+00:00", "instance_id": "i-5e29b106687adc158", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (30, 30, '01a21a21-e35a-79e9-af9d-1a8b09e15e9e', 'worker.status.updated', 'worker', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 8, 1795734758234553, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:38.205719+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:12:38.234553+00:00", "state": "WORKER_OBSERVED_STATE_PENDING", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "8", "created_at": "2026-11-26T23:12:31.463228+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:38.234553+00:00", "instance_id": "i-e138def2d52e70b93", "converged_at": "2026-11-26T23:12:35.985360+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:12:35.985360+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (29, 29, '01a21a21-e33d-75fb-ab75-843b54bd7e4f', 'worker.updated', 'worker', '01a21a21-c8e7-7c93-b2a3-60355d65ec99', 7, 1795734758205719, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a21-c8e7-7c93-b2a3-60355d65ec99", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:12:38.205719+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:12:35.985360+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:12:31.463228+00:00", "created_by": "root", "updated_at": "2026-11-26T23:12:38.205719+00:00", "instance_id": "i-e138def2d52e70b93", "converged_at": "2026-11-26T23:12:35.985360+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:12:34.804525+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:12:35.985360+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}}');

INSERT INTO public.reconciles VALUES ('01a21a21-c912-79f7-b039-fdf0a7fef943', NULL, NULL, 0, 5, 0, 0, '{"flips": {"ready": {"since": 1795734754115987, "status": "true"}, "stalled": {"since": 1795734751815193, "status": "false"}, "reconciling": {"since": 1795734754115987, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734751815193, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734751815193, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-c877-72a9-8b3a-08232d090960', NULL, NULL, 0, 6, 1, 0, '{"flips": {"ready": {"since": 1795734753562699, "status": "true"}, "stalled": {"since": 1795734751567300, "status": "false"}, "reconciling": {"since": 1795734753562699, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734751567300, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734754661445, "call": "tag", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734751567300, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-c903-79ed-a9fb-c22b861ed873', NULL, NULL, 0, 8, 1, 0, '{"flips": {"ready": {"since": 1795734756446024, "status": "true"}, "stalled": {"since": 1795734751747835, "status": "false"}, "reconciling": {"since": 1795734756446024, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734751747835, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734755334937, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734751747835, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-c909-7e4d-a996-7f112100a1dc', NULL, NULL, 0, 9, 2, 0, '{"flips": {"ready": {"since": 1795734756427500, "status": "true"}, "stalled": {"since": 1795734751715786, "status": "false"}, "reconciling": {"since": 1795734756427500, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795734751715786, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734755378905, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795734751715786, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-e321-7386-8321-21ea3f41f555', 1795734758698240, NULL, 0, 1, 0, 0, '{"flips": {"ready": {"since": 1795734758196923, "status": "false"}, "stalled": {"since": 1795734758196923, "status": "false"}, "reconciling": {"since": 1795734758196923, "status": "true"}}, "waiting": {"since": 1795734758196923, "reason": "starting"}, "attempts": [{"at": 1795734758196923, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": {"call": "create", "generation": 1}, "created_at": 1795734758196923, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99', 1795734758737130, NULL, 0, 8, 2, 0, '{"flips": {"ready": {"since": 1795734758205719, "status": "false"}, "stalled": {"since": 1795734751657556, "status": "false"}, "reconciling": {"since": 1795734758205719, "status": "true"}}, "waiting": {"since": 1795734758234553, "reason": "starting"}, "attempts": [{"at": 1795734751657556, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795734754828625, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 2}, {"at": 1795734758234553, "call": "start", "result": "ok", "message": null, "trace_id": null, "generation": 3}], "failures": 0, "conflicts": 0, "last_call": {"call": "start", "generation": 3}, "created_at": 1795734751657556, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');



INSERT INTO public.worker_generations VALUES ('01a21a21-c877-72a9-8b3a-08232d090960', 1, 'simulated', 'running', 'root', 1795734751351783, NULL, NULL, NULL, 'converged', 1795734753562699, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99', 1, 'simulated', 'running', 'root', 1795734751463228, NULL, NULL, NULL, 'converged', 1795734753769303, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-c912-79f7-b039-fdf0a7fef943', 1, 'simulated', 'running', 'root', 1795734751506104, NULL, NULL, NULL, 'converged', 1795734754115987, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-c909-7e4d-a996-7f112100a1dc', 1, 'simulated', 'running', 'root', 1795734751497806, NULL, NULL, NULL, 'converged', 1795734754243404, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-c903-79ed-a9fb-c22b861ed873', 1, 'simulated', 'running', 'root', 1795734751491326, NULL, NULL, NULL, 'converged', 1795734754313905, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99', 2, 'simulated', 'stopped', 'root', 1795734754804525, 1, NULL, NULL, 'converged', 1795734755985360, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-c909-7e4d-a996-7f112100a1dc', 2, 'simulated', 'terminated', 'root', 1795734754944798, 1, NULL, NULL, 'converged', 1795734756427500, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-c903-79ed-a9fb-c22b861ed873', 2, 'simulated', 'terminated', 'root', 1795734754974023, 1, NULL, NULL, 'converged', 1795734756446024, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-e321-7386-8321-21ea3f41f555', 1, 'simulated', 'running', 'root', 1795734758177382, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99', 3, 'simulated', 'running', 'root', 1795734758205719, 2, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO public.worker_tags VALUES ('01a21a21-c877-72a9-8b3a-08232d090960', 'team', 'a', 1795734751351783);


INSERT INTO public.workers VALUES ('01a21a21-c912-79f7-b039-fdf0a7fef943', 'lab 4', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734751506104, 1795734754115987, NULL, 1, 3, 'running', 1, 'root', 'running', 1, 1795734754115987, 'i-b3e09cd4be799ca83', NULL, 1795734751506104, '10.225.233.9', 'converged', 1795734754115987, NULL, NULL, 1795734754115987, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-c877-72a9-8b3a-08232d090960', 'renamed', 'us-east-1', 'm5.metal', 'simulated', '{"team": "a"}', 'root', 1795734751351783, 1795734754586156, NULL, 2, 4, 'running', 1, 'root', 'running', 1, 1795734753562699, 'i-b9c5a8cbf1d04650f', NULL, 1795734751351783, '10.53.90.90', 'converged', 1795734753562699, NULL, NULL, 1795734753562699, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-c903-79ed-a9fb-c22b861ed873', 'lab 2', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734751491326, 1795734756446024, NULL, 1, 6, 'terminated', 2, 'root', 'terminated', 2, 1795734756446024, 'i-6b22b4f7ef318a997', NULL, 1795734754974023, NULL, 'converged', 1795734756446024, NULL, NULL, 1795734756446024, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-c909-7e4d-a996-7f112100a1dc', 'lab 3', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734751497806, 1795734756613183, 1795734756613183, 1, 7, 'terminated', 2, 'root', 'terminated', 2, 1795734756427500, 'i-5da0a1ab92c59fef0', NULL, 1795734754944798, NULL, 'converged', 1795734756427500, NULL, NULL, 1795734756427500, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-e321-7386-8321-21ea3f41f555', 'pending', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734758177382, 1795734758196923, NULL, 1, 2, 'running', 1, 'root', 'pending', 0, 1795734758177382, 'i-5e29b106687adc158', NULL, 1795734758177382, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a21-c8e7-7c93-b2a3-60355d65ec99', 'lab 1', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795734751463228, 1795734758234553, NULL, 1, 8, 'running', 3, 'root', 'pending', 2, 1795734758234553, 'i-e138def2d52e70b93', NULL, 1795734758205719, NULL, NULL, NULL, NULL, NULL, 1795734755985360, NULL, NULL, 2, 1, false);

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

CREATE INDEX workers_unconverged ON public.workers USING btree (desired_state) WHERE ((deleted_at IS NULL) AND (observed_state <> desired_state));

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


