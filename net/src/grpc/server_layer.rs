//! The server span of a gRPC call, by the semantic conventions for gRPC, its one log line, and its deadline. The span of a
//! call that answers a stream ends when the stream begins: a span that is open for hours tells nobody anything until then.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response, Uri};
use http_body::Body;
use opentelemetry::Context as TraceContext;
use opentelemetry_semantic_conventions::attribute as semconv;
use tonic::body::Body as GrpcBody;
use tonic::{Code, Status};
use tower::{BoxError, Layer, Service};

use super::method::{self, KnownMethods};
use super::{deadline, status, unread};
use crate::activity::{Activity, RequestGuard};
use crate::admission::Authenticate;
use crate::traced_body::{BodyEnd, Observe, TracedBody};
use telemetry::propagation::Edge;
use telemetry::span::{Span, SpanBuilder, SpanKind};

/// Timeout of a call without a deadline of the client's, from the metadata to the response.
const LONGEST: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(crate) struct ServerLayer<A> {
    authenticate: A,
    service: &'static str,
    methods: KnownMethods,
    calls: Activity,
}

impl<A> ServerLayer<A> {
    pub(crate) fn new(
        authenticate: A,
        service: &'static str,
        methods: KnownMethods,
        calls: Activity,
    ) -> Self {
        Self { authenticate, service, methods, calls }
    }
}

impl<A: Clone, S> Layer<S> for ServerLayer<A> {
    type Service = ServerService<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        ServerService { layer: self.clone(), inner }
    }
}

#[derive(Clone)]
pub(crate) struct ServerService<A, S> {
    layer: ServerLayer<A>,
    inner: S,
}

type Answer<E> = Pin<Box<dyn Future<Output = Result<Response<GrpcBody>, E>> + Send>>;

impl<A, S, B, R> Service<Request<B>> for ServerService<A, S>
where
    A: Authenticate,
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<GrpcBody>;
    type Error = S::Error;
    type Future = Answer<S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        if method::is_probe(request.uri().path()) {
            return Box::pin(async move { Ok(inner.call(request).await?.map(GrpcBody::new)) });
        }
        let ServerLayer { authenticate, service, methods, calls } = self.layer.clone();
        let reads = method::is_read(request.uri().path());
        let streams = methods.is_streaming(request.uri().path());
        let (started, guard) = (Instant::now(), calls.begin());
        let timeout = deadline::from_headers(request.headers()).map(with_response_margin);
        // A stream goes on for as long as its connection.
        let timeout = timeout.or((!streams).then_some(LONGEST));
        let (mut head, body) = request.into_parts();
        Box::pin(async move {
            let arrival = Arrival { uri: &head.uri, methods: &methods, started, guard: Some(guard) };
            let admission = authenticate.authenticate(&head.headers).await;
            // Rejected before the message is read: a caller that is not authenticated uses no memory for it.
            if let Err(refusal) = admission {
                let status: Status = refusal.into();
                let mut call = arrival.observe(|span| span);
                call.code = Some(status.code());
                let refused = status.into_http::<GrpcBody>();
                return Ok(refused.map(|body| GrpcBody::new(TracedBody::new(body, Some(call)))));
            }
            let mut call = arrival.observe(|span| Edge::Continue.place(span, &head.headers));
            head.extensions.insert(admission);
            let handled = call.span.run(survive_panics(inner.call(Request::from_parts(head, body))));
            let response = match timeout {
                None => handled.await?,
                Some(timeout) => {
                    let within = deadline::within(Instant::now() + timeout, handled);
                    match tokio::time::timeout(timeout, within).await {
                        Ok(answer) => answer?,
                        Err(_) => status::too_late(service, reads).into_http(),
                    }
                }
            };
            call.code = method::code_in(response.headers());
            if streams && call.code.is_none() {
                call.end_span(Code::Ok);
            }
            Ok(response.map(|body| GrpcBody::new(TracedBody::new(body, Some(call)))))
        })
    }
}

/// A handler that panics fails its own call and no other on the connection; the panic is logged where it happens.
async fn survive_panics<R, E>(
    handled: impl Future<Output = Result<Response<R>, E>>,
) -> Result<Response<GrpcBody>, E>
where
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    match AssertUnwindSafe(handled).catch_unwind().await {
        Ok(answer) => {
            let answer = answer?;
            Ok(unread::explained(&answer).map_or_else(|| answer.map(GrpcBody::new), Status::into_http))
        }
        Err(_) => Ok(status::internal().into_http()),
    }
}

/// The client's timeout minus a margin in which the response DEADLINE_EXCEEDED reaches the client.
fn with_response_margin(timeout: Duration) -> Duration {
    timeout.saturating_sub((timeout / 10).min(Duration::from_millis(10)))
}

/// A call whose caller is not authenticated yet. Dropped in this state, because the client disconnected, it is recorded as
/// unauthenticated: with the root of a new trace.
struct Arrival<'a> {
    uri: &'a Uri,
    methods: &'a KnownMethods,
    started: Instant,
    /// `None` once the guard has moved into the [`Call`].
    guard: Option<RequestGuard>,
}

impl Arrival<'_> {
    /// Starts the server span, with the time at which the metadata came in.
    fn observe(mut self, place: impl FnOnce(SpanBuilder) -> SpanBuilder) -> Call {
        let guard = self.guard.take();
        self.begin(place, guard)
    }

    fn begin(&self, place: impl FnOnce(SpanBuilder) -> SpanBuilder, guard: Option<RequestGuard>) -> Call {
        let uri = self.uri;
        let name = self.methods.name(uri.path());
        let root = SpanBuilder::new(SpanKind::Server).child_of(TraceContext::new());
        let span = place(root.started_at(self.started)).start(|it| {
            it.name(name.to_owned());
            it.set(semconv::RPC_METHOD, name.to_owned());
            let original = || status::cut(method::name(uri.path()), 256);
            it.set_some(semconv::RPC_METHOD_ORIGINAL, (name == method::OTHER).then(original));
            it.set(semconv::RPC_SYSTEM_NAME, "grpc");
            it.set_some(semconv::SERVER_ADDRESS, uri.host().map(ToOwned::to_owned));
            it.set_some(semconv::SERVER_PORT, uri.port_u16().map(i64::from));
        });
        Call {
            span,
            started: self.started,
            method: name.to_owned(),
            code: None,
            span_ended: false,
            done: false,
            _guard: guard,
        }
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        if let Some(guard) = self.guard.take() {
            drop(self.begin(|span| span, Some(guard)));
        }
    }
}

/// A call that is being served. If it is dropped before there is a response, the caller has disconnected.
struct Call {
    span: Span,
    started: Instant,
    method: String,
    code: Option<Code>,
    span_ended: bool,
    done: bool,
    _guard: Option<RequestGuard>,
}

impl Call {
    fn finish(&mut self, code: Code) {
        if std::mem::replace(&mut self.done, true) {
            return;
        }
        let (name, duration_ms) = (status::code_name(code), self.started.elapsed().as_secs_f64() * 1_000.0);
        self.span.in_scope(|| tracing::info!(method = self.method, code = name, duration_ms, "call"));
        self.end_span(code);
    }

    fn end_span(&mut self, code: Code) {
        if std::mem::replace(&mut self.span_ended, true) {
            return;
        }
        let name = status::code_name(code);
        self.span.record(|it| {
            it.set(semconv::RPC_RESPONSE_STATUS_CODE, name);
            if method::is_server_error(code) {
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
        let code = method::final_code(&end, self.code, Code::Internal);
        self.finish(code);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.finish(Code::Cancelled);
    }
}
