//! Clients that do not read fast enough: they are cut, go on where they were, and delay nobody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use platform::clock::{Clock, Micros};
use serde_json::{Value, json};
use telemetry::otlp::{AttributeValue, Span};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::{product, snapshot, task, titles};
use crate::harness::{DEADLINE, Product, eventually};

const CLIENTS: usize = 500;
/// More than a connection holds.
const LARGE_TASKS: usize = 30;

/// Opens a stream of Ada's by HTTP/1.0, whose body has no chunks, with a small buffer.
async fn open(product: &Product, query: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(product.gateway_address).await.unwrap();
    let token = product.token_of("ada");
    let request = format!(
        "GET /api/events/stream?{query} HTTP/1.0\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Reads so many bytes a second until the other end has closed the connection.
async fn trickle(mut stream: TcpStream, bytes: usize, is_cut: Arc<AtomicBool>) -> Vec<u8> {
    let (mut read, mut piece) = (Vec::new(), vec![0; bytes]);
    while !is_cut.load(Ordering::SeqCst) {
        let count = stream.read(&mut piece).await.unwrap_or_default();
        read.extend(&piece[..count]);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    rest(stream, read).await
}

/// Reads what is left after the connection was cut.
async fn rest(mut stream: TcpStream, mut read: Vec<u8>) -> Vec<u8> {
    let mut chunk = vec![0; 64 * 1024];
    let ending = async {
        loop {
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return,
                Ok(count) => read.extend(&chunk[..count]),
            }
        }
    };
    tokio::time::timeout(DEADLINE, ending).await.expect("the connection is cut");
    read
}

/// The titles of the tasks that are told whole, the last id, and what the end was called, if it was told.
fn told(read: &[u8]) -> (Vec<String>, String, Option<Value>) {
    let text = String::from_utf8_lossy(read);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 OK"), "{head}");
    let (mut titles, mut id, mut end) = (Vec::new(), String::new(), None);
    let Some((whole, _)) = body.rsplit_once("\n\n") else { return (titles, id, end) };
    for block in whole.split("\n\n") {
        let fields: BTreeMap<&str, &str> = block.lines().filter_map(|it| it.split_once(": ")).collect();
        if let Some(new) = fields.get("id") {
            (*new).clone_into(&mut id);
        }
        let Some(data) = fields.get("data") else { continue };
        let event: Value = serde_json::from_str(data).unwrap();
        match fields["event"] {
            "task.created" => titles.push(event["data"]["task"]["title"].as_str().unwrap().to_owned()),
            "system.sse.shutdown" => end = Some(event["data"]["reason"].clone()),
            _ => {}
        }
    }
    (titles, id, end)
}

/// The spans of the ends of streams whose clients were slow.
fn cuts(product: &Product) -> Vec<Span> {
    let slow = AttributeValue::Text("slow".to_owned());
    let spans = product.collector.spans().into_iter();
    spans.filter(|it| it.attributes.get("ccm.stream.end") == Some(&slow)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_do_not_read_delay_nobody_are_cut_and_go_on_exactly() {
    let product = product(&[
        ("CCM_WRITE_TIMEOUT", "10s"),
        ("CCM_STREAM_HEARTBEAT", "25s"),
        ("CCM_MAX_STREAMS_PER_CALLER", "1000"),
    ])
    .await;
    let (ada, bob) = (product.user("ada"), product.user("bob"));
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = product.stream("bob", "event_types=task.*").await;
        snapshot(&mut client).await;
        clients.push(client);
    }
    let mut first = product.stream("ada", "event_types=task.*").await;
    snapshot(&mut first).await;
    let begin = first.last_id.clone().unwrap();
    drop(first);
    let query = format!("event_types=task.*&last_event_id={begin}");
    let silent = open(&product, &query).await;
    let is_cut = Arc::<AtomicBool>::default();
    let mut trickling = Vec::new();
    for bytes in [1, 100] {
        let stream = open(&product, &query).await;
        trickling.push(tokio::spawn(trickle(stream, bytes, is_cut.clone())));
    }
    let mut expected = Vec::new();
    for number in 0..LARGE_TASKS {
        let title = format!("large {number}");
        let body = json!({"title": title, "description": "\u{1F980}".repeat(10_000)});
        assert_eq!(ada.post("/api/tasks", &body).await.status, 201);
        expected.push(title);
    }
    task(&bob, "for all").await;
    for client in &mut clients {
        assert_eq!(titles(&[client.event().await]), ["for all"]);
    }
    let all_have_it = Clock::system().now();
    eventually("all three are cut as slow", async || (cuts(&product).len() >= 3).then_some(())).await;
    is_cut.store(true, Ordering::SeqCst);
    let cuts = cuts(&product);
    assert_eq!(cuts.len(), 3, "nobody else was cut");
    let at = |it: &Span| Micros(i64::try_from(it.start / 1_000).unwrap());
    assert!(cuts.iter().all(|it| at(it) > all_have_it), "nobody waited until they were");
    let mut got = vec![rest(silent, Vec::new()).await];
    for client in trickling {
        got.push(client.await.unwrap());
    }
    for read in got {
        let (mut titles, mut id, end) = told(&read);
        assert!(titles.len() < LARGE_TASKS, "it was cut");
        assert!(end.is_none_or(|it| it == "slow"));
        if id.is_empty() {
            id.clone_from(&begin);
        }
        let mut again = product.stream_after("ada", "event_types=task.*", Some(&id)).await;
        while titles.len() < LARGE_TASKS {
            let block = again.event().await;
            titles.extend(block.data()["task"]["title"].as_str().map(ToOwned::to_owned));
        }
        assert_eq!(titles, expected);
    }
}

/// Opens streams of Ada's on one connection of HTTP/2, which takes as much of each as it likes, and reads no more once it has
/// the heads of the answers.
async fn open_over_http2(product: &Product, query: &str, streams: usize) -> JoinHandle<()> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let stream = socket.connect(product.gateway_address).await.unwrap();
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size(1 << 20).initial_connection_window_size(1 << 28);
    let (mut sender, mut connection) = builder.handshake::<_, Bytes>(stream).await.unwrap();
    let (uri, token) =
        (format!("http://{}/api/events/stream?{query}", product.gateway_address), product.token_of("ada"));
    let opening = async {
        let mut answers = Vec::new();
        for _ in 0..streams {
            let request = hyper::Request::get(&uri).header("authorization", format!("Bearer {token}"));
            let (answer, _) = sender.send_request(request.body(()).unwrap(), true).unwrap();
            answers.push(answer.await.unwrap());
        }
        answers
    };
    let answers = tokio::select! {
        biased;
        answers = opening => answers,
        ended = &mut connection => panic!("{ended:?}"),
    };
    assert!(answers.iter().all(|it| it.status() == 200), "{answers:?}");
    tokio::spawn(async move {
        let _kept = (answers, sender, connection);
        std::future::pending::<()>().await;
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_client_of_http2_that_does_not_read_is_bounded() {
    const STREAMS: usize = 16;
    const TASKS: usize = 80;
    /// Of a stream, in the process: what the gateway keeps, and the event that is beyond it.
    const OF_STREAM: i64 = (32 + 8) * 1_024;
    /// Of a connection, in the kernel and on the way there.
    const OF_CONNECTION: i64 = 512 * 1_024;
    let product = product(&[("CCM_WRITE_TIMEOUT", "3s"), ("CCM_MAX_STREAMS_PER_CALLER", "16")]).await;
    let ada = product.user("ada");
    let unread = open_over_http2(&product, "event_types=task.*&since=now", STREAMS).await;
    for number in 0..TASKS {
        let body = json!({"title": format!("large {number}"), "description": "x".repeat(7_000)});
        assert_eq!(ada.post("/api/tasks", &body).await.status, 201);
    }
    let cuts =
        eventually("all are cut as slow", async || Some(cuts(&product)).filter(|it| it.len() == STREAMS))
            .await;
    unread.abort();
    let sent = cuts.iter().map(|it| match it.attributes["ccm.stream.bytes"] {
        AttributeValue::Integer(bytes) => bytes,
        ref other => panic!("{other:?}"),
    });
    let (sent, most) = (sent.sum::<i64>(), OF_STREAM * i64::try_from(STREAMS).unwrap() + OF_CONNECTION);
    assert!(sent < most, "{sent} bytes for clients that read nothing, of {most} at most");
}
