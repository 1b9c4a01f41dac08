//! What `up` prints: its banner first, then its children's log lines, as text on a terminal and untouched elsewhere. A
//! thread of its own does the writing, so that a reader who stalls stalls nothing else; lines are dropped then, and
//! counted.

use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use telemetry::log_line::{LogLine, without_controls};

/// Lines kept until the banner stands, and lines that may wait to be written.
const WAITING: usize = 10_000;
/// How long the last lines may take.
const FAREWELL: Duration = Duration::from_millis(200);

/// Clones print to the same place.
#[derive(Clone)]
pub(super) struct Output {
    is_terminal: bool,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    state: State,
    dropped: usize,
    writer: Option<SyncSender<String>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

enum State {
    /// The lines that wait for the banner.
    Held(Vec<String>),
    Released,
    Silent,
}

impl Output {
    /// Holds lines back until [`Output::release`].
    pub(super) fn held() -> Self {
        let (writer, lines) = sync_channel(WAITING);
        let thread = std::thread::spawn(move || write(&lines));
        let state = State::Held(Vec::new());
        let shared = Shared { state, dropped: 0, writer: Some(writer), thread: Some(thread) };
        Self { is_terminal: std::io::stdout().is_terminal(), shared: Arc::new(Mutex::new(shared)) }
    }

    /// Prints the banner, then what was held back; from now on lines are printed as they come.
    pub(super) fn release(&self, banner: &str) {
        self.with(|shared| {
            shared.print(banner.to_owned());
            if let State::Held(lines) = std::mem::replace(&mut shared.state, State::Released) {
                for line in lines {
                    shared.print(self.shown(&line, serde_json::from_str(&line).ok().as_ref()));
                }
            }
        });
    }

    /// The start has failed, and the reason will be said: its log lines would only bury it. What is no log line, a
    /// panic say, is printed.
    pub(super) fn give_up(&self) {
        self.with(|shared| {
            if let State::Held(lines) = std::mem::replace(&mut shared.state, State::Silent) {
                for line in lines.iter().filter(|it| !it.starts_with('{')) {
                    shared.print(self.shown(line, None));
                }
            }
        });
    }

    /// A line of a child.
    pub(super) fn log(&self, line: &str, parsed: Option<&LogLine>) {
        self.with(|shared| match &mut shared.state {
            State::Held(lines) if lines.len() < WAITING => lines.push(line.to_owned()),
            State::Held(_) | State::Silent => {}
            State::Released => shared.print(self.shown(line, parsed)),
        });
    }

    /// Lets the last lines be written, unless their reader stalls.
    pub(super) fn finish(&self) {
        let thread = self.with(|shared| {
            drop(shared.writer.take());
            shared.thread.take()
        });
        let begun = Instant::now();
        while thread.as_ref().is_some_and(|it| !it.is_finished()) && begun.elapsed() < FAREWELL {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn shown(&self, line: &str, parsed: Option<&LogLine>) -> String {
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
    /// Hands a text to the writer, or drops it.
    fn print(&mut self, text: String) {
        let Some(writer) = &self.writer else { return };
        let text = match self.dropped {
            0 => text,
            dropped => format!("{dropped} lines were dropped: nobody read them\n{text}"),
        };
        match writer.try_send(text) {
            Ok(()) => self.dropped = 0,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => self.dropped += 1,
        }
    }
}

/// A reader that has gone away is no reason to end.
fn write(lines: &Receiver<String>) {
    for text in lines {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        let _ = out.flush();
    }
}
