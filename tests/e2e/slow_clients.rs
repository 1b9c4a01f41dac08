//! Clients that hold a connection without ever making a request.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Backend, DEADLINE, Product};

const HEADER_TIMEOUT: (&str, &str) = ("CCM_HEADER_TIMEOUT", "1s");

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
    let product = Product::start_with(Backend::Sqlite, &[HEADER_TIMEOUT]).await;
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
    let product = Product::start_with(Backend::Sqlite, &[HEADER_TIMEOUT]).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reads_nothing_of_its_answers_is_cut_and_others_get_its_place() {
    let settings = [
        ("CCM_MAX_CONNECTIONS", "1"),
        ("CCM_HEADER_TIMEOUT", "1s"),
        ("CCM_REQUEST_TIMEOUT", "3s"),
        ("CCM_WRITE_TIMEOUT", "1s"),
    ];
    let product = Product::start_with(Backend::Sqlite, &settings).await;
    let body = json!({"title": "large", "description": "d".repeat(10_000)});
    {
        let user = product.user("ada");
        for _ in 0..50 {
            assert_eq!(user.post("/api/tasks", &body).await.status, 201);
        }
    }
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(product.gateway_address).await.unwrap();
    let token = product.token("ada", &[], None);
    let list = format!("GET /api/tasks HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(list.repeat(40).as_bytes()).await.unwrap();
    assert_eq!(product.anonymous().get("/livez").await.status, 200);
    drop(stream);
}
