use serde_json::json;

use super::*;
use crate::testing::{Answer, TestIssuer};
use crate::{ExpectedClaims, Keys, local};

const DEADLINE: Duration = Duration::from_secs(20);

fn verifier(issuer: &TestIssuer) -> Verifier {
    let expected = ExpectedClaims::for_issuer(&issuer.url().to_string());
    Verifier::with_issuer(&issuer.url(), expected, Clock::system()).unwrap()
}

fn credentials(issuer: &TestIssuer, parameters: &[(&str, &str)]) -> ClientCredentials {
    let parameters = parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let secret = ClientSecret::Text("se:cret ä".to_owned());
    ClientCredentials::new(&issuer.url(), "gate way".to_owned(), secret, parameters).unwrap()
}

fn identity(issuer: &TestIssuer) -> Identity {
    let source = TokenSource::Issuer(Box::new(credentials(issuer, &[])));
    Identity::start(source, verifier(issuer), Clock::system())
}

async fn eventually<T>(mut probe: impl FnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = probe() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(DEADLINE, found).await.expect("the condition holds before the deadline")
}

async fn refused(issuer: &TestIssuer) -> IdentityError {
    let source = TokenSource::Issuer(Box::new(credentials(issuer, &[])));
    let (current, _) = watch::channel(None);
    let renewer = Renewer { source, verifier: verifier(issuer), clock: Clock::system(), current };
    renewer.token().await.map(|it| it.1).unwrap_err()
}

#[tokio::test]
async fn a_client_of_the_issuer_becomes_a_caller_with_role_service() {
    let issuer = TestIssuer::start().await;
    let identity = identity(&issuer);
    let caller = eventually(|| identity.caller().ok()).await;
    assert_eq!((&*caller.sub, &*caller.roles), ("gateway", &[Role::Service][..]));
    let for_ada = identity.on_behalf_of("ada").unwrap();
    let request = for_ada.request(());
    assert_eq!(request.metadata().get("ccm-on-behalf-of").unwrap(), "ada");
    assert!(request.metadata().get("authorization").unwrap().to_str().unwrap().starts_with("Bearer ey"));
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_there_is_always_one() {
    let issuer = TestIssuer::start().await;
    issuer.grants(3, json!({"realm_access": {"roles": ["service"]}}));
    let identity = identity(&issuer);
    let first = eventually(|| identity.caller().ok()).await;
    let third = eventually(|| {
        let caller = identity.caller().expect("there is always one");
        (issuer.grants_asked().len() >= 3 && caller.expires_at > first.expires_at).then_some(caller)
    });
    assert!(third.await.expires_at > first.expires_at);
}

#[tokio::test]
async fn an_unreachable_issuer_does_not_matter_while_the_token_is_valid() {
    let issuer = TestIssuer::start().await;
    issuer.grants(4, json!({"realm_access": {"roles": ["service"]}}));
    let identity = identity(&issuer);
    let first = eventually(|| identity.caller().ok()).await;
    issuer.answers_tokens(Answer::away());
    eventually(|| (issuer.grants_asked().len() >= 2).then_some(())).await;
    assert_eq!(identity.caller().unwrap().expires_at, first.expires_at);
    eventually(|| identity.caller().is_err().then_some(())).await;
    issuer.answers_tokens(None);
    eventually(|| identity.caller().ok()).await;
}

#[tokio::test]
async fn the_client_authenticates_as_the_issuer_supports_it() {
    let issuer = TestIssuer::start().await;
    let credentials = credentials(&issuer, &[("resource", "urn:a b"), ("scope", "x")]);
    credentials.token().await.unwrap();
    let name = issuer.url();
    issuer.answers_discovery(Answer::text(
        &json!({
            "issuer": name.to_string(), "jwks_uri": format!("{name}/jwks"), "token_endpoint": format!("{name}/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        })
        .to_string(),
    ));
    credentials.token().await.unwrap();
    let form = "grant_type=client_credentials&resource=urn%3Aa+b&scope=x";
    let in_form = format!("{form}&client_id=gate+way&client_secret=se%3Acret+%C3%A4");
    // gate+way:se%3Acret+%C3%A4
    let basic = "Basic Z2F0ZSt3YXk6c2UlM0FjcmV0KyVDMyVBNA==";
    let expected = [(basic.to_owned(), form.to_owned()), (String::new(), in_form)];
    assert_eq!(issuer.grants_asked(), expected);
}

#[tokio::test]
async fn a_token_that_peers_would_refuse_is_not_used() {
    let issuer = TestIssuer::start().await;
    issuer.grants(600, json!({"realm_access": {"roles": ["user"]}}));
    assert!(matches!(refused(&issuer).await, IdentityError::NotAService(sub) if sub == "gateway"));
    issuer.grants(600, json!({"aud": "another"}));
    assert!(matches!(refused(&issuer).await, IdentityError::NotAccepted(Unauthenticated::WrongAudience)));
    for no_token in ["{}", "[]", r#"{"access_token": "x", "token_type": "mac"}"#] {
        issuer.answers_tokens(Answer::text(no_token));
        assert!(matches!(refused(&issuer).await, IdentityError::NoBearer), "{no_token}");
    }
}

#[tokio::test]
async fn a_refusal_is_named_and_no_secret_with_it() {
    let issuer = TestIssuer::start().await;
    issuer.answers_tokens(Answer::refusal(r#"{"error": "invalid_client"}"#));
    let error = refused(&issuer).await;
    assert_eq!(error.to_string(), "the issuer rejected the token request: invalid_client");
    assert!(!format!("{error:?}{:?}", credentials(&issuer, &[("audience", "x")])).contains("cret"));
    let name = issuer.url();
    let document = json!({
        "issuer": name.to_string(), "jwks_uri": format!("{name}/jwks"), "token_endpoint": "http://192.0.2.1/token",
    });
    issuer.answers_discovery(Answer::text(&document.to_string()));
    assert!(matches!(refused(&issuer).await, IdentityError::Issuer(IssuerError::UnsafeUrl { .. })));
}

#[tokio::test]
async fn a_token_file_is_read_again_when_it_changes() {
    let local = local::LocalIssuer::generate();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let write = |seconds: u64| {
        let claims = local::TokenClaims {
            sub: "gateway".to_owned(),
            roles: vec![Role::Service],
            department: None,
            lifetime: Duration::from_secs(seconds),
        };
        std::fs::write(&file, format!("{}\n", local.issue(&claims, &Clock::system()).unwrap())).unwrap();
    };
    let keys = Keys::from_set(&local.key_set());
    let verifier = Verifier::with_keys(ExpectedClaims::for_issuer(local::ISSUER), keys, Clock::system());
    let identity = Identity::start(TokenSource::File(file.clone()), verifier, Clock::system());
    assert_eq!(identity.caller().unwrap_err(), TokenUnavailable);
    write(600);
    let first = eventually(|| identity.caller().ok()).await;
    // Long before the first one ends.
    write(1_200);
    eventually(|| identity.caller().ok().filter(|it| it.expires_at > first.expires_at)).await;
}

#[test]
fn a_token_is_renewed_when_a_third_of_its_time_is_left_and_never_in_a_loop() {
    let seconds = |it: i64| Micros(it * 1_000_000);
    assert_eq!(renewal(seconds(100), seconds(400)), seconds(300));
    assert_eq!(renewal(seconds(100), seconds(101)), seconds(101));
    assert_eq!(renewal(seconds(100), seconds(1)), seconds(101));
}
