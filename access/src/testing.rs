//! An issuer in this process, for tests: a real discovery document and key set over HTTP on loopback, tokens of any
//! claims, and every way to misbehave.

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
use crate::{Caller, IssuerUrl, Role};

/// A caller as a verified token makes one; nobody else would know him.
#[must_use]
pub fn caller(subject: &str, roles: &[Role], department: Option<&str>) -> Caller {
    Caller {
        issuer: "urn:test".to_owned(),
        subject: subject.to_owned(),
        roles: roles.to_vec(),
        department: department.map(ToOwned::to_owned),
        expires_at: Micros(i64::MAX),
        on_behalf_of: None,
        authorization: HeaderValue::from_static("Bearer none"),
    }
}

/// What the issuer answers.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    location: Option<String>,
    text: String,
}

impl Answer {
    /// 200 with this text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { status: StatusCode::OK, location: None, text: text.to_owned() }
    }

    /// 400 with this text.
    #[must_use]
    pub fn refusal(text: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, ..Self::text(text) }
    }

    /// A redirection.
    #[must_use]
    pub fn redirect(to: &str) -> Self {
        Self { status: StatusCode::FOUND, location: Some(to.to_owned()), text: String::new() }
    }

    /// What an issuer answers that is being restarted.
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

/// An issuer on loopback, until the runtime ends.
#[derive(Clone)]
pub struct TestIssuer {
    url: IssuerUrl,
    shared: Arc<Shared>,
}

struct Shared {
    script: Mutex<Script>,
    asked: AtomicUsize,
    /// Closed while answers are held back.
    gate: watch::Sender<bool>,
}

struct Script {
    /// `Authorization` and form of each request for a token.
    grants: Vec<(String, String)>,
    /// Seconds that a token is good for.
    lifetime: i64,
    /// Further claims of the tokens.
    claims: Value,
    /// Instead of a token.
    no_token: Option<Answer>,
    keys: Vec<LocalIssuer>,
    discovery: Answer,
    /// Instead of the keys.
    answer: Option<Answer>,
}

impl TestIssuer {
    /// An issuer with one key.
    ///
    /// # Panics
    /// When it cannot listen.
    pub async fn start() -> Self {
        // reqwest wants to know, even where no TLS is spoken.
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
            answer: None,
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

    /// Where it is, and its name.
    #[must_use]
    pub fn url(&self) -> IssuerUrl {
        self.url.clone()
    }

    /// How often its keys were asked for.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    /// A token of these claims, signed with the newest key.
    ///
    /// # Panics
    /// When it has no key, or cannot sign.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.script().keys.last().expect("a key").sign(claims).expect("a signature")
    }

    /// `kid` of the newest key.
    ///
    /// # Panics
    /// When it has none.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.script().keys.last().expect("a key").key_id().to_owned()
    }

    /// Publishes one more key, and signs with it from now on.
    pub fn add_key(&self) {
        self.script().keys.push(LocalIssuer::generate());
    }

    /// No longer publishes any key but the newest.
    pub fn retire_old_keys(&self) {
        let mut script = self.script();
        let old = script.keys.len().saturating_sub(1);
        script.keys.drain(..old);
    }

    /// What it answers instead of its discovery document.
    pub fn answers_discovery(&self, answer: Answer) {
        self.script().discovery = answer;
    }

    /// What it answers instead of its keys; none: its keys.
    pub fn answers_keys(&self, answer: impl Into<Option<Answer>>) {
        self.script().answer = answer.into();
    }

    /// What it answers instead of a token; none: a token.
    pub fn answers_tokens(&self, answer: impl Into<Option<Answer>>) {
        self.script().no_token = answer.into();
    }

    /// How long its tokens are good for from now on, and what they say beside who it is.
    pub fn grants(&self, lifetime: i64, claims: Value) {
        let mut script = self.script();
        (script.lifetime, script.claims) = (lifetime, claims);
    }

    /// `Authorization` and form of each request for a token so far.
    #[must_use]
    pub fn grants_asked(&self) -> Vec<(String, String)> {
        self.script().grants.clone()
    }

    /// Holds its answers back.
    pub fn hold(&self) {
        self.shared.gate.send_replace(false);
    }

    /// Lets its answers go.
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
    script.answer.clone().unwrap_or_else(published).into_response()
}

/// The token endpoint, which takes every client.
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
