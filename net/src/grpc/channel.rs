//! Channels to the other processes: they connect when first used, and reconnect by themselves.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tonic::body::Body as GrpcBody;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tower::{BoxError, Service};

use super::balancer::Balancer;
pub use super::client_layer::Channel;
use super::endpoint::Endpoint;
use super::endpoints::Endpoints;
use super::health::{not_serving_of, version_of};
use super::peer::Peer;

/// Makes a channel to `peer`, and a health probe that shares its connections. Needs a tokio runtime.
#[must_use]
pub fn connect(peer: &Peer) -> (Channel, HealthProbe) {
    let endpoints = Arc::new(Endpoints::of(peer));
    let probe = HealthProbe { endpoints: endpoints.clone() };
    (Channel::new(Balancer::new(endpoints), peer.name), probe)
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

/// What the replicas of a peer answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The health of the peer.
    pub health: Health,
    /// The versions of the replicas that told theirs.
    pub versions: BTreeSet<String>,
    /// Why replicas do not serve, of those that told it.
    pub reasons: BTreeSet<String>,
}

impl Answers {
    /// No replica has answered.
    #[must_use]
    pub fn none() -> Self {
        Self { health: Health::Unreachable, versions: BTreeSet::new(), reasons: BTreeSet::new() }
    }
}

/// How long the answers of other replicas are waited for once one has said that it serves: they tell their versions.
const OTHERS: Duration = Duration::from_millis(100);

impl HealthProbe {
    /// Makes a probe of `peer` with connections of its own. Needs a tokio runtime.
    #[must_use]
    pub fn new(peer: &Peer) -> Self {
        Self { endpoints: Arc::new(Endpoints::of(peer)) }
    }

    /// Asks all replicas at once, until one says that it serves and the others had a moment to answer, or `timeout` has
    /// passed.
    pub async fn ask(&mut self, timeout: Duration) -> Answers {
        let mut answers = Answers::none();
        let end = Instant::now() + timeout;
        let checks = async {
            let Ok(replicas) = self.endpoints.all().await else { return };
            let mut checks: JoinSet<_> = replicas.iter().cloned().map(check_replica).collect();
            let mut end = end;
            while let Ok(Some(Ok((health, version, reason)))) = timeout_at(end, checks.join_next()).await {
                answers.versions.extend(version);
                answers.reasons.extend(reason);
                if health == Health::Serving && answers.health != Health::Serving {
                    end = end.min(Instant::now() + OTHERS);
                }
                if health == Health::Serving || answers.health == Health::Unreachable {
                    answers.health = health;
                }
            }
        };
        // The answers that came before the timeout count.
        let _ = timeout_at(end, checks).await;
        answers
    }
}

async fn check_replica(replica: Arc<Endpoint>) -> (Health, Option<String>, Option<String>) {
    let mut client = HealthClient::new(SingleReplica(replica));
    match client.check(HealthCheckRequest { service: String::new() }).await {
        Ok(answer) => {
            let is_serving = answer.get_ref().status() == ServingStatus::Serving;
            let health = if is_serving { Health::Serving } else { Health::NotServing };
            (health, version_of(answer.metadata()), not_serving_of(answer.metadata()))
        }
        Err(_) => (Health::Unreachable, None, None),
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
            let answer = replica.exchange(&parts, body.collect().await?.to_bytes(), true).await?;
            Ok(answer.map(GrpcBody::new))
        })
    }
}

#[cfg(test)]
mod tests;
