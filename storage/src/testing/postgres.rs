//! A private PostgreSQL server for this test process. Its files are in a temporary directory, it listens on a Unix socket
//! only, and it runs as an unprivileged user, because PostgreSQL refuses to run as root. It is stopped and removed when
//! this process ends, even if the process is killed.

use std::io::Write as _;
use std::net::SocketAddr;
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
    /// The name of its socket has this port, if it listens at one.
    port: Option<u16>,
    /// The shell that runs [`SERVER_SCRIPT`]; closing its standard input stops the server.
    script: Mutex<Child>,
}

/// Creates the cluster, or copies that of another server as its hot standby, and starts the server. Stops and starts it on
/// command until standard input ends, and then removes all files.
const SERVER_SCRIPT: &str = r#"
    programs=$1 directory=$2 data=$3 primary=$4
    shift 4
    # Small files of its log, so that they do not fill a small disk.
    small=
    [ -d "$directory/small" ] && small=--wal-segsize=1 && mkdir "$directory/small/tables"
    if [ -n "$primary" ]; then
        "$programs/pg_basebackup" --host="$primary" --username=ccm --pgdata="$data" --write-recovery-conf \
            --checkpoint=fast --no-sync
    else
        "$programs/initdb" --pgdata="$data" --username=ccm --auth=trust --encoding=UTF8 --no-sync $small
    fi >"$directory/initdb.log" 2>&1 || exit 1
    start() {
        "$programs/postgres" -D "$data" -k "$directory" -c listen_addresses= -c max_connections=300 -c fsync=off \
            "$@" >>"$directory/postgres.log" 2>&1 </dev/null &
        server=$!
    }
    stop() {
        kill -INT "$server" 2>/dev/null
        wait "$server"
    }
    start "$@"
    while read -r command; do
        case "$command" in
            stop) stop ;;
            start) start "$@" ;;
            fill) head -c 200000000 /dev/zero >"$directory/small/filler" 2>/dev/null ;;
            empty) rm "$directory/small/filler" ;;
        esac
    done
    stop
    rm -rf "$directory" 2>/dev/null
"#;

/// Mounts a file system of 96 MiB, which only this shell and its children see, and runs what follows as the user to whom the
/// directory belongs.
const SMALL_DISK_SCRIPT: &str = r#"
    directory=$1
    shift
    owner=$(stat --format %u "$directory")
    mkdir "$directory/small" && mount -t tmpfs -o size=96m,mode=777 tmpfs "$directory/small" || exit 1
    if [ "$owner" -eq 0 ]; then
        # Within a namespace of users, in which that of the tests is root.
        unshare --user --map-user=1000 "$@"
    else
        setpriv --reuid="$owner" --regid="$owner" --clear-groups "$@"
    fi
    umount "$directory/small"
    rm -rf "$directory"
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
        Self::start_as(Kind::Primary).await
    }

    /// Starts a separate server that listens at a TCP address, too.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    pub async fn start_at(address: SocketAddr) -> Self {
        Self::start_as(Kind::At(address)).await
    }

    /// Starts a hot standby of this server.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn standby(&self) -> Self {
        Self::start_as(Kind::StandbyOf(&self.directory)).await
    }

    /// Starts a separate server whose files are on a file system of 96 MiB, or beside it: for tables at
    /// [`Postgres::place_of_tables`].
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    pub async fn start_with_a_small_disk(are_its_files_there: bool) -> Self {
        Self::start_as(if are_its_files_there { Kind::OnSmallDisk } else { Kind::BesideSmallDisk }).await
    }

    /// A directory on the small file system, for a tablespace.
    #[must_use]
    pub fn place_of_tables(&self) -> String {
        self.directory.join("small/tables").display().to_string()
    }

    /// Fills the small file system.
    pub fn fill_disk(&self) {
        self.send("fill\n");
    }

    /// Makes room on the small file system again.
    pub fn empty_disk(&self) {
        self.send("empty\n");
    }

    async fn start_as(kind: Kind<'_>) -> Self {
        let programs = programs().expect("PostgreSQL is installed: tests/run does that");
        let directory =
            tempfile::Builder::new().prefix("ccm-postgres-").tempdir().expect("a directory").keep();
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o700)).expect("permissions");
        let is_root = super::is_root();
        let (mut listening, mut port) = (Vec::new(), None);
        if let Kind::At(address) = kind {
            listening =
                vec![format!("--listen-addresses={}", address.ip()), format!("--port={}", address.port())];
            port = Some(address.port());
        }
        let has_small_disk = matches!(kind, Kind::OnSmallDisk | Kind::BesideSmallDisk);
        let mut script = Command::new(if has_small_disk { "unshare" } else { "sh" });
        if has_small_disk {
            let user: &[&str] = if is_root { &[] } else { &["--map-root-user"] };
            script.arg("--mount").args(user).args(["sh", "-c", SMALL_DISK_SCRIPT, "small-disk"]);
            script.arg(&directory).arg("sh");
        }
        script
            .args(["-c", SERVER_SCRIPT, "server-script"])
            .arg(&programs)
            .arg(&directory)
            .arg(directory.join(if matches!(kind, Kind::OnSmallDisk) { "small/data" } else { "data" }))
            .arg(if let Kind::StandbyOf(primary) = kind { primary } else { Path::new("") })
            .args(listening)
            .current_dir("/")
            .stdin(Stdio::piped());
        // Ctrl-C in the terminal must not stop the server before the tests.
        script.process_group(0);
        if is_root {
            chown(&directory, Some(NOBODY), Some(NOBODY)).expect("the directory can be given to nobody");
            // Who mounts becomes this user by itself.
            if !has_small_disk {
                script.uid(NOBODY).gid(NOBODY);
            }
        }
        let server = Self { directory, port, script: Mutex::new(script.spawn().expect("sh runs")) };
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
        let port = self.port.map_or_else(String::new, |it| format!(":{it}"));
        format!("postgres://ccm@{socket}{port}/{database}")
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

/// What a server is.
#[derive(Clone, Copy)]
enum Kind<'a> {
    Primary,
    /// A hot standby of the server whose files are in this directory.
    StandbyOf(&'a Path),
    OnSmallDisk,
    BesideSmallDisk,
    At(SocketAddr),
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
