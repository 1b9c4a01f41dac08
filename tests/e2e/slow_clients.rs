//! Clients that take their time: those who make no progress are cut, those who make some are not.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Backend, DEADLINE, Product, eventually};

const HEADER_TIMEOUT: (&str, &str) = ("CCM_HEADER_TIMEOUT", "1s");
const IDLE_TIMEOUT: (&str, &str) = ("CCM_IDLE_TIMEOUT", "1s");

/// Reads until the gateway cuts the connection.
async fn cut(stream: &mut TcpStream) {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut answer)).await;
    // Reset or closed, either is cut.
    drop(read.expect("the connection is cut"));
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_nothing_is_cut() {
    let product = Product::start_with(Backend::Sqlite, &[HEADER_TIMEOUT]).await;
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    cut(&mut stream).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_stops_within_the_protocols_first_bytes_is_cut() {
    let product = Product::start_with(Backend::Sqlite, &[HEADER_TIMEOUT]).await;
    for beginning in ["P", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
        stream.write_all(beginning.as_bytes()).await.unwrap();
        cut(&mut stream).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_a_header_byte_a_second_is_cut() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_HEADER_TIMEOUT", "3s")]).await;
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    let start = Instant::now();
    for byte in b"GET /livez HTTP/1.1\r\nhost: localhost\r\nx-slow: 1\r\n\r\n" {
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        let mut answer = [0; 64];
        match tokio::time::timeout(Duration::from_secs(1), stream.read(&mut answer)).await {
            // Nothing yet.
            Err(_) => {}
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(read)) => assert!(!answer[..read].starts_with(b"HTTP/1.1 200")),
        }
        assert!(start.elapsed() < DEADLINE, "the connection is cut");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_kept_for_the_next_request_and_cut_when_none_comes() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_IDLE_TIMEOUT", "3s")]).await;
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut answer = [0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let mut rest = Vec::new();
    let read = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut rest)).await;
    drop(read.expect("the connection is cut"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_connection_may_be_idle_for_longer_than_a_header_may_take() {
    let product = Product::start_with(Backend::Sqlite, &[HEADER_TIMEOUT]).await;
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    for _ in 0..2 {
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut answer = [0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"), "closed without an answer");
        let early = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut answer)).await;
        assert!(early.is_err(), "closed while it is idle: {early:?}");
    }
    // The next header has begun, and has its timeout.
    stream.write_all(b"GET /livez HT").await.unwrap();
    cut(&mut stream).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_never_ends_is_answered_at_the_deadline() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_REQUEST_TIMEOUT", "1s")]).await;
    let token = product.token("ada", &[], None);
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    let head = format!(
        "POST /api/tasks HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"title\""
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 1024];
    let read = tokio::time::timeout(DEADLINE, stream.read(&mut answer)).await.expect("an answer").unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer[..read]));
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_beyond_the_connection_limit_wait_and_are_served_when_others_are_cut() {
    let settings = [HEADER_TIMEOUT, ("CCM_MAX_CONNECTIONS", "4")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    let mut silent = Vec::new();
    for _ in 0..4 {
        silent.push(TcpStream::connect(product.gateway_address).await.unwrap());
    }
    assert_eq!(product.anonymous().get("/livez").await.status, 200);
}

/// A frame of HTTP/2, RFC 9113 section 4.1.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http2_client_that_never_ends_its_second_header_is_cut() {
    const HEADERS: u8 = 1;
    const END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;
    let product = Product::start_with(Backend::Sqlite, &[IDLE_TIMEOUT]).await;
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    // GET, http, /livez, localhost: indexed fields and literals of RFC 7541.
    let request = [&[0x82, 0x86, 0x04, 6], b"/livez".as_slice(), &[0x01, 9], b"localhost"].concat();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(4, 0, 0, &[]));
    bytes.extend(frame(HEADERS, END_STREAM | END_HEADERS, 1, &request));
    bytes.extend(frame(HEADERS, END_STREAM, 3, &request[..2]));
    stream.write_all(&bytes).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut answer)).await;
    drop(read.expect("the connection is cut"));
    assert!(answer.windows(15).any(|it| it == br#"{"status":"ok"}"#), "the first request is answered");
}

/// Ada's: 40 kB each.
async fn large_tasks(product: &Product, count: usize) {
    let body = json!({"title": "large", "description": "\u{1f4a1}".repeat(10_000)});
    let ada = product.user("ada");
    for _ in 0..count {
        // Some of the tests let a request take a short time only, which a busy machine may need.
        eventually("a large task", async || {
            (ada.post("/api/tasks", &body).await.status == 201).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_slowly_and_steadily_is_answered_to_the_end() {
    let settings = [HEADER_TIMEOUT, IDLE_TIMEOUT, ("CCM_REQUEST_TIMEOUT", "3s"), ("CCM_WRITE_TIMEOUT", "1s")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    large_tasks(&product, 100).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let mut stream = socket.connect(product.gateway_address).await.unwrap();
    let token = product.token("ada", &[], None);
    let list = format!(
        "GET /api/tasks?page_size=200 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(list.as_bytes()).await.unwrap();
    let (mut answer, mut chunk) = (Vec::new(), vec![0; 64 * 1024]);
    while answer.len() < 3_000_000 || !answer.ends_with(br#""}"#) {
        // Some five seconds for all of it, more than any of the limits.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let read = tokio::time::timeout(DEADLINE, stream.read(&mut chunk)).await.unwrap().unwrap();
        assert!(read > 0, "cut after {} bytes", answer.len());
        answer.extend(&chunk[..read]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http2_client_that_takes_nothing_of_one_answer_is_cut_whatever_else_it_does() {
    let settings = [("CCM_REQUEST_TIMEOUT", "3s"), ("CCM_WRITE_TIMEOUT", "1s")];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    large_tasks(&product, 50).await;
    let stream = TcpStream::connect(product.gateway_address).await.unwrap();
    let mut builder = hyper::client::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new());
    builder.initial_stream_window_size(1_024);
    let (mut sender, connection) =
        builder.handshake::<_, String>(hyper_util::rt::TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let get = |path: &str| {
        let token = format!("Bearer {}", product.token("ada", &[], None));
        let uri = format!("http://{}{path}", product.gateway_address);
        hyper::Request::get(uri).header("authorization", token).body(String::new()).unwrap()
    };
    let untaken = sender.send_request(get("/api/tasks")).await.unwrap();
    assert_eq!(untaken.status(), 200);
    let cut = async {
        while !connection.is_finished() {
            drop(sender.send_request(get("/livez")).await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(DEADLINE, cut).await.expect("the connection is cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_nothing_of_its_answers_is_cut_and_others_get_its_place() {
    let settings = [
        ("CCM_MAX_CONNECTIONS", "1"),
        HEADER_TIMEOUT,
        IDLE_TIMEOUT,
        ("CCM_REQUEST_TIMEOUT", "3s"),
        ("CCM_WRITE_TIMEOUT", "1s"),
    ];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    large_tasks(&product, 50).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(product.gateway_address).await.unwrap();
    let token = product.token("ada", &[], None);
    let list = format!("GET /api/tasks HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(list.repeat(40).as_bytes()).await.unwrap();
    assert_eq!(product.anonymous().get("/livez").await.status, 200);
    drop(stream);
}
