
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:47:22.199478+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 39549678);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:47:22.239495+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 11393518);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:47:22.251114+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 11595678);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:47:22.262926+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 4217725);
INSERT INTO public._sqlx_migrations VALUES (1000, 'workers', '2026-11-26 23:47:22.267322+00', true, '\xc27b03e1f3938476da616499f3f735efd04100797f7542b83aadf3f7f15834f76d3cf963321795e27a1d502def7a5613', 10190114);
INSERT INTO public._sqlx_migrations VALUES (1001, 'changes', '2026-11-26 23:47:22.277731+00', true, '\x72f63219fd3b728988011d3c852fea2e99f692129348ff43d08863ec48120788870edaa11c69680751482578b3679678', 22136111);
INSERT INTO public._sqlx_migrations VALUES (1002, 'lifecycle', '2026-11-26 23:47:22.30453+00', true, '\x92d413c67262a3109fa991a8aed0685e508acfc4a6ffb5f513c1d2766631ea224db518dfad5d359027dbeefc75275944', 54923980);
INSERT INTO public._sqlx_migrations VALUES (1003, 'report_times', '2026-11-26 23:47:22.359684+00', true, '\x68e248e3f1121e8da5f3481083deb96d00959e3d337c359b5659906567a1efb571a5f5fdbd68853acf04d07b0ae954ff', 1636688);
INSERT INTO public._sqlx_migrations VALUES (1004, 'unconverged', '2026-11-26 23:47:22.361458+00', true, '\x11e99749a048cbde74f1c71e918d9293edfd5470dac79c38b2ef7167161afb00d064698a322bacc76406269be6208b94', 1309512);

INSERT INTO public.desired_requests VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86', '01a21a41-bb0e-76ee-8001-76f5bfb07a59:1:1795736845070678', 2);
INSERT INTO public.desired_requests VALUES ('01a21a41-b14b-7485-a871-4309b75f0132', '01a21a41-bb33-7d24-8ecf-d80552713864:1:1795736845107403', 2);
INSERT INTO public.desired_requests VALUES ('01a21a41-b177-7bd0-aff0-a870f1b4278c', '01a21a41-bb40-77ca-aa2a-b34c7bd17e7c:1:1795736845120771', 2);
INSERT INTO public.desired_requests VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86', '01a21a41-c6ce-7c66-8585-56a9bea5624f:1:1795736848078692', 3);

