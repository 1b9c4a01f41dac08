//! The simulated provider: machines that exist in a database of their own, for trying the product and for its tests. It
//! behaves as real providers do, their unpleasant sides included, and the tags of a machine make it slow, broken or
//! unlucky on purpose (`knobs.rs`).
//!
//! All replicas of worker-service share it through its database. A machine with an id such as `i-sim-lab1` exists without
//! having been created, so that an import can be tried.

use platform::clock::Clock;
use storage::{DatabaseConfig, StorageError};
use uuid::Uuid;

use super::{CallOrigin, Machine, MachinePage, MachineSpec, Provider, ProviderError, TagChange};

mod bucket;
mod command;
mod knobs;
mod machine;
mod pages;
mod settings;
mod settled;
mod store;
#[cfg(test)]
mod tests;
mod utilization;

use command::Command;
use store::{MachineStore, Request};

pub use settings::{SimulatedSettings, Throttle, Transitions};
#[cfg(test)]
pub(crate) use store::Journaled;
pub(crate) use store::{examine, migrate};

/// The simulated provider. Clones share the database connections.
#[derive(Clone, Debug)]
pub(crate) struct SimulatedProvider {
    store: MachineStore,
}

impl SimulatedProvider {
    /// Opens the database of the provider, `sqlite:PATH` (created if missing) or `postgres://…`. It must not be that of a
    /// service.
    pub(crate) async fn open(
        database: &DatabaseConfig,
        settings: SimulatedSettings,
        clock: Clock,
    ) -> Result<Self, StorageError> {
        Ok(Self { store: MachineStore::open(database, settings, clock).await? })
    }

    /// Closes the database connections, of clones too.
    pub(crate) async fn close(self) {
        self.store.close().await;
    }

    /// Returns the journal, oldest call first.
    #[cfg(test)]
    pub(crate) async fn journal(&self) -> Result<Vec<Journaled>, StorageError> {
        self.store.journal().await
    }

    async fn command(
        &self,
        id: &str,
        command: Command,
        origin: CallOrigin,
    ) -> Result<Machine, ProviderError> {
        self.store.call(Request::Change { id: id.to_owned(), command }, origin).await
    }
}

#[tonic::async_trait]
impl Provider for SimulatedProvider {
    async fn create(&self, spec: &MachineSpec, origin: CallOrigin) -> Result<Machine, ProviderError> {
        self.store.call(Request::Create(spec.clone()), origin).await
    }

    async fn start(&self, id: &str, origin: CallOrigin) -> Result<Machine, ProviderError> {
        self.command(id, Command::Start, origin).await
    }

    async fn stop(&self, id: &str, force: bool, origin: CallOrigin) -> Result<Machine, ProviderError> {
        self.command(id, Command::Stop { force }, origin).await
    }

    async fn terminate(&self, id: &str, origin: CallOrigin) -> Result<Machine, ProviderError> {
        self.command(id, Command::Terminate, origin).await
    }

    async fn tag(&self, id: &str, change: &TagChange, origin: CallOrigin) -> Result<(), ProviderError> {
        self.store.call(Request::Tag { id: id.to_owned(), change: change.clone() }, origin).await.map(drop)
    }

    async fn describe(&self, id: &str) -> Result<Option<Machine>, ProviderError> {
        self.store.describe(id).await
    }

    async fn find(&self, worker_id: Uuid) -> Result<Vec<Machine>, ProviderError> {
        self.store.find(worker_id).await
    }

    async fn list(&self, page: Option<&str>) -> Result<MachinePage, ProviderError> {
        self.store.list(page).await
    }
}
