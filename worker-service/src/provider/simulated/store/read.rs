//! The calls that read. They write nothing, unless a machine is in a state that ends after a number of reads, or a tag
//! counts its lists.

use platform::clock::{Clock, Micros};
use storage::{Statement, Statements as _, StorageError, Transaction};
use telemetry::span::untraced;
use uuid::Uuid;

use super::{GET, MachineStore, Row, lock, save, unavailable};
use crate::provider::simulated::machine::{End, Stored};
use crate::provider::simulated::pages::{ListPage, Start};
use crate::provider::simulated::settings::SimulatedSettings;
use crate::provider::simulated::settled::{count_read, settled};
use crate::provider::{Machine, MachinePage, ProviderError};

const FIND: Statement = Statement {
    summary: "SELECT machines",
    sql: concat!("SELECT ", columns!(), " FROM machines WHERE owner = $1 ORDER BY id"),
};

pub(super) const LIST: Statement = Statement {
    summary: "SELECT machines",
    sql: concat!(
        "SELECT ",
        columns!(),
        " FROM machines WHERE owner IS NOT NULL AND id > $1 AND (gone_at IS NULL OR gone_at > $2) \
         ORDER BY id LIMIT $3"
    ),
};

/// Counts a list that misses a machine.
const MISS: Statement = Statement {
    summary: "UPDATE machines",
    sql: "UPDATE machines SET misses_left = misses_left - 1 WHERE id = $1 AND misses_left > 0",
};

impl MachineStore {
    /// Returns a machine. One with an id such as `i-sim-lab1` comes into being by this.
    pub(in crate::provider::simulated) async fn describe(
        &self,
        id: &str,
    ) -> Result<Option<Machine>, ProviderError> {
        let read = async {
            let row: Option<Row> =
                self.database.connection().await?.fetch_optional(&GET, [id.into()]).await?;
            let stored = match row {
                Some(row) => Some(row.into_machine()?),
                None if Stored::preexisting(id, self.clock.now()).is_some() => self.locked(id).await?,
                None => None,
            };
            Ok(self.seen(stored.into_iter().collect()).await?.pop())
        };
        untraced(read).await.map_err(|error| unavailable(&error))
    }

    /// Returns the machines with the tag of a worker.
    pub(in crate::provider::simulated) async fn find(
        &self,
        worker_id: Uuid,
    ) -> Result<Vec<Machine>, ProviderError> {
        let read = async {
            let owner = worker_id.to_string();
            let rows: Vec<Row> = self.database.connection().await?.fetch_all(&FIND, [owner.into()]).await?;
            self.seen(rows.into_iter().map(Row::into_machine).collect::<Result<_, _>>()?).await
        };
        untraced(read).await.map_err(|error| unavailable(&error))
    }

    /// Returns a page of the machines with an owner.
    pub(in crate::provider::simulated) async fn list(
        &self,
        page: Option<&str>,
    ) -> Result<MachinePage, ProviderError> {
        untraced(self.page(&Start::of(page))).await.map_err(|error| unavailable(&error))
    }

    async fn page(&self, start: &Start<'_>) -> Result<MachinePage, StorageError> {
        let (now, size) = (self.clock.now(), i64::from(self.settings.page_size.max(1)));
        let mut connection = self.database.connection().await?;
        let mut machines = Vec::new();
        for id in &start.again {
            let row: Option<Row> = connection.fetch_optional(&GET, [(*id).into()]).await?;
            machines.extend(row.map(Row::into_machine).transpose()?);
        }
        // One more than fits tells whether there is another page.
        let values = [start.after.into(), now.0.into(), (size + 1).into()];
        let rows: Vec<Row> = connection.fetch_all(&LIST, values).await?;
        drop(connection);
        let rows = rows.into_iter().map(Row::into_machine).collect::<Result<Vec<_>, _>>()?;
        let page = ListPage::of(rows, usize::try_from(size).unwrap_or(usize::MAX), &self.settings, now);
        self.count_misses(&page.counted_misses).await?;
        machines.extend(page.shown);
        Ok(MachinePage { machines: self.seen(machines).await?, next: page.next })
    }

    async fn count_misses(&self, ids: &[String]) -> Result<(), StorageError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids = ids.to_vec();
        let counted = self.database.write(move |on| {
            Box::pin(async move {
                for id in ids {
                    on.execute(&MISS, [id.into()]).await?;
                }
                Ok::<_, StorageError>(())
            })
        });
        counted.await
    }

    /// Returns what callers see of stored machines. Counts the read of those whose state ends after a number of reads.
    async fn seen(&self, machines: Vec<Stored>) -> Result<Vec<Machine>, StorageError> {
        let counts_reads = |it: &Stored| matches!(it.phase.end, End::AfterReads(_));
        if !machines.iter().any(counts_reads) {
            let now = self.clock.now();
            return Ok(machines.iter().filter_map(|it| seen(it, &self.settings, now)).collect());
        }
        let (settings, clock) = (self.settings, self.clock.clone());
        let counted = self.database.write(move |on| {
            Box::pin(async move {
                let mut all = Vec::new();
                for machine in machines {
                    let read = count(on, &machine.id, &settings, &clock).await?;
                    all.extend(read.and_then(|it| seen(&it, &settings, clock.now())));
                }
                Ok::<_, StorageError>(all)
            })
        });
        counted.await
    }

    async fn locked(&self, id: &str) -> Result<Option<Stored>, StorageError> {
        let (id, clock) = (id.to_owned(), self.clock.clone());
        self.database.write(move |on| Box::pin(async move { lock(on, &id, &clock).await })).await
    }
}

/// Counts a read of a machine and stores what it led to.
async fn count(
    on: &mut Transaction,
    id: &str,
    settings: &SimulatedSettings,
    clock: &Clock,
) -> Result<Option<Stored>, StorageError> {
    let Some(mut machine) = lock(on, id, clock).await? else { return Ok(None) };
    let now = clock.now();
    // A read that does not find the machine does not count.
    if now >= machine.visible_at && count_read(&mut machine) {
        machine.phase = settled(&machine, settings, now).unwrap_or(machine.phase);
        save(on, &machine, settings).await?;
    }
    Ok(Some(machine))
}

/// Returns what callers see of a machine; `None` if they do not find it, yet or any more.
fn seen(machine: &Stored, settings: &SimulatedSettings, now: Micros) -> Option<Machine> {
    let phase = settled(machine, settings, now).filter(|_| now >= machine.visible_at)?;
    Some(machine.seen(phase, now))
}
