//! A value made of files, made again when they change. Polled: a certificate that is renewed by renaming a directory, as
//! Kubernetes does, is found like any other.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::TlsError;
use platform::causes::chain;

/// Between two looks at the files.
const EVERY: Duration = Duration::from_secs(2);

/// The newest value that could be made. Clones share it.
#[derive(Debug)]
pub(super) struct Reloaded<T>(Arc<RwLock<Arc<T>>>);

impl<T> Clone for Reloaded<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Send + Sync + 'static> Reloaded<T> {
    /// Makes the value, and again when a file's content changes, until the last clone is gone. When that fails, the old
    /// one stays and the log says so, once a content. Needs a tokio runtime.
    pub(super) fn load<M>(files: Vec<PathBuf>, make: M) -> Result<Self, TlsError>
    where
        M: Fn() -> Result<T, TlsError> + Send + 'static,
    {
        let mut seen = contents(&files);
        let current = Arc::new(RwLock::new(Arc::new(make()?)));
        let kept = Arc::downgrade(&current);
        tokio::spawn(async move {
            let mut refused = None;
            loop {
                tokio::time::sleep(EVERY).await;
                let Some(current) = kept.upgrade() else { return };
                let now = contents(&files);
                if now == seen {
                    continue;
                }
                match make() {
                    Ok(value) => {
                        *current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
                        tracing::info!(?files, "TLS files were read again");
                    }
                    // Half of a change, it may be: the key is yet to follow the certificate.
                    Err(_) if refused.as_ref() != Some(&now) => {
                        refused = Some(now);
                        continue;
                    }
                    Err(error) => {
                        let why = chain(&error);
                        tracing::error!(
                            why,
                            "TLS files changed and cannot be used: the old ones stay in use"
                        );
                    }
                }
                seen = now;
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
    files.iter().map(|it| std::fs::read(it).ok()).collect()
}
