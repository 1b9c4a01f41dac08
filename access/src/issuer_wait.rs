//! The requests to the token issuer that others wait for, as client spans. A request's server span is started after its
//! token was verified, so these spans are made afterwards, with the times taken. One trace has them; the requests that
//! shared the wait link to it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use net::admission::Wait;
use opentelemetry::trace::SpanContext;
use platform::connection_failure::ConnectionFailure;
use reqwest::{StatusCode, Url};
use telemetry::semconv;
use telemetry::span::{Description, Interval, Span, SpanBuilder, SpanKind};

/// `peer.service` of the issuer.
const PEER: &str = "token-issuer";

/// What a request asks the issuer for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Discovery,
    KeySet,
    Token,
}

impl Purpose {
    fn method(self) -> &'static str {
        match self {
            Self::Discovery | Self::KeySet => "GET",
            Self::Token => "POST",
        }
    }

    fn span_name(self) -> &'static str {
        match self {
            Self::Discovery => "GET discovery document",
            Self::KeySet => "GET key set",
            Self::Token => "POST token",
        }
    }
}

/// The requests of one fetch, in order. The last one may still be running.
#[derive(Debug, Default)]
pub(crate) struct IssuerWait {
    exchanges: Mutex<Vec<Exchange>>,
    /// How many requests of callers have waited.
    waiting: AtomicUsize,
    recorded: Mutex<Recorded>,
}

#[derive(Clone, Debug)]
struct Exchange {
    purpose: Purpose,
    url: Url,
    took: Interval,
    status: Option<StatusCode>,
    /// `None` while the request is running.
    ended: Option<Result<(), Failure>>,
}

/// Why a request to the issuer failed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    /// There was no complete response.
    NoAnswer(ConnectionFailure),
    /// The response cannot be used, for this reason.
    Rejected(&'static str),
}

/// The spans of the finished requests.
#[derive(Debug, Default)]
struct Recorded {
    count: usize,
    last: Option<SpanContext>,
}

impl IssuerWait {
    fn exchanges(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_last(&self, change: impl FnOnce(&mut Exchange)) {
        if let Some(last) = self.exchanges().last_mut() {
            change(last);
        }
    }

    pub(crate) fn begin(&self, purpose: Purpose, url: &Url) {
        let took = Interval::begin();
        self.exchanges().push(Exchange { purpose, url: url.clone(), took, status: None, ended: None });
    }

    /// Sets the status of the last request.
    pub(crate) fn answered(&self, status: StatusCode) {
        self.change_last(|it| it.status = Some(status));
    }

    /// Ends the last request.
    pub(crate) fn end(&self, ended: Result<(), Failure>) {
        self.change_last(|it| {
            it.took.end();
            it.ended = Some(ended);
        });
    }

    /// Marks the response of the last request as unusable.
    pub(crate) fn reject(&self, why: &'static str) {
        self.change_last(|it| it.ended = Some(Err(Failure::Rejected(why))));
    }

    /// Counts a request that waits, and whose trace gets the spans.
    pub(crate) fn joined(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// Makes the spans in a trace of their own, unless a request has waited.
    pub(crate) fn record_in_own_trace(&self, name: &'static str) {
        let first = self.exchanges().first().map(|it| it.took);
        if let Some(first) = first.filter(|_| self.waiting.load(Ordering::Relaxed) == 0) {
            let root = SpanBuilder::new(SpanKind::Internal).child_of(opentelemetry::Context::new());
            self.record(&root.started_with(first).start(|it| it.name(name)));
        }
    }
}

impl Wait for IssuerWait {
    fn record(&self, span: &Span) {
        if !span.is_recording() {
            return;
        }
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = &recorded.last {
            span.link(earlier.clone());
        }
        for exchange in &self.exchanges()[recorded.count..] {
            let builder = SpanBuilder::new(SpanKind::Client).child_of(span.context().clone());
            let of_exchange = builder.started_with(exchange.took).start(|it| describe(it, exchange));
            of_exchange.end_with(exchange.took);
            // The span of a request that is still running ends with the wait of this caller; the next one records it
            // with its own end.
            if exchange.ended.is_some() {
                recorded.count += 1;
                recorded.last = Some(of_exchange.span_context());
            }
        }
    }
}

fn describe(it: &mut Description, exchange: &Exchange) {
    it.name(exchange.purpose.span_name());
    it.set(semconv::HTTP_REQUEST_METHOD, exchange.purpose.method());
    it.set(semconv::PEER_SERVICE, PEER);
    it.set_some(semconv::SERVER_ADDRESS, exchange.url.host_str().map(ToOwned::to_owned));
    it.set_some(semconv::SERVER_PORT, exchange.url.port_or_known_default().map(i64::from));
    it.set(semconv::SERVICE_PEER_NAME, PEER);
    it.set(semconv::URL_FULL, without_credentials(&exchange.url));
    it.set_some(semconv::HTTP_RESPONSE_STATUS_CODE, exchange.status.map(|it| i64::from(it.as_u16())));
    let no_answer = |failure: ConnectionFailure| (failure.error_type(), failure.text());
    let failed = match (exchange.ended, exchange.status.filter(|it| !it.is_success())) {
        (None, _) => Some(no_answer(ConnectionFailure::TimedOut)),
        (Some(Err(Failure::NoAnswer(failure))), _) => Some(no_answer(failure)),
        (Some(_), Some(status)) => {
            let text = status.canonical_reason().unwrap_or("unexpected status");
            return it.fail(status.as_str().to_owned(), text);
        }
        (Some(Err(Failure::Rejected(why))), None) => Some(("invalid_response", why)),
        (Some(Ok(())), None) => None,
    };
    if let Some((error_type, description)) = failed {
        it.fail(error_type, description);
    }
}

/// The URL without user, password, query and fragment.
fn without_credentials(url: &Url) -> String {
    let mut url = url.clone();
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests;
