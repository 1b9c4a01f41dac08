//! Connections that are read no more, because their clients make too many calls.

use std::future::pending;

use http_body_util::Empty;

use super::*;

/// A server whose requests are never answered. Those for `/when-draining` pause their connection once it drains.
async fn serve(shutdown: &Shutdown) -> SocketAddr {
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
    let service = tower::service_fn(|request: Request<Incoming>| async move {
        let standing = ConnectionStanding::of(request.extensions()).unwrap();
        if request.uri().path() == "/when-draining" {
            Draining::of(request.extensions()).started().await;
            standing.pause();
        }
        drop(standing);
        pending::<()>().await;
        Ok(Response::new(Empty::<Bytes>::new()))
    });
    tokio::spawn(server.run(listener, service, shutdown.clone()));
    address
}

async fn ask(server: SocketAddr, path: &str) -> TcpStream {
    let mut client = TcpStream::connect(server).await.unwrap();
    client.write_all(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()).await.unwrap();
    client
}

#[tokio::test]
async fn a_connection_that_is_paused_while_it_drains_is_closed_though_its_request_goes_on() {
    let shutdown = Shutdown::new();
    let server = serve(&shutdown).await;
    let (mut paused, mut other) = (ask(server, "/when-draining").await, ask(server, "/").await);
    shutdown.cancel();
    assert!(closed(&mut paused, DEADLINE).await);
    assert!(!closed(&mut other, Duration::from_millis(50)).await);
}
