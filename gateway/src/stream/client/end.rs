//! Why a stream ends, what its client is told, and what its span says.

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use access::Caller;
use axum::http::Extensions;
use bytes::Bytes;
use net::server::{Draining, Stalled};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use platform::clock::{Clock, Micros, random_share};
use serde_json::json;
use telemetry::semconv;
use telemetry::span::{SpanBuilder, SpanKind};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::metrics;
use crate::stream::cursor::Cursor;
use crate::stream::frame::control;
use crate::stream::{Settings, Streams};

/// Why a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client's token has ended.
    TokenExpired,
    /// The gateway stops.
    Draining,
    /// The client did not read fast enough.
    Slow,
    /// The stream has reached its own age.
    MaxAge,
    /// The client closed the connection.
    Disconnected,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            Self::TokenExpired => "token_expired",
            Self::Draining => "shutdown",
            Self::Slow => "slow",
            Self::MaxAge => "max_age",
            Self::Disconnected => "disconnected",
        }
    }

    /// The last block of the stream.
    pub(super) fn block(self, streams: &Streams, cursor: Option<Cursor>) -> Bytes {
        if self == Self::TokenExpired {
            return control(streams, "auth.session.expired", &json!({}), cursor, None);
        }
        let retry = match self {
            // This gateway, or another one, takes the client at once.
            Self::MaxAge => 100,
            _ => crate::stream::retry(),
        };
        let data = json!({"reason": self.name(), "reconnect_in_ms": retry});
        control(streams, "system.sse.shutdown", &data, cursor, Some(retry))
    }
}

/// What interrupts a stream.
pub(super) enum Wake {
    Heartbeat,
    End(End),
}

pin_project_lite::pin_project! {
    /// The times and signals of one stream.
    pub(in crate::stream) struct Ends {
        // Waited for as long as the stream is open: to begin anew at each event costs more than the rest of the wait.
        #[pin]
        draining: WaitForCancellationFutureOwned,
        stalled: Stalled,
        token_ends_at: Instant,
        age_ends_at: Instant,
        heartbeat_at: Instant,
        // The first of these times.
        #[pin]
        timer: Sleep,
    }
}

impl Ends {
    pub(in crate::stream) fn new(
        extensions: &Extensions,
        token_accepted_until: Micros,
        clock: &Clock,
        settings: &Settings,
    ) -> Self {
        let now = Instant::now();
        // Streams that began together do not end together.
        let age = settings.max_age.mul_f64(0.9 + 0.1 * random_share());
        let token_lasts = token_accepted_until - clock.now();
        Self {
            draining: Draining::of(extensions).into_started(),
            stalled: Stalled::of(extensions),
            token_ends_at: now + token_lasts,
            age_ends_at: now + age,
            heartbeat_at: now + settings.heartbeat,
            timer: tokio::time::sleep(settings.heartbeat.min(token_lasts).min(age)),
        }
    }

    /// Whether the client has not read fast enough.
    pub(super) fn is_stalled(self: Pin<&Self>) -> bool {
        self.stalled.is_set()
    }

    /// Waits for the next heartbeat, or for the end.
    pub(super) fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
        streams: &Streams,
        caller: &Caller,
    ) -> Poll<Wake> {
        let mut this = self.project();
        if this.draining.poll(cx).is_ready() {
            return Poll::Ready(Wake::End(if this.stalled.is_set() { End::Slow } else { End::Draining }));
        }
        loop {
            ready!(this.timer.as_mut().poll(cx));
            let now = Instant::now();
            // The timer does not notice that the clock was set or that the machine was suspended.
            if now >= *this.token_ends_at || streams.clock.now() >= caller.accepted_until {
                return Poll::Ready(Wake::End(End::TokenExpired));
            }
            if now >= *this.age_ends_at {
                return Poll::Ready(Wake::End(End::MaxAge));
            }
            let is_due = now >= *this.heartbeat_at;
            if is_due {
                *this.heartbeat_at = now + streams.settings.heartbeat;
            }
            this.timer.as_mut().reset((*this.heartbeat_at).min(*this.token_ends_at).min(*this.age_ends_at));
            if is_due {
                return Poll::Ready(Wake::Heartbeat);
            }
        }
    }
}

/// Counts what was sent, and records it in a span when the stream has ended. The span of the request ends with the head of
/// the response; this one links to it.
pub(super) struct EndSpan {
    /// `None` if the request is not sampled.
    request: Option<Box<SpanContext>>,
    events: i64,
    bytes: i64,
    end: Option<End>,
}

impl EndSpan {
    /// Starts counting for the request whose span is the current one.
    pub(super) fn begin() -> Self {
        let request = Context::map_current(|it| it.span().span_context().clone());
        Self { request: request.is_sampled().then(|| Box::new(request)), events: 0, bytes: 0, end: None }
    }

    pub(super) fn sent(&mut self, block: &Bytes, is_event: bool) {
        self.bytes += i64::try_from(block.len()).unwrap_or_default();
        if is_event {
            self.events += 1;
            metrics::event_sent();
        }
    }

    pub(super) fn ended(&mut self, end: End) {
        self.end = Some(end);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Records the end, once: when the stream is dropped. A client that reads nothing is cut without being told.
    pub(super) fn record(&mut self, is_stalled: bool) {
        let unknown = if is_stalled { End::Slow } else { End::Disconnected };
        let end = self.end.unwrap_or(unknown).name();
        metrics::stream_ended(end);
        let Some(request) = self.request.take() else { return };
        let root = SpanBuilder::new(SpanKind::Internal).child_of(Context::new());
        let span = root.linked_to(*request).start(|it| {
            it.name("end of stream");
            it.set(semconv::CCM_STREAM_END, end);
            it.set(semconv::CCM_STREAM_EVENTS, self.events);
            it.set(semconv::CCM_STREAM_BYTES, self.bytes);
        });
        span.end();
    }
}
