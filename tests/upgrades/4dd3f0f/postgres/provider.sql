
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

CREATE TABLE public.buckets (
    name text NOT NULL,
    level bigint NOT NULL,
    at bigint NOT NULL
);

CREATE TABLE public.journal (
    seq bigint NOT NULL,
    at bigint NOT NULL,
    call text NOT NULL,
    worker_id uuid NOT NULL,
    fence bigint NOT NULL,
    machine_id text,
    client_token text,
    parameters jsonb NOT NULL,
    result text NOT NULL,
    detail text,
    message text
);

ALTER TABLE public.journal ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.journal_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.machines (
    id text NOT NULL,
    region text NOT NULL,
    instance_type text NOT NULL,
    tags jsonb NOT NULL,
    owner text,
    launched_at bigint NOT NULL,
    visible_at bigint NOT NULL,
    state text NOT NULL,
    since bigint NOT NULL,
    reason text,
    ends_at bigint,
    reads_left bigint,
    first_ran_at bigint,
    starts bigint NOT NULL,
    knobs_since bigint NOT NULL,
    fails_left bigint NOT NULL,
    throttles_left bigint NOT NULL,
    misses_left bigint NOT NULL,
    gone_at bigint
);

CREATE TABLE public.tokens (
    token text NOT NULL,
    machine_id text,
    used_at bigint NOT NULL,
    parameters jsonb NOT NULL,
    fails_left bigint NOT NULL,
    throttles_left bigint NOT NULL
);

INSERT INTO public._sqlx_migrations VALUES (1000, 'machines', '2026-11-26 23:12:08.999527+00', true, '\xa1f3ceb355ac84b3523b49be3208f014ec43fc0a31f9c5c6d1d44d54710f2a6dc97bc87be3092d4df6c85cd4a4b8ac6c', 78592203);

INSERT INTO public.buckets VALUES ('calls', 199000000, 1795734734760394);

INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (1, 1795734729522525, 'create', '01a21a21-730d-7197-87c3-d09e99f432c9', 1, 'i-32d50ef8a5f1f07b6', '01a21a21-730d-7197-87c3-d09e99f432c9.1', '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a21-730d-7197-87c3-d09e99f432c9"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (2, 1795734729547680, 'create', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 1, 'i-fe203241ede2e888d', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890.1', '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (3, 1795734729585133, 'create', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 1, 'i-f4a8af0351437c3ea', '01a21a21-733e-7b95-aea7-e6e4b4b371e1.1', '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (4, 1795734729609273, 'create', '01a21a21-735f-76be-a8c8-d21ed78b54b9', 1, 'i-c2778e56f28b210fb', '01a21a21-735f-76be-a8c8-d21ed78b54b9.1', '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a21-735f-76be-a8c8-d21ed78b54b9"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (5, 1795734729627099, 'create', '01a21a21-7351-7083-b858-38a47141bfb6', 1, 'i-e370fc1f81eb0d3fc', '01a21a21-7351-7083-b858-38a47141bfb6.1', '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a21-7351-7083-b858-38a47141bfb6"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (6, 1795734731908170, 'tag', '01a21a21-730d-7197-87c3-d09e99f432c9', 6, 'i-32d50ef8a5f1f07b6', NULL, '{"set": {"Name": "renamed", "team": "a"}, "remove": []}', 'ok', 'running', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (7, 1795734732047404, 'stop', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 6, 'i-fe203241ede2e888d', NULL, '{"force": false}', 'ok', 'stopping', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (8, 1795734732083644, 'terminate', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 6, 'i-f4a8af0351437c3ea', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (9, 1795734732117132, 'terminate', '01a21a21-7351-7083-b858-38a47141bfb6', 6, 'i-e370fc1f81eb0d3fc', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (10, 1795734734741406, 'create', '01a21a21-8763-7b25-be7b-6b0361788814', 1, 'i-e47d27a65fe49bddd', '01a21a21-8763-7b25-be7b-6b0361788814.1', '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a21-8763-7b25-be7b-6b0361788814"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (11, 1795734734762401, 'start', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 9, 'i-fe203241ede2e888d', NULL, '{}', 'ok', 'pending', NULL);

INSERT INTO public.machines VALUES ('i-c2778e56f28b210fb', 'us-east-1', 'm5.metal', '{"Name": "lab 4", "ccm:worker-id": "01a21a21-735f-76be-a8c8-d21ed78b54b9"}', '01a21a21-735f-76be-a8c8-d21ed78b54b9', 1795734729605688, 1795734729905688, 'pending', 1795734729605688, NULL, 1795734731605688, NULL, NULL, 1, 1795734729605688, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-32d50ef8a5f1f07b6', 'us-east-1', 'm5.metal', '{"Name": "renamed", "team": "a", "ccm:worker-id": "01a21a21-730d-7197-87c3-d09e99f432c9"}', '01a21a21-730d-7197-87c3-d09e99f432c9', 1795734729521627, 1795734729821627, 'running', 1795734731521627, NULL, NULL, NULL, 1795734731521627, 1, 1795734729521627, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-f4a8af0351437c3ea', 'us-east-1', 'm5.metal', '{"Name": "lab 2", "ccm:worker-id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1"}', '01a21a21-733e-7b95-aea7-e6e4b4b371e1', 1795734729583058, 1795734729883058, 'shutting_down', 1795734732083320, NULL, 1795734733083320, NULL, 1795734731583058, 1, 1795734729583058, 0, 0, 0, 1795738333083320);
INSERT INTO public.machines VALUES ('i-e370fc1f81eb0d3fc', 'us-east-1', 'm5.metal', '{"Name": "lab 3", "ccm:worker-id": "01a21a21-7351-7083-b858-38a47141bfb6"}', '01a21a21-7351-7083-b858-38a47141bfb6', 1795734729625728, 1795734729925728, 'shutting_down', 1795734732116283, NULL, 1795734733116283, NULL, 1795734731625728, 1, 1795734729625728, 0, 0, 0, 1795738333116283);
INSERT INTO public.machines VALUES ('i-e47d27a65fe49bddd', 'us-east-1', 'm5.metal', '{"Name": "pending", "ccm:worker-id": "01a21a21-8763-7b25-be7b-6b0361788814"}', '01a21a21-8763-7b25-be7b-6b0361788814', 1795734734740596, 1795734735040596, 'pending', 1795734734740596, NULL, 1795734736740596, NULL, NULL, 1, 1795734734740596, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-fe203241ede2e888d', 'us-east-1', 'm5.metal', '{"Name": "lab 1", "ccm:worker-id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890"}', '01a21a21-7319-7f3b-9e80-6d6dd0c1d890', 1795734729546948, 1795734729846948, 'pending', 1795734734761401, NULL, 1795734736761401, NULL, 1795734731546948, 2, 1795734729546948, 0, 0, 0, NULL);

INSERT INTO public.tokens VALUES ('01a21a21-730d-7197-87c3-d09e99f432c9.1', 'i-32d50ef8a5f1f07b6', 1795734729521627, '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a21-730d-7197-87c3-d09e99f432c9"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-7319-7f3b-9e80-6d6dd0c1d890.1', 'i-fe203241ede2e888d', 1795734729546948, '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a21-7319-7f3b-9e80-6d6dd0c1d890"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-733e-7b95-aea7-e6e4b4b371e1.1', 'i-f4a8af0351437c3ea', 1795734729583058, '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a21-733e-7b95-aea7-e6e4b4b371e1"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-735f-76be-a8c8-d21ed78b54b9.1', 'i-c2778e56f28b210fb', 1795734729605688, '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a21-735f-76be-a8c8-d21ed78b54b9"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-7351-7083-b858-38a47141bfb6.1', 'i-e370fc1f81eb0d3fc', 1795734729625728, '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a21-7351-7083-b858-38a47141bfb6"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a21-8763-7b25-be7b-6b0361788814.1', 'i-e47d27a65fe49bddd', 1795734734740596, '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a21-8763-7b25-be7b-6b0361788814"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);

SELECT pg_catalog.setval('public.journal_seq_seq', 11, true);

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.buckets
    ADD CONSTRAINT buckets_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.machines
    ADD CONSTRAINT machines_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (token);

CREATE INDEX journal_of_worker ON public.journal USING btree (worker_id, seq);

CREATE INDEX machines_by_owner ON public.machines USING btree (owner, id) WHERE (owner IS NOT NULL);

CREATE INDEX machines_owned ON public.machines USING btree (id) WHERE (owner IS NOT NULL);


