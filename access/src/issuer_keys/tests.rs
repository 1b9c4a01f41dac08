//! Keys that come, go and rotate, and an issuer that does too.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::*;
use crate::Verifier;
use crate::claims::Expected;
use crate::testing::{Answer, TestIssuer};

/// What takes longer is broken.
const DEADLINE: Duration = Duration::from_secs(20);

async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let met = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(DEADLINE, met).await.is_ok(), "not in time: {what}");
}

/// Asks by itself only once.
fn quiet() -> Pace {
    let never = Duration::from_hours(1);
    Pace { refresh: never, retry: never, first: never, patience: DEADLINE, ..Pace::default() }
}

/// Asks again at once, whatever the answer.
fn eager() -> Pace {
    let soon = Duration::from_millis(5);
    Pace { refresh: soon, retry: soon, first: soon, patience: DEADLINE, ..Pace::default() }
}

struct Fixture {
    issuer: TestIssuer,
    keys: IssuerKeys,
    clock: Clock,
}

async fn fixture(pace: Pace) -> Fixture {
    let (issuer, clock) = (TestIssuer::start().await, Clock::manual(Micros(1_800_000_000_000_000)));
    let keys = IssuerKeys::start(Discovery::new(&issuer.url()).unwrap(), pace, clock.clone());
    Fixture { issuer, keys, clock }
}

impl Fixture {
    async fn refusal(&self, id: &str) -> Refusal {
        self.keys.find(id).await.err().expect("it is not known")
    }

    fn knows(&self, id: &str) -> bool {
        self.keys.now().is_some_and(|it| it.find(id).is_some())
    }
}

const UNKNOWN: Refusal = Refusal::Unauthenticated(Unauthenticated::UnknownKey);

#[tokio::test]
async fn a_request_that_comes_before_the_first_answer_waits_for_it() {
    let it = fixture(quiet()).await;
    assert!(it.keys.now().is_none());
    assert!(it.keys.find(&it.issuer.key_id()).await.is_ok());
    assert_eq!(it.issuer.asked(), 1);
}

