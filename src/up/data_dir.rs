//! The data directory: accessible to its owner only, and locked by one `ccm up` at a time. The directory itself is locked: a lock
//! file can be deleted, after which a second `up` would make and lock another one. The file is locked as well, because versions
//! before this one lock nothing else.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Display, Path, PathBuf};

use anyhow::Context as _;

use crate::client::{Exit, Failure};

const LOCK: &str = "lock";

/// The data directory, locked until this is dropped or the process ends.
pub(crate) struct DataDir {
    path: PathBuf,
    _directory: File,
    _lock: File,
}

impl DataDir {
    /// Creates the directory with mode 0700 if it is missing, and locks it.
    pub(crate) fn lock(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("cannot create the data directory {shown}"))?;
        let path = path.canonicalize().with_context(|| format!("cannot open the data directory {shown}"))?;
        let directory =
            File::open(&path).with_context(|| format!("cannot open the data directory {shown}"))?;
        try_lock(&directory, &path, &shown)?;
        let mut lock = OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(path.join(LOCK))
            .with_context(|| format!("cannot write to the data directory {shown}"))?;
        try_lock(&lock, &path, &shown)?;
        lock.set_len(0)?;
        lock.rewind()?;
        writeln!(lock, "{}", std::process::id())
            .with_context(|| format!("cannot write to the data directory {shown}"))?;
        let data = Self { path, _directory: directory, _lock: lock };
        data.remove_leftovers();
        Ok(data)
    }

    /// Removes the files of an `up` that was killed: tokens of its children and temporary files.
    fn remove_leftovers(&self) {
        let Ok(entries) = std::fs::read_dir(&self.path) else { return };
        for file in entries.filter_map(|it| Some(it.ok()?.path())) {
            if file.extension().is_some_and(|it| it == "token" || it == "new") {
                let _ = std::fs::remove_file(file);
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Locks the directory or its file until it is closed.
fn try_lock(it: &File, path: &Path, shown: &Display<'_>) -> anyhow::Result<()> {
    match it.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let owner = std::fs::read_to_string(path.join(LOCK)).unwrap_or_default();
            // The file may have been deleted.
            let owner = if owner.trim().is_empty() { "unknown" } else { owner.trim() };
            let message = format!("another `ccm up` (process {owner}) uses the data directory {shown}");
            let failure = Failure::new(Exit::General, message);
            Err(failure.with_hint("`ccm login` prints a link to it; otherwise stop it, or name another directory by --data-dir").into())
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock the data directory {shown}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_locked_by_one_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("deep/data");
        let first = DataDir::lock(&path).unwrap();
        let Err(refused) = DataDir::lock(&path) else { panic!("was locked twice") };
        assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
        drop(first);
        for left in ["gateway.token", "local-key.7.new", "tasks.db"] {
            std::fs::write(path.join(left), "").unwrap();
        }
        DataDir::lock(&path).unwrap();
        let left = |name: &str| path.join(name).exists();
        assert!(!left("gateway.token") && !left("local-key.7.new") && left("tasks.db"));
    }

    #[test]
    fn a_lock_file_that_was_deleted_or_replaced_lets_nobody_else_in() {
        let directory = tempfile::tempdir().unwrap();
        let (path, file) = (directory.path().join("data"), directory.path().join("data/lock"));
        let first = DataDir::lock(&path).unwrap();
        for left in [false, true] {
            std::fs::remove_file(&file).unwrap();
            if left {
                std::fs::write(&file, "").unwrap();
            }
            let Err(refused) = DataDir::lock(&path) else { panic!("was locked twice") };
            assert!(refused.to_string().contains("another `ccm up`"), "{refused}");
            std::fs::write(&file, "").unwrap();
        }
        drop(first);
        DataDir::lock(&path).unwrap();
    }

    #[test]
    fn an_error_names_the_data_directory() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let Err(refused) = DataDir::lock(file.path()) else { panic!("was locked") };
        assert!(refused.to_string().contains("data directory"), "{refused}");
    }
}
