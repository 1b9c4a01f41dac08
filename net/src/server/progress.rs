//! The progress of one connection: its in-flight requests, when each last made progress, and whether the socket accepts
//! bytes.

use std::io::Result;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use http::Version;
use smallvec::SmallVec;

use super::admission::Standing;
use super::exchange::Exchange;

/// How long a connection may make no progress before it is closed.
#[derive(Clone, Copy, Debug)]
pub struct StallTimeouts {
    /// From the accept, or over HTTP/1.1 from the first byte of a later request, to the end of the request's header.
    pub header: Duration,
    /// From the end of the last request to the first byte of the next one; over HTTP/2, to its end.
    pub idle: Duration,
    /// From a request, or with `handling` unset from the head of its answer, to the first 16 KiB of its answer that the
    /// connection takes, and then from each 16 KiB to the next. The body of an event stream has no such timeout: it may be
    /// silent for as long as it likes.
    pub response: Duration,
    /// Whether `response` also limits the time until the head of the answer, which somebody else limits otherwise.
    pub handling: bool,
    /// While there are bytes to send, the time in which the socket accepts none.
    pub write: Duration,
    /// While there are bytes of an event stream to send, the time in which the client takes none.
    pub stream: Duration,
    /// Bytes per second, on average over `stream`, that the client has to take of an event stream while there are more to
    /// send.
    pub stream_rate: u32,
}

/// How long event streams may take to end, and their last bytes to be sent, once the connection drains. It applies when no
/// other request is in flight on the connection.
const STREAM_END_TIMEOUT: Duration = Duration::from_secs(2);

type InFlight = SmallVec<[(u64, Exchange); 1]>;

/// Records the progress of a connection and detects a stall. Clones share the record.
#[derive(Clone)]
pub(super) struct Progress(Arc<Shared>);

/// Instants are in milliseconds after `began`.
struct Shared {
    timeouts: StallTimeouts,
    standing: Arc<Standing>,
    began: Instant,
    next_id: AtomicU64,
    /// The in-flight requests in the order of their numbers. Over HTTP/1.1 there is one, which needs no allocation.
    in_flight: Mutex<InFlight>,
    /// When a request last began or ended.
    last_request: AtomicU64,
    /// Since when the header of a request is awaited that has begun: the first one begins with the accept. `u64::MAX` when none has.
    header_since: AtomicU64,
    /// Whether there was an HTTP/2 request. Its connection has frames that are no part of a request.
    is_http2: AtomicBool,
    /// When the socket last accepted bytes, or when the blocked write began.
    last_write: AtomicU64,
    /// Whether a write waits for the socket.
    is_blocked: AtomicBool,
    /// Whether there was an event stream on the connection.
    has_streamed: AtomicBool,
    /// When the connection began to drain; `u64::MAX` before.
    draining_since: AtomicU64,
}

impl Progress {
    pub(super) fn new(timeouts: StallTimeouts, standing: Arc<Standing>) -> Self {
        Self(Arc::new(Shared {
            timeouts,
            standing,
            began: Instant::now(),
            next_id: AtomicU64::new(0),
            in_flight: Mutex::default(),
            last_request: AtomicU64::new(0),
            header_since: AtomicU64::new(0),
            is_http2: AtomicBool::new(false),
            last_write: AtomicU64::new(0),
            is_blocked: AtomicBool::new(false),
            has_streamed: AtomicBool::new(false),
            draining_since: AtomicU64::new(u64::MAX),
        }))
    }

    /// A request that is in flight until the returned guard is dropped.
    pub(super) fn begin_request(&self, version: Version) -> RequestProgress {
        if version >= Version::HTTP_2 {
            self.0.is_http2.store(true, Ordering::SeqCst);
        }
        let now = self.now();
        let mut in_flight = self.in_flight();
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        in_flight.push((id, Exchange::begin(now, &self.0.timeouts)));
        drop(in_flight);
        self.0.header_since.store(u64::MAX, Ordering::SeqCst);
        self.0.last_request.store(now, Ordering::SeqCst);
        RequestProgress { connection: self.clone(), id }
    }

    /// Gives event streams two seconds to end.
    pub(super) fn drain(&self) {
        self.0.draining_since.store(self.now(), Ordering::SeqCst);
    }

