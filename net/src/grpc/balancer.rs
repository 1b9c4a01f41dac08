//! Spreads calls over the replicas of a peer, and sends again what may be sent again: a call of which nothing can have
//! been done, and once a call that only reads (ADR 7).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body_util::BodyExt as _;
use opentelemetry::Context as TraceContext;
use telemetry::span;
use tonic::body::Body as GrpcBody;
use tower::{BoxError, Service};

use super::endpoint::Endpoint;
use super::endpoints::Endpoints;
use super::exchange_error::ExchangeError;
use super::method;

/// Further attempts at most, beside those that found no connection.
const RESENDS: usize = 10;

/// A channel to every replica of a peer; clones share the connections. A request is one message: it is kept until it is
/// answered, to be sent again.
#[derive(Clone)]
pub struct Balancer {
    endpoints: Endpoints,
    turn: Arc<AtomicUsize>,
}

impl Balancer {
    pub(super) fn new(endpoints: Endpoints) -> Self {
        Self { endpoints, turn: Arc::default() }
    }

    async fn exchange(&self, request: Request<GrpcBody>) -> Result<Response<GrpcBody>, BoxError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let reads = method::is_read(parts.uri.path());
        let replicas = self.endpoints.all().await?;
        let (mut tried, mut sent, mut lost) = (Vec::new(), 0, false);
        let mut resends = Resends { call: TraceContext::current(), count: 0 };
        let mut chosen = self.pick(&replicas, &tried);
        loop {
            let Some(endpoint) = chosen else { return Err("a peer has no replica".into()) };
            let error = match endpoint.exchange(parts.clone(), body.clone(), reads).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            self.endpoints.look_again();
            let not_connected = matches!(error, ExchangeError::NotConnected { .. });
            let again = not_connected || (sent < RESENDS && (error.nothing_done() || (reads && !lost)));
            sent += usize::from(!not_connected);
            lost |= !error.nothing_done();
            tried.push(endpoint.clone());
            // Another one; the same when there is no other and it may well take a new connection.
            chosen = self.pick(&replicas, &tried).or((!not_connected).then_some(endpoint));
            if !again || chosen.is_none() {
                return Err(error.into());
            }
            resends.count += 1;
            tracing::debug!(%error, "sent again");
        }
    }

    /// The one with the fewest calls in flight, of those that were not tried; set aside ones come last.
    fn pick(&self, replicas: &[Arc<Endpoint>], tried: &[Arc<Endpoint>]) -> Option<Arc<Endpoint>> {
        let first = self.turn.fetch_add(1, Ordering::Relaxed) % replicas.len().max(1);
        let (before, after) = replicas.split_at(first);
        let fresh = after.iter().chain(before).filter(|it| !tried.iter().any(|tried| Arc::ptr_eq(tried, it)));
        fresh.min_by_key(|it| (it.is_set_aside(), it.in_flight())).cloned()
    }
}

/// Counts how often a call was sent again, and records it on the call's span when the exchange ends or is cancelled.
struct Resends {
    call: TraceContext,
    count: i64,
}

impl Drop for Resends {
    fn drop(&mut self) {
        if self.count > 0 {
            span::record(&self.call, |it| it.set("ccm.resend_count", self.count));
        }
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<GrpcBody>, BoxError>> + Send>>;

impl Service<Request<GrpcBody>> for Balancer {
    type Response = Response<GrpcBody>;
    type Error = BoxError;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<GrpcBody>) -> Answer {
        let balancer = self.clone();
        Box::pin(async move { balancer.exchange(request).await })
    }
}

#[cfg(test)]
mod tests;
