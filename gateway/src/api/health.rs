//! `/livez` and `/readyz`: the health of the gateway and of the services behind it.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use net::grpc::channel::Health;
use serde::Serialize;

use crate::services::Services;

/// Longest wait for the health check of a service.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Serialize)]
pub(crate) struct Live {
    status: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Ready {
    /// Status of the gateway alone, independent of the services.
    status: &'static str,
    services: Vec<Service>,
}

#[derive(Serialize)]
pub(crate) struct Service {
    name: &'static str,
    status: &'static str,
}

/// Answers 200 without a call to any service.
pub(crate) async fn live() -> Json<Live> {
    Json(Live { status: "ok" })
}

/// Answers 200 with the health of each service; a service that fails does not change the status.
pub(crate) async fn ready(State(services): State<Services>) -> Json<Ready> {
    let asked: Vec<_> = services
        .probes
        .into_iter()
        .map(|(name, mut probe)| tokio::spawn(async move { (name, probe.check(PROBE_TIMEOUT).await) }))
        .collect();
    let mut answered = Vec::new();
    for it in asked {
        if let Ok((name, health)) = it.await {
            let status = match health {
                Health::Serving => "serving",
                Health::NotServing => "not_serving",
                Health::Unreachable => "unreachable",
            };
            answered.push(Service { name, status });
        }
    }
    Json(Ready { status: "ready", services: answered })
}
