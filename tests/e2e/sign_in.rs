//! Signing in to the page: with a code of `ccm up`, once and in time; and what the gateway says of the ways to sign in.

use std::path::Path;
use std::time::Duration;

use access::Role;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Client, Collector, Issuer, Process, Product, SigningKey, eventually};

const CODE: &str = "/api/session/code";
const FREE_PORTS: [&str; 6] =
    ["--gateway-listen", "127.0.0.1:0", "--task-listen", "127.0.0.1:0", "--worker-listen", "127.0.0.1:0"];

/// A running `ccm up`, whose spans come to a collector.
struct Up {
    data: tempfile::TempDir,
    collector: Collector,
    process: Process,
    /// A page of the gateway's own origin.
    page: Client,
}

impl Up {
    async fn start(arguments: &[&str]) -> Self {
        let (data, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
        let directory = data.path().display().to_string();
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), collector.endpoint.clone());
        let process = Process::spawn(
            &[["up", "--data-dir", &directory].as_slice(), &FREE_PORTS, arguments].concat(),
            &[endpoint],
        );
        let gateway = process.listening("gateway").await;
        let page = Client::new(&format!("http://{gateway}"), None);
        Self { data, collector, process, page: page.with("sec-fetch-site", "same-origin") }
    }

    /// The code of the link in the first line.
    fn printed_code(&self) -> String {
        code_of(&self.process.lines().all()[0])
    }

    async fn login(&self, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
        login(self.data.path(), arguments).await
    }

    /// The code of a link that `ccm login` prints.
    async fn code(&self, arguments: &[&str]) -> String {
        let (status, lines) = self.login(arguments).await;
        assert_eq!((status, lines.len()), (Some(0), 1), "{lines:?}");
        code_of(&lines[0])
    }

    async fn redeem(&self, code: &str) -> Answer {
        self.page.post(CODE, &json!({"code": code})).await
    }

    /// The identity of who has the cookies of an answer.
    async fn me(&self, answer: &Answer) -> Value {
        let session = answer.header("set-cookie").split(';').next().unwrap();
        self.page.with("cookie", session).get("/api/me").await.json
    }

    fn audited(&self) -> Vec<String> {
        let lines = self.process.lines().logged().into_iter();
        lines
            .filter(|it| it["target"] == "audit")
            .map(|it| format!("{} {} {}", it["message"], it["sub"], it["reason"]))
            .collect()
    }
}

async fn login(data: &Path, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
    let data = data.display().to_string();
    let mut process = Process::spawn(&[["login", "--data-dir", &data].as_slice(), arguments].concat(), &[]);
    let status = process.ended().await;
    (status.code(), process.lines().all())
}

fn code_of(line: &str) -> String {
    let (_, code) = line.split_once("/#code=").unwrap_or_else(|| panic!("a link in {line}"));
    assert_eq!(code.len(), 43, "{line}");
    code.to_owned()
}

