//! Ends actions whose deadline has passed.

use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use storage::StorageError;

use super::Dispatcher;
use crate::store::queue::Guard;
use crate::task::Task;

/// Number of actions that one turn ends at most.
const BATCH: i64 = 100;

impl Dispatcher {
    /// Checks deadlines until `stop`.
    pub(super) async fn check_deadlines(&self, stop: &Shutdown) {
        let periodic = Periodic::every(self.settings.deadline_poll, "checking the deadlines of actions");
        periodic.run(stop, || self.expire()).await;
    }

    pub(super) async fn expire(&self) -> Result<(), StorageError> {
        let Some(process) = (self.process)() else { return Ok(()) };
        for live in self.store.expired(BATCH).await? {
            let ended = self.complete(&live, Guard::Expired, &process, Task::expired).await;
            self.passed_over(&live, ended)?;
        }
        Ok(())
    }
}
