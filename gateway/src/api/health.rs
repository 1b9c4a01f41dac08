//! `/livez` and `/readyz`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use net::grpc::channel::Health;
use serde::Serialize;

use crate::services::Services;

/// How long a service may take to say how it is.
const PROBE: Duration = Duration::from_secs(1);

#[derive(Serialize)]
pub(crate) struct Live {
    status: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Ready {
    /// The gateway's own: it takes requests, whatever the services do.
    status: &'static str,
    services: Vec<Service>,
}

#[derive(Serialize)]
pub(crate) struct Service {
    name: &'static str,
    status: &'static str,
}

/// Answers that the process runs.
pub(crate) async fn live() -> Json<Live> {
    Json(Live { status: "ok" })
}

/// Answers that the gateway takes requests, and how the services are.
pub(crate) async fn ready(State(services): State<Services>) -> Json<Ready> {
    let asked: Vec<_> = services
        .probes
        .into_iter()
        .map(|(name, mut probe)| tokio::spawn(async move { (name, probe.check(PROBE).await) }))
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
