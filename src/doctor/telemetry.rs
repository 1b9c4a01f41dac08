//! Whether the gateway exports its telemetry, and whether the collector can be reached from here.

use std::time::Duration;

use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::finding::{Check, Finding, or_ok};
use super::gateway::{Exporter, Ready};
use crate::up::variable;

const CONNECT: Duration = Duration::from_secs(3);
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// What `/readyz?verbose` says of the exporters of the gateway.
pub(super) fn exports(ready: &Ready) -> Vec<Finding> {
    if ready.telemetry.is_empty() {
        let advice =
            "set OTEL_EXPORTER_OTLP_ENDPOINT, unless that is intended (OTEL_SDK_DISABLED, exporters `none`)";
        return vec![Finding::warning(Check::Exports, "the gateway exports no telemetry", advice)];
    }
    let findings = ready.telemetry.iter().filter_map(export).collect();
    let signals: Vec<&str> = ready.telemetry.iter().map(|it| it.signal.as_str()).collect();
    or_ok(
        findings,
        Check::Exports,
        format!("the gateway exports {}, and has lost nothing", signals.join(", ")),
    )
}

fn export(it: &Exporter) -> Option<Finding> {
    let (signal, waiting, dropped, failed) = (&it.signal, it.waiting, it.dropped, it.failed);
    if it.status == "unreachable" {
        let seen = format!(
            "the gateway does not reach the receiver of its {signal}: {waiting} wait, {dropped} were dropped"
        );
        let advice = "start the collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT of the processes";
        return Some(Finding::problem(Check::Exports, seen, advice));
    }
    if dropped > 0 {
        let seen =
            format!("the gateway has dropped {dropped} of its {signal} since its start: too many waited");
        let advice =
            "make the collector faster, or raise OTEL_BSP_MAX_QUEUE_SIZE (OTEL_BLRP_MAX_QUEUE_SIZE for logs)";
        return Some(Finding::warning(Check::Exports, seen, advice));
    }
    if failed > 0 {
        let seen = format!("the receiver has rejected {failed} of the gateway's {signal} since its start");
        return Some(Finding::warning(Check::Exports, seen, "read the log of the collector, which says why"));
    }
    it.capacity.is_some_and(|of| waiting > of / 2).then(|| {
        let seen = format!("more than half of the queue of {signal} is in use: {waiting} wait");
        Finding::warning(
            Check::Exports,
            seen,
            "make the collector faster: when the queue is full, they are dropped",
        )
    })
}

/// Whether something listens at the endpoint that is set here.
pub(super) async fn collector() -> Finding {
    let Some((name, endpoint)) = ENDPOINTS.iter().find_map(|it| Some((*it, variable(it)?))) else {
        let why = format!("{} is not set here", ENDPOINTS[0]);
        let advice = format!("set {} as the processes have it", ENDPOINTS[0]);
        return Finding::not_checked(Check::Collector, why, advice);
    };
    let wrong = || {
        let advice = "set a URL such as http://collector:4317";
        Finding::problem(Check::Collector, format!("{name} is not a URL with a host"), advice)
    };
    let Ok(url) = endpoint.parse::<Url>() else { return wrong() };
    let Some(host) = url.host_str().map(|it| it.trim_matches(['[', ']']).to_owned()) else { return wrong() };
    let port = url.port_or_known_default().unwrap_or(4317);
    let failed = match timeout(CONNECT, TcpStream::connect((host.as_str(), port))).await {
        Ok(Ok(_)) => {
            return Finding::ok(Check::Collector, format!("{host}:{port} ({name}) accepts connections"));
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", CONNECT.as_secs()),
    };
    Finding::problem(
        Check::Collector,
        format!("{host}:{port} ({name}) cannot be reached: {failed}"),
        format!("start the collector, or correct {name}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Level;

    fn of(change: &serde_json::Value) -> Finding {
        let mut exporter = serde_json::json!({"signal": "traces", "name": "x", "status": "exporting", "waiting": 0,
            "capacity": 100, "exported": 7, "failed": 0, "dropped": 0, "failed_attempts": 0});
        for (name, value) in change.as_object().unwrap() {
            exporter[name] = value.clone();
        }
        let ready = serde_json::json!({"services": [], "telemetry": [exporter]});
        exports(&serde_json::from_value(ready).unwrap()).remove(0)
    }

    #[test]
    fn what_is_lost_is_told_with_its_cause() {
        assert_eq!(of(&serde_json::json!({})).level, Level::Ok);
        let gone = of(&serde_json::json!({"status": "unreachable", "waiting": 5}));
        assert_eq!((gone.level, gone.seen.contains("5 wait")), (Level::Problem, true));
        for lost in [
            serde_json::json!({"dropped": 1}),
            serde_json::json!({"failed": 1}),
            serde_json::json!({"waiting": 51}),
        ] {
            assert_eq!(of(&lost).level, Level::Warning, "{lost}");
        }
    }
}
