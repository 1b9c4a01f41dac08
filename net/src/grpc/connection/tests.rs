use h2::server::{self, SendResponse};
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt as _;
use tokio::io::DuplexStream;

use super::*;

type Server = server::Connection<DuplexStream, Bytes>;
type Accepted = (Request<RecvStream>, SendResponse<Bytes>);

const RARE: Pings = Pings { interval: Duration::from_mins(10), timeout: Duration::from_mins(10) };

/// A client, what ends with its connection, and a server that takes so many requests at a time.
async fn connected(
    calls: Activity,
    pings: Pings,
    at_a_time: u32,
) -> (Sender, tokio::task::JoinHandle<Result<(), ConnectionError>>, Server) {
    let (client, server) = tokio::io::duplex(64 * 1024);
    let mut http = server::Builder::new();
    let server = http.max_concurrent_streams(at_a_time).handshake(server);
    let (client, server) = tokio::join!(handshake(client, calls, pings), server);
    let (sender, connection) = client.unwrap();
    (sender, tokio::spawn(connection), server.unwrap())
}

fn request() -> Request<()> {
    Request::post("http://a/b.C/D").body(()).unwrap()
}

async fn accept(server: &mut Server) -> Accepted {
    server.accept().await.unwrap().unwrap()
}

/// Reads the request, and answers it with a body and trailers.
async fn answer((request, mut respond): Accepted, body: Bytes) -> Bytes {
    let mut received = request.into_body();
    let mut sent = Vec::new();
    while let Some(bytes) = received.data().await {
        let bytes = bytes.unwrap();
        received.flow_control().release_capacity(bytes.len()).unwrap();
        sent.extend(bytes);
    }
    let mut stream = respond.send_response(Response::new(()), false).unwrap();
    stream.send_data(body, false).unwrap();
    let status = ("grpc-status".parse().unwrap(), HeaderValue::from_static("0"));
    stream.send_trailers(HeaderMap::from_iter([status])).unwrap();
    sent.into()
}

#[tokio::test]
async fn a_request_and_its_answer_arrive_whole_however_large() {
    let (sender, _connection, mut server) = connected(Activity::default(), RARE, 100).await;
    // More than the windows of both sides.
    let (question, reply) = (Bytes::from(vec![1; 3 << 20]), Bytes::from(vec![2; 9 << 20]));
    let client = tokio::spawn({
        let (sender, question) = (sender.clone(), question.clone());
        async move { sender.send(request(), question).await.unwrap().into_body().collect().await.unwrap() }
    });
    let accepted = accept(&mut server).await;
    let answered = tokio::spawn(answer(accepted, reply.clone()));
    let received = tokio::select! {
        received = client => received.unwrap(),
        more = server.accept() => panic!("another request: {}", more.is_some()),
    };
    assert_eq!(received.trailers().unwrap()["grpc-status"], "0");
    assert_eq!(received.to_bytes(), reply);
    assert_eq!(answered.await.unwrap(), question);
}

#[tokio::test]
async fn requests_beyond_what_the_peer_takes_at_a_time_wait() {
    let (sender, _connection, mut server) = connected(Activity::default(), RARE, 1).await;
    let ask = || {
        let answer = sender.clone().send(request(), Bytes::from_static(b"?"));
        tokio::spawn(async move { answer.await.unwrap().into_body().collect().await.unwrap().to_bytes() })
    };
    let asked = [ask(), ask(), ask()];
    let serve = async {
        for number in 0..3_u8 {
            let accepted = accept(&mut server).await;
            let answered = tokio::spawn(answer(accepted, Bytes::from(vec![number])));
            answered.await.unwrap();
        }
        std::future::poll_fn(|cx| server.poll_closed(cx)).await
    };
    let mut received = tokio::select! {
        received = futures_util::future::join_all(asked) => received.into_iter().map(|it| it.unwrap()[0]).collect::<Vec<_>>(),
        ended = serve => panic!("the connection ended: {ended:?}"),
    };
    received.sort_unstable();
    assert_eq!(received, [0, 1, 2]);
}

#[tokio::test]
async fn a_call_that_is_given_up_is_reset() {
    let (sender, _connection, mut server) = connected(Activity::default(), RARE, 100).await;
    let call = tokio::spawn(sender.clone().send(request(), Bytes::new()));
    let (_request, mut respond) = accept(&mut server).await;
    call.abort();
    let reset = tokio::select! {
        reset = std::future::poll_fn(|cx| respond.poll_reset(cx)) => reset.unwrap(),
        more = server.accept() => panic!("another request: {}", more.is_some()),
    };
    assert_eq!(reset, Reason::CANCEL);
}

