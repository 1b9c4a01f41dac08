//! The data directory: for its owner alone, and for one `ccm up` at a time.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// A data directory that is ours until this is dropped, or this process ends.
pub(super) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the directory when it is missing, and locks it.
    pub(super) fn claim(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .with_context(|| format!("the data directory {shown} cannot be made"))?;
        let path =
            path.canonicalize().with_context(|| format!("the data directory {shown} cannot be used"))?;
        let mut lock = OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(path.join("lock"))
            .with_context(|| format!("the data directory {shown} cannot be written to"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                let _ = lock.read_to_string(&mut owner);
                let owner = owner.trim();
                bail!("another `ccm up` (process {owner}) is running on the data directory {shown}");
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("the data directory {shown} cannot be locked"));
            }
        }
        lock.set_len(0)?;
        lock.rewind()?;
        writeln!(lock, "{}", std::process::id())
            .with_context(|| format!("the data directory {shown} cannot be written to"))?;
        let claimed = Self { path, _lock: lock };
        claimed.clear();
        Ok(claimed)
    }

    /// Removes what an `up` that was killed has left: tokens of its children, files that were not finished.
    fn clear(&self) {
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
    fn a_directory_is_claimed_once_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("deep/data");
        let first = DataDir::claim(&path).unwrap();
        let Err(refused) = DataDir::claim(&path) else { panic!("was claimed twice") };
        assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
        drop(first);
        for left in ["gateway.token", "local-key.7.new", "tasks.db"] {
            std::fs::write(path.join(left), "").unwrap();
        }
        DataDir::claim(&path).unwrap();
        let left = |name: &str| path.join(name).exists();
        assert!(!left("gateway.token") && !left("local-key.7.new") && left("tasks.db"));
    }

    #[test]
    fn a_path_that_is_no_directory_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let Err(refused) = DataDir::claim(file.path()) else { panic!("was claimed") };
        assert!(refused.to_string().contains("data directory"), "{refused}");
    }
}
