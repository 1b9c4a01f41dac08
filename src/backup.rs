//! `ccm backup`, `ccm restore` and `ccm events renew-log`: copies of SQLite databases, and a new id for the event log of a database that
//! was restored.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use platform::clock::Clock;
use storage::{Copied, Database, sqlite_file, without_password};

use crate::cli::backup::{Backup, Databases, Restore};
use crate::console;
use crate::up::data_dir::DataDir;

/// The databases in a data directory. Tasks come first: the workers that they name are then in the later copy.
const FILES: [&str; 3] = ["tasks.db", "workers.db", "provider.db"];

pub(crate) async fn back_up(settings: &Backup) -> anyhow::Result<()> {
    let to = &settings.to;
    let (from, is_directory) = match file_of(&settings.databases)? {
        Target::File(file) => (vec![(file, to.clone())], false),
        Target::Postgres(url) => bail!(
            "PostgreSQL has a tool of its own for backups: pg_dump --format=custom --file={} --dbname='{url}'",
            to.display()
        ),
        Target::DataDirectory(data) => (pairs(&data, to)?, true),
    };
    if is_directory {
        DirBuilder::new().mode(0o700).create(to).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => {
                anyhow::anyhow!("{} exists, and nothing is overwritten: choose another name", to.display())
            }
            _ => anyhow::Error::new(error).context(format!("cannot create the directory {}", to.display())),
        })?;
    }
    for (from, to) in from {
        let bytes = Copied::of(&from, &to).await?.finish()?;
        console::print(&format!("{}  {bytes} bytes\n", to.display()))?;
    }
    Ok(())
}

pub(crate) async fn restore(settings: &Restore) -> anyhow::Result<()> {
    let from = &settings.from;
    let (pairs, _locked) = match file_of(&settings.databases)? {
        Target::File(file) => (vec![(from.clone(), file)], None),
        Target::Postgres(url) => bail!(
            "PostgreSQL has tools of its own to restore: make the database anew with dropdb and createdb (docs/operations.md), then \
             pg_restore --exit-on-error --single-transaction --no-owner --dbname='{url}' {}, and then ccm events renew-log \
             --database '{url}'",
            from.display()
        ),
        Target::DataDirectory(data) => {
            let pairs = pairs(from, &data)?;
            (pairs, Some(DataDir::lock(&data)?))
        }
    };
    // All are copied and checked before the first one gets its name.
    let mut complete = Vec::new();
    for (from, to) in &pairs {
        let copied = Copied::of(from, to).await?;
        let id = renew(&format!("sqlite:{}", copied.path().display())).await?;
        complete.push((copied, to, id));
    }
    for (copied, to, id) in complete {
        let bytes = copied.finish()?;
        let log = id.map(|it| format!(", event log {it}")).unwrap_or_default();
        console::print(&format!("{}  {bytes} bytes{log}\n", to.display()))?;
    }
    Ok(())
}

pub(crate) async fn renew_log(url: &str) -> anyhow::Result<()> {
    let Some(id) = renew(url).await? else { bail!("the database has no event log") };
    console::print(&format!("event log {id}\n"))
}

async fn renew(url: &str) -> anyhow::Result<Option<String>> {
    let database = Database::open_existing(url).await?;
    let renewed = ::events::renew(&database, &Clock::system()).await;
    database.close().await;
    Ok(renewed.context("cannot give the event log a new id")?.map(|it| it.to_string()))
}

/// What a command is about.
enum Target {
    DataDirectory(PathBuf),
    File(PathBuf),
    /// The URL, without its password.
    Postgres(String),
}

fn file_of(databases: &Databases) -> anyhow::Result<Target> {
    let Some(url) = &databases.database else {
        return Ok(Target::DataDirectory(databases.data.data_dir.clone()));
    };
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        // Other programs take the password from a file or a variable; a command line is seen by every user of the machine.
        return Ok(Target::Postgres(without_password(url)));
    }
    match sqlite_file(url) {
        Some(file) => Ok(Target::File(file)),
        None => bail!("{:?} is not a database URL: expected sqlite:PATH", without_password(url)),
    }
}

/// The databases that a directory has, each with the file of the same name in the other one.
fn pairs(from: &Path, to: &Path) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    let pairs = FILES.map(|it| (from.join(it), to.join(it)));
    let pairs: Vec<_> = pairs.into_iter().filter(|(from, _)| from.is_file()).collect();
    if pairs.is_empty() {
        bail!("{} has no database: expected {}", from.display(), FILES.join(", "));
    }
    Ok(pairs)
}
