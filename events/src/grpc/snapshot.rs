//! The snapshot at the beginning of a watch (docs/adr/0024). It is read in pages, each a short consistent read at a head of
//! its own. Before a page is sent, the events up to its head are sent of the subjects that were sent before, so at each
//! point the subscriber has all subjects down to a key, as of one position of the log. No transaction is open while the
//! subscriber reads.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::time::Duration;

use prost::Message as _;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::watch_subject::Resource;
use proto::event::v1::{EventCursor, SnapshotCursor, WatchSnapshotEnd, WatchSnapshotProgress, WatchSubject};
use telemetry::span::untraced;
use uuid::Uuid;

use super::response_stream::ResponseSender;
use super::watch::{Watch, WatchEnd, started};
use super::{ListKey, end_status};
use crate::turns::Turn;
use crate::{Follower, Recorded, SnapshotPoint};
use storage::StorageError;

/// Subjects of the first page, and the most subjects that are read by the ids of the request at once.
const FIRST_PAGE: i64 = 32;
/// Maximum number of subjects read by one statement.
const MAX_PAGE: i64 = 500;
/// Maximum size of the subjects of a page, which are in memory while the subscriber reads them.
const PAGE_BYTES: usize = 256 * 1024;
/// How many watches may read from the database at the same time, so that requests have connections left.
pub(super) const MAX_READING: usize = 2;
/// How long a subscriber waits for its turn to read a page.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// How far a snapshot has come: the subscriber has all subjects of the kinds before `kind`, and those of `kind` down to the key
/// `after`, as of `position`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SnapshotProgress {
    pub(super) log_id: Uuid,
    pub(super) position: i64,
    /// Index of the kind in the registry.
    pub(super) kind: usize,
    pub(super) after: Option<ListKey>,
}

/// A part of a snapshot: the subjects of a kind with keys below `above` (`None`: from the newest on) down to `last` (`None`: to
/// the oldest).
#[derive(Clone, Copy, Debug)]
struct Range {
    kind: usize,
    above: Option<ListKey>,
    last: Option<ListKey>,
}

impl Range {
    fn contains(&self, kind: usize, key: ListKey) -> bool {
        self.kind == kind && self.above.is_none_or(|it| key < it) && self.last.is_none_or(|it| key >= it)
    }
}

/// A page of subjects with their keys, newest first, and where the snapshot is after it.
struct Page {
    subjects: Vec<(ListKey, WatchSubject)>,
    point: SnapshotPoint,
    range: Range,
    next: SnapshotProgress,
}

impl Watch {
    /// Sends a snapshot, and returns the log's id and the position after which events follow.
    pub(super) async fn send_snapshot(
        &mut self,
        resumed: Option<SnapshotProgress>,
        sender: &ResponseSender,
    ) -> Result<(Uuid, i64), WatchEnd> {
        let mut at = if let Some(at) = resumed {
            at
        } else {
            let log = &self.log;
            let read = async |turn| {
                let point = log.point().await;
                drop(turn);
                point
            };
            let point = self.in_turn(read).await?;
            SnapshotProgress { log_id: point.log_id, position: point.head, kind: 0, after: None }
        };
        sender.send(started(at.log_id, at.position)).await?;
        let mut follower = self.log.follow(at.log_id, at.position, &self.subscriber);
        let mut limit = FIRST_PAGE;
        while at.kind < self.kinds() {
            let is_first = self.span.counts.subjects == 0;
            let reading = self.read_page(at, limit);
            // A large snapshot has thousands of pages: the first one is in the trace of the call.
            let page = if is_first { reading.await? } else { untraced(reading).await? };
            if page.point.point.log_id != at.log_id {
                return Err(WatchEnd::Status(end_status::history_gone()));
            }
            self.follow_within(&mut follower, page.point.point.head, at, None, sender).await?;
            limit = next_limit(&page, limit);
            for (_, subject) in page.subjects {
                sender.send(Item::Subject(subject)).await?;
                self.span.counts.subjects += 1;
            }
            at = page.next;
            // The next point to resume from is behind the last event that the page already shows.
            let mut unnumbered = page.point.unnumbered;
            while !unnumbered.is_empty() {
                at.position += 1;
                let included = Some((&mut unnumbered, page.range));
                self.follow_within(&mut follower, at.position, at, included, sender).await?;
            }
            if at.kind < self.kinds() {
                let cursor = self.cursor(at);
                sender.send(Item::SnapshotProgress(WatchSnapshotProgress { cursor })).await?;
            }
        }
        let cursor = Some(EventCursor { log_id: at.log_id.to_string(), position: at.position });
        let subjects = self.span.counts.subjects;
        sender.send(Item::SnapshotEnd(WatchSnapshotEnd { subjects, cursor })).await?;
        Ok((at.log_id, at.position))
    }

