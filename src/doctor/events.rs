//! Whether the event stream arrives at once, and whether the event logs behind it go on: a task is created, seen on the stream,
//! and deleted again. Of worker-service, no event is made, because that takes a machine; its log is read.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use platform::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::clocks::{Reading, of_time};
use super::finding::{Check, Finding};
use super::gateway::Ready;
use crate::client::{Call, Client, Exit, Failure, Stream};
use crate::resources::text;

/// How long the first event of a stream may take: the gateway sends it at once.
const FIRST: Duration = Duration::from_secs(5);
/// How long an event may take from its change to its client.
const EVENT: Duration = Duration::from_secs(8);
/// By then, the gateway has answered, unless `CCM_REQUEST_TIMEOUT` is longer.
const REQUEST: Duration = Duration::from_secs(11);
/// What people see of the task while it exists.
const TITLE: &str = "ccm doctor: a check of the event log, deleted at once";

/// The task of the check, as long as it may exist.
#[derive(Default)]
pub(super) struct Left(Mutex<Option<Task>>);

#[derive(Clone)]
enum Task {
    /// It was asked for with this idempotency key, with which the same request gives its id.
    Asked(String),
    /// It has this id.
    Created(String),
}

impl Left {
    fn set(&self, task: Option<Task>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = task;
    }

    pub(super) fn is_none(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Deletes the task if the check was ended before it has done so.
    pub(super) async fn clean_up(&self, client: &Client) -> Option<Finding> {
        let task = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let deleted = async {
            let id = match &task {
                Task::Created(id) => id.clone(),
                Task::Asked(key) => text(&create(client, key).await?["id"]),
            };
            delete(client, &id).await.map_err(anyhow::Error::msg)
        };
        if let Ok(Ok(())) = timeout(FIRST, deleted).await {
            self.set(None);
            return None;
        }
        Some(match task {
            Task::Created(id) => left_behind(&id, "it was not answered"),
            Task::Asked(_) => {
                let seen = "the task that was asked for was not answered, and may exist";
                Finding::warning(
                    Check::TaskEvents,
                    seen,
                    format!("look for it by `ccm task list`: {TITLE:?}"),
                )
            }
        })
    }
}

/// Looks at the stream and the logs; returns what the clocks of gateway and task-service say, too. What a service does that does not
/// serve is not tried: a task might not be deleted again.
pub(super) async fn examine(
    client: &Client,
    proxy: Option<&str>,
    ready: Option<&Ready>,
    left: &Left,
    clock: &Clock,
) -> (Vec<Reading>, Vec<Finding>) {
    let (asked, begun) = (clock.now(), Instant::now());
    let opened = timeout(FIRST, connected(client, &[("event_types", "task.*"), ("since", "now")])).await;
    let (mut stream, first) = match opened {
        Ok(Ok(opened)) => opened,
        failed => {
            let finding = match failed {
                Ok(Err(error)) => of_stream(&error),
                _ => held_back(proxy),
            };
            let why = "the event stream tells nothing, see event_stream";
            let others = [Check::TaskEvents, Check::WorkerEvents].map(|it| Finding::needs(it, why));
            return (Vec::new(), [vec![finding], others.to_vec()].concat());
        }
    };
    let mut readings: Vec<Reading> =
        of_time("the gateway", &first["time"], asked, clock.now()).into_iter().collect();
    let seen = format!("the first event came after {} ms", begun.elapsed().as_millis());
    let mut findings = vec![Finding::ok(Check::EventStream, seen)];
    let of_tasks = async {
        if serves(ready, task_service::NAME) {
            tasks(client, &mut stream, left, clock).await
        } else {
            (None, vec![Finding::needs(Check::TaskEvents, "task-service does not serve")])
        }
    };
    let of_workers = async {
        if serves(ready, worker_service::NAME) {
            workers(client).await
        } else {
            Finding::needs(Check::WorkerEvents, "worker-service does not serve")
        }
    };
    let (of_tasks, of_workers) = tokio::join!(of_tasks, of_workers);
    readings.extend(of_tasks.0);
    findings.extend(of_tasks.1);
    findings.push(of_workers);
    (readings, findings)
}

fn serves(ready: Option<&Ready>, name: &str) -> bool {
    ready.is_some_and(|it| it.serves(name))
}

/// Opens a stream and waits for its first event.
async fn connected(client: &Client, parameters: &[(&str, &str)]) -> anyhow::Result<(Stream, Value)> {
    let mut stream = client.stream(parameters).await?;
    match stream.next().await? {
        Some(event) if event["type"] == "connected" => Ok((stream, event)),
        Some(event) if event["type"] == "system.sse.rejected" => {
            anyhow::bail!("the gateway has too many event streams ({})", text(&event["data"]["reason"]))
        }
        Some(event) => anyhow::bail!("the stream begins with {} instead of connected", text(&event["type"])),
        None => anyhow::bail!("the connection was closed before the first event"),
    }
}

fn of_stream(error: &anyhow::Error) -> Finding {
    let hint = error.downcast_ref::<Failure>().and_then(|it| it.hint.clone());
    let advice = hint
        .unwrap_or_else(|| "docs/stream.md, Behind a proxy, says what streams need of a proxy".to_owned());
    Finding::problem(Check::EventStream, format!("{error:#}"), advice)
}

fn held_back(proxy: Option<&str>) -> Finding {
    let who =
        proxy.map_or_else(|| "a proxy in front of the gateway".to_owned(), |it| format!("the proxy {it}"));
    Finding::problem(
        Check::EventStream,
        format!(
            "other requests are answered, and no event came within {} s: {who} buffers the stream",
            FIRST.as_secs()
        ),
        "turn buffering off for /api/events/stream, as docs/stream.md, Behind a proxy, shows for each proxy",
    )
}

/// Creates a task, waits for its event, and deletes it.
async fn tasks(
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
            findings.push(left_behind(&id, &why));
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

fn left_behind(id: &str, why: &str) -> Finding {
    let seen = format!("the task {id}, which was created for this check, could not be deleted: {why}");
    Finding::warning(Check::TaskEvents, seen, format!("delete it: `ccm task delete {id}`"))
}

/// Reads the log of worker-service: a snapshot of a worker that does not exist.
async fn workers(client: &Client) -> Finding {
    let nobody = Clock::system().new_id().to_string();
    let read = async {
        let (mut stream, _) = connected(client, &[("worker_ids", &nobody)]).await?;
        while let Some(event) = stream.next().await? {
            if event["type"] == "snapshot.completed" {
                return Ok(());
            }
        }
        anyhow::bail!("the connection was closed")
    };
    let why = match timeout(EVENT, read).await {
        Ok(Ok(())) => {
            let seen = "the log was read up to its end; no event was made, because that takes a machine";
            return Finding::ok(Check::WorkerEvents, seen);
        }
        Ok(Err(error)) => format!("{error:#}"),
        Err(_) => format!("its end was not reached within {} s", EVENT.as_secs()),
    };
    let advice =
        "docs/troubleshooting.md, Events are late, says what to look at in worker-service and gateway";
    Finding::problem(
        Check::WorkerEvents,
        format!("the event log of worker-service cannot be read: {why}"),
        advice,
    )
}
