//! Whether this process may write to a SQLite file. SQLite opens one that it may not write to for reading, and fails at the
//! first change.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::StorageError;

/// Fails if a change could not be stored in `file`, in the files that SQLite keeps beside it, or in their directory.
pub(super) fn check(file: &Path) -> Result<(), StorageError> {
    let directory = match file.parent() {
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
    ["", "-wal", "-shm", ".migration-lock"]
        .iter()
        .try_for_each(|it| is_writable(&beside(file, it), Access::READ_OK | Access::WRITE_OK))
}

/// The path of a file with the name of another one and something after it.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
