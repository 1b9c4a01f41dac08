//! The clients of an event stream, as cheap as they can be: they count events by a search for their name, and one of them in
//! 50 looks at the times of the events.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use memchr::memmem;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::load::Target;

const PATH: &str = "/api/events/stream?event_types=task.created&since=";
/// What each event has once.
const NAME: &[u8] = b"event: task.created";
const TIME: &[u8] = b"\"time\":\"";
/// Blocks before a client follows the events: that it is connected, and where it begins.
const HELLO: usize = 2;
/// Streams of one HTTP/2 connection.
const STREAMS: usize = 100;
/// The kernel's buffer of a client that reads nothing.
const STALLED_BUFFER: u32 = 4 * 1024;
const CONNECT: Duration = Duration::from_mins(3);

/// How the clients connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Http1,
    Http2,
}

/// Where streams begin, how they are opened, and whether they are read.
#[derive(Clone, Copy)]
pub(super) struct Start {
    since: &'static str,
    /// Clients read nothing once they follow the events.
    stalls: bool,
    /// One client of this many tells how late events are.
    sampled: usize,
    /// Clients that connect at the same time.
    at_once: usize,
}

impl Start {
    pub(super) const NOW: Self = Self { since: "now", stalls: false, sampled: 50, at_once: 50 };
    pub(super) const NOW_STALLED: Self = Self { stalls: true, ..Self::NOW };
    pub(super) const NOW_SAMPLED: Self = Self { sampled: 1, ..Self::NOW };
    /// All at the same time, and none tells how late events are.
    pub(super) const EARLIEST: Self =
        Self { since: "earliest", sampled: usize::MAX, at_once: usize::MAX, ..Self::NOW };

    fn path(self) -> String {
        format!("{PATH}{}", self.since)
    }
}

/// Open streams, until this is dropped.
pub(super) struct Clients {
    counts: Arc<Counts>,
    reading: JoinSet<anyhow::Result<()>>,
}

#[derive(Default)]
struct Counts {
    /// Clients that follow the events.
    following: AtomicU64,
    events: AtomicU64,
    bytes: AtomicU64,
    /// Microseconds from the time of an event to its arrival.
    lags: Mutex<Vec<i64>>,
}

