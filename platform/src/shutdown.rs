//! Graceful shutdown: the signals that start it, and the tokens that the parts of a process wait for. It may begin with a
//! drain delay, in which a process says that it is not ready any more and works on, until those who balance the load know.

use std::io::IsTerminal as _;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
pub use tokio_util::sync::CancellationToken as Shutdown;

/// What a parent process writes to the standard input of a child that should drain.
pub const DRAIN: &[u8] = b"\n";

/// Cancels `draining` at the first SIGINT or SIGTERM, and `shutdown` after `delay` or at the next signal. With `parent`, also
/// when the parent process asks for it: [`DRAIN`] on standard input cancels `draining`, and its end cancels both at once, so
/// that a child process ends with its parent. The signals of [`HangUp`] and [`OtherSignals`] do not end the process at once.
pub fn on_signals(
    draining: &Shutdown,
    shutdown: &Shutdown,
    delay: Duration,
    parent: bool,
) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // Without a terminal that could be closed, the signal is what it is to a daemon.
    let ends_at_hang_up = !parent && std::io::stdin().is_terminal();
    let mut hang_up = HangUp::listen(ends_at_hang_up)?;
    let mut others = OtherSignals::listen()?;
    let (draining, shutdown) = (draining.clone(), shutdown.clone());
    tokio::spawn(async move {
        let ignoring = tokio::spawn(async move { others.ignore().await });
        let (reason, delay) = tokio::select! {
            _ = interrupt.recv() => ("interrupted", Some(delay)),
            _ = terminate.recv() => ("terminated", Some(delay)),
            () = hang_up.next() => ("the terminal was closed", Some(delay)),
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
        // They go on until the process ends.
        let _ = tokio::join!(hang_up.next(), ignoring);
    });
    Ok(())
}

/// SIGHUP. To a process in a terminal it says that the terminal was closed. To others it usually asks for a reload, of which there
/// is none: the files that change while a process runs, certificates and tokens, are read again by themselves.
pub struct HangUp {
    signal: Signal,
    ends: bool,
}

impl HangUp {
    /// Listens for the signal, which is told if `ends` is set and the process was not started with it ignored, as `nohup` does.
    pub fn listen(ends: bool) -> std::io::Result<Self> {
        let ends = ends && !is_ignored_from_the_start();
        Ok(Self { signal: signal(SignalKind::hangup())?, ends })
    }

    /// Waits until the terminal was closed. Other hang-ups are logged.
    pub async fn next(&mut self) {
        while self.signal.recv().await.is_some() && !self.ends {
            tracing::info!(
                signal = "SIGHUP",
                "ignored a signal: certificates and token files are read again when they change"
            );
        }
        if !self.ends {
            std::future::pending::<()>().await;
        }
    }
}

/// Whether this process was started with SIGHUP ignored. A handler that is installed later does not tell.
fn is_ignored_from_the_start() -> bool {
    static IGNORED: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|it| it.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|it| u64::from_str_radix(it.trim(), 16).ok()).unwrap_or_default();
        // Bit n is signal n + 1, and SIGHUP is 1.
        mask & 1 == 1
    });
    *IGNORED
}

/// The signals that would end a process at once although they mean nothing to it: SIGUSR1 and SIGUSR2. (Rust's runtime ignores
/// SIGPIPE.)
pub struct OtherSignals {
    first: Signal,
    second: Signal,
}

impl OtherSignals {
    /// Listens for the signals, so that they end nothing.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self { first: signal(SignalKind::user_defined1())?, second: signal(SignalKind::user_defined2())? })
    }

    /// Logs the signals. Does not end.
    pub async fn ignore(&mut self) {
        loop {
            let signal = tokio::select! {
                _ = self.first.recv() => "SIGUSR1",
                _ = self.second.recv() => "SIGUSR2",
            };
            tracing::info!(signal, "ignored a signal: it means nothing to this process");
        }
    }
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
