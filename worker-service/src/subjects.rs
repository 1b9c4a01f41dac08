//! The workers as the subjects of the event log.

use access::{Caller, Visibility};
use events::Snapshot;
use events::grpc::{Place, Subjects};
use platform::clock::Micros;
use proto::event::v1::WatchSubject;
use proto::event::v1::watch_subject::Resource;
use storage::StorageError;
use tonic::Status;
use uuid::Uuid;

use crate::store::WorkerStore;
use crate::worker::Worker;
use crate::{NAME, convert, grpc};

/// Those of a store.
#[derive(Clone)]
pub(crate) struct OfWorkers(pub(crate) WorkerStore);

impl Subjects for OfWorkers {
    const SERVICE: &'static str = NAME;

    /// Everyone may see a worker.
    fn seen_by(_: &Caller) -> Visibility {
        Visibility::All
    }

    fn not_found() -> Status {
        grpc::not_found()
    }

    async fn page(
        &self,
        snapshot: &mut Snapshot,
        _: &Visibility,
        after: Option<Place>,
        limit: i64,
    ) -> Result<(Vec<WatchSubject>, Option<Place>), StorageError> {
        let (workers, last) = self.0.snapshot_page(snapshot, after, limit).await?;
        Ok((workers.iter().map(subject).collect(), last))
    }

    async fn one(
        &self,
        snapshot: &mut Snapshot,
        _: &Visibility,
        id: Uuid,
    ) -> Result<Option<WatchSubject>, StorageError> {
        Ok(self.0.snapshot_one(snapshot, id).await?.as_ref().map(subject))
    }

    async fn purge(&self, deleted_before: Micros, limit: i64) -> Result<usize, StorageError> {
        Ok(self.0.purge_deleted(deleted_before, limit).await?.len())
    }
}

fn subject(worker: &Worker) -> WatchSubject {
    WatchSubject { resource: Some(Resource::Worker(convert::worker(worker))) }
}
