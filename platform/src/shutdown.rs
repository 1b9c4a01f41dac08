//! Graceful shutdown: the signals that start it, and the token that the parts of a process wait for.

use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};
pub use tokio_util::sync::CancellationToken as Shutdown;

/// Cancels `shutdown` at the first SIGINT or SIGTERM. With `parent`, also when standard input is closed, so that a child
/// process ends with its parent.
pub fn on_signals(shutdown: &Shutdown, parent: bool) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let token = shutdown.clone();
    tokio::spawn(async move {
        let reason = tokio::select! {
            _ = interrupt.recv() => "interrupted",
            _ = terminate.recv() => "terminated",
            () = input_closed(), if parent => "the parent process closed our input",
        };
        tracing::info!(reason, "shutting down");
        token.cancel();
    });
    Ok(())
}

async fn input_closed() {
    let mut input = tokio::io::stdin();
    let mut ignored = [0; 64];
    while input.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}
