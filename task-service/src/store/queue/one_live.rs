//! The conformance tests of the rule that a worker has at most one live action, run against both databases.

use std::time::Duration;

use storage::testing::Fresh;
use uuid::Uuid;

use super::testing::{Ask, LEASE, answer, apply, cancel, claim, finish, get, phase, run, seq};
use crate::error::TaskError;
use crate::store::{Filter, Shown, TaskStore};
use crate::task::action::Phase;
use crate::task::execution::{Answer, Outcome};
use crate::task::{DomainError, Status, Task, Verb};

storage::conformance!(
    the_same_verb_returns_the_live_action,
    an_opposite_verb_replaces_the_live_action_in_one_transaction,
    nothing_replaces_terminate,
    numbers_of_actions_count_up_for_each_worker,
    a_worker_never_has_two_live_actions,
    what_is_reached_already_is_completed_at_once_unless_an_action_is_live,
    what_an_action_may_have_changed_since_the_worker_was_looked_at_is_not_taken_for_reached,
    a_run_of_a_restored_database_is_another_request,
    an_action_that_replaces_one_that_has_begun_cannot_be_cancelled,
    a_retry_is_a_new_run_under_the_same_rule,
    an_outcome_of_a_replaced_action_changes_nothing,
    lists_show_live_actions_and_ended_ones_only_when_asked,
);

async fn open(fresh: &Fresh) -> TaskStore {
    TaskStore::open(&fresh.url).await.unwrap()
}

fn accepted(generation: i64) -> Answer {
    Answer::Accepted { generation, outcome: None }
}

async fn the_same_verb_returns_the_live_action(fresh: Fresh) {
    let store = open(&fresh).await;
    let first = Ask::new(Verb::Stop, 1).send(&store).await.unwrap();
    let second = Ask::new(Verb::Stop, 1).send(&store).await.unwrap();
    assert!(!first.existing && second.existing);
    assert_eq!(second.task, first.task);
    assert_eq!(events::testing::events(store.database()).await.unwrap().len(), 1);
}

async fn an_opposite_verb_replaces_the_live_action_in_one_transaction(fresh: Fresh) {
    let store = open(&fresh).await;
    let stop = Ask::new(Verb::Stop, 1).send(&store).await.unwrap().task;
    let start = Ask::new(Verb::Start, 1).send(&store).await.unwrap();
    let replaced = get(&store, stop.id).await;
    assert_eq!(start.replaced.as_ref().map(|it| &it.task), Some(&replaced));
    assert_eq!((replaced.status, phase(&replaced)), (Status::Cancelled, None));
    let error = run(&replaced).last_error.clone().unwrap();
    assert_eq!((error.code.as_str(), error.reason.as_deref()), ("ABORTED", Some("ACTION_SUPERSEDED")));
    assert!(error.message.contains(&start.task.id.to_string()), "{error:?}");
    assert!(seq(&start.task) > seq(&stop));
    let events = events::testing::events(store.database()).await.unwrap();
    let told: Vec<_> = events.iter().map(|it| (it.kind.as_str(), it.subject_id)).collect();
    let (created, updated) = ("task.created", "task.status.updated");
    assert_eq!(told, [(created, stop.id), (updated, stop.id), (created, start.task.id)]);
    assert_eq!(claim(&store, LEASE).await.map(|it| it.task_id), Some(start.task.id));
    assert!(claim(&store, LEASE).await.is_none());
}

async fn nothing_replaces_terminate(fresh: Fresh) {
    let store = open(&fresh).await;
    let stop = Ask::new(Verb::Stop, 1).send(&store).await.unwrap().task;
    let terminate = Ask::new(Verb::Terminate, 1).send(&store).await.unwrap().task;
    assert_eq!(get(&store, stop.id).await.status, Status::Cancelled);
    let refused = Ask::new(Verb::Start, 1).send(&store).await.unwrap_err();
    let TaskError::Domain(DomainError::IllegalAction(text)) = refused else { panic!("{refused:?}") };
    assert!(text.contains(&terminate.id.to_string()) && text.ends_with("possible: terminate"), "{text}");
    assert_eq!(get(&store, terminate.id).await, terminate);
}

