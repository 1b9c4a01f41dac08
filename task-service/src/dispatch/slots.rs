//! The slots of a process: how many actions it executes at the same time. One slot is for the action of the highest
//! priority and one for the oldest, so that neither waits for the others.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::store::queue::Claim;

/// In which order a slot claims.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Urgent,
    Oldest,
    Due,
}

/// The slots of a process.
#[derive(Debug)]
pub(super) struct Slots {
    all: Claim,
    free: Mutex<Claim>,
    freed: Notify,
}

/// A slot in use, which is free again when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Arc<Slots>,
    order: Order,
}

impl Slots {
    /// With fewer than three slots, the due keys alone decide, or the highest priority has the second one.
    pub(super) fn new(count: usize) -> Arc<Self> {
        let (urgent, oldest) = (usize::from(count >= 2), usize::from(count >= 3));
        let all = Claim { urgent, oldest, due: count.max(1) - urgent - oldest };
        Arc::new(Self { all, free: Mutex::new(all), freed: Notify::new() })
    }

    /// Returns how many actions can be claimed in each order.
    pub(super) fn free(&self) -> Claim {
        *self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(self: &Arc<Self>, order: Order) -> Slot {
        self.change(order, |it| *it = it.saturating_sub(1));
        Slot { slots: self.clone(), order }
    }

    fn change(&self, order: Order, change: impl FnOnce(&mut usize)) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        change(match order {
            Order::Urgent => &mut free.urgent,
            Order::Oldest => &mut free.oldest,
            Order::Due => &mut free.due,
        });
    }

    /// Returns after a slot has become free.
    pub(super) async fn freed(&self) {
        self.freed.notified().await;
    }

    /// Returns when no slot is in use.
    pub(super) async fn all_free(&self) {
        while self.free() != self.all {
            self.freed().await;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.change(self.order, |it| *it += 1);
        self.slots.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slot_is_for_the_most_urgent_and_one_for_the_oldest() {
        let of = |count| Slots::new(count).free();
        assert_eq!(of(16), Claim { urgent: 1, oldest: 1, due: 14 });
        assert_eq!(of(3), Claim { urgent: 1, oldest: 1, due: 1 });
        assert_eq!(of(2), Claim { urgent: 1, oldest: 0, due: 1 });
        assert_eq!(of(1), Claim { urgent: 0, oldest: 0, due: 1 });
    }

    #[test]
    fn a_slot_is_free_again_when_it_is_dropped() {
        let slots = Slots::new(3);
        let slot = slots.take(Order::Oldest);
        assert_eq!(slots.free(), Claim { urgent: 1, oldest: 0, due: 1 });
        drop(slot);
        assert_eq!(slots.free(), slots.all);
    }
}
