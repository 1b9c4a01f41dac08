//! Who takes a snapshot: each holds a connection for as long as its reader takes, so there are few at a time, and nobody
//! waits long for one.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use access::{Caller, Role};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Snapshots taken at once.
const TURNS: usize = 4;
/// How long one is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The turns of a process.
pub(super) struct Turns {
    free: Arc<Semaphore>,
    patience: Duration,
    /// Somebody's turn is over.
    freed: Notify,
    /// Issuer and subject of those whose turn it is, or who wait for one.
    taken: Mutex<HashSet<Person>>,
}

/// Who takes one turn at a time; services and admins may take several.
pub(super) type Person = (String, String);

/// A turn, until dropped.
pub(super) struct Turn {
    _of: Waiting,
    _permit: OwnedSemaphorePermit,
}

/// Somebody whose turn it is, or who waits for it.
struct Waiting {
    turns: Arc<Turns>,
    person: Option<Person>,
}

impl Turns {
    pub(super) fn new() -> Arc<Self> {
        Self::with_patience(PATIENCE)
    }

    fn with_patience(patience: Duration) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(TURNS));
        Arc::new(Self { free, patience, freed: Notify::new(), taken: Mutex::default() })
    }

    /// Who is counted as one, if anybody.
    pub(super) fn person(caller: &Caller) -> Option<Person> {
        let many = caller.is(Role::Service) || caller.is(Role::Admin);
        (!many).then(|| (caller.issuer.clone(), caller.sub.clone()))
    }

    /// A turn; none when there is none for too long, or the person has one.
    pub(super) async fn take(self: &Arc<Self>, person: Option<Person>) -> Option<Turn> {
        let taking = async {
            let waiting = self.wait(person).await;
            let permit = self.free.clone().acquire_owned().await.ok()?;
            Some(Turn { _of: waiting, _permit: permit })
        };
        tokio::time::timeout(self.patience, taking).await.ok().flatten()
    }

    /// Until the person has no turn; who has just gone away may still have one for a moment.
    async fn wait(self: &Arc<Self>, person: Option<Person>) -> Waiting {
        loop {
            let freed = self.freed.notified();
            if person.as_ref().is_none_or(|it| self.taken().insert(it.clone())) {
                return Waiting { turns: self.clone(), person };
            }
            freed.await;
        }
    }

    fn taken(&self) -> MutexGuard<'_, HashSet<Person>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(person) = &self.person {
            self.turns.taken().remove(person);
            self.turns.freed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_person_has_one_turn_and_nobody_waits_long() {
        let turns = Turns::with_patience(Duration::from_millis(10));
        let person = |it: &str| Some(("urn:test".to_owned(), it.to_owned()));
        let first = turns.take(person("ada")).await.unwrap();
        assert!(turns.take(person("ada")).await.is_none());
        let mut others = Vec::new();
        for name in ["bob", "eve", "mia"] {
            others.push(turns.take(person(name)).await.unwrap());
        }
        assert!(turns.take(None).await.is_none(), "all are taken");
        drop(first);
        assert!(turns.take(person("ada")).await.is_some());
    }
}
