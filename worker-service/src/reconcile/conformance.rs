//! Turns and sweeps against the simulated provider, on both databases.

use std::sync::Arc;
use std::time::Duration;

use access::testing::caller;
use platform::clock::{Clock, Micros};
use platform::violation::Violations;
use storage::testing::Fresh;
use uuid::Uuid;

use super::*;
use crate::event::{self, Actor};
use crate::provider::simulated::{SimulatedProvider, SimulatedSettings, Transitions};
use crate::provider::{CallOrigin, MachineSpec, MachineState, Provider as _};
use crate::store::{Answer, Refresh};
use crate::worker::{self, Desire, DesiredState, DomainError, Draft, ObservedState, OutcomeResult, Worker};

mod machines;
mod sweeps;

storage::conformance!(
    a_worker_comes_up_is_stopped_started_and_terminated,
    a_repeated_request_is_answered_with_the_generation_of_the_first,
    a_later_desire_supersedes_and_an_earlier_number_is_refused,
    a_machine_that_was_created_before_a_crash_is_found_though_its_token_is_forgotten,
    a_worker_fails_with_the_providers_reason_and_a_new_generation_gets_another_machine,
    a_turn_whose_lease_was_lost_stores_nothing,
    what_happens_during_a_turn_makes_the_worker_due_again,
    wake_ups_neither_count_as_failures_nor_move_the_next_retry,
    changed_tags_and_names_reach_the_machine,
    a_refresh_during_the_pause_after_a_failure_is_refused_until_it_is_over,
    the_fence_of_a_worker_never_starts_again_and_a_deleted_one_is_not_due,
);

/// A worker-service without its gRPC interface.
struct Stage {
    reconciler: Reconciler,
    provider: SimulatedProvider,
    clock: Clock,
    _machines: Fresh,
}

impl Stage {
    async fn open(fresh: &Fresh) -> Self {
        Self::open_with(fresh, |it| it).await
    }

    async fn open_with(fresh: &Fresh, settings: impl FnOnce(SimulatedSettings) -> SimulatedSettings) -> Self {
        let clock = Clock::manual(Micros(1_800_000_000_000_000));
        let machines = storage::testing::sqlite();
        let settings = settings(SimulatedSettings {
            transitions: Transitions::AfterReads(0),
            visibility_delay: Duration::ZERO,
            ..SimulatedSettings::default()
        });
        let provider =
            SimulatedProvider::open(&machines.url.as_str().into(), settings, clock.clone()).await.unwrap();
        let reconciler = Reconciler {
            store: WorkerStore::open(&fresh.url).await.unwrap(),
            providers: Providers { simulated: Arc::new(provider.clone()) },
            clock: clock.clone(),
            settings: Reconcile::default(),
            owner: clock.new_id(),
        };
        Self { reconciler, provider, clock, _machines: machines }
    }

    fn store(&self) -> &WorkerStore {
        &self.reconciler.store
    }

    async fn create(&self, tags: &[(&str, &str)]) -> Worker {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let draft = Draft {
            name: "lab 1".to_owned(),
            region: "us-east-1".to_owned(),
            instance_type: "m5.large".to_owned(),
            tags,
            ..Draft::default()
        };
        let checked = draft.check(Violations::default()).unwrap();
        let worker = Worker::create(self.clock.new_id(), checked, "ada", self.clock.now());
        let event = event::created(self.clock.new_id(), &worker, &Actor::process_for(&worker));
        self.store().insert(None, (), worker.clone(), event).await.unwrap();
        worker
    }

    async fn desire(
        &self,
        worker: Uuid,
        state: DesiredState,
        action_seq: i64,
    ) -> Result<Answer, crate::error::WorkerError> {
        let desire = Desire { state, action_seq, set_by: "ada".to_owned(), reason: None };
        let by = caller("task-service", &[access::Role::Service], None);
        let (event, now) = (self.clock.new_id(), self.clock.now());
        self.store().desire(worker, format!("task:{action_seq}"), desire, event, now, by).await
    }

    async fn get(&self, id: Uuid) -> Worker {
        self.store().get(id).await.unwrap().unwrap()
    }

