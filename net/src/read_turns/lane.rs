//! What large answers of all callers together may take: as much as keeps the processors busy. Those who wait for it are served in turn,
//! whatever the number of requests that each of them has.

use std::collections::VecDeque;
use std::num::NonZero;
use std::thread::available_parallelism;

/// The bytes of the answers that are made at the same time for each processor: the largest answers, of 3 MiB, take one each.
const BYTES_PER_PROCESSOR: usize = 4 * 1024 * 1024;

#[cfg_attr(test, derive(Debug, PartialEq))]
pub(super) struct Lane<K> {
    capacity: usize,
    taken: usize,
    waiting: VecDeque<K>,
}

impl<K> Default for Lane<K> {
    fn default() -> Self {
        Self::of(BYTES_PER_PROCESSOR.saturating_mul(available_parallelism().map_or(1, NonZero::get)))
    }
}

impl<K> Lane<K> {
    /// A lane of so many bytes.
    pub(super) fn of(capacity: usize) -> Self {
        Self { capacity, taken: 0, waiting: VecDeque::new() }
    }

    /// Whether somebody waits.
    pub(super) fn is_awaited(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Takes bytes if they are free. Whoever wants more than there are has all of them.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let is_free = self.taken == 0 || self.taken.saturating_add(bytes) <= self.capacity;
        if is_free {
            self.taken = self.taken.saturating_add(bytes);
        }
        is_free
    }

    pub(super) fn give_back(&mut self, bytes: usize) {
        self.taken = self.taken.saturating_sub(bytes);
    }

    /// The first of those who wait.
    pub(super) fn first(&self) -> Option<&K> {
        self.waiting.front()
    }

    /// The first one waits no longer.
    pub(super) fn leave(&mut self) {
        self.waiting.pop_front();
    }
}

impl<K: Clone + PartialEq> Lane<K> {
    /// Joins those who wait, once.
    pub(super) fn wait(&mut self, key: &K) {
        if !self.waiting.contains(key) {
            self.waiting.push_back(key.clone());
        }
    }
}
