//! The loop that takes turns.

use std::sync::Arc;
use std::time::{Duration, Instant};

use platform::causes::chain;
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use storage::StorageError;
use telemetry::span::untraced;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Reconciler;
use super::turn::Claimed;
use crate::metrics::{self, TurnOutcome};

/// Longest time until due workers of other processes are noticed.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// While the database fails, it is asked this often at least.
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);
/// How long turns in progress may take when the process stops. A turn that takes longer loses its lease.
const STOP_TIMEOUT: Duration = Duration::from_secs(9);

impl Reconciler {
    /// Takes turns until `stop`, then waits for those in progress.
    pub(crate) async fn run(self, stop: Shutdown) {
        let slots = Arc::new(Semaphore::new(self.settings.slots));
        let periodic = Periodic {
            work: "reconciling workers",
            interval: POLL_INTERVAL,
            longest_backoff: LONGEST_BACKOFF,
        };
        periodic.run_woken(&stop, || self.next(&slots), || self.start_turns(&slots)).await;
        let all = u32::try_from(self.settings.slots).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(STOP_TIMEOUT, slots.acquire_many(all)).await;
    }

    /// Waits until there may be something to do: this process made a worker due, or one becomes due, and a slot is free.
    async fn next(&self, slots: &Arc<Semaphore>) {
        let next = untraced(self.store.next_due()).await.ok().flatten();
        match next {
            Some(left) => {
                tokio::select! {
                    () = tokio::time::sleep(left.max(Duration::from_millis(5))) => {}
                    () = self.store.woken() => {}
                }
            }
            None => self.store.woken().await,
        }
        drop(slots.acquire().await);
    }

    /// Starts the turns of due workers until none is due or no slot is free.
    async fn start_turns(&self, slots: &Arc<Semaphore>) -> Result<(), StorageError> {
        loop {
            let free = slots.available_permits();
            if free == 0 || untraced(self.store.next_due()).await?.is_none_or(|it| !it.is_zero()) {
                return Ok(());
            }
            let at = Instant::now();
            let claims = untraced(self.store.claim(self.owner, self.settings.lease, free)).await?;
            let claimed = claims.len();
            let mut surplus = Vec::new();
            for claim in claims {
                match slots.clone().try_acquire_owned() {
                    Ok(slot) => drop(tokio::spawn(self.clone().take(Claimed { claim, at }, slot))),
                    // This loop alone takes slots, so there is one for each claim, unless the database gave more than asked.
                    Err(_) => surplus.push(claim),
                }
            }
            if !surplus.is_empty() {
                untraced(self.store.hand_back(surplus)).await?;
            }
            if claimed < free {
                return Ok(());
            }
        }
    }

    async fn take(self, claimed: Claimed, slot: OwnedSemaphorePermit) {
        let outcome = self.turn(claimed).await.unwrap_or_else(|error| {
            let error = chain(&error);
            // The lease ends by itself, and the turn is taken again.
            tracing::warn!(worker_id = %claimed.claim.worker_id, error, "a turn was not stored");
            TurnOutcome::NotStored
        });
        metrics::turn_taken(outcome);
        drop(slot);
    }

    /// Claims due workers and takes their turns, one after the other; returns how many. For tests.
    #[cfg(test)]
    pub(crate) async fn take_turns(&self) -> Result<usize, StorageError> {
        let at = Instant::now();
        let claims = self.store.claim(self.owner, self.settings.lease, 100).await?;
        let taken = claims.len();
        for claim in claims {
            self.turn(Claimed { claim, at }).await?;
        }
        Ok(taken)
    }
}
