//! Why a stream ends, what its client is told, and what its span says.

use std::pin::Pin;
use std::time::Duration;

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

/// The times and signals of one stream.
pub(in crate::stream) struct Ends {
    /// Waited for as long as the stream is open: to begin anew at each event costs more than the rest of the wait.
    draining: Pin<Box<dyn Future<Output = ()> + Send>>,
    stalled: Stalled,
    token_ends_at: Instant,
    token_accepted_until: Micros,
    clock: Clock,
    age_ends_at: Instant,
    heartbeat: Duration,
    heartbeat_at: Instant,
    timer: Pin<Box<Sleep>>,
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
        let mut ends = Self {
            draining: Box::pin(Draining::of(extensions).into_started()),
            stalled: Stalled::of(extensions),
            token_ends_at: now + (token_accepted_until - clock.now()),
            token_accepted_until,
            clock: clock.clone(),
            age_ends_at: now + age,
            heartbeat: settings.heartbeat,
            heartbeat_at: now + settings.heartbeat,
            timer: Box::pin(tokio::time::sleep(settings.heartbeat)),
        };
        ends.set_timer();
        ends
    }

    fn set_timer(&mut self) {
        let next = self.heartbeat_at.min(self.token_ends_at).min(self.age_ends_at);
        self.timer.as_mut().reset(next);
    }

    /// Waits for the next heartbeat, or for the end. Cancel safe.
    pub(super) async fn next(&mut self) -> Wake {
        tokio::select! {
            biased;
            () = self.draining.as_mut() => {
                return Wake::End(if self.stalled.is_set() { End::Slow } else { End::Draining });
            }
            () = self.timer.as_mut() => {}
        }
        let now = Instant::now();
        // The timer does not notice that the clock was set or that the machine was suspended.
        if now >= self.token_ends_at || self.clock.now() >= self.token_accepted_until {
            return Wake::End(End::TokenExpired);
        }
        if now >= self.age_ends_at {
            return Wake::End(End::MaxAge);
        }
        self.heartbeat_at = now + self.heartbeat;
        self.set_timer();
        Wake::Heartbeat
    }
}

/// Counts what was sent, and records it in a span when the stream has ended. The span of the request ends with the head of
/// the response; this one links to it.
pub(super) struct EndSpan {
    request: SpanContext,
    events: i64,
    bytes: i64,
    end: Option<End>,
    stalled: Stalled,
}

impl EndSpan {
    /// Starts counting for the request whose span is the current one.
    pub(super) fn begin(ends: &Ends) -> Self {
        let request = Context::map_current(|it| it.span().span_context().clone());
        Self { request, events: 0, bytes: 0, end: None, stalled: ends.stalled.clone() }
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
}

impl Drop for EndSpan {
    fn drop(&mut self) {
        // A client that reads nothing is cut without being told.
        let unknown = if self.stalled.is_set() { End::Slow } else { End::Disconnected };
        let end = self.end.unwrap_or(unknown).name();
        metrics::stream_ended(end);
        if !self.request.is_sampled() {
            return;
        }
        let root = SpanBuilder::new(SpanKind::Internal).child_of(Context::new());
        let span = root.linked_to(self.request.clone()).start(|it| {
            it.name("end of stream");
            it.set(semconv::CCM_STREAM_END, end);
            it.set(semconv::CCM_STREAM_EVENTS, self.events);
            it.set(semconv::CCM_STREAM_BYTES, self.bytes);
        });
        span.end();
    }
}
