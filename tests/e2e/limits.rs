//! Clients that take more than they may are told so, and the others go on. docs/limits.md lists what each limit answers.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::harness::{Answer, Backend, Client, DEADLINE, Product, eventually};

const BODY: &str = r#"{"title": "held"}"#;

/// A request that is being answered until its body comes.
struct Held(TcpStream);

impl Held {
    /// In flight once the gateway asks for the body.
    async fn begin(product: &Product) -> Self {
        let token = product.token("holder", &[], None);
        let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
        let head = format!(
            "POST /api/tasks HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
            BODY.len(),
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut request = Self(stream);
        let answer = request.answer().await;
        assert!(answer.starts_with("HTTP/1.1 100"), "{answer}");
        request
    }

    /// Sends the body; the beginning of the answer.
    async fn end(mut self) -> String {
        self.0.write_all(BODY.as_bytes()).await.unwrap();
        self.answer().await
    }

    async fn answer(&mut self) -> String {
        let mut answer = [0; 1024];
        let read =
            tokio::time::timeout(DEADLINE, self.0.read(&mut answer)).await.expect("an answer").unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }
}

fn assert_told(answer: &Answer, status: u16, reason: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.text("type"), format!("urn:cml-cloud-manager:problem:{reason}"));
    assert_eq!(answer.json["retryable"], json!(true));
    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(answer.header("x-trace-id"), answer.text("trace_id"));
}