    /// Takes turns until the worker's generation has ended. A worker that waits is woken instead of waited for.
    async fn settled(&self, id: Uuid) -> Worker {
        for _ in 0..50 {
            self.reconciler.take_turns().await.unwrap();
            let worker = self.get(id).await;
            if worker.outcome.is_some() {
                return worker;
            }
            self.clock.advance(Duration::from_millis(100));
            self.store().wake(vec![id]).await.unwrap();
        }
        panic!("the worker is not settled: {:?}", self.get(id).await);
    }

    async fn machine_state(&self, worker: &Worker) -> MachineState {
        let id = worker.instance_id.as_deref().unwrap();
        self.provider.describe(id).await.unwrap().unwrap().state
    }

    fn origin(worker_id: Uuid) -> CallOrigin {
        CallOrigin { worker_id, fence: 0 }
    }
}

async fn a_worker_comes_up_is_stopped_started_and_terminated(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[]).await.id;
    let up = stage.settled(id).await;
    assert_eq!(up.observed.state, ObservedState::Running);
    let states = [
        (DesiredState::Stopped, MachineState::Stopped),
        (DesiredState::Running, MachineState::Running),
        (DesiredState::Terminated, MachineState::Terminated),
    ];
    for ((state, expected), number) in states.into_iter().zip(1..) {
        let answer = stage.desire(id, state, number).await.unwrap();
        assert_eq!((answer.generation, answer.outcome), (number + 1, None));
        let worker = stage.settled(id).await;
        let outcome = worker.outcome.clone().unwrap();
        assert_eq!((outcome.generation, outcome.result), (number + 1, OutcomeResult::Converged));
        assert_eq!((worker.observed.state, stage.machine_state(&worker).await), (state.reached(), expected));
        let stored = stage.store().generations(&[(id, number + 1)]).await.unwrap();
        assert_eq!(stored[0].as_ref().unwrap().outcome, Some(outcome));
    }
    let events = events::testing::events(stage.store().database()).await.unwrap();
    let last = events.last().unwrap();
    assert_eq!((last.kind.as_str(), last.actor.as_str()), ("worker.terminated", "worker-service"));
    let revisions: Vec<i64> = events.iter().map(|it| it.revision).collect();
    assert_eq!(revisions, (1..=i64::try_from(events.len()).unwrap()).collect::<Vec<_>>());
    assert_eq!(stage.reconciler.take_turns().await.unwrap(), 0);
}

async fn a_repeated_request_is_answered_with_the_generation_of_the_first(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[]).await.id;
    let first = stage.desire(id, DesiredState::Stopped, 1).await.unwrap();
    stage.desire(id, DesiredState::Running, 2).await.unwrap();
    let again = stage.desire(id, DesiredState::Stopped, 1).await.unwrap();
    assert_eq!((first.generation, again.generation), (2, 2));
    assert_eq!(again.outcome.map(|it| it.result), Some(OutcomeResult::Superseded));
    assert_eq!(stage.get(id).await.desired.generation, 3);
}

async fn a_later_desire_supersedes_and_an_earlier_number_is_refused(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[]).await.id;
    stage.desire(id, DesiredState::Stopped, 7).await.unwrap();
    let Err(refused) = stage.desire(id, DesiredState::Running, 6).await else { panic!("accepted") };
    let crate::error::WorkerError::Domain(refused) = refused else { panic!("{refused}") };
    assert_eq!(refused, DomainError::Superseded(7));
    let generations = stage.store().generations(&[(id, 1), (id, 2), (id, 3)]).await.unwrap();
    let results = generations.iter().map(|it| it.as_ref().map(|it| it.outcome.as_ref().map(|it| it.result)));
    assert_eq!(results.collect::<Vec<_>>(), [Some(Some(OutcomeResult::Superseded)), Some(None), None]);
}

