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
    /// The lines that wait for the banner; `None` once it stands.
    held: Arc<Mutex<Option<Vec<String>>>>,
}

impl Output {
    /// Holds lines back until [`Output::release`].
    pub(super) fn held() -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        Self { is_terminal, held: Arc::new(Mutex::new(Some(Vec::new()))) }
    }

    /// Prints the banner, then what was held back; from now on lines are printed as they come.
    pub(super) fn release(&self, banner: &str) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        print(banner);
        for line in held.into_iter().flatten() {
            print(&format!("{line}\n"));
        }
    }

    /// A line of a child.
    pub(super) fn log(&self, line: &str, parsed: Option<&LogLine>) {
        let shown = match parsed {
            Some(parsed) if self.is_terminal => parsed.to_text(true),
            _ => line.to_owned(),
        };
        match &mut *self.held.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(held) if held.len() < HELD => held.push(shown),
            Some(_) => {}
            None => print(&format!("{shown}\n")),
        }
    }
}

/// A reader that has gone away is no reason to end.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
