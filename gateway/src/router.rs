//! All routes of the API, and the layers that every request passes through.

mod trailing_slash;

use std::sync::Arc;
use std::time::{Duration, Instant};

use access::Verifier;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use net::grpc::{deadline, status};
use net::http_server::{HttpServerLayer, SpanSettings};
use telemetry::semconv;
use tower_http::catch_panic::CatchPanicLayer;

use crate::api::{health, me, page, session, sign_in, stream, tasks, traces, workers};
use crate::cors::{self, Cors, CorsOrigins};
use crate::description;
use crate::error::{self, ApiError};
use crate::input::{PARAMETERS, check_head, check_if_match_of_read};
use crate::limits::caller_rate::{self, limit_caller_rate};
use crate::limits::header::limit_header;
use crate::limits::in_flight::{InFlightLimit, limit_in_flight};
use crate::services::Services;
use crate::session::cookies::HeaderOrCookie;
use crate::session::{Sessions, require_same_origin};
use crate::stream::{Streams, TraceUrl};
use crate::supervisor::Supervisor;
use crate::web::security::{SecurityHeaders, secure};
use crate::{Limits, NAME, Tracing, public_url, web};

pub(crate) use trailing_slash::TrailingSlash;

/// The routes of health checks.
const HEALTH: &[&str] = &["/livez", "/readyz"];

/// Whether a route is not traced even if the health checks are: those that read traces, because a page that reads them each
/// second would fill the store with traces of itself, and the files of the page, of which one visit loads thirty.
fn is_never_traced(route: &str) -> bool {
    traces::PATHS.contains(&route) || web::is_file(route)
}

/// All routes with their handlers, without the layers.
pub(crate) fn routes() -> Router<Services> {
    Router::new()
        .route("/api/tasks", get(tasks::list).post(tasks::create))
        .route("/api/tasks/{id}", get(tasks::get).patch(tasks::patch).delete(tasks::delete))
        .route("/api/tasks/{id}/cancel", post(tasks::cancel))
        .route("/api/tasks/{id}/retry", post(tasks::retry))
        .route("/api/tasks/{id}/events", get(tasks::events))
        .route("/api/workers", get(workers::list).post(workers::create))
        .route("/api/workers/import", post(workers::import))
        .route("/api/workers/{id}", get(workers::get).patch(workers::patch).delete(workers::delete))
        .route("/api/workers/{id}/start", post(workers::actions::start))
        .route("/api/workers/{id}/stop", post(workers::actions::stop))
        .route("/api/workers/{id}/terminate", post(workers::actions::terminate))
        .route("/api/workers/{id}/refresh", post(workers::refresh))
        .route("/api/workers/{id}/explain", get(workers::explain::get))
        .route("/api/workers/{id}/events", get(workers::events))
        .route("/api/events/stream", get(stream::get))
        .route("/api/traces", get(traces::list))
        .route("/api/traces/{id}", get(traces::get))
        .route("/api/me", get(me::get))
        .route("/api/page/reports", post(page::report).layer(DefaultBodyLimit::max(page::MAX_BYTES)))
        .route("/api/session", post(session::begin).delete(session::end))
        .route("/api/session/code", post(session::code::redeem).layer(session::code::body_limit()))
        .route("/api/sign-in", get(sign_in::get))
        .route("/api/openapi.json", get(description::get))
        .route("/api/asyncapi.json", get(description::asyncapi::get))
        .route("/api/docs", get(web::reference))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(web::routes())
        .fallback(error::no_route)
        .method_not_allowed_fallback(error::no_method)
}

/// What answers the handlers.
pub(crate) struct Behind {
    pub(crate) services: Services,
    pub(crate) streams: Arc<Streams>,
    pub(crate) supervisor: Option<Arc<dyn Supervisor>>,
    /// Where problems and events lead.
    pub(crate) trace_url: Option<TraceUrl>,
}

/// The API, with and without a trailing slash.
pub(crate) fn router(
    behind: Behind,
    verifier: Verifier,
    sessions: Sessions,
    tracing: &Tracing,
    limits: &Limits,
    cors_origins: &CorsOrigins,
) -> TrailingSlash<Router> {
    let of_page = sessions.clone();
    let security = SecurityHeaders::new(move || of_page.token_origin());
    // The first layer is the innermost one.
    let layered = routes()
        .with_state(behind.services)
        .layer(Extension(behind.streams))
        .layer(Extension(behind.supervisor))
        .layer(Extension(behind.trace_url.clone()))
        .layer(DefaultBodyLimit::max(limits.body_bytes))
        .layer(from_fn(check_if_match_of_read))
        .layer(from_fn_with_state(sessions, require_same_origin))
        .layer(from_fn_with_state(limits.request_timeout, within_deadline))
        .layer(from_fn_with_state(InFlightLimit::new(limits), limit_in_flight))
        .layer(from_fn_with_state(limits.header_bytes, limit_header))
        .layer(from_fn(check_head))
        .layer(from_fn_with_state(limits.caller_rate.map(caller_rate::new), limit_caller_rate))
        .layer(CatchPanicLayer::custom(|_| ApiError::internal().into_response()))
        .layer(from_fn_with_state(Cors::new(cors_origins), cors::share))
        .layer(from_fn_with_state(security, secure))
        .layer(from_fn_with_state(Arc::new(behind.trace_url), error::with_trace_links))
        .layer(from_fn_with_state(tracing.trusted_proxies.clone(), public_url::tell))
        .layer(HttpServerLayer::new(HeaderOrCookie(verifier), span_settings(tracing)));
    TrailingSlash(layered)
}

fn span_settings(tracing: &Tracing) -> SpanSettings {
    SpanSettings {
        edge: tracing.edge,
        route_of: |it| it.get::<MatchedPath>().map(MatchedPath::as_str),
        trusted_proxies: tracing.trusted_proxies.clone(),
        parameters: PARAMETERS,
        resources: &[("/api/tasks/", semconv::CCM_TASK_ID), ("/api/workers/", semconv::CCM_WORKER_ID)],
        is_untraced: if tracing.health {
            is_never_traced
        } else {
            |it| HEALTH.contains(&it) || is_never_traced(it)
        },
    }
}

/// The request's deadline. The gRPC calls made on the way carry what is left of it and end by it; the margin leaves
/// their answer, which says more, the time to get here.
async fn within_deadline(State(timeout): State<Duration>, request: Request, next: Next) -> Response {
    const MARGIN: Duration = Duration::from_millis(500);
    let reads = request.method().is_safe();
    let answered = deadline::within(Instant::now() + timeout, next.run(request));
    match tokio::time::timeout(timeout + MARGIN, answered).await {
        Ok(response) => response,
        Err(_) => ApiError::from(status::too_late(NAME, reads)).into_response(),
    }
}
