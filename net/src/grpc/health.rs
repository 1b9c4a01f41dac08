//! The health service: that of tonic-health, with a watch of an unknown name as `grpc.health.v1` describes it, and with two
//! things in the metadata of an answer: the version of the process, so that processes of different versions can be told apart, and
//! why it does not serve, for which `grpc.health.v1` has no field.

use std::sync::{Arc, Mutex, PoisonError};

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
/// The metadata of an answer that tells why the process does not serve.
const NOT_SERVING: &str = "ccm-not-serving";
/// A longer version or reason is not taken from a peer.
const MAX_TEXT_BYTES: usize = 100;

/// Why a process does not serve: `None` while it serves. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct NotServing(Arc<Mutex<Option<&'static str>>>);

impl NotServing {
    pub(super) fn set(&self, why: Option<&'static str>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    fn get(&self) -> Option<&'static str> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The health of the names that a [`HealthReporter`] knows.
pub(super) struct ReportedHealth {
    health: HealthService,
    version: Option<AsciiMetadataValue>,
    not_serving: NotServing,
}

impl ReportedHealth {
    /// All names must be known to `reporter` before the first call: a watch of an unknown name does not learn of it later.
    pub(super) fn new(reporter: HealthReporter, version: &'static str, not_serving: NotServing) -> Self {
        let health = HealthService::from_health_reporter(reporter);
        Self { health, version: version.parse().ok(), not_serving }
    }
}

/// The version that a peer tells in the metadata of its health; `None` if it tells none, or nothing that can be one.
pub(super) fn version_of(metadata: &MetadataMap) -> Option<String> {
    text_of(metadata, VERSION)
}

/// Why a peer does not serve, as it tells it in the metadata of its health; `None` if it does not tell.
pub(super) fn not_serving_of(metadata: &MetadataMap) -> Option<String> {
    text_of(metadata, NOT_SERVING)
}

fn text_of(metadata: &MetadataMap, name: &'static str) -> Option<String> {
    let text = metadata.get(name)?.to_str().ok()?;
    (!text.is_empty() && text.len() <= MAX_TEXT_BYTES).then(|| text.to_owned())
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
        if answer.get_ref().status() == ServingStatus::NotServing
            && let Some(why) = self.not_serving.get()
        {
            answer.metadata_mut().insert(NOT_SERVING, AsciiMetadataValue::from_static(why));
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
