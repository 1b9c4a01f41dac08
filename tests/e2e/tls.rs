//! TLS: one trace through it, who is refused and what the log says, certificates that are renewed.

use std::path::Path;
use std::process::Stdio;

use access::Role;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;

use crate::harness::{Authority, Backend, DEADLINE, Process, Product, Settings, eventually, picture};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const OUTSIDE: &str = "00f067aa0ba902b7";

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// gRPC over TLS, with certificates of `authority`.
fn encrypted(directory: &Path, authority: &Authority) -> Settings {
    let (ca, own) = (authority.write(directory, "ca.pem"), authority.issue(directory, "service"));
    Settings {
        tls: true,
        of_services: pairs(&[("CCM_TLS_CERT", &own.certificate), ("CCM_TLS_KEY", &own.key)]),
        of_clients: pairs(&[("CCM_GRPC_CA", &ca)]),
        ..Settings::default()
    }
}

/// The same, and services ask their clients for a certificate.
fn mutual(directory: &Path, authority: &Authority) -> Settings {
    let mut settings = encrypted(directory, authority);
    let own = authority.issue(directory, "client");
    let ca = directory.join("ca.pem").display().to_string();
    settings.of_services.extend(pairs(&[("CCM_TLS_CLIENT_CA", &ca)]));
    let client = [("CCM_GRPC_CLIENT_CERT", own.certificate.as_str()), ("CCM_GRPC_CLIENT_KEY", &own.key)];
    settings.of_clients.extend(pairs(&client));
    settings
}

/// Asks a gateway over HTTPS, as a caller who traces too.
async fn curl(product: &Product, path: &str, body: &Value, more: &[&str]) -> (String, Value) {
    let token = product.token("ada", &[Role::Admin], None);
    let output = tokio::process::Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "30", "--user-agent", "test"])
        .args(["--write-out", "\n%{http_version} %{http_code}", "--cacert"])
        .arg(product.directory.path().join("ca.pem"))
        .args(["--header", &format!("authorization: Bearer {token}"), "--json", &body.to_string()])
        .args(more)
        .arg(format!("https://{}{path}", product.gateway_address))
        .stdin(Stdio::null())
        .output();
    let output = output.await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap_or_default();
    let complaint = String::from_utf8_lossy(&output.stderr);
    (format!("{status}{complaint}"), serde_json::from_str(body).unwrap_or_default())
}

