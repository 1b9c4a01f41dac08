//! `/api/workers`: create, register, read, list, change, delete and refresh workers, and read their history.

pub(crate) mod actions;
pub(crate) mod explain;
mod resource;

use access::Caller;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use proto::ContractEnum as _;
use proto::event::v1::{ListEventsRequest, SubjectKind};
use proto::worker::v1 as wire;
use proto::worker::v1::{
    CreateWorkerRequest, DeleteWorkerRequest, GetWorkerRequest, ImportWorkerRequest, ListWorkersRequest,
    RefreshWorkerRequest, UpdateWorkerRequest, WorkerObservedState, WorkerProvider, WorkerTag,
};
use serde::Serialize;

use super::history::Change;
use super::stream::EventPosition;
use super::{Located, Page, Tagged, answered};
use crate::error::ApiError;
use crate::input::{
    Authenticated, Body, Filter, IdempotencyKey, IfMatch, IfNoneMatch, ListQuery, Patch, PathId,
    QueryParameters,
};
use crate::services::{Services, WORKERS};

pub(crate) use resource::{ExistingWorker, Utilization, Worker, WorkerPatch};

/// Creates a worker and answers 201 with its location.
pub(crate) async fn create(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    key: IdempotencyKey,
    mut body: Body<wire::Worker>,
) -> Result<Located<Worker>, ApiError> {
    let request = CreateWorkerRequest {
        request_id: key.request_id(&mut body.violations),
        worker: Some(body.value),
        validate_only: body.violations.exist(),
    };
    let answer =
        body.violations.merge_into(services.workers().create_worker(caller.request(request)).await)?;
    located(StatusCode::CREATED, answer.worker, answer.replayed)
}

/// Registers a machine that exists at the provider: 201 with a new worker, or 200 with a deleted one that is restored.
pub(crate) async fn import(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    key: IdempotencyKey,
    mut body: Body<ExistingWorker>,
) -> Result<Located<Worker>, ApiError> {
    let request = ImportWorkerRequest {
        request_id: key.request_id(&mut body.violations),
        worker: Some(body.value.0),
        validate_only: body.violations.exist(),
    };
    let answer =
        body.violations.merge_into(services.workers().import_worker(caller.request(request)).await)?;
    let status = if answer.restored { StatusCode::OK } else { StatusCode::CREATED };
    located(status, answer.worker, answer.replayed)
}

/// Answers a worker, or 304 when the client has the current version.
pub(crate) async fn get(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = services.workers().get_worker(caller.request(GetWorkerRequest { id })).await?.into_inner();
    Ok(Tagged(Worker::from(answered(WORKERS, answer.worker)?)).or_not_modified(&condition))
}

/// Answers a page of the workers, newest first.
pub(crate) async fn list(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    position: EventPosition,
    query: ListQuery<WorkerFilter>,
) -> Result<(EventPosition, Page<Worker>), ApiError> {
    let filter = query.filter;
    let request = ListWorkersRequest {
        page_size: query.page_size,
        page_token: query.page_token,
        status: filter.status.unwrap_or_default().into(),
        region: filter.region,
        provider: filter.provider.unwrap_or_default().into(),
        tag: filter.tag.map(|(key, value)| WorkerTag { key, value }),
    };
    let answer = services.workers().list_workers(caller.request(request)).await?.into_inner();
    Ok((position, Page::new(WORKERS, answer.workers, answer.next_page_token)?))
}

/// Changes name and tags of a worker by a JSON merge patch and answers the worker after the change.
pub(crate) async fn patch(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
    patch: Patch<WorkerPatch>,
) -> Result<Tagged<Worker>, ApiError> {
    let (etag, unmet) = condition.etag(current_version(&services, &caller, &id)).await?;
    let request = UpdateWorkerRequest {
        etag,
        worker: Some(wire::Worker { id: id.clone(), ..patch.value.0 }),
        update_mask: Some(patch.mask),
        validate_only: patch.violations.exist(),
    };
    let answer = services.workers().update_worker(caller.request(request)).await;
    let answer = patch.violations.merge_into(answer.map_err(|it| unmet.explain(it)))?;
    Ok(Tagged(answered(WORKERS, answer.worker)?.into()))
}

/// Deletes a worker that has no machine and answers 204.
pub(crate) async fn delete(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
    condition: IfMatch,
) -> Result<StatusCode, ApiError> {
    let (etag, unmet) = condition.etag(current_version(&services, &caller, &id)).await?;
    let answer = services.workers().delete_worker(caller.request(DeleteWorkerRequest { id, etag })).await;
    answer.map_err(|it| unmet.explain(it))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers a page of a worker's history, newest first.
pub(crate) async fn events(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(subject_id): PathId,
    query: ListQuery<()>,
) -> Result<Page<Change<Worker>>, ApiError> {
    let request = ListEventsRequest {
        subject_id,
        subject_kind: SubjectKind::Worker.into(),
        page_size: query.page_size,
        page_token: query.page_token,
    };
    let answer = services.worker_events().list_events(caller.request(request)).await?.into_inner();
    Page::new(WORKERS, answer.events, answer.next_page_token)
}

/// The answer to a refresh.
#[derive(Serialize)]
pub(crate) struct Refresh {
    /// Always true: what is not scheduled is refused.
    scheduled: bool,
}

/// Has the state of a worker's machine read soon, and answers 202.
pub(crate) async fn refresh(
    State(services): State<Services>,
    Authenticated(caller): Authenticated,
    PathId(id): PathId,
) -> Result<(StatusCode, Json<Refresh>), ApiError> {
    services.workers().refresh_worker(caller.request(RefreshWorkerRequest { id })).await?;
    Ok((StatusCode::ACCEPTED, Json(Refresh { scheduled: true })))
}

fn located(
    status: StatusCode,
    worker: Option<wire::Worker>,
    replayed: bool,
) -> Result<Located<Worker>, ApiError> {
    let worker = Worker::from(answered(WORKERS, worker)?);
    Ok(Located { status, location: format!("/api/workers/{}", worker.id), replayed, resource: worker })
}

async fn current_version(services: &Services, caller: &Caller, id: &str) -> Result<i64, ApiError> {
    let request = GetWorkerRequest { id: id.to_owned() };
    let answer = services.workers().get_worker(caller.request(request)).await?.into_inner();
    Ok(answered(WORKERS, answer.worker)?.version)
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
