//! Compares what a provider shows with what is known, and makes workers due that differ. One process at a time sweeps a
//! provider; a sweep that finds no difference writes nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use platform::clock::Micros;
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use storage::StorageError;
use telemetry::span::untraced;
use uuid::Uuid;

use super::Reconciler;
use super::decide::{Seen, observed, recovers, tag_change};
use crate::provider::{CallOrigin, Machine, MachineState, ProviderError, Utilization};
use crate::store::SweepLease;
use crate::worker::{DesiredState, ObservedState, Provider, Report, Worker};

/// Number of workers that are compared at a time.
const PAGE: i64 = 1_000;
/// A provider that shows more pages than this does not come to an end.
const MOST_PAGES: usize = 10_000;

/// Why a sweep ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("the provider did not list its machines")]
    Provider(#[from] ProviderError),
    #[error("the provider's list of machines does not end")]
    Endless,
    #[error("the lease of the sweep has ended")]
    LeaseLost,
}

/// What a sweep has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Workers that differ from their machine and are due now.
    pub(crate) woken: usize,
    /// Machines without a worker, for which one was made.
    pub(crate) adopted: usize,
    /// Machines that no worker needs, and which are terminated.
    pub(crate) surplus: usize,
    /// Machines with the tag of a worker that has lost its own machine. They are left alone.
    pub(crate) spared: Vec<String>,
}

impl Found {
    fn has_effect(&self) -> bool {
        self.woken + self.adopted + self.surplus > 0
    }
}

impl Reconciler {
    /// Sweeps the providers until `stop`.
    pub(crate) async fn sweep_until(self, stop: Shutdown) {
        let provider = Provider::Simulated;
        let interval = self.settings.sweep_interval;
        let length = interval.saturating_mul(4).max(Duration::from_secs(30));
        let spared = Mutex::<Vec<String>>::default();
        let turn = || async {
            let Some(lease) = untraced(self.store.hold_sweep(provider, self.owner, length)).await? else {
                return Ok(());
            };
            let found = telemetry::sweep::traced_if("sweep provider", self.sweep(lease), |it| {
                it.as_ref().map_or(true, Found::has_effect)
            });
            let found = found.await?;
            if found.has_effect() {
                let Found { woken, adopted, surplus, .. } = found;
                tracing::info!(
                    provider = provider.into_str(),
                    woken,
                    adopted,
                    surplus,
                    "a sweep found differences"
                );
            }
            let mut known = spared.lock().unwrap_or_else(PoisonError::into_inner);
            for machine in found.spared.iter().filter(|it| !known.contains(it)) {
                tracing::warn!(
                    machine,
                    "a worker has lost its machine, and another machine has its tag; a start of the worker takes it over"
                );
            }
            *known = found.spared;
            Ok::<(), SweepError>(())
        };
        let periodic =
            Periodic { work: "sweeping the provider", interval, longest_backoff: interval.saturating_mul(4) };
        periodic.run(&stop, turn).await;
        let _ = untraced(self.store.release_sweep(provider, self.owner)).await;
    }

    /// Compares all machines of a provider with all of its workers. Renews the lease between pages, and ends when it is lost.
    pub(crate) async fn sweep(&self, lease: SweepLease) -> Result<Found, SweepError> {
        let SweepLease { provider, fence, .. } = lease;
        let mut machines = self.machines(lease).await?;
        let (mut found, mut differ, mut after) = (Found::default(), Vec::new(), Uuid::nil());
        let (mut reports, now) = (Vec::new(), self.clock.now());
        loop {
            self.renew(lease).await?;
            let workers = self.store.of_provider(provider, after, PAGE).await?;
            let is_last = i64::try_from(workers.len()).is_ok_and(|it| it < PAGE);
            after = workers.last().map_or(after, |it| it.id);
            for worker in workers {
                let of_worker = machines.remove(&worker.id).unwrap_or_default();
                let (own, others): (Vec<Machine>, Vec<Machine>) = of_worker
                    .into_iter()
                    .partition(|it| worker.instance_id.as_ref().is_none_or(|id| *id == it.id));
                if differs(&worker, own.first()) {
                    differ.push(worker.id);
                }
                reports.extend(report(&worker, own.first(), now).map(|it| (worker.id, it)));
                let needs_none = own.iter().any(is_alive) || worker.desired.state == DesiredState::Terminated;
                for machine in others.into_iter().filter(is_alive) {
                    if needs_none {
                        self.terminate(&worker, &machine, fence).await;
                        found.surplus += 1;
                    } else {
                        found.spared.push(machine.id);
                    }
                }
            }
            if is_last {
                break;
            }
        }
        found.woken = differ.len();
        if !reports.is_empty() {
            self.store.report(reports).await?;
        }
        if !differ.is_empty() {
            self.store.wake(differ).await?;
        }
        for (id, machines) in machines {
            self.renew(lease).await?;
            for machine in machines.iter().filter(|it| is_alive(it)) {
                self.without_worker(id, provider, machine, fence, &mut found).await?;
            }
        }
        Ok(found)
    }

