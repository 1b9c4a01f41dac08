//! What commands print. `println!` and `eprintln!` panic when the disk is full or the reader of a pipe has gone, so they are not
//! used. `up` writes the lines of its child processes by itself: it goes on when they cannot be written.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

use anyhow::Context as _;

/// Writes to standard output. A reader that closes the pipe early, such as `head`, is not an error.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// The outcome of a write to standard output, for a command that writes by itself.
pub(crate) fn written(outcome: std::io::Result<()>) -> anyhow::Result<()> {
    match outcome {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error, after the name of the program. There is nowhere to tell of a failure.
pub(crate) fn report(message: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "ccm: {message}");
}
