//! Counts the in-flight requests of a server, or of the channel to one replica.

use tokio_util::task::TaskTracker;
pub use tokio_util::task::task_tracker::TaskTrackerToken as RequestGuard;

/// Counts in-flight requests. Clones share the count.
#[derive(Clone, Debug, Default)]
pub struct Activity(TaskTracker);

impl Activity {
    /// Counts a request until the returned guard is dropped.
    pub fn begin(&self) -> RequestGuard {
        self.0.token()
    }

    /// The number of requests whose guards have not been dropped yet.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.len()
    }

    /// Waits until no request is in flight.
    pub async fn idle(&self) {
        self.0.close();
        self.0.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_request_is_in_flight_until_its_guard_is_dropped() {
        let activity = Activity::default();
        let (first, second) = (activity.begin(), activity.clone().begin());
        assert_eq!(activity.in_flight(), 2);
        drop(first);
        assert_eq!(activity.in_flight(), 1);
        assert!(tokio::time::timeout(Duration::from_millis(10), activity.idle()).await.is_err());
        drop(second);
        assert_eq!(activity.in_flight(), 0);
        activity.idle().await;
    }
}