    /// Sends the events up to a position of those subjects that the snapshot has already sent. `included` are events that had
    /// no position when the last page was read, and the part of the snapshot that already shows their changes.
    async fn follow_within(
        &mut self,
        follower: &mut Follower,
        position: i64,
        at: SnapshotProgress,
        mut included: Option<(&mut HashSet<i64>, Range)>,
        sender: &ResponseSender,
    ) -> Result<(), WatchEnd> {
        // A snapshot that is resumed after a long time begins with many events: each batch of them ends with a point to resume from.
        let is_resumable = included.is_none() && at.after.is_some();
        while follower.position() < position {
            tokio::task::consume_budget().await;
            let events = follower.next_until(position).await.map_err(|it| self.unreadable(it))?;
            for event in events {
                let (kind, key) = self.place(&event);
                let sent = Range { kind: at.kind, above: None, last: at.after };
                let was_sent = kind < at.kind || (at.after.is_some() && sent.contains(kind, key));
                let is_included = included
                    .as_mut()
                    .is_some_and(|(events, shown)| events.remove(&event.seq) && shown.contains(kind, key));
                if was_sent && !is_included {
                    self.send_event(&event, sender).await?;
                }
            }
            if is_resumable {
                let cursor = self.cursor(SnapshotProgress { position: follower.position(), ..at });
                sender.send(Item::SnapshotProgress(WatchSnapshotProgress { cursor })).await?;
            }
        }
        Ok(())
    }

    /// The place of an event's subject in the snapshot.
    fn place(&self, event: &Recorded) -> (usize, ListKey) {
        if self.is_named() {
            return (0, (0, event.subject_id));
        }
        let kind = self.registry.subjects.iter().position(|it| it.kind().name == event.kind.name);
        (kind.unwrap_or_default(), event.list_key().unwrap_or((i64::MAX, event.subject_id)))
    }

    fn is_named(&self) -> bool {
        !self.filter.query.subjects.is_empty()
    }

    /// Subjects that the request names are one part of the snapshot, of whatever kind they are.
    fn kinds(&self) -> usize {
        if self.is_named() { 1 } else { self.registry.subjects.len() }
    }

    fn cursor(&self, at: SnapshotProgress) -> Option<SnapshotCursor> {
        let (created_at, id) = at.after.unwrap_or((i64::MAX, Uuid::max()));
        Some(SnapshotCursor {
            cursor: Some(EventCursor { log_id: at.log_id.to_string(), position: at.position }),
            subject_kind: self.registry.subjects.get(at.kind)?.kind().wire.into(),
            created_at: at.after.is_some().then(|| proto::timestamp(created_at)),
            subject_id: id.to_string(),
        })
    }

    async fn read_page(&self, at: SnapshotProgress, limit: i64) -> Result<Page, WatchEnd> {
        let read = |turn| async move {
            if self.is_named() {
                self.read_named(at, turn).await
            } else {
                self.read_kind(at, limit, turn).await
            }
        };
        let (subjects, last, point) = self.in_turn(read).await?;
        Ok(page_of(at, subjects, last, point, self.is_named()))
    }

    /// Reads when it is this subscriber's turn. What goes on although its caller has gone has to keep the turn until it ends.
    async fn in_turn<T, F: Future<Output = Result<T, StorageError>>>(
        &self,
        read: impl FnOnce(Turn) -> F,
    ) -> Result<T, WatchEnd> {
        let reading = async { read(self.reading.take(&self.subscriber).await).await };
        match tokio::time::timeout(READ_TIMEOUT, reading).await {
            Ok(read) => read.map_err(|it| self.failed(it)),
            Err(_) => Err(WatchEnd::Status(end_status::too_many_snapshots())),
        }
    }

