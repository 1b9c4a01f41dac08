//! The conformance tests of the queue, run against both databases: claims and leases, and the steps of an execution.

use std::time::Duration;

use storage::testing::Fresh;

use super::testing::{
    Ask, LEASE, answer, apply, cancel, claim, claim_all, finish, get, next_ready, phase, run, step,
};
use super::{Claim, Depth, Guard};
use crate::store::TaskStore;
use crate::task::action::Phase;
use crate::task::execution::{Answer, Outcome};
use crate::task::retry::Failure;
use crate::task::{Priority, Status, Verb};

storage::conformance!(
    actions_are_claimed_by_due_key_and_slots_are_kept_for_the_most_urgent_and_the_oldest,
    a_changed_priority_changes_the_place_in_the_queue,
    an_action_is_claimed_by_one_process_until_its_lease_ends,
    whoever_has_lost_the_lease_changes_nothing,
    a_fence_of_an_earlier_run_is_of_no_use_in_a_later_one,
    a_lease_that_is_given_back_can_be_claimed_at_once,
    a_hand_back_counts_no_call,
    a_failed_call_is_made_again_after_its_pause,
    a_parked_action_is_not_claimed_and_ends_with_its_outcome,
    an_outcome_of_another_generation_is_ignored,
    a_second_outcome_is_ignored,
    a_deadline_ends_an_action_that_no_process_executes,
    an_action_that_was_cancelled_after_the_claim_is_not_begun,
    actions_are_claimed_once_by_processes_that_claim_at_once,
    among_ten_thousand_low_actions_a_new_high_one_and_the_oldest_are_claimed_next,
    live_actions_are_counted_by_what_they_wait_for,
);

async fn open(fresh: &Fresh) -> TaskStore {
    TaskStore::open(&fresh.url).await.unwrap()
}

fn accepted(generation: i64) -> Answer {
    Answer::Accepted { generation, outcome: None }
}

fn unavailable(pause: Duration) -> Answer {
    Answer::Failed(Failure {
        code: "UNAVAILABLE".to_owned(),
        message: "no".to_owned(),
        reason: None,
        retry_after: Some(pause),
    })
}

async fn ask(store: &TaskStore, number: u128, priority: Priority, minutes: u64) -> uuid::Uuid {
    let ask = Ask { priority, age: Duration::from_mins(minutes), ..Ask::new(Verb::Stop, number) };
    ask.send(store).await.unwrap().task.id
}

async fn actions_are_claimed_by_due_key_and_slots_are_kept_for_the_most_urgent_and_the_oldest(fresh: Fresh) {
    let store = open(&fresh).await;
    let low = ask(&store, 1, Priority::Low, 70).await;
    let oldest = ask(&store, 2, Priority::Low, 80).await;
    let medium = ask(&store, 3, Priority::Medium, 71).await;
    let late_high = ask(&store, 4, Priority::High, 1).await;
    let high = ask(&store, 5, Priority::High, 2).await;
    let claim = async |urgent, oldest, due| {
        let claimed = claim_all(&store, Claim { urgent, oldest, due }, LEASE).await;
        let ids = |it: Vec<super::Live>| it.iter().map(|it| it.task_id).collect::<Vec<_>>();
        (ids(claimed.urgent), ids(claimed.oldest), ids(claimed.due))
    };
    // By due key: medium is as good as a low one of 81 minutes, high as one of 62 and 61.
    assert_eq!(claim(0, 0, 1).await, (vec![], vec![], vec![medium]));
    assert_eq!(claim(1, 1, 1).await, (vec![high], vec![oldest], vec![low]));
    assert_eq!(claim(1, 1, 9).await, (vec![late_high], vec![], vec![]));
    assert_eq!(claim(1, 1, 9).await, (vec![], vec![], vec![]));
}

async fn a_changed_priority_changes_the_place_in_the_queue(fresh: Fresh) {
    let store = open(&fresh).await;
    ask(&store, 1, Priority::Low, 20).await;
    let raised = ask(&store, 2, Priority::Low, 10).await;
    let (now, clock) = (platform::clock::Micros(1), platform::clock::Clock::system());
    let change = crate::task::Change { priority: Some(Priority::High), ..Default::default() };
    let by = access::testing::caller("ada", &[], None);
    let event = move |before: &_, after: &_| crate::event::updated(clock.new_id(), before, after, &by);
    let decide = move |it: &crate::task::Task| Ok(it.changed(change, now)?);
    store.update(raised, access::Visibility::All, decide, event).await.unwrap();
    assert_eq!(claim(&store, LEASE).await.unwrap().task_id, raised);
}

