//! Where audit lines are written: to standard output, or to a file of their own, which log rotation may rename or truncate
//! at any time.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::log_writer::{LogGuard, LogWriter};
use super::{LogFormat, Process, TelemetryError, audit, log_format};
use platform::clock::Clock;

/// Pause after a line could not be written.
const RETRY: Duration = Duration::from_millis(200);

/// The place of audit lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditLog {
    /// Standard output, between the log lines.
    Stdout,
    /// A file, to which processes append.
    File(PathBuf),
}

impl FromStr for AuditLog {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "" => Err("must be `stdout` or the path of a file"),
            "stdout" => Ok(Self::Stdout),
            path => Ok(Self::File(path.into())),
        }
    }
}

/// The layer that writes audit lines, whatever `RUST_LOG` says. `output` writes to standard output.
pub(super) fn layer<S>(
    process: &Process,
    clock: &Clock,
    output: &LogWriter,
) -> Result<(impl Layer<S> + Send + Sync + use<S>, Option<LogGuard>), TelemetryError>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let (writer, format, guard) = match &process.audit_log {
        AuditLog::Stdout => (output.for_audit(), process.log_format, None),
        AuditLog::File(path) => {
            let file = AuditFile::open(path.clone());
            let file =
                file.map_err(|source| TelemetryError::AuditLog { file: path.display().to_string(), source })?;
            let (writer, guard) = LogWriter::start(file);
            (writer.for_audit(), LogFormat::Json, Some(guard))
        }
    };
    let is_audit = filter_fn(|it| it.is_event() && it.target() == audit::TARGET);
    let layer = log_format::layer(process.service, format, clock.clone(), writer).with_filter(is_audit);
    Ok((layer, guard))
}

/// Appends to a file. A line that cannot be written, because the disk is full for example, is written again and again; it
/// blocks the thread that writes, and no request.
struct AuditFile {
    path: PathBuf,
    file: File,
    failing: bool,
}

impl AuditFile {
    fn open(path: PathBuf) -> io::Result<Self> {
        Ok(Self { file: open(&path)?, path, failing: false })
    }

    /// Writes what fits, to a new file if the one at the path was renamed or removed.
    fn append(&mut self, lines: &[u8]) -> io::Result<usize> {
        if !is_at(&self.file, &self.path) {
            self.file = open(&self.path)?;
        }
        match self.file.write(lines)? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            written => Ok(written),
        }
    }
}

impl Write for AuditFile {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        loop {
            match self.append(lines) {
                Ok(written) => {
                    if std::mem::take(&mut self.failing) {
                        tracing::info!("the audit log can be written again");
                    }
                    return Ok(written);
                }
                Err(error) => {
                    if !std::mem::replace(&mut self.failing, true) {
                        let file = self.path.display();
                        tracing::error!(%error, %file, "the audit log cannot be written; its lines wait in memory");
                    }
                    std::thread::sleep(RETRY);
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a file to append to it; a new one has mode 0600.
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// Whether the file is still the one at the path.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(own), Ok(there)) = (file.metadata(), path.metadata()) else { return false };
    (own.dev(), own.ino()) == (there.dev(), there.ino())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_rotated_file_is_followed_by_a_new_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.log");
        let mut file = AuditFile::open(path.clone()).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        file.write_all(b"1\n").unwrap();
        // logrotate with `copytruncate`.
        OpenOptions::new().write(true).truncate(true).open(&path).unwrap();
        file.write_all(b"2\n").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"2\n");
        // logrotate without it.
        let renamed = directory.path().join("audit.log.1");
        std::fs::rename(&path, &renamed).unwrap();
        file.write_all(b"3\n").unwrap();
        assert_eq!(std::fs::read(&renamed).unwrap(), b"2\n");
        assert_eq!(std::fs::read(&path).unwrap(), b"3\n");
    }

    #[test]
    fn lines_wait_while_the_file_cannot_be_written() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("logs");
        std::fs::create_dir(&place).unwrap();
        let path = place.join("audit.log");
        let (writer, guard) = LogWriter::start(AuditFile::open(path.clone()).unwrap());
        let moved = directory.path().join("elsewhere");
        std::fs::rename(&place, &moved).unwrap();
        (&writer.for_audit()).write_all(b"kept\n").unwrap();
        std::fs::rename(&moved, &place).unwrap();
        drop(guard);
        // The end of a process waits for less than a second; the thread goes on.
        let begun = Instant::now();
        while std::fs::read(&path).unwrap() != b"kept\n" && begun.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(std::fs::read(&path).unwrap(), b"kept\n");
    }
}
