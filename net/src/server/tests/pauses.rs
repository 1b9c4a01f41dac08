//! Connections that are read no more, because their clients make too many calls.

use std::future::pending;

use http_body_util::Empty;
use tokio::sync::Semaphore;

use super::*;

/// A server whose requests are never answered, and has a permit for each that has begun. Those for `/when-draining` pause their
/// connection once it drains.
async fn serve(shutdown: &Shutdown) -> (SocketAddr, Arc<Semaphore>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new());
    let server = Server::new(Options {
        purpose: None,
        http,
        tls: None,
        handshake_timeout: DEADLINE,
        connections: ConnectionLimits::of(usize::MAX),
        max_connection_age: None,
        stall_timeouts: None,
        requests: Some(Activity::default()),
    });
    let begun = Arc::new(Semaphore::new(0));
    let counted = begun.clone();
    let service = tower::service_fn(move |request: Request<Incoming>| {
        counted.add_permits(1);
        async move {
            if request.uri().path() == "/when-draining" {
                Draining::of(request.extensions()).started().await;
                ConnectionStanding::of(request.extensions()).unwrap().pause();
            }
            pending::<()>().await;
            Ok(Response::new(Empty::<Bytes>::new()))
        }
    });
    tokio::spawn(server.run(listener, service, shutdown.clone()));
    (address, begun)
}

async fn ask(server: SocketAddr, path: &str) -> TcpStream {
    let mut client = TcpStream::connect(server).await.unwrap();
    client.write_all(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()).await.unwrap();
    client
}

#[tokio::test]
async fn a_connection_that_is_paused_while_it_drains_is_closed_though_its_request_goes_on() {
    let shutdown = Shutdown::new();
    let (server, begun) = serve(&shutdown).await;
    let (mut paused, mut other) = (ask(server, "/when-draining").await, ask(server, "/").await);
    let _both = timeout(DEADLINE, begun.acquire_many(2)).await.unwrap().unwrap();
    shutdown.cancel();
    assert!(closed(&mut paused, DEADLINE).await);
    assert!(!closed(&mut other, Duration::from_millis(50)).await);
}
