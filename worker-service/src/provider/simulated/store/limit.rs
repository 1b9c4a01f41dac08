//! The limit of calls, which all replicas share.

use platform::clock::{Clock, Micros};
use storage::{Dialects, Statement, Statements as _, StorageError, Transaction, record};

use super::Failure;
use crate::provider::ProviderError;
use crate::provider::simulated::bucket::Bucket;
use crate::provider::simulated::settings::Throttle;

const GET: Statement =
    Statement { summary: "SELECT buckets", sql: "SELECT level, at FROM buckets WHERE name = 'calls'" };

/// Reads the bucket, with a row lock until the transaction ends.
const LOCK: Dialects = Dialects {
    sqlite: GET,
    postgres: Statement {
        summary: "SELECT buckets",
        sql: "SELECT level, at FROM buckets WHERE name = 'calls' FOR UPDATE",
    },
};

const SAVE: Statement = Statement {
    summary: "UPDATE buckets",
    sql: "UPDATE buckets SET level = $1, at = $2 WHERE name = 'calls'",
};

record! {
    struct Row {
        level: i64,
        at: i64,
    }
}

/// Takes a call out of the bucket, or fails with the time until there is one.
pub(super) async fn take(on: &mut Transaction, throttle: Throttle, clock: &Clock) -> Result<(), Failure> {
    let row: Option<Row> = on.fetch_optional(LOCK.of(on.system()), []).await?;
    let missing = || StorageError::Corrupt { table: "buckets", what: "the row is missing".to_owned() };
    let Row { level, at } = row.ok_or_else(missing)?;
    let (bucket, taken) = Bucket { level, at: Micros(at) }.take(throttle, clock.now());
    on.execute(&SAVE, [bucket.level.into(), bucket.at.0.into()]).await?;
    taken.map_err(|wait| ProviderError::Throttled { after: Some(wait) }.into())
}
