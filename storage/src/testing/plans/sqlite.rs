//! Measures reads with `EXPLAIN QUERY PLAN` of SQLite and the number of executed virtual machine instructions.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Connection as _, Sqlite, SqlitePool};

use crate::{Statement, StorageError, Value, record};

/// Maximum instructions for a row that is read, merged and returned. A row that is skipped costs three.
const INSTRUCTIONS: u64 = 150;

#[derive(Debug)]
pub(super) struct Reading {
    instructions: u64,
    steps: Vec<Step>,
}

record! {
    /// A line of the plan. Lines with the same parent belong to the same SELECT.
    #[derive(Debug)]
    struct Step {
        id: i64,
        parent: i64,
        detail: String,
    }
}

impl Reading {
    pub(super) async fn of(
        writer: &SqlitePool,
        statement: &Statement,
        values: &[Value],
    ) -> Result<Self, StorageError> {
        let mut connection = writer.acquire().await?;
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sql));
        let explain: QueryAs<'_, Sqlite, Step, SqliteArguments> = sqlx::query_as(explain);
        let explain = values.iter().cloned().fold(explain, QueryAs::bind);
        let steps = explain.fetch_all(&mut *connection).await?;

        let ran = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&ran);
        let mut transaction = connection.begin().await?;
        transaction.lock_handle().await?.set_progress_handler(1, move || {
            counter.fetch_add(1, Ordering::Relaxed);
            true
        });
        let query = values.iter().cloned().fold(sqlx::query(statement.sql), Query::bind);
        let outcome = query.fetch_all(&mut *transaction).await;
        let instructions = ran.load(Ordering::Relaxed);
        transaction.lock_handle().await?.remove_progress_handler();
        transaction.rollback().await?;
        outcome?;
        Ok(Self { instructions, steps })
    }

    pub(super) fn at_most(&self, rows: u64) -> Result<(), String> {
        let plan = || self.steps.iter().map(|it| it.detail.as_str()).collect::<Vec<_>>().join("\n");
        if let Some(fault) = self.fault() {
            return Err(format!("{fault}:\n{}", plan()));
        }
        let most = rows * INSTRUCTIONS + 1_000;
        if self.instructions > most {
            return Err(format!("{} instructions instead of {most}:\n{}", self.instructions, plan()));
        }
        Ok(())
    }

    /// Whether the step scans or sorts a whole table.
    fn fault(&self) -> Option<String> {
        let subqueries: HashSet<&str> = self.steps.iter().filter_map(Step::defines).collect();
        let of_tables: Vec<&Step> = self
            .steps
            .iter()
            .filter(|it| it.reads().is_some_and(|name| !name.starts_with('(') && !subqueries.contains(name)))
            .collect();
        let unindexed =
            of_tables.iter().find(|it| !it.detail.contains("INDEX") && !it.detail.contains("KEY"));
        let sorting = self.steps.iter().find(|sort| {
            sort.detail.contains("TEMP B-TREE") && of_tables.iter().any(|it| it.parent == sort.parent)
        });
        unindexed.copied().or(sorting).map(|it| format!("{} (step {})", it.detail, it.id))
    }
}

impl Step {
    /// Returns the name of the table or subquery that the step reads.
    fn reads(&self) -> Option<&str> {
        let rest = self.detail.strip_prefix("SCAN ").or_else(|| self.detail.strip_prefix("SEARCH "))?;
        rest.split_whitespace().next()
    }

    /// Returns the name of the subquery that the child steps make up.
    fn defines(&self) -> Option<&str> {
        self.detail.strip_prefix("CO-ROUTINE ").or_else(|| self.detail.strip_prefix("MATERIALIZE "))
    }
}
