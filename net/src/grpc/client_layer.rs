//! The client span of a gRPC call, by the semantic conventions for gRPC: it puts the trace context and the time left
//! until the deadline into the metadata, and turns a failed exchange into a status that names the peer.

use std::convert::Infallible;
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::BodyExt as _;
use opentelemetry_semantic_conventions::attribute as semconv;
use tonic::body::Body as GrpcBody;
use tonic::{Code, Status};
use tower::{BoxError, Service, ServiceExt as _};

use super::exchange_error::ExchangeError;
use super::peer::Peer;
use super::{deadline, method, status};
use crate::traced_body::{BodyEnd, Observe, TracedBody};
use platform::causes::{causes, chain};
use telemetry::propagation;
use telemetry::span::{Span, SpanBuilder, SpanKind};

/// The channel `S` to a peer, with a client span for each call.
#[derive(Clone)]
pub struct Traced<S> {
    inner: S,
    peer: Peer,
}

impl<S> Traced<S> {
    pub(crate) fn new(inner: S, peer: Peer) -> Self {
        Self { inner, peer }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<GrpcBody>, Infallible>> + Send>>;

impl<S, R> Service<Request<GrpcBody>> for Traced<S>
where
    S: Service<Request<GrpcBody>, Response = Response<R>, Error: Into<BoxError>> + Clone + Send + 'static,
    S::Future: Send,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<GrpcBody>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // The peer's readiness is awaited within the span, where a wait for a connection can be seen.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<GrpcBody>) -> Self::Future {
        let inner = self.inner.clone();
        let mut call = Call::begin(&self.peer, request.uri().path());
        let peer = self.peer.name;
        let reads = method::is_read(request.uri().path());
        propagation::inject(call.span.context(), request.headers_mut());
        let remaining = deadline::remaining();
        if let Some(remaining) = remaining {
            deadline::to_headers(remaining, request.headers_mut());
        }
        Box::pin(async move {
            let exchange = call.span.run(inner.oneshot(request));
            let outcome = match remaining {
                None => Ok(exchange.await),
                Some(remaining) => tokio::time::timeout(remaining, exchange).await,
            };
            let response = match outcome {
                Ok(Ok(response)) => response.map(|body| {
                    let failed = move |error: R::Error| BoxError::from(no_answer(peer, reads, &error.into()));
                    GrpcBody::new(body.map_err(failed))
                }),
                Ok(Err(error)) => {
                    let error = error.into();
                    call.span.in_scope(|| no_answer(peer, reads, &error)).into_http()
                }
                Err(_) => status::too_late(peer, reads).into_http(),
            };
            call.code = method::code_in(response.headers());
            Ok(response.map(|body| GrpcBody::new(TracedBody::new(body, Some(call)))))
        })
    }
}

/// The status of a call without a complete response. It says whether `peer` may have made the change (docs/adr/0005).
fn no_answer(peer: &'static str, reads: bool, error: &BoxError) -> Status {
    tracing::warn!(peer, cause = chain(error.as_ref()), "call failed: no answer from the peer");
    let nothing_done = |it: &(dyn Error + 'static)| {
        it.downcast_ref::<ExchangeError>().is_some_and(ExchangeError::nothing_done)
    };
    if reads || causes(error.as_ref()).any(nothing_done) {
        status::unavailable(peer)
    } else {
        status::connection_lost(peer)
    }
}

struct Call {
    span: Span,
    code: Option<Code>,
    done: bool,
}

impl Call {
    fn begin(peer: &Peer, path: &str) -> Self {
        let span = SpanBuilder::new(SpanKind::Client).start(|it| {
            let (name, address) = (method::name(path), peer.address());
            it.name(name.to_owned());
            it.set(semconv::RPC_METHOD, name.to_owned());
            it.set(semconv::RPC_SYSTEM_NAME, "grpc");
            it.set_some(semconv::SERVER_ADDRESS, address.map(|it| it.host.clone()));
            it.set_some(semconv::SERVER_PORT, address.map(|it| i64::from(it.port)));
        });
        Self { span, code: None, done: false }
    }

    fn finish(&mut self, code: Code) {
        if std::mem::replace(&mut self.done, true) {
            return;
        }
        let name = status::code_name(code);
        self.span.record(|it| {
            it.set(semconv::RPC_RESPONSE_STATUS_CODE, name);
            if code != Code::Ok {
                it.fail(name);
            }
        });
        self.span.end();
    }
}

impl Observe for Call {
    fn span(&self) -> &Span {
        &self.span
    }

    fn end(mut self, end: BodyEnd<'_>) {
        let code = method::final_code(&end, self.code, Code::Unavailable);
        self.finish(code);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.finish(Code::Cancelled);
    }
}
