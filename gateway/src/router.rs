//! All routes of the API, and the layers that every request passes through.

mod gate;
mod trailing_slash;

use std::sync::Arc;

use access::Verifier;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath};
use axum::routing::{get, post};
use net::http_server::{HttpServerLayer, SpanSettings};
use telemetry::semconv;

use crate::api::{health, me, page, session, sign_in, stream, tasks, traces, workers};
use crate::cors::{Cors, CorsOrigins};
use crate::description;
use crate::error;
use crate::input::PARAMETERS;
use crate::limits::caller_rate;
use crate::limits::in_flight::InFlightLimit;
use crate::limits::reads::Reads;
use crate::services::Services;
use crate::session::Sessions;
use crate::session::cookies::HeaderOrCookie;
use crate::stream::{Streams, TraceUrl};
use crate::supervisor::Supervisor;
use crate::web::security::SecurityHeaders;
use crate::{Limits, Tracing, web};

use gate::{Gate, Rules};
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
        .fallback(web::no_route)
        .method_not_allowed_fallback(error::no_method)
}

/// What handlers need besides the services; in the extensions of their requests.
#[derive(Clone)]
pub(crate) struct Told(Arc<Behind>);

pub(crate) struct Behind {
    pub(crate) streams: Arc<Streams>,
    pub(crate) supervisor: Option<Arc<dyn Supervisor>>,
    /// Where problems and events lead.
    pub(crate) trace_url: Option<TraceUrl>,
}

impl std::ops::Deref for Told {
    type Target = Behind;

    fn deref(&self) -> &Behind {
        &self.0
    }
}

/// The API, with and without a trailing slash.
pub(crate) fn router(
    services: Services,
    behind: Behind,
    verifier: Verifier,
    sessions: Sessions,
    tracing: &Tracing,
    limits: &Limits,
    cors_origins: &CorsOrigins,
) -> TrailingSlash<Router> {
    let of_page = sessions.clone();
    let gate = Gate::new(Rules {
        trusted_proxies: tracing.trusted_proxies.clone(),
        trace_url: Arc::new(behind.trace_url.clone()),
        security: SecurityHeaders::new(move || of_page.token_origin()),
        cors: Cors::new(cors_origins),
        caller_rate: limits.caller_rate.map(caller_rate::new),
        header_bytes: limits.header_bytes,
        in_flight: InFlightLimit::new(limits),
        reads: Reads::default(),
        request_timeout: limits.request_timeout,
        sessions,
        told: Told(Arc::new(behind)),
        body_limit: DefaultBodyLimit::max(limits.body_bytes),
    });
    let span = HttpServerLayer::new(HeaderOrCookie(verifier), span_settings(tracing));
    // One layer, of which the first is the outer one.
    TrailingSlash(routes().with_state(services).layer((span, gate)))
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
