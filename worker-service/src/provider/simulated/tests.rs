//! What only the simulated provider does: its tags, its journal, its found machines, and how it keeps state.

use std::collections::BTreeMap;
use std::time::Duration;

use platform::clock::Micros;
use storage::testing::Fresh;
use telemetry::span::{SpanBuilder, SpanKind};

use super::*;
use crate::provider::{MachineState, PermanentReason, WORKER_TAG};

storage::conformance!(
    a_create_fails_as_often_as_its_tag_says_counted_by_its_token,
    calls_for_a_machine_fail_and_are_throttled_as_often_as_its_tags_say,
    calls_of_several_replicas_at_once_are_counted_one_by_one,
    a_call_that_a_tag_refuses_is_refused_for_good,
    a_tag_that_the_simulation_does_not_know_is_refused_by_name,
    delays_of_a_machine_are_those_of_its_tags,
    a_machine_that_nobody_created_is_found_and_can_be_imported,
    every_change_is_in_the_journal_and_no_read,
    a_restart_changes_nothing,
    a_state_ends_after_a_number_of_reads,
    without_delays_the_next_state_is_reached_within_the_call,
    a_database_that_does_not_answer_is_a_transient_error,
    its_statements_make_no_spans,
    flawed_lists_never_miss_a_machine_twice_in_a_row,
);

const START: Micros = Micros(1_795_338_611_000_000);

struct Setup {
    provider: SimulatedProvider,
    clock: Clock,
    origin: CallOrigin,
}

impl Setup {
    async fn new(fresh: &Fresh, settings: SimulatedSettings) -> Self {
        let clock = Clock::manual(START);
        let provider =
            SimulatedProvider::open(&fresh.url.as_str().into(), settings, clock.clone()).await.unwrap();
        let origin = CallOrigin { worker_id: Clock::system().new_id(), fence: 7 };
        Self { provider, clock, origin }
    }

    async fn create(&self, tags: &[(&str, &str)]) -> Result<Machine, ProviderError> {
        let spec = MachineSpec {
            region: "us-east-1".to_owned(),
            instance_type: "m5.large".to_owned(),
            tags: self.tags(tags),
            client_token: self.origin.worker_id.to_string(),
        };
        self.provider.create(&spec, self.origin).await
    }

    /// Creates a machine and lets time pass until it runs.
    async fn running(&self, tags: &[(&str, &str)]) -> Machine {
        let created = self.create(tags).await.unwrap();
        self.clock.advance(Duration::from_secs(10));
        let machine = self.provider.describe(&created.id).await.unwrap().unwrap();
        assert_eq!(machine.state, MachineState::Running);
        machine
    }

    fn tags(&self, tags: &[(&str, &str)]) -> BTreeMap<String, String> {
        let own = [(WORKER_TAG.to_owned(), self.origin.worker_id.to_string())];
        tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).chain(own).collect()
    }

    async fn state(&self, id: &str) -> MachineState {
        self.provider.describe(id).await.unwrap().unwrap().state
    }

    async fn list(&self) -> Vec<Machine> {
        let page = self.provider.list(None).await.unwrap();
        assert_eq!(page.next, None);
        page.machines
    }
}

fn is_transient<T>(outcome: &Result<T, ProviderError>) -> bool {
    matches!(outcome, Err(ProviderError::Transient(_)))
}

async fn a_create_fails_as_often_as_its_tag_says_counted_by_its_token(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    let tags = [("sim:fail", "2"), ("sim:throttle", "1")];
    let throttled = ProviderError::Throttled { after: Some(Duration::from_secs(1)) };
    assert_eq!(it.create(&tags).await, Err(throttled));
    assert!(is_transient(&it.create(&tags).await));
    assert!(is_transient(&it.create(&tags).await));
    let created = it.create(&tags).await.unwrap();
    assert_eq!(it.create(&tags).await.unwrap().id, created.id);
}

async fn calls_for_a_machine_fail_and_are_throttled_as_often_as_its_tags_say(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    let id = it.running(&[]).await.id;
    let tags = it.tags(&[("sim:fail", "1"), ("sim:throttle", "1")]);
    it.provider.tag(&id, &tags.into(), it.origin).await.unwrap();
    let throttled = ProviderError::Throttled { after: Some(Duration::from_secs(1)) };
    assert_eq!(it.provider.stop(&id, false, it.origin).await, Err(throttled));
    assert!(is_transient(&it.provider.stop(&id, false, it.origin).await));
    assert_eq!(it.state(&id).await, MachineState::Running, "the calls did nothing");
    it.provider.stop(&id, false, it.origin).await.unwrap();
    let other = it.tags(&[("sim:fail", "1"), ("sim:throttle", "1"), ("team", "lab")]);
    it.provider.tag(&id, &other.into(), it.origin).await.unwrap();
    it.provider.terminate(&id, it.origin).await.expect("a tag of people does not count anew");
}

