-- What the scripts need besides the copies of the fleet's databases.
CREATE SEQUENCE public.ids;

-- An id like a UUIDv7: unique, and greater than those before.
CREATE FUNCTION public.next_id() RETURNS uuid LANGUAGE sql VOLATILE AS
    $$ SELECT lpad(to_hex(nextval('public.ids')), 32, '0')::uuid $$;

CREATE FUNCTION public.micros() RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT CAST(extract(epoch FROM statement_timestamp()) * 1000000 AS BIGINT) $$;

-- Each client has workers of its own, by their numbers.
CREATE TABLE public.numbers (number BIGINT PRIMARY KEY, worker_id UUID NOT NULL);
INSERT INTO public.numbers SELECT row_number() OVER (ORDER BY id) - 1, id FROM workers.workers;

CREATE TABLE public.queue (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payload    TEXT NOT NULL,
    claimed_by BIGINT
);
CREATE INDEX queue_unclaimed ON public.queue (id) WHERE claimed_by IS NULL;
CREATE INDEX queue_claimed ON public.queue (claimed_by) WHERE claimed_by IS NOT NULL;
ANALYZE;