INSERT INTO public.event_log VALUES (1, '97c5e627-b9d4-496e-b381-7d930daaba0f', 30);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a41-b0e8-7824-be05-22a6ba118a28', 'worker.created', 'worker', '01a21a41-b0e7-777f-9947-915a14663af7', 1, 1795736842471996, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b0e7-777f-9947-915a14663af7", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.471996+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.471996+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:22.471996+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.471996+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a41-b115-7da9-9cb0-91739af9e5b7', 'worker.created', 'worker', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 1, 1795736842517283, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.517283+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.517283+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:22.517283+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.517283+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a41-b14b-7d04-8c84-bbc122eb82fc', 'worker.created', 'worker', '01a21a41-b14b-7485-a871-4309b75f0132', 1, 1795736842571683, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b14b-7485-a871-4309b75f0132", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.571683+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.571683+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:22.571683+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.571683+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a41-b177-718c-80fc-fbb7b4ffd286', 'worker.created', 'worker', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 1, 1795736842615022, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.615022+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.615022+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:22.615022+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.615022+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a41-b15e-7488-8923-bd2588e32015', 'worker.updated', 'worker', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 2, 1795736842590486, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.517283+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.517283+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:22.517283+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.590486+00:00", "instance_id": "i-96c03e182e13bb35c", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a41-b18b-726a-bb2a-2910dd79273e', 'worker.created', 'worker', '01a21a41-b18b-7712-90d3-840c5cf63fad', 1, 1795736842635913, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b18b-7712-90d3-840c5cf63fad", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.635913+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.635913+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:22.635913+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.635913+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a41-b1a9-7bf9-8488-0126c478555b', 'worker.updated', 'worker', '01a21a41-b18b-7712-90d3-840c5cf63fad', 2, 1795736842665193, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b18b-7712-90d3-840c5cf63fad", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.635913+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.635913+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:22.635913+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.665193+00:00", "instance_id": "i-3f14b19548e7998f1", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a41-bb64-71a7-806a-609ccb5b32c2', 'worker.updated', 'worker', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 4, 1795736845156223, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:47:25.156223+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:24.669331+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.77.252.110", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:47:22.517283+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.156223+00:00", "instance_id": "i-96c03e182e13bb35c", "converged_at": "2026-11-26T23:47:24.669331+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.517283+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.669331+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (27, 27, '01a21a41-c69c-7002-847c-e18a4fddc415', 'worker.created', 'worker', '01a21a41-c69c-71bb-8b00-728b3d4dcb59', 1, 1795736848028277, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-c69c-71bb-8b00-728b3d4dcb59", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:28.028277+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:28.028277+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:28.028277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:28.028277+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a41-b179-73ce-add0-29d1648d455d', 'worker.updated', 'worker', '01a21a41-b14b-7485-a871-4309b75f0132', 2, 1795736842617632, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b14b-7485-a871-4309b75f0132", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.571683+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.571683+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:22.571683+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.617632+00:00", "instance_id": "i-69c9833ec921e9bd1", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a41-b9cc-7d62-980b-66a101bb114c', 'worker.status.updated', 'worker', '01a21a41-b14b-7485-a871-4309b75f0132', 3, 1795736844748500, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b14b-7485-a871-4309b75f0132", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.571683+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.748500+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:24.748500+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.243.234.93", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:22.571683+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.748500+00:00", "instance_id": "i-69c9833ec921e9bd1", "converged_at": "2026-11-26T23:47:24.748500+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:22.571683+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a41-b9f0-7787-9c37-99b8b3f962fa', 'worker.status.updated', 'worker', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 3, 1795736844784588, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.615022+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.784588+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:24.784588+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.241.134.150", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:22.615022+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.784588+00:00", "instance_id": "i-823acb12462c87940", "converged_at": "2026-11-26T23:47:24.784588+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:22.615022+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a41-b9ef-7eff-9067-9b40f4a6c6b6', 'worker.status.updated', 'worker', '01a21a41-b18b-7712-90d3-840c5cf63fad', 3, 1795736844783116, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b18b-7712-90d3-840c5cf63fad", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.635913+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.783116+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:24.783116+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.190.195.46", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:22.635913+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.783116+00:00", "instance_id": "i-3f14b19548e7998f1", "converged_at": "2026-11-26T23:47:24.783116+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:22.635913+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a41-bba6-7de0-a356-ff13f0f1a888', 'worker.status.updated', 'worker', '01a21a41-b14b-7485-a871-4309b75f0132', 5, 1795736845222058, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b14b-7485-a871-4309b75f0132", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:25.180394+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:25.222058+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:47:22.571683+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.222058+00:00", "instance_id": "i-69c9833ec921e9bd1", "converged_at": "2026-11-26T23:47:24.748500+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:47:24.748500+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.243.234.93", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a41-bfdd-7853-ba67-75cacf2d2299', 'worker.terminated', 'worker', '01a21a41-b14b-7485-a871-4309b75f0132', 6, 1795736846301642, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b14b-7485-a871-4309b75f0132", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:25.180394+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:26.301642+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:26.301642+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:47:22.571683+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:26.301642+00:00", "instance_id": "i-69c9833ec921e9bd1", "converged_at": "2026-11-26T23:47:26.301642+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:25.222058+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:47:24.748500+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (28, 28, '01a21a41-c6d8-73a7-a6fb-c593744b97d3', 'worker.updated', 'worker', '01a21a41-c69c-71bb-8b00-728b3d4dcb59', 2, 1795736848088301, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-c69c-71bb-8b00-728b3d4dcb59", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:28.028277+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:28.028277+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:28.028277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:28.088301+00:00", "instance_id": "i-35ce9771a3be54429", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a41-b152-7780-b5aa-700135125d3e', 'worker.updated', 'worker', '01a21a41-b0e7-777f-9947-915a14663af7', 2, 1795736842578071, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b0e7-777f-9947-915a14663af7", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.471996+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.471996+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:22.471996+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.578071+00:00", "instance_id": "i-3a6f610804dc9a393", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a41-b97d-76c4-ac21-0ab5b2a88f20', 'worker.status.updated', 'worker', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 3, 1795736844669331, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.517283+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.669331+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:24.669331+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.77.252.110", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:22.517283+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.669331+00:00", "instance_id": "i-96c03e182e13bb35c", "converged_at": "2026-11-26T23:47:24.669331+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:22.517283+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a41-bb7c-71bd-a82b-23dbc858522e', 'worker.updated', 'worker', '01a21a41-b14b-7485-a871-4309b75f0132', 4, 1795736845180394, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b14b-7485-a871-4309b75f0132", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:25.180394+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:24.748500+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.243.234.93", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:47:22.571683+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.180394+00:00", "instance_id": "i-69c9833ec921e9bd1", "converged_at": "2026-11-26T23:47:24.748500+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.571683+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.748500+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a41-bbd2-7caa-b450-2e398d1e6530', 'worker.status.updated', 'worker', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 5, 1795736845266113, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:25.168893+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:25.266113+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:47:22.615022+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.266113+00:00", "instance_id": "i-823acb12462c87940", "converged_at": "2026-11-26T23:47:24.784588+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:47:24.784588+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.241.134.150", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a41-c050-70a6-a9ff-f1eff99b2a86', 'worker.terminated', 'worker', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 6, 1795736846416627, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:25.168893+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:26.416627+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:26.416627+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:47:22.615022+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:26.416627+00:00", "instance_id": "i-823acb12462c87940", "converged_at": "2026-11-26T23:47:26.416627+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:25.266113+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:47:24.784588+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (29, 29, '01a21a41-c6f3-77ce-8192-dab80ec1c658', 'worker.updated', 'worker', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 7, 1795736848115985, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:28.115985+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:47:26.239672+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:47:22.517283+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:28.115985+00:00", "instance_id": "i-96c03e182e13bb35c", "converged_at": "2026-11-26T23:47:26.239672+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:47:25.156223+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:26.239672+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a41-baae-7134-aba8-a87e1214337e', 'worker.updated', 'worker', '01a21a41-b0e7-777f-9947-915a14663af7', 4, 1795736844974222, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b0e7-777f-9947-915a14663af7", "name": "renamed", "tags": {"team": "a"}, "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.471996+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.767797+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "2", "observed": {"since": "2026-11-26T23:47:24.767797+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.116.234.244", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:47:22.471996+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.974222+00:00", "instance_id": "i-3a6f610804dc9a393", "converged_at": "2026-11-26T23:47:24.767797+00:00", "instance_type": "m5.metal"}', '{"name": "lab 0", "tags": {}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a41-bb70-739f-bb01-945fa1253e1a', 'worker.updated', 'worker', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 4, 1795736845168893, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:25.168893+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:24.784588+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.241.134.150", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:47:22.615022+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.168893+00:00", "instance_id": "i-823acb12462c87940", "converged_at": "2026-11-26T23:47:24.784588+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.615022+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.784588+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a41-bf9f-78a2-ab7f-5e9fb5537ac0', 'worker.status.updated', 'worker', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 6, 1795736846239672, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:47:25.156223+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:26.239672+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:26.239672+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:47:22.517283+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:26.239672+00:00", "instance_id": "i-96c03e182e13bb35c", "converged_at": "2026-11-26T23:47:26.239672+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:25.201562+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.77.252.110", "generation": "1"}, "converged_at": "2026-11-26T23:47:24.669331+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (26, 26, '01a21a41-c0aa-720e-a60a-3c8a0339741c', 'worker.deleted', 'worker', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 7, 1795736846506928, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, false, NULL, NULL, NULL, '{"id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:25.168893+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:26.416627+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:26.416627+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:47:22.615022+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:26.506928+00:00", "instance_id": "i-823acb12462c87940", "converged_at": "2026-11-26T23:47:26.416627+00:00", "instance_type": "m5.metal"}', '{}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (30, 30, '01a21a41-c706-79f9-9f41-984de7cc1e5f', 'worker.status.updated', 'worker', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 8, 1795736848134557, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:28.115985+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:47:28.134557+00:00", "state": "WORKER_OBSERVED_STATE_PENDING", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "8", "created_at": "2026-11-26T23:47:22.517283+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:28.134557+00:00", "instance_id": "i-96c03e182e13bb35c", "converged_at": "2026-11-26T23:47:26.239672+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:47:26.239672+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a41-b199-7f48-be19-6b502fc26ca0', 'worker.updated', 'worker', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 2, 1795736842649007, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b177-7bd0-aff0-a870f1b4278c", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.615022+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:22.615022+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:22.615022+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:22.649007+00:00", "instance_id": "i-823acb12462c87940", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a41-b9df-7d93-8f67-8d416468466a', 'worker.status.updated', 'worker', '01a21a41-b0e7-777f-9947-915a14663af7', 3, 1795736844767797, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b0e7-777f-9947-915a14663af7", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:22.471996+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:24.767797+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:24.767797+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.116.234.244", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:22.471996+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:24.767797+00:00", "instance_id": "i-3a6f610804dc9a393", "converged_at": "2026-11-26T23:47:24.767797+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:22.471996+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a41-bb91-7f23-83af-17eb67e3a3c4', 'worker.status.updated', 'worker', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 5, 1795736845201562, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-b115-7810-b6ff-a9b74d78ad86", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:47:25.156223+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:25.201562+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.77.252.110", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:47:22.517283+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:25.201562+00:00", "instance_id": "i-96c03e182e13bb35c", "converged_at": "2026-11-26T23:47:24.669331+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:47:24.669331+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.77.252.110", "generation": "1"}}');