async fn calls_of_several_replicas_at_once_are_counted_one_by_one(fresh: Fresh) {
    let settings = SimulatedSettings { throttle: None, ..SimulatedSettings::default() };
    let it = Setup::new(&fresh, settings).await;
    let id = it.running(&[]).await.id;
    it.provider.tag(&id, &it.tags(&[("sim:fail", "20")]).into(), it.origin).await.unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (provider, id, origin) = (it.provider.clone(), id.clone(), it.origin);
        calls.spawn(async move { provider.stop(&id, false, origin).await });
    }
    while let Some(outcome) = calls.join_next().await {
        assert!(is_transient(&outcome.unwrap()));
    }
    assert_eq!(it.provider.journal().await.unwrap().len(), 22);
    it.provider.stop(&id, false, it.origin).await.expect("all failures were counted");
}

async fn a_call_that_a_tag_refuses_is_refused_for_good(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    let refused = it.create(&[("sim:refuse", "create")]).await.unwrap_err();
    let ProviderError::Permanent { reason, message } = refused else { panic!("{refused:?}") };
    assert_eq!(reason, PermanentReason::QuotaExceeded);
    assert!(message.contains("sim:refuse=create"), "{message}");
    let id = it.running(&[("sim:refuse", "stop")]).await.id;
    let stopped = it.provider.stop(&id, false, it.origin).await;
    let expected = PermanentReason::QuotaExceeded;
    assert!(matches!(stopped, Err(ProviderError::Permanent { reason, .. }) if reason == expected));
    it.provider.terminate(&id, it.origin).await.unwrap();
}

async fn a_tag_that_the_simulation_does_not_know_is_refused_by_name(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    let created = it.create(&[("sim:fial", "2")]).await.map(drop);
    let id = it.running(&[]).await.id;
    let tags = it.tags(&[("sim:vanish", "soon")]);
    let tagged = it.provider.tag(&id, &tags.into(), it.origin).await;
    for (outcome, tag) in [(created, "sim:fial"), (tagged, "sim:vanish")] {
        let Err(ProviderError::Permanent { reason, message }) = outcome else { panic!("{outcome:?}") };
        assert_eq!(reason, PermanentReason::InvalidParameter);
        assert!(message.contains(tag), "{message}");
    }
}

async fn delays_of_a_machine_are_those_of_its_tags(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    let id = it.create(&[("sim:start-delay", "20s"), ("sim:stop-delay", "30s")]).await.unwrap().id;
    it.clock.advance(Duration::from_secs(19));
    assert_eq!(it.state(&id).await, MachineState::Pending);
    it.clock.advance(Duration::from_secs(1));
    assert_eq!(it.state(&id).await, MachineState::Running);
    it.provider.stop(&id, false, it.origin).await.unwrap();
    it.clock.advance(Duration::from_secs(29));
    assert_eq!(it.state(&id).await, MachineState::Stopping);
    it.clock.advance(Duration::from_secs(1));
    assert_eq!(it.state(&id).await, MachineState::Stopped);
}

async fn a_machine_that_nobody_created_is_found_and_can_be_imported(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    let found = it.provider.describe("i-sim-lab1").await.unwrap().unwrap();
    assert_eq!((found.state, &found.tags), (MachineState::Running, &BTreeMap::new()));
    assert_eq!(it.provider.describe("i-sim-LAB1").await, Ok(None));
    it.clock.advance(Duration::from_mins(5));
    let again = it.provider.describe("i-sim-lab1").await.unwrap().unwrap();
    assert_eq!((again.launched_at, again.address), (found.launched_at, found.address));
    assert_eq!(it.list().await, []);
    it.provider.tag("i-sim-lab1", &it.tags(&[]).into(), it.origin).await.unwrap();
    assert_eq!(it.list().await.len(), 1);
    assert_eq!(it.provider.find(it.origin.worker_id).await.unwrap().len(), 1);
    let stopped = it.provider.stop("i-sim-lab2", false, it.origin).await.unwrap();
    assert_eq!(stopped.state, MachineState::Stopping, "the first call can be any");
}

async fn every_change_is_in_the_journal_and_no_read(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    let tags = [("sim:fail", "1")];
    it.create(&tags).await.unwrap_err();
    let id = it.running(&tags).await.id;
    it.list().await;
    let later = CallOrigin { fence: 8, ..it.origin };
    it.provider.stop(&id, true, later).await.unwrap();
    it.provider.start(&id, later).await.unwrap_err();
    it.provider.tag(&id, &it.tags(&[]).into(), later).await.unwrap();
    it.provider.terminate("i-unknown", later).await.unwrap_err();
    let journal = it.provider.journal().await.unwrap();
    let calls: Vec<_> = journal
        .iter()
        .map(|it| {
            (it.call.as_str(), it.machine_id.as_deref(), it.result.as_str(), it.detail.as_deref(), it.fence)
        })
        .collect();
    let id = Some(id.as_str());
    let expected = [
        ("create", None, "transient", None, 7),
        ("create", id, "ok", Some("pending"), 7),
        ("stop", id, "ok", Some("stopping"), 8),
        ("start", id, "conflict", Some("stopping"), 8),
        ("tag", id, "ok", Some("stopping"), 8),
        ("terminate", Some("i-unknown"), "permanent", Some("MACHINE_GONE"), 8),
    ];
    assert_eq!(calls, expected);
    assert!(journal.iter().all(|row| row.worker_id == it.origin.worker_id));
    let token = it.origin.worker_id.to_string();
    assert_eq!(journal[1].client_token.as_deref(), Some(token.as_str()));
    assert_eq!(journal[1].parameters.0["tags"]["sim:fail"], "1");
    assert_eq!(journal[2].parameters.0["force"], true);
    assert!(journal[0].message.as_ref().unwrap().contains("sim:fail"));
}

