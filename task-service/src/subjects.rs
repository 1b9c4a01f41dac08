//! The tasks as the subjects of the event log.

use access::{Caller, Visibility};
use events::Snapshot;
use events::grpc::{Place, Subjects};
use platform::clock::Micros;
use proto::event::v1::WatchSubject;
use proto::event::v1::watch_subject::Resource;
use storage::StorageError;
use tonic::Status;
use uuid::Uuid;

use crate::store::TaskStore;
use crate::task::Task;
use crate::{NAME, convert, grpc};

/// Those of a store.
#[derive(Clone)]
pub(crate) struct OfTasks(pub(crate) TaskStore);

impl Subjects for OfTasks {
    const SERVICE: &'static str = NAME;

    fn seen_by(caller: &Caller) -> Visibility {
        caller.visibility()
    }

    fn not_found() -> Status {
        grpc::not_found()
    }

    async fn page(
        &self,
        snapshot: &mut Snapshot,
        seen: &Visibility,
        after: Option<Place>,
        limit: i64,
    ) -> Result<(Vec<WatchSubject>, Option<Place>), StorageError> {
        let (tasks, last) = self.0.snapshot_page(snapshot, seen, after, limit).await?;
        Ok((tasks.iter().map(subject).collect(), last))
    }

    async fn one(
        &self,
        snapshot: &mut Snapshot,
        seen: &Visibility,
        id: Uuid,
    ) -> Result<Option<WatchSubject>, StorageError> {
        Ok(self.0.snapshot_one(snapshot, seen, id).await?.as_ref().map(subject))
    }

    async fn purge(&self, deleted_before: Micros, limit: i64) -> Result<usize, StorageError> {
        Ok(self.0.purge_deleted(deleted_before, limit).await?.len())
    }
}

fn subject(task: &Task) -> WatchSubject {
    WatchSubject { resource: Some(Resource::Task(convert::task(task))) }
}
