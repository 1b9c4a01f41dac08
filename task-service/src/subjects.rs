//! Tasks as subjects of the event log.

use access::Visibility;
use events::grpc::{ListKey, Subjects};
use events::{Snapshot, SubjectKind};
use platform::clock::Micros;
use proto::event::v1::watch_subject::Resource;
use proto::event::v1::{self as wire, WatchSubject};
use storage::StorageError;
use telemetry::semconv::CCM_TASK_ID;
use tonic::Status;
use uuid::Uuid;

use crate::store::TaskStore;
use crate::task::Task;
use crate::{convert, event, grpc};

/// The kind of subject that tasks are.
pub(crate) static TASK: SubjectKind = SubjectKind {
    name: "task",
    for_everyone: false,
    id_attribute: CCM_TASK_ID,
    wire: wire::SubjectKind::Task,
    removed: "task.removed",
    audited: &[
        "status",
        "priority",
        "assignee_id",
        "department",
        "worker_id",
        "kind",
        "action.verb",
        "action.worker_id",
        "action.action_seq",
        "run.number",
        "run.phase",
    ],
    events: &event::TYPES,
    read: |json| serde_json::from_value(json).map(wire::event::Resource::Task),
};

/// Provides the tasks of a store to the event log.
#[derive(Clone)]
pub(crate) struct TaskSubjects(pub(crate) TaskStore);

#[tonic::async_trait]
impl Subjects for TaskSubjects {
    fn kind(&self) -> &'static SubjectKind {
        &TASK
    }

    fn not_found(&self) -> Status {
        grpc::not_found()
    }

    async fn page(
        &self,
        snapshot: &mut Snapshot,
        visibility: &Visibility,
        after: Option<ListKey>,
        limit: i64,
    ) -> Result<(Vec<WatchSubject>, Option<ListKey>), StorageError> {
        let (tasks, last) = self.0.snapshot_page(snapshot, visibility, after, limit).await?;
        Ok((tasks.iter().map(subject).collect(), last))
    }

    async fn get(
        &self,
        snapshot: &mut Snapshot,
        visibility: &Visibility,
        id: Uuid,
    ) -> Result<Option<WatchSubject>, StorageError> {
        Ok(self.0.snapshot_one(snapshot, visibility, id).await?.as_ref().map(subject))
    }

    async fn purge(&self, deleted_before: Micros, limit: i64) -> Result<usize, StorageError> {
        Ok(self.0.purge_deleted(deleted_before, limit).await?.len())
    }
}

fn subject(task: &Task) -> WatchSubject {
    WatchSubject { resource: Some(Resource::Task(convert::task(task))) }
}