async fn a_restart_changes_nothing(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    let id = it.create(&[]).await.unwrap().id;
    it.provider.clone().close().await;
    it.clock.advance(Duration::from_secs(3));
    let settings = SimulatedSettings::default();
    let provider =
        SimulatedProvider::open(&fresh.url.as_str().into(), settings, it.clock.clone()).await.unwrap();
    let machine = provider.describe(&id).await.unwrap().unwrap();
    assert_eq!((machine.state, machine.launched_at), (MachineState::Running, START));
}

async fn a_state_ends_after_a_number_of_reads(fresh: Fresh) {
    let settings = SimulatedSettings {
        transitions: Transitions::AfterReads(3),
        visibility_delay: Duration::ZERO,
        ..SimulatedSettings::default()
    };
    let it = Setup::new(&fresh, settings).await;
    let id = it.create(&[]).await.unwrap().id;
    it.clock.advance(Duration::from_hours(1));
    assert_eq!(it.state(&id).await, MachineState::Pending);
    assert_eq!(it.list().await[0].state, MachineState::Pending);
    assert_eq!(it.provider.find(it.origin.worker_id).await.unwrap()[0].state, MachineState::Running);
    it.provider.stop(&id, false, it.origin).await.unwrap();
    let mut states = Vec::new();
    for _ in 0..4 {
        states.push(it.state(&id).await);
    }
    let (stopping, stopped) = (MachineState::Stopping, MachineState::Stopped);
    assert_eq!(states, [stopping, stopping, stopped, stopped]);
}

async fn without_delays_the_next_state_is_reached_within_the_call(fresh: Fresh) {
    let settings = SimulatedSettings {
        transitions: Transitions::AfterReads(0),
        visibility_delay: Duration::ZERO,
        ..SimulatedSettings::default()
    };
    let it = Setup::new(&fresh, settings).await;
    let created = it.create(&[]).await.unwrap();
    assert_eq!(created.state, MachineState::Running);
    let stopped = it.provider.stop(&created.id, false, it.origin).await.unwrap();
    assert_eq!(stopped.state, MachineState::Stopped);
    assert_eq!(it.provider.start(&created.id, it.origin).await.unwrap().state, MachineState::Running);
    let terminated = it.provider.terminate(&created.id, it.origin).await.unwrap();
    assert_eq!(terminated.state, MachineState::Terminated);
}

async fn a_database_that_does_not_answer_is_a_transient_error(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    it.provider.clone().close().await;
    let expected = ProviderError::Transient("the simulated provider does not answer".to_owned());
    assert_eq!(it.create(&[]).await.unwrap_err(), expected);
    assert_eq!(it.provider.start("i-1", it.origin).await.unwrap_err(), expected);
    assert_eq!(it.provider.describe("i-1").await.unwrap_err(), expected);
    assert_eq!(it.provider.list(None).await.unwrap_err(), expected);
}

async fn its_statements_make_no_spans(fresh: Fresh) {
    let it = Setup::new(&fresh, SimulatedSettings::default()).await;
    telemetry::testing::record_spans();
    let test = SpanBuilder::new(SpanKind::Client).start(|it| it.name("create"));
    let trace_id = test.span_context().trace_id().to_string();
    let calls = async {
        it.running(&[]).await;
        it.provider.describe("i-sim-1").await.unwrap();
        it.list().await;
    };
    test.run(calls).await;
    test.end();
    let names: Vec<_> = telemetry::testing::ended_spans(&trace_id).into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["create"]);
}

async fn flawed_lists_never_miss_a_machine_twice_in_a_row(fresh: Fresh) {
    let settings = SimulatedSettings { flawed_lists: true, ..SimulatedSettings::default() };
    let it = Setup::new(&fresh, settings).await;
    let id = it.running(&[]).await.id;
    let mut missed = Vec::new();
    for sweep in 0..180 {
        it.clock.advance(Duration::from_secs(20));
        let page = it.provider.list(None).await.unwrap();
        if !page.machines.iter().any(|it| it.id == id) {
            missed.push(sweep);
        }
    }
    assert!(missed.len() <= 1, "{missed:?}");
}
