//! Event streams and their clients, over HTTP/1.1 and HTTP/2: the silent, the stuck, the slow, and a shutdown.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::stream::{self, Stream, StreamExt as _};
use http_body_util::{BodyExt as _, Empty, StreamBody};
use hyper::body::Frame;
use hyper::client::conn::http2;
use hyper_util::rt::TokioIo;
use platform::shutdown::Shutdown;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::*;

const WRITE: Duration = Duration::from_secs(1);
/// Longer than each of the timeouts.
const LONG: Duration = Duration::from_millis(3_500);
const CHUNK: usize = 4_096;

/// A server whose streams tell on `ended` whether their client had stalled.
struct Fixture {
    address: SocketAddr,
    server: JoinHandle<()>,
    shutdown: Shutdown,
    ended: mpsc::UnboundedReceiver<bool>,
    /// The number of chunks that connections have taken of all streams.
    taken: Arc<AtomicUsize>,
}

impl Fixture {
    /// Waits until a stream has begun and the connections take no more of any.
    async fn stuck(&self) {
        let mut before = 0;
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            match self.taken.load(Ordering::SeqCst) {
                now if now > 0 && now == before => return,
                now => before = now,
            }
        }
    }
}

/// Tells how a stream ended, when it is dropped.
struct End(Stalled, mpsc::UnboundedSender<bool>);

impl Drop for End {
    fn drop(&mut self) {
        let _ = self.1.send(self.0.is_set());
    }
}

fn timeouts(stream_rate: u32) -> StallTimeouts {
    StallTimeouts {
        header: WRITE,
        idle: WRITE,
        response: WRITE,
        handling: true,
        write: WRITE,
        stream: WRITE,
        stream_rate,
    }
}

async fn serve(stall_timeouts: StallTimeouts) -> Fixture {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new());
    http.http2().timer(TokioTimer::new()).max_send_buf_size(32 * 1024);
    let server = Server::new(Options {
        purpose: None,
        http,
        tls: None,
        handshake_timeout: DEADLINE,
        connections: ConnectionLimits::of(usize::MAX),
        max_connection_age: None,
        stall_timeouts: Some(stall_timeouts),
        requests: None,
    });
    let shutdown = Shutdown::new();
    let (sender, ended) = mpsc::unbounded_channel();
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let end = End(Stalled::of(request.extensions()), sender.clone());
        let draining = Draining::of(request.extensions());
        let body = events(request.uri().path() == "/flood", draining, end);
        let counter = counter.clone();
        let body = StreamBody::new(Box::pin(body.map(move |it| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Frame::data(it))
        })));
        let response = Response::builder().header("content-type", "text/event-stream").body(body).unwrap();
        std::future::ready(Ok(response))
    });
    let server = tokio::spawn(server.run(listener, service, shutdown.clone()));
    Fixture { address, server, shutdown, ended, taken }
}

/// `hello`, then nothing or without end, then `goodbye` when the connection drains.
fn events(floods: bool, draining: Draining, end: End) -> impl Stream<Item = Bytes> + Send {
    let first = stream::iter([Bytes::from_static(b"hello\n")]);
    let chunk = Bytes::from_static(&[b'x'; CHUNK]);
    let more = if floods { stream::repeat(chunk).left_stream() } else { stream::pending().right_stream() };
    let drained = async move { draining.started().await };
    let more = more.take_until(Box::pin(drained)).chain(stream::iter([Bytes::from_static(b"goodbye\n")]));
    let end = Mutex::new(end);
    first.chain(more).inspect(move |_| drop(end.lock()))
}

/// A client of HTTP/1.1 with a small receive buffer, which has asked for a stream.
async fn client(address: SocketAddr, path: &str) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut client = socket.connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    client
}

/// A client of HTTP/2 that has asked for a stream and reads nothing of it.
async fn client2(address: SocketAddr, path: &str) -> Response<Incoming> {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let uri = format!("http://{address}{path}");
    sender.send_request(Request::get(uri).body(Empty::<Bytes>::new()).unwrap()).await.unwrap()
}

