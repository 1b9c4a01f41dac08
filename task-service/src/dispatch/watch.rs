//! Watches the events of worker-service, which tell when to ask for an outcome.

use std::time::Duration;

use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use proto::event::v1::watch_events_response::Item;
use tonic::{Code, Status};
use uuid::Uuid;

use super::Dispatcher;

/// Events that say nothing about the state of a worker.
const IGNORED: &str = "worker.metrics.updated";
const WATCH: Periodic = Periodic {
    work: "watching worker-service",
    interval: Duration::from_secs(1),
    longest_backoff: Duration::from_secs(30),
};

impl Dispatcher {
    /// Watches worker-service until `stop`, and connects again when a stream ends.
    pub(super) async fn watch_workers(&self, stop: &Shutdown) {
        let turn = || async {
            tokio::select! {
                ended = self.watch() => ended,
                () = stop.cancelled() => Ok(()),
            }
        };
        WATCH.run_woken(stop, std::future::pending, turn).await;
    }

    async fn watch(&self) -> Result<(), Status> {
        let Some(process) = (self.process)() else { return Ok(()) };
        let mut stream = self.client.watch(&process).await?;
        loop {
            let message = match stream.message().await {
                Ok(Some(message)) => message,
                Ok(None) => return Ok(()),
                // Streams end with the token, with the age of the connection, and with the server.
                Err(status) if matches!(status.code(), Code::Unauthenticated | Code::Unavailable) => {
                    return Ok(());
                }
                Err(status) => return Err(status),
            };
            match message.item {
                // What happened before was missed.
                Some(Item::Started(_)) => self.hints.give_all(),
                Some(Item::Event(event)) if event.r#type != IGNORED => {
                    self.hint(&event.subject_id);
                }
                Some(Item::Removed(removed)) => self.hint(&removed.subject_id),
                _ => {}
            }
        }
    }

    fn hint(&self, worker: &str) {
        if let Ok(worker) = Uuid::try_parse(worker) {
            self.hints.give(worker);
        }
    }
}
