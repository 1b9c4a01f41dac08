//! The server span of an HTTP request, by the OpenTelemetry semantic conventions for HTTP, and its one log line.
//! The span starts when the request arrives, continues the trace of an authenticated caller, and ends with the response
//! body.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use tower::{BoxError, Layer, Service};

use opentelemetry::Context as TraceContext;
use opentelemetry_semantic_conventions::attribute as semconv;

use crate::admission::Authenticate;
use crate::traced_body::{BodyEnd, Observe, TracedBody};
use telemetry::propagation::{self, Edge};
use telemetry::span::{Span, SpanBuilder, SpanKind};

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

/// The inner service `S` with the server span and the authentication of [`HttpServerLayer`].
#[derive(Clone)]
pub struct HttpServer<A, S> {
    layer: HttpServerLayer<A>,
    inner: S,
}

/// A response body whose end also ends the server span.
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

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let (authenticate, edge, route_of) =
            (self.layer.authenticate.clone(), self.layer.edge, self.layer.route_of);
        let started = Instant::now();
        let (mut head, body) = request.into_parts();
        Box::pin(async move {
            let arrival = Arrival { head: &head, route: route_of(&head.extensions), started, taken: false };
            let admission = authenticate.authenticate(&head.headers).await;
            let observation = arrival.observe(|span| match &admission {
                Ok(_) => edge.place(span, &head.headers),
                Err(_) => span,
            });
            head.extensions.insert(admission);
            let handled = observation.span.run(inner.call(Request::from_parts(head, body)));
            let mut response = handled.await?;
            propagation::tell_client(&observation.span.span_context(), response.headers_mut());
            let (parts, body) = response.into_parts();
            let body = TracedBody::new(body, Some(observation.answered(parts.status)));
            Ok(Response::from_parts(parts, body.map_err(Into::into).boxed_unsync()))
        })
    }
}

/// A request whose caller is not authenticated yet. Dropped in this state, because the client disconnected, it is recorded
/// as unauthenticated: with the root of a new trace.
struct Arrival<'a> {
    head: &'a Parts,
    route: Option<&'a str>,
    started: Instant,
    taken: bool,
}

impl Arrival<'_> {
    /// Starts the server span, with the time at which the request came in.
    fn observe(mut self, place: impl FnOnce(SpanBuilder) -> SpanBuilder) -> Observation {
        self.taken = true;
        self.begin(place)
    }

    fn begin(&self, place: impl FnOnce(SpanBuilder) -> SpanBuilder) -> Observation {
        let root = SpanBuilder::new(SpanKind::Server).child_of(TraceContext::new());
        let span = place(root.started_at(self.started)).start(|it| {
            let (uri, headers, method) = (&self.head.uri, &self.head.headers, &self.head.method);
            let known = is_known(method);
            let verb = if known { method.as_str() } else { "HTTP" };
            match self.route {
                Some(route) => it.name(format!("{verb} {route}")),
                None => it.name(verb.to_owned()),
            }
            it.set(semconv::HTTP_REQUEST_METHOD, if known { verb.to_owned() } else { "_OTHER".to_owned() });
            it.set_some(semconv::HTTP_REQUEST_METHOD_ORIGINAL, (!known).then(|| shown(method.as_str())));
            it.set_some(semconv::HTTP_ROUTE, self.route.map(ToOwned::to_owned));
            it.set(semconv::NETWORK_PROTOCOL_VERSION, protocol_version(self.head.version));
            let host = uri.authority().map(http::uri::Authority::as_str);
            let host = host.or_else(|| headers.get(header::HOST)?.to_str().ok());
            let (address, port) = host.map_or((None, None), split_authority);
            it.set_some(semconv::SERVER_ADDRESS, address.map(shown));
            it.set_some(semconv::SERVER_PORT, port.map(i64::from));
            it.set(semconv::URL_PATH, shown(uri.path()));
            it.set(semconv::URL_SCHEME, uri.scheme_str().unwrap_or("http").to_owned());
            let user_agent = headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok());
            it.set_some(semconv::USER_AGENT_ORIGINAL, user_agent.map(shown));
        });
        Observation {
            span,
            started: self.started,
            method: self.head.method.clone(),
            route: self.route.map(Arc::from),
            status: None,
            done: false,
        }
    }
}

impl Drop for Arrival<'_> {
    fn drop(&mut self) {
        if !self.taken {
            drop(self.begin(|span| span));
        }
    }
}

/// A request that is being served. If it is dropped before there is a response, the client has disconnected.
struct Observation {
    span: Span,
    started: Instant,
    method: Method,
    route: Option<Arc<str>>,
    status: Option<StatusCode>,
    done: bool,
}

impl Observation {
    fn answered(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// `error` becomes `error.type` instead of the status.
    fn finish(&mut self, outcome: &'static str, error: Option<&'static str>) {
        if std::mem::replace(&mut self.done, true) {
            return;
        }
        let duration_ms = self.started.elapsed().as_secs_f64() * 1_000.0;
        self.span.in_scope(|| {
            tracing::info!(
                method = cut(self.method.as_str()),
                route = self.route.as_deref(),
                status = self.status.map(|it| it.as_u16()),
                duration_ms,
                outcome,
                "request"
            );
        });
        self.span.record(|it| {
            let status = self.status.map(|it| i64::from(it.as_u16()));
            it.set_some(semconv::HTTP_RESPONSE_STATUS_CODE, status);
            let failed = self.status.filter(StatusCode::is_server_error);
            match (error, failed) {
                (Some(error), _) => it.fail(error),
                (None, Some(status)) => it.fail(status.as_str().to_owned()),
                (None, None) => {}
            }
        });
        self.span.end();
    }
}

impl Observe for Observation {
    fn span(&self) -> &Span {
        &self.span
    }

    fn end(mut self, end: BodyEnd<'_>) {
        match end {
            BodyEnd::Complete(_) => self.finish("complete", None),
            BodyEnd::Dropped if self.method == Method::HEAD => self.finish("complete", None),
            BodyEnd::Dropped => self.finish("cut by the client", None),
            BodyEnd::Failed => self.finish("failed", Some("body")),
        }
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.done {
            return self.finish("panicked", Some("panic"));
        }
        self.finish("abandoned by the client", None);
    }
}

/// Text from a client, truncated to 256 bytes: a collector rejects a batch of spans that is too large as a whole.
fn shown(text: &str) -> String {
    cut(text).to_owned()
}

fn cut(text: &str) -> &str {
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
