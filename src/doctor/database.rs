//! Whether the databases can be used as the services use them. Nothing in them is changed.

use platform::causes::chain;
use platform::clock::Clock;
use platform::url::without_password;
use service::DatabaseConfig;
use storage::{Details, Examination, FileDetails, ServerDetails, StorageError, sqlite_file};
use tokio::sync::Mutex;

use super::clocks::Reading;
use super::finding::{Check, Finding, or_ok};
use crate::cli::doctor::{DEFAULT_DATABASES, Doctor};

/// With less, it is time to make room.
const LITTLE: u64 = 256 * 1024 * 1024;

/// One of the three databases.
#[derive(Clone, Copy)]
pub(super) struct Database {
    check: Check,
    variable: &'static str,
    service: &'static str,
    file: &'static str,
}

pub(super) const TASKS: Database = Database {
    check: Check::TaskDatabase,
    variable: "CCM_TASK_DATABASE",
    service: task_service::NAME,
    file: "tasks.db",
};
pub(super) const WORKERS: Database = Database {
    check: Check::WorkerDatabase,
    variable: "CCM_WORKER_DATABASE",
    service: worker_service::NAME,
    file: "workers.db",
};
pub(super) const PROVIDER: Database = Database {
    check: Check::ProviderDatabase,
    variable: "CCM_SIMULATED_DATABASE",
    service: worker_service::NAME,
    file: "provider.db",
};

impl Database {
    /// Returns what was found, and what the clock of the database server says. Who holds `turn` has connections to a database
    /// server: the databases may have a user in common, who may have few.
    pub(super) async fn examine(
        self,
        settings: &Doctor,
        clock: &Clock,
        turn: &Mutex<()>,
    ) -> (Option<Reading>, Vec<Finding>) {
        let installation = &settings.installation;
        let (url, default) = match self.check {
            Check::TaskDatabase => (&installation.task_database, DEFAULT_DATABASES[0]),
            Check::WorkerDatabase => (&installation.worker_database, DEFAULT_DATABASES[1]),
            _ => (&installation.simulated_database, DEFAULT_DATABASES[2]),
        };
        let is_set = url != default;
        let of_data = settings.connection.data.data_dir.join(self.file);
        let url = if is_set { url.clone() } else { format!("sqlite:{}", of_data.display()) };
        let config = installation.pools.database(url);
        let turn = if config.url.starts_with("postgres") { Some(turn.lock().await) } else { None };
        let examined = match self.check {
            Check::TaskDatabase => task_service::examine(&config, clock).await,
            Check::WorkerDatabase => worker_service::examine(&config, clock).await,
            _ => worker_service::examine_simulated(&config, clock).await,
        };
        drop(turn);
        match examined {
            Ok(Some(seen)) => {
                let reading = match &seen.details {
                    Details::Postgres(of) => {
                        let whose = format!("the database server {}", server_of(&config.url));
                        Some(Reading { whose, ahead: of.clock_ahead })
                    }
                    Details::Sqlite(_) => None,
                };
                (reading, self.judge(&seen, &config))
            }
            Ok(None) => (None, vec![self.missing(&config.url, is_set)]),
            Err(error) if error.is_lack_of_connections() => (None, vec![self.full(&error)]),
            Err(error) => (None, vec![self.unusable(&error)]),
        }
    }

    fn missing(self, url: &str, is_set: bool) -> Finding {
        let file = sqlite_file(url).unwrap_or_default();
        let (file, variable) = (file.display(), self.variable);
        if is_set {
            let advice = format!("start {}, which makes it, or correct {variable}", self.service);
            return Finding::warning(self.check, format!("there is no file {file}"), advice);
        }
        Finding::not_checked(
            self.check,
            format!("{variable} is not set, and there is no file {file}"),
            format!("set {variable} as {} has it, or name the data directory by --data-dir", self.service),
        )
    }

