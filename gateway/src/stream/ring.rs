//! The newest events of both logs in one order, the same for all clients of this gateway. Each entry has the position of
//! both logs behind it, so the id of its block is the same for all clients, too.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use smallvec::SmallVec;
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use uuid::Uuid;

use super::cursor::{Cursor, Place, Point};
use super::told::Shared;
use super::{Log, PerLog};

/// Maximum size of the events in memory.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Maximum number of entries.
const MAX_ENTRIES: usize = 50_000;
/// Number of entries that a client gets at once.
const BATCH: usize = 32;
/// The same in a turn of its own.
pub(super) const TURN_BATCH: usize = 64;
/// A client that lacks more entries than this one waits for its turn.
const NEAR: usize = 256;
/// Lists of waiting clients.
const ROOMS: usize = 8;

/// The newest events. Clients follow by the sequence number of an entry, which counts from 0 in each process.
pub(super) struct Ring {
    inner: Mutex<Inner>,
    /// Told of each change. Several, as a watch channel has, so that clients that wait anew do not wait for each other.
    rooms: [Arc<Notify>; ROOMS],
    /// The number of clients that have got a room.
    clients: AtomicU8,
}

#[derive(Default)]
struct Inner {
    /// Sequence number of the first entry.
    first: u64,
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    /// The points before the first entry, from which the entries are complete.
    floors: PerLog<Option<Point>>,
    /// The points behind the last entry.
    heads: PerLog<Option<Point>>,
    /// The newest report of each worker.
    reports: HashMap<Uuid, u64>,
}

/// One entry of the ring.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) seq: u64,
    /// The points of the logs behind this entry.
    pub(super) heads: PerLog<Option<Point>>,
    /// The id that the block of an event carries. It lacks a log that was not connected yet.
    pub(super) id: Cursor,
    pub(super) kind: EntryKind,
}

#[derive(Clone)]
pub(super) enum EntryKind {
    Event(Shared),
    /// A report of the utilisation of a worker, which has no position.
    Report {
        worker: Uuid,
        block: Bytes,
    },
}

/// What a client finds in the ring.
pub(super) enum Found {
    Entries {
        entries: SmallVec<[Arc<Entry>; 1]>,
        /// The sequence number to continue with.
        next: u64,
    },
    /// More entries than a client gets without a turn.
    Far,
    /// No entry yet; the points up to which the client has everything.
    NotYet(PerLog<Option<Point>>),
    /// Entries that the client has not seen are no longer in memory: it has to join again.
    Evicted,
}

/// How a client comes from its own place to the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// It continues with this entry, and passes over the events that it has.
    At(u64),
    /// It has to read this log from a position up to another one first.
    Behind { log: Log, after: Point, until: i64 },
    /// It is beyond what this gateway has read of this log: the log has to be asked whether that point exists.
    Ahead { log: Log, point: Point },
    /// This gateway has another log: the service has to be asked whether the client's point exists.
    Other { log: Log, point: Point },
    /// This gateway has not reached the service of this log yet.
    NotConnected,
}

