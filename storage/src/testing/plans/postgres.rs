//! Measures reads with `EXPLAIN (ANALYZE, BUFFERS)` of PostgreSQL.

use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};

use crate::{Statement, StorageError, Value};

#[derive(Debug)]
pub(super) struct Reading {
    /// Measures the worse of the custom and the generic plan.
    rows: u64,
    blocks: u64,
    plan: Json,
}

impl Reading {
    pub(super) async fn of(
        pool: &PgPool,
        statement: &Statement,
        values: &[Value],
    ) -> Result<Self, StorageError> {
        // The connection has a prepared statement and a changed setting, so it does not go back to the pool.
        let mut connection = pool.acquire().await?.detach();
        let types = list(values, type_of);
        let prepare = format!("PREPARE statement {types} AS {}", statement.sql);
        sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await?;
        let mut worst: Option<Self> = None;
        for mode in ["force_custom_plan", "force_generic_plan"] {
            let reading = Self::in_mode(&mut connection, mode, values).await?;
            worst = Some(match worst {
                Some(other) => other.worse(reading),
                None => reading,
            });
        }
        connection.close().await?;
        worst.ok_or(StorageError::Interrupted)
    }

    async fn in_mode(
        connection: &mut PgConnection,
        mode: &str,
        values: &[Value],
    ) -> Result<Self, StorageError> {
        let mut transaction = connection.begin().await?;
        let set = format!("SET LOCAL plan_cache_mode = {mode}");
        sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut *transaction).await?;
        let explain = format!(
            "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE statement {}",
            list(values, literal)
        );
        let explained: sqlx::types::Json<Json> =
            sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut *transaction).await?;
        transaction.rollback().await?;
        let plan = explained.0[0]["Plan"].clone();
        let blocks = whole(&plan, "Shared Hit Blocks") + whole(&plan, "Shared Read Blocks");
        Ok(Self { rows: rows(&plan), blocks, plan })
    }

    fn worse(self, other: Self) -> Self {
        let (rows, blocks) = (self.rows.max(other.rows), self.blocks.max(other.blocks));
        let plan = if self.rows >= other.rows { self.plan } else { other.plan };
        Self { rows, blocks, plan }
    }

    /// A row costs at most one block of its table, plus a few blocks to descend each index.
    pub(super) fn at_most(&self, rows: u64) -> Result<(), String> {
        if self.rows <= rows && self.blocks <= 2 * rows + 100 {
            return Ok(());
        }
        Err(format!("{} rows and {} blocks instead of {rows} rows: {:#}", self.rows, self.blocks, self.plan))
    }
}

/// Sums what the scans of tables and indexes below a plan node read, in all loops.
fn rows(node: &Json) -> u64 {
    let below: u64 = node["Plans"].as_array().into_iter().flatten().map(rows).sum();
    if node.get("Relation Name").is_none() && node.get("Index Name").is_none() {
        return below;
    }
    let read: u64 = ["Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"]
        .iter()
        .map(|it| whole(node, it))
        .sum();
    below + read * whole(node, "Actual Loops")
}

/// Parses a count, which newer versions of PostgreSQL print with a fraction if it is a mean of loops.
fn whole(node: &Json, name: &str) -> u64 {
    let value = node[name].as_f64().unwrap_or_default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of a test's rows")]
    let whole = value.ceil() as u64;
    whole
}

fn list(values: &[Value], each: impl Fn(&Value) -> String) -> String {
    if values.is_empty() {
        return String::new();
    }
    format!("({})", values.iter().map(each).collect::<Vec<_>>().join(", "))
}

fn type_of(value: &Value) -> String {
    match value {
        Value::Bool(_) => "boolean",
        Value::Bytes(_) => "bytea",
        Value::Integer(_) => "bigint",
        Value::Text(_) => "text",
        Value::Id(_) => "uuid",
        Value::Json(_) => "jsonb",
    }
    .to_owned()
}

fn literal(value: &Value) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let shown = match value {
        Value::Bool(it) => Some(it.to_string()),
        Value::Bytes(it) => {
            let digits: Vec<String> = it.iter().map(|byte| format!("{byte:02x}")).collect();
            Some(format!("'\\x{}'", digits.concat()))
        }
        Value::Integer(it) => it.map(|it| it.to_string()),
        Value::Text(it) => it.as_deref().map(quoted),
        Value::Id(it) => it.map(|it| format!("'{it}'")),
        Value::Json(it) => it.as_ref().map(|it| quoted(&it.0.to_string())),
    };
    shown.unwrap_or_else(|| "NULL".to_owned())
}