    /// Records that the client has sent something. While no request is in flight, it is the beginning of the next one.
    pub(super) fn record_read(&self) {
        let awaited = &self.0.header_since;
        if awaited.load(Ordering::SeqCst) == u64::MAX
            && !self.0.is_http2.load(Ordering::SeqCst)
            && self.in_flight().is_empty()
        {
            awaited.store(self.now(), Ordering::SeqCst);
        }
    }

    /// Records the outcome of a write to the socket.
    pub(super) fn record_write(&self, polled: &Poll<Result<usize>>) {
        match polled {
            Poll::Ready(Ok(_)) => {
                self.0.last_write.store(self.now(), Ordering::SeqCst);
                self.0.is_blocked.store(false, Ordering::SeqCst);
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                // The write timeout begins now.
                if !self.0.is_blocked.swap(true, Ordering::SeqCst) {
                    self.0.last_write.store(self.now(), Ordering::SeqCst);
                }
            }
        }
    }

    /// Waits until one of the timeouts has passed.
    pub(super) async fn stalled(&self) {
        while let Some(left) = self.time_left() {
            let StallTimeouts { header, idle, write, .. } = self.0.timeouts;
            // Another, shorter timeout may apply before `left` has passed.
            tokio::time::sleep(left.min(header).min(idle).min(write)).await;
        }
    }

    /// The time until the timeout that applies next; `None` when one has passed.
    fn time_left(&self) -> Option<Duration> {
        let (timeouts, now) = (self.0.timeouts, self.now());
        let left_of = |timeout: Duration, since: &AtomicU64| {
            let passed = now.saturating_sub(since.load(Ordering::SeqCst));
            timeout.checked_sub(Duration::from_millis(passed)).filter(|it| !it.is_zero())
        };
        let is_blocked = self.0.is_blocked.load(Ordering::SeqCst);
        let mut left = if is_blocked { left_of(timeouts.write, &self.0.last_write)? } else { timeouts.write };
        let mut in_flight = self.in_flight();
        if in_flight.is_empty() && !is_blocked {
            left = left.min(match self.0.header_since.load(Ordering::SeqCst) {
                // Processes of this product keep their connections, which they would only have to make again.
                u64::MAX if self.0.standing.is_process() => timeouts.idle,
                u64::MAX => left_of(timeouts.idle, &self.0.last_request)?,
                _ => left_of(timeouts.header, &self.0.header_since)?,
            });
        }
        for (_, exchange) in &mut *in_flight {
            left = left.min(exchange.time_left(now, &timeouts)?);
        }
        let is_draining = self.0.draining_since.load(Ordering::SeqCst) != u64::MAX;
        let has_streamed = self.0.has_streamed.load(Ordering::SeqCst);
        if is_draining && has_streamed && in_flight.iter().all(|it| it.1.is_stream()) {
            left = left.min(left_of(STREAM_END_TIMEOUT, &self.0.draining_since)?);
        }
        Some(left)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn in_flight(&self) -> MutexGuard<'_, InFlight> {
        self.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The progress of one request, which is in flight until this is dropped.
pub(super) struct RequestProgress {
    connection: Progress,
    id: u64,
}

impl RequestProgress {
    /// The head of the answer is there.
    pub(super) fn answered(&self, is_stream: bool) {
        if is_stream {
            self.connection.0.has_streamed.store(true, Ordering::SeqCst);
        }
        let now = self.connection.now();
        self.with(|exchange| exchange.answered(is_stream, now));
    }

    /// The connection has taken this many bytes of the body.
    pub(super) fn took(&self, bytes: usize) {
        let now = self.connection.now();
        self.with(|exchange| exchange.took(bytes, now));
    }

    /// The connection has taken all that the body has for now.
    pub(super) fn caught_up(&self) {
        self.with(Exchange::caught_up);
    }

    fn with(&self, change: impl FnOnce(&mut Exchange)) {
        let mut in_flight = self.connection.in_flight();
        if let Some(at) = self.position(&in_flight) {
            change(&mut in_flight[at].1);
        }
    }

    fn position(&self, in_flight: &InFlight) -> Option<usize> {
        in_flight.binary_search_by_key(&self.id, |it| it.0).ok()
    }
}

impl Drop for RequestProgress {
    fn drop(&mut self) {
        let mut in_flight = self.connection.in_flight();
        if let Some(at) = self.position(&in_flight) {
            in_flight.remove(at);
            if in_flight.is_empty() {
                in_flight.shrink_to_fit();
            }
        }
        drop(in_flight);
        self.connection.0.last_request.store(self.connection.now(), Ordering::SeqCst);
    }
}
