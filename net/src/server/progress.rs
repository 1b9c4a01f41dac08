//! The progress of one connection: its in-flight requests, when each last made progress, and whether the socket accepts
//! bytes.

use std::collections::HashMap;
use std::io::Result;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

/// How long a connection may make no progress before it is closed.
#[derive(Clone, Copy, Debug)]
pub struct StallTimeouts {
    /// From the accept, or the end of the last request, to the next request.
    pub idle: Duration,
    /// From a request to the first 16 KiB of its answer that the connection takes, and then from each 16 KiB to the next.
    pub response: Duration,
    /// While there are bytes to send, the time in which the socket accepts none.
    pub write: Duration,
}

/// Records the progress of a connection and detects a stall. Clones share the record.
#[derive(Clone)]
pub(super) struct Progress(Arc<Shared>);

/// Instants are in milliseconds after `began`.
struct Shared {
    timeouts: StallTimeouts,
    began: Instant,
    next_id: AtomicU64,
    /// When each in-flight request last made progress, by the request's number.
    in_flight: Mutex<HashMap<u64, u64>>,
    /// When a request last began or ended.
    last_request: AtomicU64,
    /// When the socket last accepted bytes, or when the blocked write began.
    last_write: AtomicU64,
    /// Whether a write waits for the socket.
    is_blocked: AtomicBool,
}

impl Progress {
    pub(super) fn new(timeouts: StallTimeouts) -> Self {
        Self(Arc::new(Shared {
            timeouts,
            began: Instant::now(),
            next_id: AtomicU64::new(0),
            in_flight: Mutex::default(),
            last_request: AtomicU64::new(0),
            last_write: AtomicU64::new(0),
            is_blocked: AtomicBool::new(false),
        }))
    }

    /// A request that is in flight until the returned guard is dropped.
    pub(super) fn begin_request(&self) -> RequestProgress {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let request = RequestProgress { connection: self.clone(), id };
        request.advance();
        self.0.last_request.store(self.now(), Ordering::SeqCst);
        request
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
        let StallTimeouts { idle, write, .. } = self.0.timeouts;
        while let Some(left) = self.time_left() {
            // Another, shorter timeout may apply before `left` has passed.
            tokio::time::sleep(left.min(idle).min(write)).await;
        }
    }

    /// The time until the timeout that applies now; `None` when it has passed.
    fn time_left(&self) -> Option<Duration> {
        let StallTimeouts { idle, response, write } = self.0.timeouts;
        let since = |instant: u64| Duration::from_millis(self.now().saturating_sub(instant));
        let is_blocked = self.0.is_blocked.load(Ordering::SeqCst);
        let oldest = self.in_flight().values().min().copied();
        let for_requests = match oldest {
            Some(oldest) => response.checked_sub(since(oldest)),
            None if is_blocked => Some(write),
            None => idle.checked_sub(since(self.0.last_request.load(Ordering::SeqCst))),
        };
        let for_writes = if is_blocked {
            write.checked_sub(since(self.0.last_write.load(Ordering::SeqCst)))
        } else {
            Some(write)
        };
        for_requests.zip(for_writes).map(|(one, other)| one.min(other)).filter(|it| !it.is_zero())
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn in_flight(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        self.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The progress of one request, which is in flight until this is dropped.
pub(super) struct RequestProgress {
    connection: Progress,
    id: u64,
}

impl RequestProgress {
    /// Restarts the response timeout: the connection has taken a part of the answer.
    pub(super) fn advance(&self) {
        self.connection.in_flight().insert(self.id, self.connection.now());
    }
}

impl Drop for RequestProgress {
    fn drop(&mut self) {
        self.connection.in_flight().remove(&self.id);
        self.connection.0.last_request.store(self.connection.now(), Ordering::SeqCst);
    }
}
