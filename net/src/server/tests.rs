//! Servers that accept only HTTP/2, as the gRPC servers do, and clients that do not send their preface.

mod idle;
mod pauses;
mod places;
mod streams;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::preface::PREFACE;
use super::*;

const EMPTY_SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
/// A limit that no test should reach.
const DEADLINE: Duration = Duration::from_secs(10);

async fn start(handshake_timeout: Duration, shutdown: &Shutdown) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut http = auto::Builder::new(TokioExecutor::new()).http2_only();
    http.http2().timer(TokioTimer::new());
    let server = Server::new(Options {
        purpose: None,
        http,
        tls: None,
        handshake_timeout,
        connections: ConnectionLimits::of(usize::MAX),
        max_connection_age: None,
        stall_timeouts: None,
        requests: Some(Activity::default()),
    });
    let service = tower::service_fn(|_: Request<Incoming>| async {
        Ok(Response::new(http_body_util::Empty::<Bytes>::new()))
    });
    (address, tokio::spawn(server.run(listener, service, shutdown.clone())))
}

/// Whether the server closes the connection within a time.
async fn closed(client: &mut TcpStream, within: Duration) -> bool {
    timeout(within, client.read_to_end(&mut Vec::new())).await.is_ok()
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_preface_is_cut() {
    let (address, _) = start(Duration::from_millis(50), &Shutdown::new()).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(&PREFACE[..PREFACE.len() - 1]).await.unwrap();
    assert!(closed(&mut client, DEADLINE).await);
}

#[tokio::test]
async fn between_connections_that_come_at_once_others_are_served() {
    let (address, _) = start(DEADLINE, &Shutdown::new()).await;
    // Without an await: all of them are there before the first one is accepted.
    let clients: Vec<_> = (0..4 * BURST)
        .map(|_| {
            let client = std::net::TcpStream::connect(address).unwrap();
            client.set_nonblocking(true).unwrap();
            TcpStream::from_std(client).unwrap()
        })
        .collect();
    // How often the runtime has come to another task.
    let rounds = Arc::new(AtomicUsize::new(0));
    let counted = rounds.clone();
    let other = tokio::spawn(async move {
        loop {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    let mut served = tokio::task::JoinSet::new();
    for mut client in clients {
        let rounds = rounds.clone();
        served.spawn(async move {
            client.write_all(PREFACE).await.unwrap();
            // The server speaks first.
            client.read_u8().await.unwrap();
            rounds.load(Ordering::Relaxed)
        });
    }
    let served = timeout(DEADLINE, served.join_all()).await.expect("all are served");
    other.abort();
    let between = served.iter().max().unwrap() - served.iter().min().unwrap();
    assert!(between >= 3, "{served:?}");
}

#[tokio::test]
async fn after_the_preface_a_client_may_be_silent() {
    let (address, _) = start(Duration::from_millis(50), &Shutdown::new()).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(&[PREFACE, EMPTY_SETTINGS].concat()).await.unwrap();
    assert!(!closed(&mut client, Duration::from_millis(150)).await);
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_preface() {
    let shutdown = Shutdown::new();
    let (address, server) = start(DEADLINE * 10, &shutdown).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(&PREFACE[..5]).await.unwrap();
    // The server speaks first: from here on the connection is served.
    client.read_u8().await.unwrap();
    shutdown.cancel();
    timeout(DEADLINE, server).await.expect("the server ends").unwrap();
}

#[tokio::test]
async fn a_client_that_begins_during_the_shutdown_is_told_which_requests_were_not_taken() {
    const GOAWAY: u8 = 7;
    let shutdown = Shutdown::new();
    let (address, _) = start(DEADLINE * 10, &shutdown).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.read_u8().await.unwrap();
    shutdown.cancel();
    client.write_all(&[PREFACE, EMPTY_SETTINGS].concat()).await.unwrap();
    let mut answer = vec![0];
    timeout(DEADLINE, async {
        while !answer.windows(9).any(|header| header[3..] == [GOAWAY, 0, 0, 0, 0, 0]) {
            assert!(client.read_buf(&mut answer).await.unwrap() > 0, "closed without a GOAWAY");
        }
    })
    .await
    .expect("a GOAWAY");
}
