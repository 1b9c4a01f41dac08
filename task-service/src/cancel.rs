//! The use case CancelTask.

use access::Caller;
use platform::violation::Violations;
use proto::task::v1::CancelTaskRequest;
use uuid::Uuid;

use crate::error::TaskError;
use crate::grpc::Tasks;
use crate::policy::{self, Actor};
use crate::task::{DomainError, Task};
use crate::{convert, lifecycle};

impl Tasks {
    /// Cancels a task and returns it.
    pub(crate) async fn cancel(&self, request: CancelTaskRequest, caller: Caller) -> Result<Task, TaskError> {
        let id = Uuid::try_parse(&request.id).map_err(|_| TaskError::NotFound)?;
        let mut violations = Violations::default();
        let etag = convert::etag(&request.etag, &mut violations);
        let (actor, now, visibility) = (Actor::from(&caller), self.clock.now(), caller.visibility().clone());
        let decide = move |task: &Task| {
            policy::cancel(&actor, task)?;
            if !violations.is_empty() {
                return Err(DomainError::Invalid(violations.into_vec()).into());
            }
            task.expect_version(etag)?;
            Ok(task.cancelled(now)?)
        };
        let cancelled = self.store.cancel(id, visibility, decide, self.events_by(caller)).await?;
        if let Some(live) = &cancelled.live {
            lifecycle::ended(&cancelled.task, live, now);
        }
        Ok(cancelled.task)
    }
}
