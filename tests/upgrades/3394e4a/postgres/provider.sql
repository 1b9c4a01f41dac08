
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

INSERT INTO public._sqlx_migrations VALUES (1000, 'machines', '2026-11-26 23:47:22.075114+00', true, '\xa1f3ceb355ac84b3523b49be3208f014ec43fc0a31f9c5c6d1d44d54710f2a6dc97bc87be3092d4df6c85cd4a4b8ac6c', 46857176);

INSERT INTO public.buckets VALUES ('calls', 199000000, 1795736848133535);

INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (1, 1795736842576914, 'create', '01a21a41-b0e7-777f-9947-915a14663af7', 1, 'i-3a6f610804dc9a393', '01a21a41-b0e7-777f-9947-915a14663af7.1', '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a41-b0e7-777f-9947-915a14663af7"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (2, 1795736842590108, 'create', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 1, 'i-96c03e182e13bb35c', '01a21a41-b115-7810-b6ff-a9b74d78ad86.1', '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a41-b115-7810-b6ff-a9b74d78ad86"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (3, 1795736842616763, 'create', '01a21a41-b14b-7485-a871-4309b75f0132', 1, 'i-69c9833ec921e9bd1', '01a21a41-b14b-7485-a871-4309b75f0132.1', '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a41-b14b-7485-a871-4309b75f0132"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (4, 1795736842648065, 'create', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 1, 'i-823acb12462c87940', '01a21a41-b177-7bd0-aff0-a870f1b4278c.1', '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a41-b177-7bd0-aff0-a870f1b4278c"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (5, 1795736842663019, 'create', '01a21a41-b18b-7712-90d3-840c5cf63fad', 1, 'i-3f14b19548e7998f1', '01a21a41-b18b-7712-90d3-840c5cf63fad.1', '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a41-b18b-7712-90d3-840c5cf63fad"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (6, 1795736845061524, 'tag', '01a21a41-b0e7-777f-9947-915a14663af7', 6, 'i-3a6f610804dc9a393', NULL, '{"set": {"Name": "renamed", "team": "a"}, "remove": []}', 'ok', 'running', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (7, 1795736845199271, 'stop', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 6, 'i-96c03e182e13bb35c', NULL, '{"force": false}', 'ok', 'stopping', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (8, 1795736845221664, 'terminate', '01a21a41-b14b-7485-a871-4309b75f0132', 6, 'i-69c9833ec921e9bd1', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (9, 1795736845236560, 'terminate', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 6, 'i-823acb12462c87940', NULL, '{}', 'ok', 'shutting_down', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (10, 1795736848084527, 'create', '01a21a41-c69c-71bb-8b00-728b3d4dcb59', 1, 'i-35ce9771a3be54429', '01a21a41-c69c-71bb-8b00-728b3d4dcb59.1', '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a41-c69c-71bb-8b00-728b3d4dcb59"}, "region": "us-east-1", "instance_type": "m5.metal"}', 'ok', 'pending', NULL);
INSERT INTO public.journal OVERRIDING SYSTEM VALUE VALUES (11, 1795736848134216, 'start', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 9, 'i-96c03e182e13bb35c', NULL, '{}', 'ok', 'pending', NULL);