fn problem(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.text("type").rsplit(':').next().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_in_the_first_line_of_up_signs_in_once_and_leaves_no_trace_of_its_code() {
    let mut up = Up::start(&[]).await;
    assert_eq!(up.page.get("/api/sign-in").await.json["methods"], json!(["token", "code"]));
    let code = up.printed_code();
    let begun = up.redeem(&code).await;
    assert_eq!(begun.status, 204, "{begun:?}");
    let set = begun.header("set-cookie");
    assert!(set.contains("; Path=/api; ") && set.contains("; HttpOnly; SameSite=Strict"), "{set}");
    let age: u64 = set.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    assert!((11 * 3_600..=12 * 3_600).contains(&age), "{set}");
    let me = up.me(&begun).await;
    assert_eq!((&me["subject"], &me["roles"]), (&json!("local"), &json!(["admin"])));
    let again = up.redeem(&code).await;
    assert_eq!(problem(&again), (403, "sign-in-code-refused"));
    assert!(again.text("detail").contains("was used already"), "{again:?}");
    assert!(again.headers.get("set-cookie").is_none());
    let lines = eventually("audit lines", || async { Some(up.audited()).filter(|it| it.len() == 2) }).await;
    let expected = [r#""session begun" "local" null"#, r#""session refused" null "SIGN_IN_CODE_REFUSED""#];
    assert_eq!(lines, expected);
    up.process.signal("TERM");
    assert!(up.process.ended().await.success());
    assert!(!up.data.path().join("login.sock").exists());
    let cookie = set.split(';').next().unwrap().to_owned();
    for secret in [code.as_str(), cookie.split('=').nth(1).unwrap()] {
        assert!(up.process.lines().logged().iter().all(|it| !it.to_string().contains(secret)));
        assert!(up.collector.spans().iter().all(|it| !format!("{it:?}").contains(secret)));
    }
    assert!(up.collector.spans().iter().any(|it| it.name == format!("POST {CODE}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn login_prints_a_link_for_whoever_is_named() {
    let up = Up::start(&[]).await;
    let answer = up.redeem(&up.code(&[]).await).await;
    assert_eq!(up.me(&answer).await["subject"], "local");
    let of_maria = ["--sub", "maria", "--role", "manager", "--role", "user", "--department", "lab"];
    let answer = up.redeem(&up.code(&of_maria).await).await;
    let me = up.me(&answer).await;
    assert_eq!((&me["subject"], &me["department"]), (&json!("maria"), &json!("lab")));
    assert_eq!(me["roles"], json!(["manager", "user"]));
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(up.data.path().join("login.sock")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let elsewhere = tempfile::tempdir().unwrap();
    let (status, lines) = login(elsewhere.path(), &[]).await;
    assert!(status == Some(1) && lines[0].starts_with("ccm: no `ccm up` is running on"), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_late_is_refused() {
    let up = Up::start(&["--login-code-lifetime", "1ms"]).await;
    let late = up.redeem(&up.printed_code()).await;
    assert_eq!(problem(&late), (403, "sign-in-code-refused"));
    assert!(late.text("detail").contains("has expired"), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_are_refused_and_bounded_but_keep_out_nobody() {
    let up = Up::start(&[]).await;
    for code in ["", "x", &"x".repeat(2_000)] {
        let wrong = up.redeem(code).await;
        assert_eq!(problem(&wrong), (403, "sign-in-code-refused"));
        assert!(wrong.text("detail").contains("is not known"), "{wrong:?}");
    }
    assert_eq!(problem(&up.redeem(&"x".repeat(5_000)).await), (413, "body-too-large"));
    assert_eq!(problem(&up.page.post(CODE, &json!({"code": 7})).await), (400, "invalid-input"));
    let many = async {
        loop {
            let answer = up.redeem("x").await;
            if answer.status != 403 {
                return answer;
            }
        }
    };
    let many = tokio::time::timeout(Duration::from_secs(20), many).await.expect("they are bounded");
    assert_eq!(problem(&many), (429, "rate-limited"));
    let wait: u64 = many.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&wait), "{many:?}");
    assert_eq!(up.redeem(&up.printed_code()).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_cannot_sign_anybody_in() {
    let up = Up::start(&[]).await;
    let (code, gateway) = (up.printed_code(), up.process.listening("gateway").await);
    let anybody = Client::new(&format!("http://{gateway}"), None);
    let foreign = [
        anybody.clone(),
        anybody.with("origin", "http://evil.example"),
        anybody.with("sec-fetch-site", "cross-site"),
        anybody.with("sec-fetch-site", "none"),
    ];
    for it in foreign {
        assert_eq!(problem(&it.post(CODE, &json!({"code": code})).await), (403, "cross-origin"));
    }
    // None of them has used the code.
    let own = anybody.with("origin", &format!("http://{gateway}"));
    assert_eq!(own.post(CODE, &json!({"code": code})).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_up_there_are_no_codes() {
    let product = Product::start().await;
    let page = product.anonymous().with("sec-fetch-site", "same-origin");
    let ways = page.get("/api/sign-in").await;
    assert_eq!(ways.json, json!({"methods": ["token"], "token_issuer": null, "issuer": null}));
    assert_eq!(ways.header("cache-control"), "no-store");
    let answer = page.post(CODE, &json!({"code": "x"})).await;
    assert_eq!(problem(&answer), (404, "no-sign-in-codes"));
    assert_eq!(answer.text("detail"), "this gateway takes no codes: `ccm up` does not run it");
    // Neither here nor elsewhere does it matter who asks.
    let ada = product.caller("ada", &[Role::User], None).with("sec-fetch-site", "same-origin");
    assert_eq!(ada.post(CODE, &json!({"code": "x"})).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_learns_from_the_gateway_where_people_sign_in() {
    let key = SigningKey::make(Algorithm::RS256, "known").await;
    let mut issuer = Issuer::start(&[&key]).await;
    let url = issuer.url.clone();
    let set = [("CCM_OIDC_ISSUER", url.as_str()), ("CCM_PAGE_CLIENT_ID", "page")];
    let product = Product::start_with(Backend::Sqlite, &set).await;
    let page = product.anonymous();
    let ways = eventually("the issuer has answered", || async {
        let ways = page.get("/api/sign-in").await.json;
        (ways["methods"] == json!(["token", "issuer"])).then_some(ways)
    })
    .await;
    let at = |path: &str| format!("{}{path}", issuer.url);
    let expected = json!({
        "issuer": issuer.url, "client_id": "page", "scope": "openid", "reachable": true,
        "authorization_endpoint": at("/auth"), "token_endpoint": at("/token"),
        "end_session_endpoint": at("/session/end"), "response_mode": "fragment", "iss_required": true,
    });
    assert_eq!((&ways["issuer"], &ways["token_issuer"]), (&expected, &json!(issuer.url)));
    let policy = |answer: &Answer| answer.header("content-security-policy").to_owned();
    let connect = format!("connect-src 'self' {};", issuer.url);
    assert!(policy(&page.get("/").await).contains(&connect));
    assert!(!policy(&page.get("/api/me").await).contains(&issuer.url));
    let codes = page.with("sec-fetch-site", "same-origin").post(CODE, &json!({"code": "x"})).await;
    assert_eq!(problem(&codes), (404, "no-sign-in-codes"));
    issuer.stop().await;
    drop(product);

    let product = Product::start_with(Backend::Sqlite, &set).await;
    let ways = product.anonymous().get("/api/sign-in").await.json;
    assert_eq!(ways["methods"], json!(["token"]));
    assert_eq!(ways["issuer"]["reachable"], json!(false));
    assert_eq!(ways["issuer"]["authorization_endpoint"], Value::Null);
}
