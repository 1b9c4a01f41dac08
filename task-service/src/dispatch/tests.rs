//! Tests of the dispatcher against a worker-service that answers as a test tells it.

mod spans;

use std::sync::Arc;
use std::time::{Duration, Instant};

use access::Role;
use access::testing::caller;
use net::grpc::status::{self, Reason};
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use storage::testing::Fresh;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::{Dispatcher, Process};
use crate::fake::{Fake, Reply};
use crate::settings::{DispatchSettings, RunLimits};
use crate::store::TaskStore;
use crate::store::queue::testing::{Ask, corrupt, get, phase, run, seq};
use crate::task::action::Phase;
use crate::task::{Status, Task, Verb};

storage::conformance!(
    an_action_is_applied_under_the_identity_of_the_process_for_the_person,
    a_call_is_repeated_with_the_same_request_id_until_it_succeeds,
    a_permanent_error_fails_the_task_with_its_reason,
    a_lower_number_fails_the_task_and_a_retry_gets_a_higher_one,
    a_call_that_hangs_at_a_shutdown_is_handed_back_and_repeated_by_another_process,
    an_outcome_is_learned_by_an_event,
    an_outcome_is_learned_without_events,
    an_outcome_before_the_park_was_committed_is_not_lost,
    an_outcome_of_another_generation_ends_nothing,
    an_action_whose_outcome_never_comes_fails_at_its_deadline,
    an_action_that_cannot_be_ended_does_not_keep_others_from_being_ended,
    actions_wait_while_the_process_has_no_token,
    two_processes_execute_every_action_once,
);

/// Settings with which nothing happens by itself soon, except for claims.
fn settings() -> DispatchSettings {
    let hour = Duration::from_hours(1);
    DispatchSettings {
        slots: 4,
        poll: Duration::from_millis(20),
        outcome_poll: hour,
        deadline_poll: hour,
        grace: Duration::from_millis(1),
        run: RunLimits { max_attempts: 3, deadline: hour },
        ..DispatchSettings::default()
    }
}

/// A running dispatcher.
struct Running {
    stop: Shutdown,
    ended: JoinHandle<()>,
}

impl Running {
    fn start(store: &TaskStore, fake: &Fake, settings: DispatchSettings) -> Self {
        let process: Process = Arc::new(|| Some(caller("task-service", &[Role::Service], None)));
        Self::start_as(store, fake, settings, process)
    }

    fn start_as(store: &TaskStore, fake: &Fake, settings: DispatchSettings, process: Process) -> Self {
        let dispatcher = Dispatcher::new(store.clone(), &fake.peer(), process, Clock::system(), settings);
        let stop = Shutdown::new();
        let ended = tokio::spawn(dispatcher.run(stop.clone()));
        Self { stop, ended }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.ended.await.unwrap();
    }
}

async fn until(store: &TaskStore, id: Uuid, holds: impl Fn(&Task) -> bool) -> Task {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let task = get(store, id).await;
        if holds(&task) {
            return task;
        }
        assert!(Instant::now() < deadline, "it did not become so: {task:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn ended(store: &TaskStore, id: Uuid) -> Task {
    until(store, id, |it| it.live_action().is_none()).await
}

async fn parked(store: &TaskStore, id: Uuid) -> Task {
    until(store, id, |it| phase(it) == Some(Phase::Applied)).await
}

fn dispatcher(store: &TaskStore, fake: &Fake) -> Dispatcher {
    let process: Process = Arc::new(|| Some(caller("task-service", &[Role::Service], None)));
    Dispatcher::new(store.clone(), &fake.peer(), process, Clock::system(), settings())
}

async fn begin(fresh: &Fresh) -> (TaskStore, Fake) {
    (TaskStore::open(&fresh.url).await.unwrap(), Fake::start().await)
}

async fn ask(store: &TaskStore) -> Task {
    Ask::new(Verb::Stop, 1).send(store).await.unwrap().task
}

async fn an_action_is_applied_under_the_identity_of_the_process_for_the_person(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Converged(5));
    let running = Running::start(&store, &fake, settings());
    let task = ask(&store).await;
    let done = ended(&store, task.id).await;
    assert_eq!((done.status, run(&done).attempt), (Status::Completed, 1));
    let call = fake.calls().remove(0);
    let request_id = format!("{}:1:{}", task.id, task.created_at.0);
    assert_eq!((call.action_seq, call.request_id), (seq(&task), request_id));
    assert_eq!((call.worker, call.on_behalf_of.as_str()), (Uuid::from_u128(1).to_string(), "ada"));
    let events = events::testing::events(store.database()).await.unwrap();
    let actors: Vec<_> = events.iter().map(|it| it.actor.as_str()).collect();
    assert_eq!(actors, ["ada", "task-service", "task-service"]);
    running.stop().await;
}

