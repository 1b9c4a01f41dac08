//! What has to hold at the end of a run. The provider's journal says what really happened.

mod acknowledged;
mod calls;
mod machines;
mod tasks;
mod workers;

use std::collections::{BTreeMap, BTreeSet};

use storage::sqlx::types::Uuid;

use super::cluster::Fault;
use super::driver::Acknowledged;
use super::records::{Machine, Records, WorkerRow};

/// A run that has ended.
pub(super) struct Run {
    pub(super) records: Records,
    pub(super) acknowledged: Vec<Acknowledged>,
    pub(super) faults: Vec<Fault>,
    pub(super) seed: u64,
}

/// What is wrong, each with the worker concerned.
#[derive(Default)]
struct Findings(Vec<(Uuid, String)>);

impl Findings {
    fn add(&mut self, worker: Uuid, what: impl Into<String>) {
        self.0.push((worker, what.into()));
    }

    fn unless(&mut self, holds: bool, worker: Uuid, what: impl FnOnce() -> String) {
        if !holds {
            self.add(worker, what());
        }
    }
}

/// Ends the test if something is wrong, and tells the stories of the workers concerned.
pub(super) fn verdict(run: &Run) {
    summary(run);
    let findings = examine(run);
    if findings.0.is_empty() {
        return;
    }
    for (worker, what) in &findings.0 {
        println!("WRONG {worker} {what}");
    }
    for fault in &run.faults {
        println!("{} to {} {:?} {:?}", fault.from.0, fault.until.0, fault.kind, fault.replica);
    }
    let concerned: BTreeSet<Uuid> = findings.0.iter().map(|it| it.0).collect();
    for worker in concerned.into_iter().take(3) {
        story(run, worker);
    }
    panic!("{} findings with CCM_FLEET_SEED={}; the first: {}", findings.0.len(), run.seed, findings.0[0].1);
}

/// What a run has met, so that one that meets nothing is noticed.
fn summary(run: &Run) {
    let records = &run.records;
    let mut ends = BTreeMap::<(&str, &str), usize>::new();
    for change in &records.task_changes {
        let task = &change.after;
        let Some(of_task) = task.run.as_ref().filter(|it| it.ended_at.is_some()) else { continue };
        let reason = of_task.last_error.as_ref().map_or("", |it| it.reason.as_deref().unwrap_or(&it.code));
        *ends.entry((task.status().as_str_name(), reason)).or_default() += 1;
    }
    let mut calls = BTreeMap::<&str, usize>::new();
    for call in &records.calls {
        *calls.entry(&call.result).or_default() += 1;
    }
    let mut workers = BTreeMap::<&str, usize>::new();
    for worker in &records.workers {
        *workers.entry(&worker.observed_state).or_default() += 1;
    }
    println!("runs {ends:?}");
    println!("provider calls {calls:?}, workers {workers:?}");
}

/// Whether workers and machines agree, and nothing is on its way, as has to be at the end. What a call has done after its
/// caller gave up is found by the next sweep; if the process that swept was killed, another one sweeps when its lease has
/// ended. A worker that had converged keeps that outcome while it is brought back.
pub(super) fn is_at_rest(workers: &[WorkerRow], machines: &[Machine]) -> bool {
    let mut present = workers.iter().filter(|it| !it.deleted);
    let mut findings = Findings::default();
    machines::examine(workers, machines, &mut findings);
    present.all(|it| it.observed_state == it.desired_state || it.observed_state == "failed")
        && findings.0.is_empty()
}

fn examine(run: &Run) -> Findings {
    let mut findings = Findings::default();
    tasks::examine(run, &mut findings);
    acknowledged::examine(run, &mut findings);
    workers::examine(run, &mut findings);
    calls::examine(run, &mut findings);
    machines::examine(&run.records.workers, &run.records.machines, &mut findings);
    findings
}

/// Prints what is known of a worker, in the order of each source.
fn story(run: &Run, worker: Uuid) {
    let records = &run.records;
    println!("--- {worker}");
    for row in records.workers.iter().filter(|it| it.id == worker) {
        println!("{row:?}");
    }
    for row in records.generations.iter().filter(|it| it.worker_id == worker) {
        println!("{row:?}");
    }
    for row in records.calls_of(worker) {
        println!("{row:?}");
    }
    for row in records.machines.iter().filter(|it| it.owner == Some(worker.to_string())) {
        println!("{row:?}");
    }
    for change in records.worker_changes.iter().filter(|it| it.after.id == worker.to_string()) {
        let worker = &change.after;
        println!("{} {} {:?} {:?}", change.kind, change.revision, worker.desired, worker.observed);
    }
    for change in records.task_changes.iter().filter(|it| it.after.worker_id == Some(worker.to_string())) {
        let task = &change.after;
        println!("{} {} {} {:?} {:?}", change.kind, task.id, change.revision, task.status(), task.run);
    }
}

/// The state that a verb leads to.
fn target(verb: proto::task::v1::TaskVerb) -> &'static str {
    use proto::task::v1::TaskVerb;
    match verb {
        TaskVerb::Start => "running",
        TaskVerb::Stop => "stopped",
        TaskVerb::Terminate => "terminated",
        TaskVerb::Unspecified => "unspecified",
    }
}