INSERT INTO public.reconciles VALUES ('01a21a41-b0e7-777f-9947-915a14663af7', NULL, NULL, 0, 7, 1, 0, '{"flips": {"ready": {"since": 1795736844767797, "status": "true"}, "stalled": {"since": 1795736842578071, "status": "false"}, "reconciling": {"since": 1795736844767797, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736842578071, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736845062180, "call": "tag", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736842578071, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-b14b-7485-a871-4309b75f0132', NULL, NULL, 0, 8, 1, 0, '{"flips": {"ready": {"since": 1795736846301642, "status": "true"}, "stalled": {"since": 1795736842617632, "status": "false"}, "reconciling": {"since": 1795736846301642, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736842617632, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736845222058, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736842617632, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86', 1795736848635868, NULL, 0, 9, 2, 0, '{"flips": {"ready": {"since": 1795736848115985, "status": "false"}, "stalled": {"since": 1795736842590486, "status": "false"}, "reconciling": {"since": 1795736848115985, "status": "true"}}, "waiting": {"since": 1795736848134557, "reason": "starting"}, "attempts": [{"at": 1795736842590486, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736845201562, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 2}, {"at": 1795736848134557, "call": "start", "result": "ok", "message": null, "trace_id": null, "generation": 3}], "failures": 0, "conflicts": 0, "last_call": {"call": "start", "generation": 3}, "created_at": 1795736842590486, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-c69c-71bb-8b00-728b3d4dcb59', 1795736848596166, NULL, 0, 1, 0, 0, '{"flips": {"ready": {"since": 1795736848088301, "status": "false"}, "stalled": {"since": 1795736848088301, "status": "false"}, "reconciling": {"since": 1795736848088301, "status": "true"}}, "waiting": {"since": 1795736848088301, "reason": "starting"}, "attempts": [{"at": 1795736848088301, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": {"call": "create", "generation": 1}, "created_at": 1795736848088301, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-b18b-7712-90d3-840c5cf63fad', NULL, NULL, 0, 5, 0, 0, '{"flips": {"ready": {"since": 1795736844783116, "status": "true"}, "stalled": {"since": 1795736842665193, "status": "false"}, "reconciling": {"since": 1795736844783116, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736842665193, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736842665193, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-b177-7bd0-aff0-a870f1b4278c', NULL, NULL, 0, 9, 2, 0, '{"flips": {"ready": {"since": 1795736846416627, "status": "true"}, "stalled": {"since": 1795736842649007, "status": "false"}, "reconciling": {"since": 1795736846416627, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736842649007, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736845266113, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736842649007, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');



