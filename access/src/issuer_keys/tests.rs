//! Key rotation, and an issuer that is unreachable at times.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use telemetry::span::{SpanBuilder, SpanKind};
use telemetry::testing;

use super::*;
use crate::claims::ExpectedClaims;
use crate::testing::{Answer, TestIssuer};
use crate::{Unauthenticated, Verifier};

/// A test that waits longer fails.
const DEADLINE: Duration = Duration::from_secs(20);

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let met = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(DEADLINE, met).await.is_ok(), "not in time: {what}");
}

/// Fetches only once without being asked for an unknown key.
fn quiet() -> Timing {
    let never = Duration::from_hours(1);
    Timing { refresh: never, retry: never, initial_retry: never, wait: DEADLINE, ..Timing::default() }
}

/// Fetches again at once, whatever the outcome.
fn eager() -> Timing {
    let soon = Duration::from_millis(5);
    Timing { refresh: soon, retry: soon, initial_retry: soon, wait: DEADLINE, ..Timing::default() }
}

struct Fixture {
    issuer: TestIssuer,
    keys: IssuerKeys,
    clock: Clock,
}

async fn fixture(timing: Timing) -> Fixture {
    let (issuer, clock) = (TestIssuer::start().await, Clock::manual(Micros(1_800_000_000_000_000)));
    let keys = IssuerKeys::start(Discovery::new(&issuer.url()).unwrap(), timing, clock.clone());
    Fixture { issuer, keys, clock }
}

impl Fixture {
    async fn refusal(&self, id: &str) -> Refusal {
        self.keys.find(id, &Waits::default()).await.err().expect("it is not known")
    }

    fn knows(&self, id: &str) -> bool {
        self.keys.current().is_some_and(|it| it.find(id).is_some())
    }
}

const UNKNOWN: Refusal = Refusal::Unauthenticated(Unauthenticated::UnknownKey);

#[tokio::test]
async fn a_request_that_comes_before_the_first_answer_waits_for_it() {
    let it = fixture(quiet()).await;
    assert!(it.keys.current().is_none());
    assert!(it.keys.find(&it.issuer.key_id(), &Waits::default()).await.is_ok());
    assert_eq!(it.issuer.asked(), 1);
}

#[tokio::test]
async fn a_key_that_has_come_since_its_caller_looked_causes_no_fetch_and_the_next_unknown_one_does() {
    let it = fixture(quiet()).await;
    let known = it.issuer.key_id();
    it.keys.find(&known, &Waits::default()).await.unwrap();
    // A caller that looked just before the first fetch had finished gets here with a key that is known by now.
    assert!(it.keys.shared.fetch_for_unknown_key(&known).is_none());
    assert_eq!(it.refusal("unknown").await, UNKNOWN);
    assert_eq!(it.issuer.asked(), 2);
}