#[tokio::test]
async fn a_new_key_costs_one_question_however_many_wait_for_it() {
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id()).await.unwrap();
    it.issuer.add_key();
    it.issuer.hold();
    let found = Arc::new(AtomicUsize::new(0));
    for _ in 0..100 {
        let (keys, id, found) = (it.keys.clone(), it.issuer.key_id(), found.clone());
        tokio::spawn(async move {
            if keys.find(&id).await.is_ok() {
                found.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    eventually("it is asked", || it.issuer.asked() == 2).await;
    it.issuer.release();
    eventually("all have the key", || found.load(Ordering::SeqCst) == 100).await;
    assert_eq!(it.issuer.asked(), 2);
}

#[tokio::test]
async fn unknown_keys_are_asked_for_once_in_ten_seconds() {
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id()).await.unwrap();
    for number in 0..50 {
        assert_eq!(it.refusal(&format!("unknown-{number}")).await, UNKNOWN);
    }
    assert_eq!(it.issuer.asked(), 2);
    it.clock.advance(Duration::from_millis(9_999));
    it.refusal("unknown").await;
    assert_eq!(it.issuer.asked(), 2);
    it.clock.advance(Duration::from_millis(1));
    it.issuer.add_key();
    assert!(it.keys.find(&it.issuer.key_id()).await.is_ok());
    assert_eq!(it.issuer.asked(), 3);
}

#[tokio::test]
async fn a_key_published_after_the_question_that_was_under_way_is_asked_for_once_more() {
    let it = fixture(quiet()).await;
    it.issuer.hold();
    eventually("the first question is under way", || it.issuer.asked() == 1).await;
    let keys = it.keys.clone();
    let waiting = tokio::spawn(async move { keys.find("published later").await.is_ok() });
    tokio::task::yield_now().await;
    it.issuer.release();
    assert!(!waiting.await.unwrap());
    assert_eq!(it.issuer.asked(), 2);
}

#[tokio::test]
async fn one_who_stops_waiting_does_not_stop_the_question() {
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id()).await.unwrap();
    it.issuer.add_key();
    it.issuer.hold();
    let (keys, id) = (it.keys.clone(), it.issuer.key_id());
    let waiting = tokio::spawn(async move { keys.find(&id).await.is_ok() });
    eventually("it is asked", || it.issuer.asked() == 2).await;
    waiting.abort();
    it.issuer.release();
    eventually("the key is known", || it.knows(&it.issuer.key_id())).await;
}

#[tokio::test]
async fn without_the_issuer_the_known_keys_go_on_and_unknown_ones_are_no_ones_fault() {
    let it = fixture(eager()).await;
    let old = it.issuer.key_id();
    it.keys.find(&old).await.unwrap();
    it.issuer.answers_keys(Answer::away());
    let asked = it.issuer.asked();
    eventually("it is asked in vain", || it.issuer.asked() > asked + 3).await;
    assert!(it.keys.find(&old).await.is_ok());
    assert_eq!(it.refusal("unknown").await, Refusal::IssuerAway);
    it.issuer.answers_keys(None);
    it.issuer.add_key();
    eventually("the new key is known", || it.knows(&it.issuer.key_id())).await;
    it.clock.advance(Duration::from_mins(1));
    assert_eq!(it.refusal("unknown").await, UNKNOWN);
}

#[tokio::test]
async fn an_issuer_that_was_never_there_is_asked_until_it_is() {
    let it = fixture(eager()).await;
    it.issuer.answers_keys(Answer::away());
    eventually("it is asked in vain", || it.issuer.asked() > 3).await;
    it.issuer.answers_keys(None);
    eventually("its key is known", || it.knows(&it.issuer.key_id())).await;
}

#[tokio::test]
async fn until_there_were_keys_a_request_is_told_that_the_issuer_is_away() {
    let issuer = TestIssuer::start().await;
    issuer.answers_keys(Answer::away());
    let keys = IssuerKeys::start(Discovery::new(&issuer.url()).unwrap(), quiet(), Clock::system());
    for _ in 0..10 {
        assert_eq!(keys.find(&issuer.key_id()).await.err(), Some(Refusal::IssuerAway));
    }
    assert_eq!(issuer.asked(), 1, "those who wait do not ask on their own");
}

#[tokio::test]
async fn a_request_does_not_wait_for_an_issuer_that_hangs() {
    let issuer = TestIssuer::start().await;
    issuer.hold();
    let pace = Pace { patience: Duration::from_millis(20), ..quiet() };
    let keys = IssuerKeys::start(Discovery::new(&issuer.url()).unwrap(), pace, Clock::system());
    let asked = tokio::time::timeout(DEADLINE, keys.find("any")).await;
    assert_eq!(asked.expect("it is answered").err(), Some(Refusal::IssuerAway));
}

#[tokio::test]
async fn nobody_is_asked_for_keys_that_nobody_wants() {
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id()).await.unwrap();
    let shared = Arc::downgrade(&it.keys.shared);
    // However long it is until the next question.
    drop(it.keys);
    eventually("the asking ends", || shared.strong_count() == 0).await;
}

fn headers(token: &str) -> http::HeaderMap {
    let value = format!("Bearer {token}").parse().unwrap();
    http::HeaderMap::from_iter([(http::header::AUTHORIZATION, value)])
}

#[tokio::test]
async fn a_token_of_a_retired_key_ends_with_the_key_although_it_was_verified_before() {
    let (issuer, clock) = (TestIssuer::start().await, Clock::manual(Micros(1_800_000_000_000_000)));
    let expected = Expected::of(&issuer.url().to_string());
    let verifier = Verifier::of_issuer(&issuer.url(), expected.clone(), clock.clone()).unwrap();
    let claims = json!({
        "iss": expected.issuer, "aud": expected.audience, "sub": "ada", "exp": clock.now().seconds() + 3_600,
    });
    let old = headers(&issuer.sign(&claims));
    for _ in 0..2 {
        assert_eq!(verifier.verify(&old).await.unwrap().subject, "ada");
    }
    issuer.add_key();
    issuer.retire_old_keys();
    assert!(verifier.verify(&headers(&issuer.sign(&claims))).await.is_ok());
    assert_eq!(verifier.verify(&old).await.unwrap_err(), UNKNOWN);
}

#[tokio::test]
async fn a_token_that_is_not_even_said_to_be_the_issuers_is_not_worth_a_question() {
    let (issuer, clock) = (TestIssuer::start().await, Clock::system());
    let expected = Expected::of(&issuer.url().to_string());
    let verifier = Verifier::of_issuer(&issuer.url(), expected, clock).unwrap();
    eventually("it was asked at the start", || issuer.asked() == 1).await;
    let local = crate::local::LocalIssuer::generate();
    let foreign = local.sign(&json!({"iss": crate::local::ISSUER, "sub": "eve"})).unwrap();
    assert_eq!(verifier.verify(&headers(&foreign)).await.unwrap_err(), UNKNOWN);
    assert_eq!(issuer.asked(), 1);
}
