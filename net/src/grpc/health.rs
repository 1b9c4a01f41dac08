//! The health service: that of tonic-health, with a watch of an unknown name as `grpc.health.v1` describes it.

use futures_util::StreamExt;
use futures_util::future::ready;
use futures_util::stream::{self, BoxStream};
use tonic::{Code, Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_health::server::{HealthReporter, HealthService};

/// The health of the names that a [`HealthReporter`] knows.
pub(super) struct ReportedHealth(HealthService);

impl ReportedHealth {
    /// All names must be known to `reporter` before the first call: a watch of an unknown name does not learn of it later.
    pub(super) fn new(reporter: HealthReporter) -> Self {
        Self(HealthService::from_health_reporter(reporter))
    }
}

type Answers = BoxStream<'static, Result<HealthCheckResponse, Status>>;

#[tonic::async_trait]
impl Health for ReportedHealth {
    type WatchStream = Answers;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        self.0.check(request).await
    }

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<Answers>, Status> {
        match self.0.watch(request).await {
            Ok(known) => Ok(known.map(StreamExt::boxed)),
            // SERVICE_UNKNOWN is a message, and the stream stays open.
            Err(status) if status.code() == Code::NotFound => {
                let unknown = HealthCheckResponse { status: ServingStatus::ServiceUnknown.into() };
                let answer = stream::once(ready(Ok(unknown)));
                Ok(Response::new(answer.chain(stream::pending()).boxed()))
            }
            Err(status) => Err(status),
        }
    }
}
