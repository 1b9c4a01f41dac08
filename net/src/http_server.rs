//! The server span of an HTTP request, by the OpenTelemetry semantic conventions for HTTP, and its one log line.
//! The span starts when the request arrives, continues the trace of an authenticated caller, and ends with the response
//! body. The span of an event stream ends with the head of the response; its log line is written when the stream has ended,
//! and has the number of bytes sent.

mod observation;
mod query;
mod request_span;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tower::{BoxError, Layer, Service};

use opentelemetry::Context as TraceContext;

use self::observation::{Observation, Stage};
use self::request_span::Origin;
use crate::admission::{Authenticate, Identified as _, Waits};
use crate::client_address::TrustedProxies;
use crate::metrics::ActiveRequest;
use crate::refused::Refused;
use crate::server::{ConnectionStanding, PeerAddress};
use crate::traced_body::TracedBody;
use telemetry::propagation::{self, Edge};
use telemetry::span::{SpanBuilder, SpanKind, Timestamp};

pub use self::observation::ErrorReason;
pub use self::query::Parameter;

/// The template of the route that a request matched, as the router puts it into the extensions.
pub type RouteOf = fn(&http::Extensions) -> Option<&str>;

/// What the spans of requests show, and whose headers they believe.
#[derive(Clone, Debug)]
pub struct SpanSettings {
    /// The relation to the trace of an authenticated caller.
    pub edge: Edge,
    /// Reads the matched route; without one, the span is named by the method alone.
    pub route_of: RouteOf,
    /// The proxies whose word on the client's address counts.
    pub trusted_proxies: Arc<TrustedProxies>,
    /// The query parameters of all routes; other names and values are not shown.
    pub parameters: &'static [Parameter],
    /// The prefixes of paths that a resource's id follows, each with the attribute for the id.
    pub resources: &'static [(&'static str, &'static str)],
    /// Tells the routes that have no span, no trace id, and a log line at level DEBUG if they succeed: those of health checks, for
    /// example.
    pub is_untraced: fn(&str) -> bool,
}

/// Adds the server span, the [`crate::admission::Admission`], the [`crate::client_address::ClientAddress`], and the headers
/// that name the trace.
#[derive(Clone)]
pub struct HttpServerLayer<A> {
    authenticate: A,
    settings: Arc<SpanSettings>,
    refused: Arc<Refused>,
}

impl<A> HttpServerLayer<A> {
    /// Makes the layer; `authenticate` checks the token of each request.
    pub fn new(authenticate: A, settings: SpanSettings) -> Self {
        Self { authenticate, settings: Arc::new(settings), refused: Arc::default() }
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

pin_project_lite::pin_project! {
    /// The response body `B`, whose end also ends the server span.
    pub struct ObservedBody<B: Body<Data = Bytes>> {
        #[pin]
        inner: TracedBody<B, Observation>,
    }
}

impl<B: Body<Data = Bytes>> Body for ObservedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        self.project().inner.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

type Answer<B> = Pin<Box<dyn Future<Output = Result<Response<ObservedBody<B>>, Infallible>> + Send>>;

impl<A, S, B, R> Service<Request<B>> for HttpServer<A, S>
where
    A: Authenticate,
    S: Service<Request<B>, Response = Response<R>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<ObservedBody<R>>;
    type Error = Infallible;
    type Future = Answer<R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let HttpServerLayer { authenticate, settings, refused } = self.layer.clone();
        let started = Timestamp::now();
        let (mut head, body) = request.into_parts();
        Box::pin(async move {
            let arrival = Arrival::new(&head, &settings, started);
            let client = arrival.origin.client;
            let admission = authenticate.authenticate(&head.headers, &arrival.waits).await;
            let standing = ConnectionStanding::of(&head.extensions);
            let (is_anonymous, version) = (admission.is_err(), head.version);
            let mut observation = arrival.observe(|span| match &admission {
                Ok(_) => settings.edge.place(span, &head.headers),
                Err(_) => span,
            });
            match &admission {
                Ok(caller) => {
                    observation.sub = Some(caller.sub());
                    if let Some(standing) = &standing {
                        // A connection for which there is no place is closed after the answer.
                        let _ = standing.prove_as(caller);
                    }
                }
                Err(refusal) => observation.refusal = Some(refusal.clone().into()),
            }
            let resource = request_span::resource_id(head.uri.path(), settings.resources).map(|it| it.0);
            head.extensions.insert(admission);
            if let Some(client) = client {
                head.extensions.insert(client);
            }
            let handled = observation.span.run(inner.call(Request::from_parts(head, body)));
            let mut response = handled.await?;
            let is_refusal =
                matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS);
            if let Some(standing) = standing.filter(|_| is_anonymous && is_refusal) {
                refused.slow_down(&standing, version, &mut response);
            }
            propagation::tell_client(&observation.span, response.headers_mut());
            let (parts, body) = response.into_parts();
            let observation = observation.answered(&parts, resource, settings.resources);
            let body = ObservedBody { inner: TracedBody::new(body, Some(observation)) };
            Ok(Response::from_parts(parts, body))
        })
    }
}

/// A request whose caller is not authenticated yet. Dropped in this state, because the client disconnected, it is recorded
/// as unauthenticated: with the root of a new trace.
struct Arrival<'a> {
    head: &'a Parts,
    settings: &'a SpanSettings,
    route: Option<&'a str>,
    origin: Origin,
    started: Timestamp,
    waits: Waits,
    taken: bool,
}

impl<'a> Arrival<'a> {
    fn new(head: &'a Parts, settings: &'a SpanSettings, started: Timestamp) -> Self {
        let peer = head.extensions.get::<PeerAddress>().map(|it| it.0);
        let client = peer.map(|it| settings.trusted_proxies.client(it.ip(), &head.headers));
        let route = (settings.route_of)(&head.extensions);
        Self {
            head,
            settings,
            route,
            origin: Origin { peer, client },
            started,
            waits: Waits::default(),
            taken: false,
        }
    }

    /// Starts the server span, with the time at which the request came in.
    fn observe(mut self, place: impl FnOnce(SpanBuilder) -> SpanBuilder) -> Observation {
        self.taken = true;
        self.begin(place)
    }

    fn begin(&self, place: impl FnOnce(SpanBuilder) -> SpanBuilder) -> Observation {
        let is_untraced = self.route.is_some_and(self.settings.is_untraced);
        let root = SpanBuilder::new(SpanKind::Server).child_of(TraceContext::new());
        let placed = if is_untraced { root.suppressed() } else { place(root) };
        let span = placed.started_at(self.started).start(|it| {
            request_span::describe(it, self.head, self.route, self.origin, self.settings);
        });
        self.waits.record(&span);
        Observation {
            span,
            started: self.started.instant(),
            active: ActiveRequest::begin(
                self.route,
                request_span::standard_method(&self.head.method),
                request_span::is_https(self.head),
                request_span::protocol_version(self.head.version),
            ),
            stage: Stage::InProgress,
            method: self.head.method.clone(),
            client: self.origin.client,
            is_quiet: is_untraced,
            sub: None,
            refusal: None,
            status: None,
            reason: None,
            is_stream: false,
            streamed: 0,
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
