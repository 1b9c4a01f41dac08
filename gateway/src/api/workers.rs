//! `/api/workers`: create, register, read, list, change and delete workers, and read their history.

use std::collections::BTreeMap;

use access::Caller;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use proto::ContractEnum as _;
use proto::event::v1::event::Resource;
use proto::event::v1::{ListEventsRequest, SubjectKind};
use proto::worker::v1 as wire;
use proto::worker::v1::{
    CreateWorkerRequest, DeleteWorkerRequest, GetWorkerRequest, ImportWorkerRequest, ListWorkersRequest,
    UpdateWorkerRequest, WorkerObservedState, WorkerProvider, WorkerTag,
};
use serde::Serialize;

use super::history::{Change, Recorded};
use super::{Created, Page, Tagged, Versioned, rfc3339};
use crate::error::ApiError;
use crate::input::{
    Authenticated, Body, Fields, Filter, FromFields, IdempotencyKey, IfMatch, IfNoneMatch, ListQuery, Patch,
    PatchFields, PathId, QueryParameters,
};
use crate::names::rest_name;
use crate::services::Services;

/// Creates a worker and answers 201 with its location.
pub(crate) async fn create(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    key: IdempotencyKey,
    mut body: Body<wire::Worker>,
) -> Result<Created<Worker>, ApiError> {
    let request = CreateWorkerRequest {
        request_id: key.request_id(&mut body.violations),
        worker: Some(body.value),
        validate_only: body.violations.exist(),
    };
    let answer = body.violations.merge_into(services.workers.create_worker(caller.request(request)).await)?;
    Ok(created(answer.worker, answer.replayed))
}

/// Registers a machine that exists at the provider: 201 with a new worker, or 200 with a deleted one that is restored.
pub(crate) async fn import(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    key: IdempotencyKey,
    mut body: Body<ExistingWorker>,
) -> Result<Response, ApiError> {
    let request = ImportWorkerRequest {
        request_id: key.request_id(&mut body.violations),
        worker: Some(body.value.0),
        validate_only: body.violations.exist(),
    };
    let answer = body.violations.merge_into(services.workers.import_worker(caller.request(request)).await)?;
    let mut response = created(answer.worker, answer.replayed).into_response();
    if answer.restored {
        *response.status_mut() = StatusCode::OK;
    }
    Ok(response)
}

/// Answers a worker, or 304 when the client has the current version.
pub(crate) async fn get(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = services.workers.get_worker(caller.request(GetWorkerRequest { id })).await?.into_inner();
    Ok(Tagged(Worker::from(answer.worker.unwrap_or_default())).or_not_modified(&condition))
}

/// Answers a page of the workers, newest first.
pub(crate) async fn list(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    query: ListQuery<WorkerFilter>,
) -> Result<Json<Page<Worker>>, ApiError> {
    let filter = query.filter;
    let request = ListWorkersRequest {
        page_size: query.page_size,
        page_token: query.page_token,
        status: filter.status.unwrap_or_default().into(),
        region: filter.region,
        provider: filter.provider.unwrap_or_default().into(),
        tag: filter.tag.map(|(key, value)| WorkerTag { key, value }),
    };
    let answer = services.workers.list_workers(caller.request(request)).await?.into_inner();
    Ok(Json(Page::new(answer.workers, answer.next_page_token)))
}

/// Changes name and tags of a worker by a JSON merge patch and answers the worker after the change.
pub(crate) async fn patch(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
    patch: Patch<WorkerPatch>,
) -> Result<Tagged<Worker>, ApiError> {
    let current = current_version(services.clone(), &caller, &id);
    let request = UpdateWorkerRequest {
        etag: condition.etag(current).await?,
        worker: Some(wire::Worker { id: id.clone(), ..patch.value.0 }),
        update_mask: Some(patch.mask),
        validate_only: patch.violations.exist(),
    };
    let answer =
        patch.violations.merge_into(services.workers.update_worker(caller.request(request)).await)?;
    Ok(Tagged(answer.worker.unwrap_or_default().into()))
}

