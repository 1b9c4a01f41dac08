//! The standard output of `up`: its banner, then the log lines of its children, formatted on a terminal and unchanged
//! elsewhere. A separate thread writes, so that a reader that stalls does not block the children; lines that do not fit
//! the buffer are dropped and counted.

use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use telemetry::log_line::{LogLine, without_controls};

use crate::trace::LineStore;

/// Most lines that are held back before the banner, and most lines in the buffer of the writer.
const MAX_LINES: usize = 10_000;
/// How long [`Output::finish`] waits for the last lines to be written.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(200);

/// Prints to standard output. Clones share the buffer.
#[derive(Clone)]
pub(super) struct Output {
    is_terminal: bool,
    /// The lines of traces, for `ccm trace --logs`.
    lines: Arc<LineStore>,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    state: State,
    dropped: usize,
    writer: Option<SyncSender<String>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

enum State {
    /// Before the banner, with the lines held back.
    Held(Vec<String>),
    Released,
    /// The start has failed; log lines are dropped.
    Silent,
}

impl Output {
    /// An output that holds log lines back until [`Self::release`].
    pub(super) fn new(lines: Arc<LineStore>) -> Self {
        let (writer, texts) = sync_channel(MAX_LINES);
        let thread = std::thread::spawn(move || write(&texts));
        let state = State::Held(Vec::new());
        let shared = Shared { state, dropped: 0, writer: Some(writer), thread: Some(thread) };
        Self { is_terminal: std::io::stdout().is_terminal(), lines, shared: Arc::new(Mutex::new(shared)) }
    }

    /// Prints the banner and the lines held back; from now on lines are printed at once.
    pub(super) fn release(&self, banner: &str) {
        self.with(|shared| {
            shared.print(banner.to_owned());
            if let State::Held(lines) = std::mem::replace(&mut shared.state, State::Released) {
                for line in lines {
                    shared.print(self.format(&line, serde_json::from_str(&line).ok().as_ref()));
                }
            }
        });
    }

    /// Drops the log lines held back and further ones, so that they do not bury the error message of a failed start.
    /// Lines that are not log lines, such as a panic, are printed.
    pub(super) fn discard_held_lines(&self) {
        self.with(|shared| {
            if let State::Held(lines) = std::mem::replace(&mut shared.state, State::Silent) {
                for line in lines.iter().filter(|it| !it.starts_with('{')) {
                    shared.print(self.format(line, None));
                }
            }
        });
    }

    /// Prints a line of a child; `parsed` when it is a log line. The lines of a trace are kept, too.
    pub(super) fn log(&self, line: &str, parsed: Option<&LogLine>) {
        if let Some(trace_id) = parsed.and_then(|it| it.trace_id.as_deref()) {
            self.lines.add(trace_id, line);
        }
        self.with(|shared| match &mut shared.state {
            State::Held(lines) if lines.len() < MAX_LINES => lines.push(line.to_owned()),
            State::Held(_) | State::Silent => {}
            State::Released => shared.print(self.format(line, parsed)),
        });
    }

    /// Waits until all lines are written, at most [`FLUSH_TIMEOUT`].
    pub(super) fn finish(&self) {
        let thread = self.with(|shared| {
            drop(shared.writer.take());
            shared.thread.take()
        });
        let begun = Instant::now();
        while thread.as_ref().is_some_and(|it| !it.is_finished()) && begun.elapsed() < FLUSH_TIMEOUT {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn format(&self, line: &str, parsed: Option<&LogLine>) -> String {
        match parsed {
            Some(parsed) if self.is_terminal => format!("{}\n", parsed.to_text(crate::cli::colour())),
            None if self.is_terminal => format!("{}\n", without_controls(line)),
            _ => format!("{line}\n"),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Shared) -> T) -> T {
        work(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shared {
    /// Sends a text to the writer, or drops it when the buffer is full.
    fn print(&mut self, text: String) {
        let Some(writer) = &self.writer else { return };
        let text = match self.dropped {
            0 => text,
            dropped => format!("{dropped} lines were dropped: standard output was not read in time\n{text}"),
        };
        match writer.try_send(text) {
            Ok(()) => self.dropped = 0,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.dropped += 1,
        }
    }
}

/// Writes the lines. Errors are ignored: a closed pipe must not end `up`.
fn write(lines: &Receiver<String>) {
    for text in lines {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        let _ = out.flush();
    }
}
