//! The server span of an HTTP request, by the OpenTelemetry semantic conventions for HTTP, and its one log line.
//! It starts when the request came in, continues the trace of a caller that [`Authenticate`] knows, and ends with the
//! body of the answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use tower::{BoxError, Layer, Service};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use opentelemetry::Context as TraceContext;
use opentelemetry::trace::{FutureExt as _, TraceContextExt as _};

use crate::admission::Authenticate;
use crate::traced_body::{BodyEnd, Observe, TracedBody};
use telemetry::propagation::{self, Edge};

/// The template of the route that a request matched, as the router puts it into the extensions.
pub type RouteOf = fn(&http::Extensions) -> Option<&str>;

/// Adds the server span, the [`crate::admission::Admission`] and the headers that name the trace.
#[derive(Clone)]
pub struct HttpServerLayer<A> {
    authenticate: A,
    edge: Edge,
    route_of: RouteOf,
}

impl<A> HttpServerLayer<A> {
    /// `route_of` reads the matched route; without one the span is named by the method alone.
    pub fn new(authenticate: A, edge: Edge, route_of: RouteOf) -> Self {
        Self { authenticate, edge, route_of }
    }
}

impl<A: Clone, S> Layer<S> for HttpServerLayer<A> {
    type Service = HttpServer<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        HttpServer { layer: self.clone(), inner }
    }
}

/// The service that [`HttpServerLayer`] makes.
#[derive(Clone)]
pub struct HttpServer<A, S> {
    layer: HttpServerLayer<A>,
    inner: S,
}

/// The body of an answer, observed.
pub type ObservedBody = UnsyncBoxBody<Bytes, BoxError>;

type Answer = Pin<Box<dyn Future<Output = Result<Response<ObservedBody>, Infallible>> + Send>>;

impl<A, S, B, R> Service<Request<B>> for HttpServer<A, S>
where
    A: Authenticate,
    S: Service<Request<B>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<ObservedBody>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let (authenticate, edge) = (self.layer.authenticate.clone(), self.layer.edge);
        let observation = Observation::begin(&request, (self.layer.route_of)(request.extensions()));
        Box::pin(async move {
            let admission = authenticate.authenticate(request.headers()).await;
            let span = observation.span.clone();
            let untraced = admission.is_ok().then(|| edge.enter(&span, request.headers())).flatten();
            request.extensions_mut().insert(admission);
            let context = span.context();
            let handled = inner.call(request).instrument(span);
            let mut response = handled.with_context(untraced.unwrap_or_else(TraceContext::current)).await?;
            propagation::tell_client(context.span().span_context(), response.headers_mut());
            let (parts, body) = response.into_parts();
            let body = TracedBody::new(body, Some(observation.answered(parts.status)));
            Ok(Response::from_parts(parts, body.map_err(Into::into).boxed_unsync()))
        })
    }
}

/// One request being served; dropped before an answer means that the client went away.
struct Observation {
    span: Span,
    started: Instant,
    method: Method,
    route: Option<Arc<str>>,
    status: Option<StatusCode>,
    done: bool,
}

impl Observation {
    fn begin<B>(request: &Request<B>, route: Option<&str>) -> Self {
        let method = request.method().clone();
        let host = request.uri().authority().map(http::uri::Authority::as_str);
        let host = host.or_else(|| request.headers().get(header::HOST)?.to_str().ok());
        let (address, port) = host.map_or((None, None), split_authority);
        let known = is_known(&method);
        let user_agent = request.headers().get(header::USER_AGENT).and_then(|it| it.to_str().ok());
        let span = tracing::info_span!(
            "http",
            otel.kind = "server",
            otel.name = Empty,
            otel.status_code = Empty,
            error.type = Empty,
            http.request.method = if known { method.as_str() } else { "_OTHER" },
            http.request.method_original = (!known).then(|| shown(method.as_str())),
            http.response.status_code = Empty,
            http.route = route,
            network.protocol.version = protocol_version(request.version()),
            server.address = address.map(shown),
            server.port = port,
            url.path = shown(request.uri().path()),
            url.scheme = request.uri().scheme_str().unwrap_or("http"),
            user_agent.original = user_agent.map(shown),
        );
        let verb = if known { method.as_str() } else { "HTTP" };
        match route {
            Some(route) => span.record("otel.name", format!("{verb} {route}")),
            None => span.record("otel.name", verb),
        };
        let route = route.map(Arc::from);
        Self { span, started: Instant::now(), method, route, status: None, done: false }
    }

    fn answered(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self.span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", status.as_str());
        }
        self
    }

    fn finish(&mut self, outcome: &'static str) {
        if std::mem::replace(&mut self.done, true) {
            return;
        }
        let duration_ms = self.started.elapsed().as_secs_f64() * 1_000.0;
        self.span.in_scope(|| {
            tracing::info!(
                method = shown(self.method.as_str()),
                route = self.route.as_deref(),
                status = self.status.map(|it| it.as_u16()),
                duration_ms,
                outcome,
                "request"
            );
        });
        propagation::end(&self.span);
    }
}

impl Observe for Observation {
    fn span(&self) -> &Span {
        &self.span
    }

    fn end(mut self, end: BodyEnd<'_>) {
        let outcome = match end {
            BodyEnd::Complete(_) => "complete",
            BodyEnd::Dropped if self.method == Method::HEAD => "complete",
            BodyEnd::Dropped => "cut by the client",
            BodyEnd::Failed => {
                self.span.record("otel.status_code", "ERROR");
                self.span.record("error.type", "body");
                "failed"
            }
        };
        self.finish(outcome);
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.done {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", "panic");
            return self.finish("panicked");
        }
        self.finish("abandoned by the client");
    }
}

/// As much of a client's text as a span takes: a batch of spans that grows too large is refused as a whole.
fn shown(text: &str) -> &str {
    &text[..text.floor_char_boundary(256)]
}

fn is_known(method: &Method) -> bool {
    const KNOWN: [Method; 9] = [
        Method::CONNECT,
        Method::DELETE,
        Method::GET,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
        Method::POST,
        Method::PUT,
        Method::TRACE,
    ];
    KNOWN.contains(method)
}

fn split_authority(authority: &str) -> (Option<&str>, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => (Some(host), port.parse().ok()),
        _ => (Some(authority), None),
    }
}

fn protocol_version(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_10 => "1.0",
        http::Version::HTTP_2 => "2",
        http::Version::HTTP_3 => "3",
        _ => "1.1",
    }
}
