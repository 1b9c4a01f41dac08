//! What goes on on one connection: which of its requests are in flight, how far their answers are taken, and whether the
//! socket takes bytes. It tells when a connection makes no progress.

use std::collections::HashMap;
use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The requests of a connection. Clones share them.
#[derive(Clone)]
pub struct Streams(Arc<Shared>);

struct Shared {
    began: Instant,
    next: AtomicU64,
    /// When each request in flight went on last, in milliseconds after `began`.
    in_flight: Mutex<HashMap<u64, u64>>,
    /// When a request last began or ended.
    last_request: AtomicU64,
    /// When the socket last took bytes.
    last_write: AtomicU64,
    /// The socket has not taken all that there is to send.
    is_blocked: AtomicBool,
}

/// How long a connection may go without progress.
pub struct Patience {
    /// For the next request.
    pub idle: Duration,
    /// For an answer to be made, and some of it to be taken.
    pub answer: Duration,
    /// For the socket to take bytes.
    pub write: Duration,
}

impl Default for Streams {
    fn default() -> Self {
        Self(Arc::new(Shared {
            began: Instant::now(),
            next: AtomicU64::new(0),
            in_flight: Mutex::default(),
            last_request: AtomicU64::new(0),
            last_write: AtomicU64::new(0),
            is_blocked: AtomicBool::new(false),
        }))
    }
}

impl Streams {
    /// A request begins; it ends when what this answers is dropped.
    #[must_use]
    pub fn begin(&self) -> Stream {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let stream = Stream { of: self.clone(), id };
        stream.progress();
        self.0.last_request.store(self.now(), Ordering::SeqCst);
        stream
    }

    /// The connection, whose writes are watched.
    #[must_use]
    pub fn watch<S>(&self, stream: S) -> Watched<S> {
        Watched { stream, of: self.clone() }
    }

    /// Waits until there is no progress.
    pub async fn stall(&self, patience: &Patience) {
        while let Some(left) = self.left(patience) {
            // Another limit may be the one in force before this one has passed.
            tokio::time::sleep(left.min(patience.idle).min(patience.write)).await;
        }
    }

    /// How much of the patience is left; `None`: nothing.
    fn left(&self, patience: &Patience) -> Option<Duration> {
        let quiet = |since: u64| Duration::from_millis(self.now().saturating_sub(since));
        let oldest = self.in_flight().values().min().copied();
        let of_requests = match oldest {
            Some(oldest) => patience.answer.checked_sub(quiet(oldest)),
            None if self.0.is_blocked.load(Ordering::SeqCst) => Some(patience.write),
            None => patience.idle.checked_sub(quiet(self.0.last_request.load(Ordering::SeqCst))),
        };
        let of_socket = if self.0.is_blocked.load(Ordering::SeqCst) {
            patience.write.checked_sub(quiet(self.0.last_write.load(Ordering::SeqCst)))
        } else {
            Some(patience.write)
        };
        of_requests.zip(of_socket).map(|(one, other)| one.min(other)).filter(|it| !it.is_zero())
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn in_flight(&self) -> std::sync::MutexGuard<'_, HashMap<u64, u64>> {
        self.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrote(&self, polled: &Poll<Result<usize>>) {
        match polled {
            Poll::Ready(Ok(_)) => {
                self.0.last_write.store(self.now(), Ordering::SeqCst);
                self.0.is_blocked.store(false, Ordering::SeqCst);
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                // From now on somebody waits for it.
                if !self.0.is_blocked.swap(true, Ordering::SeqCst) {
                    self.0.last_write.store(self.now(), Ordering::SeqCst);
                }
            }
        }
    }
}

/// A request in flight, until dropped.
pub struct Stream {
    of: Streams,
    id: u64,
}

impl Stream {
    /// Some of its answer was taken.
    pub fn progress(&self) {
        self.of.in_flight().insert(self.id, self.of.now());
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.of.in_flight().remove(&self.id);
        self.of.0.last_request.store(self.of.now(), Ordering::SeqCst);
    }
}

/// A connection whose writes are watched.
pub struct Watched<S> {
    stream: S,
    of: Streams,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.of.wrote(&polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.of.wrote(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
