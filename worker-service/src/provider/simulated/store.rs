//! The database of the simulated provider. Each method runs in one transaction, in the order: limit of calls, lock of the
//! machine, its change, the journal, the token of a create. No span is made: the caller sees a provider, not a database.

use std::collections::BTreeMap;

use platform::clock::{Clock, Micros};
use serde_json::json;
use sqlx::types::Json;
use storage::{
    Database, DatabaseConfig, Dialects, Examination, Migration, Migrations, Statement, Statements as _,
    StorageError, Transaction, Value, record,
};
use telemetry::span::untraced;

use super::knobs::Counters;
use super::machine::{End, Phase, Stored};
use super::settings::SimulatedSettings;
use super::settled::gone_at;
use crate::provider::{CallOrigin, Machine, ProviderError};

macro_rules! columns {
    () => {
        "id, region, instance_type, tags, owner, launched_at, visible_at, state, since, reason, ends_at, reads_left, \
         first_ran_at, starts, knobs_since, fails_left, throttles_left, misses_left, gone_at"
    };
}

mod create;
mod journal;
mod limit;
mod read;
mod request;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use journal::Journaled;
pub(super) use request::Request;

const INSERT: Statement = Statement {
    summary: "INSERT machines",
    sql: concat!(
        "INSERT INTO machines (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
          ON CONFLICT (id) DO NOTHING"
    ),
};

const SAVE: Statement = Statement {
    summary: "UPDATE machines",
    sql: "UPDATE machines SET region = $2, instance_type = $3, tags = $4, owner = $5, launched_at = $6, \
          visible_at = $7, state = $8, since = $9, reason = $10, ends_at = $11, reads_left = $12, first_ran_at = $13, \
          starts = $14, knobs_since = $15, fails_left = $16, throttles_left = $17, misses_left = $18, gone_at = $19 \
          WHERE id = $1",
};

const GET: Statement = Statement {
    summary: "SELECT machines",
    sql: concat!("SELECT ", columns!(), " FROM machines WHERE id = $1"),
};

/// [`GET`] with a row lock until the transaction ends. SQLite has one writer at a time.
const LOCK: Dialects = Dialects {
    sqlite: GET,
    postgres: Statement {
        summary: "SELECT machines",
        sql: concat!("SELECT ", columns!(), " FROM machines WHERE id = $1 FOR UPDATE"),
    },
};

fn migrations() -> Migrations {
    let step = |sql| Migration { version: 1000, name: "machines", sql };
    Migrations {
        sqlite: vec![step(include_str!("../../../migrations/sqlite/simulated/1000_machines.sql"))],
        postgres: vec![step(include_str!("../../../migrations/postgres/simulated/1000_machines.sql"))],
    }
}

/// Applies the missing migrations of the provider's database, and returns them.
pub(crate) async fn migrate(database: &DatabaseConfig) -> Result<Vec<Migration>, StorageError> {
    Database::migrate(database, &migrations()).await
}

/// Examines the provider's database without a change.
pub(crate) async fn examine(
    database: &DatabaseConfig,
    clock: &Clock,
) -> Result<Option<Examination>, StorageError> {
    Database::examine(database, &migrations(), clock).await
}

/// The store of the simulated provider. Clones share the database connections.
#[derive(Clone, Debug)]
pub(super) struct MachineStore {
    database: Database,
    settings: SimulatedSettings,
    clock: Clock,
}

impl MachineStore {
    pub(super) async fn open(
        database: &DatabaseConfig,
        settings: SimulatedSettings,
        clock: Clock,
    ) -> Result<Self, StorageError> {
        Ok(Self { database: Database::open_with(database, &migrations()).await?, settings, clock })
    }

    pub(super) async fn close(self) {
        self.database.close().await;
    }

    /// Carries out a call that changes something, and notes it in the journal whatever its outcome.
    pub(super) async fn call(&self, request: Request, origin: CallOrigin) -> Result<Machine, ProviderError> {
        let (settings, clock, arrived) = (self.settings, self.clock.clone(), self.clock.now());
        let written = self.database.write(move |on| {
            Box::pin(async move {
                let outcome = match request.perform(on, arrived, &settings, &clock).await {
                    Ok(machine) => Ok(machine),
                    Err(Failure::Refused(error)) => Err(error),
                    Err(Failure::Storage(error)) => return Err(error),
                };
                journal::append(on, &request, origin, &outcome, [arrived, clock.now()]).await?;
                if let (Request::Create(spec), Ok(machine)) = (&request, &outcome) {
                    create::remember(on, spec, machine, &clock).await?;
                }
                Ok(outcome)
            })
        });
        untraced(written).await.unwrap_or_else(|error| Err(unavailable(&error)))
    }

