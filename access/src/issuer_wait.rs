//! The requests to the token issuer that others wait for, as client spans. A request's server span is started after its
//! token was verified, so these spans are made afterwards, with the times taken. One trace has them; the requests that
//! shared the wait link to it.

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
    /// The span to which the requests link that shared the wait.
    recorded: Mutex<Option<SpanContext>>,
}

#[derive(Clone, Debug)]
struct Exchange {
    purpose: Purpose,
    url: Url,
    took: Interval,
    /// `None` while the request is running.
    ended: Option<Ended>,
}

/// How an exchange ended: the status of the response, or why there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ended {
    Answered(StatusCode),
    Failed(ConnectionFailure),
}

impl IssuerWait {
    fn exchanges(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self, purpose: Purpose, url: &Url) {
        self.exchanges().push(Exchange { purpose, url: url.clone(), took: Interval::begin(), ended: None });
    }

    /// Ends the last request.
    pub(crate) fn end(&self, ended: Ended) {
        if let Some(last) = self.exchanges().last_mut() {
            last.took.end();
            last.ended = Some(ended);
        }
    }

    /// Makes the spans in a trace of their own, unless a request has them already.
    pub(crate) fn record_in_own_trace(&self, name: &'static str) {
        let Some(first) = self.exchanges().first().map(|it| it.took) else { return };
        if self.recorded.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return;
        }
        let root = SpanBuilder::new(SpanKind::Internal).child_of(opentelemetry::Context::new());
        let root = root.started_with(first).start(|it| it.name(name));
        self.record(&root);
    }
}

impl Wait for IssuerWait {
    fn record(&self, span: &Span) {
        if !span.is_recording() {
            return;
        }
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = &*recorded {
            return span.link(earlier.clone());
        }
        for exchange in &*self.exchanges() {
            let builder = SpanBuilder::new(SpanKind::Client).child_of(span.context().clone());
            let of_exchange = builder.started_with(exchange.took).start(|it| describe(it, exchange));
            of_exchange.end_with(exchange.took);
            *recorded = Some(of_exchange.span_context());
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
    match exchange.ended {
        Some(Ended::Answered(status)) => {
            it.set(semconv::HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16()));
            if !status.is_success() {
                it.fail(status.as_str().to_owned(), "");
            }
        }
        Some(Ended::Failed(failure)) => it.fail(failure.error_type(), failure.text()),
        None => it.fail(ConnectionFailure::TimedOut.error_type(), ConnectionFailure::TimedOut.text()),
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
