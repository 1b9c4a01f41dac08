//! Sweeps against the simulated provider, on both databases.

use std::time::Duration;

use storage::testing::Fresh;
use uuid::Uuid;

use super::Stage;
use crate::provider::{MachineSpec, MachineState, Provider as _};
use crate::reconcile::decide;
use crate::reconcile::sweep::{Found, SweepError};
use crate::store::SweepLease;
use crate::worker::{self, DesiredState, ObservedState, Worker};

storage::conformance!(
    a_sweep_brings_back_a_machine_that_was_stopped_by_somebody_else,
    a_sweep_terminates_what_no_worker_needs_and_adopts_what_no_worker_knows,
    a_machine_of_a_worker_that_has_lost_its_own_is_spared_and_taken_over_by_the_next_start,
    a_sweep_renews_its_lease_and_ends_when_it_has_lost_it,
    a_machine_that_vanished_makes_its_worker_fail_after_half_a_minute,
    utilisation_is_reported_without_a_revision_and_small_changes_are_none,
    a_thousand_sweeps_without_a_change_commit_nothing,
);

impl Stage {
    pub(super) async fn sweep(&self) -> Found {
        self.reconciler.sweep(self.lease(Duration::from_hours(1)).await).await.unwrap()
    }

    async fn lease(&self, length: Duration) -> SweepLease {
        let owner = self.reconciler.owner;
        self.store().hold_sweep(worker::Provider::Simulated, owner, length).await.unwrap().unwrap()
    }
}

async fn a_sweep_brings_back_a_machine_that_was_stopped_by_somebody_else(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[]).await.id;
    let up = stage.settled(id).await;
    assert_eq!(stage.sweep().await, Found::default());
    stage.provider.stop(up.instance_id.as_deref().unwrap(), false, Stage::origin(id)).await.unwrap();
    assert_eq!(stage.sweep().await.woken, 1);
    for _ in 0..5 {
        stage.reconciler.take_turns().await.unwrap();
        stage.store().wake(vec![id]).await.unwrap();
    }
    assert_eq!(stage.machine_state(&up).await, MachineState::Running);
    let back = stage.get(id).await;
    assert_eq!((back.observed.state, &back.outcome), (ObservedState::Running, &up.outcome));
}

/// A machine with the tags of a worker, but for another id.
fn machine_of(worker: &Worker, id: Uuid, token: &str) -> MachineSpec {
    let mut tags = decide::wanted_tags(worker);
    tags.insert(crate::provider::WORKER_TAG.to_owned(), id.to_string());
    tags.insert("Name".to_owned(), "lost".to_owned());
    let (region, instance_type) = ("eu-west-1".to_owned(), "m5.large".to_owned());
    MachineSpec { region, instance_type, tags, client_token: token.to_owned() }
}

async fn a_sweep_terminates_what_no_worker_needs_and_adopts_what_no_worker_knows(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let worker = stage.create(&[]).await;
    let up = stage.settled(worker.id).await;
    let machine_of = |id: Uuid, token: &str| machine_of(&worker, id, token);
    let origin = Stage::origin(worker.id);
    let second = stage.provider.create(&machine_of(worker.id, "second"), origin).await.unwrap();
    let unknown = stage.clock.new_id();
    let lost = stage.provider.create(&machine_of(unknown, "unknown"), origin).await.unwrap();
    stage.clock.advance(Duration::from_secs(1));
    let found = stage.sweep().await;
    assert_eq!((found.surplus, found.adopted), (1, 1));
    let second = stage.provider.describe(&second.id).await.unwrap().unwrap();
    assert_eq!(second.state, MachineState::Terminated);
    assert_eq!(stage.machine_state(&up).await, MachineState::Running);
    let adopted = stage.settled(unknown).await;
    assert_eq!((adopted.instance_id, adopted.name.as_str()), (Some(lost.id), "lost"));
    assert_eq!((adopted.region.as_str(), adopted.observed.state), ("eu-west-1", ObservedState::Running));
    assert_eq!(stage.sweep().await, Found::default());
}