async fn an_action_is_claimed_by_one_process_until_its_lease_ends(fresh: Fresh) {
    let store = open(&fresh).await;
    ask(&store, 1, Priority::Low, 0).await;
    assert_eq!(next_ready(&store).await, Some(Duration::ZERO));
    let first = claim(&store, Duration::ZERO).await.unwrap();
    let second = claim(&store, LEASE).await.unwrap();
    assert_eq!((second.seq, second.fence), (first.seq, first.fence + 1));
    assert!(claim(&store, LEASE).await.is_none());
    let wait = next_ready(&store).await.unwrap();
    assert!(wait > Duration::from_secs(30) && wait <= LEASE, "{wait:?}");
}

async fn whoever_has_lost_the_lease_changes_nothing(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let lost = claim(&store, Duration::ZERO).await.unwrap();
    apply(&store, &lost).await.unwrap();
    let held = claim(&store, LEASE).await.unwrap();
    apply(&store, &held).await.unwrap();
    let before = get(&store, id).await;
    assert_eq!(answer(&store, &lost, accepted(1)).await, None);
    assert_eq!(answer(&store, &lost, unavailable(Duration::ZERO)).await, None);
    assert_eq!(step(&store, &lost, Guard::Lease, |it| it.handed_back(it.updated_at)).await, None);
    store.release(&lost).await.unwrap();
    assert!(claim(&store, LEASE).await.is_none(), "the lease of another process was given back");
    assert_eq!(get(&store, id).await, before);
    assert!(answer(&store, &held, accepted(1)).await.is_some());
}

async fn a_fence_of_an_earlier_run_is_of_no_use_in_a_later_one(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let earlier = claim(&store, LEASE).await.unwrap();
    cancel(&store, id).await.unwrap();
    Ask::new(Verb::Stop, 1).retry(&store, id).await.unwrap();
    let later = claim(&store, LEASE).await.unwrap();
    assert_eq!(earlier.fence, later.fence);
    assert_eq!(apply(&store, &earlier).await, None);
    assert!(apply(&store, &later).await.is_some());
}

async fn a_lease_that_is_given_back_can_be_claimed_at_once(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let live = claim(&store, LEASE).await.unwrap();
    store.release(&live).await.unwrap();
    assert!(claim(&store, LEASE).await.is_some());
    assert_eq!(get(&store, id).await.revision, 1);
}

async fn a_hand_back_counts_no_call(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let live = claim(&store, LEASE).await.unwrap();
    apply(&store, &live).await.unwrap();
    step(&store, &live, Guard::Lease, |it| it.handed_back(it.updated_at)).await.unwrap();
    let task = get(&store, id).await;
    assert_eq!((task.status, phase(&task), run(&task).attempt), (Status::Pending, Some(Phase::Queued), 0));
    let again = claim(&store, LEASE).await.unwrap();
    assert_eq!((again.attempt, again.fence), (0, live.fence + 1));
    // The old owner comes back.
    assert_eq!(answer(&store, &live, accepted(1)).await, None);
}

async fn a_failed_call_is_made_again_after_its_pause(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let live = claim(&store, LEASE).await.unwrap();
    apply(&store, &live).await.unwrap();
    answer(&store, &live, unavailable(Duration::from_secs(40))).await.unwrap();
    assert!(claim(&store, LEASE).await.is_none());
    let wait = next_ready(&store).await.unwrap();
    assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(40), "{wait:?}");
    let task = get(&store, id).await;
    assert_eq!((task.status, run(&task).attempt, run(&task).attempts.len()), (Status::Pending, 1, 1));
    assert_eq!(run(&task).attempts[0].code, "UNAVAILABLE");
}