INSERT INTO public.machines VALUES ('i-3f14b19548e7998f1', 'us-east-1', 'm5.metal', '{"Name": "lab 4", "ccm:worker-id": "01a21a41-b18b-7712-90d3-840c5cf63fad"}', '01a21a41-b18b-7712-90d3-840c5cf63fad', 1795736842662494, 1795736842962494, 'pending', 1795736842662494, NULL, 1795736844662494, NULL, NULL, 1, 1795736842662494, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-3a6f610804dc9a393', 'us-east-1', 'm5.metal', '{"Name": "renamed", "team": "a", "ccm:worker-id": "01a21a41-b0e7-777f-9947-915a14663af7"}', '01a21a41-b0e7-777f-9947-915a14663af7', 1795736842574634, 1795736842874634, 'running', 1795736844574634, NULL, NULL, NULL, 1795736844574634, 1, 1795736842574634, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-69c9833ec921e9bd1', 'us-east-1', 'm5.metal', '{"Name": "lab 2", "ccm:worker-id": "01a21a41-b14b-7485-a871-4309b75f0132"}', '01a21a41-b14b-7485-a871-4309b75f0132', 1795736842612235, 1795736842912235, 'shutting_down', 1795736845221304, NULL, 1795736846221304, NULL, 1795736844612235, 1, 1795736842612235, 0, 0, 0, 1795740446221304);
INSERT INTO public.machines VALUES ('i-823acb12462c87940', 'us-east-1', 'm5.metal', '{"Name": "lab 3", "ccm:worker-id": "01a21a41-b177-7bd0-aff0-a870f1b4278c"}', '01a21a41-b177-7bd0-aff0-a870f1b4278c', 1795736842641501, 1795736842941501, 'shutting_down', 1795736845235508, NULL, 1795736846235508, NULL, 1795736844641501, 1, 1795736842641501, 0, 0, 0, 1795740446235508);
INSERT INTO public.machines VALUES ('i-35ce9771a3be54429', 'us-east-1', 'm5.metal', '{"Name": "pending", "ccm:worker-id": "01a21a41-c69c-71bb-8b00-728b3d4dcb59"}', '01a21a41-c69c-71bb-8b00-728b3d4dcb59', 1795736848077980, 1795736848377980, 'pending', 1795736848077980, NULL, 1795736850077980, NULL, NULL, 1, 1795736848077980, 0, 0, 0, NULL);
INSERT INTO public.machines VALUES ('i-96c03e182e13bb35c', 'us-east-1', 'm5.metal', '{"Name": "lab 1", "ccm:worker-id": "01a21a41-b115-7810-b6ff-a9b74d78ad86"}', '01a21a41-b115-7810-b6ff-a9b74d78ad86', 1795736842589586, 1795736842889586, 'pending', 1795736848133961, NULL, 1795736850133961, NULL, 1795736844589586, 2, 1795736842589586, 0, 0, 0, NULL);

INSERT INTO public.tokens VALUES ('01a21a41-b0e7-777f-9947-915a14663af7.1', 'i-3a6f610804dc9a393', 1795736842574634, '{"tags": {"Name": "lab 0", "ccm:worker-id": "01a21a41-b0e7-777f-9947-915a14663af7"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-b115-7810-b6ff-a9b74d78ad86.1', 'i-96c03e182e13bb35c', 1795736842589586, '{"tags": {"Name": "lab 1", "ccm:worker-id": "01a21a41-b115-7810-b6ff-a9b74d78ad86"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-b14b-7485-a871-4309b75f0132.1', 'i-69c9833ec921e9bd1', 1795736842612235, '{"tags": {"Name": "lab 2", "ccm:worker-id": "01a21a41-b14b-7485-a871-4309b75f0132"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-b177-7bd0-aff0-a870f1b4278c.1', 'i-823acb12462c87940', 1795736842641501, '{"tags": {"Name": "lab 3", "ccm:worker-id": "01a21a41-b177-7bd0-aff0-a870f1b4278c"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-b18b-7712-90d3-840c5cf63fad.1', 'i-3f14b19548e7998f1', 1795736842662494, '{"tags": {"Name": "lab 4", "ccm:worker-id": "01a21a41-b18b-7712-90d3-840c5cf63fad"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);
INSERT INTO public.tokens VALUES ('01a21a41-c69c-71bb-8b00-728b3d4dcb59.1', 'i-35ce9771a3be54429', 1795736848077980, '{"tags": {"Name": "pending", "ccm:worker-id": "01a21a41-c69c-71bb-8b00-728b3d4dcb59"}, "region": "us-east-1", "instance_type": "m5.metal"}', 0, 0);

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


