//! What is told to the watches of this process without being written to the log: it has no position, and whoever does not
//! listen misses it.

use std::sync::Arc;

use proto::event::v1::watch_events_response::Item;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::log::EventLog;
use super::subject::SubjectKind;

/// Messages that a watch may be behind; older ones are dropped for it.
const CAPACITY: usize = 1_024;

/// A message to watches.
#[derive(Clone, Debug)]
pub struct LiveMessage {
    /// Kind of the subject, which every caller may see ([`SubjectKind::for_everyone`]).
    pub kind: &'static SubjectKind,
    /// The name that filters on event types go by.
    pub name: &'static str,
    /// Id of the subject.
    pub subject_id: Uuid,
    /// The message.
    pub item: Item,
}

pub(super) fn channel() -> broadcast::Sender<Arc<LiveMessage>> {
    broadcast::Sender::new(CAPACITY)
}

/// The messages since the subscription.
pub(super) struct LiveMessages(broadcast::Receiver<Arc<LiveMessage>>);

impl LiveMessages {
    /// Waits for the next message. Cancel safe.
    pub(super) async fn next(&mut self) -> Arc<LiveMessage> {
        loop {
            match self.0.recv().await {
                Ok(message) => return message,
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                // The process is stopping.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

impl EventLog {
    /// Whether a watch of this process listens.
    #[must_use]
    pub fn has_listeners(&self) -> bool {
        self.live.receiver_count() > 0
    }

    /// Tells the watches of this process.
    pub fn tell(&self, message: LiveMessage) {
        debug_assert!(message.kind.for_everyone, "the scope of the subject is not checked");
        // Without watches, nobody is told.
        let _ = self.live.send(Arc::new(message));
    }

    pub(super) fn listen(&self) -> LiveMessages {
        LiveMessages(self.live.subscribe())
    }
}
