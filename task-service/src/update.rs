//! The use case UpdateTask: permissions, validation, and the changed task with its event.

use access::Caller;
use platform::violation::{Violation, Violations};
use proto::task::v1::UpdateTaskRequest;
use tonic::Status;
use uuid::Uuid;

use crate::error::TaskError;
use crate::grpc::Tasks;
use crate::policy::{self, Actor};
use crate::task::{Change, DomainError, Task};
use crate::{convert, event};

/// A requested update, with everything that decides about it except the task.
struct Update {
    actor: Actor,
    change: Change,
    violations: Vec<Violation>,
    /// The result of looking the worker up.
    lookup: Result<(), Status>,
    etag: Option<i64>,
}

impl Update {
    /// Returns the task after the update; `None` if nothing changes. Errors are checked in this order: permissions,
    /// invalid fields, the lookup of the worker, etag, and change of status.
    fn decide(self, task: &Task, now: platform::clock::Micros) -> Result<Option<Task>, TaskError> {
        policy::change(&self.actor, task, &self.change.fields(task))?;
        if !self.violations.is_empty() {
            return Err(DomainError::Invalid(self.violations).into());
        }
        self.lookup.map_err(|it| TaskError::Lookup(Box::new(it)))?;
        task.expect_version(self.etag)?;
        Ok(task.changed(self.change, now)?)
    }
}

impl Tasks {
    /// Updates a task and returns it.
    pub(crate) async fn update(&self, request: UpdateTaskRequest, caller: Caller) -> Result<Task, TaskError> {
        let wire = request.task.unwrap_or_default();
        let id = Uuid::try_parse(&wire.id).map_err(|_| TaskError::NotFound)?;
        let mut violations = Violations::default();
        let paths = request.update_mask.unwrap_or_default().paths;
        let change = convert::change(&wire, &paths, &mut violations);
        change.check(&mut violations);
        let etag = convert::etag(&request.etag, &mut violations);
        let visibility = caller.visibility().clone();
        let task = self.store.get(id, visibility.clone()).await?.ok_or(TaskError::NotFound)?;
        // No transaction is open during the lookup. The current worker of the task is not looked up again.
        let lookup = match change.worker_id.flatten() {
            Some(worker) if task.worker_id != Some(worker) => {
                self.look_up(worker, &caller, &mut violations).await
            }
            _ => Ok(()),
        };
        let actor = Actor::from(&caller);
        let update = Update { actor, change, violations: violations.into_vec(), lookup, etag };
        let now = self.clock.now();
        if request.validate_only {
            return Ok(update.decide(&task, now)?.unwrap_or(task));
        }
        let event_id = self.clock.new_id();
        let event = move |before: &Task, after: &Task| event::updated(event_id, before, after, &caller);
        self.store.update(id, visibility, move |task| update.decide(task, now), event).await
    }
}