async fn a_parked_action_is_not_claimed_and_ends_with_its_outcome(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let live = claim(&store, Duration::ZERO).await.unwrap();
    apply(&store, &live).await.unwrap();
    answer(&store, &live, accepted(7)).await.unwrap();
    assert!(claim(&store, LEASE).await.is_none());
    assert_eq!(next_ready(&store).await, None);
    let parked = store.parked(uuid::Uuid::nil(), 10).await.unwrap().pop().unwrap();
    assert_eq!((parked.task_id, parked.generation, parked.asked_by.as_str()), (id, Some(7), "ada"));
    assert_eq!(store.parked_of(parked.worker_id).await.unwrap().map(|it| it.task_id), Some(id));
    let done = finish(&store, &parked, 7, Outcome::Converged).await.unwrap();
    assert_eq!((done.status, phase(&done)), (Status::Completed, None));
    assert!(store.parked(uuid::Uuid::nil(), 10).await.unwrap().is_empty());
    let events = events::testing::events(store.database()).await.unwrap();
    let told: Vec<_> = events.iter().map(|it| (it.kind.as_str(), it.revision)).collect();
    let updated = "task.status.updated";
    assert_eq!(told, [("task.created", 1), (updated, 2), ("task.updated", 3), (updated, 4)]);
}

async fn an_outcome_of_another_generation_is_ignored(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let live = claim(&store, LEASE).await.unwrap();
    apply(&store, &live).await.unwrap();
    assert_eq!(finish(&store, &live, 7, Outcome::Converged).await, None, "not parked yet");
    answer(&store, &live, accepted(7)).await.unwrap();
    assert_eq!(finish(&store, &live, 6, Outcome::Superseded).await, None);
    assert_eq!(phase(&get(&store, id).await), Some(Phase::Applied));
}

async fn a_second_outcome_is_ignored(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let live = claim(&store, LEASE).await.unwrap();
    apply(&store, &live).await.unwrap();
    answer(&store, &live, accepted(7)).await.unwrap();
    assert!(finish(&store, &live, 7, Outcome::Converged).await.is_some());
    assert_eq!(finish(&store, &live, 7, Outcome::Missing).await, None);
    assert_eq!(get(&store, id).await.status, Status::Completed);
}

async fn a_deadline_ends_an_action_that_no_process_executes(fresh: Fresh) {
    let store = open(&fresh).await;
    let late = async |number| {
        let ask = Ask { time: Duration::ZERO, ..Ask::new(Verb::Stop, number) };
        ask.send(&store).await.unwrap().task.id
    };
    let leased = late(1).await;
    let live = claim(&store, LEASE).await.unwrap();
    apply(&store, &live).await.unwrap();
    let waiting = late(2).await;
    ask(&store, 3, Priority::Low, 0).await;
    let expired = store.expired(10).await.unwrap();
    assert_eq!(expired.iter().map(|it| it.task_id).collect::<Vec<_>>(), [waiting]);
    let failed = step(&store, &expired[0], Guard::Expired, |it| it.expired(it.updated_at)).await.unwrap();
    assert_eq!((failed.status, failed.live_action()), (Status::Failed, None));
    // The lease of another action is respected when the action was claimed in between.
    assert_eq!(step(&store, &live, Guard::Expired, |it| it.expired(it.updated_at)).await, None);
    answer(&store, &live, accepted(1)).await.unwrap();
    let parked = store.expired(10).await.unwrap();
    assert_eq!(parked.iter().map(|it| it.task_id).collect::<Vec<_>>(), [leased]);
}

async fn an_action_that_was_cancelled_after_the_claim_is_not_begun(fresh: Fresh) {
    let store = open(&fresh).await;
    let id = ask(&store, 1, Priority::Low, 0).await;
    let live = claim(&store, LEASE).await.unwrap();
    assert_eq!(cancel(&store, id).await.unwrap().status, Status::Cancelled);
    assert_eq!(apply(&store, &live).await, None);
    assert_eq!(get(&store, id).await.status, Status::Cancelled);
}

async fn actions_are_claimed_once_by_processes_that_claim_at_once(fresh: Fresh) {
    let store = open(&fresh).await;
    for number in 1..=40 {
        ask(&store, number, Priority::Low, 0).await;
    }
    let claims = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let claim = Claim { urgent: 1, oldest: 1, due: 6 };
            let claimed = claim_all(&store, claim, LEASE).await;
            let all = claimed.urgent.into_iter().chain(claimed.oldest).chain(claimed.due);
            all.map(|it| it.task_id).collect::<Vec<_>>()
        })
    });
    let mut all = Vec::new();
    for claim in claims.collect::<Vec<_>>() {
        all.extend(claim.await.unwrap());
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "an action was claimed twice");
    assert!(count >= 30, "{count}");
}

