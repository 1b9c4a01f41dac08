//! Each way a token can be wrong, beside the one way it is right.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderValue, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use platform::clock::Micros;
use serde_json::{Map, Value, json};

use super::*;
use crate::local::{AUDIENCE, ISSUER, LocalIssuer, TokenClaims};
use crate::{Role, Unauthenticated};

struct Fixture {
    issuer: LocalIssuer,
    verifier: Verifier,
    clock: Clock,
}

fn fixture() -> Fixture {
    let clock = Clock::manual(Micros(1_800_000_000_000_000));
    let issuer = LocalIssuer::generate();
    let verifier = Verifier::with_keys(
        ExpectedClaims::for_issuer(ISSUER),
        Keys::from_set(&issuer.key_set()),
        clock.clone(),
    );
    Fixture { issuer, verifier, clock }
}

fn reason(refusal: Refusal) -> Unauthenticated {
    match refusal {
        Refusal::Unauthenticated(reason) => reason,
        Refusal::IssuerUnavailable => panic!("there is no issuer to ask"),
    }
}

impl Fixture {
    async fn verify(&self, authorization: &str) -> Result<Caller, Unauthenticated> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(authorization).unwrap());
        self.verifier.verify(&headers).await.map_err(reason)
    }

    fn token(&self, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let now = self.clock.now().seconds();
        let mut claims = Map::from_iter([
            ("iss".to_owned(), json!(ISSUER)),
            ("aud".to_owned(), json!(["other", AUDIENCE])),
            ("sub".to_owned(), json!("ada")),
            ("exp".to_owned(), json!(now + 60)),
            ("realm_access".to_owned(), json!({"roles": ["manager", "offline_access", "manager"]})),
            ("department".to_owned(), json!("network")),
        ]);
        change(&mut claims);
        format!("Bearer {}", self.issuer.sign(&claims).unwrap())
    }

    async fn refusal(&self, change: impl FnOnce(&mut Map<String, Value>)) -> Unauthenticated {
        self.verify(&self.token(change)).await.unwrap_err()
    }
}

#[tokio::test]
async fn a_good_token_names_its_caller() {
    let it = fixture();
    let caller = it.verify(&it.token(|_| {})).await.unwrap();
    assert_eq!((&*caller.sub, caller.department.as_deref()), ("ada", Some("network")));
    assert_eq!(*caller.roles, [Role::Manager]);
}

#[tokio::test]
async fn a_granted_token_ends_when_it_says() {
    let it = fixture();
    let claims = TokenClaims {
        sub: "ada".to_owned(),
        roles: vec![Role::Admin],
        department: None,
        lifetime: Duration::from_mins(1),
    };
    let token = format!("Bearer {}", it.issuer.issue(&claims, &it.clock).unwrap());
    assert!(it.verify(&token).await.unwrap().is(Role::Admin));
    it.clock.advance(Duration::from_secs(71));
    assert_eq!(it.verify(&token).await.unwrap_err(), Unauthenticated::Expired);
}

#[tokio::test]
async fn claims_that_are_not_right_are_refused_with_their_reason() {
    let it = fixture();
    let now = it.clock.now().seconds();
    let set = |name: &'static str, value: Value| {
        move |claims: &mut Map<String, Value>| {
            claims.insert(name.to_owned(), value);
        }
    };
    assert_eq!(it.refusal(set("exp", json!(now - 11))).await, Unauthenticated::Expired);
    assert_eq!(it.refusal(set("nbf", json!(now + 11))).await, Unauthenticated::NotYetValid);
    assert_eq!(it.refusal(set("iss", json!("urn:other"))).await, Unauthenticated::WrongIssuer);
    assert_eq!(it.refusal(set("aud", json!("other"))).await, Unauthenticated::WrongAudience);
    assert_eq!(it.refusal(set("aud", json!(null))).await, Unauthenticated::NoAudience);
    assert_eq!(it.refusal(set("sub", json!(" "))).await, Unauthenticated::SubjectEmpty);
    assert_eq!(it.refusal(set("sub", json!("a\u{0}b"))).await, Unauthenticated::SubjectControl);
    assert_eq!(it.refusal(set("sub", json!("x".repeat(256)))).await, Unauthenticated::SubjectTooLong);
    assert_eq!(it.refusal(set("sub", json!(7))).await, Unauthenticated::SubjectNotText);
    assert_eq!(it.refusal(|claims| drop(claims.remove("sub"))).await, Unauthenticated::NoSubject);
    assert_eq!(it.refusal(|claims| drop(claims.remove("exp"))).await, Unauthenticated::NoExpiry);
    assert_eq!(it.refusal(|claims| drop(claims.remove("iss"))).await, Unauthenticated::NoIssuer);
}

