//! Claims actions as slots become free.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use storage::StorageError;

use super::Dispatcher;
use super::execute::Execution;
use super::slots::{Order, Slots};
use crate::store::queue::{Claim, Floor};

/// Longest pause after failures of the database.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// Interval of the looks without a floor.
const COMPLETE_LOOK: Duration = Duration::from_mins(1);

impl Dispatcher {
    /// Claims and executes actions until `stop`, and returns when none is being executed any more.
    pub(super) async fn execute_queued(&self, stop: &Shutdown) {
        let (slots, next) = (Slots::new(self.settings.slots), AtomicU64::new(0));
        let floor = Mutex::new((Floor::NONE, Instant::now()));
        let work = "claiming actions";
        let periodic = Periodic { work, interval: self.settings.poll, longest_backoff: LONGEST_BACKOFF };
        let wake = || async {
            tokio::select! {
                () = self.store.queued() => {}
                () = slots.freed() => {}
                () = tokio::time::sleep(Duration::from_micros(next.load(Ordering::Relaxed))) => {}
            }
        };
        periodic.run_woken(stop, wake, || self.claim(&slots, &next, &floor, stop)).await;
        slots.all_free().await;
    }

    /// Claims actions for all free slots and begins to execute them. Sets when to look again.
    async fn claim(
        &self,
        slots: &Arc<Slots>,
        next: &AtomicU64,
        floor: &Mutex<(Floor, Instant)>,
        stop: &Shutdown,
    ) -> Result<(), StorageError> {
        let look_in = |it: Duration| {
            let micros = u64::try_from(it.min(self.settings.poll).as_micros()).unwrap_or(u64::MAX);
            next.store(micros.max(1_000), Ordering::Relaxed);
        };
        look_in(Duration::MAX);
        loop {
            let free = slots.free();
            let Some(process) = (self.process)().filter(|_| free != Claim::default()) else { return Ok(()) };
            // A claim takes a write transaction, so it is made only if there is something to claim.
            let look = self.store.look(current(floor)).await?;
            floor.lock().unwrap_or_else(PoisonError::into_inner).0 = look.next_floor;
            match look.wait {
                Some(Duration::ZERO) => {}
                Some(wait) => {
                    look_in(wait);
                    return Ok(());
                }
                None => return Ok(()),
            }
            let claimed_at = Instant::now();
            let claimed = self.store.claim(look, free, self.lease).await?;
            let orders =
                [(Order::Urgent, claimed.urgent), (Order::Oldest, claimed.oldest), (Order::Due, claimed.due)];
            let mut is_any = false;
            for (order, actions) in orders {
                for live in actions {
                    is_any = true;
                    let slot = slots.take(order);
                    let dispatcher = self.clone();
                    let (process, stop) = (process.clone(), stop.clone());
                    let execution = Execution { dispatcher, live, process, claimed_at, stop };
                    tokio::spawn(async move {
                        execution.run().await;
                        drop(slot);
                    });
                }
            }
            if !is_any {
                // Other processes are claiming what is ready.
                return Ok(());
            }
        }
    }
}

/// Returns the floor of the next look; from time to time none, to see what a slow transaction has committed.
fn current(floor: &Mutex<(Floor, Instant)>) -> Floor {
    let mut floor = floor.lock().unwrap_or_else(PoisonError::into_inner);
    if floor.1.elapsed() > COMPLETE_LOOK {
        *floor = (Floor::NONE, Instant::now());
    }
    floor.0
}
