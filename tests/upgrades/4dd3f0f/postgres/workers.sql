
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:47:01.390827+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 67896401);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:47:01.465884+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 22820706);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:47:01.482259+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 19118445);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:47:01.501584+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 1128894);
INSERT INTO public._sqlx_migrations VALUES (1000, 'workers', '2026-11-26 23:47:01.502879+00', true, '\xc27b03e1f3938476da616499f3f735efd04100797f7542b83aadf3f7f15834f76d3cf963321795e27a1d502def7a5613', 7715083);
INSERT INTO public._sqlx_migrations VALUES (1001, 'changes', '2026-11-26 23:47:01.510863+00', true, '\x72f63219fd3b728988011d3c852fea2e99f692129348ff43d08863ec48120788870edaa11c69680751482578b3679678', 38918252);
INSERT INTO public._sqlx_migrations VALUES (1002, 'lifecycle', '2026-11-26 23:47:01.557468+00', true, '\x92d413c67262a3109fa991a8aed0685e508acfc4a6ffb5f513c1d2766631ea224db518dfad5d359027dbeefc75275944', 88794465);
INSERT INTO public._sqlx_migrations VALUES (1003, 'report_times', '2026-11-26 23:47:01.646494+00', true, '\x68e248e3f1121e8da5f3481083deb96d00959e3d337c359b5659906567a1efb571a5f5fdbd68853acf04d07b0ae954ff', 2995532);

INSERT INTO public.desired_requests VALUES ('01a21a41-5fd5-7a50-b283-2e725d271bc8', '01a21a41-693b-7abd-aa17-ca3442595766:1:1795736824123738', 2);
INSERT INTO public.desired_requests VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82', '01a21a41-692f-7ad4-8e9b-293b8148f1af:1:1795736824111069', 2);
INSERT INTO public.desired_requests VALUES ('01a21a41-5fec-70b6-b5fa-f55cdda9a52a', '01a21a41-694c-7dfe-815a-8b315846ce6a:1:1795736824140189', 2);
INSERT INTO public.desired_requests VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82', '01a21a41-7462-782f-bfe2-970dcd13235d:1:1795736826978013', 3);

