-- What the clock was when data past its retention was looked for last, and since when it has not jumped: service/src/steadiness.rs.
CREATE TABLE housekeeping_clock (
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    seen_at      INTEGER NOT NULL,
    boot         TEXT    NOT NULL,
    uptime       INTEGER NOT NULL,
    steady_since INTEGER NOT NULL
) STRICT;

INSERT INTO housekeeping_clock (only_row, seen_at, boot, uptime, steady_since) VALUES (1, 0, '', 0, 0);
