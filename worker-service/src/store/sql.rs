//! The SQL statements of workers, shared by both databases except where noted.

use storage::{Dialects, Statement};

macro_rules! columns {
    () => {
        "id, name, region, instance_type, provider, tags, created_by, created_at, updated_at, version, revision, \
         desired_state, desired_generation, desired_set_by, observed_state, observed_generation, observed_since, \
         instance_id, deleted_at, desired_reason, desired_set_at, observed_address, outcome_result, outcome_at, \
         outcome_reason, outcome_message, converged_at, failure_reason, failure_message, action_seq, incarnation, \
         is_machine_lost"
    };
}

/// The columns of a row that is read: those of the table, and the last report of utilisation.
macro_rules! selected {
    () => {
        concat!(
            columns!(),
            ", (SELECT report FROM worker_utilization WHERE worker_utilization.worker_id = workers.id) AS utilization"
        )
    };
}

macro_rules! placeholders {
    () => {
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
         $24, $25, $26, $27, $28, $29, $30, $31, $32"
    };
}

pub(super) const SELECTED: &str = selected!();

pub(super) const INSERT: Statement = Statement {
    summary: "INSERT workers",
    sql: concat!("INSERT INTO workers (", columns!(), ") VALUES (", placeholders!(), ")"),
};

/// [`INSERT`], unless the machine already has a worker, deleted or not.
pub(super) const INSERT_UNLESS_KNOWN: Statement = Statement {
    summary: "INSERT workers",
    sql: concat!(
        "INSERT INTO workers (",
        columns!(),
        ") VALUES (",
        placeholders!(),
        ") ON CONFLICT (provider, instance_id) WHERE instance_id IS NOT NULL DO NOTHING RETURNING id"
    ),
};

/// Reads the worker of a machine, deleted or not, and locks it until the transaction ends.
pub(super) const GET_MACHINE_LOCKED: Dialects = Dialects {
    sqlite: GET_MACHINE,
    postgres: Statement {
        summary: "SELECT workers",
        sql: concat!(
            "SELECT ",
            selected!(),
            " FROM workers WHERE provider = $1 AND instance_id = $2 FOR UPDATE"
        ),
    },
};

/// Reads the worker of a machine, deleted or not.
pub(super) const GET_MACHINE: Statement = Statement {
    summary: "SELECT workers",
    sql: concat!("SELECT ", selected!(), " FROM workers WHERE provider = $1 AND instance_id = $2"),
};

pub(super) const GET: Statement = Statement {
    summary: "SELECT workers",
    sql: concat!("SELECT ", selected!(), " FROM workers WHERE id = $1 AND deleted_at IS NULL"),
};

/// [`GET`] with a row lock until the transaction ends; SQLite has one writer at a time.
pub(super) const GET_LOCKED: Dialects = Dialects {
    sqlite: GET,
    postgres: Statement {
        summary: "SELECT workers",
        sql: concat!("SELECT ", selected!(), " FROM workers WHERE id = $1 AND deleted_at IS NULL FOR UPDATE"),
    },
};

/// Stores everything that can change of a worker. The values are those of a row, see `values`.
pub(super) const UPDATE: Statement = Statement {
    summary: "UPDATE workers",
    sql: "UPDATE workers SET name = $2, region = $3, instance_type = $4, tags = $6, updated_at = $9, version = $10, \
            revision = $11, desired_state = $12, desired_generation = $13, desired_set_by = $14, observed_state = $15, \
            observed_generation = $16, observed_since = $17, instance_id = $18, deleted_at = $19, desired_reason = $20, \
            desired_set_at = $21, observed_address = $22, outcome_result = $23, outcome_at = $24, outcome_reason = $25, \
            outcome_message = $26, converged_at = $27, failure_reason = $28, failure_message = $29, action_seq = $30, \
            incarnation = $31, is_machine_lost = $32 \
          WHERE id = $1 AND provider = $5 AND created_by = $7 AND created_at = $8",
};

pub(super) const DELETE_TAGS: Statement =
    Statement { summary: "DELETE worker_tags", sql: "DELETE FROM worker_tags WHERE worker_id = $1" };

/// Copies the tags of a worker into the table `worker_tags`.
pub(super) const INSERT_TAGS: Dialects = Dialects {
    sqlite: Statement {
        summary: "INSERT worker_tags",
        sql: "INSERT INTO worker_tags (worker_id, key, value, created_at) \
              SELECT workers.id, tag.key, tag.value, workers.created_at \
              FROM workers, json_each(workers.tags) AS tag WHERE workers.id = $1 AND deleted_at IS NULL",
    },
    postgres: Statement {
        summary: "INSERT worker_tags",
        sql: "INSERT INTO worker_tags (worker_id, key, value, created_at) \
              SELECT workers.id, tag.key, tag.value, workers.created_at \
              FROM workers, jsonb_each_text(workers.tags) AS tag WHERE workers.id = $1 AND deleted_at IS NULL",
    },
};