    /// The processes may have all the connections that they need.
    fn full(self, error: &StorageError) -> Finding {
        let seen =
            format!("no connection is left for this command, so nothing was looked at: {}", chain(error));
        let advice = format!(
            "run the command again, or raise max_connections of the server or the user's limit above what the replicas of {} \
             may open (CCM_DATABASE_CONNECTIONS)",
            self.service
        );
        Finding::warning(self.check, seen, advice)
    }

    fn unusable(self, error: &StorageError) -> Finding {
        let (variable, service) = (self.variable, self.service);
        let advice = match error {
            StorageError::Url(_) => format!("correct {variable}"),
            StorageError::Unavailable(_) | StorageError::Unreachable(_) => {
                format!("start the database, or correct {variable}; the cause stands after the last colon")
            }
            StorageError::Damaged { .. } => {
                format!("stop {service} and restore a backup (docs/operations.md, Restore)")
            }
            _ => "do what the text says; docs/troubleshooting.md, It does not start, explains it".to_owned(),
        };
        Finding::problem(self.check, chain(error), advice)
    }

    fn judge(self, seen: &Examination, config: &DatabaseConfig) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !seen.missing.is_empty() {
            let rights =
                if matches!(seen.details, Details::Postgres(_)) { " as the owner of the schema" } else { "" };
            findings.push(Finding::problem(
                self.check,
                format!("the schema lacks the migrations {}", list(&seen.missing)),
                format!("run `ccm migrate {}`{rights}", self.service),
            ));
        }
        if !seen.unknown.is_empty() {
            findings.push(Finding::warning(
                self.check,
                format!("a later version of ccm has applied the migrations {}", list(&seen.unknown)),
                "finish the upgrade (docs/operations.md, Upgrade), and run `ccm doctor` of the later version",
            ));
        }
        if let Some(why) = &seen.refuses_changes {
            findings.push(self.refuses(why, &seen.details));
        }
        match &seen.details {
            Details::Sqlite(of) => {
                findings.extend(self.space(of).filter(|_| seen.refuses_changes.is_none()));
                or_ok(findings, self.check, of_file(of))
            }
            Details::Postgres(of) => {
                findings.extend(self.rights(of));
                findings.extend(self.connections(of, config.connections));
                or_ok(findings, self.check, of_server(of))
            }
        }
    }

    fn refuses(self, why: &str, details: &Details) -> Finding {
        let what = match details {
            Details::Sqlite(of) => of.file.display().to_string(),
            Details::Postgres(_) => "the database".to_owned(),
        };
        let advice = match why {
            "disk full" => format!("make room on the disk of {what}"),
            "database read-only" => {
                format!("set {} to a server that takes changes, or promote this one", self.variable)
            }
            _ => "look at the log of the database server".to_owned(),
        };
        Finding::problem(self.check, format!("{what} stores no changes: {why}"), advice)
    }

    fn space(self, of: &FileDetails) -> Option<Finding> {
        (of.free_bytes < LITTLE).then(|| {
            let seen = format!("{} are left on the disk of {}", size(of.free_bytes), of.file.display());
            Finding::warning(self.check, seen, "make room: when the disk is full, changes are refused")
        })
    }

    fn rights(self, of: &ServerDetails) -> Option<Finding> {
        if of.lacks.is_empty() {
            return None;
        }
        let tables: Vec<String> =
            of.lacks.iter().map(|(table, of)| format!("{table} ({})", of.join(", "))).collect();
        Some(Finding::problem(
            self.check,
            format!("the user has no right to {}", tables.join(", ")),
            "grant the rights that docs/operations.md, Migrate, lists, as the owner of the tables",
        ))
    }

    fn connections(self, of: &ServerDetails, pool: u32) -> Option<Finding> {
        let (most, open) = (of.max_connections, of.open_connections);
        let wanted = pool.saturating_add(events::connections_beside(pool));
        if wanted > most {
            let seen =
                format!("a process may open {wanted} connections, and the server gives this user {most}");
            let advice =
                "lower CCM_DATABASE_CONNECTIONS, or raise max_connections of the server or the user's limit";
            return Some(Finding::warning(self.check, seen, advice));
        }
        (open.saturating_mul(10) >= most.saturating_mul(9)).then(|| {
            let seen = format!("{open} connections of at most {most} are open");
            let advice =
                "lower CCM_DATABASE_CONNECTIONS of the replicas, or raise max_connections of the server";
            Finding::warning(self.check, seen, advice)
        })
    }
}

