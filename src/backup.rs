//! `ccm backup`, `ccm restore` and `ccm events renew-log`: copies of SQLite databases, and a new id for the event log of a database that
//! was restored.

use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use platform::clock::Clock;
use platform::url::without_password;
use storage::{Copied, Database, sqlite_file};

use crate::cli::backup::{Backup, Databases, Restore};
use crate::console;
use crate::up::data_dir::DataDir;

/// The databases in a data directory. Tasks come first: the workers that they name are then in the later copy.
const FILES: [&str; 3] = ["tasks.db", "workers.db", "provider.db"];

pub(crate) async fn back_up(settings: &Backup) -> anyhow::Result<()> {
    let to = &settings.to;
    match file_of(&settings.databases)? {
        Target::File(file) => {
            let bytes = Copied::of(&file, to).await?.finish()?;
            console::print(&format!("{}  {bytes} bytes\n", to.display()))
        }
        Target::Postgres(url) => bail!(
            "PostgreSQL has a tool of its own for backups: pg_dump --format=custom --file={} --dbname='{url}'",
            to.display()
        ),
        Target::DataDirectory(data) => back_up_all(&data, to).await,
    }
}

/// Makes a directory that has its name once all the databases are in it, and on the disk.
async fn back_up_all(data: &Path, to: &Path) -> anyhow::Result<()> {
    // Without a slash at its end.
    let to: PathBuf = to.components().collect();
    let exists = |it: &Path| {
        anyhow::anyhow!("{} exists, and nothing is overwritten: choose another name", it.display())
    };
    if to.symlink_metadata().is_ok() {
        return Err(exists(&to));
    }
    let mut partial = to.clone().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let pairs = pairs(data, &partial)?;
    DirBuilder::new().mode(0o700).create(&partial).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => anyhow::anyhow!(
            "{} exists, of a backup that is being made or was interrupted: remove it or choose another name",
            partial.display()
        ),
        _ => anyhow::Error::new(error).context(format!("cannot create the directory {}", partial.display())),
    })?;
    let copied = copy_all(&pairs).await.and_then(|bytes| {
        if to.symlink_metadata().is_ok() {
            return Err(exists(&to));
        }
        std::fs::rename(&partial, &to).with_context(|| format!("cannot make {}", to.display()))?;
        Ok(bytes)
    });
    let copied = match copied {
        Ok(copied) => copied,
        Err(error) => {
            // Made above, by this command.
            let _ = std::fs::remove_dir_all(&partial);
            return Err(error);
        }
    };
    let parent = to.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = std::fs::File::open(parent).and_then(|it| it.sync_all());
    synced.with_context(|| format!("cannot write {}", parent.display()))?;
    for (name, bytes) in FILES.iter().zip(copied) {
        console::print(&format!("{}  {bytes} bytes\n", to.join(name).display()))?;
    }
    Ok(())
}

async fn copy_all(pairs: &[(PathBuf, PathBuf)]) -> anyhow::Result<Vec<u64>> {
    let mut bytes = Vec::new();
    for (from, to) in pairs {
        bytes.push(Copied::of(from, to).await?.finish()?);
    }
    Ok(bytes)
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

/// The databases of a directory, each with the file of the same name in the other one. It has all of them, or is none.
fn pairs(from: &Path, to: &Path) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    if let Some(missing) = FILES.iter().find(|it| !from.join(it).is_file()) {
        bail!("{} lacks {missing}: expected {}", from.display(), FILES.join(", "));
    }
    Ok(FILES.iter().map(|it| (from.join(it), to.join(it))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn directory(place: &Path) -> PathBuf {
        let data = place.join("data");
        std::fs::create_dir(&data).unwrap();
        for name in FILES {
            let url = format!("sqlite:{}", data.join(name).display());
            let none = storage::Migrations::default();
            Database::open(&url, &none).await.unwrap().close().await;
        }
        data
    }

    #[tokio::test]
    async fn a_backup_of_a_directory_is_whole_or_is_not_there() {
        let place = tempfile::tempdir().unwrap();
        let (data, to) = (directory(place.path()).await, place.path().join("backup"));
        back_up_all(&data, &to).await.unwrap();
        assert!(FILES.iter().all(|it| to.join(it).is_file()));
        let again = back_up_all(&data, &to).await.unwrap_err().to_string();
        assert!(again.contains("nothing is overwritten"), "{again}");
        std::fs::write(data.join("workers.db"), vec![b'x'; 8_192]).unwrap();
        let another = place.path().join("another");
        back_up_all(&data, &another).await.unwrap_err();
        assert!(!another.exists() && !place.path().join("another.partial").exists());
        std::fs::remove_file(to.join("workers.db")).unwrap();
        let lacking = pairs(&to, &data).unwrap_err().to_string();
        assert!(lacking.contains("lacks workers.db"), "{lacking}");
    }
}
