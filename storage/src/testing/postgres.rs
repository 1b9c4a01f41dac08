//! A private PostgreSQL server for this test process. Its files are in a temporary directory, it listens on a Unix socket
//! only, and it runs as an unprivileged user, because PostgreSQL refuses to run as root. It is stopped and removed when
//! this process ends, even if the process is killed.

use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};
use tokio::sync::OnceCell;

/// User and group id of `nobody` and `nogroup` on Debian.
const NOBODY: u32 = 65_534;
/// How long the server may take to start.
const START: Duration = Duration::from_mins(1);

static SHARED: OnceCell<Postgres> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A running PostgreSQL server.
pub struct Postgres {
    directory: PathBuf,
    /// The shell that runs [`SERVER_SCRIPT`]; closing its standard input stops the server.
    script: Mutex<Child>,
}

/// Creates the cluster and starts the server. Stops and starts it on command until standard input ends, and then removes
/// all files.
const SERVER_SCRIPT: &str = r#"
    "$1/initdb" --pgdata="$2/data" --username=ccm --auth=trust --encoding=UTF8 --no-sync >"$2/initdb.log" 2>&1 || exit 1
    start() {
        "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 -c fsync=off \
            >>"$2/postgres.log" 2>&1 </dev/null &
        server=$!
    }
    stop() {
        kill -INT "$server" 2>/dev/null
        wait "$server"
    }
    start "$1" "$2"
    while read -r command; do
        case "$command" in
            stop) stop ;;
            start) start "$1" "$2" ;;
        esac
    done
    stop
    rm -rf "$2"
"#;

impl Postgres {
    /// Returns the shared server of this process.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    pub async fn shared() -> &'static Self {
        SHARED.get_or_init(Self::start).await
    }

    /// Starts a separate server.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    pub async fn start() -> Self {
        let programs = programs().expect("PostgreSQL is installed: tests/run does that");
        let directory =
            tempfile::Builder::new().prefix("ccm-postgres-").tempdir().expect("a directory").keep();
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o700)).expect("permissions");
        let mut script = Command::new("sh");
        script
            .args(["-c", SERVER_SCRIPT, "server-script"])
            .arg(&programs)
            .arg(&directory)
            .current_dir("/")
            .stdin(Stdio::piped());
        // Ctrl-C in the terminal must not stop the server before the tests.
        script.process_group(0);
        if super::is_root() {
            chown(&directory, Some(NOBODY), Some(NOBODY)).expect("the directory can be given to nobody");
            script.uid(NOBODY).gid(NOBODY);
        }
        let server = Self { directory, script: Mutex::new(script.spawn().expect("sh runs")) };
        server.wait_until_up().await;
        server
    }

    /// Stops the server, which closes its connections.
    ///
    /// # Panics
    /// If the server does not stop.
    pub async fn stop(&self) {
        self.send("stop\n");
        let start = Instant::now();
        while PgConnection::connect(&self.url("postgres")).await.is_ok() {
            assert!(start.elapsed() < START, "PostgreSQL does not stop");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Starts the stopped server again, with its data.
    ///
    /// # Panics
    /// If the server does not start.
    pub async fn start_again(&self) {
        self.send("start\n");
        self.wait_until_up().await;
    }

    fn send(&self, command: &str) {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let input = script.stdin.as_mut().expect("a pipe");
        input.write_all(command.as_bytes()).expect("the script reads commands");
    }

    async fn wait_until_up(&self) {
        let start = Instant::now();
        loop {
            match PgConnection::connect(&self.url("postgres")).await {
                Ok(connection) => return connection.close().await.unwrap_or_default(),
                Err(error) if start.elapsed() > START => {
                    let log = |name| std::fs::read_to_string(self.directory.join(name)).unwrap_or_default();
                    panic!(
                        "PostgreSQL does not start: {error}\n{}{}",
                        log("initdb.log"),
                        log("postgres.log")
                    );
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Creates an empty database and returns its URL.
    ///
    /// # Panics
    /// If the database cannot be created.
    pub async fn create_database(&self) -> String {
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("postgres")).await.expect("the server answers");
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&mut connection).await.expect("a database is made");
        self.url(&name)
    }

    /// The URL of a database on this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let socket = self.directory.display().to_string().replace('/', "%2F");
        format!("postgres://ccm@{socket}/{database}")
    }
}

impl Postgres {
    /// A program of the installed PostgreSQL, such as `pg_dump`.
    ///
    /// # Panics
    /// If PostgreSQL is not installed.
    #[must_use]
    pub fn program(name: &str) -> PathBuf {
        programs().expect("PostgreSQL is installed: tests/run does that").join(name)
    }
}

/// Returns the directory with the programs of the newest installed PostgreSQL.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|it| Some(it.ok()?.path().join("bin")))
        .filter(|it| it.join("initdb").exists())
        .collect();
    found.sort_by_key(|it| version(it));
    found.pop()
}

fn version(programs: &Path) -> u32 {
    programs.parent().and_then(Path::file_name).and_then(|it| it.to_str()?.parse().ok()).unwrap_or(0)
}