async fn a_machine_that_was_created_before_a_crash_is_found_though_its_token_is_forgotten(fresh: Fresh) {
    let forgetful = |it| SimulatedSettings { token_lifetime: Duration::ZERO, ..it };
    let stage = Stage::open_with(&fresh, forgetful).await;
    let worker = stage.create(&[]).await;
    let spec = MachineSpec {
        region: worker.region.clone(),
        instance_type: worker.instance_type.clone(),
        tags: decide::wanted_tags(&worker),
        client_token: format!("{}.1", worker.id),
    };
    let machine = stage.provider.create(&spec, Stage::origin(worker.id)).await.unwrap();
    stage.clock.advance(Duration::from_secs(1));
    let up = stage.settled(worker.id).await;
    assert_eq!(up.instance_id, Some(machine.id));
    assert_eq!(stage.provider.find(worker.id).await.unwrap().len(), 1);
}

async fn a_worker_fails_with_the_providers_reason_and_a_new_generation_gets_another_machine(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[("sim:capacity", "create")]).await.id;
    let failed = stage.settled(id).await;
    let failure = failed.outcome.clone().unwrap().failure.unwrap();
    assert_eq!(
        (failed.observed.state, failure.reason.as_str()),
        (ObservedState::Failed, "INSUFFICIENT_CAPACITY")
    );
    let retag = |before: &Worker| {
        let change = worker::Change { tags: Some(std::collections::BTreeMap::new()), ..Default::default() };
        let after = before.changed(change, Violations::default(), Micros(9)).unwrap().unwrap();
        let event = event::updated(Uuid::from_u128(5), before, &after, &Actor::process_for(before));
        Ok(Some((after, event)))
    };
    stage.store().change(id, retag).await.unwrap();
    stage.reconciler.take_turns().await.unwrap();
    assert_eq!(stage.get(id).await.observed.state, ObservedState::Failed);
    stage.desire(id, DesiredState::Running, 1).await.unwrap();
    let up = stage.settled(id).await;
    assert_eq!((up.observed.state, up.incarnation, up.failure), (ObservedState::Running, 2, None));
    assert_ne!(up.instance_id, failed.instance_id);
}

async fn a_turn_whose_lease_was_lost_stores_nothing(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let (id, store) = (stage.create(&[]).await.id, stage.store());
    let [first] = store.claim(stage.reconciler.owner, Duration::ZERO, 9).await.unwrap()[..] else { panic!() };
    let [second] = store.claim(stage.clock.new_id(), Duration::from_mins(1), 9).await.unwrap()[..] else {
        panic!()
    };
    assert_eq!((first.fence + 1, first.worker_id), (second.fence, id));
    assert!(store.claim(stage.clock.new_id(), Duration::from_mins(1), 9).await.unwrap().is_empty());
    let settle = |worker: &Worker, book: &book::Book| {
        let mut worker = worker.clone();
        worker.revision += 1;
        settle::Settled { worker, book: book.clone(), due_in: None }
    };
    let event = |_: &Worker, after: &Worker| {
        event::updated(Uuid::from_u128(1), after, after, &Actor::process_for(after))
    };
    assert_eq!(store.end_turn(first, settle, event).await.unwrap(), None);
    assert_eq!(stage.get(id).await.revision, 1);
    assert!(store.end_turn(second, settle, event).await.unwrap().is_some());
    assert_eq!(stage.get(id).await.revision, 2);
}

async fn what_happens_during_a_turn_makes_the_worker_due_again(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let (id, store) = (stage.create(&[]).await.id, stage.store());
    let [claim] = store.claim(stage.reconciler.owner, Duration::from_mins(1), 9).await.unwrap()[..] else {
        panic!()
    };
    store.wake(vec![id]).await.unwrap();
    let rests = |worker: &Worker, book: &book::Book| settle::Settled {
        worker: worker.clone(),
        book: book.clone(),
        due_in: None,
    };
    let event = |_: &Worker, after: &Worker| {
        event::updated(Uuid::from_u128(1), after, after, &Actor::process_for(after))
    };
    store.end_turn(claim, rests, event).await.unwrap().unwrap();
    let claims = store.claim(stage.reconciler.owner, Duration::from_mins(1), 9).await.unwrap();
    assert_eq!(claims.iter().map(|it| it.worker_id).collect::<Vec<_>>(), [id]);
    store.end_turn(claims[0], rests, event).await.unwrap().unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);
}

