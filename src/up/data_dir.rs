//! The data directory: accessible to its owner only, and locked by one `ccm up` at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// The data directory, locked until this is dropped or the process ends.
pub(super) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Creates the directory with mode 0700 if it is missing, and locks it.
    pub(super) fn lock(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("cannot create the data directory {shown}"))?;
        let path = path.canonicalize().with_context(|| format!("cannot open the data directory {shown}"))?;
        let mut lock = OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(path.join("lock"))
            .with_context(|| format!("cannot write to the data directory {shown}"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let _ = lock.read_to_string(&mut owner);
                let owner = owner.trim();
                bail!("another `ccm up` (process {owner}) uses the data directory {shown}");
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock the data directory {shown}"));
            }
        }
        lock.set_len(0)?;
        lock.rewind()?;
        writeln!(lock, "{}", std::process::id())
            .with_context(|| format!("cannot write to the data directory {shown}"))?;
        let directory = Self { path, _lock: lock };
        directory.remove_leftovers();
        Ok(directory)
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

    pub(super) fn path(&self) -> &Path {
        &self.path
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
    fn an_error_names_the_data_directory() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let Err(refused) = DataDir::lock(file.path()) else { panic!("was locked") };
        assert!(refused.to_string().contains("data directory"), "{refused}");
    }
}
