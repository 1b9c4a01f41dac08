//! Connections of HTTP/1.1 between two requests: idle is not the same as slow with a header.

use http_body_util::{BodyExt as _, Full};

use super::*;

const HEADER: Duration = Duration::from_millis(300);
/// Longer than the header timeout.
const PAUSE: Duration = Duration::from_millis(700);
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

/// A server that answers before it reads a body, and reads the body afterwards. `/process` is the request of a process.
async fn serve(idle: Duration) -> SocketAddr {
    serve_by(auto::Builder::new(TokioExecutor::new()), idle).await
}

async fn serve_by(mut http: auto::Builder<TokioExecutor>, idle: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    http.http1().timer(TokioTimer::new()).header_read_timeout(None);
    let server = Server::new(Options {
        purpose: None,
        http,
        tls: None,
        handshake_timeout: DEADLINE,
        connections: ConnectionLimits::of(usize::MAX),
        max_connection_age: None,
        stall_timeouts: Some(StallTimeouts {
            header: HEADER,
            idle,
            response: DEADLINE,
            write: DEADLINE,
            stream: DEADLINE,
            stream_rate: 0,
            handling: true,
        }),
        requests: None,
    });
    let service = tower::service_fn(|mut request: Request<Incoming>| {
        if request.uri().path() == "/process" {
            ConnectionStanding::of(request.extensions()).unwrap().prove_process();
        }
        let in_flight: Option<InFlight> = request.extensions_mut().remove();
        tokio::spawn(async move {
            let _ = request.into_body().collect().await;
            drop(in_flight);
        });
        std::future::ready(Ok(Response::new(Full::new(Bytes::from_static(b"ok")))))
    });
    tokio::spawn(server.run(listener, service, Shutdown::new()));
    address
}

/// Sends something and reads the answer.
async fn ask(client: &mut TcpStream, request: &[u8]) {
    client.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    timeout(DEADLINE, async {
        while !answer.ends_with(b"\r\n\r\nok") {
            assert!(client.read_buf(&mut answer).await.unwrap() > 0, "closed without an answer");
        }
    })
    .await
    .expect("an answer");
}

#[tokio::test]
async fn a_connection_may_be_idle_for_longer_than_a_header_may_take() {
    let mut client = TcpStream::connect(serve(DEADLINE).await).await.unwrap();
    for _ in 0..3 {
        ask(&mut client, REQUEST).await;
        assert!(!closed(&mut client, PAUSE).await);
    }
}

#[tokio::test]
async fn a_server_of_http1_alone_answers_and_cuts_a_client_of_http2() {
    let address = serve_by(auto::Builder::new(TokioExecutor::new()).http1_only(), DEADLINE).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    ask(&mut client, REQUEST).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(&[PREFACE, EMPTY_SETTINGS].concat()).await.unwrap();
    assert!(closed(&mut client, DEADLINE).await);
}

#[tokio::test]
async fn a_client_whose_first_bytes_could_begin_either_protocol_is_answered() {
    let address = serve(DEADLINE).await;
    for (first, rest) in
        [(&b"P"[..], &b"UT / HTTP/1.1\r\nhost: a\r\n\r\n"[..]), (b"PRI", b" / HTTP/1.1\r\nhost: a\r\n\r\n")]
    {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(first).await.unwrap();
        assert!(!closed(&mut client, Duration::from_millis(50)).await);
        ask(&mut client, rest).await;
        ask(&mut client, REQUEST).await;
    }
}

#[tokio::test]
async fn a_client_that_sends_half_a_preface_is_closed_after_the_header_timeout() {
    let mut client = TcpStream::connect(serve(DEADLINE).await).await.unwrap();
    client.write_all(&PREFACE[..5]).await.unwrap();
    assert!(closed(&mut client, DEADLINE / 2).await);
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_the_idle_timeout() {
    let mut client = TcpStream::connect(serve(PAUSE).await).await.unwrap();
    ask(&mut client, REQUEST).await;
    assert!(!closed(&mut client, HEADER).await);
    assert!(closed(&mut client, DEADLINE / 2).await);
}

#[tokio::test]
async fn a_process_may_be_idle_for_as_long_as_it_likes_but_a_header_has_its_timeout() {
    let mut process = TcpStream::connect(serve(HEADER).await).await.unwrap();
    ask(&mut process, b"GET /process HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert!(!closed(&mut process, PAUSE).await);
    ask(&mut process, REQUEST).await;
    process.write_all(b"GET").await.unwrap();
    assert!(closed(&mut process, DEADLINE / 2).await);
}

#[tokio::test]
async fn a_header_has_to_be_complete_within_the_header_timeout_however_it_trickles() {
    let address = serve(10 * DEADLINE).await;
    for requests_before in [0, 1] {
        let mut client = TcpStream::connect(address).await.unwrap();
        for _ in 0..requests_before {
            ask(&mut client, REQUEST).await;
        }
        let (mut reading, mut writing) = client.into_split();
        let trickle = tokio::spawn(async move {
            for byte in REQUEST.iter().cycle().take(20) {
                if writing.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(HEADER / 5).await;
            }
            writing
        });
        let end = timeout(DEADLINE / 2, reading.read_to_end(&mut Vec::new())).await;
        assert!(end.is_ok(), "a header may take for ever after {requests_before} requests");
        drop(trickle);
    }
}

#[tokio::test]
async fn a_connection_that_sends_nothing_at_first_is_closed_after_the_header_timeout() {
    let mut client = TcpStream::connect(serve(10 * DEADLINE).await).await.unwrap();
    assert!(closed(&mut client, DEADLINE / 2).await);
}

#[tokio::test]
async fn the_body_of_an_answered_request_is_not_the_beginning_of_the_next_one() {
    let mut client = TcpStream::connect(serve(DEADLINE).await).await.unwrap();
    ask(&mut client, b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n").await;
    for _ in 0..5 {
        client.write_all(b"ab").await.unwrap();
        assert!(!closed(&mut client, HEADER / 4).await);
    }
    assert!(!closed(&mut client, PAUSE).await);
    ask(&mut client, REQUEST).await;
}