async fn wake_ups_neither_count_as_failures_nor_move_the_next_retry(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[("sim:fail", "1")]).await.id;
    stage.reconciler.take_turns().await.unwrap();
    let (failed, _) = stage.store().book(id).await.unwrap().unwrap();
    assert_eq!(failed.failures, 1);
    for _ in 0..20 {
        stage.store().wake(vec![id]).await.unwrap();
        stage.reconciler.take_turns().await.unwrap();
    }
    let (book, _) = stage.store().book(id).await.unwrap().unwrap();
    assert_eq!((book.failures, book.next_retry), (1, failed.next_retry));
    assert_eq!(book.attempts.len(), 1);
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(stage.settled(id).await.observed.state, ObservedState::Running);
}

async fn changed_tags_and_names_reach_the_machine(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[]).await.id;
    let up = stage.settled(id).await;
    let rename = |before: &Worker| {
        let change = worker::Change { name: Some("lab 2".to_owned()), ..Default::default() };
        let after = before.changed(change, Violations::default(), Micros(9)).unwrap().unwrap();
        let event = event::updated(Uuid::from_u128(5), before, &after, &Actor::process_for(before));
        Ok(Some((after, event)))
    };
    stage.store().change(id, rename).await.unwrap();
    stage.reconciler.take_turns().await.unwrap();
    let machine = stage.provider.describe(&up.instance_id.unwrap()).await.unwrap().unwrap();
    assert_eq!(machine.tags["Name"], "lab 2");
    stage.reconciler.take_turns().await.unwrap();
    assert_eq!(stage.sweep().await, super::sweep::Found::default());
}

async fn a_refresh_during_the_pause_after_a_failure_is_refused_until_it_is_over(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[("sim:fail", "1")]).await.id;
    stage.reconciler.take_turns().await.unwrap();
    let (book, _) = stage.store().book(id).await.unwrap().unwrap();
    let left = book.next_retry.unwrap() - stage.clock.now();
    let refresh = || stage.store().refresh(id, Duration::from_secs(10), stage.clock.now());
    assert_eq!(refresh().await.unwrap(), Some(Refresh::Paused(left)));
    stage.clock.advance(left);
    assert_eq!(refresh().await.unwrap(), Some(Refresh::Due));
    assert!(matches!(refresh().await.unwrap(), Some(Refresh::TooSoon(_))));
}

async fn the_fence_of_a_worker_never_starts_again_and_a_deleted_one_is_not_due(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let (id, store) = (stage.create(&[]).await.id, stage.store());
    stage.settled(id).await;
    stage.desire(id, DesiredState::Terminated, 1).await.unwrap();
    let terminated = stage.settled(id).await;
    store.wake(vec![id]).await.unwrap();
    let [before] = store.claim(stage.reconciler.owner, Duration::ZERO, 9).await.unwrap()[..] else {
        panic!()
    };
    let now = stage.clock.now();
    let delete = move |worker: &Worker| {
        let after = worker.deleted(now)?;
        let event = event::deleted(Uuid::from_u128(6), &after, &Actor::process_for(&after));
        Ok(Some((after, event)))
    };
    store.change(id, delete).await.unwrap();
    assert_eq!(store.refresh(id, Duration::ZERO, now).await.unwrap(), None);
    store.wake(vec![id]).await.unwrap();
    assert_eq!(stage.reconciler.take_turns().await.unwrap(), 1);
    assert_eq!(stage.reconciler.take_turns().await.unwrap(), 0);
    let import = Worker { id: stage.clock.new_id(), ..terminated };
    let outcome = |worker: &Worker, _| crate::store::ImportRecord {
        event: event::restored(Uuid::from_u128(7), worker, &Actor::process_for(worker)),
        answer: (),
    };
    store.import(None, import, outcome).await.unwrap();
    let [after] = store.claim(stage.reconciler.owner, Duration::ZERO, 9).await.unwrap()[..] else { panic!() };
    assert!(after.worker_id == id && after.fence > before.fence, "{before:?} {after:?}");
}