impl Ring {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::default(),
            rooms: std::array::from_fn(|_| Arc::default()),
            clients: AtomicU8::new(0),
        })
    }

    /// The points of the logs behind the last entry.
    pub(super) fn heads(&self) -> PerLog<Option<Point>> {
        self.inner().heads
    }

    /// The sequence number of the next entry.
    pub(super) fn next(&self) -> u64 {
        self.inner().next()
    }

    /// The room in which a new client waits.
    pub(super) fn next_room(&self) -> u8 {
        self.clients.fetch_add(1, Ordering::Relaxed)
    }

    /// The next change from now on.
    pub(super) fn moved(&self, room: u8) -> OwnedNotified {
        self.rooms[usize::from(room) % ROOMS].clone().notified_owned()
    }

    /// Begins a log at a point. If it has another one in memory, every client has to join again.
    pub(super) fn begin(&self, log: Log, point: Point) {
        let mut inner = self.inner();
        let slot = log as usize;
        if inner.heads[slot].replace(point).is_some() {
            inner.clear();
        } else {
            inner.floors[slot] = Some(point);
            // Entries of the other log were pushed while this one was not connected.
            for entry in &mut inner.entries {
                Arc::make_mut(entry).heads[slot] = Some(point);
            }
        }
        self.notify(inner);
    }

    /// Adds an event of a log, made by `make` for the cursor behind it.
    pub(super) fn push(&self, log: Log, position: i64, make: impl FnOnce(Cursor) -> Option<Shared>) {
        let mut inner = self.inner();
        let Some(head) = &mut inner.heads[log as usize] else { return };
        head.position = position;
        if let Some(told) = make(Cursor::at(inner.heads)) {
            inner.push(EntryKind::Event(told));
        }
        self.notify(inner);
    }

    /// Adds a report of a worker.
    pub(super) fn report(&self, worker: Uuid, block: Bytes) {
        let mut inner = self.inner();
        let seq = inner.push(EntryKind::Report { worker, block });
        inner.reports.insert(worker, seq);
        self.notify(inner);
    }

    /// Notes that a log was read up to a position without an event.
    pub(super) fn advance(&self, log: Log, position: i64) {
        let mut inner = self.inner();
        if let Some(head) = &mut inner.heads[log as usize] {
            head.position = head.position.max(position);
        }
    }

    /// Returns the entries from `seq` on, if they are few or it is the turn of the client. Of the reports of a worker, a client
    /// that is behind gets the newest one only.
    pub(super) fn from(&self, seq: u64, has_turn: bool) -> Found {
        let inner = self.inner();
        if seq < inner.first {
            return Found::Evicted;
        }
        let skip = usize::try_from(seq - inner.first).unwrap_or(usize::MAX);
        if !has_turn && inner.entries.len().saturating_sub(skip) > NEAR {
            return Found::Far;
        }
        let batch = inner.entries.iter().skip(skip).take(if has_turn { TURN_BATCH } else { BATCH });
        let next = seq + batch.len() as u64;
        if next == seq {
            return Found::NotYet(inner.heads);
        }
        let is_current = |it: &&Arc<Entry>| match &it.kind {
            EntryKind::Report { worker, .. } => inner.reports.get(worker) == Some(&it.seq),
            EntryKind::Event(_) => true,
        };
        Found::Entries { entries: batch.filter(is_current).cloned().collect(), next }
    }

    /// The logs of which the client knows another one than this gateway.
    pub(super) fn others(&self, cursor: &Cursor, wanted: PerLog<bool>) -> Vec<Log> {
        let heads = self.inner().heads;
        let is_other = |log: &Log| match (cursor.0[*log as usize], heads[*log as usize]) {
            (Place::At(point), Some(head)) => wanted[*log as usize] && point.log_id != head.log_id,
            _ => false,
        };
        Log::ALL.into_iter().filter(is_other).collect()
    }

    /// Finds out how a client at this cursor comes to the ring. `wanted` are the logs that it is to be told of; `verified` are
    /// those whose point is known to exist.
    pub(super) fn join(&self, cursor: &Cursor, wanted: PerLog<bool>, verified: PerLog<bool>) -> Join {
        let inner = self.inner();
        let mut positions = [i64::MAX; 2];
        for log in Log::ALL {
            let slot = log as usize;
            let Place::At(point) = cursor.0[slot] else { continue };
            if !wanted[slot] {
                continue;
            }
            let (Some(floor), Some(head)) = (inner.floors[slot], inner.heads[slot]) else {
                return Join::NotConnected;
            };
            if point.log_id != head.log_id {
                // If it exists, this gateway has not reached it yet.
                return if verified[slot] { Join::NotConnected } else { Join::Other { log, point } };
            }
            if point.position > head.position && !verified[slot] {
                return Join::Ahead { log, point };
            }
            if point.position < floor.position {
                return Join::Behind { log, after: point, until: floor.position };
            }
            positions[slot] = point.position;
        }
        let is_known = |entry: &Arc<Entry>| {
            let heads = entry.heads.iter().zip(positions);
            heads.into_iter().all(|(head, position)| head.is_none_or(|it| it.position <= position))
        };
        let known = inner.entries.partition_point(is_known);
        Join::At(inner.first + known as u64)
    }

    /// The entries that are not older than the newest `count` ones, for their spans.
    pub(super) fn newest(&self, count: usize) -> Vec<Arc<Entry>> {
        let inner = self.inner();
        inner.entries.iter().skip(inner.entries.len().saturating_sub(count)).cloned().collect()
    }

    fn notify(&self, inner: MutexGuard<'_, Inner>) {
        drop(inner);
        for room in &self.rooms {
            room.notify_waiters();
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Drops all entries, also for clients that have seen all of them.
    fn clear(&mut self) {
        self.first = self.next() + 1;
        self.entries.clear();
        self.reports.clear();
        (self.bytes, self.floors) = (0, self.heads);
    }

    fn next(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn push(&mut self, kind: EntryKind) -> u64 {
        let seq = self.next();
        self.bytes += kind.bytes();
        self.entries.push_back(Arc::new(Entry { seq, heads: self.heads, id: Cursor::at(self.heads), kind }));
        while self.bytes > MAX_BYTES || self.entries.len() > MAX_ENTRIES {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.first += 1;
            self.bytes -= oldest.kind.bytes();
            self.floors = oldest.heads;
            if let EntryKind::Report { worker, .. } = &oldest.kind
                && self.reports.get(worker) == Some(&oldest.seq)
            {
                self.reports.remove(worker);
            }
        }
        seq
    }
}

impl EntryKind {
    fn bytes(&self) -> usize {
        match self {
            Self::Event(told) => told.bytes,
            Self::Report { block, .. } => block.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_reports_of_a_worker_a_client_that_is_behind_gets_the_newest() {
        let ring = Ring::new();
        let (worker, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for (worker, text) in [(worker, "1"), (other, "2"), (worker, "3"), (worker, "4")] {
            ring.report(worker, Bytes::from_static(text.as_bytes()));
        }
        assert_eq!(reports(&ring, 0), (vec!["2".to_owned(), "4".to_owned()], 4));
        assert_eq!(reports(&ring, 3), (vec!["4".to_owned()], 4));
        ring.report(worker, Bytes::from_static(b"5"));
        assert_eq!(reports(&ring, 0), (vec!["2".to_owned(), "5".to_owned()], 5));
        assert_eq!(reports(&ring, 4), (vec!["5".to_owned()], 5));
    }

    /// The reports that a client gets that continues with `seq`, and what it continues with then.
    fn reports(ring: &Ring, seq: u64) -> (Vec<String>, u64) {
        let Found::Entries { entries, next } = ring.from(seq, false) else { panic!("there are entries") };
        let text = |it: &Arc<Entry>| match &it.kind {
            EntryKind::Report { block, .. } => String::from_utf8(block.to_vec()).unwrap(),
            EntryKind::Event(_) => panic!("a report"),
        };
        (entries.iter().map(text).collect(), next)
    }
}
