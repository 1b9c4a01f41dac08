//! Writes log lines to standard output, and audit lines there or to their file, on background threads. Logging appends a
//! line to a bounded buffer; if the reader of standard output is too slow, lines are dropped and counted instead of blocking
//! a request. Room in the buffer is kept for audit lines, which are dropped last. tracing-appender wakes its thread for each
//! line, which cost more than all spans of a request together.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

use super::metrics;

/// Maximum size of the buffer for log lines, in bytes.
const MAX_BUFFERED: usize = 4 * 1024 * 1024;
/// Size of the part of the buffer that only audit lines use, in bytes: some 10,000 lines.
const AUDIT_RESERVE: usize = 4 * 1024 * 1024;
/// The size that an empty buffer keeps, in bytes: that of the lines of a second at 1,000 requests a second.
const MAX_KEPT: usize = 512 * 1024;
/// How long the thread collects lines before it writes them.
const BATCH_DELAY: Duration = Duration::from_millis(5);
/// Timeout for writing the last lines at shutdown.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

/// Accepts log lines. Clones share the buffer.
#[derive(Clone, Debug, Default)]
pub(super) struct LogWriter {
    shared: Arc<Shared>,
    /// Whether the lines are audit lines.
    is_audit: bool,
}

#[derive(Debug, Default)]
struct Shared {
    buffer: Mutex<Buffer>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct Buffer {
    lines: Vec<u8>,
    /// How many of the lines are audit lines.
    audit_lines: u64,
    dropped: u64,
    audit_lines_dropped: u64,
    closed: bool,
}

/// Writes the remaining lines when dropped, for at most [`FLUSH_TIMEOUT`].
pub(super) struct LogGuard {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

impl LogWriter {
    /// Starts the thread that writes the lines to `out`.
    pub(super) fn start(out: impl Write + Send + 'static) -> (Self, LogGuard) {
        let writer = Self::default();
        let shared = writer.shared.clone();
        let thread = std::thread::spawn(move || write_lines(&shared, out));
        let guard = LogGuard { shared: writer.shared.clone(), thread };
        (writer, guard)
    }

    /// A writer of audit lines to the same buffer.
    pub(super) fn for_audit(&self) -> Self {
        Self { shared: self.shared.clone(), is_audit: true }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

impl Write for &LogWriter {
    /// Buffers the whole line or drops it; never writes a part.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut buffer = self.shared.lock();
        let reserve = if self.is_audit { AUDIT_RESERVE } else { 0 };
        if buffer.lines.len() + line.len() > MAX_BUFFERED + reserve {
            if self.is_audit {
                buffer.audit_lines_dropped += 1;
                metrics::audit_lines_lost(1);
            } else {
                buffer.dropped += 1;
                metrics::log_line_dropped();
            }
        } else {
            let was_empty = buffer.lines.is_empty();
            buffer.lines.extend_from_slice(line);
            buffer.audit_lines += u64::from(self.is_audit);
            if was_empty {
                self.shared.filled.notify_one();
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_lines(shared: &Shared, mut out: impl Write) {
    let mut failed = false;
    // The lines that are being written; their buffer is used again.
    let mut lines = Vec::new();
    loop {
        let mut buffer = shared.lock();
        while buffer.lines.is_empty() && !buffer.closed {
            buffer = shared.filled.wait(buffer).unwrap_or_else(PoisonError::into_inner);
        }
        if !buffer.closed {
            drop(buffer);
            std::thread::sleep(BATCH_DELAY);
            buffer = shared.lock();
        }
        std::mem::swap(&mut buffer.lines, &mut lines);
        let closed = buffer.closed;
        let audit_lines = std::mem::take(&mut buffer.audit_lines);
        let dropped = std::mem::take(&mut buffer.dropped);
        let audit_lines_dropped = std::mem::take(&mut buffer.audit_lines_dropped);
        drop(buffer);
        // If the reader has closed its end, later lines are discarded and the process continues.
        if let Err(error) = out.write_all(&lines).and_then(|()| out.flush()) {
            metrics::audit_lines_lost(audit_lines);
            if !std::mem::replace(&mut failed, true) {
                let _ = writeln!(
                    io::stderr(),
                    "ccm: log lines and audit lines are lost: standard output: {error}"
                );
            }
        }
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "log lines were dropped because standard output was not read fast enough"
            );
        }
        if audit_lines_dropped > 0 {
            tracing::error!(
                dropped = audit_lines_dropped,
                "audit lines were lost because they were not written fast enough"
            );
        }
        if closed && lines.is_empty() {
            return;
        }
        lines.clear();
        lines.shrink_to(MAX_KEPT);
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.filled.notify_one();
        let begun = Instant::now();
        while !self.thread.is_finished() {
            if begun.elapsed() >= FLUSH_TIMEOUT {
                // For the log lines that wait for a reader, nobody will read this one, either.
                tracing::error!("lines of the log or of the audit log were lost at the end of the process");
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Tells when bytes come, and passes them to a channel once it is allowed to.
    struct Slow {
        reached: Sender<()>,
        allowed: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.reached.send(());
            let _ = self.allowed.recv();
            let _ = self.written.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_last_lines_are_written_before_the_end() {
        let (allow, allowed) = channel();
        let ((reached, _reached), (written, lines)) = (channel(), channel());
        let (writer, guard) = LogWriter::start(Slow { reached, allowed, written });
        (0..9).for_each(|_| allow.send(()).unwrap());
        (&writer).write_all(b"first\n").unwrap();
        (&writer).write_all(b"last\n").unwrap();
        drop(guard);
        assert_eq!(lines.try_iter().collect::<Vec<_>>().concat(), b"first\nlast\n");
    }

    #[test]
    fn a_slow_reader_blocks_nobody_and_whole_lines_are_dropped() {
        let (allow, allowed) = channel();
        let ((reached, stalled), (written, _lines)) = (channel(), channel());
        let (writer, guard) = LogWriter::start(Slow { reached, allowed, written });
        let line = [b'x'; 1024];
        // From here on the thread is stalled in a write: nobody takes lines out of the buffer.
        (&writer).write_all(&line).unwrap();
        stalled.recv().unwrap();
        for _ in 0..(2 * MAX_BUFFERED / line.len() + 2) {
            (&writer).write_all(&line).unwrap();
        }
        let (buffered, dropped) = {
            let buffer = writer.shared.lock();
            (buffer.lines.len(), buffer.dropped)
        };
        assert!(
            buffered <= MAX_BUFFERED && buffered % line.len() == 0 && dropped > 0,
            "{buffered} {dropped}"
        );
        // The part for audit lines is still free, and bounded, too.
        let audit = writer.for_audit();
        let lost = metrics::audit_lines_lost(0);
        for _ in 0..(AUDIT_RESERVE / line.len() + 9) {
            (&audit).write_all(&line).unwrap();
        }
        let buffer = writer.shared.lock();
        assert_eq!(buffer.lines.len(), MAX_BUFFERED + AUDIT_RESERVE);
        assert_eq!((buffer.dropped, buffer.audit_lines_dropped), (dropped, 9));
        assert!(metrics::audit_lines_lost(0) >= lost + 9);
        drop(buffer);
        drop(allow);
        drop(guard);
    }
}