/// Reads what there is every few milliseconds, for as long as it takes `LONG`; whether the server still sends at the end.
async fn reads(client: &mut TcpStream, at_once: usize, pause: Duration) -> bool {
    let (start, mut buffer) = (Instant::now(), vec![0; at_once]);
    while start.elapsed() < LONG {
        if !matches!(timeout(DEADLINE, client.read(&mut buffer)).await, Ok(Ok(1..))) {
            return false;
        }
        tokio::time::sleep(pause).await;
    }
    true
}

async fn read_until(client: &mut TcpStream, text: &str) {
    let mut read = Vec::new();
    while !read.windows(text.len()).any(|it| it == text.as_bytes()) {
        let more = timeout(DEADLINE, client.read_buf(&mut read)).await.expect("more").unwrap();
        assert!(more > 0, "{text} is missing in {}", String::from_utf8_lossy(&read));
    }
}

#[tokio::test]
async fn a_silent_stream_outlives_every_timeout() {
    let mut fixture = serve(timeouts(1_000_000)).await;
    let mut one = client(fixture.address, "/silent").await;
    read_until(&mut one, "hello").await;
    let two = client2(fixture.address, "/silent").await;
    assert!(!closed(&mut one, LONG).await);
    assert!(fixture.ended.try_recv().is_err());
    drop(two);
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut() {
    let mut fixture = serve(timeouts(0)).await;
    let _one = client(fixture.address, "/flood").await;
    assert_eq!(timeout(DEADLINE, fixture.ended.recv()).await, Ok(Some(true)));
    let _two = client2(fixture.address, "/flood").await;
    assert_eq!(timeout(DEADLINE, fixture.ended.recv()).await, Ok(Some(true)));
}

#[tokio::test]
async fn a_client_that_trickles_is_cut_by_its_rate_and_only_by_that() {
    for (rate, lives) in [(0, true), (4_000_000, false)] {
        let mut fixture = serve(timeouts(rate)).await;
        let mut client = client(fixture.address, "/flood").await;
        assert_eq!(reads(&mut client, 2_048, Duration::from_millis(10)).await, lives, "{rate}");
        assert_eq!(fixture.ended.try_recv().is_ok(), !lives);
    }
}

#[tokio::test]
async fn a_client_that_reads_at_the_rate_is_not_cut() {
    let mut fixture = serve(timeouts(10_000)).await;
    let mut client = client(fixture.address, "/flood").await;
    assert!(reads(&mut client, 2_048, Duration::from_millis(10)).await);
    assert!(fixture.ended.try_recv().is_err());
}

#[tokio::test]
async fn a_shutdown_ends_open_streams_with_their_last_event() {
    let mut fixture = serve(timeouts(0)).await;
    let mut one = client(fixture.address, "/silent").await;
    read_until(&mut one, "hello").await;
    let mut two = client2(fixture.address, "/silent").await.into_body();
    assert_eq!(two.frame().await.unwrap().unwrap().into_data().unwrap(), "hello\n");
    let start = Instant::now();
    fixture.shutdown.cancel();
    read_until(&mut one, "goodbye").await;
    assert_eq!(timeout(DEADLINE, two.collect()).await.unwrap().unwrap().to_bytes(), "goodbye\n");
    drop(one);
    timeout(DEADLINE, fixture.server).await.expect("the server ends").unwrap();
    assert!(start.elapsed() < DRAIN_TIMEOUT / 2, "{:?}", start.elapsed());
    assert_eq!((fixture.ended.recv().await, fixture.ended.recv().await), (Some(false), Some(false)));
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_stream_that_nobody_reads() {
    let patient = Duration::from_mins(1);
    let settings = StallTimeouts {
        header: patient,
        idle: patient,
        response: patient,
        handling: true,
        write: patient,
        stream: patient,
        stream_rate: 0,
    };
    let mut fixture = serve(settings).await;
    let _one = client(fixture.address, "/flood").await;
    fixture.stuck().await;
    let _two = client2(fixture.address, "/flood").await;
    fixture.stuck().await;
    let start = Instant::now();
    fixture.shutdown.cancel();
    timeout(DEADLINE, fixture.server).await.expect("the server ends").unwrap();
    assert!(start.elapsed() < DRAIN_TIMEOUT / 2, "{:?}", start.elapsed());
    assert!(fixture.ended.recv().await.is_some() && fixture.ended.recv().await.is_some());
}
