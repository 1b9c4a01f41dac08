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
fn a_small_answer_counts_once_the_large_ones_are_past() {
    let (now, large) = (Instant::now(), Answers::Unknown);
    let large = large.after(LARGE, now).after(1, now + REMEMBERED / 2);
    assert!(matches!(large, Answers::Large { .. }));
    assert!(matches!(large.after(1, now + REMEMBERED), Answers::Small));
}

#[tokio::test]
async fn a_read_that_is_given_up_leaves_a_caller_of_whom_nothing_is_known() {
    let turns = Turns::default();
    answer(&turns, "ada", 1).await;
    turns.clone().take("ada").await.unanswered();
    assert_eq!(at_once(&turns, "ada").len(), MOST_LARGE);
    answer(&turns, "ada", LARGE).await;
    turns.clone().take("ada").await.unanswered();
    assert_eq!(turns.callers().by_key["ada"].expected(), LARGE);
}

#[test]
fn the_largest_answers_count_for_what_is_expected() {
    let expected = |sizes: &[usize]| {
        let after = |answers: Answers, size: &usize| answers.after(*size, Instant::now());
        match sizes.iter().fold(Answers::Unknown, after) {
            Answers::Large { bytes, .. } => bytes,
            Answers::Unknown | Answers::Small => 0,
        }
    };
    assert_eq!(expected(&[1]), 0);
    assert_eq!(expected(&[LARGE, 8 * LARGE]), 8 * LARGE);
    assert_eq!(expected(&[8 * LARGE, LARGE, LARGE]), 49 * LARGE / 8);
}

/// Turns of which the large ones have so many bytes, with callers whose answers have 100 kB.
async fn with_large_answers(lane: usize, callers: &[&'static str]) -> Turns {
    let turns = Turns::sharing(Lane::of(lane));
    for caller in callers {
        answer(&turns, caller, 100_000).await;
    }
    turns
}

#[tokio::test]
async fn callers_with_large_answers_share_a_lane_in_turn_and_others_do_not_wait_for_it() {
    let turns = with_large_answers(350_000, &["ada", "bob", "eve"]).await;
    let (mut held, of_bob) = (at_once(&turns, "ada"), at_once(&turns, "bob"));
    assert_eq!((held.len(), of_bob.len()), (2, 1));
    let order = ["bob", "eve", "eve", "ada"];
    let mut waiting: Vec<_> = order.map(|it| (it, Box::pin(turns.clone().take(it)))).into();
    for (_, wait) in &mut waiting {
        assert!(wait.as_mut().now_or_never().is_none());
    }
    assert_eq!(at_once(&turns, "new").len(), MOST_LARGE);
    answer(&turns, "new", 1).await;
    assert_eq!(at_once(&turns, "new").len(), MOST);
    held.extend(of_bob);
    let mut served = Vec::new();
    while !waiting.is_empty() {
        drop(held.remove(0));
        let turn = waiting
            .iter_mut()
            .enumerate()
            .find_map(|(index, it)| Some((index, it.1.as_mut().now_or_never()?)));
        let (index, turn) = turn.expect("the turn is passed on");
        held.push(turn);
        served.push(waiting.remove(index).0);
    }
    assert_eq!(served, ["bob", "eve", "ada", "eve"]);
    drop(held);
    assert_eq!(turns.callers().lane, Lane::of(350_000));
}

#[tokio::test]
async fn an_answer_that_is_larger_than_the_lane_has_it_alone() {
    let turns = with_large_answers(99_999, &["ada", "bob"]).await;
    let held = at_once(&turns, "ada");
    assert_eq!((held.len(), at_once(&turns, "bob").len()), (1, 0));
    drop(held);
    assert_eq!(at_once(&turns, "bob").len(), 1);
}

#[tokio::test]
async fn a_small_share_of_the_lane_does_not_overtake_a_large_one() {
    let turns = with_large_answers(300_000, &["ada", "eve"]).await;
    answer(&turns, "bob", 250_000).await;
    let of_ada = turns.clone().take("ada").await;
    let mut of_bob = Box::pin(turns.clone().take("bob"));
    let mut of_eve = Box::pin(turns.clone().take("eve"));
    assert!(of_bob.as_mut().now_or_never().is_none() && of_eve.as_mut().now_or_never().is_none());
    drop(of_ada);
    let of_bob = of_bob.as_mut().now_or_never();
    assert!(of_bob.is_some() && of_eve.as_mut().now_or_never().is_none());
    drop(of_bob);
    assert!(of_eve.as_mut().now_or_never().is_some());
}

#[tokio::test]
async fn who_gives_up_waiting_for_the_lane_delays_nobody() {
    let turns = with_large_answers(100_000, &["ada", "bob", "eve"]).await;
    let held = at_once(&turns, "ada");
    let mut of_bob = Box::pin(turns.clone().take("bob"));
    let mut of_eve = Box::pin(turns.clone().take("eve"));
    assert!(of_bob.as_mut().now_or_never().is_none() && of_eve.as_mut().now_or_never().is_none());
    drop(of_bob);
    drop(held);
    drop(of_eve.as_mut().now_or_never().expect("eve has the lane"));
    assert_eq!(turns.callers().lane, Lane::of(100_000));
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
    let callers = ["ada", "bob", "eve", "joe"];
    // Three answers of all callers, and two of one of them.
    let turns = with_large_answers(300_000, &callers).await;
    let (of_all, of_each) = (Arc::new(AtomicUsize::new(0)), [const { AtomicUsize::new(0) }; 4]);
    let of_each = Arc::new(of_each);
    let readers = (0..200).map(|number| {
        let (turns, of_all, of_each, caller) = (turns.clone(), of_all.clone(), of_each.clone(), number % 4);
        tokio::spawn(async move {
            for _ in 0..50 {
                let _turn = turns.clone().take(callers[caller]).await;
                assert!(of_all.fetch_add(1, Ordering::SeqCst) < 3);
                assert!(of_each[caller].fetch_add(1, Ordering::SeqCst) < MOST_LARGE);
                tokio::task::yield_now().await;
                of_each[caller].fetch_sub(1, Ordering::SeqCst);
                of_all.fetch_sub(1, Ordering::SeqCst);
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
    assert_eq!(turns.callers().lane, Lane::of(300_000));
    assert_eq!(at_once(&turns, "ada").len(), MOST_LARGE);
}
