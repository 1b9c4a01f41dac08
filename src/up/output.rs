//! What `up` prints: its banner first, then its children's log lines, as text on a terminal and untouched elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use platform::telemetry::log_line::LogLine;

/// Lines kept until the banner stands; a start has some ten.
const HELD: usize = 1_000;

/// Clones print to the same place.
#[derive(Clone)]
pub(super) struct Output {
    is_terminal: bool,
    state: Arc<Mutex<State>>,
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
        let is_terminal = std::io::stdout().is_terminal();
        Self { is_terminal, state: Arc::new(Mutex::new(State::Held(Vec::new()))) }
    }

    /// Prints the banner, then what was held back; from now on lines are printed as they come.
    pub(super) fn release(&self, banner: &str) {
        let held = self.enter(State::Released);
        print(banner);
        for line in held {
            self.show(&line, serde_json::from_str(&line).ok().as_ref());
        }
    }

    /// The start has failed, and the reason will be said: its log lines would only bury it. What is no log line, a
    /// panic say, is printed.
    pub(super) fn give_up(&self) {
        for line in self.enter(State::Silent) {
            if !line.starts_with('{') {
                print(&format!("{line}\n"));
            }
        }
    }

    fn enter(&self, next: State) -> Vec<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *state, next) {
            State::Held(lines) => lines,
            State::Released | State::Silent => Vec::new(),
        }
    }

    /// A line of a child.
    pub(super) fn log(&self, line: &str, parsed: Option<&LogLine>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *state {
            State::Held(lines) if lines.len() < HELD => lines.push(line.to_owned()),
            State::Held(_) | State::Silent => {}
            State::Released => self.show(line, parsed),
        }
    }

    fn show(&self, line: &str, parsed: Option<&LogLine>) {
        match parsed {
            Some(parsed) if self.is_terminal => print(&format!("{}\n", parsed.to_text(crate::cli::colour()))),
            _ => print(&format!("{line}\n")),
        }
    }
}

/// A reader that has gone away is no reason to end.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
