//! An event log of the length that a month of work leaves, made in a second: the events of earlier tasks are copied by SQL.

use anyhow::Context as _;
use sqlx::{Connection as _, PgConnection, SqliteConnection};

/// The events in the log before anybody calls.
pub(super) const EVENTS: i64 = 20_000;

const COUNT: &str = "SELECT count(*) FROM events";
/// Events of common size, of which there are copies.
const ORIGINALS: &str = "SELECT count(*) FROM events WHERE assignee_id_after = 'ada'";
/// `$1` copies of each of these events, at most `$2` in all. A copy is of a task of its own, which is no longer in the table of tasks.
const COPY_SQLITE: &str = "\
    WITH RECURSIVE copies (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < $1)
    INSERT INTO events (id, type, subject_kind, subject_id, revision, occurred_at, actor, existed_before, exists_after,
        department_after, assignee_id_after, created_by_after, resource)
    SELECT randomblob(16), type, subject_kind, randomblob(16), revision, occurred_at, actor, existed_before, exists_after,
        department_after, assignee_id_after, created_by_after, resource
    FROM events CROSS JOIN copies WHERE assignee_id_after = 'ada' LIMIT $2";
const COPY_POSTGRES: &str = "\
    INSERT INTO events (id, type, subject_kind, subject_id, revision, occurred_at, actor, existed_before, exists_after,
        department_after, assignee_id_after, created_by_after, resource)
    SELECT gen_random_uuid(), type, subject_kind, gen_random_uuid(), revision, occurred_at, actor, existed_before,
        exists_after, department_after, assignee_id_after, created_by_after, resource
    FROM events CROSS JOIN generate_series(1, $1) WHERE assignee_id_after = 'ada' LIMIT $2";

/// Makes the log of a database that no process uses as long as `EVENTS`.
pub(super) async fn lengthen(database: &str) -> anyhow::Result<()> {
    if database.starts_with("sqlite:") {
        let mut on = SqliteConnection::connect(database).await?;
        let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut on).await?;
        let originals: i64 = sqlx::query_scalar(ORIGINALS).fetch_one(&mut on).await?;
        let (copies, missing) = copies(count, originals)?;
        sqlx::query(COPY_SQLITE).bind(copies).bind(missing).execute(&mut on).await?;
        on.close().await?;
    } else {
        let mut on = PgConnection::connect(database).await?;
        let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut on).await?;
        let originals: i64 = sqlx::query_scalar(ORIGINALS).fetch_one(&mut on).await?;
        let (copies, missing) = copies(count, originals)?;
        sqlx::query(COPY_POSTGRES).bind(copies).bind(missing).execute(&mut on).await?;
        sqlx::query("SELECT number_events($1)").bind(EVENTS).execute(&mut on).await?;
        on.close().await?;
    }
    Ok(())
}

/// How many copies of each original there have to be, and how many events are missing.
fn copies(count: i64, originals: i64) -> anyhow::Result<(i64, i64)> {
    let missing = (EVENTS - count).max(0);
    let copies = (missing + originals - 1).checked_div(originals);
    Ok((copies.context("the log has no event that can be copied")?, missing))
}