INSERT INTO public.worker_generations VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86', 1, 'simulated', 'running', 'root', 1795736842517283, NULL, NULL, NULL, 'converged', 1795736844669331, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-b14b-7485-a871-4309b75f0132', 1, 'simulated', 'running', 'root', 1795736842571683, NULL, NULL, NULL, 'converged', 1795736844748500, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-b0e7-777f-9947-915a14663af7', 1, 'simulated', 'running', 'root', 1795736842471996, NULL, NULL, NULL, 'converged', 1795736844767797, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-b177-7bd0-aff0-a870f1b4278c', 1, 'simulated', 'running', 'root', 1795736842615022, NULL, NULL, NULL, 'converged', 1795736844784588, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-b18b-7712-90d3-840c5cf63fad', 1, 'simulated', 'running', 'root', 1795736842635913, NULL, NULL, NULL, 'converged', 1795736844783116, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86', 2, 'simulated', 'stopped', 'root', 1795736845156223, 1, NULL, NULL, 'converged', 1795736846239672, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-b14b-7485-a871-4309b75f0132', 2, 'simulated', 'terminated', 'root', 1795736845180394, 1, NULL, NULL, 'converged', 1795736846301642, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-b177-7bd0-aff0-a870f1b4278c', 2, 'simulated', 'terminated', 'root', 1795736845168893, 1, NULL, NULL, 'converged', 1795736846416627, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-c69c-71bb-8b00-728b3d4dcb59', 1, 'simulated', 'running', 'root', 1795736848028277, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86', 3, 'simulated', 'running', 'root', 1795736848115985, 2, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO public.worker_tags VALUES ('01a21a41-b0e7-777f-9947-915a14663af7', 'team', 'a', 1795736842471996);


