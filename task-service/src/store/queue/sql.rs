//! The SQL statements of the queue.

use storage::{Dialects, Statement, postgres_now, sqlite_now};

macro_rules! columns {
    () => {
        "task_id, worker_id, action_seq, verb, asked_at, on_behalf_of, traceparent, tracestate, run, attempt, generation, \
         fence"
    };
}

/// A statement with the same text for both databases, except for the current time.
macro_rules! with_now {
    ($summary:literal, $before:expr, $after:expr) => {
        Dialects {
            sqlite: Statement { summary: $summary, sql: concat!($before, sqlite_now!(), $after) },
            postgres: Statement { summary: $summary, sql: concat!($before, postgres_now!(), $after) },
        }
    };
}

/// Draws the next number of a worker. The row stays locked until the transaction ends, so that requests for actions on
/// one worker follow each other.
pub(super) const DRAW_SEQ: Statement = Statement {
    summary: "INSERT worker_action_seqs",
    sql: "INSERT INTO worker_action_seqs (worker_id, last) VALUES ($1, 1) \
          ON CONFLICT (worker_id) DO UPDATE SET last = worker_action_seqs.last + 1 RETURNING last",
};

/// The last number of a worker, if there is one, and how many actions on it are live.
pub(super) const LAST_SEQ: Statement = Statement {
    summary: "SELECT worker_action_seqs",
    sql: "SELECT (SELECT last FROM worker_action_seqs WHERE worker_id = $1), \
                 (SELECT count(*) FROM action_queue WHERE worker_id = $1)",
};

/// Makes later numbers of a worker greater than `$2`.
pub(super) const RAISE_SEQ: Statement = Statement {
    summary: "UPDATE worker_action_seqs",
    sql: "UPDATE worker_action_seqs SET last = $2 WHERE worker_id = $1 AND last < $2",
};

pub(super) const LIVE_OF_WORKER: Statement = Statement {
    summary: "SELECT action_queue",
    sql: concat!("SELECT ", columns!(), " FROM action_queue WHERE worker_id = $1"),
};

macro_rules! insert {
    ($now:expr) => {
        concat!(
            "INSERT INTO action_queue (task_id, worker_id, action_seq, verb, priority, due_key, asked_at, deadline, phase, \
               ready_at, fence, run, attempt, on_behalf_of, traceparent, tracestate) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, ",
            $now,
            " + $8, 'queued', ",
            $now,
            ", 0, $9, 0, $10, $11, $12)"
        )
    };
}

/// Queues an action, whose deadline is `$8` microseconds from now.
pub(super) const INSERT: Dialects = Dialects {
    sqlite: Statement { summary: "INSERT action_queue", sql: insert!(sqlite_now!()) },
    postgres: Statement { summary: "INSERT action_queue", sql: insert!(postgres_now!()) },
};

pub(super) const REORDER: Statement = Statement {
    summary: "UPDATE action_queue",
    sql: "UPDATE action_queue SET priority = $2, due_key = asked_at + $3 WHERE task_id = $1",
};

/// Claims at most `$1` actions in an order, for the owner `$2` and `$3` microseconds, out of those that are ready since
/// `$4` or later. The CTE is evaluated once, so that no more rows are locked than are claimed.
macro_rules! claim {
    ($ready:literal, $order:literal, $now:expr, $lock:literal) => {
        Statement {
            summary: "UPDATE action_queue",
            sql: concat!(
                "WITH chosen AS MATERIALIZED (SELECT task_id FROM action_queue WHERE ready_at IS NOT NULL AND ",
                $ready,
                " >= $4 AND ",
                $ready,
                " <= ",
                $now,
                " ORDER BY ",
                $order,
                " LIMIT $1",
                $lock,
                ") UPDATE action_queue SET fence = fence + 1, lease_owner = $2, ready_at = ",
                $now,
                " + $3 WHERE task_id IN (SELECT task_id FROM chosen) RETURNING ",
                columns!()
            ),
        }
    };
    ($ready:literal, $order:literal) => {
        Dialects {
            sqlite: claim!($ready, $order, sqlite_now!(), ""),
            postgres: claim!($ready, $order, postgres_now!(), " FOR UPDATE SKIP LOCKED"),
        }
    };
}

/// The statements of one order. Of many ready actions, the index of the order finds the first ones. Few are found by the
/// time since when they are ready, and sorted: the index of the order begins with the entries of actions that have ended,
/// which PostgreSQL cannot remove while any transaction is open that began before. `+ 0` keeps a planner from using the
/// other index.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClaimInOrder {
    pub(super) of_many: Dialects,
    pub(super) of_few: Dialects,
}

pub(super) const CLAIM_MOST_URGENT: ClaimInOrder = ClaimInOrder {
    of_many: claim!("ready_at + 0", "priority DESC, asked_at"),
    of_few: claim!("ready_at", "priority + 0 DESC, asked_at + 0"),
};
pub(super) const CLAIM_OLDEST: ClaimInOrder =
    ClaimInOrder { of_many: claim!("ready_at + 0", "asked_at"), of_few: claim!("ready_at", "asked_at + 0") };
