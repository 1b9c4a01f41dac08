//! Graceful shutdown: the signals that start it, and the tokens that the parts of a process wait for. It may begin with a
//! drain delay, in which a process says that it is not ready any more and works on, until those who balance the load know.

use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{SignalKind, signal};
pub use tokio_util::sync::CancellationToken as Shutdown;

/// What a parent process writes to the standard input of a child that should drain.
pub const DRAIN: &[u8] = b"\n";

/// Cancels `draining` at the first SIGINT or SIGTERM, and `shutdown` after `delay` or at the next signal. With `parent`, also
/// when the parent process asks for it: [`DRAIN`] on standard input cancels `draining`, and its end cancels both at once, so
/// that a child process ends with its parent.
pub fn on_signals(
    draining: &Shutdown,
    shutdown: &Shutdown,
    delay: Duration,
    parent: bool,
) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (draining, shutdown) = (draining.clone(), shutdown.clone());
    tokio::spawn(async move {
        let (reason, delay) = tokio::select! {
            _ = interrupt.recv() => ("interrupted", Some(delay)),
            _ = terminate.recv() => ("terminated", Some(delay)),
            asked = asked_by_parent(), if parent => match asked {
                // The parent ends the delay.
                Asked::Drain => ("the parent process asked for it", Some(Duration::MAX)),
                Asked::End => ("the parent process closed our input", None),
            },
        };
        draining.cancel();
        if let Some(delay) = delay.filter(|it| !it.is_zero()) {
            let seconds = (delay < Duration::MAX).then_some(delay.as_secs_f64());
            tracing::info!(reason, seconds, "draining: not ready any more, requests are still accepted");
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                () = input_closed(), if parent => {}
            }
        }
        tracing::info!(reason, "shutting down");
        shutdown.cancel();
    });
    Ok(())
}

/// What a parent process asks for over standard input.
enum Asked {
    Drain,
    End,
}

async fn asked_by_parent() -> Asked {
    let read = tokio::io::stdin().read(&mut [0; 64]).await;
    if read.is_ok_and(|it| it > 0) { Asked::Drain } else { Asked::End }
}

async fn input_closed() {
    while matches!(asked_by_parent().await, Asked::Drain) {}
}