impl Clients {
    /// Opens streams and waits until all have begun.
    pub(super) async fn open(
        target: &Target,
        count: usize,
        kind: Kind,
        start: Start,
    ) -> anyhow::Result<Self> {
        let mut clients = Self { counts: Arc::default(), reading: JoinSet::new() };
        let started = Instant::now();
        let mut opened = 0;
        while opened < count {
            let batch = if kind == Kind::Http2 { STREAMS } else { start.at_once }.min(count - opened);
            let parser = |number| Parser::new(clients.counts.clone(), (number + 1) % start.sampled == 0);
            let parsers = (opened..opened + batch).map(parser);
            let is_read = Arc::new(AtomicBool::new(true));
            if kind == Kind::Http2 {
                let sender = connect(target, start, &is_read, &mut clients.reading).await?;
                for parser in parsers {
                    clients.reading.spawn(follow_http2(sender.clone(), target.clone(), start, parser));
                }
            } else {
                for parser in parsers {
                    clients.reading.spawn(follow_http1(target.clone(), start, parser));
                }
            }
            opened += batch;
            let all = u64::try_from(opened)?;
            while clients.counts.following.load(Ordering::Relaxed) < all {
                clients.check()?;
                ensure!(started.elapsed() < CONNECT, "not all streams opened in time");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            is_read.store(!start.stalls, Ordering::Relaxed);
        }
        Ok(clients)
    }

    /// Events that all clients together have received.
    pub(super) fn events(&self) -> u64 {
        self.counts.events.load(Ordering::Relaxed)
    }

    /// Bytes that all clients together have received.
    pub(super) fn bytes(&self) -> u64 {
        self.counts.bytes.load(Ordering::Relaxed)
    }

    /// How late the events were since the last call, in microseconds and in order.
    pub(super) fn lags(&self) -> Vec<i64> {
        let mut lags = std::mem::take(&mut *self.counts.lags.lock().unwrap_or_else(PoisonError::into_inner));
        lags.sort_unstable();
        lags
    }

    /// Waits until all clients together have received this many events.
    pub(super) async fn wait_for(&mut self, events: u64, timeout: Duration) -> anyhow::Result<()> {
        let started = Instant::now();
        while self.events() < events {
            self.check()?;
            ensure!(started.elapsed() < timeout, "{} of {events} events were delivered", self.events());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Fails if a stream has ended.
    fn check(&mut self) -> anyhow::Result<()> {
        match self.reading.try_join_next() {
            None => Ok(()),
            Some(ended) => ended?.and_then(|()| bail!("a stream ended")),
        }
    }
}

/// A connection, with a small buffer of the kernel if its client stalls.
async fn socket(target: &Target, start: Start) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if start.stalls {
        socket.set_recv_buffer_size(STALLED_BUFFER)?;
    }
    Ok(socket.connect(target.gateway).await?)
}

async fn follow_http1(target: Target, start: Start, mut parser: Parser) -> anyhow::Result<()> {
    let mut stream = socket(&target, start).await?;
    let token = target.authorization.to_str()?;
    let request = format!("GET {} HTTP/1.1\r\nhost: bench\r\nauthorization: {token}\r\n\r\n", start.path());
    stream.write_all(request.as_bytes()).await?;
    std::future::poll_fn(|cx| {
        // On the stack: a client has no buffer of its own.
        let mut bytes = [const { std::mem::MaybeUninit::uninit() }; 16 * 1024];
        loop {
            if start.stalls && parser.is_following() {
                return Poll::Pending;
            }
            let mut read = ReadBuf::uninit(&mut bytes);
            ready!(Pin::new(&mut stream).poll_read(cx, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(anyhow::Ok(()));
            }
            parser.read(read.filled());
        }
    })
    .await
}

type Sender = http2::SendRequest<Empty<Bytes>>;

/// Connects; nothing is read while `is_read` is not set.
async fn connect(
    target: &Target,
    start: Start,
    is_read: &Arc<AtomicBool>,
    reading: &mut JoinSet<anyhow::Result<()>>,
) -> anyhow::Result<Sender> {
    let stream = socket(target, start).await?;
    stream.set_nodelay(true)?;
    let stream = Stalling { stream, is_read: is_read.clone() };
    let mut http = http2::Builder::new(TokioExecutor::new());
    http.initial_stream_window_size(1024 * 1024).initial_connection_window_size(64 * 1024 * 1024);
    let (sender, connection) = http.handshake(TokioIo::new(stream)).await?;
    reading.spawn(async move { Ok(connection.await?) });
    Ok(sender)
}

/// A connection whose client may stop reading, whatever HTTP/2 would take.
struct Stalling {
    stream: TcpStream,
    is_read: Arc<AtomicBool>,
}

impl AsyncRead for Stalling {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.is_read.load(Ordering::Relaxed) {
            return Poll::Pending;
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stalling {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

async fn follow_http2(
    mut sender: Sender,
    target: Target,
    start: Start,
    mut parser: Parser,
) -> anyhow::Result<()> {
    let request = Request::get(format!("http://{}{}", target.gateway, start.path()))
        .header(header::AUTHORIZATION, &target.authorization)
        .body(Empty::new())?;
    let mut body = sender.send_request(request).await?.into_body();
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame?.data_ref() {
            parser.read(data);
        }
    }
    Ok(())
}

/// What a client knows of its stream.
struct Parser {
    counts: Arc<Counts>,
    /// Ends of blocks, until the client follows the events.
    hello: usize,
    /// The end of what was read, where a name may have begun.
    tail: Vec<u8>,
    /// What was read and is no whole block yet, of a client that tells how late events are.
    sampled: Option<Vec<u8>>,
}

impl Parser {
    fn new(counts: Arc<Counts>, is_sampled: bool) -> Self {
        Self { counts, hello: 0, tail: Vec::new(), sampled: is_sampled.then(Vec::new) }
    }

    fn is_following(&self) -> bool {
        self.hello >= HELLO
    }

    fn read(&mut self, bytes: &[u8]) {
        if !self.is_following() {
            // The gateway sends each of these blocks as a whole.
            self.hello += memmem::find_iter(bytes, b"\n\n").count();
            if self.is_following() {
                self.counts.following.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.counts.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let head = &bytes[..bytes.len().min(NAME.len() - 1)];
        self.tail.extend_from_slice(head);
        let events = memmem::find_iter(&self.tail, NAME).count() + memmem::find_iter(bytes, NAME).count();
        if bytes.len() > head.len() {
            self.tail.clear();
            self.tail.extend_from_slice(&bytes[bytes.len() - head.len()..]);
        } else if self.tail.len() >= NAME.len() {
            self.tail.drain(..=self.tail.len() - NAME.len());
        }
        self.counts.events.fetch_add(events as u64, Ordering::Relaxed);
        if let Some(sampled) = &mut self.sampled {
            sampled.extend_from_slice(bytes);
            let now = OffsetDateTime::now_utc();
            let mut lags = self.counts.lags.lock().unwrap_or_else(PoisonError::into_inner);
            while let Some(end) = memmem::find(sampled, b"\n\n") {
                if memmem::find(&sampled[..end], NAME).is_some()
                    && let Ok(time) = time_of(&sampled[..end])
                {
                    lags.push(i64::try_from((now - time).whole_microseconds()).unwrap_or(i64::MAX));
                }
                sampled.drain(..end + 2);
            }
        }
    }
}

fn time_of(block: &[u8]) -> anyhow::Result<OffsetDateTime> {
    let begin = memmem::find(block, TIME).context("an event without a time")? + TIME.len();
    let length = memchr::memchr(b'"', &block[begin..]).context("a time without an end")?;
    Ok(OffsetDateTime::parse(std::str::from_utf8(&block[begin..begin + length])?, &Rfc3339)?)
}
