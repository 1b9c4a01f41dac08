//! Debian's nginx in front of the product, as many operators put it there: gzip on, HTTP/1.0 to the gateway by default, and
//! connections that are kept under a path prefix.

use std::io::Read as _;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::harness::sse::open_under;
use crate::harness::{Answer, Backend, Client, Held, Product, eventually};

const NGINX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/nginx/usr/sbin/nginx");
/// The locations: the whole of the gateway, and the same under a prefix. A third one, `/buffered`, holds event streams back.
const PREFIXES: [&str; 2] = ["", "/kept"];
/// What the gateway is told by it, and how long a header may take: shorter than the pauses below.
pub(crate) const SETTINGS: [(&str, &str); 2] =
    [("CCM_TRUSTED_PROXIES", "127.0.0.1"), ("CCM_HEADER_TIMEOUT", "500ms")];

pub(crate) struct Nginx {
    pub(crate) address: SocketAddr,
    _process: Child,
    _held: Held,
    _directory: TempDir,
}

impl Nginx {
    pub(crate) async fn before(product: &Product) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let held = Held::new();
        let address = held.address;
        let (folder, gateway) = (directory.path().display(), product.gateway_address);
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary: String = temporary.map(|it| format!("{it}_temp_path {folder}/{it};")).concat();
        let told = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;";
        let configuration = format!(
            "daemon off; master_process off; pid {folder}/pid; error_log stderr;
            events {{}}
            http {{
                access_log off; {temporary}
                gzip on; gzip_types application/json; gzip_min_length 20; gzip_proxied any; gzip_http_version 1.0;
                upstream gateway {{ server {gateway}; keepalive 2; }}
                server {{
                    listen {address};
                    location / {{ {told} proxy_pass http://{gateway}; }}
                    location /kept/ {{
                        {told}
                        proxy_set_header X-Forwarded-Prefix /kept;
                        proxy_set_header Connection \"\";
                        proxy_http_version 1.1;
                        proxy_pass http://gateway/;
                    }}
                    location /buffered/ {{
                        {told}
                        proxy_set_header X-Forwarded-Prefix /buffered;
                        proxy_ignore_headers X-Accel-Buffering;
                        proxy_pass http://{gateway}/;
                    }}
                }}
            }}"
        );
        let file = directory.path().join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        let process = Command::new(NGINX)
            .args(["-e", "stderr", "-p", &folder.to_string(), "-c", &file.display().to_string()])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("tests/run installs it");
        eventually("nginx listens", async || tokio::net::TcpStream::connect(address).await.ok()).await;
        Self { address, _process: process, _held: held, _directory: directory }
    }

    fn client(&self, prefix: &str, token: &str) -> Client {
        Client::new(&format!("http://{}{prefix}", self.address), Some(token)).with("accept-encoding", "gzip")
    }
}

/// The body of an answer that nginx has compressed.
fn uncompressed(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-encoding"), "gzip", "{answer:?}");
    let mut text = String::new();
    flate2::read::GzDecoder::new(answer.body.as_ref()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_lists_and_streams_pass_through_it() {
    let product = Product::start_with(Backend::Sqlite, &SETTINGS).await;
    let nginx = Nginx::before(&product).await;
    let token = product.token("ada", &[], None);
    for prefix in PREFIXES {
        let client = nginx.client(prefix, &token);
        let mut stream = open_under(nginx.address, prefix, &token, "event_types=task.*", None).await.unwrap();
        stream.named("snapshot.completed").await;
        let created = client.post("/api/tasks", &json!({"title": "behind nginx"})).await;
        assert_eq!(created.status, 201, "{created:?}");
        let id = created.text("id").to_owned();
        // The client follows it as it is.
        assert_eq!(created.header("location"), format!("{prefix}/api/tasks/{id}"));
        let followed = Client::new(&format!("http://{}", nginx.address), Some(&token));
        assert_eq!(followed.get(created.header("location")).await.text("id"), id);
        assert_eq!(stream.named("task.created").await.data()["task"]["id"], *id);

        let path = format!("/api/tasks/{id}");
        let read = client.get(&path).await;
        assert_eq!((read.status.as_u16(), read.header("etag")), (200, "W/\"1\""), "{read:?}");
        assert_eq!(uncompressed(&read)["title"], "behind nginx");
        let unchanged = client.with("if-none-match", read.header("etag")).get(&path).await;
        assert_eq!(unchanged.status, 304);
        let changed = client.with("if-match", "\"1\"").patch(&path, &json!({"title": "changed"})).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(stream.named("task.updated").await.data()["task"]["title"], "changed");
        let listed = uncompressed(&client.get("/api/tasks").await);
        assert_eq!(listed["items"][0]["title"], "changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_goes_by_the_tag_that_it_has_made_weak() {
    let product = Product::start_with(Backend::Sqlite, &SETTINGS).await;
    let nginx = Nginx::before(&product).await;
    let client = nginx.client("", &product.token("ada", &[], None));
    let created = client.post("/api/tasks", &json!({"title": "behind nginx"})).await;
    let path = format!("/api/tasks/{}", created.text("id"));
    let tag = client.get(&path).await.header("etag").to_owned();
    assert_eq!(tag, "W/\"1\"");
    let changed = client.with("if-match", &tag).patch(&path, &json!({"title": "changed"})).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let late = client.with("if-match", &tag).patch(&path, &json!({"title": "late"})).await;
    assert_eq!(late.status, 412, "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_gateway_writes_of_its_url_is_what_the_client_sees() {
    let product = Product::start_with(Backend::Sqlite, &SETTINGS).await;
    let nginx = Nginx::before(&product).await;
    let token = product.token("ada", &[], None);
    for prefix in PREFIXES {
        let client = Client::new(&format!("http://{}{prefix}", nginx.address), Some(&token));
        let url = format!("http://{}{prefix}", nginx.address);
        let described = client.get("/api/openapi.json").await.json;
        assert_eq!(described["servers"][0]["url"], json!(url));
        let server = client.get("/api/asyncapi.json").await.json["servers"]["gateway"].clone();
        assert_eq!(
            (&server["host"], &server["protocol"]),
            (&json!(nginx.address.to_string()), &json!("http"))
        );
        assert_eq!(server["pathname"].as_str().unwrap_or_default(), prefix);
        let begun = client.post("/api/session", &json!({})).await;
        assert_eq!(begun.status, 204, "{begun:?}");
        let cookie = begun.header("set-cookie");
        assert!(cookie.contains(&format!("; Path={prefix}/api;")) && !cookie.contains("Secure"), "{cookie}");
        for (path, link) in
            [("/tasks", "/page/main.js"), ("/workers/x", "/page/page.css"), ("/api/docs", "/docs/main.js")]
        {
            let page = client.get(path).await;
            assert!(page.plain().contains(&format!("=\"{prefix}{link}\"")), "{path}: {}", page.plain());
            let asset = Client::new(&format!("http://{}", nginx.address), None);
            assert_eq!(asset.get(&format!("{prefix}{link}")).await.status, 200);
            let again = client.with("if-none-match", page.header("etag")).get(path).await;
            assert_eq!(again.status, 304, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_a_connection_that_it_has_kept_for_a_while_is_made() {
    let product = Product::start_with(Backend::Sqlite, &SETTINGS).await;
    let nginx = Nginx::before(&product).await;
    let client = nginx.client("/kept", &product.token("ada", &[], None));
    // nginx does not send a change again, and answers 502 if its connection has ended.
    for pause in [300, 450, 490, 500, 510, 550, 700, 1_500] {
        let answer = client.post("/api/tasks", &json!({"title": "kept"})).await;
        assert_eq!(answer.status, 201, "before {pause} ms: {answer:?}");
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}
