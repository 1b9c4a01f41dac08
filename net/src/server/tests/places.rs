//! Places for connections: a share for each address, and connections without a token that give way.

use http_body_util::Full;
use std::net::Ipv4Addr;
use tokio::net::TcpSocket;

use super::*;

const TOTAL: usize = 8;
const SHARE: usize = 4;

/// A server that takes a request for `/proven` as one with a valid token, and `/process` as one of a process.
async fn serve(http2: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new());
    http.http2().timer(TokioTimer::new());
    let server = Server::new(Options {
        purpose: None,
        http: if http2 { http.http2_only() } else { http },
        tls: None,
        handshake_timeout: DEADLINE,
        connections: ConnectionLimits { per_address: SHARE, ..ConnectionLimits::of(TOTAL) },
        max_connection_age: None,
        stall_timeouts: None,
        requests: None,
    });
    let service = tower::service_fn(|request: Request<Incoming>| {
        let standing = ConnectionStanding::of(request.extensions()).unwrap();
        match request.uri().path() {
            "/proven" => standing.prove().unwrap(),
            "/process" => standing.prove_process(),
            _ => {}
        }
        std::future::ready(Ok(Response::new(Full::new(Bytes::from_static(b"ok")))))
    });
    tokio::spawn(server.run(listener, service, Shutdown::new()));
    address
}

/// A connection from an address of this machine, and whether a request on it was answered.
async fn ask(server: SocketAddr, from: [u8; 4], path: &str) -> (TcpStream, bool) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((Ipv4Addr::from(from), 0))).unwrap();
    let mut client = timeout(DEADLINE, socket.connect(server)).await.unwrap().unwrap();
    let answered = answers(&mut client, path).await;
    (client, answered)
}

async fn answers(client: &mut TcpStream, path: &str) -> bool {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n");
    if client.write_all(request.as_bytes()).await.is_err() {
        return false;
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\nok") {
        match timeout(DEADLINE, client.read_buf(&mut answer)).await.expect("an answer, or the end") {
            Ok(1..) => {}
            Ok(0) | Err(_) => return false,
        }
    }
    true
}

const ADA: [u8; 4] = [127, 0, 0, 1];
const BOB: [u8; 4] = [127, 0, 0, 2];

#[tokio::test]
async fn one_address_does_not_keep_others_out() {
    let server = serve(false).await;
    let mut held = Vec::new();
    for nth in 1..=2 * TOTAL {
        let (client, answered) = ask(server, ADA, "/proven").await;
        assert_eq!(answered, nth <= SHARE, "{nth}");
        held.push(client);
    }
    let (mut bob, answered) = ask(server, BOB, "/proven").await;
    assert!(answered);
    assert!(answers(&mut bob, "/").await && answers(&mut held[0], "/").await);
    // A connection that ends makes room.
    drop(held);
    timeout(DEADLINE, async { while !ask(server, ADA, "/").await.1 {} }).await.expect("a place");
}

#[tokio::test]
async fn clients_without_a_token_keep_nobody_out_even_of_their_own_address() {
    let server = serve(false).await;
    let (mut user, _) = ask(server, ADA, "/proven").await;
    let mut idle = Vec::new();
    for _ in 0..3 * TOTAL {
        // Some ask for something, such as /livez, and some say nothing.
        let (client, answered) = ask(server, ADA, "/").await;
        assert!(answered);
        idle.push(client);
        idle.push(TcpStream::connect(server).await.unwrap());
    }
    assert!(answers(&mut user, "/").await);
    assert!(ask(server, ADA, "/proven").await.1 && ask(server, BOB, "/").await.1);
    assert!(closed(&mut idle[0], DEADLINE).await);
}

#[tokio::test]
async fn a_process_is_connected_whoever_else_is_at_its_address() {
    let server = serve(false).await;
    let mut processes = Vec::new();
    for _ in 0..2 * SHARE {
        let (process, answered) = ask(server, ADA, "/process").await;
        assert!(answered);
        processes.push(process);
        let _idle = ask(server, ADA, "/").await;
    }
    for process in &mut processes {
        assert!(answers(process, "/").await);
    }
}

#[tokio::test]
async fn idle_connections_of_http2_give_way_too() {
    let server = serve(true).await;
    let mut idle = Vec::new();
    for _ in 0..2 * SHARE {
        let mut client = TcpStream::connect(server).await.unwrap();
        client.write_all(&[PREFACE, EMPTY_SETTINGS].concat()).await.unwrap();
        timeout(DEADLINE, client.read_u8()).await.expect("the server speaks").unwrap();
        idle.push(client);
    }
    for (nth, client) in idle.iter_mut().enumerate() {
        let within = if nth < SHARE { DEADLINE } else { Duration::from_millis(50) };
        assert_eq!(closed(client, within).await, nth < SHARE, "{nth}");
    }
}
