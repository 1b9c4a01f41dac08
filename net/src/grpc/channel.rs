//! Channels to the other processes: they connect when first used, and reconnect by themselves.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::task::JoinSet;
use tonic::body::Body as GrpcBody;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::{BoxError, Service};

use super::balancer::Balancer;
use super::client_layer::Traced;
use super::endpoint::Endpoint;
use super::endpoints::Endpoints;
use super::peer::Peer;

/// A channel to a peer's replicas, with a client span for each call. Clones share its connections.
pub type Channel = Traced<Balancer>;

/// Makes a channel to `peer`, and a health probe that shares its connections. Needs a tokio runtime.
#[must_use]
pub fn connect(peer: &Peer) -> (Channel, HealthProbe) {
    let endpoints = Arc::new(Endpoints::of(peer));
    let probe = HealthProbe { endpoints: endpoints.clone() };
    (Traced::new(Balancer::new(endpoints), peer.clone()), probe)
}

/// Asks a peer's `grpc.health.v1` whether the peer serves. Probes are not traced.
#[derive(Clone)]
pub struct HealthProbe {
    endpoints: Arc<Endpoints>,
}

/// The health of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// At least one replica serves.
    Serving,
    /// A replica answers, but none serves.
    NotServing,
    /// No replica answers.
    Unreachable,
}

impl HealthProbe {
    /// Makes a probe of `peer` with connections of its own. Needs a tokio runtime.
    #[must_use]
    pub fn new(peer: &Peer) -> Self {
        Self { endpoints: Arc::new(Endpoints::of(peer)) }
    }

    /// Asks all replicas at once, until one says that it serves or `timeout` has passed.
    pub async fn check(&mut self, timeout: Duration) -> Health {
        let mut health = Health::Unreachable;
        let checks = async {
            let Ok(replicas) = self.endpoints.all().await else { return };
            let mut checks: JoinSet<Health> = replicas.iter().cloned().map(check_replica).collect();
            while let Some(Ok(of_replica)) = checks.join_next().await {
                if of_replica != Health::Unreachable {
                    health = of_replica;
                }
                if of_replica == Health::Serving {
                    return;
                }
            }
        };
        // The answers that came before the timeout count.
        let _ = tokio::time::timeout(timeout, checks).await;
        health
    }
}

async fn check_replica(replica: Arc<Endpoint>) -> Health {
    let mut client = HealthClient::new(SingleReplica(replica));
    match client.check(HealthCheckRequest { service: String::new() }).await {
        Ok(answer) if answer.get_ref().status() == ServingStatus::Serving => Health::Serving,
        Ok(_) => Health::NotServing,
        Err(_) => Health::Unreachable,
    }
}

/// A channel to one replica, without load balancing and retries.
struct SingleReplica(Arc<Endpoint>);

impl Service<Request<GrpcBody>> for SingleReplica {
    type Response = Response<GrpcBody>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<GrpcBody>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<GrpcBody>) -> Self::Future {
        let replica = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            Ok(replica.exchange(parts, body.collect().await?.to_bytes(), true).await?)
        })
    }
}

#[cfg(test)]
mod tests;