#[tokio::test]
async fn a_token_of_another_key_is_refused() {
    let (it, other) = (fixture(), fixture());
    assert_eq!(it.verify(&other.token(|_| {})).await.unwrap_err(), Unauthenticated::UnknownKey);
}

#[tokio::test]
async fn the_token_does_not_choose_its_algorithm() {
    let it = fixture();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(it.issuer.key_id().to_owned());
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "eve", "exp": i64::MAX / 2_000_000});
    let public = serde_json::to_vec(&it.issuer.key_set()).unwrap();
    let hs256 = encode(&header, &claims, &EncodingKey::from_secret(&public)).unwrap();
    let refused = it.verify(&format!("Bearer {hs256}")).await.unwrap_err();
    assert_eq!(refused, Unauthenticated::UnsupportedAlgorithm);
    let unsigned = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUifQ.";
    assert_eq!(it.verify(unsigned).await.unwrap_err(), Unauthenticated::UnsupportedAlgorithm);
    // One that is supported, but is not that of the key: as if the key were another one.
    let token = it.token(|_| {});
    let (_, rest) = token.split_once('.').unwrap();
    let header = json!({"alg": "RS256", "kid": it.issuer.key_id()}).to_string();
    let renamed = format!("Bearer {}.{rest}", URL_SAFE_NO_PAD.encode(header));
    assert_eq!(it.verify(&renamed).await.unwrap_err(), Unauthenticated::WrongAlgorithm);
}

#[tokio::test]
async fn a_changed_claim_breaks_the_signature() {
    let it = fixture();
    let token = it.token(|_| {});
    let mut parts: Vec<&str> = token.split('.').collect();
    let forged = URL_SAFE_NO_PAD.encode(json!({"iss": ISSUER, "sub": "eve"}).to_string());
    parts[1] = &forged;
    assert_eq!(it.verify(&parts.join(".")).await.unwrap_err(), Unauthenticated::BadSignature);
}

#[tokio::test]
async fn what_is_no_bearer_token_is_refused() {
    let it = fixture();
    for (text, reason) in [
        ("Bearer", Unauthenticated::NoToken),
        ("Basic abc", Unauthenticated::NotBearer),
        ("Bearer abc", Unauthenticated::NotThreeParts),
        ("Bearer a.b.c", Unauthenticated::HeaderNotJson),
    ] {
        assert_eq!(it.verify(text).await.unwrap_err(), reason, "{text}");
    }
    assert_eq!(
        it.verifier.verify(&HeaderMap::new()).await.map_err(reason).unwrap_err(),
        Unauthenticated::Missing
    );
}

#[tokio::test]
async fn two_authorizations_are_none() {
    let it = fixture();
    let mut headers = HeaderMap::new();
    for _ in 0..2 {
        headers.append(header::AUTHORIZATION, HeaderValue::from_str(&it.token(|_| {})).unwrap());
    }
    let refused = it.verifier.verify(&headers).await.map_err(reason).unwrap_err();
    assert_eq!(refused, Unauthenticated::SeveralAuthorizations);
}

#[tokio::test]
async fn a_token_that_was_verified_is_not_verified_again() {
    let it = fixture();
    let caller = it.verify(&it.token(|_| {})).await.unwrap();
    let KeySource::Given(keys) = &it.verifier.shared.keys else { panic!("no keys") };
    let key = keys.find(it.issuer.key_id()).unwrap();
    assert_eq!(it.verify("Bearer known.without.look").await.unwrap_err(), Unauthenticated::HeaderNotJson);
    it.verifier.shared.cache.insert(token_cache::hash("known.without.look"), &caller, key);
    assert_eq!(it.verify("Bearer known.without.look").await.unwrap().sub.as_ref(), "ada");
    it.clock.advance(Duration::from_mins(2));
    assert_eq!(it.verify("Bearer known.without.look").await.unwrap_err(), Unauthenticated::HeaderNotJson);
}

#[tokio::test]
async fn what_a_verified_token_says_is_kept() {
    let it = fixture();
    let token = it.token(|_| {});
    let first = it.verify(&token).await.unwrap();
    let hash = token_cache::hash(token.strip_prefix("Bearer ").unwrap());
    let KeySource::Given(keys) = &it.verifier.shared.keys else { panic!("no keys") };
    let kept = it.verifier.shared.cache.find(&hash, it.clock.now(), keys, &first.authorization).unwrap();
    assert_eq!(format!("{kept:?}"), format!("{first:?}"));
}