pub(super) const CLAIM_DUE: ClaimInOrder =
    ClaimInOrder { of_many: claim!("ready_at + 0", "due_key"), of_few: claim!("ready_at", "due_key + 0") };

macro_rules! look {
    ($now:expr) => {
        Statement {
            summary: "SELECT action_queue",
            sql: concat!(
                "SELECT ",
                $now,
                " AS now, (SELECT min(ready_at) FROM action_queue WHERE ready_at >= $1) AS next, \
                 (SELECT count(*) FROM (SELECT 1 FROM action_queue WHERE ready_at >= $1 AND ready_at <= ",
                $now,
                " LIMIT $2) AS ready) AS ready"
            ),
        }
    };
}

/// Returns the time, when the next action is ready, and how many are, `$2` at most; out of those that are ready since `$1`
/// or later.
pub(super) const LOOK: Dialects = Dialects { sqlite: look!(sqlite_now!()), postgres: look!(postgres_now!()) };

/// Updates the action of the task `$1` while the lease holds whose number is `$3`, in the run with the number `$2`. Changes no
/// row if another process has taken the lease since.
macro_rules! leased {
    ($set:literal) => {
        Statement {
            summary: "UPDATE action_queue",
            sql: concat!(
                "UPDATE action_queue SET ",
                $set,
                " WHERE task_id = $1 AND action_seq = $2 AND fence = $3 RETURNING ",
                columns!()
            ),
        }
    };
}

/// worker-service is going to be asked, for the `$4`th time.
pub(super) const APPLYING: Statement = leased!("phase = 'applying', attempt = $4");
/// The outcome of the generation `$4` is waited for.
pub(super) const PARK: Statement =
    leased!("phase = 'applied', generation = $4, ready_at = NULL, lease_owner = NULL");

macro_rules! requeue {
    ($now:expr) => {
        Statement {
            summary: "UPDATE action_queue",
            sql: concat!(
                "UPDATE action_queue SET phase = 'queued', attempt = $4, lease_owner = NULL, ready_at = ",
                $now,
                " + $5 WHERE task_id = $1 AND action_seq = $2 AND fence = $3 RETURNING ",
                columns!()
            ),
        }
    };
}

/// The action can be claimed again in `$5` microseconds.
pub(super) const REQUEUE: Dialects =
    Dialects { sqlite: requeue!(sqlite_now!()), postgres: requeue!(postgres_now!()) };

/// Ends a lease without any other change.
pub(super) const RELEASE: Dialects = with_now!(
    "UPDATE action_queue",
    "UPDATE action_queue SET lease_owner = NULL, ready_at = ",
    " WHERE task_id = $1 AND action_seq = $2 AND fence = $3"
);

macro_rules! delete {
    ($and:expr) => {
        Statement {
            summary: "DELETE action_queue",
            sql: concat!(
                "DELETE FROM action_queue WHERE task_id = $1 AND action_seq = $2",
                $and,
                " RETURNING ",
                columns!()
            ),
        }
    };
}

pub(super) const END: Statement = delete!("");
pub(super) const END_LEASED: Statement = delete!(" AND fence = $3");
/// An outcome of another generation than the one that is waited for ends nothing.
pub(super) const END_PARKED: Statement = delete!(" AND phase = 'applied' AND generation = $3");

/// The deadline has passed and no process is executing the action.
macro_rules! is_expired {
    ($now:expr) => {
        concat!("deadline <= ", $now, " AND (lease_owner IS NULL OR ready_at <= ", $now, ")")
    };
}

pub(super) const END_EXPIRED: Dialects = Dialects {
    sqlite: delete!(concat!(" AND ", is_expired!(sqlite_now!()))),
    postgres: delete!(concat!(" AND ", is_expired!(postgres_now!()))),
};

macro_rules! expired {
    ($now:expr) => {
        Statement {
            summary: "SELECT action_queue",
            sql: concat!(
                "SELECT ",
                columns!(),
                " FROM action_queue WHERE ",
                is_expired!($now),
                " ORDER BY deadline LIMIT $1"
            ),
        }
    };
}

pub(super) const EXPIRED: Dialects =
    Dialects { sqlite: expired!(sqlite_now!()), postgres: expired!(postgres_now!()) };

pub(super) const PARKED: Statement = Statement {
    summary: "SELECT action_queue",
    sql: concat!(
        "SELECT ",
        columns!(),
        " FROM action_queue WHERE phase = 'applied' AND task_id > $1 ORDER BY task_id LIMIT $2"
    ),
};

pub(super) const PARKED_OF_WORKER: Statement = Statement {
    summary: "SELECT action_queue",
    sql: concat!("SELECT ", columns!(), " FROM action_queue WHERE worker_id = $1 AND phase = 'applied'"),
};
