use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;

use super::*;

type Turns = ReadTurns<&'static str>;

/// The turns that a caller gets at once.
fn at_once(turns: &Turns, caller: &'static str) -> Vec<ReadTurn<&'static str>> {
    std::iter::from_fn(|| turns.clone().take(caller).now_or_never()).collect()
}

/// Makes the answers to a caller known.
async fn answer(turns: &Turns, caller: &'static str, bytes: usize) {
    turns.clone().take(caller).await.answered(bytes);
}

#[tokio::test]
async fn a_caller_has_few_turns_until_an_answer_was_small_and_another_one_does_not_wait_for_them() {
    let turns = Turns::default();
    let held = at_once(&turns, "ada");
    assert_eq!(held.len(), MOST_LARGE);
    assert_eq!(at_once(&turns, "bob").len(), MOST_LARGE);
    drop(held);
    answer(&turns, "ada", LARGE - 1).await;
    assert_eq!(at_once(&turns, "ada").len(), MOST);
    answer(&turns, "ada", LARGE).await;
    answer(&turns, "ada", 1).await;
    assert_eq!(at_once(&turns, "ada").len(), MOST_LARGE);
}

#[tokio::test]
async fn a_turn_that_ends_is_passed_on_in_order_and_those_who_gave_up_are_left_out() {
    let turns = Turns::default();
    let mut held = at_once(&turns, "ada");
    let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(turns.clone().take("ada"))).collect();
    for wait in &mut waiting {
        assert!(wait.as_mut().now_or_never().is_none());
    }
    drop(waiting.remove(0));
    drop(held.pop());
    let first = waiting[0].as_mut().now_or_never();
    assert!(first.is_some() && waiting[1].as_mut().now_or_never().is_none());
    // A turn that was given, and that nobody looks at any more, is not lost.
    drop(first);
    drop(waiting);
    assert_eq!(held.len() + at_once(&turns, "ada").len(), MOST_LARGE);
}

#[tokio::test]
async fn the_first_small_answer_lets_more_of_those_who_wait_go_on() {
    let turns = Turns::default();
    let held = at_once(&turns, "ada");
    let mut waiting: Vec<_> = (0..2 * MOST).map(|_| Box::pin(turns.clone().take("ada"))).collect();
    for wait in &mut waiting {
        assert!(wait.as_mut().now_or_never().is_none());
    }
    held[0].answered(1);
    drop(held);
    let given: Vec<_> = waiting.iter_mut().filter_map(|it| it.as_mut().now_or_never()).collect();
    assert_eq!(given.len(), MOST);
}

#[test]
fn a_large_answer_is_forgotten_in_time() {
    let mut caller = Caller::<()> { executed: 0, waiting: VecDeque::new(), answers: Answers::Unknown };
    let now = Instant::now();
    caller.answered(LARGE, now);
    caller.answered(1, now + REMEMBERED / 2);
    assert_eq!(caller.most(now + REMEMBERED / 2), MOST_LARGE);
    assert_eq!(caller.most(now + REMEMBERED), MOST);
    caller.answered(1, now + REMEMBERED);
    assert_eq!(caller.most(now), MOST);
}

#[tokio::test]
async fn a_request_that_waits_for_its_turn_shows_it_in_its_trace() {
    telemetry::testing::record_spans();
    let turns = Turns::default();
    let request = SpanBuilder::new(SpanKind::Server).start(|it| it.name("request"));
    let held = at_once(&turns, "ada");
    let mut next = Box::pin(request.run(turns.clone().take("ada")));
    assert!(next.as_mut().now_or_never().is_none());
    std::thread::sleep(SHOWN);
    // One that gives up, too.
    let mut given_up = Box::pin(request.run(turns.clone().take("ada")));
    assert!(given_up.as_mut().now_or_never().is_none());
    std::thread::sleep(SHOWN);
    drop(given_up);
    drop(held);
    drop(next.await);
    drop(request.run(turns.take("ada")).await);
    let spans = telemetry::testing::ended_spans(&request.span_context().trace_id().to_string());
    let names: Vec<_> = spans.iter().map(|it| (&*it.name, &*it.parent_id)).collect();
    let request = request.span_context().span_id().to_string();
    let shown = ("wait for turn", &*request);
    assert_eq!(names, [shown, shown]);
    assert!(Duration::from_nanos(spans[1].end - spans[1].start) >= 2 * SHOWN);
}

#[tokio::test]
async fn callers_that_do_not_read_any_more_are_forgotten_but_for_those_with_large_answers() {
    let turns = ReadTurns::<usize>::default();
    let held = turns.clone().take(0).await;
    turns.clone().take(1).await.answered(LARGE);
    for caller in 2..3 * MANY {
        turns.clone().take(caller).await.answered(1);
    }
    let callers = turns.callers();
    assert!(callers.by_key.len() <= MANY);
    assert!(callers.by_key.contains_key(&0) && callers.by_key.contains_key(&1));
    drop(callers);
    drop(held);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_turns_are_taken_than_there_are() {
    let (turns, taken) = (Turns::default(), Arc::new(AtomicUsize::new(0)));
    let readers: Vec<_> = (0..200)
        .map(|_| {
            let (turns, taken) = (turns.clone(), taken.clone());
            tokio::spawn(async move {
                for _ in 0..50 {
                    let _turn = turns.clone().take("ada").await;
                    assert!(taken.fetch_add(1, Ordering::SeqCst) < MOST_LARGE);
                    tokio::task::yield_now().await;
                    taken.fetch_sub(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for reader in readers {
        reader.await.unwrap();
    }
    assert_eq!(at_once(&turns, "ada").len(), MOST_LARGE);
}
