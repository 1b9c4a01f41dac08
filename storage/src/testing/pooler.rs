//! A real PgBouncer, from Debian's package, which `tests/run` extracts.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::is_root;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/pgbouncer/usr/sbin/pgbouncer");
const LIBRARIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/pgbouncer/usr/lib/");
/// User and group id of `nobody` and `nogroup` on Debian.
const NOBODY: u32 = 65_534;
/// Names a file of the pooler's own socket directory; nothing listens on a TCP port.
const PORT: u16 = 6_432;

/// A pooler in front of a database. It ends when dropped.
pub struct Pooler {
    program: Child,
    directory: TempDir,
    /// Name of the database.
    pub database: String,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Pooler {
    /// Starts a pooler with these lines of its configuration in front of the database at a URL of [`super::postgres`].
    ///
    /// # Panics
    /// If PgBouncer is not installed or does not start.
    pub async fn start(url: &str, settings: &str) -> Self {
        let (server, database) =
            url.strip_prefix("postgres://ccm@").and_then(|it| it.split_once('/')).expect("its URL");
        let directory = tempfile::tempdir().expect("a directory");
        let (path, file) = (directory.path(), directory.path().join("pgbouncer.ini"));
        let sockets = path.display();
        let server = server.replace("%2F", "/");
        let text = format!(
            "[databases]\n* = host={server} user=ccm\n[pgbouncer]\nlisten_addr=\nlisten_port={PORT}\n\
             unix_socket_dir={sockets}\nauth_type=any\n{settings}\n"
        );
        std::fs::write(&file, text).expect("a file");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
        let mut program = Command::new(PROGRAM);
        program.arg("-q").arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        program.env("LD_LIBRARY_PATH", format!("{LIBRARIES}{}-linux-gnu", std::env::consts::ARCH));
        if is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("the directory can be given to nobody");
            program.uid(NOBODY).gid(NOBODY);
        }
        let program = program.spawn().expect("tests/run installs it");
        let pooler = Self { program, directory, database: database.to_owned() };
        let (socket, start) = (pooler.socket(), Instant::now());
        while !socket.exists() {
            assert!(start.elapsed() < Duration::from_mins(1), "PgBouncer does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        pooler
    }

    /// The URL of the database behind the pooler.
    #[must_use]
    pub fn url(&self) -> String {
        let directory = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://ccm@{directory}:{PORT}/{}", self.database)
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join(format!(".s.PGSQL.{PORT}"))
    }
}
