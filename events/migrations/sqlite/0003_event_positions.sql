-- Positions, and how far the log was trimmed: docs/adr/0011 and 0012.

-- There is one writer, so the order of inserts is that of commits: an event gets its position in its own transaction.
UPDATE events SET position = next.place + (SELECT head FROM event_log)
FROM (SELECT seq, row_number() OVER (ORDER BY seq) AS place FROM events WHERE position IS NULL) AS next
WHERE events.seq = next.seq;

UPDATE event_log SET head = max(head, (SELECT coalesce(max(position), 0) FROM events));

CREATE TRIGGER events_numbered AFTER INSERT ON events BEGIN
    UPDATE event_log SET head = head + 1;
    UPDATE events SET position = (SELECT head FROM event_log) WHERE seq = new.seq;
END;

-- One row: the first position from which on no event is missing.
CREATE TABLE event_log_start (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    position INTEGER NOT NULL
) STRICT;

INSERT INTO event_log_start (only_row, position) VALUES (1, 1);
