//! A real PgBouncer, from Debian's package, which `tests/run` extracts.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use crate::{Database, Migrations, testing};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/pgbouncer/usr/sbin/pgbouncer");
const LIBRARIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/pgbouncer/usr/lib/");
/// User and group id of `nobody` and `nogroup` on Debian.
const NOBODY: u32 = 65_534;
/// Names a file of the pooler's own socket directory; nothing listens on a TCP port.
const PORT: u16 = 6_432;

/// A pooler in front of a fresh database.
struct Pooler {
    program: Child,
    directory: TempDir,
    database: String,
    /// URL of the database, past the pooler.
    url: String,
    settings: String,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

impl Pooler {
    async fn start(settings: &str) -> Self {
        Self::of(testing::postgres().await.url, settings).await
    }

    /// Starts a pooler with the same settings in front of the same database, whose sessions are new.
    async fn again(&self) -> Self {
        Self::of(self.url.clone(), &self.settings).await
    }

    async fn of(url: String, settings: &str) -> Self {
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
        if testing::is_root() {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("the directory can be given to nobody");
            program.uid(NOBODY).gid(NOBODY);
        }
        let program = program.spawn().expect("tests/run installs it");
        let pooler =
            Self { program, directory, database: database.to_owned(), settings: settings.to_owned(), url };
        let (socket, start) = (path_of_socket(&pooler), Instant::now());
        while !socket.exists() {
            assert!(start.elapsed() < Duration::from_mins(1), "PgBouncer does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        pooler
    }

    async fn refusal(&self) -> String {
        let directory = self.directory.path().display().to_string().replace('/', "%2F");
        let url = format!("postgres://ccm@{directory}:{PORT}/{}", self.database);
        let refused = Database::open(&url, &Migrations::default()).await.expect_err("it is refused");
        let causes = std::iter::successors(Some(&refused as &dyn std::error::Error), |it| it.source());
        causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}

fn path_of_socket(pooler: &Pooler) -> std::path::PathBuf {
    pooler.directory.path().join(format!(".s.PGSQL.{PORT}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn pgbouncer_is_refused_with_a_sentence_however_it_is_set_up() {
    let plain = Pooler::start("pool_mode=transaction").await.refusal().await;
    assert!(plain.contains("refuses the settings of a connection"), "{plain}");
    // Its manual's advice for drivers that send such parameters.
    let ignoring = "pool_mode=session\nignore_startup_parameters=options,extra_float_digits";
    let dropped = Pooler::start(ignoring).await.refusal().await;
    assert!(dropped.contains("drops the settings of a connection"), "{dropped}");
    let transactions = Pooler::start(&ignoring.replace("session", "transaction")).await;
    let dropped = transactions.refusal().await;
    assert!(dropped.contains("drops the settings of a connection"), "{dropped}");
    // With settings of the database that hide this, too.
    let hidden = format!("ALTER DATABASE {} SET lock_timeout = '3s'", transactions.database);
    let mut connection = PgConnection::connect(&transactions.url).await.expect("a connection");
    sqlx::raw_sql(sqlx::AssertSqlSafe(hidden)).execute(&mut connection).await.expect("a setting");
    let pooler = transactions.again().await;
    let shared = pooler.refusal().await;
    assert!(shared.contains("gives the same session of PostgreSQL to several connections"), "{shared}");
}
