//! Workers as subjects of the event log.

use access::Visibility;
use events::grpc::{ListKey, Subjects};
use events::{Snapshot, SubjectKind};
use platform::clock::Micros;
use proto::event::v1::watch_subject::Resource;
use proto::event::v1::{self as wire, WatchSubject};
use storage::StorageError;
use telemetry::semconv::CCM_WORKER_ID;
use tonic::Status;
use uuid::Uuid;

use crate::store::WorkerStore;
use crate::worker::Worker;
use crate::{convert, event, grpc};

/// The kind of subject that workers are.
pub(crate) static WORKER: SubjectKind = SubjectKind {
    name: "worker",
    for_everyone: true,
    id_attribute: CCM_WORKER_ID,
    wire: wire::SubjectKind::Worker,
    removed: "worker.removed",
    audited: &[
        "region",
        "instance_type",
        "provider",
        "instance_id",
        "desired.state",
        "desired.generation",
        "desired.set_by",
        "observed.state",
        "observed.generation",
    ],
    events: &event::TYPES,
    read: |json| serde_json::from_value(json).map(wire::event::Resource::Worker),
};

/// Provides the workers of a store to the event log.
#[derive(Clone)]
pub(crate) struct WorkerSubjects(pub(crate) WorkerStore);

#[tonic::async_trait]
impl Subjects for WorkerSubjects {
    fn kind(&self) -> &'static SubjectKind {
        &WORKER
    }

    fn not_found(&self) -> Status {
        grpc::not_found()
    }

    async fn page(
        &self,
        snapshot: &mut Snapshot,
        _: &Visibility,
        after: Option<ListKey>,
        limit: i64,
    ) -> Result<(Vec<WatchSubject>, Option<ListKey>), StorageError> {
        let (workers, last) = self.0.snapshot_page(snapshot, after, limit).await?;
        Ok((workers.iter().map(subject).collect(), last))
    }

    async fn get(
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
