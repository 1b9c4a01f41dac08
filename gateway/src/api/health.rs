//! `/livez` and `/readyz`: the health of the gateway and of the services behind it.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{RawQuery, State};
use net::grpc::channel::Health;
use proto::error::v1::Reason;
use serde::Serialize;
use telemetry::metrics::{ExporterState, exporters};

use crate::error::ApiError;
use crate::services::Services;

#[derive(Serialize)]
pub(crate) struct Live {
    status: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Ready {
    /// Status of the gateway alone, independent of the services.
    status: &'static str,
    /// The version of the gateway. Present with `verbose`.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    services: Vec<Service>,
    /// Present with `verbose`.
    #[serde(skip_serializing_if = "Option::is_none")]
    telemetry: Option<Vec<Exporter>>,
}

#[derive(Serialize)]
pub(crate) struct Service {
    name: &'static str,
    status: &'static str,
    /// The versions of the replicas that answered and told theirs. Present with `verbose`.
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<BTreeSet<String>>,
    /// Why replicas do not serve. Present with `verbose`, if one of them told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<BTreeSet<String>>,
}

/// An exporter of telemetry of this process; all counts are since its start.
#[derive(Serialize)]
struct Exporter {
    signal: &'static str,
    name: &'static str,
    status: &'static str,
    waiting: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<u64>,
    exported: u64,
    failed: u64,
    dropped: u64,
    failed_attempts: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_since_export: Option<f64>,
}

impl From<ExporterState> for Exporter {
    fn from(it: ExporterState) -> Self {
        let status = match (it.is_unreachable, it.has_exported) {
            (true, _) => "unreachable",
            (false, true) => "exporting",
            (false, false) => "no_export_yet",
        };
        Self {
            signal: it.signal.name(),
            name: it.exporter,
            status,
            waiting: it.waiting,
            capacity: it.capacity,
            exported: it.exported,
            failed: it.failed,
            dropped: it.dropped,
            failed_attempts: it.failed_attempts,
            seconds_since_export: it.has_exported.then_some(it.age.as_secs_f64()),
        }
    }
}

/// Answers 200 without a call to any service.
pub(crate) async fn live() -> Json<Live> {
    Json(Live { status: "ok" })
}

/// Answers 200 with the last known health of each service; a service that fails does not change the status. With the parameter
/// `verbose`, the answer has the versions of the processes, the reasons of those that do not serve, and the state of the gateway's telemetry. Before a shutdown, the answer is 503.
pub(crate) async fn ready(
    State(services): State<Services>,
    RawQuery(query): RawQuery,
) -> Result<Json<Ready>, ApiError> {
    if services.draining().is_cancelled() {
        let detail = "the gateway is draining: it still answers requests, but is about to shut down";
        return Err(ApiError::new(Reason::ServiceUnavailable, detail).after(1));
    }
    let query = query.unwrap_or_default();
    let is_verbose = form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "verbose");
    let known = services.health().last().await;
    let known = known.into_iter().map(|(name, answers)| {
        let status = match answers.health {
            Health::Serving => "serving",
            Health::NotServing => "not_serving",
            Health::Unreachable => "unreachable",
        };
        let reasons = Some(answers.reasons).filter(|it| is_verbose && !it.is_empty());
        Service { name, status, versions: is_verbose.then_some(answers.versions), reasons }
    });
    let telemetry = is_verbose.then(|| exporters().into_iter().map(Exporter::from).collect());
    let version = is_verbose.then_some(services.version());
    Ok(Json(Ready { status: "ready", version, services: known.collect(), telemetry }))
}
