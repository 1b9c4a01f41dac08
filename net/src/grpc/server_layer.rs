//! The server span of a gRPC call, by the semantic conventions for gRPC, its one log line, and its deadline. The span of a
//! call that answers a stream ends when the stream begins: a span that is open for hours tells nobody anything until then.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, Response, Uri};
use http_body::Body;
use opentelemetry::Context as TraceContext;
use opentelemetry::trace::FutureExt as _;
use tonic::body::Body as GrpcBody;
use tonic::{Code, Status};
use tower::{BoxError, Layer, Service};

use super::limits::Bounds;
use super::message_body::{RequestBody, counted};
use super::method::{self, KnownMethods};
use super::outcome::Outcome;
use super::received::{Method, Received};
use super::status::Reason;
use super::{deadline, head, probe, status, unread};
use crate::activity::{Activity, RequestGuard};
use crate::admission::{Authenticate, Identified as _, Waits};
use crate::metrics;
use crate::server::{ConnectionStanding, LastsLong, PeerAddress};
use crate::traced_body::{BodyEnd, Observe, TracedBody};
use platform::ip_text::IpText;
use telemetry::audit::{About, Refusal, Who};
use telemetry::propagation::Edge;
use telemetry::span::{Span, SpanBuilder, SpanKind, Timestamp};
use telemetry::{redact, semconv};

/// Timeout of a call without a deadline of the client's, from the metadata to the response.
const LONGEST: Duration = Duration::from_secs(30);

/// Maximum length in bytes of an unknown method's name in a span; the mark of a cut text makes it 256.
const MAX_ORIGINAL: usize = 253;

#[derive(Clone)]
pub(crate) struct ServerLayer<A> {
    authenticate: A,
    service: &'static str,
    methods: KnownMethods,
    calls: Activity,
    bounds: Bounds,
}

impl<A> ServerLayer<A> {
    pub(crate) fn new(
        authenticate: A,
        service: &'static str,
        methods: KnownMethods,
        calls: Activity,
        bounds: Bounds,
    ) -> Self {
        Self { authenticate, service, methods, calls, bounds }
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
    S: Service<Request<RequestBody<B>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
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
        let mut refusal = head::refusal(&request);
        if method::is_probe(request.uri().path()) {
            if let Some((refused, _)) = refusal {
                return Box::pin(async { Ok(refused) });
            }
            let ServerLayer { authenticate, bounds, .. } = self.layer.clone();
            return Box::pin(probe::serve(inner, request, authenticate, bounds));
        }
        let ServerLayer { authenticate, service, methods, calls, bounds } = self.layer.clone();
        let path = request.uri().path();
        let (reads, (method, streams)) = (method::is_read(path), methods.incoming(path));
        let (started, guard) = (Timestamp::now(), calls.begin());
        let timeout = deadline::from_headers(request.headers()).map(with_response_margin);
        // A stream goes on for as long as its connection.
        let timeout = timeout.or((!streams).then_some(LONGEST));
        let (mut head, body) = request.into_parts();
        Box::pin(async move {
            let peer = head.extensions.get::<PeerAddress>().map(|it| it.0);
            let waits = Waits::default();
            let arrival =
                Arrival { uri: &head.uri, peer, method, started, waits: &waits, guard: Some(guard) };
            let standing = ConnectionStanding::of(&head.extensions);
            if let Some((refused, outcome)) = refusal.take() {
                if bounds.is_refused_cheaply(standing.as_deref()) {
                    arrival.refuse_cheaply(outcome.code);
                    return Ok(refused);
                }
                let mut call = arrival.observe(|span| span);
                call.head = Some(outcome);
                return Ok(call.observe_body(refused));
            }
            let unverified = match bounds.unverified(standing.as_deref()) {
                Ok(place) => place,
                Err(full) => return Ok(arrival.observe(|span| span).answer(full)),
            };
            let admission = authenticate.authenticate(&head.headers, &waits).await;
            drop(unverified);
            // Rejected before the message is read: a caller that is not authenticated uses no memory for it.
            let caller = match &admission {
                Ok(caller) => caller,
                Err(refusal) => {
                    let status: Status = refusal.clone().into();
                    if status.code() == Code::Unauthenticated
                        && bounds.is_refused_cheaply(standing.as_deref())
                    {
                        arrival.refuse_cheaply(status.code());
                        return Ok(status.into_http());
                    }
                    let mut call = arrival.observe(|span| span);
                    call.refusal = Some(status.message().to_owned());
                    return Ok(call.answer(status));
                }
            };
            let admitted = standing.as_ref().map_or(Ok(()), |it| it.prove_as(caller));
            let is_from_process = standing.is_some_and(|it| it.is_process());
            let who = Who { on_behalf_of: caller.on_behalf_of(&head.headers), ..caller.who() };
            let holder = bounds.holder(&who.sub, caller.is_process(), is_from_process);
            let mut call = arrival.observe(|span| Edge::Continue.place(span, &head.headers));
            call.who = Some(who);
            if let Err(full) = admitted {
                return Ok(call.answer(bounds.no_connection(full)));
            }
            head.extensions.insert(admission);
            let method = Method { name: call.method, reads, streams };
            let received = match Received::awaited(holder.clone(), method) {
                Ok(received) => received,
                Err(full) => return Ok(call.answer(full)),
            };
            let within = call.about.within(call.span.context());
            let body = RequestBody::of_call(body, received.clone(), &bounds);
            let mut response = {
                // Pinned one by one: a future that is handed on by value is copied, and is in the other one twice.
                let handled = pin!(inner.call(Request::from_parts(head, body)));
                let handled = pin!(counted(handled, holder, method, received.clone()));
                let handled = pin!(survive_panics(handled, bounds.message_bytes()));
                let handled = handled.with_context(within);
                match timeout {
                    None => handled.await?,
                    Some(timeout) => {
                        let within = deadline::within(Instant::now() + timeout, handled);
                        match tokio::time::timeout(timeout, within).await {
                            Ok(answer) => answer?,
                            Err(_) => status::too_late(service, reads).into_http(),
                        }
                    }
                }
            };
            received.end();
            call.head = Outcome::in_headers(response.headers());
            if streams && call.head.is_none() {
                call.end_span(Outcome::of(Code::Ok));
                response.extensions_mut().insert(LastsLong);
            }
            Ok(call.observe_body(response))
        })
    }
}

