//! Looks at a SQLite file as a service does when it opens it.

use std::path::Path;
use std::time::Duration;

use rustix::fs::statvfs;
use sqlx::Connection as _;

use super::{beside, file_of, permissions};
use crate::examination::{Details, Examination, FileDetails};
use crate::integrity::{self, Checked};
use crate::{Migrations, StorageError};

/// How long the file is read to find damage.
const CHECK: Duration = Duration::from_secs(5);
/// A change needs room in the write-ahead log before it is in the file: with less, one that is large may not be stored.
const MIN_FREE_BYTES: u64 = 1024 * 1024;

pub(crate) async fn examine(url: &str, migrations: &Migrations) -> Result<Option<Examination>, StorageError> {
    let file = file_of(url)?;
    if !file.exists() {
        return Ok(None);
    }
    permissions::check(&file)?;
    let checked = integrity::quick_check(&file, CHECK).await?;
    let failed = |error| integrity::failure(&file, error);
    let mut connection = integrity::tidy_reader(&file).await.map_err(failed)?;
    let state = migrations.state_of_sqlite(&mut connection).await;
    connection.close().await.map_err(failed)?;
    let (missing, unknown) = state?;
    let free_bytes = free_bytes(&file).map_err(StorageError::unavailable)?;
    let size = |suffix| std::fs::metadata(beside(&file, suffix)).map_or(0, |it| it.len());
    Ok(Some(Examination {
        missing,
        unknown,
        refuses_changes: (free_bytes < MIN_FREE_BYTES).then(|| "disk full".to_owned()),
        details: Details::Sqlite(FileDetails {
            bytes: size("") + size("-wal"),
            free_bytes,
            is_whole_checked: checked == Checked::Whole,
            file,
        }),
    }))
}

fn free_bytes(file: &Path) -> std::io::Result<u64> {
    let of = statvfs(file)?;
    Ok(of.f_bavail.saturating_mul(of.f_frsize))
}
