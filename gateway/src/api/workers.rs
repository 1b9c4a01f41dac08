//! `/api/workers`.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use proto::worker::v1 as wire;
use proto::worker::v1::{
    CreateWorkerRequest, GetWorkerRequest, ListWorkersRequest, WorkerDesiredState, WorkerObservedState,
    WorkerProvider,
};
use serde::Serialize;

use super::{Created, Found, Page, Versioned, rfc3339};
use crate::error::ApiError;
use crate::input::{Authenticated, Body, Fields, FromFields, Id, PageQuery};
use crate::services::Services;

/// Creates a worker and answers it with its location.
pub(crate) async fn create(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    body: Body<wire::Worker>,
) -> Result<Created<Worker>, ApiError> {
    let request = CreateWorkerRequest { worker: Some(body.value), validate_only: body.wrong.is_certain() };
    let answer = body.wrong.or(services.workers.create_worker(caller.request(request)).await)?;
    let worker = Worker::from(answer.worker.unwrap_or_default());
    Ok(Created { location: format!("/api/workers/{}", worker.id), resource: worker })
}

/// Answers one worker.
pub(crate) async fn get(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    Id(id): Id,
) -> Result<Found<Worker>, ApiError> {
    let answer = services.workers.get_worker(caller.request(GetWorkerRequest { id })).await?.into_inner();
    Ok(Found(answer.worker.unwrap_or_default().into()))
}

/// Answers a page of the workers, newest first.
pub(crate) async fn list(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    page: PageQuery,
) -> Result<Json<Page<Worker>>, ApiError> {
    let request = ListWorkersRequest { page_size: page.size, page_token: page.token };
    let answer = services.workers.list_workers(caller.request(request)).await?.into_inner();
    Ok(Json(Page::new(answer.workers, answer.next_page_token)))
}

/// A worker as REST shows it: `status` is what was last seen, `desired_status` what is wished for.
#[derive(Serialize)]
pub(crate) struct Worker {
    id: String,
    name: String,
    region: String,
    instance_type: String,
    provider: &'static str,
    tags: BTreeMap<String, String>,
    status: &'static str,
    status_since: String,
    desired_status: &'static str,
    /// Whether what was seen does not answer the newest wish yet.
    reconciling: bool,
    created_by: String,
    created_at: String,
    updated_at: String,
    version: i64,
    revision: i64,
}

const PROVIDERS: [(&str, WorkerProvider); 1] = [("simulated", WorkerProvider::Simulated)];

impl FromFields for wire::Worker {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.text("name").unwrap_or_default(),
            region: fields.text("region").unwrap_or_default(),
            instance_type: fields.text("instance_type").unwrap_or_default(),
            provider: fields.choice("provider", &PROVIDERS).unwrap_or_default().into(),
            tags: fields.texts("tags"),
            ..Self::default()
        }
    }
}

impl From<wire::Worker> for Worker {
    fn from(worker: wire::Worker) -> Self {
        let provider = PROVIDERS.iter().find(|it| it.1 == worker.provider()).map_or("unknown", |it| it.0);
        let (desired, observed) = (worker.desired.unwrap_or_default(), worker.observed.unwrap_or_default());
        Self {
            provider,
            status: match observed.state() {
                WorkerObservedState::Unspecified | WorkerObservedState::Unknown => "unknown",
                WorkerObservedState::Pending => "pending",
                WorkerObservedState::Running => "running",
                WorkerObservedState::Stopping => "stopping",
                WorkerObservedState::Stopped => "stopped",
                WorkerObservedState::ShuttingDown => "shutting_down",
                WorkerObservedState::Terminated => "terminated",
                WorkerObservedState::Failed => "failed",
            },
            status_since: rfc3339(observed.since),
            desired_status: match desired.state() {
                WorkerDesiredState::Unspecified => "unknown",
                WorkerDesiredState::Running => "running",
                WorkerDesiredState::Stopped => "stopped",
                WorkerDesiredState::Terminated => "terminated",
            },
            reconciling: observed.generation < desired.generation,
            created_at: rfc3339(worker.created_at),
            updated_at: rfc3339(worker.updated_at),
            id: worker.id,
            name: worker.name,
            region: worker.region,
            instance_type: worker.instance_type,
            tags: worker.tags,
            created_by: worker.created_by,
            version: worker.version,
            revision: worker.revision,
        }
    }
}

impl Versioned for Worker {
    fn version(&self) -> i64 {
        self.version
    }
}
