//! A token issuer for tests: serves a discovery document, a key set and a token endpoint over HTTP on loopback, signs
//! tokens with any claims, and can be told to fail in the ways that real issuers do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use platform::clock::{Clock, Micros};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::local::{AUDIENCE, LocalIssuer};
use crate::{Caller, IssuerUrl, Role, VerifiedClaims};

/// A caller without a token: no other process accepts its requests.
#[must_use]
pub fn caller(sub: &str, roles: &[Role], department: Option<&str>) -> Caller {
    caller_until(sub, roles, department, Micros(i64::MAX))
}

/// [`caller`], whose token is accepted until an instant.
#[must_use]
pub fn caller_until(sub: &str, roles: &[Role], department: Option<&str>, end: Micros) -> Caller {
    let department = department.map(ToOwned::to_owned);
    caller_saying(VerifiedClaims { roles: roles.into(), department, ..claims("urn:test", sub, end) })
}

/// [`caller`] without roles, of any issuer.
#[must_use]
pub fn caller_of(issuer: &str, sub: &str) -> Caller {
    caller_saying(claims(issuer, sub, Micros(i64::MAX)))
}

fn caller_saying(claims: VerifiedClaims) -> Caller {
    Caller::new(claims, HeaderValue::from_static("Bearer none"))
}

fn claims(issuer: &str, sub: &str, end: Micros) -> VerifiedClaims {
    VerifiedClaims {
        issuer: issuer.into(),
        sub: sub.into(),
        roles: Vec::new(),
        department: None,
        department_problem: None,
        expires_at: end,
        accepted_until: end,
    }
}

/// An HTTP response of the issuer.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    location: Option<String>,
    text: String,
}

