//! Each way a token can be wrong, beside the one way it is right.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use super::*;
use crate::local::{AUDIENCE, Grant, ISSUER, LocalIssuer};

struct Fixture {
    issuer: LocalIssuer,
    verifier: Verifier,
    clock: Clock,
}

fn fixture() -> Fixture {
    let clock = Clock::manual(Micros(1_800_000_000_000_000));
    let issuer = LocalIssuer::generate();
    let verifier = Verifier::new(ISSUER, AUDIENCE, Keys::from_set(&issuer.key_set()), clock.clone());
    Fixture { issuer, verifier, clock }
}

impl Fixture {
    fn verify(&self, authorization: &str) -> Result<Caller, Unauthenticated> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(authorization).unwrap());
        self.verifier.verify(&headers)
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

    fn refusal(&self, change: impl FnOnce(&mut Map<String, Value>)) -> Unauthenticated {
        self.verify(&self.token(change)).unwrap_err()
    }
}

#[test]
fn a_good_token_names_its_caller() {
    let it = fixture();
    let caller = it.verify(&it.token(|_| {})).unwrap();
    assert_eq!((caller.subject.as_str(), caller.department.as_deref()), ("ada", Some("network")));
    assert_eq!(caller.roles, [Role::Manager]);
}

#[test]
fn a_granted_token_ends_when_it_says() {
    let it = fixture();
    let grant = Grant {
        subject: "ada".to_owned(),
        roles: vec![Role::Admin],
        department: None,
        lifetime: Duration::from_mins(1),
    };
    let token = format!("Bearer {}", it.issuer.grant(&grant, &it.clock).unwrap());
    assert!(it.verify(&token).unwrap().is(Role::Admin));
    it.clock.advance(Duration::from_secs(71));
    assert_eq!(it.verify(&token).unwrap_err(), Unauthenticated::Expired);
}

#[test]
fn claims_that_are_not_right_are_refused_with_their_reason() {
    let it = fixture();
    let now = it.clock.now().seconds();
    let set = |name: &'static str, value: Value| {
        move |claims: &mut Map<String, Value>| {
            claims.insert(name.to_owned(), value);
        }
    };
    assert_eq!(it.refusal(set("exp", json!(now - 11))), Unauthenticated::Expired);
    assert_eq!(it.refusal(set("nbf", json!(now + 11))), Unauthenticated::NotYetValid);
    assert_eq!(it.refusal(set("iss", json!("urn:other"))), Unauthenticated::WrongIssuer);
    assert_eq!(it.refusal(set("aud", json!("other"))), Unauthenticated::WrongAudience);
    assert_eq!(it.refusal(set("aud", json!(null))), Unauthenticated::WrongAudience);
    assert_eq!(it.refusal(set("sub", json!(" "))), Unauthenticated::Malformed);
    assert_eq!(it.refusal(set("sub", json!("a\u{0}b"))), Unauthenticated::Malformed);
    assert_eq!(it.refusal(|claims| drop(claims.remove("exp"))), Unauthenticated::Malformed);
}

#[test]
fn a_token_of_another_key_is_refused() {
    let (it, other) = (fixture(), fixture());
    assert_eq!(it.verify(&other.token(|_| {})).unwrap_err(), Unauthenticated::UnknownKey);
}

#[test]
fn the_token_does_not_choose_its_algorithm() {
    let it = fixture();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(it.issuer.key_id().to_owned());
    let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "eve", "exp": i64::MAX / 2_000_000});
    let public = serde_json::to_vec(&it.issuer.key_set()).unwrap();
    let hs256 = encode(&header, &claims, &EncodingKey::from_secret(&public)).unwrap();
    assert_eq!(it.verify(&format!("Bearer {hs256}")).unwrap_err(), Unauthenticated::BadSignature);
    let unsigned = "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJldmUifQ.";
    assert_eq!(it.verify(unsigned).unwrap_err(), Unauthenticated::Malformed);
}

#[test]
fn a_changed_claim_breaks_the_signature() {
    use base64::Engine as _;
    let it = fixture();
    let token = it.token(|_| {});
    let mut parts: Vec<&str> = token.split('.').collect();
    let forged = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"sub":"eve"}"#);
    parts[1] = &forged;
    assert_eq!(it.verify(&parts.join(".")).unwrap_err(), Unauthenticated::BadSignature);
}

#[test]
fn what_is_no_bearer_token_is_refused() {
    let it = fixture();
    for text in ["Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "x"] {
        assert_eq!(it.verify(text).unwrap_err(), Unauthenticated::Malformed, "{text}");
    }
    assert_eq!(it.verifier.verify(&HeaderMap::new()).unwrap_err(), Unauthenticated::Missing);
}

#[test]
fn two_authorizations_are_none() {
    let it = fixture();
    let mut headers = HeaderMap::new();
    for _ in 0..2 {
        headers.append(header::AUTHORIZATION, HeaderValue::from_str(&it.token(|_| {})).unwrap());
    }
    assert_eq!(it.verifier.verify(&headers).unwrap_err(), Unauthenticated::Malformed);
}
