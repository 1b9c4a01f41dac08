//! What a stream does with what it has read: it makes blocks of it, and notes how far its client is.

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use net::grpc::status;
use platform::clock::jittered;
use proto::error::v1::Reason;
use serde_json::json;
use tonic::Status;

use super::unsent::{Taken, TakenPart, Unsent};
use super::{Phase, RETRY, Read, State};
use crate::metrics;
use crate::stream::cursor::{Cursor, Place, Point};
use crate::stream::frame::{control, end_block};
use crate::stream::ring::{Entry, EntryKind};
use crate::stream::{Log, PerLog, REPORT};

impl State {
    pub(super) fn take(&mut self, log: Log, read: Read) {
        match read {
            Read::Earliest(point) => self.cursor.0[log as usize] = Place::At(point),
            Read::Exists => self.verified[log as usize] = true,
            Read::Snapshot(part) => {
                self.cursor.0[log as usize] = part.place;
                if let Some(snapshot) = &mut self.snapshot {
                    snapshot[log as usize] += part.subjects;
                }
                let mut block = part.blocks;
                let counts = self.snapshot.take_if(|_| self.cursor.is_complete(self.wanted));
                if counts.is_none() {
                    end_block(Some(&self.cursor.to_text()), &mut block);
                }
                let taken = Taken::Part(Box::new(TakenPart { _room: part.room, at: Instant::now() }));
                self.unsent.push(Unsent { block: block.freeze(), taken });
                // The point behind the snapshot is the id of its end only: a client that resumes there has been told of the end.
                if let Some([tasks, workers]) = counts.as_deref() {
                    let data = json!({"tasks": tasks, "workers": workers});
                    self.push(control(&self.streams, "snapshot.completed", &data, Some(self.cursor), None));
                }
            }
            Read::Older(older) => {
                let Place::At(mut point) = self.cursor.0[log as usize] else { return };
                for told in older.events {
                    point.position = told.position;
                    self.cursor.0[log as usize] = Place::At(point);
                    if let Some(sent) = told.to(self.caller.visibility(), self.filter.as_deref()) {
                        let mut block = BytesMut::new();
                        sent.write_with(Some(&self.cursor.to_text()), &mut block);
                        self.push(block.freeze());
                    }
                }
                point.position = older.until;
                self.cursor.0[log as usize] = Place::At(point);
            }
        }
    }

    pub(super) fn tell(&mut self, entry: &Entry) {
        match &entry.kind {
            EntryKind::Event(told) => {
                let Place::At(point) = &mut self.cursor.0[told.log as usize] else { return };
                // The client has the event if it is ahead of this gateway.
                if told.position <= point.position {
                    return;
                }
                point.position = told.position;
                self.reached(entry.heads);
                if let Some(sent) = told.to(self.caller.visibility(), self.filter.as_deref()) {
                    told.fanout.matched();
                    let block = if self.cursor == entry.id {
                        sent.shared()
                    } else {
                        let mut block = BytesMut::new();
                        sent.write_with(Some(&self.cursor.to_text()), &mut block);
                        block.freeze()
                    };
                    self.unsent.push(Unsent { block, taken: Taken::Event(told.clone()) });
                }
            }
            EntryKind::Report { worker, block } => {
                if self.filter.as_ref().is_none_or(|it| it.matches(Log::Workers, REPORT, *worker)) {
                    self.push(block.clone());
                }
            }
        }
    }

    /// Notes that the client has everything up to these points.
    pub(super) fn reached(&mut self, heads: PerLog<Option<Point>>) {
        for (place, head) in self.cursor.0.iter_mut().zip(heads) {
            if let (Place::At(point), Some(head)) = (place, head)
                && point.log_id == head.log_id
            {
                point.position = point.position.max(head.position);
            }
        }
    }

    pub(super) fn failed(&mut self, log: Log, error: &Status) {
        if status::reason(error) == Some(Reason::HistoryGone) {
            let others = self.streams.ring.others(&self.cursor, self.wanted);
            if !others.contains(&log) {
                return self.reset(log, "history_gone");
            }
            // Logs of another installation are reset together, before the snapshot.
            for other in others {
                self.reset(other, "other_log");
            }
            return;
        }
        if !std::mem::replace(&mut self.is_warned, true) {
            let (code, text) = (status::code_name(error.code()), error.message());
            tracing::warn!(log = log.source(), code, text, "cannot read for an event stream; retrying");
        }
        self.pause();
    }

    /// The client throws away what it knows of a log, and gets a snapshot of it.
    pub(super) fn reset(&mut self, log: Log, reason: &'static str) {
        self.cursor.0[log as usize] = Place::Nowhere;
        self.verified[log as usize] = false;
        if let Some(snapshot) = &mut self.snapshot {
            snapshot[log as usize] = 0;
        }
        // The service may have a log that this gateway has not reached yet.
        if std::mem::replace(&mut self.was_reset[log as usize], true) {
            self.pause();
        }
        self.push_reset(reason, log.collection());
    }

    pub(super) fn pause(&mut self) {
        self.phase = Phase::Pausing(Box::pin(tokio::time::sleep(jittered(RETRY))));
    }

    pub(super) fn push_reset(&mut self, reason: &'static str, scope: &str) {
        metrics::stream_reset(reason);
        let data = json!({"reason": reason, "scope": scope});
        self.push(control(&self.streams, "stream.reset", &data, None, None));
    }

    pub(super) fn heartbeat(&mut self) {
        let data = json!({"server_time": self.streams.clock.now().to_rfc3339()});
        self.push(control(&self.streams, "heartbeat", &data, self.id(), None));
    }

    /// Where a client can go on; `None` while it is not known where the stream begins.
    pub(super) fn id(&self) -> Option<Cursor> {
        let is_known = !matches!(self.phase, Phase::AwaitingNow) && !self.cursor.0.contains(&Place::Earliest);
        is_known.then_some(self.cursor)
    }

    /// Tells the client where it is, without an event.
    pub(super) fn push_id(&mut self) {
        let mut block = BytesMut::new();
        end_block(Some(&self.cursor.to_text()), &mut block);
        self.push(block.freeze());
    }

    pub(super) fn push(&mut self, block: Bytes) {
        self.unsent.push(Unsent { block, taken: Taken::default() });
    }
}

#[cfg(test)]
mod tests {
    use access::Role;
    use access::testing::caller;
    use axum::http::Extensions;
    use futures_util::StreamExt as _;
    use uuid::Uuid;

    use super::super::{Log, Start};
    use crate::stream::cursor::{Cursor, Point};
    use crate::stream::filter::Filter;
    use crate::stream::samples::{streams, usual};

    #[tokio::test]
    async fn a_stream_from_now_on_begins_before_its_client_knows_of_it() {
        let streams = streams(usual());
        let before = Point { log_id: Uuid::from_u128(1), position: 5 };
        for log in Log::ALL {
            streams.ring.begin(log, before);
        }
        let caller = caller("ada", &[Role::User], None);
        let blocks = streams.open(caller, Filter::default(), Start::Now, &Extensions::new());
        let mut blocks = std::pin::pin!(blocks);
        // What the client does once it is connected has a position behind the one with which its stream begins.
        streams.ring.advance(Log::Tasks, 9);
        let first = blocks.next().await.unwrap().unwrap();
        let first = String::from_utf8_lossy(&first);
        let (connected, id) = first.split_once("\n\n").unwrap();
        assert!(connected.contains("event: connected\n"), "{connected}");
        assert_eq!(id, format!("id: {}\n\n", Cursor::at([Some(before); 2]).to_text()));
    }
}
