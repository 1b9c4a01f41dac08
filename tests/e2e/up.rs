//! `ccm up`: how it greets, how it refuses, how it ends.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::{Client, Collector, DEADLINE, Process, eventually, signal};

const ROLES: [&str; 3] = ["worker-service", "task-service", "gateway"];
const FREE_PORTS: [&str; 6] =
    ["--gateway-listen", "127.0.0.1:0", "--task-listen", "127.0.0.1:0", "--worker-listen", "127.0.0.1:0"];

fn up(data: &Path, environment: &[(String, String)]) -> Process {
    let data = data.display().to_string();
    Process::spawn(&[["up", "--data-dir", &data].as_slice(), &FREE_PORTS].concat(), environment)
}

/// Nobody listens there, so that `up` keeps the traces itself even on a machine with a collector.
fn traced_to(collector: &Collector) -> Vec<(String, String)> {
    vec![("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), collector.endpoint.clone())]
}

async fn token(process: &Process) -> String {
    process.printed("a token", |line| Some(line.split_once("export TOKEN=")?.1.to_owned())).await
}

/// Runs a `ccm` that ends by itself; answers its exit code and what it printed.
async fn ccm(arguments: &[&str]) -> (Option<i32>, String) {
    let mut process = Process::spawn(arguments, &[]);
    let status = process.ended().await;
    // Its output may come after its end.
    tokio::time::sleep(Duration::from_millis(50)).await;
    (status.code(), process.lines().all().join("\n"))
}

/// One sentence and exit code 1.
async fn expect_refusal(process: Process, sentence: &str) {
    expect_end(process, 1, sentence, None).await;
}

/// One sentence, the hint if one is named, and this exit code.
async fn expect_end(mut process: Process, code: i32, sentence: &str, hint: Option<&str>) {
    let status = process.ended().await;
    assert_eq!(status.code(), Some(code));
    let lines = process.lines().all();
    assert!(lines[0].starts_with("ccm: ") && lines[0].contains(sentence), "{lines:#?}");
    let hint: Vec<String> = hint.into_iter().map(|it| format!("ccm: hint: {it}")).collect();
    assert_eq!(lines[1..], hint);
}

fn children(process: &Process) -> Vec<u32> {
    let id = process.id();
    let text = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    text.split_whitespace().map(|it| it.parse().unwrap()).collect()
}

/// Whether a process has ended; one that nobody has asked for its exit status has.
fn has_ended(id: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else { return true };
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}

async fn expect_gone(children: &[u32], addresses: &[SocketAddr]) {
    eventually("no process is left", || async { children.iter().all(|it| has_ended(*it)).then_some(()) })
        .await;
    for address in addresses {
        assert!(TcpStream::connect(address).await.is_err(), "something listens at {address}");
    }
}

async fn addresses(process: &Process) -> Vec<SocketAddr> {
    let mut found = Vec::new();
    for role in ROLES {
        found.push(process.listening(role).await);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn it_greets_with_all_that_a_newcomer_needs_and_shows_the_trace_of_a_request() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut process = up(&data, &[]);
    let token = token(&process).await;
    let gateway = process.listening("gateway").await;
    let greeting = process.lines().all();
    assert!(greeting[0].starts_with("Cml Cloud Manager is up"), "{greeting:#?}");
    let greeting = greeting[..12].join("\n");
    for part in [&format!("http://localhost:{}/api/tasks", gateway.port()), "curl -X POST", "ccm trace last"]
    {
        assert!(greeting.contains(part), "{part} in {greeting}");
    }
    let client = Client::new(&format!("http://{gateway}"), Some(&token));
    let created = client.post("/api/tasks", &json!({"title": "Test Task", "priority": "high"})).await;
    assert_eq!(created.status, 201);
    let shown = data.display().to_string();
    let id = created.header("x-trace-id");
    // On a busy machine, the spans of a service come later than `ccm trace` waits for them.
    let text = eventually("the trace has the spans of both services", async || {
        let (code, text) = ccm(&["trace", "last", "--data-dir", &shown]).await;
        (code == Some(0) && text.contains("task-service") && text.contains("INSERT tasks")).then_some(text)
    })
    .await;
    assert!(text.starts_with(&format!("{id}  POST /api/tasks  201")), "{text}");
    let (code, same) = ccm(&["trace", id, "--data-dir", &shown]).await;
    assert_eq!((code, &same), (Some(0), &text));
    assert!(!text.contains('¶'), "{text}");
    let (code, text) = ccm(&["trace", id, "--logs", "--data-dir", &shown]).await;
    let below = |service: &str, span: &str| {
        let lines = text.lines().skip_while(|it| !(it.starts_with(service) && it.contains(span))).skip(1);
        lines.take_while(|it| it.contains('¶')).collect::<Vec<_>>().join("\n")
    };
    let (request, call) =
        (below("gateway ", "POST /api/tasks"), below("task-service ", "TaskService/CreateTask"));
    assert!(code == Some(0) && request.contains("request") && request.contains("sub=local"), "{text}");
    assert!(call.contains("call") && call.contains("event_type=task.created"), "{text}");
    let task = created.text("id");
    let (code, text) = ccm(&["trace", task, "--data-dir", &shown]).await;
    assert!(code == Some(0) && text.starts_with(&format!("task {task}  ")) && text.contains(id), "{text}");
    let (code, text) = ccm(&["trace", "00000000000000000000000000000001", "--data-dir", &shown]).await;
    assert!(code == Some(1) && text.contains("00000000000000000000000000000001"), "{text}");
    process.signal("TERM");
    assert!(process.ended().await.success());
    let (code, text) = ccm(&["trace", "last", "--data-dir", &shown]).await;
    assert!(code == Some(1) && text.contains("no `ccm up` is running"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_created_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut process = up(directory.path(), &[]);
    let token = token(&process).await;
    let client = Client::new(&format!("http://{}", process.listening("gateway").await), Some(&token));
    let created = client.post("/api/tasks", &json!({"title": "kept"})).await;
    let children = children(&process);
    process.kill().await;
    expect_gone(&children, &[]).await;
    let process = up(directory.path(), &[]);
    let client = Client::new(&format!("http://{}", process.listening("gateway").await), Some(&token));
    assert_eq!(client.get(created.header("location")).await.json, created.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_collector_it_says_where_the_traces_are() {
    let (directory, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
    let process = up(directory.path(), &traced_to(&collector));
    let token = token(&process).await;
    let data = directory.path().display().to_string();
    let (code, text) = ccm(&["trace", "last", "--data-dir", &data]).await;
    assert!(code == Some(0) && text.contains(&collector.endpoint), "{text}");
    // The log lines are still here.
    let gateway = format!("http://{}", process.listening("gateway").await);
    let read = Client::new(&gateway, Some(&token)).get("/api/tasks").await;
    let id = read.header("x-trace-id");
    let text = eventually("the line of the request", || async {
        let (_, text) = ccm(&["trace", id, "--logs", "--data-dir", &data]).await;
        text.contains("request").then_some(text)
    })
    .await;
    assert!(text.contains(&collector.endpoint) && text.contains("route=/api/tasks"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_one_sentence() {
    let (directory, taken) = (tempfile::tempdir().unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let (data, address) = (directory.path().display().to_string(), taken.local_addr().unwrap().to_string());
    for flag in ["--gateway-listen", "--task-listen", "--worker-listen"] {
        let others = FREE_PORTS.chunks(2).filter(|it| it[0] != flag).flatten().copied();
        let arguments: Vec<&str> =
            ["up", "--data-dir", &data, flag, &address].into_iter().chain(others).collect();
        expect_refusal(Process::spawn(&arguments, &[]), &format!("{address} is already in use")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_that_cannot_be_used_is_one_sentence() {
    let file = tempfile::NamedTempFile::new().unwrap();
    expect_refusal(up(file.path(), &[]), "data directory").await;
    expect_refusal(up(Path::new("/proc/ccm"), &[]), "data directory /proc/ccm").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_on_the_same_data_is_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let first = up(directory.path(), &[]);
    token(&first).await;
    let (sentence, hint) = (
        format!("another `ccm up` (process {})", first.id()),
        "`ccm login` prints a link to it; otherwise stop it, or name another directory by --data-dir",
    );
    expect_end(up(directory.path(), &[]), 1, &sentence, Some(hint)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_does_not_parse_is_one_sentence_with_a_hint_and_nothing_is_started() {
    let directory = tempfile::tempdir().unwrap();
    let set = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let never = |directory: &TempDir, environment| up(&directory.path().join("never"), environment);
    let hint = |command| format!("`ccm {command} --help` explains the options");
    let (of_up, of_gateway) = (hint("up"), hint("gateway"));
    let listen = Process::spawn(&["up", "--gateway-listen", "nonsense"], &[]);
    expect_end(listen, 2, "invalid value 'nonsense' for '--gateway-listen", Some(&of_up)).await;
    let variable = Process::spawn(&["gateway"], &set("CCM_REQUEST_TIMEOUT", "10"));
    expect_end(variable, 2, "invalid value '10' for '--request-timeout", Some(&of_gateway)).await;
    let unknown = Process::spawn(&["up", "--colour", "red"], &[]);
    expect_end(unknown, 2, "unexpected argument '--colour'", Some(&of_up)).await;
    let inherited = never(&directory, &set("CCM_REQUEST_TIMEOUT", "10"));
    expect_end(inherited, 2, "invalid value '10' for '--request-timeout", Some(&of_gateway)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_whose_database_cannot_be_opened_says_so_and_ends() {
    let directory = tempfile::tempdir().unwrap();
    access::local::LocalIssuer::open_or_create(directory.path()).unwrap();
    let keys = access::local::public_keys_path(directory.path()).display().to_string();
    let arguments =
        ["task-service", "--local-keys", &keys, "--listen", "127.0.0.1:0", "--database", "mysql://host/db"];
    let (code, text) = ccm(&arguments).await;
    assert!(code == Some(1) && text.contains("ccm: \"mysql://host/db\" is not a database URL"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_it_finishes_what_is_in_flight_and_sends_the_last_spans() {
    for signal in ["INT", "TERM"] {
        let (directory, collector) = (tempfile::tempdir().unwrap(), Collector::start().await);
        let mut process = up(directory.path(), &traced_to(&collector));
        let token = token(&process).await;
        let (addresses, children) = (addresses(&process).await, children(&process));
        let body = r#"{"title": "in flight"}"#;
        let head = format!(
            "POST /api/tasks HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(addresses[2]).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        // The gateway has taken the request when it answers another one that came later.
        let anonymous = Client::new(&format!("http://{}", addresses[2]), None);
        assert_eq!(anonymous.get("/livez").await.status, 200);
        process.signal(signal);
        process.printed("the gateway shuts down", |it| it.contains("shutting down").then_some(())).await;
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(DEADLINE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert!(process.ended().await.success());
        expect_gone(&children, &addresses).await;
        let spans = collector.spans();
        for name in ["POST /api/tasks", "ccm.task.v1.TaskService/CreateTask", "INSERT tasks", "COMMIT"] {
            assert!(spans.iter().any(|it| it.name == name), "{name} was not sent");
        }
        let stopping: Vec<String> = process
            .lines()
            .logged()
            .iter()
            .filter(|it| it["message"] == "shutting down")
            .map(|it| it["service"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(stopping, ["gateway", "task-service", "worker-service"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_dies_takes_the_rest_down_and_its_name_is_said() {
    for dead in ROLES {
        let directory = tempfile::tempdir().unwrap();
        let mut process = up(directory.path(), &[]);
        token(&process).await;
        let (addresses, children) = (addresses(&process).await, children(&process));
        let role_of = |id: &u32| std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap();
        let victim = children.iter().find(|it| role_of(it).contains(dead)).unwrap();
        signal("KILL", *victim);
        assert_eq!(process.ended().await.code(), Some(1));
        expect_gone(&children, &addresses).await;
        let reason = format!("ccm: {dead} ended: signal: 9");
        process.printed("the reason", |it| it.starts_with(&reason).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_it_leaves_no_process_and_no_listener() {
    let directory = tempfile::tempdir().unwrap();
    let mut process = up(directory.path(), &[]);
    token(&process).await;
    let (addresses, children) = (addresses(&process).await, children(&process));
    assert_eq!(children.len(), 3);
    process.kill().await;
    expect_gone(&children, &addresses).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_while_it_starts_it_leaves_nothing_behind() {
    for role in ["lock", "workers.db", "tasks.db"] {
        let directory = tempfile::tempdir().unwrap();
        let mut process = up(directory.path(), &[]);
        // As soon as it has got that far.
        eventually("it starts", || async { directory.path().join(role).exists().then_some(()) }).await;
        let children = children(&process);
        process.signal("TERM");
        process.ended().await;
        expect_gone(&children, &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_up_whatever_the_log_filter_says() {
    let directory = tempfile::tempdir().unwrap();
    let mut process = up(directory.path(), &[("RUST_LOG".to_owned(), "error".to_owned())]);
    token(&process).await;
    process.signal("TERM");
    assert!(process.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_when_told_though_nobody_reads_what_it_prints() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let directory = tempfile::tempdir().unwrap();
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_ccm"))
        .args(["up", "--data-dir", &directory.path().display().to_string()])
        .args(FREE_PORTS)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let api = loop {
        let line = lines.next_line().await.unwrap().expect("a banner");
        if let Some((_, url)) = line.split_once("API     ") {
            break url.trim_end_matches("/api/tasks").to_owned();
        }
    };
    // More than a pipe holds, and nobody reads on.
    let client = Client::new(&api, None);
    for _ in 0..600 {
        assert_eq!(client.get("/livez").await.status, 200);
    }
    signal("TERM", child.id().unwrap());
    let ended = tokio::time::timeout(DEADLINE, child.wait()).await.expect("it ends").unwrap();
    assert!(ended.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_issuer_up_prints_no_token_and_the_local_key_is_worth_nothing() {
    let (data, collector) = (TempDir::new().unwrap(), Collector::start().await);
    let before = access::local::LocalIssuer::open_or_create(data.path()).unwrap();
    // Nobody listens there: the product comes up all the same.
    let issuer = ("CCM_OIDC_ISSUER".to_owned(), "http://127.0.0.1:9".to_owned());
    let mut process = up(data.path(), &[traced_to(&collector), vec![issuer.clone()]].concat());
    process.printed("the issuer", |line| line.contains("from http://127.0.0.1:9").then_some(())).await;
    let gateway = process.listening("gateway").await;
    let claims = access::local::TokenClaims {
        sub: "root".to_owned(),
        roles: vec![access::Role::Admin],
        department: None,
        lifetime: Duration::from_mins(1),
    };
    let local = before.issue(&claims, &platform::clock::Clock::system()).unwrap();
    let answer = Client::new(&format!("http://{gateway}"), Some(&local)).get("/api/me").await;
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(!process.lines().all().iter().any(|it| it.contains("export TOKEN")));
    let data = data.path().display().to_string();
    let token = Process::spawn(&["token", "--data-dir", &data], &[issuer]);
    expect_refusal(token, "CCM_OIDC_ISSUER is set to http://127.0.0.1:9").await;
    process.signal("INT");
    assert!(process.ended().await.success());
}
