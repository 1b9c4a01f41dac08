//! Channels to the other processes: made at once, connected when first used, reconnected by themselves.

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

/// A traced channel to a peer's replicas; clones share its connections. Needs a tokio runtime when made.
pub type Channel = Traced<Balancer>;

/// A channel to `peer`, and a probe that shares its connections.
#[must_use]
pub fn connect(peer: &Peer) -> (Channel, HealthProbe) {
    let endpoints = Endpoints::of(peer);
    let probe = HealthProbe { endpoints: endpoints.clone() };
    (Traced::new(Balancer::new(endpoints), peer.clone()), probe)
}

/// Asks a peer's `grpc.health.v1` whether it serves. Not traced: a probe is nobody's request.
#[derive(Clone)]
pub struct HealthProbe {
    endpoints: Endpoints,
}

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It serves.
    Serving,
    /// It answers and says that it cannot serve.
    NotServing,
    /// It does not answer.
    Unreachable,
}

impl HealthProbe {
    /// A probe of `peer`, with connections of its own.
    #[must_use]
    pub fn new(peer: &Peer) -> Self {
        Self { endpoints: Endpoints::of(peer) }
    }

    /// Asks every replica: one that serves is enough. `timeout` is all it may take.
    pub async fn check(&mut self, timeout: Duration) -> Health {
        let mut found = Health::Unreachable;
        let asked = async {
            let Ok(replicas) = self.endpoints.all().await else { return };
            let mut asked: JoinSet<Health> = replicas.iter().cloned().map(ask).collect();
            while let Some(Ok(health)) = asked.join_next().await {
                if health != Health::Unreachable {
                    found = health;
                }
                if health == Health::Serving {
                    return;
                }
            }
        };
        // What was found until then counts.
        let _ = tokio::time::timeout(timeout, asked).await;
        found
    }
}

async fn ask(replica: Arc<Endpoint>) -> Health {
    let mut client = HealthClient::new(Direct(replica));
    match client.check(HealthCheckRequest { service: String::new() }).await {
        Ok(answer) if answer.get_ref().status() == ServingStatus::Serving => Health::Serving,
        Ok(_) => Health::NotServing,
        Err(_) => Health::Unreachable,
    }
}

/// One replica and no other.
struct Direct(Arc<Endpoint>);

impl Service<Request<GrpcBody>> for Direct {
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