    /// Fails if the lease has ended: another process may be sweeping.
    async fn renew(&self, lease: SweepLease) -> Result<(), SweepError> {
        if self.store.renew_sweep(lease).await? { Ok(()) } else { Err(SweepError::LeaseLost) }
    }

    /// Returns the machines that a provider lists, by worker. A machine that is shown twice counts once.
    async fn machines(&self, lease: SweepLease) -> Result<HashMap<Uuid, Vec<Machine>>, SweepError> {
        let (mut machines, mut page) = (HashMap::<Uuid, Vec<Machine>>::new(), None::<String>);
        for _ in 0..MOST_PAGES {
            self.renew(lease).await?;
            let listed = self.providers.of(lease.provider).list(page.as_deref()).await?;
            for machine in listed.machines {
                let Some(worker) = machine.worker_id() else { continue };
                let known = machines.entry(worker).or_default();
                if known.iter().all(|it| it.id != machine.id) {
                    known.push(machine);
                }
            }
            page = listed.next;
            if page.is_none() {
                return Ok(machines);
            }
        }
        Err(SweepError::Endless)
    }

    /// A machine whose worker is not among the workers: the worker was deleted, so the machine is terminated; or it is not
    /// known, because the database was restored from a backup, so the machine gets its worker back.
    async fn without_worker(
        &self,
        id: Uuid,
        provider: Provider,
        machine: &Machine,
        fence: i64,
        found: &mut Found,
    ) -> Result<(), SweepError> {
        match self.store.get_any(id).await? {
            Some(worker) if worker.deleted_at.is_some() => {
                self.terminate(&worker, machine, fence).await;
                found.surplus += 1;
            }
            // It was created while the workers were read.
            Some(_) => {}
            None => {
                let worker = Worker::adopted(id, provider, machine.adoption(), self.clock.now());
                if self.store.adopt(worker, self.clock.new_id()).await? {
                    tracing::warn!(worker_id = %id, machine = machine.id, "adopted a machine whose worker is not known");
                    found.adopted += 1;
                }
            }
        }
        Ok(())
    }

    async fn terminate(&self, worker: &Worker, machine: &Machine, fence: i64) {
        let (worker_id, machine_id) = (worker.id, &machine.id);
        tracing::warn!(%worker_id, machine = machine_id, "terminating a machine that its worker does not need");
        let origin = CallOrigin { worker_id, fence };
        if let Err(error) = self.providers.of(worker.provider).terminate(machine_id, origin).await {
            tracing::warn!(%worker_id, machine = machine_id, %error, "a machine was not terminated; the next sweep tries again");
        }
    }
}

/// Returns the report of a machine's utilisation, if it differs noticeably from the last one.
fn report(worker: &Worker, machine: Option<&Machine>, at: Micros) -> Option<Report> {
    let Utilization { cpu, memory, storage } = machine?.utilization?;
    let report = Report { cpu, memory, disk: storage, at };
    report.replaces(worker.observed.utilization.as_ref()).then_some(report)
}

fn is_alive(machine: &Machine) -> bool {
    !matches!(machine.state, MachineState::ShuttingDown | MachineState::Terminated)
}

/// Whether a worker has to be looked at. Those that are being reconciled are looked at anyway.
fn differs(worker: &Worker, machine: Option<&Machine>) -> bool {
    if worker.outcome.is_none() {
        return false;
    }
    let Some(machine) = machine else {
        // A machine that nobody waits for may be gone.
        let is_over = worker.observed.state == ObservedState::Terminated || worker.failure.is_some();
        return worker.instance_id.is_some() && !is_over;
    };
    if worker.instance_id.is_none() {
        return is_alive(machine);
    }
    if worker.failure.is_some() {
        return recovers(worker, &Seen::Machine(machine.clone()));
    }
    let address = machine.address.map(|it| it.to_string());
    // A change that removes a tag has made the worker due itself.
    let has_other_tags = worker.desired.state != DesiredState::Terminated
        && tag_change(worker, &BTreeSet::new(), machine).is_some();
    observed(machine.state) != worker.observed.state || address != worker.observed.address || has_other_tags
}