#[tokio::test]
async fn calls_that_are_given_up_while_they_wait_are_not_sent() {
    let (sender, _connection, mut server) = connected(Activity::default(), RARE, 1).await;
    let first = tokio::spawn(sender.clone().send(request(), Bytes::new()));
    let accepted = accept(&mut server).await;
    let waiting: Vec<_> =
        (0..50).map(|_| tokio::spawn(sender.clone().send(request(), Bytes::new()))).collect();
    let last = sender.clone().send(Request::get("http://a/last").body(()).unwrap(), Bytes::new());
    tokio::task::yield_now().await;
    for call in waiting {
        call.abort();
        assert!(call.await.is_err_and(|it| it.is_cancelled()));
    }
    let last = tokio::spawn(last);
    tokio::spawn(answer(accepted, Bytes::new()));
    let serve = async {
        let accepted = accept(&mut server).await;
        let path = accepted.0.uri().path().to_owned();
        tokio::spawn(answer(accepted, Bytes::new()));
        tokio::select! {
            answered = last => answered.unwrap().unwrap(),
            more = server.accept() => panic!("another request: {}", more.is_some()),
        };
        path
    };
    let (first, path) =
        tokio::join!(async { first.await.unwrap().unwrap().into_body().collect().await }, serve);
    assert!(first.is_ok());
    assert_eq!(path, "/last");
}

#[tokio::test]
async fn an_answer_that_is_reset_is_not_complete() {
    for (reason, is_complete) in
        [(Reason::CANCEL, false), (Reason::INTERNAL_ERROR, false), (Reason::NO_ERROR, true)]
    {
        let (sender, _connection, mut server) = connected(Activity::default(), RARE, 100).await;
        let call = tokio::spawn(sender.clone().send(request(), Bytes::new()));
        let (_request, mut respond) = accept(&mut server).await;
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        let server = tokio::spawn(async move { server.accept().await.is_some() });
        let body = call.await.unwrap().unwrap().into_body();
        stream.send_reset(reason);
        assert_eq!(body.collect().await.is_ok(), is_complete, "{reason}");
        server.abort();
    }
}

#[tokio::test]
async fn nothing_is_sent_on_a_connection_that_has_ended() {
    let (mut sender, connection, server) = connected(Activity::default(), RARE, 100).await;
    assert!(!sender.is_closed());
    drop(server);
    let _ = connection.await.unwrap();
    assert!(sender.is_closed());
    let error = sender.send(request(), Bytes::new()).await.err().unwrap();
    assert!(matches!(error, ConnectionError::Ended), "{error:?}");
}

#[tokio::test]
async fn a_request_whose_connection_is_lost_may_have_been_processed() {
    let (sender, _connection, mut server) = connected(Activity::default(), RARE, 100).await;
    let call = tokio::spawn(sender.send(request(), Bytes::new()));
    let _accepted = accept(&mut server).await;
    drop(server);
    let error = call.await.unwrap().err().unwrap();
    assert!(matches!(error, ConnectionError::Socket(_)), "{error:?}");
}

#[tokio::test]
async fn a_peer_is_given_up_that_was_silent_until_the_call_was_given_up() {
    let often = Pings { interval: Duration::from_millis(100), timeout: Duration::from_millis(100) };
    let (sender, connection, mut server) = connected(Activity::default(), often, 100).await;
    let call = tokio::spawn(sender.clone().send(request(), Bytes::new()));
    let _accepted = accept(&mut server).await;
    call.abort();
    let ended = connection.await.unwrap();
    assert!(matches!(ended, Err(ConnectionError::Silent(_))), "{ended:?}");
    assert!(sender.if_open().is_none());
}

#[tokio::test]
async fn a_peer_that_is_silent_and_owes_an_answer_is_given_up() {
    let often = Pings { interval: Duration::from_millis(1), timeout: Duration::from_millis(20) };
    let calls = Activity::default();
    let (mut sender, connection, mut server) = connected(calls.clone(), often, 100).await;
    // While nothing is owed, it may be silent.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!sender.is_closed());
    let call = tokio::spawn(sender.clone().send(request(), Bytes::new()));
    let _accepted = accept(&mut server).await;
    let _in_flight = calls.begin();
    // Nobody runs the server's connection from now on.
    let error = call.await.unwrap().err().unwrap();
    assert!(matches!(error, ConnectionError::Silent(_)), "{error:?}");
    let ended = connection.await.unwrap();
    assert!(matches!(ended, Err(ConnectionError::Silent(_))), "{ended:?}");
}