/// Asks until the answer has this status.
async fn until(client: &Client, status: u16) -> Answer {
    eventually("the status", async || {
        let answer = client.get("/api/tasks").await;
        (answer.status == status).then_some(answer)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_those_in_flight_are_told_to_come_back_and_served_once_one_has_ended() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_MAX_REQUESTS_IN_FLIGHT", "2")]).await;
    let ada = product.user("ada");
    assert_eq!(ada.get("/api/tasks").await.status, 200);
    product.tasks.signal("STOP");
    let mut asked = JoinSet::new();
    for name in ["bob", "eve", "mia", "zoe"] {
        let client = product.user(name);
        asked.spawn(async move { client.get("/api/tasks").await });
    }
    for _ in 0..2 {
        assert_told(&asked.join_next().await.unwrap().unwrap(), 503, "overloaded");
    }
    assert_eq!(product.anonymous().get("/livez").await.status, 200);
    product.tasks.signal("CONT");
    while let Some(answer) = asked.join_next().await {
        assert_eq!(answer.unwrap().status, 200, "what was being answered is answered");
    }
    until(&ada, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_a_body_slowly_takes_a_place_from_nobody_who_works() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_MAX_REQUESTS_IN_FLIGHT", "2")]).await;
    let ada = product.user("ada");
    let (mut first, second) = (Held::begin(&product).await, Held::begin(&product).await);
    assert_eq!(ada.get("/api/tasks").await.status, 200);
    // The body that has been awaited for longest gives way.
    assert_eq!(ada.post("/api/tasks", &json!({"title": "third"})).await.status, 201);
    let told = first.answer().await.to_ascii_lowercase();
    assert!(told.starts_with("http/1.1 503") && told.contains("retry-after: 1\r\n"), "{told}");
    assert!(second.end().await.starts_with("HTTP/1.1 201"), "what is still awaited is answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_asks_too_often_is_told_when_to_come_back_and_others_are_answered() {
    let settings = [("CCM_CALLER_RATE", "1"), ("CCM_CALLER_BURST", "5")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    let (ada, bob) = (product.user("ada"), product.user("bob"));
    assert_told(&until(&ada, 429).await, 429, "rate-limited");
    assert_eq!(bob.get("/api/tasks").await.status, 200);
    // Another token of the same caller is no other caller.
    until(&product.caller("ada", &[], Some("science")), 429).await;
    until(&ada, 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_token_is_counted_by_address_and_does_not_take_from_callers_that_are_known() {
    let settings = [("CCM_CALLER_RATE", "1"), ("CCM_CALLER_BURST", "5")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    let stranger = product.anonymous();
    assert_eq!(stranger.get("/api/tasks").await.status, 401);
    assert_told(&until(&stranger, 429).await, 429, "rate-limited");
    until(&Client::new(&format!("http://{}", product.gateway_address), Some("no.such.token")), 429).await;
    assert_eq!(product.user("ada").get("/api/tasks").await.status, 200);
    for _ in 0..20 {
        assert_eq!(stranger.get("/livez").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_behind_a_trusted_proxy_do_not_take_from_each_other() {
    let limits = [("CCM_CALLER_RATE", "1"), ("CCM_CALLER_BURST", "5")];
    let trusting = [limits.as_slice(), &[("CCM_TRUSTED_PROXIES", "10.0.0.0/8,127.0.0.1")]].concat();
    let product = Product::start_with(Backend::Sqlite, &trusting).await;
    // Twenty clients, each with a burst of five of its own.
    assert_eq!(rejected(&product, |it| format!("203.0.113.{it}")).await, 0);
    // One client that writes another address in front each time.
    assert!(rejected(&product, |it| format!("192.0.2.{it}, 198.51.100.9, 10.1.2.3")).await > 0);
    // Without trust, all of them are the proxy.
    let product = Product::start_with(Backend::Sqlite, &limits).await;
    assert!(rejected(&product, |it| format!("203.0.113.{it}")).await > 0);
}

/// Sends twenty requests with these addresses, at one a second beyond a burst of five: how many exceed a limit.
async fn rejected(product: &Product, forwarded_for: impl Fn(usize) -> String) -> usize {
    let mut rejected = 0;
    for number in 0..20 {
        let client = product.anonymous().with("x-forwarded-for", &forwarded_for(number));
        rejected += usize::from(client.get("/api/tasks").await.status == 429);
    }
    rejected
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_of_nought_limits_nobody() {
    let settings = [("CCM_CALLER_RATE", "0"), ("CCM_CALLER_BURST", "1")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    let ada = product.user("ada");
    for _ in 0..20 {
        assert_eq!(ada.get("/api/me").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_is_too_large_is_told_so_and_the_connection_goes_on() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_MAX_HEADER_BYTES", "4096")]).await;
    let ada = product.user("ada");
    let refused = ada.with("x-large", &"x".repeat(4096)).get("/api/tasks").await;
    assert_eq!(refused.status, 431, "{refused:?}");
    assert_eq!(refused.text("type"), "urn:cml-cloud-manager:problem:header-too-large");
    assert_eq!(refused.header("x-trace-id"), refused.text("trace_id"));
    let target = format!("/api/tasks?page_token={}", "x".repeat(4096));
    assert_eq!(ada.get(&target).await.status, 414);
    assert_eq!(ada.with("x-small", &"x".repeat(2048)).get("/api/tasks").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_nests_too_deep_is_no_json_object() {
    let product = Product::start().await;
    let nested = |depth: usize| format!(r#"{{"title": {}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let ada = product.user("ada");
    for depth in [128, 100_000] {
        let refused = ada.post_text("/api/tasks", &nested(depth)).await;
        assert_eq!(refused.status, 400);
        assert_eq!(refused.text("type"), "urn:cml-cloud-manager:problem:invalid-json", "{refused:?}");
    }
    // A field that is wrong, for an object that can be read.
    assert_eq!(ada.post_text("/api/tasks", &nested(100)).await.violations(), ["title"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_caller_has_no_more_than_a_share_of_what_may_be_in_flight() {
    let settings = [("CCM_MAX_REQUESTS_IN_FLIGHT", "40"), ("CCM_MAX_REQUESTS_PER_CALLER", "3")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    let (holder, ada) = (product.user("holder"), product.user("ada"));
    let task = json!({"title": "one more"});
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(Held::begin(&product).await);
    }
    assert_told(&holder.post("/api/tasks", &task).await, 429, "rate-limited");
    assert_eq!(ada.post("/api/tasks", &task).await.status, 201);
    assert!(held.pop().unwrap().end().await.starts_with("HTTP/1.1 201"));
    assert_eq!(holder.post("/api/tasks", &task).await.status, 201);
    // 0 sets no share.
    let settings = [("CCM_MAX_REQUESTS_IN_FLIGHT", "3"), ("CCM_MAX_REQUESTS_PER_CALLER", "0")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    for _ in 0..3 {
        held.push(Held::begin(&product).await);
    }
    assert_eq!(product.user("holder").post("/api/tasks", &task).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_that_is_all_there_is_is_told_at_the_start() {
    let settings = [("CCM_MAX_REQUESTS_IN_FLIGHT", "40"), ("CCM_MAX_REQUESTS_PER_CALLER", "40")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    let is_told =
        |it: &str| it.contains("one caller may take all of CCM_MAX_REQUESTS_IN_FLIGHT").then_some(());
    product.gateway.printed("that the share has no effect", is_told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_reads_are_not_answered_has_two_of_them_executed_and_the_others_wait_in_their_traces()
{
    let product = Product::start_with(Backend::Sqlite, &[("CCM_REQUEST_TIMEOUT", "3s")]).await;
    let (ada, bob) = (product.user("ada"), product.user("bob"));
    product.tasks.signal("STOP");
    let traces: Vec<_> = (1..=5).map(|it| format!("4bf92f3577b34da6a3ce929d0e0f000{it}")).collect();
    let reads: JoinSet<_> = traces
        .iter()
        .map(|it| ada.with("traceparent", &format!("00-{it}-00f067aa0ba902b7-01")))
        .map(|client| async move { client.get("/api/tasks").await })
        .collect();
    // The turns of a service that hangs keep nobody from another one.
    for client in [&ada, &bob] {
        assert_eq!(client.get("/api/workers").await.status, 200);
    }
    for answer in reads.join_all().await {
        assert_eq!((answer.status.as_u16(), answer.text("code")), (504, "DEADLINE_EXCEEDED"), "{answer:?}");
    }
    let waited = eventually("the spans of all reads", async || {
        let all: Vec<_> = traces.iter().map(|it| product.collector.trace(it)).collect();
        let have_ended = all.iter().all(|it| it.iter().any(|span| span.name == "GET /api/tasks"));
        have_ended.then(|| all.iter().filter(|it| it.iter().any(|span| span.name == "wait for turn")).count())
    });
    assert_eq!(waited.await, 3);
    product.tasks.signal("CONT");
    eventually("the service is read", async || (ada.get("/api/tasks").await.status == 200).then_some(()))
        .await;
}
