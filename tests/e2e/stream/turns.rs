//! Streams that catch up take turns: one whose client reads nothing has none, so it delays nobody.

use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::{product, task, titles};
use crate::harness::{DEADLINE, Product, Sse, sse};

/// More than the gateway sends without a turn, and more than the buffers of a connection hold.
const TASKS: usize = 320;
const WRITERS: usize = 8;
const ALL: &str = "event_types=task.created&since=earliest";

/// Opens a replay of everything, and reads nothing of it but what the socket takes.
async fn stalled(product: &Product, gateway: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(gateway).await.unwrap();
    let token = product.token_of("ada");
    let request = format!(
        "GET /api/events/stream?{ALL} HTTP/1.0\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // It has begun.
    stream.readable().await.unwrap();
    stream
}

async fn open(product: &Product, gateway: SocketAddr, query: &str) -> Sse {
    sse::open(gateway, &product.token_of("ada"), query, None).await.unwrap()
}

async fn replayed(stream: &mut Sse, count: usize) -> Vec<String> {
    let mut told = Vec::new();
    // Heartbeats come in any case.
    let reading = async {
        while told.len() < count {
            let block = stream.next().await.unwrap();
            if block.name == "task.created" {
                told.extend(titles(&[block]).into_iter().map(ToOwned::to_owned));
            }
        }
    };
    tokio::time::timeout(DEADLINE, reading).await.expect("a replay goes on");
    told.sort_unstable();
    told
}

/// Reads on until it has read this.
async fn read_until(mut stream: TcpStream, end: &str) -> String {
    let (mut read, mut chunk) = (Vec::new(), vec![0; 64 * 1024]);
    let reading = async {
        loop {
            let count = stream.read(&mut chunk).await.unwrap();
            assert!(count > 0, "the stream has ended");
            let tail = read.len().saturating_sub(end.len());
            read.extend_from_slice(&chunk[..count]);
            if read[tail..].windows(end.len()).any(|it| it == end.as_bytes()) {
                return String::from_utf8_lossy(&read).into_owned();
            }
        }
    };
    tokio::time::timeout(DEADLINE, reading).await.expect("a replay ends")
}

/// With one turn at a time.
#[tokio::test(flavor = "multi_thread")]
async fn a_replay_that_is_not_read_delays_neither_another_one_nor_live_clients() {
    let product = product(&[("CCM_STREAM_TURNS", "1"), ("CCM_WRITE_TIMEOUT", "10m")]).await;
    let ada = product.user("ada");
    let mut writing = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let ada = ada.clone();
        writing.spawn(async move {
            for number in (writer..TASKS).step_by(WRITERS) {
                let body =
                    json!({"title": format!("old {number:03}"), "description": "\u{1F980}".repeat(2_000)});
                assert_eq!(ada.post("/api/tasks", &body).await.status, 201);
            }
        });
    }
    writing.join_all().await;
    let mut expected: Vec<String> = (0..TASKS).map(|it| format!("old {it:03}")).collect();
    // One gateway has the events in its ring, the other one reads them from the service.
    let second = product.another_gateway("127.0.0.1:0").await;
    let gateways = [product.gateway_address, second.listening("gateway").await];
    for (number, gateway) in gateways.into_iter().enumerate() {
        let mut live = open(&product, gateway, "event_types=task.created&since=now").await;
        assert_eq!(live.next().await.unwrap().name, "connected");
        let stalled = [stalled(&product, gateway).await, stalled(&product, gateway).await];
        let mut replaying = open(&product, gateway, ALL).await;
        let half = replayed(&mut replaying, expected.len() / 2).await;
        let title = format!("zz new {number}");
        task(&ada, &title).await;
        assert_eq!(titles(&[live.event().await]), [title.as_str()]);
        expected.push(title);
        let rest = replayed(&mut replaying, expected.len() - half.len()).await;
        let mut all = [half, rest].concat();
        all.sort_unstable();
        assert_eq!(all, expected);
        for stream in stalled {
            let read = read_until(stream, expected.last().unwrap()).await;
            assert_eq!(read.matches("event: task.created").count(), expected.len());
        }
    }
}
