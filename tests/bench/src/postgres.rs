//! A PostgreSQL of the bench's own, as `initdb` makes it: with fsync. It ends with the bench, however that ends.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use sqlx::{Connection as _, PgConnection};

/// Debian's `nobody` and `nogroup`: the server refuses root.
const NOBODY: u32 = 65_534;

/// Runs the server, with settings from the third argument on, until standard input ends.
const KEEPER: &str = r#"
    programs=$1 directory=$2
    shift 2
    "$programs/initdb" --pgdata="$directory/data" --username=ccm --auth=trust --encoding=UTF8 \
        >"$directory/initdb.log" 2>&1 || exit 1
    "$programs/postgres" -D "$directory/data" -k "$directory" -c listen_addresses= "$@" \
        >"$directory/postgres.log" 2>&1 </dev/null &
    server=$!
    cat >/dev/null
    kill -INT "$server" 2>/dev/null
    wait "$server"
    rm -rf "$directory/data"
"#;

pub(crate) struct Postgres {
    directory: PathBuf,
    keeper: std::process::Child,
}

impl Postgres {
    /// A server with its cluster under `directory`.
    pub(crate) async fn start(directory: &Path) -> anyhow::Result<Self> {
        Self::start_with(directory, &[]).await
    }

    /// The same with settings that `initdb` does not make, `name=value` each.
    pub(crate) async fn start_with(directory: &Path, settings: &[&str]) -> anyhow::Result<Self> {
        let programs = programs().context("PostgreSQL is not installed: tests/run installs it")?;
        let directory = directory.join("postgres");
        std::fs::create_dir_all(&directory)?;
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o700))?;
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "keeper"]).arg(&programs).arg(&directory);
        keeper.args(settings.iter().flat_map(|it| ["-c", it]));
        keeper.current_dir("/").stdin(Stdio::piped()).process_group(0);
        if is_root() {
            chown(&directory, Some(NOBODY), Some(NOBODY))?;
            keeper.uid(NOBODY).gid(NOBODY);
        }
        let server = Self { directory, keeper: keeper.spawn().context("sh does not run")? };
        let started = Instant::now();
        while let Err(error) = PgConnection::connect(&server.url("postgres")).await {
            if started.elapsed() > Duration::from_mins(1) {
                let log = |name| std::fs::read_to_string(server.directory.join(name)).unwrap_or_default();
                bail!("PostgreSQL does not start: {error}\n{}{}", log("initdb.log"), log("postgres.log"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }

    /// A new, empty database.
    pub(crate) async fn create(&self, name: &str) -> anyhow::Result<String> {
        let mut connection = PgConnection::connect(&self.url("postgres")).await?;
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE \"{name}\""));
        sqlx::query(create).execute(&mut connection).await?;
        Ok(self.url(name))
    }

    /// A client program of the server, such as `pgbench`, for a database.
    pub(crate) fn client(&self, program: &str, database: &str) -> anyhow::Result<tokio::process::Command> {
        let programs = programs().context("PostgreSQL is not installed: tests/run installs it")?;
        let mut command = tokio::process::Command::new(programs.join(program));
        command
            .env("PGHOST", &self.directory)
            .env("PGUSER", "ccm")
            .env("PGDATABASE", database)
            .kill_on_drop(true);
        Ok(command)
    }

    pub(crate) fn url(&self, database: &str) -> String {
        let socket = self.directory.display().to_string().replace('/', "%2F");
        format!("postgres://ccm@{socket}/{database}")
    }

    /// Ends the server.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        drop(self.keeper.stdin.take());
        self.keeper.wait()?;
        Ok(())
    }
}

/// `postgres --version`, when it is installed.
pub(crate) fn version() -> Option<String> {
    let output = Command::new(programs()?.join("postgres")).arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().replace("postgres (PostgreSQL) ", ""))
}

/// The directory of the newest installed server's programs.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|it| Some(it.ok()?.path()))
        .filter(|it| it.join("bin/initdb").exists())
        .filter_map(|it| Some((it.file_name()?.to_str()?.parse().ok()?, it.join("bin"))))
        .collect();
    found.sort();
    found.pop().map(|it| it.1)
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}
