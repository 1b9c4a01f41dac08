//! Tokens of a real issuer, `oidc-provider`: what each of the three processes takes and refuses, keys that rotate, an issuer
//! that goes away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use platform::clock::Clock;
use proto::task::v1::ListTasksRequest;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::worker::v1::ListWorkersRequest;
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request};

use crate::harness::{Client, Issuer, Product, SigningKey, eventually};

const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// Each process, asked for what it answers without asking another one.
#[derive(Clone)]
pub(crate) struct Doors {
    gateway: Client,
    tasks: Channel,
    workers: Channel,
}

/// The code and the text of a refusal, by the process's name.
type Outcomes = [(&'static str, Result<(), (String, String)>); 3];

impl Doors {
    pub(crate) fn of(product: &Product) -> Self {
        let channel = |address| Endpoint::try_from(format!("http://{address}")).unwrap().connect_lazy();
        Self {
            gateway: product.anonymous(),
            tasks: channel(product.tasks_address),
            workers: channel(product.workers_address),
        }
    }

    async fn knock(&self, token: Option<&str>) -> Outcomes {
        self.knock_as(token.map(|it| format!("Bearer {it}")).as_deref()).await
    }

    /// With any authorization.
    async fn knock_as(&self, authorization: Option<&str>) -> Outcomes {
        let gateway = match authorization {
            Some(authorization) => self.gateway.with("authorization", authorization),
            None => self.gateway.clone(),
        };
        let answer = gateway.get("/api/me").await;
        let me = if answer.status == 200 {
            Ok(())
        } else {
            assert_eq!(answer.status == 401, answer.text("code") == "UNAUTHENTICATED", "{answer:?}");
            Err((answer.text("code").to_owned(), answer.text("detail").to_owned()))
        };
        let refused = |it: tonic::Status| {
            let code = if it.code() == Code::Unauthenticated { "UNAUTHENTICATED" } else { "UNAVAILABLE" };
            assert!([Code::Unauthenticated, Code::Unavailable].contains(&it.code()), "{it:?}");
            (code.to_owned(), it.message().to_owned())
        };
        let tasks = TaskServiceClient::new(self.tasks.clone())
            .list_tasks(with(authorization, ListTasksRequest::default()))
            .await;
        let workers = WorkerServiceClient::new(self.workers.clone())
            .list_workers(with(authorization, ListWorkersRequest::default()))
            .await;
        [
            ("gateway", me),
            ("task-service", tasks.map(drop).map_err(refused)),
            ("worker-service", workers.map(drop).map_err(refused)),
        ]
    }

    pub(crate) async fn expect_accepted(&self, token: &str) {
        for (name, outcome) in self.knock(Some(token)).await {
            assert_eq!(outcome, Ok(()), "{name}");
        }
    }

    pub(crate) async fn expect_refused(&self, what: &str, token: Option<&str>, text: &str) {
        self.expect_refused_as(what, token.map(|it| format!("Bearer {it}")).as_deref(), text).await;
    }

    /// With any authorization.
    pub(crate) async fn expect_refused_as(&self, what: &str, authorization: Option<&str>, text: &str) {
        for (name, outcome) in self.knock_as(authorization).await {
            let expected = Err(("UNAUTHENTICATED".to_owned(), text.to_owned()));
            assert_eq!(outcome, expected, "{what} at {name}");
        }
    }
}

fn with<T>(authorization: Option<&str>, message: T) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(authorization) = authorization {
        request.metadata_mut().insert("authorization", authorization.parse().unwrap());
    }
    request
}

/// Claims that are right in every way.
fn claims(issuer: &str) -> Value {
    let now = Clock::system().now().seconds();
    json!({"iss": issuer, "aud": "cml-cloud-manager", "sub": "scripts", "iat": now, "exp": now + 600})
}

fn changed(claims: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims.clone();
    claims[name] = value.into();
    claims
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_the_issuer_are_taken_by_all_three_processes_whatever_their_algorithm() {
    let mut keys = Vec::new();
    for algorithm in ALGORITHMS {
        keys.push(SigningKey::make(algorithm, &format!("{algorithm:?}")).await);
    }
    let issuer = Issuer::start(&keys.iter().collect::<Vec<_>>()).await;
    let product = Product::trusting(&issuer.url).await;
    for algorithm in ALGORITHMS {
        let token = issuer.token(algorithm).await;
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!((header.alg, header.kid), (algorithm, Some(format!("{algorithm:?}"))));
        Doors::of(&product).expect_accepted(&token).await;
        let me = product.anonymous().with("authorization", &format!("Bearer {token}")).get("/api/me").await;
        assert_eq!((me.text("issuer"), me.text("subject")), (issuer.url.as_str(), "scripts"));
        assert_eq!((&me.json["roles"], me.text("department")), (&json!(["admin"]), "network"));
        let worker = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
        let client = product.anonymous().with("authorization", &format!("Bearer {token}"));
        assert_eq!(client.post("/api/workers", &worker).await.status, 201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_wrong_in_one_way_is_refused_by_all_three_processes() {
    let key = SigningKey::make(Algorithm::RS256, "known").await;
    let other = SigningKey::make(Algorithm::RS256, "other").await;
    let issuer = Issuer::start(&[&key]).await;
    let product = Product::trusting(&issuer.url).await;
    let doors = Doors::of(&product);
    let good = claims(&issuer.url);
    let now = good["iat"].as_i64().unwrap();
    doors.expect_accepted(&key.sign(&good)).await;

    doors.expect_refused("no token", None, "a bearer token is required").await;
    for (what, claims, text) in [
        ("expired", changed(&good, "exp", now - 60), "the token has expired"),
        ("not yet valid", changed(&good, "nbf", now + 60), "the token is not valid yet"),
        ("wrong audience", changed(&good, "aud", "another"), "the token is for a different audience"),
        (
            "wrong issuer",
            changed(&good, "iss", "http://127.0.0.1:1"),
            "the token was issued by a different issuer",
        ),
    ] {
        doors.expect_refused(what, Some(&key.sign(&claims)), text).await;
    }
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT", "kid": key.id}).to_string());
    let unsigned = format!("{header}.{}.", URL_SAFE_NO_PAD.encode(good.to_string()));
    doors
        .expect_refused(
            "alg none",
            Some(&unsigned),
            "the token's algorithm (alg) is not RS256, ES256 or EdDSA",
        )
        .await;

    let algorithm = "the token's algorithm (alg) is not RS256, ES256 or EdDSA";
    for public in public_forms(&key) {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(key.id.clone());
        let forged = encode(&header, &good, &EncodingKey::from_secret(&public)).unwrap();
        doors.expect_refused("HS256 with the public key", Some(&forged), algorithm).await;
    }
    let bad_signature = "the token's signature is not valid";
    doors
        .expect_refused("another key's signature", Some(&other.sign_as("known", &good)), bad_signature)
        .await;

    doors.expect_accepted(&key.sign_with(&good, |it| it.typ = Some("at+jwt".to_owned()))).await;
    let critical =
        key.sign_with(&good, |it| it.crit = Some(vec!["https://example.com/must-know".to_owned()]));
    let text = "the token's header has critical extensions (crit), none of which is known here";
    doors.expect_refused("crit", Some(&critical), text).await;
    let logout = key.sign_with(&good, |it| it.typ = Some("logout+jwt".to_owned()));
    let text = "the token was made for another purpose: its header typ is neither JWT nor at+jwt";
    doors.expect_refused("a logout token", Some(&logout), text).await;

    let unknown_key = "the token is signed with an unknown key";
    doors.expect_refused("unknown kid", Some(&key.sign_as("unknown", &good)), unknown_key).await;
    let local = product.token("root", &[access::Role::Admin], None);
    let other_issuer = "the token was issued by a different issuer";
    doors.expect_refused("the local key", Some(&local), other_issuer).await;
    doors.expect_accepted(&key.sign(&changed(&good, "jti", "after all that"))).await;
}

/// What a forger might take for the secret: the public key as the issuer publishes it, and its modulus.
fn public_forms(key: &SigningKey) -> Vec<Vec<u8>> {
    let jwk = &key.jwk;
    let public = json!({
        "kty": jwk["kty"], "use": "sig", "kid": jwk["kid"], "alg": jwk["alg"], "e": jwk["e"], "n": jwk["n"],
    });
    let modulus = jwk["n"].as_str().unwrap();
    vec![
        public.to_string().into_bytes(),
        modulus.as_bytes().to_vec(),
        URL_SAFE_NO_PAD.decode(modulus).unwrap(),
    ]
}

/// Callers that never pause, each request with a token of its own, at all three processes.
struct Load {
    running: JoinSet<()>,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
}

impl Load {
    fn start(doors: &Doors, token: impl Fn() -> String + Clone + Send + 'static) -> Self {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut running = JoinSet::new();
        for _ in 0..4 {
            let (doors, token, stop, done) = (doors.clone(), token.clone(), stop.clone(), done.clone());
            running.spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    doors.expect_accepted(&token()).await;
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { running, stop, done }
    }

    /// Waits for so many more rounds, none of which fails.
    async fn rounds(&mut self, more: usize) {
        let enough = self.done.load(Ordering::SeqCst) + more;
        let done = self.done.clone();
        tokio::select! {
            () = eventually("more rounds", || async { (done.load(Ordering::SeqCst) >= enough).then_some(()) }) => {}
            Some(ended) = self.running.join_next() => ended.unwrap(),
        }
    }

    /// Ends it; fails if any request has failed.
    async fn stop(mut self) {
        self.stop.store(true, Ordering::SeqCst);
        while let Some(ended) = self.running.join_next().await {
            ended.unwrap();
        }
    }
}

/// Signs a new token of `key` each time, so that none is remembered.
fn fresh(key: &Arc<SigningKey>, issuer: &str) -> impl Fn() -> String + Clone + Send + 'static {
    let (key, issuer, number) = (key.clone(), issuer.to_owned(), Arc::new(AtomicUsize::new(0)));
    move || key.sign(&changed(&claims(&issuer), "jti", number.fetch_add(1, Ordering::SeqCst)))
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_under_load_without_a_failed_request() {
    let old = Arc::new(SigningKey::make(Algorithm::ES256, "old").await);
    let new = Arc::new(SigningKey::make(Algorithm::ES256, "new").await);
    let mut issuer = Issuer::start(&[&old]).await;
    let product = Product::trusting(&issuer.url).await;
    let doors = Doors::of(&product);
    let mut with_old = Load::start(&doors, fresh(&old, &issuer.url));
    with_old.rounds(20).await;

    issuer.publish(&[&new, &old]).await;
    let token = issuer.token(Algorithm::ES256).await;
    assert_eq!(jsonwebtoken::decode_header(&token).unwrap().kid.as_deref(), Some("new"));
    let mut with_new = Load::start(&doors, fresh(&new, &issuer.url));
    with_new.rounds(20).await;
    with_old.rounds(20).await;
    with_old.stop().await;

    issuer.publish(&[&new]).await;
    with_new.rounds(20).await;
    with_new.stop().await;
    doors.expect_accepted(&token).await;
}

/// How long the issuer is away. For the minute that users may count on: `CCM_TEST_OUTAGE_SECONDS=60`.
fn outage() -> Duration {
    let seconds = std::env::var_os("CCM_TEST_OUTAGE_SECONDS").and_then(|it| it.to_str()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issuer_goes_away_and_comes_back_without_a_failed_request() {
    let key = Arc::new(SigningKey::make(Algorithm::EdDSA, "key").await);
    let mut issuer = Issuer::start(&[&key]).await;
    let product = Product::trusting(&issuer.url).await;
    let doors = Doors::of(&product);
    let mut load = Load::start(&doors, fresh(&key, &issuer.url));
    load.rounds(5).await;
    issuer.stop().await;
    // A key that is not known makes each process ask, in vain.
    for (name, outcome) in doors.knock(Some(&key.sign_as("unknown", &claims(&issuer.url)))).await {
        let (code, text) = outcome.unwrap_err();
        assert!(code == "UNAVAILABLE" && text.contains("the token issuer"), "{name}: {code}, {text}");
    }
    let end = std::time::Instant::now() + outage();
    while std::time::Instant::now() < end {
        load.rounds(5).await;
    }
    issuer.restart(&[&key]).await;
    load.rounds(5).await;
    load.stop().await;
    for process in [&product.gateway, &product.tasks, &product.workers] {
        let logged = process.lines().logged();
        let warnings =
            logged.iter().filter(|it| it["level"] == "WARN" && it["issuer"] == issuer.url.as_str());
        assert_eq!(warnings.count(), 1, "{logged:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_product_starts_without_its_issuer_and_says_so_until_it_is_there() {
    let key = SigningKey::make(Algorithm::EdDSA, "key").await;
    let mut issuer = Issuer::start(&[&key]).await;
    issuer.stop().await;
    let product = Product::trusting(&issuer.url).await;
    let (doors, token) = (Doors::of(&product), key.sign(&claims(&issuer.url)));
    for (name, outcome) in doors.knock(Some(&token)).await {
        let (code, text) = outcome.unwrap_err();
        assert!(code == "UNAVAILABLE" && text.contains("the token issuer"), "{name}: {code}, {text}");
    }
    let me = product.anonymous().with("authorization", &format!("Bearer {token}")).get("/api/me").await;
    assert_eq!((me.status.as_u16(), me.header("retry-after")), (503, "1"), "{me:?}");
    doors.expect_refused("no token", None, "a bearer token is required").await;
    issuer.restart(&[&key]).await;
    eventually("all three have the keys", || async {
        doors.knock(Some(&token)).await.iter().all(|it| it.1.is_ok()).then_some(())
    })
    .await;
}
