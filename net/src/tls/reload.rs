//! A value that is loaded from files, and loaded again when they change. The files are polled, not watched: this also finds
//! certificates that are renewed by renaming a directory, as Kubernetes does.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::TlsError;
use platform::causes::chain;

/// How often the files are read and compared.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// The newest value that could be loaded. Clones share it.
#[derive(Debug)]
pub(super) struct Reloaded<T>(Arc<RwLock<Arc<T>>>);

impl<T> Clone for Reloaded<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Send + Sync + 'static> Reloaded<T> {
    /// Loads the value, and loads it again when the content of a file changes, until the last clone is dropped. If that
    /// fails, the old value stays, and an error is logged once for each content. Needs a tokio runtime.
    pub(super) fn load<L>(files: Vec<PathBuf>, load: L) -> Result<Self, TlsError>
    where
        L: Fn() -> Result<T, TlsError> + Send + 'static,
    {
        let mut loaded = contents(&files);
        let current = Arc::new(RwLock::new(Arc::new(load()?)));
        let shared = Arc::downgrade(&current);
        tokio::spawn(async move {
            let mut rejected = None;
            loop {
                tokio::time::sleep(POLL_INTERVAL).await;
                let Some(current) = shared.upgrade() else { return };
                let now = contents(&files);
                if now == loaded {
                    continue;
                }
                match load() {
                    Ok(value) => {
                        *current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
                        tracing::info!(?files, "reloaded the changed TLS files");
                    }
                    // This may be half of a change, a new certificate before its key: the next poll decides.
                    Err(_) if rejected.as_ref() != Some(&now) => {
                        rejected = Some(now);
                        continue;
                    }
                    Err(error) => {
                        let why = chain(&error);
                        tracing::error!(
                            why,
                            "the changed TLS files are invalid; the previous ones stay in use"
                        );
                    }
                }
                loaded = now;
            }
        });
        Ok(Self(current))
    }

    pub(super) fn current(&self) -> Arc<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// `None` for a file that cannot be read.
fn contents(files: &[PathBuf]) -> Vec<Option<Vec<u8>>> {
    files.iter().map(|it| platform::regular_file::read(it).ok()).collect()
}