INSERT INTO public.event_log VALUES (1, 'a57e7a4b-d131-411d-95df-9cda1b9441a0', 30);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a41-5faa-769c-a9ec-11ba1bb40ccc', 'worker.created', 'worker', '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 1, 1795736821674071, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.674071+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.674071+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:01.674071+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.674071+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a41-5fc5-72b6-905d-ed9eb3c61d4e', 'worker.created', 'worker', '01a21a41-5fc5-7699-8341-8408eea3ec82', 1, 1795736821701277, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.701277+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.701277+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:01.701277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.701277+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a41-5fd5-7770-bd97-f5ecf5061385', 'worker.created', 'worker', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 1, 1795736821717441, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.717441+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.717441+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:01.717441+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.717441+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a41-6001-70e8-bb72-63221b29731d', 'worker.updated', 'worker', '01a21a41-5fc5-7699-8341-8408eea3ec82', 2, 1795736821761251, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.701277+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.701277+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:01.701277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.761251+00:00", "instance_id": "i-aa6b4e2b75685162b", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a41-6012-738c-bb04-0df937288299', 'worker.updated', 'worker', '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 2, 1795736821778237, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.674071+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.674071+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:01.674071+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.778237+00:00", "instance_id": "i-b53f3daa0105df436", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a41-5fec-744f-8ef1-585bb20f952d', 'worker.created', 'worker', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 1, 1795736821740332, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.740332+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.740332+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:01.740332+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.740332+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a41-6022-78b5-bdca-1cee3b48ab02', 'worker.updated', 'worker', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 2, 1795736821794274, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.717441+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.717441+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:01.717441+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.794274+00:00", "instance_id": "i-ee69c20cbe4598355", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a41-6022-7644-aced-5ba1cd26e79f', 'worker.created', 'worker', '01a21a41-6022-72c4-913f-db056cd1ae63', 1, 1795736821794868, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-6022-72c4-913f-db056cd1ae63", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.794868+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.794868+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:01.794868+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.794868+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a41-6040-78df-aa2f-f4ad8cde7f40', 'worker.updated', 'worker', '01a21a41-6022-72c4-913f-db056cd1ae63', 2, 1795736821824601, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-6022-72c4-913f-db056cd1ae63", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.794868+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.794868+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:01.794868+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.824601+00:00", "instance_id": "i-22dad8f919d46a65d", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a41-6043-7efc-a7c9-d068cbf29e73', 'worker.updated', 'worker', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 2, 1795736821827122, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.740332+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:01.740332+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:01.740332+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:01.827122+00:00", "instance_id": "i-74e1a56482803790b", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a41-6821-7b6c-927c-50169656c2f2', 'worker.status.updated', 'worker', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 3, 1795736823841667, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.717441+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.841667+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:03.841667+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.219.44.192", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:01.717441+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.841667+00:00", "instance_id": "i-ee69c20cbe4598355", "converged_at": "2026-11-26T23:47:03.841667+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:01.717441+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a41-6821-7120-bea6-f855ff13956b', 'worker.status.updated', 'worker', '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 3, 1795736823841097, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.674071+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.841097+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:03.841097+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.76.113.4", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:01.674071+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.841097+00:00", "instance_id": "i-b53f3daa0105df436", "converged_at": "2026-11-26T23:47:03.841097+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:01.674071+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a41-682a-7ff7-913c-83e9380d78df', 'worker.status.updated', 'worker', '01a21a41-5fc5-7699-8341-8408eea3ec82', 3, 1795736823850692, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.701277+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.850692+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:03.850692+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.82.91.255", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:01.701277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.850692+00:00", "instance_id": "i-aa6b4e2b75685162b", "converged_at": "2026-11-26T23:47:03.850692+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:01.701277+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a41-683f-79f6-b8da-c0bd3c6ef46e', 'worker.status.updated', 'worker', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 3, 1795736823871034, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.740332+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.871034+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:03.871034+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.201.97.243", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:01.740332+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.871034+00:00", "instance_id": "i-74e1a56482803790b", "converged_at": "2026-11-26T23:47:03.871034+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:01.740332+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a41-684c-71e2-b0ec-841f6ec63d62', 'worker.status.updated', 'worker', '01a21a41-6022-72c4-913f-db056cd1ae63', 3, 1795736823884173, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-6022-72c4-913f-db056cd1ae63", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.794868+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.884173+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:03.884173+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.85.238.207", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:47:01.794868+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:03.884173+00:00", "instance_id": "i-22dad8f919d46a65d", "converged_at": "2026-11-26T23:47:03.884173+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:01.794868+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a41-6959-7ef9-96c1-9bf4430abaf6', 'worker.updated', 'worker', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 4, 1795736824153315, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:04.153315+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:03.841667+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.219.44.192", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:47:01.717441+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.153315+00:00", "instance_id": "i-ee69c20cbe4598355", "converged_at": "2026-11-26T23:47:03.841667+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.717441+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.841667+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a41-6995-778e-8b5b-c3a10237f937', 'worker.updated', 'worker', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 4, 1795736824213405, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:04.213405+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:03.871034+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.201.97.243", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:47:01.740332+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.213405+00:00", "instance_id": "i-74e1a56482803790b", "converged_at": "2026-11-26T23:47:03.871034+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.740332+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.871034+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a41-6d96-7a19-a584-083f38ab452e', 'worker.status.updated', 'worker', '01a21a41-5fc5-7699-8341-8408eea3ec82', 6, 1795736825238911, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:47:04.179601+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:05.238911+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:05.238911+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:47:01.701277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:05.238911+00:00", "instance_id": "i-aa6b4e2b75685162b", "converged_at": "2026-11-26T23:47:05.238911+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:04.204649+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.82.91.255", "generation": "1"}, "converged_at": "2026-11-26T23:47:03.850692+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (26, 26, '01a21a41-6df4-72e8-aae2-927b920dd451', 'worker.deleted', 'worker', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 7, 1795736825332286, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, false, NULL, NULL, NULL, '{"id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:04.213405+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:05.283460+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:05.283460+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:47:01.740332+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:05.332286+00:00", "instance_id": "i-74e1a56482803790b", "converged_at": "2026-11-26T23:47:05.283460+00:00", "instance_type": "m5.metal"}', '{}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (28, 28, '01a21a41-745c-78c5-8596-4bc185bb5d7a', 'worker.updated', 'worker', '01a21a41-7419-738a-9fff-d36954d6a265', 2, 1795736826972296, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-7419-738a-9fff-d36954d6a265", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:06.905035+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:06.905035+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:47:06.905035+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:06.972296+00:00", "instance_id": "i-5d12e4116ad8a0943", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a41-68ec-7849-a0a3-639945cdcf12', 'worker.updated', 'worker', '01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 4, 1795736824044058, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5", "name": "renamed", "tags": {"team": "a"}, "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.674071+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.841097+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "2", "observed": {"since": "2026-11-26T23:47:03.841097+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.76.113.4", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:47:01.674071+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.044058+00:00", "instance_id": "i-b53f3daa0105df436", "converged_at": "2026-11-26T23:47:03.841097+00:00", "instance_type": "m5.metal"}', '{"name": "lab 0", "tags": {}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a41-6973-715a-81e1-657d5f1ffb8c', 'worker.updated', 'worker', '01a21a41-5fc5-7699-8341-8408eea3ec82', 4, 1795736824179601, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:47:04.179601+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:03.850692+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.82.91.255", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:47:01.701277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.179601+00:00", "instance_id": "i-aa6b4e2b75685162b", "converged_at": "2026-11-26T23:47:03.850692+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:01.701277+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:47:03.850692+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a41-698c-77f5-aaae-c04cde4fcb62', 'worker.status.updated', 'worker', '01a21a41-5fc5-7699-8341-8408eea3ec82', 5, 1795736824204649, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:47:04.179601+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:04.204649+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.82.91.255", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:47:01.701277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.204649+00:00", "instance_id": "i-aa6b4e2b75685162b", "converged_at": "2026-11-26T23:47:03.850692+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:47:03.850692+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.82.91.255", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a41-697a-7a27-a971-2fd9e14029f8', 'worker.status.updated', 'worker', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 5, 1795736824186306, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:04.153315+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:04.186306+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:47:01.717441+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.186306+00:00", "instance_id": "i-ee69c20cbe4598355", "converged_at": "2026-11-26T23:47:03.841667+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:47:03.841667+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.219.44.192", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a41-6d95-75a7-a22f-b962dae9b88e', 'worker.terminated', 'worker', '01a21a41-5fd5-7a50-b283-2e725d271bc8', 6, 1795736825237636, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fd5-7a50-b283-2e725d271bc8", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:04.153315+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:05.237636+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:05.237636+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:47:01.717441+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:05.237636+00:00", "instance_id": "i-ee69c20cbe4598355", "converged_at": "2026-11-26T23:47:05.237636+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:04.186306+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:47:03.841667+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a41-6dc3-7423-b70e-632310bdcc07', 'worker.terminated', 'worker', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 6, 1795736825283460, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:04.213405+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:05.283460+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:05.283460+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:47:01.740332+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:05.283460+00:00", "instance_id": "i-74e1a56482803790b", "converged_at": "2026-11-26T23:47:05.283460+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:47:04.260679+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:47:03.871034+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (27, 27, '01a21a41-7419-728a-9a22-0ca458df7f7a', 'worker.created', 'worker', '01a21a41-7419-738a-9fff-d36954d6a265', 1, 1795736826905035, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-7419-738a-9fff-d36954d6a265", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:06.905035+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:47:06.905035+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:47:06.905035+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:06.905035+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a41-69c4-7a1f-aef0-3898ef8de32d', 'worker.status.updated', 'worker', '01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 5, 1795736824260679, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fec-70b6-b5fa-f55cdda9a52a", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:47:04.213405+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:47:04.260679+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:47:01.740332+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:04.260679+00:00", "instance_id": "i-74e1a56482803790b", "converged_at": "2026-11-26T23:47:03.871034+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:47:03.871034+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.201.97.243", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (30, 30, '01a21a41-74a9-7871-89f0-04926758ce8c', 'worker.status.updated', 'worker', '01a21a41-5fc5-7699-8341-8408eea3ec82', 8, 1795736827049736, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:07.024658+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:47:07.049736+00:00", "state": "WORKER_OBSERVED_STATE_PENDING", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "8", "created_at": "2026-11-26T23:47:01.701277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:07.049736+00:00", "instance_id": "i-aa6b4e2b75685162b", "converged_at": "2026-11-26T23:47:05.238911+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:47:05.238911+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (29, 29, '01a21a41-7490-70b9-ba13-703af51eb1d1', 'worker.updated', 'worker', '01a21a41-5fc5-7699-8341-8408eea3ec82', 7, 1795736827024658, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-5fc5-7699-8341-8408eea3ec82", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:47:07.024658+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:47:05.238911+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:47:01.701277+00:00", "created_by": "root", "updated_at": "2026-11-26T23:47:07.024658+00:00", "instance_id": "i-aa6b4e2b75685162b", "converged_at": "2026-11-26T23:47:05.238911+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:47:04.179601+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:47:05.238911+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}}');

INSERT INTO public.reconciles VALUES ('01a21a41-6022-72c4-913f-db056cd1ae63', NULL, NULL, 0, 5, 0, 0, '{"flips": {"ready": {"since": 1795736823884173, "status": "true"}, "stalled": {"since": 1795736821824601, "status": "false"}, "reconciling": {"since": 1795736823884173, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736821824601, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736821824601, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-5fd5-7a50-b283-2e725d271bc8', NULL, NULL, 0, 8, 1, 0, '{"flips": {"ready": {"since": 1795736825237636, "status": "true"}, "stalled": {"since": 1795736821794274, "status": "false"}, "reconciling": {"since": 1795736825237636, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736821794274, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736824186306, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736821794274, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', NULL, NULL, 0, 7, 1, 0, '{"flips": {"ready": {"since": 1795736823841097, "status": "true"}, "stalled": {"since": 1795736821778237, "status": "false"}, "reconciling": {"since": 1795736823841097, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736821778237, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736824085245, "call": "tag", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736821778237, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-5fec-70b6-b5fa-f55cdda9a52a', NULL, NULL, 0, 9, 2, 0, '{"flips": {"ready": {"since": 1795736825283460, "status": "true"}, "stalled": {"since": 1795736821827122, "status": "false"}, "reconciling": {"since": 1795736825283460, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736821827122, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736824260679, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736821827122, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82', 1795736828086406, NULL, 0, 10, 2, 0, '{"flips": {"ready": {"since": 1795736827024658, "status": "false"}, "stalled": {"since": 1795736821761251, "status": "false"}, "reconciling": {"since": 1795736827024658, "status": "true"}}, "waiting": {"since": 1795736827049736, "reason": "starting"}, "attempts": [{"at": 1795736821761251, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736824204649, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 2}, {"at": 1795736827049736, "call": "start", "result": "ok", "message": null, "trace_id": null, "generation": 3}], "failures": 0, "conflicts": 0, "last_call": {"call": "start", "generation": 3}, "created_at": 1795736821761251, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-7419-738a-9fff-d36954d6a265', 1795736828039243, NULL, 0, 2, 0, 0, '{"flips": {"ready": {"since": 1795736826972296, "status": "false"}, "stalled": {"since": 1795736826972296, "status": "false"}, "reconciling": {"since": 1795736826972296, "status": "true"}}, "waiting": {"since": 1795736826972296, "reason": "starting"}, "attempts": [{"at": 1795736826972296, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": {"call": "create", "generation": 1}, "created_at": 1795736826972296, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');



INSERT INTO public.worker_generations VALUES ('01a21a41-5fd5-7a50-b283-2e725d271bc8', 1, 'simulated', 'running', 'root', 1795736821717441, NULL, NULL, NULL, 'converged', 1795736823841667, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 1, 'simulated', 'running', 'root', 1795736821674071, NULL, NULL, NULL, 'converged', 1795736823841097, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82', 1, 'simulated', 'running', 'root', 1795736821701277, NULL, NULL, NULL, 'converged', 1795736823850692, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 1, 'simulated', 'running', 'root', 1795736821740332, NULL, NULL, NULL, 'converged', 1795736823871034, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-6022-72c4-913f-db056cd1ae63', 1, 'simulated', 'running', 'root', 1795736821794868, NULL, NULL, NULL, 'converged', 1795736823884173, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-5fd5-7a50-b283-2e725d271bc8', 2, 'simulated', 'terminated', 'root', 1795736824153315, 1, NULL, NULL, 'converged', 1795736825237636, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82', 2, 'simulated', 'stopped', 'root', 1795736824179601, 1, NULL, NULL, 'converged', 1795736825238911, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 2, 'simulated', 'terminated', 'root', 1795736824213405, 1, NULL, NULL, 'converged', 1795736825283460, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-7419-738a-9fff-d36954d6a265', 1, 'simulated', 'running', 'root', 1795736826905035, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82', 3, 'simulated', 'running', 'root', 1795736827024658, 2, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO public.worker_tags VALUES ('01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 'team', 'a', 1795736821674071);


INSERT INTO public.workers VALUES ('01a21a41-6022-72c4-913f-db056cd1ae63', 'lab 4', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736821794868, 1795736823884173, NULL, 1, 3, 'running', 1, 'root', 'running', 1, 1795736823884173, 'i-22dad8f919d46a65d', NULL, 1795736821794868, '10.85.238.207', 'converged', 1795736823884173, NULL, NULL, 1795736823884173, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-5faa-7fb5-bfc6-e61c87e2a8b5', 'renamed', 'us-east-1', 'm5.metal', 'simulated', '{"team": "a"}', 'root', 1795736821674071, 1795736824044058, NULL, 2, 4, 'running', 1, 'root', 'running', 1, 1795736823841097, 'i-b53f3daa0105df436', NULL, 1795736821674071, '10.76.113.4', 'converged', 1795736823841097, NULL, NULL, 1795736823841097, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-5fd5-7a50-b283-2e725d271bc8', 'lab 2', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736821717441, 1795736825237636, NULL, 1, 6, 'terminated', 2, 'root', 'terminated', 2, 1795736825237636, 'i-ee69c20cbe4598355', NULL, 1795736824153315, NULL, 'converged', 1795736825237636, NULL, NULL, 1795736825237636, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-5fec-70b6-b5fa-f55cdda9a52a', 'lab 3', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736821740332, 1795736825332286, 1795736825332286, 1, 7, 'terminated', 2, 'root', 'terminated', 2, 1795736825283460, 'i-74e1a56482803790b', NULL, 1795736824213405, NULL, 'converged', 1795736825283460, NULL, NULL, 1795736825283460, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-7419-738a-9fff-d36954d6a265', 'pending', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736826905035, 1795736826972296, NULL, 1, 2, 'running', 1, 'root', 'pending', 0, 1795736826905035, 'i-5d12e4116ad8a0943', NULL, 1795736826905035, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-5fc5-7699-8341-8408eea3ec82', 'lab 1', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736821701277, 1795736827049736, NULL, 1, 8, 'running', 3, 'root', 'pending', 2, 1795736827049736, 'i-aa6b4e2b75685162b', NULL, 1795736827024658, NULL, NULL, NULL, NULL, NULL, 1795736825238911, NULL, NULL, 2, 1, false);

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