/// Queue `$1` low actions of the last hours, with the ids 1, 2 and so on, the oldest first.
const CROWD: [&str; 2] = [
    "INSERT INTO action_queue (task_id, worker_id, action_seq, verb, priority, due_key, asked_at, deadline, phase, \
       ready_at, fence, run, attempt, on_behalf_of) \
     SELECT unhex(printf('%032x', i)), unhex(printf('%032x', i)), 1, 'stop', 0, i, i, 9000000000000000, 'queued', 0, 0, 1, \
       0, 'ada' \
     FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n)",
    "INSERT INTO action_queue (task_id, worker_id, action_seq, verb, priority, due_key, asked_at, deadline, phase, \
       ready_at, fence, run, attempt, on_behalf_of) \
     SELECT lpad(to_hex(i), 32, '0')::uuid, lpad(to_hex(i), 32, '0')::uuid, 1, 'stop', 0, i, i, 9000000000000000, 'queued', \
       0, 0, 1, 0, 'ada' \
     FROM generate_series(1, $1) AS i",
];

async fn among_ten_thousand_low_actions_a_new_high_one_and_the_oldest_are_claimed_next(fresh: Fresh) {
    let store = open(&fresh).await;
    match store.database() {
        storage::Database::Sqlite(it) => {
            sqlx::query(CROWD[0]).bind(10_000_i64).execute(&it.writers).await.unwrap();
        }
        storage::Database::Postgres(it) => {
            sqlx::query(CROWD[1]).bind(10_000_i64).execute(&it.writers).await.unwrap();
        }
    }
    let high = ask(&store, 1_000_000, Priority::High, 0).await;
    let claim = Claim { urgent: 1, oldest: 1, due: 2 };
    let claimed = claim_all(&store, claim, LEASE).await;
    assert_eq!(claimed.urgent[0].task_id, high);
    assert_eq!(claimed.oldest[0].task_id, uuid::Uuid::from_u128(1));
    let mut due: Vec<_> = claimed.due.iter().map(|it| it.task_id.as_u128()).collect();
    due.sort_unstable();
    assert_eq!(due, [2, 3]);
}

async fn live_actions_are_counted_by_what_they_wait_for(fresh: Fresh) {
    let store = open(&fresh).await;
    let none = Depth { ready: 0, claimed: 0, paused: 0, waiting: 0, oldest: Duration::ZERO };
    assert_eq!(store.depth().await.unwrap(), none);
    let id = ask(&store, 1, Priority::Low, 0).await;
    let ready = eventually_aged(&store).await;
    assert_eq!(ready, Depth { ready: 1, oldest: ready.oldest, ..none });
    let live = claim(&store, LEASE).await.unwrap();
    assert_eq!(store.depth().await.unwrap(), Depth { claimed: 1, ..none });
    apply(&store, &live).await.unwrap();
    answer(&store, &live, unavailable(Duration::from_secs(40))).await.unwrap();
    assert_eq!(store.depth().await.unwrap(), Depth { paused: 1, ..none });
    ask(&store, 2, Priority::Low, 0).await;
    let parked = claim(&store, LEASE).await.unwrap();
    apply(&store, &parked).await.unwrap();
    answer(&store, &parked, accepted(7)).await.unwrap();
    assert_eq!(store.depth().await.unwrap(), Depth { paused: 1, waiting: 1, ..none });
    finish(&store, &parked, 7, Outcome::Converged).await.unwrap();
    // The lease of a process that was killed has ended.
    ask(&store, 3, Priority::Low, 0).await;
    claim(&store, Duration::ZERO).await.unwrap();
    let again = eventually_aged(&store).await;
    assert_eq!(again, Depth { ready: 1, paused: 1, oldest: again.oldest, ..none });
    assert_eq!(get(&store, id).await.status, Status::Pending);
}

/// Counts until the oldest ready action has an age: the clock of SQLite has milliseconds.
async fn eventually_aged(store: &TaskStore) -> Depth {
    loop {
        let depth = store.depth().await.unwrap();
        if !depth.oldest.is_zero() {
            assert!(depth.oldest < Duration::from_mins(1), "{depth:?}");
            return depth;
        }
    }
}