fn of_file(of: &FileDetails) -> String {
    let how = if of.is_whole_checked { "whole" } else { "not damaged as far as it was read" };
    let (file, bytes, free) = (of.file.display(), size(of.bytes), size(of.free_bytes));
    format!("{file}, {bytes}, is {how} and migrated; {free} are left on its disk")
}

fn of_server(of: &ServerDetails) -> String {
    let (version, open, most) = (&of.version, of.open_connections, of.max_connections);
    format!("PostgreSQL {version}: migrated, with all rights, {open} of {most} connections in use")
}

/// Host and port in a URL.
fn server_of(url: &str) -> String {
    let shown = without_password(url);
    let place = shown.split_once("://").map_or(shown.as_str(), |it| it.1);
    let authority = place.split(['/', '?']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().replace("%2F", "/")
}

fn list(versions: &[i64]) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// In the largest unit of which there is at least one.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KiB", bytes >> 10),
        1_048_576..1_073_741_824 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Level;

    fn server() -> ServerDetails {
        ServerDetails {
            version: "17.2".to_owned(),
            clock_ahead: 0,
            lacks: Vec::new(),
            max_connections: 97,
            open_connections: 12,
        }
    }

    fn judged(change: impl FnOnce(&mut Examination, &mut ServerDetails)) -> Vec<Finding> {
        let mut details = server();
        let mut seen = Examination {
            missing: Vec::new(),
            unknown: Vec::new(),
            refuses_changes: None,
            details: Details::Postgres(server()),
        };
        change(&mut seen, &mut details);
        seen.details = Details::Postgres(details);
        TASKS.judge(&seen, &DatabaseConfig::from("postgres://db/tasks"))
    }

    #[test]
    fn what_is_wrong_with_a_database_is_said_with_what_to_do() {
        let well = judged(|_, _| {});
        assert_eq!(well[0].seen, "PostgreSQL 17.2: migrated, with all rights, 12 of 97 connections in use");
        let missing = judged(|it, _| it.missing = vec![1_003, 1_004]);
        assert_eq!(missing[0].seen, "the schema lacks the migrations 1003, 1004");
        let few = judged(|_, it| it.max_connections = 18);
        assert!(few[0].seen.contains("may open 19 connections"), "{few:?}");
        let full = judged(|_, it| it.open_connections = 90);
        assert_eq!(
            (full[0].level, full[0].seen.as_str()),
            (Level::Warning, "90 connections of at most 97 are open")
        );
        let read_only = judged(|it, _| it.refuses_changes = Some("database read-only".to_owned()));
        assert!(read_only[0].advice.as_ref().unwrap().contains("CCM_TASK_DATABASE"), "{read_only:?}");
    }

    #[test]
    fn a_server_is_named_without_its_user() {
        assert_eq!(
            server_of("postgres://ccm:secret@db.example:5432/tasks?sslmode=require"),
            "db.example:5432"
        );
        assert_eq!(server_of("postgres://ccm@%2Frun%2Fpostgresql/tasks"), "/run/postgresql");
    }

    #[test]
    fn a_size_is_told_in_the_unit_that_fits() {
        assert_eq!([2_048, 3 << 20, 5 << 30].map(size), ["2 KiB", "3 MiB", "5 GiB"]);
    }
}
