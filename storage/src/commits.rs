//! Notifies the tasks that number or read events about commits.

use std::sync::Arc;

use tokio::sync::Notify;

/// Notifications about commits of this process to one database, for one waiting task. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Commits(Arc<Notify>);

impl Commits {
    /// Wakes the waiting task after a commit.
    pub(crate) fn notify(&self) {
        self.0.notify_one();
    }

    /// Waits for a commit since the previous wait ended.
    pub async fn next(&self) {
        self.0.notified().await;
    }
}
