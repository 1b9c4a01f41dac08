//! Whether this process may write to a SQLite file. SQLite opens one that it may not write to for reading, and fails at the
//! first change.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::StorageError;

/// Fails if a change could not be stored in `file`, in the files that SQLite keeps beside it, or in their directory.
pub(super) fn check(file: &Path) -> Result<(), StorageError> {
    // SQLite keeps its files beside the file itself, not beside a link to it.
    let real = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let directory = match real.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        _ => Path::new("."),
    };
    let is_writable = |path: &Path, mode| match access(path, mode).map_err(std::io::Error::from) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StorageError::Unsuitable(format!(
            "{} is not writable for this process: {error}",
            path.display()
        ))),
        _ => Ok(()),
    };
    is_writable(directory, Access::WRITE_OK | Access::EXEC_OK)?;
    let files =
        ["", "-wal", "-shm"].iter().map(|it| beside(&real, it)).chain([beside(file, ".migration-lock")]);
    files.into_iter().try_for_each(|it| is_writable(&it, Access::READ_OK | Access::WRITE_OK))
}

/// The path of a file with the name of another one and something after it.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
