//! A task that is created, seen on the event stream, and deleted again: it shows whether the event log of task-service goes on. The
//! task does not stay, whatever happens meanwhile; if it cannot be deleted, it is named.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use platform::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::clocks::{Reading, of_time};
use super::finding::{Check, Finding};
use crate::client::{Call, Client, Exit, Failure, Stream};
use crate::resources::text;

/// How long an event may take from its change to its client.
pub(super) const EVENT: Duration = Duration::from_secs(8);
/// By then, the gateway has answered, unless `CCM_REQUEST_TIMEOUT` is longer.
const REQUEST: Duration = Duration::from_secs(11);
/// How long the task is tried to be deleted after a check that was ended early. Somebody may wait for the end of the command.
const CLEAN_UP: Duration = Duration::from_secs(5);
/// What people see of the task while it exists.
const TITLE: &str = "ccm doctor: a check of the event log, deleted at once";

/// The task of the check, as long as it may exist.
#[derive(Default)]
pub(super) struct Left(Mutex<Option<Task>>);

#[derive(Clone)]
pub(super) enum Task {
    /// It was asked for with this idempotency key, with which the same request gives its id.
    Asked(String),
    /// It has this id.
    Created(String),
}

impl Left {
    fn set(&self, task: Option<Task>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = task;
    }

    /// The task that may exist.
    pub(super) fn task(&self) -> Option<Task> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Task {
    /// Deletes the task, for so long as somebody may wait for that.
    pub(super) async fn clean_up(&self, client: &Client) -> Result<(), Finding> {
        let deleted = async {
            let id = match self {
                Self::Created(id) => id.clone(),
                Self::Asked(key) => text(&create(client, key).await.map_err(|it| format!("{it:#}"))?["id"]),
            };
            delete(client, &id).await
        };
        let why = match timeout(CLEAN_UP, deleted).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(why)) => why,
            Err(_) => format!("it was not answered within {} s", CLEAN_UP.as_secs()),
        };
        Err(self.left_behind(&why))
    }

    /// Says that the task is left, and how to find it.
    pub(super) fn left_behind(&self, why: &str) -> Finding {
        match self {
            Self::Created(id) => {
                let seen =
                    format!("the task {id}, which was created for this check, could not be deleted: {why}");
                Finding::warning(Check::TaskEvents, seen, format!("delete it: `ccm task delete {id}`"))
            }
            Self::Asked(_) => {
                let seen = format!(
                    "a task that was asked for by this check may exist, and could not be deleted: {why}"
                );
                let advice = format!("look for it by `ccm task list`, and delete it; its title is {TITLE:?}");
                Finding::warning(Check::TaskEvents, seen, advice)
            }
        }
    }
}

/// Creates a task, waits for its event, and deletes it.
pub(super) async fn tasks(
    client: &Client,
    stream: &mut Stream,
    left: &Left,
    clock: &Clock,
) -> (Option<Reading>, Vec<Finding>) {
    let problem = |seen: String, advice: &str| Finding::problem(Check::TaskEvents, seen, advice);
    if !matches!(timeout(EVENT, stream.positioned()).await, Ok(Ok(()))) {
        let seen = format!(
            "the gateway did not say within {} s where the event log of task-service is",
            EVENT.as_secs()
        );
        return (
            None,
            vec![problem(seen, "look at the log of the gateway: it says why it cannot read the log")],
        );
    }
    let (asked, begun) = (clock.now(), Instant::now());
    let key = clock.new_id().to_string();
    left.set(Some(Task::Asked(key.clone())));
    let Ok(created) = timeout(REQUEST, create(client, &key)).await else {
        let seen = format!("no answer to the creation of a task within {} s", REQUEST.as_secs());
        return (None, vec![problem(seen, "look at the logs of gateway and task-service")]);
    };
    let task = match created {
        Ok(task) => task,
        Err(error) => {
            // After other failures, it may exist.
            let is_refused = error.downcast_ref::<Failure>().is_some_and(|it| it.exit != Exit::Unavailable);
            if is_refused {
                left.set(None);
            }
            let seen = format!("no task can be created: {error:#}");
            let advice = "look at the log of task-service; docs/errors.md explains the reason in capitals";
            return (None, vec![problem(seen, advice)]);
        }
    };
    let id = text(&task["id"]);
    left.set(Some(Task::Created(id.clone())));
    let reading = of_time("task-service", &task["created_at"], asked, clock.now());
    let mut findings = Vec::new();
    let subject = format!("tasks/{id}");
    match timeout(EVENT, arrives(stream, &subject)).await {
        Ok(Ok(())) => {
            let seen =
                format!("a task was created, and its event came after {} ms", begun.elapsed().as_millis());
            findings.push(Finding::ok(Check::TaskEvents, seen));
        }
        other => {
            let why = match other {
                Ok(Err(error)) => format!("{error:#}"),
                _ => format!("it did not come within {} s", EVENT.as_secs()),
            };
            let seen = format!("a task was created, and its event is not on the stream: {why}");
            let advice =
                "docs/troubleshooting.md, Events are late, says what to look at in task-service and gateway";
            findings.push(problem(seen, advice));
        }
    }
    match timeout(REQUEST, delete(client, &id)).await {
        Ok(Ok(())) => left.set(None),
        failed => {
            let why = failed.map_or_else(|_| "no answer".to_owned(), |it| it.err().unwrap_or_default());
            left.set(None);
            findings.push(Task::Created(id).left_behind(&why));
        }
    }
    (reading, findings)
}

async fn arrives(stream: &mut Stream, subject: &str) -> anyhow::Result<()> {
    while let Some(event) = stream.next().await? {
        if event["subject"] == subject {
            return Ok(());
        }
    }
    anyhow::bail!("the connection was closed")
}

async fn create(client: &Client, key: &str) -> anyhow::Result<Value> {
    let call = Call::new(Method::POST, client.url(&["api", "tasks"])).body(json!({"title": TITLE}));
    client.send(call.key(Some(key.to_owned()))).await?.json()
}

async fn delete(client: &Client, id: &str) -> Result<(), String> {
    let call = Call::new(Method::DELETE, client.url(&["api", "tasks", id]));
    match client.send(call).await {
        // An earlier attempt may have deleted it.
        Err(error) if error.downcast_ref::<Failure>().is_none_or(|it| it.exit != Exit::NotFound) => {
            Err(format!("{error:#}"))
        }
        _ => Ok(()),
    }
}
