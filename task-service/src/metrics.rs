//! Counters of what happens to tasks. Nothing exports them yet.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::task::{Status, Task};

static CREATED: AtomicU64 = AtomicU64::new(0);
static COMPLETED: AtomicU64 = AtomicU64::new(0);
static FAILED: AtomicU64 = AtomicU64::new(0);
static CANCELLED: AtomicU64 = AtomicU64::new(0);
static RETRIED: AtomicU64 = AtomicU64::new(0);
static ATTEMPTS: AtomicU64 = AtomicU64::new(0);

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A task was created.
pub(crate) fn created() {
    count(&CREATED);
}

/// A task got this status; counts it if it is a final one.
pub(crate) fn ended(task: &Task) {
    match task.status {
        Status::Completed => count(&COMPLETED),
        Status::Failed => count(&FAILED),
        Status::Cancelled => count(&CANCELLED),
        Status::Pending | Status::InProgress => {}
    }
}

/// A new run of an action began.
pub(crate) fn retried() {
    count(&RETRIED);
}

/// worker-service was asked for an action.
pub(crate) fn attempted() {
    count(&ATTEMPTS);
}
