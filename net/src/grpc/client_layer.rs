//! A channel to a peer, and the client span of a gRPC call, by the semantic conventions for gRPC: it puts the trace context and the time left
//! until the deadline into the metadata, and turns a failed exchange into a status that names the peer.

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use http::{Request, Response};
use http_body_util::BodyExt as _;
use platform::connection_failure::ConnectionFailure;
use tonic::body::Body as GrpcBody;
use tonic::{Code, Status};
use tower::{BoxError, Service};

use super::balancer::Balancer;
use super::exchange_error::ExchangeError;
use super::outcome::Outcome;
use super::{deadline, method, status};
use crate::metrics;
use crate::traced_body::{BodyEnd, Observe, TracedBody};
use platform::causes::{causes, chain};
use telemetry::span::{Span, SpanBuilder, SpanKind};
use telemetry::{propagation, semconv};

/// A channel to a peer's replicas, with a client span for each call. Clones share its connections; a clone is made for each call.
#[derive(Clone)]
pub struct Channel {
    balancer: Balancer,
    peer: &'static str,
}

impl Channel {
    pub(super) fn new(balancer: Balancer, peer: &'static str) -> Self {
        Self { balancer, peer }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<GrpcBody>, Infallible>> + Send>>;

impl Service<Request<GrpcBody>> for Channel {
    type Response = Response<GrpcBody>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The peer's readiness is awaited within the span, where a wait for a connection can be seen.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<GrpcBody>) -> Self::Future {
        let (balancer, peer) = (self.balancer.clone(), self.peer);
        let path = request.uri().path();
        let (method, streams) = method::outgoing(path);
        let reads = method::is_read(path);
        let mut call = Call::begin(peer, method);
        propagation::inject(call.span.context(), request.headers_mut());
        let remaining = deadline::remaining();
        if let Some(remaining) = remaining {
            deadline::to_headers(remaining, request.headers_mut());
        }
        Box::pin(async move {
            let exchange = call.span.run(balancer.exchange(request, streams));
            let outcome = match remaining {
                None => Ok(exchange.await),
                Some(remaining) => tokio::time::timeout(remaining, exchange).await,
            };
            let (failure, status) = match outcome {
                Ok(Ok(response)) => {
                    call.head = Outcome::in_headers(response.headers());
                    if streams && call.head.is_none() {
                        // A stream goes on for hours; its span would tell nobody anything until then.
                        call.end_span(Outcome::of(Code::Ok));
                    }
                    return Ok(response.map(|body| {
                        let failed =
                            move |error| BoxError::from(no_answer(peer, reads, &BoxError::from(error)));
                        GrpcBody::new(TracedBody::new(body.map_err(failed), Some(call)))
                    }));
                }
                Ok(Err(error)) => {
                    let status = call.span.in_scope(|| no_answer(peer, reads, &error));
                    (exchange_error(&error).map(ExchangeError::failure), status)
                }
                Err(_) => (None, status::too_late(peer, reads)),
            };
            let response = status.into_http();
            call.head = Outcome::in_headers(response.headers()).map(|it| Outcome { failure, ..it });
            Ok(response.map(|body: GrpcBody| GrpcBody::new(TracedBody::new(body, Some(call)))))
        })
    }
}

/// The status of a call without a complete response. It says whether `peer` may have made the change (docs/adr/0005).
fn no_answer(peer: &'static str, reads: bool, error: &BoxError) -> Status {
    tracing::warn!(peer, cause = chain(error.as_ref()), "call failed: no answer from the peer");
    if reads || exchange_error(error).is_some_and(ExchangeError::nothing_done) {
        status::unavailable(peer)
    } else {
        status::connection_lost(peer)
    }
}

fn exchange_error(error: &BoxError) -> Option<&ExchangeError> {
    let error: &(dyn Error + 'static) = error.as_ref();
    causes(error).find_map(|it| it.downcast_ref())
}

struct Call {
    span: Span,
    started: Instant,
    method: Cow<'static, str>,
    /// Whether the duration has been recorded.
    is_measured: bool,
    /// The outcome, if the head of the response has one.
    head: Option<Outcome>,
}

impl Call {
    fn begin(peer: &'static str, method: Cow<'static, str>) -> Self {
        let span = SpanBuilder::new(SpanKind::Client).start(|it| {
            it.name(method.clone());
            it.set(semconv::PEER_SERVICE, peer);
            it.set(semconv::RPC_METHOD, method.clone());
            it.set(semconv::RPC_SYSTEM_NAME, "grpc");
            it.set(semconv::SERVICE_PEER_NAME, peer);
        });
        Self { span, started: Instant::now(), method, is_measured: false, head: None }
    }

    /// Has no effect if the span has ended.
    fn end_span(&mut self, outcome: Outcome) {
        let is_failure = |code| code != Code::Ok;
        if !std::mem::replace(&mut self.is_measured, true) {
            let error_type = outcome.error_type(is_failure);
            metrics::made_call(&self.method, outcome.code_name(), error_type, self.started.elapsed());
        }
        outcome.end(&self.span, is_failure);
    }
}

impl Observe for Call {
    fn span(&self) -> &Span {
        &self.span
    }

    fn end(mut self, end: BodyEnd<'_>) {
        let lost = Outcome { failure: Some(ConnectionFailure::Closed), ..Outcome::of(Code::Unavailable) };
        self.end_span(Outcome::at_end(&end, self.head, lost));
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end_span(Outcome::of(Code::Cancelled));
    }
}
