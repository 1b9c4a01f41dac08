//! `ccm demo`: tells a story against a running product, in which everything happens that can happen to a worker. At its end, or
//! when it is interrupted, the workers that it has made are terminated.

mod stage;
mod story;

use tokio::signal::unix::{SignalKind, signal};

use self::stage::Stage;
use crate::cli::demo::Demo;
use crate::client::{Client, Exit, Failure};

pub(crate) async fn run(settings: Demo) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut stage = Stage::new(Client::new(&settings.connection)?, settings.pause).await?;
    let told = tokio::select! {
        told = story::tell(&mut stage) => told,
        _ = interrupt.recv() => Err(Failure::new(Exit::General, "the story was interrupted").into()),
        _ = terminate.recv() => Err(Failure::new(Exit::General, "the story was interrupted").into()),
    };
    // By then, the workers are on their way.
    let again = || {
        Err(Failure::new(Exit::General, "the end was interrupted: the workers are being terminated").into())
    };
    let ended = tokio::select! {
        ended = stage.end() => ended,
        _ = interrupt.recv() => again(),
        _ = terminate.recv() => again(),
    };
    told.and(ended)
}
