//! The health service: that of tonic-health, with a watch of an unknown name as `grpc.health.v1` describes it, and with the
//! version of the process in the metadata of an answer, so that processes of different versions can be told apart.

use futures_util::StreamExt;
use futures_util::future::ready;
use futures_util::stream::{self, BoxStream};
use tonic::metadata::{AsciiMetadataValue, MetadataMap};
use tonic::{Code, Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::Health;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tonic_health::server::{HealthReporter, HealthService};

/// The metadata of an answer that tells the version of the process which answers.
const VERSION: &str = "ccm-version";
/// A longer version is not taken from a peer.
const MAX_VERSION_BYTES: usize = 100;

/// The health of the names that a [`HealthReporter`] knows.
pub(super) struct ReportedHealth {
    health: HealthService,
    version: Option<AsciiMetadataValue>,
}

impl ReportedHealth {
    /// All names must be known to `reporter` before the first call: a watch of an unknown name does not learn of it later.
    pub(super) fn new(reporter: HealthReporter, version: &'static str) -> Self {
        let health = HealthService::from_health_reporter(reporter);
        Self { health, version: version.parse().ok() }
    }
}

/// The version that a peer tells in the metadata of its health; `None` if it tells none, or nothing that can be one.
pub(super) fn version_of(metadata: &MetadataMap) -> Option<String> {
    let version = metadata.get(VERSION)?.to_str().ok()?;
    (!version.is_empty() && version.len() <= MAX_VERSION_BYTES).then(|| version.to_owned())
}

type Answers = BoxStream<'static, Result<HealthCheckResponse, Status>>;

#[tonic::async_trait]
impl Health for ReportedHealth {
    type WatchStream = Answers;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let mut answer = self.health.check(request).await?;
        if let Some(version) = &self.version {
            answer.metadata_mut().insert(VERSION, version.clone());
        }
        Ok(answer)
    }

    async fn watch(&self, request: Request<HealthCheckRequest>) -> Result<Response<Answers>, Status> {
        match self.health.watch(request).await {
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
