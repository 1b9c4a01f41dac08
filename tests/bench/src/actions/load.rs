//! The load of actions: each worker is stopped and started by turns. The next action of a worker is asked for as soon as the
//! task of the one before has ended, so that there are always as many live actions as workers.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use proto::event::v1::event::Resource;
use proto::event::v1::event_service_client::EventServiceClient;
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{WatchEventsRequest, WatchEventsResponse, WatchStart};
use proto::task::v1::{Task, TaskStatus};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tonic::Streaming;

use super::fleet::Fleet;
use crate::load::{Connection, Load};

/// How long the last actions of a turn may take.
const DRAIN: Duration = Duration::from_secs(30);

/// The workers of a fleet as the load knows them: whether each one's machine runs.
pub(crate) struct Workers(Vec<(String, bool)>);

/// What a turn came to.
pub(crate) struct Turn {
    /// Actions that ended in the measured part.
    pub(crate) measured: u64,
    /// Actions of the whole turn, before, within and after the measured part.
    pub(crate) all: u64,
}

/// What the requests and the watch of a turn share.
struct Shared {
    is_over: AtomicBool,
    ended: AtomicU64,
    /// The numbers of the workers by their ids.
    numbers: HashMap<String, usize>,
    ready: UnboundedSender<usize>,
}

impl Workers {
    /// The machines of new workers run.
    pub(crate) fn of(fleet: &Fleet) -> Self {
        Self(fleet.workers.iter().map(|it| (it.clone(), true)).collect())
    }

    /// Takes a turn, after which no action is live. `probe` is called where the measured part begins and where it ends.
    pub(crate) async fn turn<T>(
        &mut self,
        load: Load,
        fleet: &Fleet,
        probe: impl Fn() -> anyhow::Result<T>,
    ) -> anyhow::Result<(Turn, T, T)> {
        let (ready, waiting) = unbounded_channel();
        let numbers = self.0.iter().enumerate().map(|(number, it)| (it.0.clone(), number)).collect();
        (0..self.0.len()).try_for_each(|it| ready.send(it))?;
        let shared =
            Arc::new(Shared { is_over: AtomicBool::new(false), ended: AtomicU64::new(0), numbers, ready });
        let watching = tokio::spawn(watch(events(fleet).await?, shared.clone()));
        let state = Arc::new((tokio::sync::Mutex::new(waiting), Mutex::new(self.0.clone())));
        let mut asking = Vec::new();
        for number in 0..load.connections {
            let connection = Connection::open(&fleet.target, number).await?;
            asking.push(tokio::spawn(ask(connection, shared.clone(), state.clone())));
        }
        tokio::time::sleep(load.warm_up).await;
        let (before, at_begin) = (probe()?, shared.ended.load(Ordering::Relaxed));
        tokio::time::sleep(load.measured).await;
        let (after, at_end) = (probe()?, shared.ended.load(Ordering::Relaxed));
        shared.is_over.store(true, Ordering::Relaxed);
        let mut asked = 0;
        for one in asking {
            asked += one.await??;
        }
        let started = Instant::now();
        while shared.ended.load(Ordering::Relaxed) < asked {
            if watching.is_finished() {
                break;
            }
            if started.elapsed() > DRAIN {
                bail!("{} actions of {asked} have ended", shared.ended.load(Ordering::Relaxed));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if watching.is_finished() {
            watching.await??;
            bail!("the watch ended");
        }
        watching.abort();
        self.0.clone_from(&state.1.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((Turn { measured: at_end - at_begin, all: asked }, before, after))
    }
}

type State = (tokio::sync::Mutex<UnboundedReceiver<usize>>, Mutex<Vec<(String, bool)>>);

/// Asks for actions until the turn is over, and returns for how many.
async fn ask(mut connection: Connection, shared: Arc<Shared>, state: Arc<State>) -> anyhow::Result<u64> {
    let mut asked = 0;
    loop {
        let next =
            tokio::time::timeout(Duration::from_millis(100), async { state.0.lock().await.recv().await });
        if shared.is_over.load(Ordering::Relaxed) {
            return Ok(asked);
        }
        // The task of no worker has ended for a while.
        let Ok(number) = next.await else { continue };
        let number = number.context("the watch ended")?;
        let (id, runs) = {
            let mut workers = state.1.lock().unwrap_or_else(PoisonError::into_inner);
            workers[number].1 = !workers[number].1;
            workers[number].clone()
        };
        let verb = if runs { "start" } else { "stop" };
        connection.post(&format!("/api/workers/{id}/{verb}"), &json!({})).await?;
        asked += 1;
    }
}

/// The events of tasks from now on.
#[expect(clippy::disallowed_types, reason = "one watch of one replica, which nothing balances")]
async fn events(fleet: &Fleet) -> anyhow::Result<Streaming<WatchEventsResponse>> {
    let request = WatchEventsRequest { start: WatchStart::Now.into(), ..WatchEventsRequest::default() };
    let mut request = tonic::Request::new(request);
    let authorization = fleet.target.authorization.to_str()?.parse()?;
    request.metadata_mut().insert("authorization", authorization);
    let channel = tonic::transport::Endpoint::try_from(fleet.task_service.clone())?.connect().await?;
    let mut stream = EventServiceClient::new(channel).watch_events(request).await?.into_inner();
    match stream.message().await?.and_then(|it| it.item) {
        Some(Item::Started(_)) => Ok(stream),
        other => bail!("a watch begins with {other:?}"),
    }
}

/// Tells which workers have no live action any more.
async fn watch(mut stream: Streaming<WatchEventsResponse>, shared: Arc<Shared>) -> anyhow::Result<()> {
    while let Some(message) = stream.message().await? {
        let Some(Item::Event(event)) = message.item else { continue };
        let Some(Resource::Task(task)) = event.resource else { continue };
        match task.status() {
            TaskStatus::Pending | TaskStatus::InProgress => {}
            TaskStatus::Completed => shared.ended(&task)?,
            _ => bail!("an action did not succeed: {task:?}"),
        }
    }
    bail!("the watch ended")
}

impl Shared {
    fn ended(&self, task: &Task) -> anyhow::Result<()> {
        let number = self.numbers.get(task.worker_id()).context("a task of another worker")?;
        self.ended.fetch_add(1, Ordering::Relaxed);
        Ok(self.ready.send(*number)?)
    }
}