    /// Returns the journal, oldest call first.
    #[cfg(test)]
    pub(super) async fn journal(&self) -> Result<Vec<Journaled>, StorageError> {
        journal::all(&self.database).await
    }
}

/// Why a call failed.
enum Failure {
    /// The provider refused it. The transaction is committed, with its counters and the journal.
    Refused(ProviderError),
    /// The database failed. The transaction is rolled back.
    Storage(StorageError),
}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        Self::Refused(error)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Logs why the database failed, and returns what callers are told.
fn unavailable(error: &StorageError) -> ProviderError {
    tracing::warn!(error = platform::causes::chain(error), "the database of the simulated provider failed");
    ProviderError::Transient("the simulated provider does not answer".to_owned())
}

/// Reads and locks a machine. One with an id such as `i-sim-lab1` comes into being by this.
async fn lock(on: &mut Transaction, id: &str, clock: &Clock) -> Result<Option<Stored>, StorageError> {
    let statement = LOCK.of(on.system());
    let row: Option<Row> = on.fetch_optional(statement, [id.into()]).await?;
    if let Some(row) = row {
        return row.into_machine().map(Some);
    }
    let Some(found) = Stored::preexisting(id, clock.now()) else { return Ok(None) };
    // Another replica may do the same at this moment: then its row is read.
    on.execute(&INSERT, values(&found, None)).await?;
    let row: Option<Row> = on.fetch_optional(statement, [id.into()]).await?;
    row.map(Row::into_machine).transpose()
}

async fn insert(
    on: &mut Transaction,
    machine: &Stored,
    settings: &SimulatedSettings,
) -> Result<(), StorageError> {
    on.execute(&INSERT, values(machine, gone_at(machine, settings))).await
}

async fn save(
    on: &mut Transaction,
    machine: &Stored,
    settings: &SimulatedSettings,
) -> Result<(), StorageError> {
    on.execute(&SAVE, values(machine, gone_at(machine, settings))).await
}

/// Returns the values of a row, in the order of its columns.
fn values(machine: &Stored, gone_at: Option<Micros>) -> [Value; 19] {
    let Phase { state, since, reason, end, first_ran_at } = machine.phase;
    let (ends_at, reads_left) = match end {
        End::None => (None, None),
        End::At(at) => (Some(at.0), None),
        End::AfterReads(left) => (None, Some(left)),
    };
    [
        machine.id.as_str().into(),
        machine.region.as_str().into(),
        machine.instance_type.as_str().into(),
        json!(machine.tags).into(),
        machine.owner().map(ToOwned::to_owned).into(),
        machine.launched_at.0.into(),
        machine.visible_at.0.into(),
        state.into_str().into(),
        since.0.into(),
        reason.map(|it| it.into_str().to_owned()).into(),
        ends_at.into(),
        reads_left.into(),
        first_ran_at.map(|it| it.0).into(),
        machine.starts.into(),
        machine.knobs_since.0.into(),
        machine.counters.fails.into(),
        machine.counters.throttles.into(),
        machine.counters.misses.into(),
        gone_at.map(|it| it.0).into(),
    ]
}

record! {
    struct Row {
        id: String,
        region: String,
        instance_type: String,
        tags: Json<BTreeMap<String, String>>,
        launched_at: i64,
        visible_at: i64,
        state: String,
        since: i64,
        reason: Option<String>,
        ends_at: Option<i64>,
        reads_left: Option<i64>,
        first_ran_at: Option<i64>,
        starts: i64,
        knobs_since: i64,
        fails_left: i64,
        throttles_left: i64,
        misses_left: i64,
    }
}

impl Row {
    fn into_machine(self) -> Result<Stored, StorageError> {
        let unknown =
            |name: &str| StorageError::Corrupt { table: "machines", what: format!("{name:?} is unknown") };
        let reason = self.reason.map(|it| it.parse().map_err(|_| unknown(&it))).transpose()?;
        let end = match (self.ends_at, self.reads_left) {
            (Some(at), _) => End::At(Micros(at)),
            (None, Some(left)) => End::AfterReads(left),
            (None, None) => End::None,
        };
        Ok(Stored {
            id: self.id,
            region: self.region,
            instance_type: self.instance_type,
            tags: self.tags.0,
            launched_at: Micros(self.launched_at),
            visible_at: Micros(self.visible_at),
            phase: Phase {
                state: self.state.parse().map_err(|_| unknown(&self.state))?,
                since: Micros(self.since),
                reason,
                end,
                first_ran_at: self.first_ran_at.map(Micros),
            },
            starts: self.starts,
            knobs_since: Micros(self.knobs_since),
            counters: Counters {
                fails: self.fails_left,
                throttles: self.throttles_left,
                misses: self.misses_left,
            },
        })
    }
}