async fn numbers_of_actions_count_up_for_each_worker(fresh: Fresh) {
    let store = open(&fresh).await;
    let numbers = async |worker| {
        let mut numbers = Vec::new();
        for verb in [Verb::Stop, Verb::Start, Verb::Stop] {
            numbers.push(seq(&Ask::new(verb, worker).send(&store).await.unwrap().task));
        }
        numbers
    };
    assert_eq!(numbers(1).await, [1, 2, 3]);
    assert_eq!(numbers(2).await, [1, 2, 3]);
    store.raise_seq(Uuid::from_u128(1), 90).await.unwrap();
    store.raise_seq(Uuid::from_u128(1), 50).await.unwrap();
    // The first one is the live action; its request has drawn a number in vain.
    assert_eq!(numbers(1).await, [3, 92, 93]);
}

async fn a_worker_never_has_two_live_actions(fresh: Fresh) {
    let store = open(&fresh).await;
    let requests: Vec<_> = (0..24)
        .map(|number: usize| {
            let store = store.clone();
            let verb = [Verb::Start, Verb::Stop][number % 2];
            tokio::spawn(async move { Ask::new(verb, 1).send(&store).await.unwrap() })
        })
        .collect();
    for request in requests {
        request.await.unwrap();
    }
    let page = storage::Page::new(200, "", list_id()).unwrap();
    let all = Filter { shown: Shown::Actions, ..Filter::default() };
    let (tasks, _) = store.list(page, &all, access::Visibility::All).await.unwrap();
    let live: Vec<_> = tasks.iter().filter(|it| it.live_action().is_some()).collect();
    assert_eq!(live.len(), 1, "{live:?}");
    let highest = tasks.iter().map(seq).max();
    assert_eq!(Some(seq(live[0])), highest, "an earlier action has outlived a later one");
}

async fn what_is_reached_already_is_completed_at_once_unless_an_action_is_live(fresh: Fresh) {
    let store = open(&fresh).await;
    let reached = |verb, after| Ask { reached_after: Some(after), ..Ask::new(verb, 1) };
    let done = reached(Verb::Stop, 0).send(&store).await.unwrap().task;
    assert_eq!((done.status, phase(&done), done.revision), (Status::Completed, None, 1));
    assert_eq!(get(&store, done.id).await, done);
    assert!(claim(&store, LEASE).await.is_none());
    Ask::new(Verb::Start, 1).send(&store).await.unwrap();
    let queued = reached(Verb::Stop, 2).send(&store).await.unwrap().task;
    assert_eq!((queued.status, phase(&queued)), (Status::Pending, Some(Phase::Queued)));
}

async fn what_an_action_may_have_changed_since_the_worker_was_looked_at_is_not_taken_for_reached(
    fresh: Fresh,
) {
    let store = open(&fresh).await;
    let worker = Uuid::from_u128(1);
    let reached_after = store.last_action(worker).await.unwrap();
    assert_eq!(reached_after, Some(0));
    // Meanwhile, the opposite is asked for and carried out.
    Ask::new(Verb::Start, 1).send(&store).await.unwrap();
    assert_eq!(store.last_action(worker).await.unwrap(), None);
    let live = claim(&store, LEASE).await.unwrap();
    apply(&store, &live).await.unwrap();
    answer(&store, &live, Answer::Accepted { generation: 7, outcome: Some(Outcome::Converged) })
        .await
        .unwrap();
    let stop = Ask { reached_after, ..Ask::new(Verb::Stop, 1) }.send(&store).await.unwrap().task;
    assert_eq!((stop.status, phase(&stop)), (Status::Pending, Some(Phase::Queued)));
    assert_eq!(claim(&store, LEASE).await.map(|it| it.task_id), Some(stop.id));
}

async fn a_run_of_a_restored_database_is_another_request(fresh: Fresh) {
    let store = open(&fresh).await;
    let task = Ask::new(Verb::Stop, 1).send(&store).await.unwrap().task;
    cancel(&store, task.id).await.unwrap();
    let backup = get(&store, task.id).await;
    let again = async |age| {
        let ask = Ask { age: Duration::from_secs(age), ..Ask::new(Verb::Stop, 1) };
        ask.retry(&store, task.id).await.unwrap();
        let live = claim(&store, LEASE).await.unwrap();
        (live.run, live.request_id())
    };
    let lost = again(60).await;
    cancel(&store, task.id).await.unwrap();
    // The events stay here, so their numbers go on.
    let restored = Task { revision: get(&store, task.id).await.revision, ..backup };
    store
        .database()
        .write(move |on| Box::pin(async move { crate::store::change::write(on, &restored).await }))
        .await
        .unwrap();
    let repeated = again(0).await;
    assert_eq!((lost.0, repeated.0), (2, 2));
    assert_ne!(lost.1, repeated.1);
}

