//! What a proxy tells of the URL at which a client has reached the gateway: it counts if the proxy is trusted.

use std::net::SocketAddr;

use serde_json::json;

use crate::harness::{Backend, Client, Process, Product, sse};

const PREFIX: (&str, &str) = ("x-forwarded-prefix", "/ccm");
const TOLD: [(&str, &str); 3] = [("x-forwarded-proto", "https"), ("x-forwarded-host", "lab.example"), PREFIX];
const TRUSTED: (&str, &str) = ("CCM_TRUSTED_PROXIES", "127.0.0.1");

fn behind(client: &Client, told: &[(&str, &str)]) -> Client {
    told.iter().fold(client.clone(), |it, (name, value)| it.with(name, value))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_url_of_a_trusted_proxy_is_that_of_locations_cookies_and_descriptions() {
    let product = Product::start_with(Backend::Sqlite, &[TRUSTED]).await;
    let ada = behind(&product.user("ada"), &TOLD);
    let created = ada.post("/api/tasks", &json!({"title": "x"})).await;
    assert_eq!(created.header("location"), format!("/ccm/api/tasks/{}", created.text("id")));
    let begun = ada.post("/api/session", &json!({})).await;
    assert!(begun.header("set-cookie").contains("; Path=/ccm/api;"), "{begun:?}");
    assert!(begun.header("set-cookie").ends_with("; Secure"), "{begun:?}");
    let ended = ada.delete("/api/session").await;
    assert!(ended.header("set-cookie").contains("; Path=/ccm/api; Max-Age=0"), "{ended:?}");
    let server = ada.get("/api/openapi.json").await.json["servers"][0]["url"].clone();
    assert_eq!(server, "https://lab.example/ccm");
    let standard = [("forwarded", "for=203.0.113.7;proto=https;host=lab.example")];
    let server =
        behind(&product.user("ada"), &standard).get("/api/openapi.json").await.json["servers"][0]["url"]
            .clone();
    assert_eq!(server, "https://lab.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_tell_and_what_is_no_url_does_not_count() {
    let (trusting, other) = (
        Product::start_with(Backend::Sqlite, &[TRUSTED]).await,
        Product::start_with(Backend::Sqlite, &[("CCM_TRUSTED_PROXIES", "192.0.2.0/24")]).await,
    );
    let hostile = [
        ("x-forwarded-prefix", "//evil.example"),
        ("x-forwarded-prefix", "/\"><script>alert(1)</script>"),
        ("x-forwarded-prefix", "/a/../.."),
        ("x-forwarded-prefix", "https://evil.example"),
    ];
    let of_strangers = TOLD.map(|it| (&other, it));
    for (product, told) in hostile.map(|it| (&trusting, it)).into_iter().chain(of_strangers) {
        let ada = behind(&product.user("ada"), &[told]);
        let created = ada.post("/api/tasks", &json!({"title": "x"})).await;
        assert_eq!(created.header("location"), format!("/api/tasks/{}", created.text("id")), "{told:?}");
        let begun = ada.post("/api/session", &json!({})).await;
        let cookie = begun.header("set-cookie");
        assert!(cookie.contains("; Path=/api;") && !cookie.contains("Secure"), "{told:?} {begun:?}");
        let page = ada.get("/tasks").await;
        assert!(page.plain().contains("=\"/page/main.js\""), "{told:?} {}", page.plain());
    }
    let nonsense = [("x-forwarded-proto", "javascript"), ("x-forwarded-host", "evil.example/x")];
    let server =
        behind(&trusting.user("ada"), &nonsense).get("/api/openapi.json").await.json["servers"][0]["url"]
            .clone();
    assert_eq!(server, json!(format!("http://{}", trusting.gateway_address)));
}

#[tokio::test(flavor = "multi_thread")]
async fn links_to_own_traces_lead_where_the_client_came_from() {
    let data = tempfile::tempdir().unwrap();
    let free = ["--gateway-listen", "--task-listen", "--worker-listen"].map(|it| [it, "127.0.0.1:0"]);
    let directory = data.path().display().to_string();
    let arguments = [["up", "--data-dir", &directory].as_slice(), free.as_flattened()].concat();
    let up = Process::spawn(&arguments, &[(TRUSTED.0.to_owned(), TRUSTED.1.to_owned())]);
    let token = up.printed("a token", |line| Some(line.split_once("export TOKEN=")?.1.to_owned())).await;
    let address = up
        .printed("the gateway listens", |line| {
            let at = line.find("http://localhost:")? + "http://localhost:".len();
            let port: String = line[at..].chars().take_while(char::is_ascii_digit).collect();
            port.parse().ok().map(|port: u16| SocketAddr::from(([127, 0, 0, 1], port)))
        })
        .await;
    let direct = Client::new(&format!("http://{address}"), Some(&token));
    let proxied = behind(&direct, &TOLD);
    for (client, prefix, url) in [
        (&direct, "", format!("http://localhost:{}", address.port())),
        (&proxied, "/ccm", "https://lab.example/ccm".to_owned()),
    ] {
        let me = client.get("/api/me").await;
        assert_eq!(me.text("trace_url"), format!("{prefix}/traces/{{trace_id}}"));
        let problem = client.get("/api/tasks/x").await;
        assert_eq!(problem.text("trace_url"), format!("{url}/traces/{}", problem.text("trace_id")));
        let told = if prefix.is_empty() { &[] } else { TOLD.as_slice() };
        let mut stream = sse::open_told(address, told, &token, "").await.unwrap();
        stream.named("snapshot.completed").await;
        assert_eq!(
            client.post("/api/tasks", &json!({"title": "\"trace_url\":\"http://localhost"})).await.status,
            201
        );
        let event = stream.named("task.created").await.event;
        let trace = event["trace_id"].as_str().unwrap_or_else(|| panic!("{event}"));
        assert_eq!(event["trace_url"], format!("{url}/traces/{trace}"));
    }
}