/// Deletes a worker that has no machine and answers 204.
pub(crate) async fn delete(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
) -> Result<StatusCode, ApiError> {
    let etag = condition.etag(current_version(services.clone(), &caller, &id)).await?;
    services.workers.delete_worker(caller.request(DeleteWorkerRequest { id, etag })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers a page of a worker's history, newest first.
pub(crate) async fn events(
    State(mut services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(subject_id): PathId,
    query: ListQuery<()>,
) -> Result<Json<Page<Change<Worker>>>, ApiError> {
    let request = ListEventsRequest {
        subject_id,
        subject_kind: SubjectKind::Worker.into(),
        page_size: query.page_size,
        page_token: query.page_token,
    };
    let answer = services.worker_events.list_events(caller.request(request)).await?.into_inner();
    Ok(Json(Page::new(answer.events, answer.next_page_token)))
}

fn created(worker: Option<wire::Worker>, replayed: bool) -> Created<Worker> {
    let worker = Worker::from(worker.unwrap_or_default());
    Created { location: format!("/api/workers/{}", worker.id), replayed, resource: worker }
}

async fn current_version(mut services: Services, caller: &Caller, id: &str) -> Result<i64, ApiError> {
    let request = GetWorkerRequest { id: id.to_owned() };
    let answer = services.workers.get_worker(caller.request(request)).await?.into_inner();
    Ok(answer.worker.unwrap_or_default().version)
}

/// The filters of a list of workers.
pub(crate) struct WorkerFilter {
    status: Option<WorkerObservedState>,
    region: Option<String>,
    provider: Option<WorkerProvider>,
    tag: Option<(String, String)>,
}

impl Filter for WorkerFilter {
    fn from_parameters(parameters: &mut QueryParameters) -> Self {
        Self {
            status: parameters.choice("status", WorkerObservedState::values()),
            region: parameters.text("region"),
            provider: parameters.choice("provider", WorkerProvider::values()),
            tag: parameters.pair("tag"),
        }
    }
}

/// The JSON representation of a worker: `status` is the last observed state, `desired_status` the desired state.
#[derive(Serialize)]
pub(crate) struct Worker {
    id: String,
    name: String,
    region: String,
    instance_type: String,
    provider: &'static str,
    /// Id of the machine at the provider; `null` while there is no machine.
    instance_id: Option<String>,
    tags: BTreeMap<String, String>,
    status: &'static str,
    status_since: String,
    desired_status: &'static str,
    /// Whether the observed state does not yet reflect the desired state.
    reconciling: bool,
    created_by: String,
    created_at: String,
    updated_at: String,
    version: i64,
    revision: i64,
}

impl FromFields for wire::Worker {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.text("name").unwrap_or_default(),
            region: fields.text("region").unwrap_or_default(),
            instance_type: fields.text("instance_type").unwrap_or_default(),
            provider: fields.choice("provider", WorkerProvider::values()).unwrap_or_default().into(),
            tags: fields.texts("tags"),
            ..Self::default()
        }
    }
}

/// A worker to register for an existing machine.
pub(crate) struct ExistingWorker(wire::Worker);

impl FromFields for ExistingWorker {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(wire::Worker { instance_id: fields.text("instance_id"), ..wire::Worker::from_fields(fields) })
    }
}

/// The fields of a worker that a patch can change.
pub(crate) struct WorkerPatch(wire::Worker);

impl FromFields for WorkerPatch {
    fn from_fields(fields: &mut Fields) -> Self {
        let (name, tags) = (fields.text("name").unwrap_or_default(), fields.texts("tags"));
        Self(wire::Worker { name, tags, ..wire::Worker::default() })
    }
}

impl PatchFields for WorkerPatch {
    const WRITABLE: &'static [&'static str] = &["name"];
    const OBJECTS: &'static [&'static str] = &["tags"];
    const READ_ONLY: &'static [&'static str] = &[
        "id",
        "region",
        "instance_type",
        "provider",
        "instance_id",
        "status",
        "status_since",
        "desired_status",
        "reconciling",
        "created_by",
        "created_at",
        "updated_at",
        "version",
        "revision",
    ];
}

impl From<wire::Worker> for Worker {
    fn from(worker: wire::Worker) -> Self {
        let provider = rest_name(worker.provider());
        let (desired, observed) = (worker.desired.unwrap_or_default(), worker.observed.unwrap_or_default());
        Self {
            provider,
            instance_id: worker.instance_id,
            status: rest_name(observed.state()),
            status_since: rfc3339(observed.since),
            desired_status: rest_name(desired.state()),
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

impl Recorded for Worker {
    type Message = wire::Worker;

    fn recorded(resource: Resource) -> Option<wire::Worker> {
        if let Resource::Worker(worker) = resource { Some(worker) } else { None }
    }

    fn members(field: &str) -> Vec<&str> {
        match field {
            "desired" => vec!["desired_status"],
            "observed" => vec!["status", "status_since"],
            same => vec![same],
        }
    }
}

impl Versioned for Worker {
    fn version(&self) -> i64 {
        self.version
    }
}