INSERT INTO public.workers VALUES ('01a21a41-b18b-7712-90d3-840c5cf63fad', 'lab 4', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736842635913, 1795736844783116, NULL, 1, 3, 'running', 1, 'root', 'running', 1, 1795736844783116, 'i-3f14b19548e7998f1', NULL, 1795736842635913, '10.190.195.46', 'converged', 1795736844783116, NULL, NULL, 1795736844783116, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-b0e7-777f-9947-915a14663af7', 'renamed', 'us-east-1', 'm5.metal', 'simulated', '{"team": "a"}', 'root', 1795736842471996, 1795736844974222, NULL, 2, 4, 'running', 1, 'root', 'running', 1, 1795736844767797, 'i-3a6f610804dc9a393', NULL, 1795736842471996, '10.116.234.244', 'converged', 1795736844767797, NULL, NULL, 1795736844767797, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-b14b-7485-a871-4309b75f0132', 'lab 2', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736842571683, 1795736846301642, NULL, 1, 6, 'terminated', 2, 'root', 'terminated', 2, 1795736846301642, 'i-69c9833ec921e9bd1', NULL, 1795736845180394, NULL, 'converged', 1795736846301642, NULL, NULL, 1795736846301642, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-b177-7bd0-aff0-a870f1b4278c', 'lab 3', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736842615022, 1795736846506928, 1795736846506928, 1, 7, 'terminated', 2, 'root', 'terminated', 2, 1795736846416627, 'i-823acb12462c87940', NULL, 1795736845168893, NULL, 'converged', 1795736846416627, NULL, NULL, 1795736846416627, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-c69c-71bb-8b00-728b3d4dcb59', 'pending', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736848028277, 1795736848088301, NULL, 1, 2, 'running', 1, 'root', 'pending', 0, 1795736848028277, 'i-35ce9771a3be54429', NULL, 1795736848028277, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86', 'lab 1', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736842517283, 1795736848134557, NULL, 1, 8, 'running', 3, 'root', 'pending', 2, 1795736848134557, 'i-96c03e182e13bb35c', NULL, 1795736848115985, NULL, NULL, NULL, NULL, NULL, 1795736846239672, NULL, NULL, 2, 1, false);

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


