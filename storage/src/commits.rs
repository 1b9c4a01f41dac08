//! From a commit to whoever numbers or reads what it has written.

use std::sync::Arc;

use tokio::sync::Notify;

/// The commits of this process to one database: tells the one who waits that there was another. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Commits(Arc<Notify>);

impl Commits {
    /// There was one.
    pub(crate) fn made(&self) {
        self.0.notify_one();
    }

    /// Waits for one since the last wait has ended.
    pub async fn next(&self) {
        self.0.notified().await;
    }
}