impl Answer {
    /// Status 200 with this body.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { status: StatusCode::OK, location: None, text: text.to_owned() }
    }

    /// Status 400 with this body.
    #[must_use]
    pub fn refusal(text: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, ..Self::text(text) }
    }

    /// Status 302 to another URL.
    #[must_use]
    pub fn redirect(to: &str) -> Self {
        Self { status: StatusCode::FOUND, location: Some(to.to_owned()), text: String::new() }
    }

    /// Status 503 without a body, as during a restart.
    #[must_use]
    pub fn away() -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, location: None, text: String::new() }
    }

    fn into_response(self) -> Response {
        let mut response = (self.status, self.text).into_response();
        if let Some(location) = self.location.and_then(|it| it.parse().ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

/// An issuer on loopback; it runs until the runtime ends. Clones control the same issuer.
#[derive(Clone)]
pub struct TestIssuer {
    url: IssuerUrl,
    shared: Arc<Shared>,
}

struct Shared {
    script: Mutex<Script>,
    asked: AtomicUsize,
    /// False while responses are held back.
    gate: watch::Sender<bool>,
}

struct Script {
    /// `Authorization` and form of each token request.
    grants: Vec<(String, String)>,
    /// Lifetime of its tokens in seconds.
    lifetime: i64,
    /// Claims added to its tokens.
    claims: Value,
    /// Answered instead of a token.
    no_token: Option<Answer>,
    keys: Vec<LocalIssuer>,
    discovery: Answer,
    /// Answered instead of the keys.
    no_keys: Option<Answer>,
}

impl TestIssuer {
    /// Starts an issuer with one key.
    ///
    /// # Panics
    /// When no port can be bound.
    pub async fn start() -> Self {
        // reqwest needs a provider even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let name = format!("http://{}", listener.local_addr().expect("an address"));
        let document = json!({
            "issuer": name, "jwks_uri": format!("{name}/jwks"), "token_endpoint": format!("{name}/token"),
        });
        let script = Script {
            grants: Vec::new(),
            lifetime: 600,
            claims: json!({"realm_access": {"roles": ["service"]}}),
            no_token: None,
            keys: vec![LocalIssuer::generate()],
            discovery: Answer::text(&document.to_string()),
            no_keys: None,
        };
        let shared =
            Shared { script: Mutex::new(script), asked: AtomicUsize::new(0), gate: watch::Sender::new(true) };
        let issuer = Self { url: name.parse().expect("a URL on loopback"), shared: Arc::new(shared) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    /// The URL of the issuer, which is also its name.
    #[must_use]
    pub fn url(&self) -> IssuerUrl {
        self.url.clone()
    }

    /// How often the key set was requested.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// Signs a token with these claims and the newest key.
    ///
    /// # Panics
    /// When the claims cannot be signed.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.script().keys.last().expect("a key").sign(claims).expect("a signature")
    }

    /// `kid` of the newest key.
    ///
    /// # Panics
    /// When the issuer has no key.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.script().keys.last().expect("a key").key_id().to_owned()
    }

    /// Adds a key to the key set and signs with it from now on.
    pub fn add_key(&self) {
        self.script().keys.push(LocalIssuer::generate());
    }

    /// Withdraws all keys but the newest.
    pub fn retire_old_keys(&self) {
        let mut script = self.script();
        let old = script.keys.len().saturating_sub(1);
        script.keys.drain(..old);
    }

    /// Sets the response to requests for the discovery document.
    pub fn answers_discovery(&self, answer: Answer) {
        self.script().discovery = answer;
    }

    /// Sets the response to requests for the key set; `None` restores the key set.
    pub fn answers_keys(&self, answer: impl Into<Option<Answer>>) {
        self.script().no_keys = answer.into();
    }

    /// Sets the response to token requests; `None` restores tokens.
    pub fn answers_tokens(&self, answer: impl Into<Option<Answer>>) {
        self.script().no_token = answer.into();
    }

    /// Sets the lifetime in seconds and the added claims of the tokens of the token endpoint.
    pub fn grants(&self, lifetime: i64, claims: Value) {
        let mut script = self.script();
        (script.lifetime, script.claims) = (lifetime, claims);
    }

    /// `Authorization` and form of each token request so far.
    #[must_use]
    pub fn grants_asked(&self) -> Vec<(String, String)> {
        self.script().grants.clone()
    }

    /// Holds responses with the key set back until [`Self::release`].
    pub fn hold(&self) {
        self.shared.gate.send_replace(false);
    }

    /// Sends the responses that were held back, and further ones at once.
    pub fn release(&self) {
        self.shared.gate.send_replace(true);
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.shared.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn discovery(State(issuer): State<TestIssuer>) -> Response {
    let answer = issuer.script().discovery.clone();
    answer.into_response()
}

async fn keys(State(issuer): State<TestIssuer>) -> Response {
    issuer.shared.asked.fetch_add(1, Ordering::SeqCst);
    let _ = issuer.shared.gate.subscribe().wait_for(|it| *it).await;
    let script = issuer.script();
    let published = || {
        let keys: Vec<_> = script.keys.iter().flat_map(|it| it.key_set().keys).collect();
        Answer::text(&json!({ "keys": keys }).to_string())
    };
    script.no_keys.clone().unwrap_or_else(published).into_response()
}

/// The token endpoint; it accepts every client.
async fn token(State(issuer): State<TestIssuer>, headers: HeaderMap, form: String) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let mut script = issuer.script();
    script.grants.push((authorization.unwrap_or_default().to_owned(), form));
    if let Some(answer) = script.no_token.clone() {
        return answer.into_response();
    }
    let now = Clock::system().now().seconds();
    let mut claims = json!({
        "iss": issuer.url().to_string(), "aud": AUDIENCE, "sub": "gateway", "exp": now + script.lifetime,
    });
    if let (Some(claims), Some(more)) = (claims.as_object_mut(), script.claims.as_object()) {
        claims.extend(more.clone());
    }
    drop(script);
    let answer = json!({"access_token": issuer.sign(&claims), "token_type": "Bearer"});
    Answer::text(&answer.to_string()).into_response()
}