async fn a_call_is_repeated_with_the_same_request_id_until_it_succeeds(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Status(status::with_retry(Reason::Overloaded, "busy", Duration::from_millis(10))));
    fake.reply(Reply::Converged(5));
    let running = Running::start(&store, &fake, settings());
    let done = ended(&store, ask(&store).await.id).await;
    assert_eq!((done.status, run(&done).attempt), (Status::Completed, 2));
    let codes: Vec<_> = run(&done).attempts.iter().map(|it| (it.number, it.code.as_str())).collect();
    assert_eq!(codes, [(1, "UNAVAILABLE"), (2, "OK")]);
    let calls = fake.calls();
    assert_eq!((calls.len(), &calls[0].request_id), (2, &calls[1].request_id));
    running.stop().await;
}

async fn a_permanent_error_fails_the_task_with_its_reason(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Status(status::with_reason(Reason::IllegalAction, "it is terminated")));
    let running = Running::start(&store, &fake, settings());
    let failed = ended(&store, ask(&store).await.id).await;
    let error = run(&failed).last_error.clone().unwrap();
    assert_eq!((failed.status, error.message.as_str()), (Status::Failed, "it is terminated"));
    assert_eq!(
        (error.code.as_str(), error.reason.as_deref()),
        ("FAILED_PRECONDITION", Some("ILLEGAL_ACTION"))
    );
    running.stop().await;
}

async fn a_lower_number_fails_the_task_and_a_retry_gets_a_higher_one(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Superseded(70));
    fake.reply(Reply::Converged(9));
    let running = Running::start(&store, &fake, settings());
    let failed = ended(&store, ask(&store).await.id).await;
    let reason = run(&failed).last_error.clone().unwrap().reason;
    assert_eq!((failed.status, reason.as_deref()), (Status::Failed, Some("ACTION_SUPERSEDED")));
    Ask::new(Verb::Stop, 1).retry(&store, failed.id).await.unwrap();
    let done = until(&store, failed.id, |it| it.status == Status::Completed).await;
    assert_eq!(seq(&done), 71);
    let call = fake.calls().remove(1);
    assert_eq!(call.action_seq, 71);
    assert!(call.request_id.starts_with(&format!("{}:2:", done.id)), "{}", call.request_id);
    running.stop().await;
}

async fn a_call_that_hangs_at_a_shutdown_is_handed_back_and_repeated_by_another_process(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Hang);
    let running = Running::start(&store, &fake, settings());
    let task = ask(&store).await;
    fake.called(1).await;
    running.stop().await;
    let back = get(&store, task.id).await;
    assert_eq!((back.status, run(&back).attempt), (Status::Pending, 0));
    fake.reply(Reply::Converged(5));
    let another = Running::start(&store, &fake, settings());
    let done = ended(&store, task.id).await;
    assert_eq!((done.status, run(&done).attempt, run(&done).attempts.len()), (Status::Completed, 1, 1));
    let calls = fake.calls();
    assert_eq!(calls[0].request_id, calls[1].request_id);
    another.stop().await;
}

async fn an_outcome_is_learned_by_an_event(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Accepted(5));
    let running = Running::start(&store, &fake, settings());
    fake.watched().await;
    let task = ask(&store).await;
    parked(&store, task.id).await;
    fake.asked(1).await;
    fake.end_generation(5);
    fake.tell(Uuid::from_u128(2));
    fake.tell(Uuid::from_u128(1));
    assert_eq!(ended(&store, task.id).await.status, Status::Completed);
    running.stop().await;
}

async fn an_outcome_is_learned_without_events(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.refuse_watches();
    fake.reply(Reply::Accepted(5));
    let outcome_poll = Duration::from_millis(50);
    let running = Running::start(&store, &fake, DispatchSettings { outcome_poll, ..settings() });
    let task = ask(&store).await;
    parked(&store, task.id).await;
    fake.end_generation(5);
    assert_eq!(ended(&store, task.id).await.status, Status::Completed);
    running.stop().await;
}

