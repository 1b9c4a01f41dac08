//! Hints that the outcome of an action may be known. They say where to look first; nothing depends on them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use uuid::Uuid;

/// With more hinted workers than this, all parked actions are looked at.
const MAX_WORKERS: usize = 100;

/// Where to look for outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// All parked actions.
    All,
    /// The actions of these workers.
    Workers(BTreeSet<Uuid>),
}

/// Hints that were not looked at yet. Several ones for the same worker are one.
#[derive(Debug)]
pub(super) struct Hints {
    pending: Mutex<Hint>,
    given: Notify,
    /// The workers whose action this process is executing.
    executing: Mutex<BTreeMap<Uuid, InExecution>>,
}

#[derive(Debug, Default)]
struct InExecution {
    executions: usize,
    /// Whether somebody else wanted to look at the action meanwhile.
    is_asked_for: bool,
}

/// An execution, which asks for the outcome itself. When it is dropped, a hint that was put off is given.
#[derive(Debug)]
pub(super) struct Executing {
    hints: Arc<Hints>,
    worker: Uuid,
}

impl Default for Hints {
    fn default() -> Self {
        let pending = Mutex::new(Hint::Workers(BTreeSet::new()));
        Self { pending, given: Notify::new(), executing: Mutex::default() }
    }
}

impl Hints {
    /// Events may have been missed.
    pub(super) fn give_all(&self) {
        *self.pending.lock().unwrap_or_else(PoisonError::into_inner) = Hint::All;
        self.given.notify_one();
    }

    /// Something has happened to a worker.
    pub(super) fn give(&self, worker: Uuid) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if let Hint::Workers(workers) = &mut *pending {
            workers.insert(worker);
            if workers.len() > MAX_WORKERS {
                *pending = Hint::All;
            }
        }
        drop(pending);
        self.given.notify_one();
    }

    /// Tells that an execution looks at the action of a worker, so that nobody else has to.
    pub(super) fn executing(self: &Arc<Self>, worker: Uuid) -> Executing {
        let mut executing = self.executing.lock().unwrap_or_else(PoisonError::into_inner);
        executing.entry(worker).or_default().executions += 1;
        Executing { hints: self.clone(), worker }
    }

    /// Whether an execution looks at the action of a worker; if so, a hint for the worker is given when it ends.
    pub(super) fn put_off(&self, worker: Uuid) -> bool {
        let mut executing = self.executing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(execution) = executing.get_mut(&worker) else { return false };
        execution.is_asked_for = true;
        true
    }

    /// Returns after a hint was given.
    pub(super) async fn given(&self) {
        self.given.notified().await;
    }

    /// Takes the hints; all parked actions if there are none, because then it is time to look at them.
    pub(super) fn take(&self) -> Hint {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *pending, Hint::Workers(BTreeSet::new())) {
            Hint::Workers(workers) if workers.is_empty() => Hint::All,
            hint => hint,
        }
    }
}

impl Drop for Executing {
    fn drop(&mut self) {
        let mut executing = self.hints.executing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(execution) = executing.get_mut(&self.worker) else { return };
        execution.executions -= 1;
        let ended = execution.executions == 0;
        let is_asked_for = ended && executing.remove(&self.worker).is_some_and(|it| it.is_asked_for);
        drop(executing);
        if is_asked_for {
            self.hints.give(self.worker);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_that_was_put_off_is_given_when_the_last_execution_ends() {
        let (hints, worker) = (Arc::new(Hints::default()), Uuid::from_u128(1));
        let (first, second) = (hints.executing(worker), hints.executing(worker));
        assert!(hints.put_off(worker) && !hints.put_off(Uuid::nil()));
        drop(first);
        assert_eq!(*hints.pending.lock().unwrap(), Hint::Workers(BTreeSet::new()));
        drop(second);
        assert_eq!(hints.take(), Hint::Workers(BTreeSet::from([worker])));
        assert!(!hints.put_off(worker) && hints.executing.lock().unwrap().is_empty());
        drop(hints.executing(worker));
        assert_eq!(hints.take(), Hint::All);
    }

    #[test]
    fn hints_are_coalesced_and_too_many_mean_all() {
        let hints = Hints::default();
        assert_eq!(hints.take(), Hint::All);
        for _ in 0..2 {
            hints.give(Uuid::from_u128(1));
        }
        assert_eq!(hints.take(), Hint::Workers(BTreeSet::from([Uuid::from_u128(1)])));
        (0..=100).for_each(|it| hints.give(Uuid::from_u128(it)));
        assert_eq!(hints.take(), Hint::All);
        hints.give_all();
        hints.give(Uuid::nil());
        assert_eq!(hints.take(), Hint::All);
    }
}
