
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

INSERT INTO public._sqlx_migrations VALUES (1, 'event_log', '2026-11-26 23:46:30.065574+00', true, '\x40adb119355f830e742def98896faee01c9b7f803125dcd27bfb33427dd68f0d8a31835a1abe29fd0a41d89a0cc0d29f', 36819268);
INSERT INTO public._sqlx_migrations VALUES (2, 'request_keys', '2026-11-26 23:46:30.10281+00', true, '\x06f0616d26b535a8b9140be551fbd6f28e94908109a1570784658e1ecdaef298bce44522d8de007b4d226dc03da3c1c0', 53243538);
INSERT INTO public._sqlx_migrations VALUES (3, 'event_positions', '2026-11-26 23:46:30.15652+00', true, '\xc84cedbd410b4df4df32b52fa4b577867846d5618bd4f1097e1d915d8321ea7123028c6c0ab844cd2c3c765e1f962544', 63598776);
INSERT INTO public._sqlx_migrations VALUES (4, 'event_trimming', '2026-11-26 23:46:30.227022+00', true, '\x1aa39054947d22a9b2f96d4a354a67a42d4dde572d566351a83071ee6f58c9d8dc3a25420d517fa4b3c9948e1244144e', 13755080);
INSERT INTO public._sqlx_migrations VALUES (1000, 'workers', '2026-11-26 23:46:30.239585+00', true, '\xc27b03e1f3938476da616499f3f735efd04100797f7542b83aadf3f7f15834f76d3cf963321795e27a1d502def7a5613', 29069985);
INSERT INTO public._sqlx_migrations VALUES (1001, 'changes', '2026-11-26 23:46:30.268542+00', true, '\x72f63219fd3b728988011d3c852fea2e99f692129348ff43d08863ec48120788870edaa11c69680751482578b3679678', 34619916);
INSERT INTO public._sqlx_migrations VALUES (1002, 'lifecycle', '2026-11-26 23:46:30.305116+00', true, '\x92d413c67262a3109fa991a8aed0685e508acfc4a6ffb5f513c1d2766631ea224db518dfad5d359027dbeefc75275944', 63435494);

INSERT INTO public.desired_requests VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6', '01a21a40-f7bb-7646-96ab-6bb3eebaf486:1:1795736795067943', 2);
INSERT INTO public.desired_requests VALUES ('01a21a40-e7a9-7eef-877e-98272cb551bb', '01a21a40-f7ec-7b6b-b30b-9897be870bfa:1:1795736795116343', 2);
INSERT INTO public.desired_requests VALUES ('01a21a40-e8dc-74d2-8c76-5a21b3f0f270', '01a21a40-f8a1-7b04-b778-c23b68b17e18:1:1795736795297785', 2);
INSERT INTO public.desired_requests VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6', '01a21a41-0a91-7830-84f4-cb664cdf69f4:1:1795736799889379', 3);

INSERT INTO public.event_log VALUES (1, '982f41d4-f83e-4409-beba-7c3c24855df4', 30);

INSERT INTO public.event_log_start VALUES (1, 1);

INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, 1, '01a21a40-e601-7c59-a437-24b56d97c573', 'worker.created', 'worker', '01a21a40-e601-70ab-a93d-2a1639af7d65', 1, 1795736790529020, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e601-70ab-a93d-2a1639af7d65", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.529020+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:30.529020+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:46:30.529020+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:30.529020+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, 2, '01a21a40-e6ba-7d41-adae-ec0d6041c843', 'worker.created', 'worker', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 1, 1795736790714084, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.714084+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:30.714084+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:46:30.714084+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:30.714084+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (3, 3, '01a21a40-e796-7d25-9b25-18e1c5e61385', 'worker.updated', 'worker', '01a21a40-e601-70ab-a93d-2a1639af7d65', 2, 1795736790934360, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e601-70ab-a93d-2a1639af7d65", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.529020+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:30.529020+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:46:30.529020+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:30.934360+00:00", "instance_id": "i-286afd8748caf601c", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (4, 4, '01a21a40-e7d9-74a0-aa81-f4da75b6f5a6', 'worker.updated', 'worker', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 2, 1795736791001677, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.714084+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:30.714084+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:46:30.714084+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:31.001677+00:00", "instance_id": "i-291f8094f0f34e645", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (5, 5, '01a21a40-e7a9-724b-b87b-d3dc0da85cc3', 'worker.created', 'worker', '01a21a40-e7a9-7eef-877e-98272cb551bb', 1, 1795736790953878, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.953878+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:30.953878+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:46:30.953878+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:30.953878+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (6, 6, '01a21a40-e827-783b-9296-cbc9e85e965e', 'worker.updated', 'worker', '01a21a40-e7a9-7eef-877e-98272cb551bb', 2, 1795736791079092, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.953878+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:30.953878+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:46:30.953878+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:31.079092+00:00", "instance_id": "i-f3a7671b91fe00711", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (7, 7, '01a21a40-e8dc-799a-81d5-f7d59f0fa8ad', 'worker.created', 'worker', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 1, 1795736791260367, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:31.260367+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:31.260367+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:46:31.260367+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:31.260367+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (8, 8, '01a21a40-e925-761c-9560-094adf143ff5', 'worker.created', 'worker', '01a21a40-e925-7d2d-83db-0b731b43ccb3', 1, 1795736791333577, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e925-7d2d-83db-0b731b43ccb3", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:31.333577+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:31.333577+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:46:31.333577+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:31.333577+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (9, 9, '01a21a40-e9c2-7bc1-99be-0f250eddeb83', 'worker.updated', 'worker', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 2, 1795736791490125, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:31.260367+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:31.260367+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:46:31.260367+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:31.490125+00:00", "instance_id": "i-d09441aeccc8362ca", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (10, 10, '01a21a40-e9c8-7c03-b45e-99e381fe850b', 'worker.updated', 'worker', '01a21a40-e925-7d2d-83db-0b731b43ccb3', 2, 1795736791496175, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e925-7d2d-83db-0b731b43ccb3", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:31.333577+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:31.333577+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:46:31.333577+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:31.496175+00:00", "instance_id": "i-46ee7f75894c4f4f6", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (11, 11, '01a21a40-efda-7e0b-a1ed-9aaa1e8bd983', 'worker.status.updated', 'worker', '01a21a40-e601-70ab-a93d-2a1639af7d65', 3, 1795736793050867, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e601-70ab-a93d-2a1639af7d65", "name": "lab 0", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.529020+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:33.050867+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:33.050867+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.96.243.80", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:46:30.529020+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.050867+00:00", "instance_id": "i-286afd8748caf601c", "converged_at": "2026-11-26T23:46:33.050867+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:46:30.529020+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (12, 12, '01a21a40-f169-783b-9644-8313ab380be4', 'worker.status.updated', 'worker', '01a21a40-e7a9-7eef-877e-98272cb551bb', 3, 1795736793449887, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.953878+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:33.449887+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:33.449887+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.44.211.101", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:46:30.953878+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.449887+00:00", "instance_id": "i-f3a7671b91fe00711", "converged_at": "2026-11-26T23:46:33.449887+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:46:30.953878+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (14, 14, '01a21a40-f3b8-7c64-baca-8901093088e1', 'worker.updated', 'worker', '01a21a40-e601-70ab-a93d-2a1639af7d65', 4, 1795736794040591, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e601-70ab-a93d-2a1639af7d65", "name": "renamed", "tags": {"team": "a"}, "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.529020+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:33.050867+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "2", "observed": {"since": "2026-11-26T23:46:33.050867+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.96.243.80", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:46:30.529020+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:34.040591+00:00", "instance_id": "i-286afd8748caf601c", "converged_at": "2026-11-26T23:46:33.050867+00:00", "instance_type": "m5.metal"}', '{"name": "lab 0", "tags": {}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (16, 16, '01a21a40-f690-7250-808a-c93fef15a454', 'worker.status.updated', 'worker', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 3, 1795736794768541, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:31.260367+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:34.768541+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:34.768541+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.142.237.128", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:46:31.260367+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:34.768541+00:00", "instance_id": "i-d09441aeccc8362ca", "converged_at": "2026-11-26T23:46:34.768541+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:46:31.260367+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (18, 18, '01a21a40-f83b-7ebb-b984-fae10fe0821d', 'worker.status.updated', 'worker', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 5, 1795736795195494, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:46:35.180471+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:35.195494+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.171.18.147", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:46:30.714084+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.195494+00:00", "instance_id": "i-291f8094f0f34e645", "converged_at": "2026-11-26T23:46:33.438272+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:46:33.438272+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.171.18.147", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (20, 20, '01a21a40-fae4-790d-8d57-878003fb81f6', 'worker.status.updated', 'worker', '01a21a40-e7a9-7eef-877e-98272cb551bb', 5, 1795736795876888, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:46:35.274994+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:35.876888+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:46:30.953878+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.876888+00:00", "instance_id": "i-f3a7671b91fe00711", "converged_at": "2026-11-26T23:46:33.449887+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:46:33.449887+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.44.211.101", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (13, 13, '01a21a40-f15e-74d2-9cfc-70181eef0b0f', 'worker.status.updated', 'worker', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 3, 1795736793438272, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.714084+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:33.438272+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:33.438272+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.171.18.147", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:46:30.714084+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:33.438272+00:00", "instance_id": "i-291f8094f0f34e645", "converged_at": "2026-11-26T23:46:33.438272+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:46:30.714084+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (15, 15, '01a21a40-f4c9-7740-a0a4-f96f5b61180f', 'worker.status.updated', 'worker', '01a21a40-e925-7d2d-83db-0b731b43ccb3', 3, 1795736794313678, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e925-7d2d-83db-0b731b43ccb3", "name": "lab 4", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:31.333577+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:34.313678+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:34.313678+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.194.149.166", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "3", "created_at": "2026-11-26T23:46:31.333577+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:34.313678+00:00", "instance_id": "i-46ee7f75894c4f4f6", "converged_at": "2026-11-26T23:46:34.313678+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:46:31.333577+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "converged_at": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (17, 17, '01a21a40-f82c-7201-a302-f8285483cf73', 'worker.updated', 'worker', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 4, 1795736795180471, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:46:35.180471+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:33.438272+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.171.18.147", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:46:30.714084+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.180471+00:00", "instance_id": "i-291f8094f0f34e645", "converged_at": "2026-11-26T23:46:33.438272+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.714084+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:33.438272+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (19, 19, '01a21a40-f88a-7741-a289-12e30e656b6c', 'worker.updated', 'worker', '01a21a40-e7a9-7eef-877e-98272cb551bb', 4, 1795736795274994, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:46:35.274994+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:33.449887+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.44.211.101", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:46:30.953878+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.274994+00:00", "instance_id": "i-f3a7671b91fe00711", "converged_at": "2026-11-26T23:46:33.449887+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:30.953878+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:33.449887+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (21, 21, '01a21a40-facc-78a9-8553-3d451a3acf24', 'worker.updated', 'worker', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 4, 1795736795852817, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:46:35.852817+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:34.768541+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.142.237.128", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "4", "created_at": "2026-11-26T23:46:31.260367+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:35.852817+00:00", "instance_id": "i-d09441aeccc8362ca", "converged_at": "2026-11-26T23:46:34.768541+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:31.260367+00:00", "set_by": "root", "generation": "1"}, "outcome": {"time": "2026-11-26T23:46:34.768541+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (23, 23, '01a21a40-fda0-7cef-9fa3-44ce94b5711a', 'worker.status.updated', 'worker', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 6, 1795736796576014, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:46:35.180471+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:46:36.576014+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:36.576014+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:46:30.714084+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:36.576014+00:00", "instance_id": "i-291f8094f0f34e645", "converged_at": "2026-11-26T23:46:36.576014+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:46:35.195494+00:00", "state": "WORKER_OBSERVED_STATE_STOPPING", "address": "10.171.18.147", "generation": "1"}, "converged_at": "2026-11-26T23:46:33.438272+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (22, 22, '01a21a40-fc6e-7b72-b657-3593090b703c', 'worker.status.updated', 'worker', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 5, 1795736796270367, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:46:35.852817+00:00", "set_by": "root", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:36.270367+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "5", "created_at": "2026-11-26T23:46:31.260367+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:36.270367+00:00", "instance_id": "i-d09441aeccc8362ca", "converged_at": "2026-11-26T23:46:34.768541+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:46:34.768541+00:00", "state": "WORKER_OBSERVED_STATE_RUNNING", "address": "10.142.237.128", "generation": "1"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (24, 24, '01a21a40-ff8b-780c-abc8-dc2a403cc12f', 'worker.terminated', 'worker', '01a21a40-e7a9-7eef-877e-98272cb551bb', 6, 1795736797066371, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e7a9-7eef-877e-98272cb551bb", "name": "lab 2", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:46:35.274994+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:46:37.066371+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:37.066371+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:46:30.953878+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:37.066371+00:00", "instance_id": "i-f3a7671b91fe00711", "converged_at": "2026-11-26T23:46:37.066371+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:46:35.876888+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:46:33.449887+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (25, 25, '01a21a41-03c9-7a67-b1da-b28a9ed6c490', 'worker.terminated', 'worker', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 6, 1795736798153879, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:46:35.852817+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:46:38.153879+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:38.153879+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "6", "created_at": "2026-11-26T23:46:31.260367+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:38.153879+00:00", "instance_id": "i-d09441aeccc8362ca", "converged_at": "2026-11-26T23:46:38.153879+00:00", "instance_type": "m5.metal"}', '{"outcome": null, "observed": {"since": "2026-11-26T23:46:36.270367+00:00", "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "generation": "1"}, "converged_at": "2026-11-26T23:46:34.768541+00:00"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (26, 26, '01a21a41-0491-7dbc-9e7e-5a7c6541bb3c', 'worker.deleted', 'worker', '01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 7, 1795736798353326, 'root', NULL, NULL, NULL, true, NULL, NULL, NULL, false, NULL, NULL, NULL, '{"id": "01a21a40-e8dc-74d2-8c76-5a21b3f0f270", "name": "lab 3", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_TERMINATED", "set_at": "2026-11-26T23:46:35.852817+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:46:38.153879+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}, "version": "1", "observed": {"since": "2026-11-26T23:46:38.153879+00:00", "state": "WORKER_OBSERVED_STATE_TERMINATED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:46:31.260367+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:38.353326+00:00", "instance_id": "i-d09441aeccc8362ca", "converged_at": "2026-11-26T23:46:38.153879+00:00", "instance_type": "m5.metal"}', '{}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (27, 27, '01a21a41-0a85-741a-8709-1611e4d024f1', 'worker.created', 'worker', '01a21a41-0a85-789a-9e4d-f473e93405a9', 1, 1795736799877355, 'root', NULL, NULL, NULL, false, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-0a85-789a-9e4d-f473e93405a9", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:39.877355+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:39.877355+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "1", "created_at": "2026-11-26T23:46:39.877355+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:39.877355+00:00", "instance_type": "m5.metal"}', NULL);
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (28, 28, '01a21a41-0ab4-7b7d-b876-7276d376f774', 'worker.updated', 'worker', '01a21a41-0a85-789a-9e4d-f473e93405a9', 2, 1795736799924932, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a41-0a85-789a-9e4d-f473e93405a9", "name": "pending", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:39.877355+00:00", "set_by": "root", "generation": "1"}, "version": "1", "observed": {"since": "2026-11-26T23:46:39.877355+00:00", "state": "WORKER_OBSERVED_STATE_PENDING"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "2", "created_at": "2026-11-26T23:46:39.877355+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:39.924932+00:00", "instance_id": "i-5a2a18f0264aa759e", "instance_type": "m5.metal"}', '{"instance_id": null}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (29, 29, '01a21a41-0acd-7273-96f8-60b2bc2c6188', 'worker.updated', 'worker', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 7, 1795736799949373, 'task-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:39.949373+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:46:36.576014+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "7", "created_at": "2026-11-26T23:46:30.714084+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:39.949373+00:00", "instance_id": "i-291f8094f0f34e645", "converged_at": "2026-11-26T23:46:36.576014+00:00", "instance_type": "m5.metal"}', '{"desired": {"state": "WORKER_DESIRED_STATE_STOPPED", "set_at": "2026-11-26T23:46:35.180471+00:00", "set_by": "root", "generation": "2"}, "outcome": {"time": "2026-11-26T23:46:36.576014+00:00", "result": "WORKER_OUTCOME_RESULT_CONVERGED", "generation": "2"}}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (30, 30, '01a21a41-0aff-75e7-94f2-c0e398f117ab', 'worker.status.updated', 'worker', '01a21a40-e6ba-755a-93bd-9121e9df83c6', 8, 1795736799999217, 'worker-service', 'root', NULL, NULL, true, NULL, NULL, NULL, true, NULL, NULL, NULL, '{"id": "01a21a40-e6ba-755a-93bd-9121e9df83c6", "name": "lab 1", "region": "us-east-1", "desired": {"state": "WORKER_DESIRED_STATE_RUNNING", "set_at": "2026-11-26T23:46:39.949373+00:00", "set_by": "root", "generation": "3"}, "version": "1", "observed": {"since": "2026-11-26T23:46:39.999217+00:00", "state": "WORKER_OBSERVED_STATE_PENDING", "generation": "2"}, "provider": "WORKER_PROVIDER_SIMULATED", "revision": "8", "created_at": "2026-11-26T23:46:30.714084+00:00", "created_by": "root", "updated_at": "2026-11-26T23:46:39.999217+00:00", "instance_id": "i-291f8094f0f34e645", "converged_at": "2026-11-26T23:46:36.576014+00:00", "instance_type": "m5.metal"}', '{"observed": {"since": "2026-11-26T23:46:36.576014+00:00", "state": "WORKER_OBSERVED_STATE_STOPPED", "generation": "2"}}');

INSERT INTO public.reconciles VALUES ('01a21a40-e925-7d2d-83db-0b731b43ccb3', NULL, NULL, 0, 5, 0, 0, '{"flips": {"ready": {"since": 1795736794313678, "status": "true"}, "stalled": {"since": 1795736791496175, "status": "false"}, "reconciling": {"since": 1795736794313678, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736791496175, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736791496175, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a40-e8dc-74d2-8c76-5a21b3f0f270', NULL, NULL, 0, 9, 2, 0, '{"flips": {"ready": {"since": 1795736798153879, "status": "true"}, "stalled": {"since": 1795736791490125, "status": "false"}, "reconciling": {"since": 1795736798153879, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736791490125, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736796270367, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736791490125, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a40-e7a9-7eef-877e-98272cb551bb', NULL, NULL, 0, 7, 1, 0, '{"flips": {"ready": {"since": 1795736797066371, "status": "true"}, "stalled": {"since": 1795736791079092, "status": "false"}, "reconciling": {"since": 1795736797066371, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736791079092, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736795876888, "call": "terminate", "result": "ok", "message": null, "trace_id": null, "generation": 2}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736791079092, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a41-0a85-789a-9e4d-f473e93405a9', 1795736800441176, NULL, 0, 1, 0, 0, '{"flips": {"ready": {"since": 1795736799924932, "status": "false"}, "stalled": {"since": 1795736799924932, "status": "false"}, "reconciling": {"since": 1795736799924932, "status": "true"}}, "waiting": {"since": 1795736799924932, "reason": "starting"}, "attempts": [{"at": 1795736799924932, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": {"call": "create", "generation": 1}, "created_at": 1795736799924932, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a40-e601-70ab-a93d-2a1639af7d65', NULL, NULL, 0, 6, 1, 0, '{"flips": {"ready": {"since": 1795736793050867, "status": "true"}, "stalled": {"since": 1795736790934360, "status": "false"}, "reconciling": {"since": 1795736793050867, "status": "false"}}, "waiting": null, "attempts": [{"at": 1795736790934360, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736794759083, "call": "tag", "result": "ok", "message": null, "trace_id": null, "generation": 1}], "failures": 0, "conflicts": 0, "last_call": null, "created_at": 1795736790934360, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');
INSERT INTO public.reconciles VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6', 1795736800500267, NULL, 0, 8, 2, 0, '{"flips": {"ready": {"since": 1795736799949373, "status": "false"}, "stalled": {"since": 1795736791001677, "status": "false"}, "reconciling": {"since": 1795736799949373, "status": "true"}}, "waiting": {"since": 1795736799999217, "reason": "starting"}, "attempts": [{"at": 1795736791001677, "call": "create", "result": "ok", "message": null, "trace_id": null, "generation": 1}, {"at": 1795736795195494, "call": "stop", "result": "ok", "message": null, "trace_id": null, "generation": 2}, {"at": 1795736799999217, "call": "start", "result": "ok", "message": null, "trace_id": null, "generation": 3}], "failures": 0, "conflicts": 0, "last_call": {"call": "start", "generation": 3}, "created_at": 1795736791001677, "next_retry": null, "removed_tags": [], "missing_since": null, "stopping_since": null}');



INSERT INTO public.worker_generations VALUES ('01a21a40-e601-70ab-a93d-2a1639af7d65', 1, 'simulated', 'running', 'root', 1795736790529020, NULL, NULL, NULL, 'converged', 1795736793050867, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a40-e7a9-7eef-877e-98272cb551bb', 1, 'simulated', 'running', 'root', 1795736790953878, NULL, NULL, NULL, 'converged', 1795736793449887, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6', 1, 'simulated', 'running', 'root', 1795736790714084, NULL, NULL, NULL, 'converged', 1795736793438272, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a40-e925-7d2d-83db-0b731b43ccb3', 1, 'simulated', 'running', 'root', 1795736791333577, NULL, NULL, NULL, 'converged', 1795736794313678, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 1, 'simulated', 'running', 'root', 1795736791260367, NULL, NULL, NULL, 'converged', 1795736794768541, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6', 2, 'simulated', 'stopped', 'root', 1795736795180471, 1, NULL, NULL, 'converged', 1795736796576014, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a40-e7a9-7eef-877e-98272cb551bb', 2, 'simulated', 'terminated', 'root', 1795736795274994, 1, NULL, NULL, 'converged', 1795736797066371, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 2, 'simulated', 'terminated', 'root', 1795736795852817, 1, NULL, NULL, 'converged', 1795736798153879, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a41-0a85-789a-9e4d-f473e93405a9', 1, 'simulated', 'running', 'root', 1795736799877355, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.worker_generations VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6', 3, 'simulated', 'running', 'root', 1795736799949373, 2, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO public.worker_tags VALUES ('01a21a40-e601-70ab-a93d-2a1639af7d65', 'team', 'a', 1795736790529020);


INSERT INTO public.workers VALUES ('01a21a40-e601-70ab-a93d-2a1639af7d65', 'renamed', 'us-east-1', 'm5.metal', 'simulated', '{"team": "a"}', 'root', 1795736790529020, 1795736794040591, NULL, 2, 4, 'running', 1, 'root', 'running', 1, 1795736793050867, 'i-286afd8748caf601c', NULL, 1795736790529020, '10.96.243.80', 'converged', 1795736793050867, NULL, NULL, 1795736793050867, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a40-e925-7d2d-83db-0b731b43ccb3', 'lab 4', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736791333577, 1795736794313678, NULL, 1, 3, 'running', 1, 'root', 'running', 1, 1795736794313678, 'i-46ee7f75894c4f4f6', NULL, 1795736791333577, '10.194.149.166', 'converged', 1795736794313678, NULL, NULL, 1795736794313678, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a40-e7a9-7eef-877e-98272cb551bb', 'lab 2', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736790953878, 1795736797066371, NULL, 1, 6, 'terminated', 2, 'root', 'terminated', 2, 1795736797066371, 'i-f3a7671b91fe00711', NULL, 1795736795274994, NULL, 'converged', 1795736797066371, NULL, NULL, 1795736797066371, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a40-e8dc-74d2-8c76-5a21b3f0f270', 'lab 3', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736791260367, 1795736798353326, 1795736798353326, 1, 7, 'terminated', 2, 'root', 'terminated', 2, 1795736798153879, 'i-d09441aeccc8362ca', NULL, 1795736795852817, NULL, 'converged', 1795736798153879, NULL, NULL, 1795736798153879, NULL, NULL, 1, 1, false);
INSERT INTO public.workers VALUES ('01a21a41-0a85-789a-9e4d-f473e93405a9', 'pending', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736799877355, 1795736799924932, NULL, 1, 2, 'running', 1, 'root', 'pending', 0, 1795736799877355, 'i-5a2a18f0264aa759e', NULL, 1795736799877355, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, false);
INSERT INTO public.workers VALUES ('01a21a40-e6ba-755a-93bd-9121e9df83c6', 'lab 1', 'us-east-1', 'm5.metal', 'simulated', '{}', 'root', 1795736790714084, 1795736799999217, NULL, 1, 8, 'running', 3, 'root', 'pending', 2, 1795736799999217, 'i-291f8094f0f34e645', NULL, 1795736799949373, NULL, NULL, NULL, NULL, NULL, 1795736796576014, NULL, NULL, 2, 1, false);

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


