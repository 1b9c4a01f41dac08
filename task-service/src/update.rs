//! Changes of a task: what is asked for, whether it may be, and what it leaves.

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

/// A change with all that decides on it but the task.
struct Asked {
    actor: Actor,
    change: Change,
    wrong: Vec<Violation>,
    /// The error of a look-up that nothing can be said without.
    lookup: Result<(), Status>,
    etag: Option<i64>,
}

impl Asked {
    /// The task after it; `None` when all of it is so already. What is wrong is told in this order: whether the caller
    /// may, what he wrote, which version he saw, whether the status can follow.
    fn decide(self, task: &Task, now: platform::clock::Micros) -> Result<Option<Task>, TaskError> {
        policy::change(&self.actor, task, &self.change.fields(task))?;
        if !self.wrong.is_empty() {
            return Err(DomainError::Invalid(self.wrong).into());
        }
        self.lookup.map_err(|it| TaskError::Lookup(Box::new(it)))?;
        task.expect_version(self.etag)?;
        Ok(task.changed(self.change, now)?)
    }
}

impl Tasks {
    /// The task after the change.
    pub(crate) async fn update(&self, request: UpdateTaskRequest, caller: Caller) -> Result<Task, TaskError> {
        let wire = request.task.unwrap_or_default();
        let id = Uuid::try_parse(&wire.id).map_err(|_| TaskError::NotFound)?;
        let mut violations = Violations::default();
        let paths = request.update_mask.unwrap_or_default().paths;
        let change = convert::change(&wire, &paths, &mut violations);
        change.check(&mut violations);
        let etag = convert::etag(&request.etag, &mut violations);
        let seen = caller.visibility();
        let task = self.store.get(id, seen.clone()).await?.ok_or(TaskError::NotFound)?;
        // No transaction is open while another process is asked. A worker that the task has already needs no asking.
        let lookup = match change.worker_id.flatten() {
            Some(worker) if task.worker_id != Some(worker) => {
                self.look_up(worker, &caller, &mut violations).await
            }
            _ => Ok(()),
        };
        let actor = Actor::from(&caller);
        let asked = Asked { actor, change, wrong: violations.into_vec(), lookup, etag };
        let now = self.clock.now();
        if request.validate_only {
            return Ok(asked.decide(&task, now)?.unwrap_or(task));
        }
        let event_id = self.clock.new_id();
        let event = move |before: &Task, after: &Task| event::updated(event_id, before, after, &caller);
        self.store.update(id, seen, move |task| asked.decide(task, now), event).await
    }
}
