//! worker-service, which stores workers with their desired and observed states. The binary and the tests start it through
//! [`serve`] only.

mod convert;
mod desire;
mod error;
mod event;
mod explain;
mod grpc;
mod import;
pub mod metrics;
mod policy;
mod provider;
mod reconcile;
mod reports;
mod store;
mod subjects;
mod worker;

use std::sync::Arc;

use platform::clock::Clock;
use platform::shutdown::Shutdown;
use proto::event::v1::event_service_server;
use proto::worker::v1::worker_service_server::{self, WorkerServiceServer};
use service::{Definition, Foundation, Migration, Resources, Work};
use storage::{Database, DatabaseConfig, Examination, StorageError};
use telemetry::metrics::Latest;
use tokio::net::TcpListener;

use provider::Providers;
use provider::observed::Observed;
use provider::simulated::SimulatedProvider;
use reconcile::Reconciler;

pub use provider::simulated::{SimulatedSettings, Throttle, Transitions};
pub use reconcile::Reconcile;

/// Name of the service, in `service.name` and in errors.
pub const NAME: &str = "worker-service";

/// Full names of the gRPC services.
const APIS: [&str; 2] = [worker_service_server::SERVICE_NAME, event_service_server::SERVICE_NAME];

/// Settings of worker-service.
pub struct Config {
    /// The settings that all stateful services share.
    pub service: service::Config,
    /// How workers are brought to their desired states.
    pub reconcile: Reconcile,
    /// The simulated provider's own database. If the service's database is PostgreSQL, this one has to be, too.
    pub simulated_database: DatabaseConfig,
    /// How the simulated provider behaves.
    pub simulated: SimulatedSettings,
}

/// What [`migrate`] has applied.
pub struct Migrated {
    /// To the service's own database.
    pub own: Vec<Migration>,
    /// To the database of the simulated provider.
    pub simulated: Vec<Migration>,
}

/// Applies the missing migrations of the service's own database and of the simulated provider's.
pub async fn migrate(database: &DatabaseConfig, simulated: &DatabaseConfig) -> Result<Migrated, ServeError> {
    check_shared(database, simulated)?;
    let steps = service::migrations(&store::migrations());
    let own = Database::migrate(database, &steps).await.map_err(service::ServeError::from)?;
    Ok(Migrated { own, simulated: provider::simulated::migrate(simulated).await? })
}

/// Examines the service's own database without a change, see [`Database::examine`].
pub async fn examine(database: &DatabaseConfig, clock: &Clock) -> Result<Option<Examination>, StorageError> {
    Database::examine(database, &service::migrations(&store::migrations()), clock).await
}

/// Examines the database of the simulated provider.
pub async fn examine_simulated(
    database: &DatabaseConfig,
    clock: &Clock,
) -> Result<Option<Examination>, StorageError> {
    provider::simulated::examine(database, clock).await
}

fn check_shared(database: &DatabaseConfig, simulated: &DatabaseConfig) -> Result<(), ServeError> {
    let is_sqlite = |database: &DatabaseConfig| database.url.starts_with("sqlite:");
    if !is_sqlite(database) && is_sqlite(simulated) {
        return Err(ServeError::ProviderNotShared);
    }
    Ok(())
}

/// Serves gRPC at `listener` until `shutdown`, and then drains in-flight calls.
pub async fn serve(config: Config, listener: TcpListener, shutdown: Shutdown) -> Result<(), ServeError> {
    let definition = Definition { name: NAME, apis: &APIS, migrations: store::migrations() };
    check_shared(&config.service.database, &config.simulated_database)?;
    let clock = config.service.clock.clone();
    let simulated = tokio::select! {
        opened = SimulatedProvider::open(&config.simulated_database, config.simulated, clock) => opened?,
        () = shutdown.cancelled() => return Ok(()),
    };
    let kind = worker::Provider::Simulated.into_str();
    let providers = Providers { simulated: Arc::new(Observed::new(kind, Arc::new(simulated.clone()))) };
    let build = |foundation: Foundation| {
        let Foundation { database, clock, .. } = foundation;
        let store = store::WorkerStore::new(database);
        let (owner, told_by) = (clock.new_id(), clock.clone());
        let workers =
            grpc::Workers { store: store.clone(), providers: providers.clone(), clock: clock.clone() };
        let reconciler =
            Reconciler { store: store.clone(), providers, clock, settings: config.reconcile, owner };
        let (sweeper, reported) = (reconciler.clone(), store.clone());
        let (fleet, counted, counted_at) = (Latest::default(), store.clone(), told_by.clone());
        metrics::start(&fleet);
        let counting: Work = Box::new(move |_, stop| {
            Box::pin(async move {
                fleet.refresh("counting workers", &stop, || counted.fleet(counted_at.now())).await;
            })
        });
        Resources {
            subjects: vec![Arc::new(subjects::WorkerSubjects(store))],
            routes: Box::new(|server| server.with(WorkerServiceServer::new(workers))),
            work: vec![
                Box::new(|_, stop| Box::pin(reconciler.run(stop))),
                Box::new(|_, stop| Box::pin(sweeper.sweep_until(stop))),
                Box::new(|log, stop| Box::pin(reports::tell(reported, log, told_by, stop))),
                counting,
            ],
        }
    };
    let served = service::serve(definition, config.service, listener, shutdown, build).await;
    simulated.close().await;
    served.map_err(ServeError::from)
}

/// Why worker-service ended with an error.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The service cannot be started.
    #[error(transparent)]
    Service(#[from] service::ServeError),
    /// The database of the simulated provider cannot be opened.
    #[error("the database of the simulated provider")]
    Simulated(#[from] StorageError),
    /// Replicas would have different machines.
    #[error(
        "CCM_WORKER_DATABASE is PostgreSQL, so CCM_SIMULATED_DATABASE has to be a PostgreSQL database, too: replicas \
         share the simulated machines"
    )]
    ProviderNotShared,
}