async fn an_outcome_before_the_park_was_committed_is_not_lost(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.refuse_watches();
    fake.end_generation(5);
    fake.reply(Reply::Accepted(5));
    let running = Running::start(&store, &fake, settings());
    let task = ask(&store).await;
    assert_eq!(ended(&store, task.id).await.status, Status::Completed);
    running.stop().await;
}

async fn an_outcome_of_another_generation_ends_nothing(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Accepted(5));
    fake.answer_with_generation(4);
    fake.end_generation(5);
    let running = Running::start(&store, &fake, settings());
    let task = ask(&store).await;
    parked(&store, task.id).await;
    let asked = fake.asked(1).await;
    fake.tell(Uuid::from_u128(1));
    fake.watched().await;
    fake.tell(Uuid::from_u128(1));
    fake.asked(asked + 1).await;
    assert_eq!(phase(&get(&store, task.id).await), Some(Phase::Applied));
    running.stop().await;
}

async fn an_action_whose_outcome_never_comes_fails_at_its_deadline(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Accepted(5));
    let deadline_poll = Duration::from_millis(50);
    let running = Running::start(&store, &fake, DispatchSettings { deadline_poll, ..settings() });
    let ask = Ask { time: Duration::from_secs(1), ..Ask::new(Verb::Stop, 1) };
    let task = ask.send(&store).await.unwrap().task;
    let failed = ended(&store, task.id).await;
    let error = run(&failed).last_error.clone().unwrap();
    assert_eq!((failed.status, error.code.as_str()), (Status::Failed, "DEADLINE_EXCEEDED"));
    assert!(error.message.contains("keeps this desired state"), "{error:?}");
    running.stop().await;
}

async fn an_action_that_cannot_be_ended_does_not_keep_others_from_being_ended(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    let mut expired = Vec::new();
    for number in 1..=2 {
        let ask = Ask { time: Duration::ZERO, ..Ask::new(Verb::Stop, number) };
        expired.push(ask.send(&store).await.unwrap().task.id);
    }
    corrupt(&store, expired[0]).await;
    let dispatcher = dispatcher(&store, &fake);
    for _ in 0..2 {
        dispatcher.expire().await.unwrap();
        assert_eq!(dispatcher.failing().len(), 1);
    }
    assert_eq!(get(&store, expired[1]).await.status, Status::Failed);

    let running = Running::start(&store, &fake, settings());
    let mut waiting = Vec::new();
    for number in 3..=4 {
        fake.reply(Reply::Accepted(5));
        let task = Ask::new(Verb::Stop, number).send(&store).await.unwrap().task.id;
        parked(&store, task).await;
        waiting.push(task);
    }
    running.stop().await;
    corrupt(&store, waiting[0]).await;
    fake.end_generation(5);
    dispatcher.learn_all(&caller("task-service", &[Role::Service], None), &Shutdown::new()).await.unwrap();
    assert_eq!(get(&store, waiting[1]).await.status, Status::Completed);
}

async fn actions_wait_while_the_process_has_no_token(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    fake.reply(Reply::Converged(5));
    let (give, given) = tokio::sync::watch::channel(None);
    let process: Process = Arc::new(move || given.borrow().clone());
    let running = Running::start_as(&store, &fake, settings(), process);
    let task = ask(&store).await;
    assert_eq!(get(&store, task.id).await.revision, 1);
    give.send_replace(Some(caller("task-service", &[Role::Service], None)));
    assert_eq!(ended(&store, task.id).await.status, Status::Completed);
    running.stop().await;
}

async fn two_processes_execute_every_action_once(fresh: Fresh) {
    let (store, fake) = begin(&fresh).await;
    let (one, other) = (Running::start(&store, &fake, settings()), Running::start(&store, &fake, settings()));
    let mut tasks = Vec::new();
    for number in 1..=40 {
        fake.reply(if number % 2 == 0 { Reply::Accepted(5) } else { Reply::Converged(5) });
        tasks.push(Ask::new(Verb::Stop, number).send(&store).await.unwrap().task.id);
    }
    fake.called(40).await;
    fake.end_generation(5);
    for number in 1..=40 {
        fake.tell(Uuid::from_u128(number));
    }
    for task in tasks {
        let done = ended(&store, task).await;
        assert_eq!((done.status, run(&done).attempt, done.revision <= 4), (Status::Completed, 1, true));
    }
    let mut calls: Vec<String> = fake.calls().into_iter().map(|it| it.request_id).collect();
    calls.sort_unstable();
    calls.dedup();
    assert_eq!((calls.len(), fake.calls().len()), (40, 40));
    one.stop().await;
    other.stop().await;
}
