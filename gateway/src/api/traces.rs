//! `/api/traces`: the traces that `ccm up` keeps, when it runs this gateway. They show what the resources hide from most
//! callers, so they are for admins.

use std::ops::RangeInclusive;
use std::sync::Arc;

use access::{Caller, Role};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::violation::Violation;
use proto::error::v1::Reason;

use crate::error::ApiError;
use crate::input::{Authenticated, Filter, FilterQuery, IfNoneMatch, PathId, QueryParameters};
use crate::router::Told;
use crate::supervisor::{NoReply, Supervisor, TraceFilter, TraceQuery, TraceReply, TraceStatus};

/// The routes of this file.
pub(crate) const PATHS: [&str; 2] = ["/api/traces", "/api/traces/{id}"];
/// How many traces a list has.
pub(crate) const LIMIT: RangeInclusive<u64> = 1..=200;
pub(crate) const DEFAULT_LIMIT: usize = 50;
/// The shortest duration that a list can be narrowed to, in milliseconds: up to eleven days.
pub(crate) const MIN_DURATION_MS: RangeInclusive<u64> = 0..=1_000_000_000;
/// Most characters of a text to filter by.
pub(crate) const MAX_TEXT: usize = 200;
/// Most entity tags that are looked at.
const MAX_TAGS: usize = 16;

/// Whether a caller may read traces, wherever they are kept.
pub(crate) fn may_read(caller: &Caller) -> bool {
    caller.is(Role::Admin) || caller.is(Role::Service)
}

/// The keeper of the traces, for a caller who may see them.
pub(crate) struct Traces(Arc<dyn Supervisor>);

impl<S: Send + Sync> FromRequestParts<S> for Traces {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Authenticated(caller) = Authenticated::from_request_parts(parts, state).await?;
        if !may_read(&caller) {
            return Err(ApiError::new(Reason::RoleRequired, "reading traces requires the role admin"));
        }
        let supervisor = parts.extensions.get::<Told>().and_then(|it| it.supervisor.clone());
        supervisor.map(Self).ok_or_else(|| {
            ApiError::new(
                Reason::TracesNotKept,
                "this gateway keeps no traces: `ccm up` keeps them, and in production a collector receives them",
            )
        })
    }
}

impl Traces {
    async fn ask(&self, query: TraceQuery) -> Result<Response, ApiError> {
        match self.0.traces(query).await? {
            TraceReply::Document { tag, json } => {
                Ok(answer(StatusCode::OK, tag.as_deref(), [(header::CONTENT_TYPE, "application/json")], json))
            }
            TraceReply::NotModified { tag } => {
                Ok(answer(StatusCode::NOT_MODIFIED, Some(&tag), [], String::new()))
            }
            TraceReply::NotFound { since } => Err(ApiError::new(
                Reason::TraceNotFound,
                format!(
                    "no trace with this id, and none about a task or worker with this id, is among the newest 1,000 traces \
                     that `ccm up` keeps in memory since its start at {since}"
                ),
            )),
            TraceReply::Elsewhere(destination) => Err(ApiError::new(
                Reason::TracesNotKept,
                format!("`ccm up` keeps no traces: they go {destination}"),
            )),
        }
    }
}

fn answer<const N: usize>(
    status: StatusCode,
    tag: Option<&str>,
    content: [(header::HeaderName, &'static str); N],
    json: String,
) -> Response {
    let mut response = (status, content, json).into_response();
    if status == StatusCode::NOT_MODIFIED {
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(tag) = tag.and_then(|it| HeaderValue::try_from(format!("\"{it}\"")).ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl From<NoReply> for ApiError {
    fn from(error: NoReply) -> Self {
        let reason = match &error {
            NoReply::Failed(cause) => {
                tracing::warn!(error = %cause, "`ccm up` cannot be asked");
                Reason::ServiceUnavailable
            }
            NoReply::TimedOut => Reason::TimedOut,
        };
        Self::new(reason, error.to_string()).after(1)
    }
}

impl Filter for TraceFilter {
    fn from_parameters(parameters: &mut QueryParameters) -> Self {
        let statuses = [("ok", TraceStatus::Ok), ("error", TraceStatus::Error)];
        let limit = parameters.number("limit", LIMIT).and_then(|it| usize::try_from(it).ok());
        Self {
            service: parameters.line("service", MAX_TEXT),
            route: parameters.line("route", MAX_TEXT),
            status: parameters.one_of("status", &statuses),
            min_duration_ms: parameters.number("min_duration_ms", MIN_DURATION_MS).unwrap_or_default(),
            text: parameters.line("text", MAX_TEXT),
            requests_only: parameters
                .one_of("requests_only", &[("true", true), ("false", false)])
                .unwrap_or_default(),
            limit: limit.unwrap_or(DEFAULT_LIMIT),
        }
    }
}

/// Returns the newest traces that match the filters.
pub(crate) async fn list(
    traces: Traces,
    FilterQuery(filter): FilterQuery<TraceFilter>,
) -> Result<Response, ApiError> {
    traces.ask(TraceQuery::Recent(filter)).await
}

/// Returns the trace with an id, or the traces about a task or worker.
pub(crate) async fn get(
    traces: Traces,
    PathId(id): PathId,
    FilterQuery(()): FilterQuery<()>,
    condition: IfNoneMatch,
) -> Result<Response, ApiError> {
    let is_trace_id = id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit());
    let is_uuid = id.len() == 36 && uuid::Uuid::try_parse(&id).is_ok();
    if !is_trace_id && !is_uuid {
        return Err(ApiError::invalid(vec![Violation {
            field: "id".to_owned(),
            description: "must be a trace id of 32 hexadecimal digits, or the UUID of a task or worker"
                .to_owned(),
        }]));
    }
    // Other tags are none of this API, and would not fit the request to `ccm up`.
    let is_of_traces =
        |it: &&str| *it == "*" || (it.len() == 16 && it.bytes().all(|it| it.is_ascii_hexdigit()));
    let known = condition.tags().filter(is_of_traces).take(MAX_TAGS).map(ToOwned::to_owned).collect();
    traces.ask(TraceQuery::One { id: id.to_lowercase(), known }).await
}
