//! Whether the event stream arrives at once, and whether the event logs behind it go on. In task-service, an event is made
//! (`canary.rs`). In worker-service none is made, because that takes a machine; its log is read.

use platform::clock::Clock;
use tokio::time::timeout;

use super::canary::{self, EVENT, Left};
use super::clocks::{Reading, of_time};
use super::finding::{Check, Finding};
use super::gateway::Ready;
use super::stream::{connected, open};
use crate::client::Client;

/// Looks at the stream and the logs; returns what the clocks of gateway and task-service say, too. What a service does that does not
/// serve is not tried: a task might not be deleted again.
pub(super) async fn examine(
    client: &Client,
    proxy: Option<&str>,
    ready: Option<&Ready>,
    left: &Left,
    clock: &Clock,
) -> (Vec<Reading>, Vec<Finding>) {
    let asked = clock.now();
    let mut opened = match open(client, proxy, &[("event_types", "task.*"), ("since", "now")]).await {
        Ok(opened) => opened,
        Err(finding) => {
            let why = "the event stream tells nothing, see event_stream";
            let others = [Check::TaskEvents, Check::WorkerEvents].map(|it| Finding::needs(it, why));
            return (Vec::new(), [vec![finding], others.to_vec()].concat());
        }
    };
    let mut readings: Vec<Reading> =
        of_time("the gateway", &opened.first["time"], asked, clock.now()).into_iter().collect();
    let seen = format!("the first event came after {} ms", opened.after.as_millis());
    let mut findings = vec![Finding::ok(Check::EventStream, seen)];
    let of_tasks = async {
        if serves(ready, task_service::NAME) {
            canary::tasks(client, &mut opened.stream, left, clock).await
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

/// Reads the log of worker-service: a snapshot of a worker that does not exist. It ends when all events have positions that were
/// committed before.
async fn workers(client: &Client) -> Finding {
    let nobody = Clock::system().new_id().to_string();
    let read = async {
        let mut stream = client.stream(&[("worker_ids", &nobody)]).await?;
        connected(&mut stream).await?;
        while let Some(event) = stream.next().await? {
            if event["type"] == "snapshot.completed" {
                return Ok(());
            }
        }
        anyhow::bail!("the connection was closed")
    };
    let why = match timeout(EVENT, read).await {
        Ok(Ok(())) => {
            let seen = "the log was read up to its end, and no event waits for its position in it; none was made, because that \
                        takes a machine";
            return Finding::ok(Check::WorkerEvents, seen);
        }
        Ok(Err(error)) => format!("{error:#}"),
        Err(_) => format!(
            "its end was not reached within {} s: events wait for their positions in it, or it is not sent",
            EVENT.as_secs()
        ),
    };
    let advice =
        "docs/troubleshooting.md, Events are late, says what to look at in worker-service and gateway";
    Finding::problem(
        Check::WorkerEvents,
        format!("the event log of worker-service cannot be read to its end: {why}"),
        advice,
    )
}