    async fn read_kind(
        &self,
        at: SnapshotProgress,
        limit: i64,
        turn: Turn,
    ) -> Result<(Vec<WatchSubject>, Option<ListKey>, SnapshotPoint), StorageError> {
        let (kind, visibility) = (self.registry.subjects[at.kind].clone(), self.filter.visibility.clone());
        let read = self.log.snapshot(move |snapshot| {
            Box::pin(async move {
                let _turn = turn;
                kind.page(snapshot, &visibility, at.after, limit).await
            })
        });
        let ((subjects, last), point) = read.await?;
        Ok((subjects, last, point))
    }

    /// Reads the next subjects that the request names, the highest id first.
    async fn read_named(
        &self,
        at: SnapshotProgress,
        turn: Turn,
    ) -> Result<(Vec<WatchSubject>, Option<ListKey>, SnapshotPoint), StorageError> {
        let mut ids: Vec<Uuid> = self.filter.query.subjects.iter().copied().collect();
        ids.sort_unstable_by_key(|it| Reverse(*it));
        ids.retain(|id| at.after.is_none_or(|(_, last)| *id < last));
        let more = i64::try_from(ids.len()).is_ok_and(|it| it > FIRST_PAGE);
        ids.truncate(usize::try_from(FIRST_PAGE).unwrap_or_default());
        let last = ids.last().filter(|_| more).map(|it| (0, *it));
        let (kinds, visibility) = (self.registry.subjects.clone(), self.filter.visibility.clone());
        let read = self.log.snapshot(move |snapshot| {
            Box::pin(async move {
                let _turn = turn;
                let mut found = Vec::new();
                for id in ids {
                    for kind in &kinds {
                        found.extend(kind.get(snapshot, &visibility, id).await?);
                    }
                }
                Ok(found)
            })
        });
        let (subjects, point) = read.await?;
        Ok((subjects, last, point))
    }
}

/// Cuts off the subjects that are beyond the size of a page; the next page begins with them.
fn page_of(
    at: SnapshotProgress,
    subjects: Vec<WatchSubject>,
    mut last: Option<ListKey>,
    point: SnapshotPoint,
    named: bool,
) -> Page {
    let (count, mut bytes) = (subjects.len(), 0);
    let mut kept = Vec::with_capacity(count);
    for subject in subjects {
        bytes += subject.encoded_len();
        let key = if named { key_of(&subject).map(|it| (0, it.1)) } else { key_of(&subject) };
        let Some(key) = key else { continue };
        if bytes > PAGE_BYTES && !kept.is_empty() {
            last = kept.last().map(|(key, _)| *key);
            break;
        }
        kept.push((key, subject));
    }
    let range = Range { kind: at.kind, above: at.after, last };
    let position = point.point.head;
    let next = match last {
        Some(_) => SnapshotProgress { position, after: last, ..at },
        None => SnapshotProgress { position, kind: at.kind + 1, after: None, ..at },
    };
    Page { subjects: kept, point, range, next }
}

/// How many subjects to read next, so that they fill a page of the maximum size.
fn next_limit(page: &Page, limit: i64) -> i64 {
    let bytes: usize = page.subjects.iter().map(|(_, it)| it.encoded_len()).sum();
    let average = bytes / page.subjects.len().max(1);
    let fit = i64::try_from(PAGE_BYTES / average.max(1)).unwrap_or(MAX_PAGE);
    // Larger step by step: the next subjects may be larger than these.
    fit.clamp(1, MAX_PAGE).min(limit * 4)
}

fn key_of(subject: &WatchSubject) -> Option<ListKey> {
    let (created_at, id) = match subject.resource.as_ref()? {
        Resource::Task(task) => (task.created_at.as_ref()?, &task.id),
        Resource::Worker(worker) => (worker.created_at.as_ref()?, &worker.id),
    };
    Some((proto::micros(created_at), Uuid::try_parse(id).ok()?))
}
