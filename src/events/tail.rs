//! Prints the events of the stream, for people or for programs.

use serde_json::Value;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncWriteExt as _, Interest, Stdout};
use tokio::signal::unix::{SignalKind, signal};

use super::line::line;
use crate::cli::events::Tail;
use crate::client::{Client, Follower, Place, Sink};
use crate::console;
use crate::trace::Paint;

/// Follows the stream until a signal, or until the reader of standard output has gone.
pub(crate) async fn run(settings: Tail) -> anyhow::Result<()> {
    let client = Client::new(&settings.connection)?;
    let since = (settings.since != "snapshot").then_some(settings.since);
    let filters = [
        ("event_types", settings.types.as_slice()),
        ("task_ids", settings.tasks.as_slice()),
        ("worker_ids", settings.workers.as_slice()),
    ];
    let paint = (!settings.json).then(|| Paint(crate::cli::colour()));
    let printer = Printer { paint, output: String::new(), stdout: tokio::io::stdout() };
    let mut follower = Follower::new(&client, &filters, since, Place::open(settings.resume)?, printer);
    until_interrupted(follower.follow()).await
}

/// Runs until the end, a signal, or until the reader of standard output has gone.
pub(crate) async fn until_interrupted(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        outcome = work => outcome,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        () = reader_gone() => Ok(()),
    }
}

/// Waits until the other end of the pipe at standard output is closed; forever if it is no pipe.
async fn reader_gone() {
    #[expect(
        deprecated,
        reason = "its successor is unsafe, for types that close their descriptor; standard output stays open"
    )]
    let stdout = AsyncFd::with_interest(std::io::stdout(), Interest::ERROR);
    match stdout {
        Ok(pipe) => drop(pipe.ready(Interest::ERROR).await),
        Err(_) => std::future::pending().await,
    }
}

struct Printer {
    /// `None` prints JSON.
    paint: Option<Paint>,
    output: String,
    stdout: Stdout,
}

impl Sink for Printer {
    fn take(&mut self, event: Value, json: &str) {
        match self.paint {
            Some(paint) => self.output.push_str(&line(&event, paint)),
            None => self.output.push_str(json),
        }
        self.output.push('\n');
    }

    async fn flush(&mut self) -> anyhow::Result<bool> {
        let output = std::mem::take(&mut self.output);
        if output.is_empty() {
            return Ok(true);
        }
        let written = match self.stdout.write_all(output.as_bytes()).await {
            Ok(()) => self.stdout.flush().await,
            Err(error) => Err(error),
        };
        let is_read = written.is_ok();
        console::written(written).map(|()| is_read)
    }
}
