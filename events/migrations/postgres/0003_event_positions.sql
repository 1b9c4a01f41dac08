-- Positions after commit, and how far the log was trimmed: docs/adr/0011 and 0012.

-- Gives every event that is committed and has no position the next ones, in the order of seq, at most `batch`; answers how
-- many. Under the lock of the log's one row, and the numbering statement takes its snapshot when the lock is held: it sees
-- all that was committed before, so an event never gets a place before one whose commit was answered earlier.
-- One call is one transaction that runs in the server to its end, so a caller that is stopped holds no lock.
CREATE FUNCTION number_events(batch BIGINT) RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
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

-- One row: the first position from which on no event is missing. A row of its own: who trims must not hold the lock that
-- numbering needs.
CREATE TABLE event_log_start (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    position BIGINT NOT NULL
);

INSERT INTO event_log_start (only_row, position) VALUES (1, 1);
