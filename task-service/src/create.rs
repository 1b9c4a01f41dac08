//! The use case CreateTask, for tasks of people and for actions.

use access::Caller;
use net::grpc::status;
use platform::violation::Violations;
use proto::task::v1::{CreateTaskRequest, CreateTaskResponse};
use service::request_key::{self, Earlier, Once, RequestKey};
use telemetry::propagation::{Cause, current_trace_id};
use telemetry::semconv::CCM_TASK_ID;
use telemetry::span::set_on_current;
use tonic::Status;
use uuid::Uuid;

use crate::grpc::{Tasks, failed};
use crate::policy::{self, Actor};
use crate::store::queue::{NewAction, Requested};
use crate::task::action::{ActionDraft, WorkerView};
use crate::task::{Creator, Draft, NewRun, Task, Verb};
use crate::{convert, event, lifecycle};

/// The method name in idempotency keys.
const METHOD: &str = "ccm.task.v1.TaskService/CreateTask";

impl Tasks {
    /// Creates a task, or returns the task of the live action that does the same.
    pub(crate) async fn create(
        &self,
        mut request: CreateTaskRequest,
        caller: Caller,
    ) -> Result<CreateTaskResponse, Status> {
        let mut violations = Violations::default();
        let request_id = std::mem::take(&mut request.request_id);
        let dry = request.validate_only;
        let key = RequestKey::checked(&caller, METHOD, &request_id, &request, dry, &mut violations);
        let earlier = request_key::recall(self.store.database(), key.as_ref()).await;
        if let Some(earlier) = earlier.map_err(failed)? {
            return replayed(earlier);
        }
        let wire = request.task.unwrap_or_default();
        let action = wire.action.is_some();
        if action {
            policy::ask_for_action(&Actor::from(&caller))?;
        }
        let confirm = wire.action.as_ref().map(|it| it.confirm.clone()).unwrap_or_default();
        let draft = convert::draft(wire, &mut violations);
        if action {
            // Boxed, because it is large, and most tasks have no action.
            return Box::pin(self.create_action(key, dry, (draft, confirm), violations, caller)).await;
        }
        let lookup = match draft.worker_id {
            Some(id) => Box::pin(self.look_up(id, &caller, &mut violations)).await,
            None => Ok(()),
        };
        let checked = draft.check(violations).map_err(status::invalid)?;
        lookup?;
        let creator = Creator { sub: &caller.sub, department: caller.department.as_deref() };
        let task = Task::create(self.clock.new_id(), checked, &creator, self.clock.now());
        let answer = answer(&task, false);
        if dry {
            return Ok(answer);
        }
        let event = event::created(self.clock.new_id(), &task, &caller);
        match self.store.insert(key, answer, task, event).await.map_err(failed)? {
            Once::First(answer) => Ok(answer),
            Once::Repeated(earlier) => replayed(earlier),
        }
    }

    async fn create_action(
        &self,
        key: Option<RequestKey>,
        dry: bool,
        (mut draft, confirm): (Draft, String),
        mut violations: Violations,
        caller: Caller,
    ) -> Result<CreateTaskResponse, Status> {
        let worker = match &draft.action {
            Some(action) => self.worker_of(action, &confirm, &caller, &mut violations).await,
            None => Ok(None),
        };
        if draft.title.is_empty() {
            let name = worker.as_ref().ok().and_then(Option::as_ref).map_or("?", |it| it.name.as_str());
            draft.title = draft.action.as_ref().map_or_else(|| name.to_owned(), |it| it.verb.title(name));
        }
        let verb = draft.action.as_ref().map(|it| it.verb);
        let checked = draft.check(violations).map_err(status::invalid)?;
        // Without a verb or a worker there was a violation.
        let (Some(verb), Some(worker)) = (verb, worker?) else { return Err(status::internal()) };
        worker.expect_legal(verb)?;
        let now = self.clock.now();
        let creator = Creator { sub: &caller.sub, department: caller.department.as_deref() };
        let mut new = self.new_action(&caller);
        let task = Task::create_action(self.clock.new_id(), checked, &creator, now, new.run.clone());
        if dry {
            return Ok(answer(&task, false));
        }
        if worker.converged_on == Some(verb)
            && let Some(worker_id) = task.worker_id
        {
            new.reached_after = self.reached_after(worker_id, verb, &caller).await?;
        }
        let answer = |it: &Requested| answer(&it.task, it.existing);
        match self.store.request(key, task, new, answer, self.events_by(caller)).await? {
            Once::First((answer, requested)) => {
                self.tell(&requested);
                Ok(answer)
            }
            Once::Repeated(earlier) => replayed(earlier),
        }
    }

    /// Looks the worker of an action up; an unknown worker and a missing confirmation are violations.
    async fn worker_of(
        &self,
        action: &ActionDraft,
        confirm: &str,
        caller: &Caller,
        violations: &mut Violations,
    ) -> Result<Option<WorkerView>, Status> {
        let found = self.workers.find(action.worker_id, caller).await?;
        match &found {
            Some(worker) => {
                worker.check_confirm(action.verb, "task.action.confirm", confirm, violations);
            }
            None => violations.add("task.action.worker_id", "must be the id of an existing worker"),
        }
        Ok(found)
    }

    /// Returns the number of the last action on a worker that is in the state which the verb leads to; `None` if it is not,
    /// or while an action on it is live. The worker is looked up once more: only what is read after the number tells whether
    /// the state is the effect of that action or of a later one.
    async fn reached_after(&self, worker: Uuid, verb: Verb, caller: &Caller) -> Result<Option<i64>, Status> {
        let last = self.store.last_action(worker).await.map_err(failed)?;
        let found = self.workers.find(worker, caller).await?;
        Ok(last.filter(|_| found.is_some_and(|it| it.converged_on == Some(verb))))
    }

    /// Returns the run that this request asks for.
    pub(crate) fn new_action(&self, caller: &Caller) -> NewAction {
        let now = self.clock.now();
        NewAction {
            run: NewRun {
                seq: 0,
                max_attempts: self.limits.max_attempts,
                deadline: now + self.limits.deadline,
                trace_id: current_trace_id(),
                has_replaced_begun: false,
            },
            time: self.limits.deadline,
            asked_by: caller.on_behalf_of.clone().unwrap_or_else(|| caller.sub.to_string()),
            cause: Cause::current(),
            now,
            reached_after: None,
        }
    }

    /// Makes the events of changes by the caller.
    pub(crate) fn events_by(
        &self,
        caller: Caller,
    ) -> impl Fn(Option<&Task>, &Task) -> events::NewEvent + Send + 'static {
        let clock = self.clock.clone();
        move |before, after| event::of(clock.new_id(), before, after, &caller)
    }

    /// Tells of the action that a request has replaced.
    pub(crate) fn tell(&self, requested: &Requested) {
        if let Some(ended) = &requested.replaced {
            lifecycle::ended(&ended.task, &ended.live, self.clock.now());
        }
    }
}

fn answer(task: &Task, existing: bool) -> CreateTaskResponse {
    CreateTaskResponse { task: Some(convert::task(task)), replayed: false, existing }
}

fn replayed(earlier: Earlier) -> Result<CreateTaskResponse, Status> {
    let answer: CreateTaskResponse = earlier.answer()?;
    if let Some(task) = &answer.task {
        set_on_current(CCM_TASK_ID, &task.id);
    }
    Ok(CreateTaskResponse { replayed: true, ..answer })
}
