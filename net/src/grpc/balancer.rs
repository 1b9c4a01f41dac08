//! Load balancing over the replicas of a peer, and retries: a call is sent again if no replica can have processed it, and
//! once if it only reads (docs/adr/0007).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request, Response};
use http_body_util::BodyExt as _;
use opentelemetry::Context as TraceContext;
use platform::ip_text::IpText;
use telemetry::{semconv, span};
use tonic::body::Body as GrpcBody;
use tower::BoxError;

use super::endpoint::{Endpoint, ReplicaBody};
use super::endpoints::Endpoints;
use super::exchange_error::ExchangeError;
use super::method;
use super::peer::Address;

/// Retries at most, not counting attempts that found no connection.
const MAX_RETRIES: usize = 10;

/// A channel to all replicas of a peer. Clones share the connections. A request is kept in memory until it is answered, to
/// be sent again: it has to be a single message.
#[derive(Clone)]
pub(super) struct Balancer(Arc<Shared>);

struct Shared {
    endpoints: Arc<Endpoints>,
    /// Where the search for a replica starts, so that equally busy replicas take turns.
    next: AtomicUsize,
}

impl Balancer {
    pub(super) fn new(endpoints: impl Into<Arc<Endpoints>>) -> Self {
        Self(Arc::new(Shared { endpoints: endpoints.into(), next: AtomicUsize::new(0) }))
    }

    pub(super) async fn exchange(
        &self,
        request: Request<GrpcBody>,
        streams: bool,
    ) -> Result<Response<ReplicaBody>, BoxError> {
        let endpoints = &self.0.endpoints;
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let reads = method::is_read(parts.uri.path());
        let mut attempts = Attempts {
            call: TraceContext::current(),
            resends: 0,
            endpoint: None,
            configured: endpoints.address(),
        };
        let replicas = endpoints.all().await?;
        let (mut tried, mut retries, mut was_lost) = (Vec::new(), 0, false);
        let mut chosen = self.pick(&replicas, &tried);
        loop {
            let Some(endpoint) = chosen else { return Err("the peer has no replica".into()) };
            attempts.endpoint = Some(endpoint.clone());
            // The answer of a stream has no end to wait for.
            let buffered = reads && !streams;
            let error = match endpoint.exchange(&parts, body.clone(), buffered).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            endpoints.refresh();
            let not_connected = matches!(error, ExchangeError::NotConnected { .. });
            let may_retry = error.nothing_done() || (reads && !was_lost);
            let may_retry = not_connected || (retries < MAX_RETRIES && may_retry);
            retries += usize::from(!not_connected);
            was_lost |= !error.nothing_done();
            tried.push(endpoint.clone());
            // Another replica, or the same one on a new connection if there is no other.
            chosen = self.pick(&replicas, &tried).or((!not_connected).then_some(endpoint));
            if !may_retry || chosen.is_none() {
                return Err(error.into());
            }
            attempts.resends += 1;
            tracing::debug!(%error, "a call is sent again");
        }
    }

    /// The replica with the fewest calls in flight among those not tried yet; unreachable replicas come last.
    fn pick(&self, replicas: &[Arc<Endpoint>], tried: &[Arc<Endpoint>]) -> Option<Arc<Endpoint>> {
        let first = self.0.next.fetch_add(1, Ordering::Relaxed) % replicas.len().max(1);
        let (before, after) = replicas.split_at(first);
        let untried =
            after.iter().chain(before).filter(|it| !tried.iter().any(|tried| Arc::ptr_eq(tried, it)));
        untried.min_by_key(|it| (it.is_unreachable(), it.in_flight())).cloned()
    }
}

/// The attempts of a call, recorded on the call's span when the exchange ends or is cancelled: the replica that was asked
/// last, and how often the call was sent again.
struct Attempts<'a> {
    call: TraceContext,
    resends: i64,
    endpoint: Option<Arc<Endpoint>>,
    configured: Option<&'a Address>,
}

impl Drop for Attempts<'_> {
    fn drop(&mut self) {
        span::record(&self.call, |it| {
            let endpoint = self.endpoint.as_ref();
            let address = endpoint.map(|it| it.address()).or(self.configured);
            let socket = endpoint.and_then(|it| it.socket_address());
            it.set_some(semconv::SERVER_ADDRESS, address.map(|it| it.host.clone()));
            it.set_some(semconv::SERVER_PORT, address.map(|it| i64::from(it.port)));
            it.set_some(
                semconv::NETWORK_PEER_ADDRESS,
                socket.map(|it| IpText::of(it.ip()).as_str().to_owned()),
            );
            it.set_some(semconv::NETWORK_PEER_PORT, socket.map(|it| i64::from(it.port())));
            it.set_some(semconv::CCM_RESEND_COUNT, Some(self.resends).filter(|it| *it > 0));
        });
    }
}

#[cfg(test)]
mod tests;
