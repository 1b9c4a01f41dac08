//! `ccm demo`: the story beside `ccm up` and on PostgreSQL, compared with a picture, and everything that it says to look at; and an
//! end before its time.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Backend, Client, DEADLINE, Process, Product, eventually};
use crate::readme::masked;

const PICTURE: &str = include_str!("pictures/demo.txt");

fn demo(gateway: &str, data: &Path) -> Process {
    let data = data.display().to_string();
    Process::spawn(&["demo", "--pause", "0s", "--gateway", gateway, "--data-dir", &data], &[])
}

fn url(product: &Product) -> String {
    format!("http://{}", product.gateway_address)
}

/// Fails unless every worker is terminated; returns their number.
async fn terminated(admin: &Client) -> usize {
    let workers = admin.get("/api/workers").await.json;
    let workers = workers["items"].as_array().unwrap();
    let is_terminated = |it: &Value| it["status"] == "terminated";
    assert!(workers.iter().all(is_terminated), "{workers:?}");
    workers.len()
}

/// What was printed, without what differs between two runs.
fn told(lines: &[String], gateway: &str) -> String {
    let tag =
        lines.iter().find_map(|it| it.split_once("demo=")).map(|it| it.1.trim_end_matches('.').to_owned());
    let tag = format!("demo={}", tag.unwrap());
    let port = format!(":{}/", gateway.rsplit(':').next().unwrap());
    let lines = lines
        .iter()
        .map(|it| masked(&it.replace(&tag, "demo=…").replace(&port, ":8000/").replace('/', " / ")));
    let lines: Vec<String> = lines.map(|it| it.replace(" / ", "/").replace("http:// ", "http://")).collect();
    format!("{}\n", lines.join("\n"))
}

/// What the lines say to look at, in words: addresses and commands.
fn to_look_at(lines: &[String]) -> Vec<&str> {
    let named = lines.iter().map(|it| it.trim_start().trim_start_matches("Look at").trim_start());
    named.filter(|it| ["http://", "ccm ", "for "].iter().any(|start| it.starts_with(start))).collect()
}

/// Fails unless a command that was printed does what it is printed for.
async fn run(line: &str, gateway: &str, data: &Path) {
    let folder = Path::new(env!("CARGO_BIN_EXE_ccm")).parent().unwrap();
    let mut shell = tokio::process::Command::new("bash");
    shell.args(["-e", "-o", "pipefail", "-c", r#"PATH=$0:$PATH; eval "$1""#]).arg(folder).arg(line);
    shell.stdin(Stdio::null()).kill_on_drop(true);
    shell.env("CCM_GATEWAY", gateway).env("CCM_DATA_DIR", data).env_remove("CCM_TOKEN");
    let output = tokio::time::timeout(DEADLINE, shell.output()).await.expect("it ends").unwrap();
    let printed = [output.stdout, output.stderr].concat();
    assert!(output.status.success() && !printed.is_empty(), "{line}: {}", String::from_utf8_lossy(&printed));
}

/// Fails unless a browser that has this session sees something at an address of the page.
async fn open(session: &Client, path: &str) {
    let page = session.get(path).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "text/html; charset=utf-8"),
        "{path}"
    );
    // What the page loads to show it.
    eventually(&format!("there is something at {path}"), async || {
        let shown = session.get(&format!("/api{path}")).await;
        let items = ["items", "traces"].into_iter().find_map(|it| shown.json[it].as_array());
        let is_there = shown.status == 200 && items.is_none_or(|it| !it.is_empty());
        is_there.then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_ccm_up_every_link_and_command_of_the_story_leads_to_what_it_names() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().display().to_string();
    let ports = ["--gateway-listen", "--task-listen", "--worker-listen"].map(|it| [it, "127.0.0.1:0"]);
    let up = Process::spawn(&[["up", "--data-dir", &data].as_slice(), ports.as_flattened()].concat(), &[]);
    let gateway = format!("http://{}", up.listening("gateway").await);
    let code = up.printed("the first line", |it| Some(it.split_once("code=")?.1.to_owned())).await;
    let page = Client::new(&gateway, None).with("sec-fetch-site", "same-origin");
    let cookie = page.post("/api/session/code", &json!({"code": code.trim()})).await;
    let session = page.with("cookie", cookie.header("set-cookie").split(';').next().unwrap());

    let mut demo = demo(&gateway, directory.path());
    // Half a minute of it is the time after which a machine counts as lost.
    let ended = demo.ended_within(DEADLINE * 4).await;
    let lines = demo.lines().all();
    assert!(ended.success(), "{lines:?}");
    assert_eq!(told(&lines, &gateway), PICTURE);
    assert_eq!(terminated(&session).await, 6);
    let origin = gateway.replace("127.0.0.1", "localhost");
    // The last one deletes the workers.
    for it in to_look_at(&lines) {
        match it.strip_prefix(&origin) {
            Some(path) => open(&session, path).await,
            None => run(it, &gateway, directory.path()).await,
        }
    }
    assert_eq!(terminated(&session).await, 0, "they are deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_the_story_is_the_same_with_links_to_where_the_spans_are() {
    let trace_url = ("CCM_TRACE_URL", "http://tempo.example/traces/{trace_id}");
    let product = Product::start_with(Backend::Postgres, &[trace_url]).await;
    let gateway = url(&product);
    let mut demo = demo(&gateway, product.directory.path());
    let ended = demo.ended_within(DEADLINE * 4).await;
    let lines = demo.lines().all();
    assert!(ended.success(), "{lines:?}");
    let elsewhere = PICTURE.replace("localhost:8000/traces/", "tempo.example/traces/");
    // The command shows what `ccm up` keeps.
    let expected: Vec<&str> = elsewhere.lines().filter(|it| !it.starts_with("ccm trace ")).collect();
    assert_eq!(told(&lines, &gateway), format!("{}\n", expected.join("\n")));
    assert_eq!(terminated(&product.admin()).await, 6);
    let traces =
        to_look_at(&lines).into_iter().filter_map(|it| it.strip_prefix("http://tempo.example/traces/"));
    for trace in traces {
        eventually(&format!("the spans of {trace}"), async || {
            let spans = product.collector.trace(trace);
            spans.iter().any(|it| it.service == "gateway").then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_that_is_interrupted_leaves_no_machine() {
    let product = Product::start().await;
    let gateway = url(&product);
    let mut demo = demo(&gateway, product.directory.path());
    // Nobody keeps the traces where the command could show them.
    let trace = |it: &str| it.ends_with(", where the processes send their spans").then_some(());
    demo.printed("the end of a step", trace).await;
    demo.signal("INT");
    // A machine that does not show any more counts as lost after half a minute.
    assert_eq!(demo.ended_within(DEADLINE * 3).await.code(), Some(1));
    assert_eq!(terminated(&product.admin()).await, 4);
    let said = demo.lines().all();
    assert!(said.iter().any(|it| it == "ccm: the story was interrupted"), "{said:?}");
    let user = product.token("ada", &[access::Role::User], None);
    let mut refused = Process::spawn(&["demo", "--gateway", &gateway, "--token", &user], &[]);
    assert_eq!(refused.ended().await.code(), Some(4));
    assert!(refused.lines().all().iter().any(|it| it.contains("needs the role admin")));
}