/// A handler that panics fails its own call and no other on the connection; the panic is logged where it happens.
async fn survive_panics<R, E>(
    handled: impl Future<Output = Result<Response<R>, E>>,
    message_bytes: usize,
) -> Result<Response<GrpcBody>, E>
where
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    match AssertUnwindSafe(handled).catch_unwind().await {
        Ok(answer) => {
            let answer = answer?;
            let explained = unread::explained(&answer, message_bytes);
            Ok(explained.map_or_else(|| answer.map(GrpcBody::new), Status::into_http))
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
    peer: Option<SocketAddr>,
    method: &'static str,
    started: Timestamp,
    waits: &'a Waits,
    /// `None` once the guard has moved into the [`Call`].
    guard: Option<RequestGuard>,
}

impl Arrival<'_> {
    /// Starts the server span, with the time at which the metadata came in.
    fn observe(mut self, place: impl FnOnce(SpanBuilder) -> SpanBuilder) -> Call {
        let guard = self.guard.take();
        self.begin(place, guard)
    }

    /// Measures a call that is answered without a span.
    fn refuse_cheaply(mut self, code: Code) {
        self.guard.take();
        metrics::served_call(self.method, status::code_name(code), None, self.started.elapsed());
    }

    fn begin(&self, place: impl FnOnce(SpanBuilder) -> SpanBuilder, guard: Option<RequestGuard>) -> Call {
        let uri = self.uri;
        let name = self.method;
        let root = SpanBuilder::new(SpanKind::Server).child_of(TraceContext::new());
        let span = place(root.started_at(self.started)).start(|it| {
            // A method that nobody serves has no name of its own.
            it.name(if name == method::OTHER { "grpc" } else { name });
            it.set_some(
                semconv::NETWORK_PEER_ADDRESS,
                self.peer.map(|it| IpText::of(it.ip()).as_str().to_owned()),
            );
            it.set_some(semconv::NETWORK_PEER_PORT, self.peer.map(|it| i64::from(it.port())));
            it.set(semconv::RPC_METHOD, name);
            let original = || status::cut(&redact::secrets(method::name(uri.path())), MAX_ORIGINAL);
            it.set_some(semconv::RPC_METHOD_ORIGINAL, (name == method::OTHER).then(original));
            it.set(semconv::RPC_SYSTEM_NAME, "grpc");
            it.set_some(semconv::SERVER_ADDRESS, uri.host().map(ToOwned::to_owned));
            it.set_some(semconv::SERVER_PORT, uri.port_u16().map(i64::from));
        });
        self.waits.record(&span);
        Call {
            span,
            started: self.started,
            peer: self.peer,
            method: name,
            reads: method::is_read(uri.path()),
            who: None,
            refusal: None,
            about: About::default(),
            head: None,
            is_measured: false,
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
    started: Timestamp,
    peer: Option<SocketAddr>,
    method: &'static str,
    /// Whether the method only reads.
    reads: bool,
    /// The caller, if the token is valid.
    who: Option<Who>,
    /// What is wrong with the token.
    refusal: Option<String>,
    /// The ids of what the call is about.
    about: About,
    /// The outcome, if the head of the response has one.
    head: Option<Outcome>,
    /// Whether the duration has been recorded.
    is_measured: bool,
    done: bool,
    _guard: Option<RequestGuard>,
}

impl Call {
    /// The answer to a call that has no other answer than a status.
    fn answer(mut self, status: Status) -> Response<GrpcBody> {
        let answer = status.into_http();
        self.head = Outcome::in_headers(answer.headers());
        self.observe_body(answer)
    }

    /// The answer whose end ends the call.
    fn observe_body(self, answer: Response<GrpcBody>) -> Response<GrpcBody> {
        answer.map(|body| GrpcBody::new(TracedBody::new(body, Some(self))))
    }

    fn finish(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.done, true) {
            return;
        }
        let (code, duration_ms) =
            (status::code_name(outcome.code), self.started.elapsed().as_secs_f64() * 1_000.0);
        let client = self.peer.map(|it| IpText::of(it.ip()));
        let client = client.as_ref().map(IpText::as_str);
        let sub = self.who.as_ref().map(|it| &*it.sub);
        let on_behalf_of = self.who.as_ref().and_then(|it| it.on_behalf_of.as_deref());
        // Only the call of a stream that had begun is measured already.
        let of_stream = self.is_measured.then(|| outcome.of_stream()).flatten();
        self.span.in_scope(|| {
            self.audit(outcome);
            tracing::info!(
                method = self.method,
                code,
                reason = outcome.reason.map(Reason::text),
                outcome = of_stream,
                duration_ms,
                sub,
                on_behalf_of,
                client,
                "call"
            );
        });
        self.end_span(outcome);
    }

    /// Adds a line to the audit log if the call was refused: because of its token, because the caller may not do this, or
    /// because what it should change does not exist or must not be seen by the caller.
    fn audit(&self, outcome: Outcome) {
        if outcome.code == Code::Ok {
            return;
        }
        let refused = Refusal {
            who: self.who.as_ref(),
            method: self.method,
            route: None,
            client: self.peer.map(|it| it.ip()),
            reason: outcome.reason.map(Reason::text),
            cause: self.refusal.as_deref(),
            about: self.about.ids(),
        };
        match outcome.code {
            Code::Unauthenticated if self.who.is_none() => refused.of_token(),
            Code::PermissionDenied => refused.of_permission(),
            Code::NotFound if !self.reads => refused.of_permission(),
            _ => {}
        }
    }

    /// Has no effect if the span has ended.
    fn end_span(&mut self, outcome: Outcome) {
        if !std::mem::replace(&mut self.is_measured, true) {
            let error_type = outcome.error_type(method::is_server_error);
            metrics::served_call(self.method, outcome.code_name(), error_type, self.started.elapsed());
        }
        outcome.end(&self.span, method::is_server_error);
    }
}

impl Observe for Call {
    fn span(&self) -> &Span {
        &self.span
    }

    fn end(mut self, end: BodyEnd<'_>) {
        self.finish(Outcome::at_end(&end, self.head, Outcome::of(Code::Internal)));
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.finish(Outcome::of(Code::Cancelled));
    }
}
