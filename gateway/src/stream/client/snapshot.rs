//! A part of a snapshot, as one service reads it for one client, with the client's own token. It is read as a whole and then
//! sent, so that a slow client holds neither a call nor a connection.

use access::Caller;
use bytes::BytesMut;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{EventCursor, SnapshotCursor, SubjectKind, WatchEventsRequest, WatchStart};
use tonic::Status;
use uuid::Uuid;

use crate::stream::cursor::{Place, Point};
use crate::stream::filter::Filter;
use crate::stream::permits::PartPermit;
use crate::stream::source::point;
use crate::stream::told::{write_event, write_removed, write_subject};
use crate::stream::{Log, Streams};

/// A part ends at the first point to resume from after this many bytes.
const PART_BYTES: usize = 128 * 1024;
/// The same of a client that is not known to be fast, or while many large parts are in memory. It needs no permit: a service
/// gives such a point after each 32 subjects at the beginning of a call, and after 256 KiB.
const SMALL_PART_BYTES: usize = 16 * 1024;

/// What to read.
pub(super) struct Request {
    log: Log,
    caller: Caller,
    message: WatchEventsRequest,
    room: Option<PartPermit>,
}

/// Subjects and events as blocks, and where the client is with them.
pub(super) struct Part {
    pub(super) blocks: BytesMut,
    pub(super) subjects: u64,
    pub(super) place: Place,
    /// Room for a large part in memory.
    pub(super) room: Option<PartPermit>,
}

impl Request {
    pub(super) fn new(
        log: Log,
        place: Place,
        caller: &Caller,
        filter: Option<&Filter>,
        room: Option<PartPermit>,
    ) -> Self {
        let after = match place {
            Place::Within(at, (created_at, id)) => Some(SnapshotCursor {
                cursor: Some(EventCursor { log_id: at.log_id.to_string(), position: at.position }),
                subject_kind: log.subject_kind().into(),
                created_at: Some(proto::timestamp(created_at)),
                subject_id: id.to_string(),
            }),
            _ => None,
        };
        let start = if after.is_some() { WatchStart::Unspecified } else { WatchStart::Snapshot };
        let message = WatchEventsRequest {
            start: start.into(),
            snapshot_after: after,
            event_types: filter.into_iter().flat_map(Filter::type_names).map(ToOwned::to_owned).collect(),
            subject_ids: filter.into_iter().flat_map(|it| it.ids(log)).map(Uuid::to_string).collect(),
            ..WatchEventsRequest::default()
        };
        Self { log, caller: caller.clone(), message, room }
    }

    pub(super) async fn read(self, streams: &Streams) -> Result<Part, Status> {
        let room = self.room;
        let max_bytes = if room.is_some() { PART_BYTES } else { SMALL_PART_BYTES };
        let time = streams.clock.now().to_rfc3339();
        let (mut blocks, mut subjects) = (BytesMut::new(), 0);
        let mut client = streams.snapshots[self.log as usize].clone();
        let mut messages = client.watch_events(self.caller.request(self.message)).await?.into_inner();
        while let Some(message) = messages.message().await? {
            match message.item {
                Some(Item::Subject(subject)) => {
                    if let Some(resource) = subject.resource {
                        write_subject(resource, &time, &mut blocks);
                        subjects += 1;
                    }
                }
                Some(Item::Event(event)) => {
                    write_event(self.log, event, streams.settings.trace_url.as_ref(), &mut blocks);
                }
                Some(Item::Removed(removed)) => {
                    let id = streams.clock.new_id().to_string();
                    write_removed(self.log, &removed.subject_id, &id, time.clone(), &mut blocks);
                }
                Some(Item::SnapshotProgress(progress)) if blocks.len() >= max_bytes => {
                    if let Some(place) = progress.cursor.as_ref().and_then(within) {
                        return Ok(Part { blocks, subjects, place, room });
                    }
                }
                Some(Item::SnapshotEnd(end)) => {
                    if let Some(at) = end.cursor.as_ref().and_then(point) {
                        return Ok(Part { blocks, subjects, place: Place::At(at), room });
                    }
                }
                _ => {}
            }
        }
        Err(Status::unavailable("a snapshot stopped before its end"))
    }
}

fn within(cursor: &SnapshotCursor) -> Option<Place> {
    let at: Point = cursor.cursor.as_ref().and_then(point)?;
    let created_at = cursor.created_at.as_ref().map(proto::micros)?;
    Some(Place::Within(at, (created_at, Uuid::try_parse(&cursor.subject_id).ok()?)))
}

impl Log {
    fn subject_kind(self) -> SubjectKind {
        match self {
            Self::Tasks => SubjectKind::Task,
            Self::Workers => SubjectKind::Worker,
        }
    }
}