async fn an_action_that_replaces_one_that_has_begun_cannot_be_cancelled(fresh: Fresh) {
    let store = open(&fresh).await;
    Ask::new(Verb::Stop, 1).send(&store).await.unwrap();
    apply(&store, &claim(&store, LEASE).await.unwrap()).await.unwrap();
    let start = Ask::new(Verb::Start, 1).send(&store).await.unwrap().task;
    // The chain goes on, however often it is replaced.
    let stop = Ask::new(Verb::Stop, 1).send(&store).await.unwrap().task;
    for id in [start.id, stop.id] {
        let refused = cancel(&store, id).await;
        match get(&store, id).await.status {
            Status::Cancelled => assert_eq!(refused.unwrap().status, Status::Cancelled),
            _ => assert!(matches!(refused, Err(TaskError::Domain(DomainError::ActionIsLive(_))))),
        }
    }
    assert_eq!(get(&store, stop.id).await.status, Status::Pending);
}

async fn a_retry_is_a_new_run_under_the_same_rule(fresh: Fresh) {
    let store = open(&fresh).await;
    let first = Ask::new(Verb::Stop, 1).send(&store).await.unwrap().task;
    cancel(&store, first.id).await.unwrap();
    let again = Ask::new(Verb::Stop, 1).retry(&store, first.id).await.unwrap().task;
    assert_eq!((again.status, run(&again).number), (Status::Pending, 2));
    assert!(seq(&again) > seq(&first));
    let live = Ask::new(Verb::Stop, 1).retry(&store, first.id).await.unwrap_err();
    assert!(matches!(live, TaskError::Domain(DomainError::HasEnded { .. })), "{live:?}");
    cancel(&store, first.id).await.unwrap();
    let other = Ask::new(Verb::Stop, 1).send(&store).await.unwrap().task;
    let refused = Ask::new(Verb::Stop, 1).retry(&store, first.id).await.unwrap_err().to_string();
    assert!(refused.contains(&other.id.to_string()), "{refused}");
    let opposite = Ask::new(Verb::Start, 1).send(&store).await.unwrap().task;
    let replaced = Ask::new(Verb::Stop, 1).retry(&store, first.id).await.unwrap().replaced;
    assert_eq!(replaced.map(|it| it.task.id), Some(opposite.id));
    assert_eq!(claim(&store, LEASE).await.map(|it| (it.task_id, it.run)), Some((first.id, 3)));
}

async fn an_outcome_of_a_replaced_action_changes_nothing(fresh: Fresh) {
    let store = open(&fresh).await;
    let stop = Ask::new(Verb::Stop, 1).send(&store).await.unwrap().task;
    let live = claim(&store, LEASE).await.unwrap();
    apply(&store, &live).await.unwrap();
    answer(&store, &live, accepted(7)).await.unwrap();
    let start = Ask::new(Verb::Start, 1).send(&store).await.unwrap().task;
    assert_eq!(finish(&store, &live, 7, Outcome::Converged).await, None);
    assert_eq!(get(&store, stop.id).await.status, Status::Cancelled);
    assert_eq!(get(&store, start.id).await, start);
}

fn list_id() -> storage::ListId {
    storage::ListId::of("test", &proto::task::v1::ListTasksRequest::default())
}

async fn lists_show_live_actions_and_ended_ones_only_when_asked(fresh: Fresh) {
    let store = open(&fresh).await;
    let ended = Ask::new(Verb::Stop, 1).send(&store).await.unwrap().task;
    cancel(&store, ended.id).await.unwrap();
    let live = Ask::new(Verb::Stop, 2).send(&store).await.unwrap().task;
    let listed = async |shown, seen| {
        let page = storage::Page::new(9, "", list_id()).unwrap();
        let filter = Filter { shown, ..Filter::default() };
        let (tasks, _) = store.list(page, &filter, seen).await.unwrap();
        tasks.iter().map(|it| it.id).collect::<Vec<_>>()
    };
    let views: [fn() -> access::Visibility; 2] = [
        || access::Visibility::Restricted { person: "ada".to_owned(), department: None },
        || access::Visibility::All,
    ];
    for seen in views {
        assert_eq!(listed(Shown::Open, seen()).await, [live.id]);
        assert_eq!(listed(Shown::Human, seen()).await, Vec::<Uuid>::new());
        assert_eq!(listed(Shown::Actions, seen()).await, [live.id, ended.id]);
        assert_eq!(listed(Shown::All, seen()).await, [live.id, ended.id]);
    }
}