/// As after the restore of a backup: the worker had a later machine, of which the database knows nothing.
async fn a_machine_of_a_worker_that_has_lost_its_own_is_spared_and_taken_over_by_the_next_start(
    fresh: Fresh,
) {
    let stage = Stage::open(&fresh).await;
    let worker = stage.create(&[]).await;
    let up = stage.settled(worker.id).await;
    let origin = Stage::origin(worker.id);
    stage.provider.terminate(up.instance_id.as_deref().unwrap(), origin).await.unwrap();
    let later = stage.provider.create(&machine_of(&worker, worker.id, "later"), origin).await.unwrap();
    stage.clock.advance(Duration::from_secs(1));
    for woken in [1, 0] {
        let found = Found { woken, spared: vec![later.id.clone()], ..Found::default() };
        assert_eq!(stage.sweep().await, found);
        stage.reconciler.take_turns().await.unwrap();
    }
    assert_eq!(stage.get(worker.id).await.failure.unwrap().reason, "MACHINE_TERMINATED");
    stage.desire(worker.id, DesiredState::Running, 1).await.unwrap();
    let again = stage.settled(worker.id).await;
    assert_eq!((again.instance_id, again.observed.state), (Some(later.id), ObservedState::Running));
    assert_eq!(stage.sweep().await, Found::default());
}

async fn a_sweep_renews_its_lease_and_ends_when_it_has_lost_it(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let worker = stage.create(&[]).await;
    stage.settled(worker.id).await;
    stage.sweep().await;
    stage.store().release_sweep(worker::Provider::Simulated, stage.reconciler.owner).await.unwrap();
    let lease = SweepLease { length: Duration::from_hours(4), ..stage.lease(Duration::from_hours(1)).await };
    has_committed(&stage).await;
    stage.reconciler.sweep(lease).await.unwrap();
    assert!(has_committed(&stage).await, "less than half was left");
    stage.reconciler.sweep(lease).await.unwrap();
    assert!(!has_committed(&stage).await, "more than half is left");

    stage.store().release_sweep(worker::Provider::Simulated, stage.reconciler.owner).await.unwrap();
    let spec = machine_of(&worker, worker.id, "second");
    let second = stage.provider.create(&spec, Stage::origin(worker.id)).await.unwrap();
    stage.clock.advance(Duration::from_secs(1));
    let ended = stage.reconciler.sweep(lease).await;
    assert!(matches!(ended, Err(SweepError::LeaseLost)), "{ended:?}");
    let second = stage.provider.describe(&second.id).await.unwrap().unwrap();
    assert_eq!(second.state, MachineState::Running);
}

async fn a_machine_that_vanished_makes_its_worker_fail_after_half_a_minute(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[("sim:vanish", "1m")]).await.id;
    stage.settled(id).await;
    stage.clock.advance(Duration::from_mins(5));
    for _ in 0..3 {
        assert_eq!(stage.sweep().await.woken, 1);
        stage.reconciler.take_turns().await.unwrap();
        assert_eq!(stage.get(id).await.observed.state, ObservedState::Running);
    }
    stage.clock.advance(Duration::from_secs(31));
    stage.sweep().await;
    stage.reconciler.take_turns().await.unwrap();
    let failed = stage.get(id).await;
    assert_eq!(failed.failure.unwrap().reason, "MACHINE_VANISHED");
    assert_eq!(stage.sweep().await, Found::default());
}

async fn utilisation_is_reported_without_a_revision_and_small_changes_are_none(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[]).await.id;
    let up = stage.settled(id).await;
    stage.sweep().await;
    let reported = stage.get(id).await;
    let first = reported.observed.utilization.unwrap();
    assert_eq!((reported.revision, first.at), (up.revision, stage.clock.now()));
    stage.clock.advance(Duration::from_millis(1));
    stage.sweep().await;
    assert_eq!(stage.get(id).await.observed.utilization, Some(first));
    // It changes as it likes, but not for ever by less than that.
    let mut later = stage.get(id).await;
    for _ in 0..200 {
        stage.clock.advance(Duration::from_mins(37));
        stage.sweep().await;
        later = stage.get(id).await;
        if later.observed.utilization != Some(first) {
            break;
        }
    }
    assert_eq!((later.revision, later.observed.utilization.unwrap().at), (up.revision, stage.clock.now()));
}

/// Whether this process has committed something since it was asked last.
async fn has_committed(stage: &Stage) -> bool {
    let commits = match stage.store().database() {
        storage::Database::Sqlite(pools) => &pools.commits,
        storage::Database::Postgres(pools) => &pools.commits,
    };
    tokio::time::timeout(Duration::ZERO, commits.next()).await.is_ok()
}

async fn a_thousand_sweeps_without_a_change_commit_nothing(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[]).await.id;
    stage.settled(id).await;
    let hold = || {
        stage.store().hold_sweep(worker::Provider::Simulated, stage.reconciler.owner, Duration::from_hours(1))
    };
    let fence = hold().await.unwrap();
    stage.sweep().await;
    assert!(has_committed(&stage).await, "the lease, and the first report of utilisation");
    for _ in 0..1_000 {
        assert_eq!(hold().await.unwrap(), fence);
        assert_eq!(stage.sweep().await, Found::default());
    }
    assert!(!has_committed(&stage).await);
}