/// One create through all three processes, over TLS, looks as it does without.
async fn expect_the_usual_picture(directory: TempDir, mut settings: Settings) {
    let of_gateway =
        settings.of_services.iter().filter(|(name, _)| name != "CCM_TLS_CLIENT_CA").cloned().collect();
    settings.of_gateway = of_gateway;
    let mut product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let worker = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    let (status, worker) = curl(&product, "/api/workers", &worker, &["--http2"]).await;
    assert_eq!(status, "2 201", "{worker}");
    let task = json!({"title": "Test Task", "worker_id": worker["id"]});
    let traceparent = format!("traceparent: 00-{TRACE}-{OUTSIDE}-01");
    let (status, task) = curl(&product, "/api/tasks", &task, &["--http1.1", "--header", &traceparent]).await;
    assert_eq!(status, "1.1 201", "{task}");
    product.stop().await;
    let drawn = picture(&product.collector.trace(TRACE), Some(OUTSIDE));
    let plain = include_str!("pictures/create_task_with_worker.txt");
    let expected = plain.replace("url.scheme=\"http\"\n", "url.scheme=\"https\"\n");
    assert!(drawn == expected, "the trace is\n{drawn}\nand not\n{expected}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_through_tls_is_the_one_without() {
    let directory = tempfile::tempdir().unwrap();
    let settings = encrypted(directory.path(), &Authority::new("ours"));
    expect_the_usual_picture(directory, settings).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_through_mutual_tls_is_the_one_without() {
    let directory = tempfile::tempdir().unwrap();
    let settings = mutual(directory.path(), &Authority::new("ours"));
    expect_the_usual_picture(directory, settings).await;
}

/// The first line of a process with this message.
async fn logged(process: &Process, message: &str) -> Value {
    eventually(message, || async { process.lines().logged().into_iter().find(|it| it["message"] == message) })
        .await
}

const REFUSED: &str = "rejected a client: the TLS handshake failed";
const UNREACHABLE: &str = "a replica is unreachable";

/// A product whose gateway differs; it is answered 503, for a read and for a write.
async fn with_another_gateway(directory: TempDir, settings: Settings) -> Product {
    let product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let read = product.user("ada").get("/api/tasks").await;
    let write = product.user("ada").post("/api/tasks", &json!({"title": "t"})).await;
    for answer in [read, write] {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.text("detail").contains("task-service"), "{answer:?}");
    }
    product
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_certificate_is_refused_and_the_log_says_who_and_why() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = mutual(directory.path(), &Authority::new("ours"));
    let wrong = Authority::new("theirs").issue(directory.path(), "stranger");
    settings.of_gateway =
        pairs(&[("CCM_GRPC_CLIENT_CERT", &wrong.certificate), ("CCM_GRPC_CLIENT_KEY", &wrong.key)]);
    let product = with_another_gateway(directory, settings).await;
    let line = logged(&product.tasks, REFUSED).await;
    assert_eq!(line["level"], "WARN");
    assert!(line["client"].as_str().unwrap().starts_with("127.0.0.1:"), "{line}");
    assert!(line["why"].as_str().unwrap().contains("UnknownIssuer"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_a_certificate_is_refused_when_one_is_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = mutual(directory.path(), &Authority::new("ours"));
    settings.of_clients.retain(|(name, _)| name == "CCM_GRPC_CA");
    let product = with_another_gateway(directory, settings).await;
    let line = logged(&product.tasks, REFUSED).await;
    assert!(line["why"].as_str().unwrap().contains("no certificates"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_an_unknown_ca_is_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = encrypted(directory.path(), &Authority::new("ours"));
    let theirs = Authority::new("theirs").write(directory.path(), "theirs.pem");
    settings.of_gateway = pairs(&[("CCM_GRPC_CA", &theirs)]);
    let product = with_another_gateway(directory, settings).await;
    let line = logged(&product.gateway, UNREACHABLE).await;
    assert!(line["why"].as_str().unwrap().contains("UnknownIssuer"), "{line}");
    // The gateway reads the logs of both services, and either may be the first that it cannot reach.
    assert!(["task-service", "worker-service"].contains(&line["peer"].as_str().unwrap()), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_whose_certificate_has_expired_is_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours");
    let settings = encrypted(directory.path(), &authority);
    authority.issue_until(directory.path(), "service", 2001);
    let product = with_another_gateway(directory, settings).await;
    let line = logged(&product.gateway, UNREACHABLE).await;
    assert!(line["why"].as_str().unwrap().contains("expired"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_renewed_under_load_and_no_request_fails() {
    const AGAIN: &str = "reloaded the changed TLS files";
    const BROKEN: &str = "the changed TLS files are invalid; the previous ones stay in use";
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let mut settings = encrypted(directory.path(), &old);
    settings.of_services.extend(pairs(&[("CCM_MAX_CONNECTION_AGE", "100ms")]));
    let product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let count = |process: &Process, message: &str| {
        process.lines().logged().iter().filter(|it| it["message"] == message).count()
    };
    let services = [&product.tasks, &product.workers];
    let user = product.user("ada");
    let load = tokio::spawn(async move {
        for number in 0.. {
            let read = user.get("/api/workers").await;
            assert_eq!(read.status, 200, "{number}: {read:?}");
            let written = user.post("/api/tasks", &json!({"title": "t"})).await;
            assert_eq!(written.status, 201, "{number}: {written:?}");
        }
    });
    let files = product.directory.path();
    // Clients believe both, services change, clients believe the new one only: each step is seen before the next.
    std::fs::write(files.join("ca.pem"), format!("{}{}", old.pem, new.pem)).unwrap();
    logged(&product.gateway, AGAIN).await;
    std::fs::write(files.join("service.pem"), "no certificate").unwrap();
    for service in services {
        logged(service, BROKEN).await;
    }
    new.issue(files, "service");
    for service in services {
        logged(service, AGAIN).await;
        assert_eq!(count(service, BROKEN), 1);
    }
    new.write(files, "ca.pem");
    eventually("clients believe the new one only", || async {
        (count(&product.gateway, AGAIN) == 2).then_some(())
    })
    .await;
    // Connections that begin now are of the new certificates.
    let answered = || count(&product.tasks, "call");
    let before = answered();
    eventually("requests go on", || async { (answered() > before + 20).then_some(()) }).await;
    assert!(!load.is_finished(), "{:?}", load.await);
    load.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stalls_in_the_handshake_is_cut() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = encrypted(directory.path(), &Authority::new("ours"));
    settings.of_gateway = settings.of_services.clone();
    settings.of_gateway.extend(pairs(&[("CCM_HEADER_TIMEOUT", "300ms")]));
    let product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let mut stream = tokio::net::TcpStream::connect(product.gateway_address).await.unwrap();
    let read = tokio::time::timeout(DEADLINE / 3, stream.read(&mut [0; 16])).await;
    assert_eq!(read.expect("it is cut").unwrap_or(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_that_cannot_be_had_is_one_sentence_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new("ours");
    let (one, other) = (authority.issue(directory.path(), "one"), authority.issue(directory.path(), "other"));
    let cases = [
        (vec![("CCM_TLS_CERT", "/nowhere.pem"), ("CCM_TLS_KEY", &one.key)], "/nowhere.pem cannot be read"),
        (vec![("CCM_TLS_CERT", &one.key), ("CCM_TLS_KEY", &one.key)], "contains no certificate"),
        (vec![("CCM_TLS_CERT", &one.certificate), ("CCM_TLS_KEY", &other.key)], "cannot be used"),
        (vec![("CCM_TLS_CERT", &one.certificate)], "--tls-key"),
        (vec![("CCM_WORKER_SERVICE", "https://127.0.0.1:1")], "https needs a CA"),
    ];
    for (settings, told) in cases {
        let database = directory.path().join("tasks.db").display().to_string();
        let mut environment = pairs(&settings);
        environment.push(("CCM_TASK_DATABASE".to_owned(), format!("sqlite:{database}")));
        access::local::LocalIssuer::open_or_create(directory.path()).unwrap();
        let keys = access::local::public_keys_path(directory.path()).display().to_string();
        environment.push(("CCM_LOCAL_KEYS".to_owned(), keys));
        let mut process = Process::spawn(&["task-service", "--listen", "127.0.0.1:0"], &environment);
        let code = if told == "--tls-key" { 2 } else { 1 };
        assert_eq!(process.ended().await.code(), Some(code), "{settings:?}");
        let sentence =
            process.printed("a sentence", |line| line.strip_prefix("ccm: ").map(ToOwned::to_owned)).await;
        assert!(sentence.contains(told), "{sentence}");
    }
}
