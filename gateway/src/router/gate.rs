//! What every request passes between its server span and its handler, and every answer on its way back, in one service. A layer of
//! axum for each step would be easier to read, but axum boxes what is behind a layer, and clones all boxes behind it for each
//! request: seventeen layers were half of all allocations of a GET.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use net::client_address::TrustedProxies;
use net::grpc::{deadline, status};
use tower::{Layer, Service};

use crate::NAME;
use crate::cors::Cors;
use crate::error::{self, ApiError};
use crate::input::{IfMatchOfRead, check_head};
use crate::limits::caller_rate::{self, CallerRateLimit};
use crate::limits::header::check_size;
use crate::limits::in_flight::{HeldBody, InFlightLimit};
use crate::limits::reads::Reads;
use crate::public_url::PublicUrl;
use crate::session::Sessions;
use crate::stream::TraceUrl;
use crate::web::security::SecurityHeaders;

use super::Told;

/// What the gate decides by.
pub(super) struct Rules {
    pub(super) trusted_proxies: Arc<TrustedProxies>,
    pub(super) trace_url: Arc<Option<TraceUrl>>,
    pub(super) security: SecurityHeaders,
    pub(super) cors: Cors,
    pub(super) caller_rate: Option<CallerRateLimit>,
    /// Maximum size of a header.
    pub(super) header_bytes: usize,
    pub(super) in_flight: InFlightLimit,
    pub(super) reads: Reads,
    pub(super) request_timeout: Duration,
    pub(super) sessions: Sessions,
    pub(super) told: Told,
    pub(super) body_limit: DefaultBodyLimit,
}

/// The layer of all routes. Clones share the limits.
#[derive(Clone)]
pub(super) struct Gate(Arc<Rules>);

impl Gate {
    pub(super) fn new(rules: Rules) -> Self {
        Self(Arc::new(rules))
    }
}

impl<S> Layer<S> for Gate {
    type Service = Gated<S>;

    fn layer(&self, inner: S) -> Gated<S> {
        Gated { rules: self.0.clone(), inner }
    }
}

/// A route behind the gate.
#[derive(Clone)]
pub(super) struct Gated<S> {
    rules: Arc<Rules>,
    inner: S,
}

type Answer = Pin<Box<dyn Future<Output = Result<axum::http::Response<HeldBody>, Infallible>> + Send>>;

impl<S> Service<Request> for Gated<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = axum::http::Response<HeldBody>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Answer {
        let next = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, next);
        let rules = self.rules.clone();
        Box::pin(async move { Ok(rules.answer(request, inner).await) })
    }
}

impl Rules {
    /// The outermost steps: what every answer has, also that to a request which panics.
    async fn answer<S>(&self, mut request: Request, inner: S) -> axum::http::Response<HeldBody>
    where
        S: Service<Request, Response = Response, Error = Infallible>,
    {
        let public = PublicUrl::tell(&self.trusted_proxies, &mut request);
        let links = error::trace_links(&self.trace_url, public.as_ref());
        let limited = async |request| {
            let answered = AssertUnwindSafe(self.limited(request, inner)).catch_unwind().await;
            // The panic is logged where it happens.
            answered.unwrap_or_else(|_| HeldBody::free(ApiError::internal().into_response()))
        };
        let mut response = error::with_trace_links(links, self.cors.share(request, limited)).await;
        self.security.secure(&mut response);
        if let Some(public) = public {
            public.prefix_location(response.headers_mut());
        }
        response
    }

    /// The limits, which a request passes that is not refused.
    async fn limited<S>(&self, mut request: Request, inner: S) -> axum::http::Response<HeldBody>
    where
        S: Service<Request, Response = Response, Error = Infallible>,
    {
        let passed = caller_rate::check(self.caller_rate.as_ref(), &request)
            .and_then(|()| check_head(&request))
            .and_then(|()| check_size(&request, self.header_bytes));
        if let Err(error) = passed {
            return HeldBody::free(error.into_response());
        }
        match self.in_flight.admit(&mut request) {
            Ok(admitted) => admitted.until_read(self.within_deadline(request, inner).await),
            Err(error) => HeldBody::free(error.into_response()),
        }
    }

    /// The request's deadline. The gRPC calls made on the way carry what is left of it and end by it; the margin leaves
    /// their answer, which says more, the time to get here.
    async fn within_deadline<S>(&self, request: Request, inner: S) -> Response
    where
        S: Service<Request, Response = Response, Error = Infallible>,
    {
        const MARGIN: Duration = Duration::from_millis(500);
        let (reads, timeout) = (request.method().is_safe(), self.request_timeout);
        let until = Instant::now() + timeout;
        // No future is handed on by way of a variable, which would be another copy of it in this one.
        let answered =
            tokio::time::timeout(timeout + MARGIN, deadline::within(until, self.handled(request, inner)))
                .await;
        match answered {
            Ok(response) => response,
            Err(_) => ApiError::from(status::too_late(NAME, reads)).into_response(),
        }
    }

    /// The innermost steps: what handlers need, the conditions of reads, and their turns.
    async fn handled<S>(&self, mut request: Request, mut inner: S) -> Response
    where
        S: Service<Request, Response = Response, Error = Infallible>,
    {
        if let Err(error) = self.sessions.admit(&mut request) {
            return error.into_response();
        }
        request.extensions_mut().insert(self.told.clone());
        self.body_limit.apply(&mut request);
        let condition = IfMatchOfRead::of(&request);
        let turn = self.reads.take(&request).await;
        let Ok(response) = inner.call(request).await;
        turn.end(&response);
        condition.check(response)
    }
}
