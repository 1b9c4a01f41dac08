//! The caller who behaves: 100 requests a second and a watch a second, from an address of its own.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use http_body_util::BodyExt as _;
use tokio::time::MissedTickBehavior;

use super::grpc::{self, FROM_EARLIEST, SNAPSHOT, WATCH};
use crate::load::{Connection, Row, Target};

/// The requests of each loop, by turns. A GET opens a connection of its own.
const ROWS: [Row; 4] = [Row::Get, Row::List, Row::Get, Row::Post];
/// Between two requests of a loop.
const INTERVAL: Duration = Duration::from_millis(40);
const WATCH_INTERVAL: Duration = Duration::from_secs(1);
/// An answer that has not come by then has failed.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(super) struct Behaved<'a> {
    pub(super) target: &'a Target,
    pub(super) service: SocketAddr,
}

/// What came of the requests.
#[derive(Default)]
pub(super) struct Answers {
    /// Microseconds from when a request was due to the end of its answer, in order.
    pub(super) latencies: Vec<u32>,
    /// Answers with another status than the request has when all is well.
    pub(super) refused: usize,
    /// Requests without an answer.
    pub(super) failed: usize,
}

impl Answers {
    /// Milliseconds.
    pub(super) fn p99(&self) -> f64 {
        let at = (self.latencies.len() * 99 / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).map_or(f64::INFINITY, |&it| f64::from(it) / 1_000.0)
    }

    fn add(&mut self, due: Instant, answer: anyhow::Result<()>) {
        match answer {
            Ok(()) => self.latencies.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX)),
            Err(error) => {
                let text = error.to_string();
                if text.contains(" answered ") {
                    self.refused += 1;
                } else {
                    self.failed += 1;
                }
                if self.refused + self.failed == 1 {
                    eprintln!("the caller who behaves: {error:#}");
                }
            }
        }
    }
}

impl Behaved<'_> {
    /// Calls for this long.
    pub(super) async fn call(&self, duration: Duration) -> anyhow::Result<Answers> {
        let until = Instant::now() + duration;
        let mut loops = tokio::task::JoinSet::new();
        for row in ROWS {
            loops.spawn(requests(self.target.clone(), row, until));
        }
        loops.spawn(watches(self.target.clone(), self.service, until));
        let mut all = Answers::default();
        while let Some(one) = loops.join_next().await {
            let one = one?;
            all.latencies.extend(one.latencies);
            (all.refused, all.failed) = (all.refused + one.refused, all.failed + one.failed);
        }
        all.latencies.sort_unstable();
        Ok(all)
    }
}

async fn requests(target: Target, row: Row, until: Instant) -> Answers {
    let (mut answers, mut open) = (Answers::default(), None);
    // A request that is due while another one waits is late by the time that it waits.
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for number in 0_usize.. {
        let due = ticks.tick().await.into_std();
        if due >= until {
            break;
        }
        let answer = async {
            if row == Row::Get || open.is_none() {
                open = Some(Connection::open(&target, number).await?);
            }
            open.as_mut().context("it was opened")?.send(row).await?;
            anyhow::Ok(())
        };
        let answer = tokio::time::timeout(TIMEOUT, answer).await.map_err(Into::into).flatten();
        if answer.is_err() {
            open = None;
        }
        answers.add(due, answer);
    }
    answers
}

/// Watches over gRPC, from the beginning of the log and with a snapshot by turns, each until it has its first event or subject.
async fn watches(target: Target, service: SocketAddr, until: Instant) -> Answers {
    let mut answers = Answers::default();
    let mut ticks = tokio::time::interval(WATCH_INTERVAL);
    let token = target.authorization.to_str().unwrap_or_default().trim_start_matches("Bearer ").to_owned();
    for number in 0_usize.. {
        let due = ticks.tick().await.into_std();
        if due >= until {
            break;
        }
        let message = if number % 2 == 0 { FROM_EARLIEST } else { SNAPSHOT };
        let watch = async {
            let sender = grpc::open_as_caller(service).await?;
            let request = grpc::request(WATCH, Some(&token), grpc::unary(message));
            let mut answer = grpc::call(sender.clone(), request).await?;
            if let Some(status) = answer.headers().get("grpc-status") {
                anyhow::bail!("WatchEvents answered {status:?}");
            }
            // The first message says where the stream begins.
            for _ in 0..2 {
                let frame = answer.body_mut().frame().await.context("the watch ended")??;
                if let Some(trailers) = frame.trailers_ref() {
                    anyhow::bail!("WatchEvents answered {:?}", trailers.get("grpc-status"));
                }
            }
            Ok(())
        };
        answers.add(due, tokio::time::timeout(TIMEOUT, watch).await.map_err(Into::into).flatten());
    }
    answers
}
