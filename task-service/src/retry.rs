//! The use case RetryTask: a new run of an action that has failed or was cancelled.

use access::Caller;
use platform::violation::Violations;
use proto::task::v1::{RetryTaskRequest, RetryTaskResponse};
use service::request_key::{self, Earlier, Once, RequestKey};
use telemetry::semconv::CCM_TASK_ID;
use telemetry::span::set_on_current;
use tonic::Status;
use uuid::Uuid;

use crate::convert;
use crate::error::TaskError;
use crate::grpc::{Tasks, failed, not_found};
use crate::policy::{self, Actor};
use crate::store::queue::Requested;
use crate::task::{DomainError, Task};

/// The method name in idempotency keys.
const METHOD: &str = "ccm.task.v1.TaskService/RetryTask";

impl Tasks {
    /// Begins a new run. Errors are checked in this order: visibility, role, what the task is, invalid fields, version,
    /// and the live action of the worker.
    pub(crate) async fn retry(
        &self,
        mut request: RetryTaskRequest,
        caller: Caller,
    ) -> Result<RetryTaskResponse, Status> {
        let mut violations = Violations::default();
        let request_id = std::mem::take(&mut request.request_id);
        let key = RequestKey::checked(&caller, METHOD, &request_id, &request, false, &mut violations);
        let earlier = request_key::recall(self.store.database(), key.as_ref()).await;
        if let Some(earlier) = earlier.map_err(failed)? {
            let answer = replayed(earlier)?;
            if let Some(task) = &answer.task {
                set_on_current(CCM_TASK_ID, &task.id);
            }
            return Ok(answer);
        }
        let id = Uuid::try_parse(&request.id).map_err(|_| not_found())?;
        let visibility = caller.visibility().clone();
        let task = self.store.get(id, visibility.clone()).await.map_err(failed)?.ok_or_else(not_found)?;
        policy::ask_for_action(&Actor::from(&caller))?;
        let action = task.expect_retryable()?;
        let (verb, worker_id) = (action.verb, action.worker_id);
        let etag = convert::etag(&request.etag, &mut violations);
        let gone = || DomainError::IllegalAction("the worker no longer exists".to_owned());
        let worker = self.workers.find(worker_id, &caller).await?.ok_or_else(gone)?;
        worker.check_confirm(verb, "confirm", &request.confirm, &mut violations);
        if !violations.is_empty() {
            return Err(DomainError::Invalid(violations.into_vec()).into());
        }
        worker.expect_legal(verb)?;
        let decide = move |task: &Task| {
            task.expect_retryable()?;
            Ok::<_, TaskError>(task.expect_version(etag)?)
        };
        let answer =
            |it: &Requested| RetryTaskResponse { task: Some(convert::task(&it.task)), replayed: false };
        let new = self.new_action(&caller);
        let subject = (id, worker_id, verb, visibility);
        match self.store.retry(key, subject, new, decide, answer, self.events_by(caller)).await? {
            Once::First((answer, requested)) => {
                self.tell(&requested);
                Ok(answer)
            }
            Once::Repeated(earlier) => replayed(earlier),
        }
    }
}

fn replayed(earlier: Earlier) -> Result<RetryTaskResponse, Status> {
    Ok(RetryTaskResponse { replayed: true, ..earlier.answer()? })
}