#[tokio::test]
async fn a_new_key_causes_one_fetch_however_many_requests_wait_for_it() {
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id(), &Waits::default()).await.unwrap();
    it.issuer.add_key();
    it.issuer.hold();
    let found = Arc::new(AtomicUsize::new(0));
    for _ in 0..100 {
        let (keys, id, found) = (it.keys.clone(), it.issuer.key_id(), found.clone());
        tokio::spawn(async move {
            if keys.find(&id, &Waits::default()).await.is_ok() {
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
async fn the_requests_that_share_a_fetch_share_its_spans() {
    testing::record_spans();
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id(), &Waits::default()).await.unwrap();
    it.issuer.add_key();
    it.issuer.hold();
    let waits = [Waits::default(), Waits::default(), Waits::default()];
    let id = it.issuer.key_id();
    let [first, second, third] = &waits;
    let found =
        async { tokio::join!(it.keys.find(&id, first), it.keys.find(&id, second), it.keys.find(&id, third)) };
    let released = async {
        eventually("it is asked", || it.issuer.asked() == 2).await;
        it.issuer.release();
    };
    let ((one, two, three), ()) = tokio::join!(found, released);
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    let traces = waits.map(|waits| {
        let span = SpanBuilder::new(SpanKind::Server).child_of(opentelemetry::Context::new());
        let span = span.start(|it| it.name("request"));
        waits.record(&span);
        let trace_id = span.span_context().trace_id().to_string();
        drop(span);
        testing::ended_spans(&trace_id)
    });
    let counts = traces.each_ref().map(|it| (it.len(), it.last().map_or(0, |it| it.links.len())));
    assert_eq!(counts, [(3, 0), (1, 1), (1, 1)], "{traces:#?}");
}

#[tokio::test]
async fn unknown_keys_cause_one_fetch_in_ten_seconds() {
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id(), &Waits::default()).await.unwrap();
    for number in 0..50 {
        assert_eq!(it.refusal(&format!("unknown-{number}")).await, UNKNOWN);
    }
    assert_eq!(it.issuer.asked(), 2);
    it.clock.advance(Duration::from_millis(9_999));
    it.refusal("unknown").await;
    assert_eq!(it.issuer.asked(), 2);
    it.clock.advance(Duration::from_millis(1));
    it.issuer.add_key();
    assert!(it.keys.find(&it.issuer.key_id(), &Waits::default()).await.is_ok());
    assert_eq!(it.issuer.asked(), 3);
}

#[tokio::test]
async fn a_key_published_after_the_running_fetch_began_causes_another_one() {
    let it = fixture(quiet()).await;
    it.issuer.hold();
    eventually("the first question is under way", || it.issuer.asked() == 1).await;
    let keys = it.keys.clone();
    let waiting = tokio::spawn(async move { keys.find("published later", &Waits::default()).await.is_ok() });
    tokio::task::yield_now().await;
    it.issuer.release();
    assert!(!waiting.await.unwrap());
    assert_eq!(it.issuer.asked(), 2);
}

#[tokio::test]
async fn a_cancelled_request_does_not_cancel_the_fetch() {
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id(), &Waits::default()).await.unwrap();
    it.issuer.add_key();
    it.issuer.hold();
    let (keys, id) = (it.keys.clone(), it.issuer.key_id());
    let waiting = tokio::spawn(async move { keys.find(&id, &Waits::default()).await.is_ok() });
    eventually("it is asked", || it.issuer.asked() == 2).await;
    waiting.abort();
    it.issuer.release();
    eventually("the key is known", || it.knows(&it.issuer.key_id())).await;
}

#[tokio::test]
async fn while_the_issuer_is_unreachable_known_keys_stay_in_use_and_unknown_ones_are_answered_503() {
    let it = fixture(eager()).await;
    let old = it.issuer.key_id();
    it.keys.find(&old, &Waits::default()).await.unwrap();
    it.issuer.answers_keys(Answer::away());
    let asked = it.issuer.asked();
    eventually("it is asked in vain", || it.issuer.asked() > asked + 3).await;
    assert!(it.keys.find(&old, &Waits::default()).await.is_ok());
    assert_eq!(it.refusal("unknown").await, Refusal::IssuerUnavailable);
    it.issuer.answers_keys(None);
    it.issuer.add_key();
    eventually("the new key is known", || it.knows(&it.issuer.key_id())).await;
    it.clock.advance(Duration::from_mins(1));
    assert_eq!(it.refusal("unknown").await, UNKNOWN);
}

#[tokio::test]
async fn an_issuer_that_is_unreachable_at_the_start_is_retried() {
    let it = fixture(eager()).await;
    it.issuer.answers_keys(Answer::away());
    eventually("it is asked in vain", || it.issuer.asked() > 3).await;
    it.issuer.answers_keys(None);
    eventually("its key is known", || it.knows(&it.issuer.key_id())).await;
}

#[tokio::test]
async fn before_the_first_keys_a_request_is_told_that_the_issuer_is_unreachable() {
    let issuer = TestIssuer::start().await;
    issuer.answers_keys(Answer::away());
    let keys = IssuerKeys::start(Discovery::new(&issuer.url()).unwrap(), quiet(), Clock::system());
    for _ in 0..10 {
        assert_eq!(
            keys.find(&issuer.key_id(), &Waits::default()).await.err(),
            Some(Refusal::IssuerUnavailable)
        );
    }
    assert_eq!(issuer.asked(), 1, "those who wait do not ask on their own");
}

#[tokio::test]
async fn a_request_does_not_wait_for_an_issuer_that_hangs() {
    let issuer = TestIssuer::start().await;
    issuer.hold();
    let timing = Timing { wait: Duration::from_millis(20), ..quiet() };
    let keys = IssuerKeys::start(Discovery::new(&issuer.url()).unwrap(), timing, Clock::system());
    let asked = tokio::time::timeout(DEADLINE, keys.find("any", &Waits::default())).await;
    assert_eq!(asked.expect("it is answered").err(), Some(Refusal::IssuerUnavailable));
}

#[tokio::test]
async fn fetching_ends_with_the_last_clone() {
    let it = fixture(quiet()).await;
    it.keys.find(&it.issuer.key_id(), &Waits::default()).await.unwrap();
    let shared = Arc::downgrade(&it.keys.shared);
    // The next fetch is an hour away.
    drop(it.keys);
    eventually("the task that fetches ends", || shared.strong_count() == 0).await;
}

fn headers(token: &str) -> http::HeaderMap {
    let value = format!("Bearer {token}").parse().unwrap();
    http::HeaderMap::from_iter([(http::header::AUTHORIZATION, value)])
}

#[tokio::test]
async fn a_token_of_a_withdrawn_key_is_refused_although_it_is_cached() {
    let (issuer, clock) = (TestIssuer::start().await, Clock::manual(Micros(1_800_000_000_000_000)));
    let expected = ExpectedClaims::for_issuer(&issuer.url().to_string());
    let verifier = Verifier::with_issuer(&issuer.url(), expected.clone(), clock.clone()).unwrap();
    let claims = json!({
        "iss": expected.issuer, "aud": expected.audience, "sub": "ada", "exp": clock.now().seconds() + 3_600,
    });
    let old = headers(&issuer.sign(&claims));
    for _ in 0..2 {
        assert_eq!(verifier.verify(&old).await.unwrap().sub.as_ref(), "ada");
    }
    issuer.add_key();
    issuer.retire_old_keys();
    assert!(verifier.verify(&headers(&issuer.sign(&claims))).await.is_ok());
    assert_eq!(verifier.verify(&old).await.unwrap_err(), UNKNOWN);
}

#[tokio::test]
async fn a_token_of_another_issuer_causes_no_fetch() {
    let (issuer, clock) = (TestIssuer::start().await, Clock::system());
    let expected = ExpectedClaims::for_issuer(&issuer.url().to_string());
    let verifier = Verifier::with_issuer(&issuer.url(), expected, clock).unwrap();
    eventually("it was asked at the start", || issuer.asked() == 1).await;
    let local = crate::local::LocalIssuer::generate();
    let foreign = local.sign(&json!({"iss": crate::local::ISSUER, "sub": "eve"})).unwrap();
    let refused = verifier.verify(&headers(&foreign)).await.unwrap_err();
    assert_eq!(refused, Unauthenticated::WrongIssuer.into());
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn an_empty_key_set_withdraws_every_key() {
    let (issuer, clock) = (TestIssuer::start().await, Clock::manual(Micros(1_800_000_000_000_000)));
    let expected = ExpectedClaims::for_issuer(&issuer.url().to_string());
    let claims = json!({
        "iss": expected.issuer, "aud": expected.audience, "sub": "ada", "exp": clock.now().seconds() + 3_600,
    });
    let verifier = Verifier::with_issuer(&issuer.url(), expected, clock.clone()).unwrap();
    let token = headers(&issuer.sign(&claims));
    assert_eq!(verifier.verify(&token).await.unwrap().sub.as_ref(), "ada");
    issuer.answers_keys(Answer::text(r#"{"keys": []}"#));
    // A token of a key that is not known causes a fetch.
    issuer.add_key();
    let other = headers(&issuer.sign(&claims));
    assert_eq!(verifier.verify(&other).await.unwrap_err(), UNKNOWN);
    assert_eq!(verifier.verify(&token).await.unwrap_err(), UNKNOWN, "it was verified before");
    // What is no key set withdraws nothing.
    clock.advance(Duration::from_mins(1));
    issuer.answers_keys(None);
    assert!(verifier.verify(&token).await.is_ok());
    clock.advance(Duration::from_mins(1));
    issuer.answers_keys(Answer::text(r#"{"error": "away"}"#));
    issuer.add_key();
    let refused = verifier.verify(&headers(&issuer.sign(&claims))).await.unwrap_err();
    assert_eq!(refused, Refusal::IssuerUnavailable);
    assert!(verifier.verify(&token).await.is_ok());
}

#[tokio::test]
async fn an_issuer_with_a_slash_too_many_is_told_and_a_right_one_is_waited_for() {
    let issuer = TestIssuer::start().await;
    let configured = format!("{}/", issuer.url());
    let expected = ExpectedClaims::for_issuer(&configured);
    let claims = |named: &str| {
        let exp = Clock::system().now().seconds() + 600;
        json!({"iss": named, "aud": expected.audience, "sub": "ada", "exp": exp})
    };
    let url = configured.parse().unwrap();
    let verifier = Verifier::with_issuer(&url, expected.clone(), Clock::system()).unwrap();
    let named = headers(&issuer.sign(&claims(&issuer.url().to_string())));
    assert_eq!(verifier.verify(&named).await.unwrap_err(), Unauthenticated::IssuerWithSlash.into());
    // No key was ever fetched, because the document names another issuer.
    let as_configured = headers(&issuer.sign(&claims(&configured)));
    assert_eq!(verifier.verify(&as_configured).await.unwrap_err(), Refusal::IssuerUnavailable);
}

#[tokio::test]
async fn a_key_that_must_not_be_used_is_told_as_that() {
    let issuer = TestIssuer::start().await;
    let expected = ExpectedClaims::for_issuer(&issuer.url().to_string());
    let claims = json!({
        "iss": expected.issuer, "aud": expected.audience, "sub": "ada", "exp": Clock::system().now().seconds() + 600,
    });
    let token = issuer.sign(&claims);
    let weak = json!({"kty": "RSA", "kid": issuer.key_id(), "n": "gAAA", "e": "AQAB"});
    issuer.answers_keys(Answer::text(&json!({ "keys": [weak] }).to_string()));
    let verifier = Verifier::with_issuer(&issuer.url(), expected, Clock::system()).unwrap();
    let refused = verifier.verify(&headers(&token)).await.unwrap_err();
    assert_eq!(refused, Unauthenticated::UnusableKey.into());
}
