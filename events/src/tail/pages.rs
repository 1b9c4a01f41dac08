//! Older events in memory, in pages that followers behind the end of the log share.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Recorded;

/// Positions of a page: pages begin after a multiple of this number, so that followers at different positions share them.
pub(super) const PAGE_SIZE: i64 = 64;
/// Maximum size of all pages in memory.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The pages that were read last.
#[derive(Default)]
pub(super) struct Pages(Mutex<Cached>);

#[derive(Default)]
struct Cached {
    /// The page that was used last is at the end.
    pages: VecDeque<Page>,
    bytes: usize,
}

struct Page {
    events: Vec<Arc<Recorded>>,
    bytes: usize,
}

impl Page {
    fn has_next_of(&self, position: i64) -> bool {
        let (first, last) = (self.events.first(), self.events.last());
        first.is_some_and(|it| it.position <= position + 1) && last.is_some_and(|it| it.position > position)
    }
}

impl Pages {
    /// Returns the position after which the page begins that contains the event after `position`.
    pub(super) fn start_of(position: i64) -> i64 {
        position - position.rem_euclid(PAGE_SIZE)
    }

    /// Returns events after `position` of at most `max_bytes`, at least one; none if they are not in memory.
    pub(super) fn after(&self, position: i64, max_bytes: usize) -> Vec<Arc<Recorded>> {
        let mut cached = self.cached();
        let Some(index) = cached.pages.iter().position(|it| it.has_next_of(position)) else {
            return Vec::new();
        };
        let Some(page) = cached.pages.remove(index) else { return Vec::new() };
        let found = fitting(page.events.iter().skip_while(|it| it.position <= position), max_bytes);
        cached.pages.push_back(page);
        found
    }

    /// Keeps a page, and drops those that were not used for longest.
    pub(super) fn keep(&self, events: Vec<Arc<Recorded>>) {
        let Some(first) = events.first().map(|it| it.position) else { return };
        let bytes = events.iter().map(|it| it.bytes).sum();
        let mut cached = self.cached();
        // A page at the end of the log has become longer.
        if let Some(index) =
            cached.pages.iter().position(|it| it.events.first().is_some_and(|it| it.position == first))
            && let Some(shorter) = cached.pages.remove(index)
        {
            cached.bytes -= shorter.bytes;
        }
        cached.bytes += bytes;
        cached.pages.push_back(Page { events, bytes });
        while cached.bytes > MAX_BYTES && cached.pages.len() > 1 {
            let Some(oldest) = cached.pages.pop_front() else { return };
            cached.bytes -= oldest.bytes;
        }
    }

    /// Drops all pages, which belong to another log.
    pub(super) fn clear(&self) {
        *self.cached() = Cached::default();
    }

    fn cached(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the first events whose sizes add up to at most `max_bytes`, at least one.
pub(super) fn fitting<'e>(
    events: impl Iterator<Item = &'e Arc<Recorded>>,
    max_bytes: usize,
) -> Vec<Arc<Recorded>> {
    let mut bytes = 0;
    let mut taken = Vec::new();
    for event in events {
        bytes += event.bytes;
        if bytes > max_bytes && !taken.is_empty() {
            break;
        }
        taken.push(event.clone());
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::recorded;

    fn page(positions: impl Iterator<Item = i64>, bytes: usize) -> Vec<Arc<Recorded>> {
        positions.map(|position| Arc::new(Recorded { position, bytes, ..recorded() })).collect()
    }

    fn positions(events: &[Arc<Recorded>]) -> Vec<i64> {
        events.iter().map(|it| it.position).collect()
    }

    #[test]
    fn a_follower_gets_what_comes_next_and_no_more_than_fits() {
        let pages = Pages::default();
        pages.keep(page(1..=4, 10));
        assert_eq!(positions(&pages.after(1, 25)), [2, 3]);
        assert_eq!(positions(&pages.after(1, 1)), [2], "at least one");
        assert!(pages.after(4, 25).is_empty() && pages.after(-1, 25).is_empty());
        pages.keep(page(1..=6, 10));
        assert_eq!(positions(&pages.after(4, 25)), [5, 6]);
        assert_eq!(pages.cached().bytes, 60, "the shorter page is dropped");
    }

    #[test]
    fn memory_is_bounded_by_bytes() {
        let pages = Pages::default();
        for start in 0..100 {
            let first = start * PAGE_SIZE + 1;
            pages.keep(page(first..first + PAGE_SIZE, 1024 * 1024 / 32));
        }
        assert!(pages.cached().bytes <= MAX_BYTES);
        assert!(pages.after(0, 1).is_empty(), "the oldest page is dropped");
        assert!(!pages.after(99 * PAGE_SIZE, 1).is_empty());
    }
}
