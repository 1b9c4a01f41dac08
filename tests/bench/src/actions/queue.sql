-- A queue as plain as can be: insert a row, claim the oldest one, delete it.
INSERT INTO public.queue (payload) VALUES ('Stop worker 17');
UPDATE public.queue SET claimed_by = :client_id
    WHERE id = (SELECT id FROM public.queue WHERE claimed_by IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
DELETE FROM public.queue WHERE claimed_by = :client_id;
