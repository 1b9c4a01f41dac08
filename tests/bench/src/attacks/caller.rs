//! The caller who behaves: 100 requests a second, and watches, from an address of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http::HeaderValue;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior};

use super::latencies::Latencies;
use super::processes::Processes;
use super::watches::Watch;
use crate::load::{Connection, Row, Target};

/// The requests of the loops. A GET of a task opens a connection of its own.
const REQUESTS: [Request; 4] = [Request::Task, Request::Tasks, Request::Workers, Request::NewTask];
/// Between two requests of a loop.
const INTERVAL: Duration = Duration::from_millis(40);
/// Between two watches that begin in the same way.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);
/// An answer that has not come by then has failed.
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Request {
    Task,
    Tasks,
    Workers,
    NewTask,
    /// A DELETE of a task that its caller does not see.
    UnseenTask,
}

impl Request {
    async fn send(self, on: &mut Connection, target: &Target, number: usize) -> anyhow::Result<Bytes> {
        match self {
            Self::Task => on.send(Row::Get).await,
            Self::Tasks => on.send(Row::List).await,
            Self::Workers => on.get("/api/workers").await,
            Self::NewTask => on.send(Row::Post).await,
            Self::UnseenTask => {
                let id = target.tasks.get(number % target.tasks.len().max(1)).context("no task is unseen")?;
                on.delete_unseen(&format!("/api/tasks/{id}")).await
            }
        }
    }
}

/// What came of the calls.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) requests: Latencies,
    /// Watches that began with the log, until they had its events.
    pub(super) catching_up: Latencies,
    /// Watches that began with a snapshot, until they had it.
    pub(super) snapshots: Latencies,
    /// Answers with another status than the call has when all is well.
    pub(super) refused: usize,
    /// Calls without an answer.
    pub(super) failed: usize,
}

impl Answers {
    fn add(
        &mut self,
        due: Instant,
        answer: anyhow::Result<()>,
        of: impl FnOnce(&mut Self) -> &mut Latencies,
    ) {
        let Err(error) = answer else { return of(self).add(due) };
        if error.to_string().contains(" answered ") {
            self.refused += 1;
        } else {
            self.failed += 1;
        }
        if self.refused + self.failed == 1 {
            eprintln!("the caller who behaves: {error:#}");
        }
    }

    fn extend(&mut self, others: Self) {
        self.requests.extend(others.requests);
        self.catching_up.extend(others.catching_up);
        self.snapshots.extend(others.snapshots);
        self.refused += others.refused;
        self.failed += others.failed;
    }
}

/// The caller, and to whom it calls.
pub(super) struct Behaved<'a> {
    pub(super) processes: &'a Processes,
    /// The `Authorization` of an account that deletes tasks that it does not see, meanwhile.
    pub(super) deletes: Option<HeaderValue>,
}

impl Behaved<'_> {
    /// Calls for this long.
    pub(super) async fn call(&self, duration: Duration) -> anyhow::Result<Answers> {
        let (until, target) = (Instant::now() + duration, &self.processes.target);
        let mut loops = JoinSet::new();
        for request in REQUESTS {
            loops.spawn(requests(target.clone(), request, until));
        }
        if let Some(authorization) = self.deletes.clone() {
            let unseen = Arc::new(self.processes.unseen.clone());
            let target = Target { authorization, tasks: unseen, ..target.clone() };
            loops.spawn(requests(target, Request::UnseenTask, until));
        }
        let token = target.authorization.to_str()?.trim_start_matches("Bearer ").to_owned();
        for watch in [Watch::CatchUp, Watch::Snapshot] {
            loops.spawn(watches(self.processes.task_service, token.clone(), watch, until));
        }
        let mut all = Answers::default();
        while let Some(one) = loops.join_next().await {
            all.extend(one?);
        }
        Ok(all)
    }
}

async fn requests(target: Target, request: Request, until: Instant) -> Answers {
    let (mut answers, mut open, mut opened) = (Answers::default(), None, 0);
    let mut schedule = Schedule::new(INTERVAL, until);
    while let Some(due) = schedule.next().await {
        // A connection whose request has failed, or was given up, is not used again.
        let kept: Option<Connection> = open.take().filter(|_| request != Request::Task);
        opened += 1;
        let answer = in_time(until, async {
            let mut connection = match kept {
                Some(kept) => kept,
                None => Connection::open(&target, opened).await?,
            };
            request.send(&mut connection, &target, opened).await?;
            open = Some(connection);
            Ok(())
        });
        let answer = answer.await;
        answers.add(due, answer, |all| &mut all.requests);
    }
    answers
}

async fn watches(service: SocketAddr, token: String, watch: Watch, until: Instant) -> Answers {
    let mut answers = Answers::default();
    let mut schedule = Schedule::new(WATCH_INTERVAL, until);
    while let Some(due) = schedule.next().await {
        let answer = in_time(until, watch.read(service, &token)).await;
        answers.add(due, answer, |all| match watch {
            Watch::CatchUp => &mut all.catching_up,
            Watch::Snapshot => &mut all.snapshots,
        });
    }
    answers
}

/// Once the end is long over, what is still due has failed, so that a service that hardly answers is not measured for hours.
async fn in_time(until: Instant, answer: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    ensure!(Instant::now() < until + TIMEOUT, "it was not called in time");
    tokio::time::timeout(TIMEOUT, answer).await.context("no answer in time").flatten()
}

/// When calls are due. One that is due while another one waits is late by the time that it waits.
struct Schedule {
    ticks: Interval,
    until: Instant,
}

impl Schedule {
    fn new(interval: Duration, until: Instant) -> Self {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        Self { ticks, until }
    }

    /// Waits until the next call is due; none is due after the end.
    async fn next(&mut self) -> Option<Instant> {
        let due = self.ticks.tick().await.into_std();
        (due < self.until).then_some(due)
    }
}
