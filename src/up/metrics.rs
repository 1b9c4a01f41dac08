//! Decides where the children send their metrics: nowhere if `up` itself receives the spans, unless the environment says
//! otherwise; and gives each child a port of its own for Prometheus.

use std::fmt;

use super::ROLES;
use super::traces::variable;

/// The port for Prometheus of the first process, if `OTEL_EXPORTER_PROMETHEUS_PORT` is unset.
const PROMETHEUS_PORT: u16 = 9_464;

/// Where the metrics of the children go.
pub(super) struct Metrics {
    /// The value of `OTEL_METRICS_EXPORTER`, if the environment does not have it.
    exporter: Option<&'static str>,
    /// The port of the gateway, if Prometheus scrapes; the services have the next ones.
    first_port: Option<u16>,
    host: String,
}

impl Metrics {
    /// `has_collector` says whether something else than `up` receives the spans.
    pub(super) fn find(has_collector: bool) -> Self {
        let exporter = variable("OTEL_METRICS_EXPORTER");
        let has_collector = has_collector || variable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT").is_some();
        let scraped = exporter.as_deref().is_some_and(|it| it.split(',').any(|it| it.trim() == "prometheus"));
        let port = variable("OTEL_EXPORTER_PROMETHEUS_PORT").map(|it| it.trim().parse());
        // A port that is no number is left to the children, which warn about it.
        let port = port.unwrap_or(Ok(PROMETHEUS_PORT)).unwrap_or(PROMETHEUS_PORT);
        Self {
            exporter: (exporter.is_none() && !has_collector).then_some("none"),
            first_port: scraped.then_some(port),
            host: variable("OTEL_EXPORTER_PROMETHEUS_HOST").unwrap_or_else(|| "localhost".to_owned()),
        }
    }

    /// The environment variables for a child.
    pub(super) fn environment(&self, role: &str) -> Vec<(String, String)> {
        let exporter = self.exporter.map(|it| ("OTEL_METRICS_EXPORTER".to_owned(), it.to_owned()));
        let port = self.port_of(role).map(|it| ("OTEL_EXPORTER_PROMETHEUS_PORT".to_owned(), it.to_string()));
        exporter.into_iter().chain(port).collect()
    }

    /// Port 0 stays 0: the system chooses, and the log says which.
    fn port_of(&self, role: &str) -> Option<u16> {
        let first = self.first_port?;
        let place = u16::try_from(ROLES.iter().position(|it| *it == role)?).ok()?;
        Some(if first == 0 { 0 } else { first.saturating_add(place) })
    }
}

impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, role) in ROLES.iter().enumerate() {
            let Some(port) = self.port_of(role).filter(|it| *it > 0) else { continue };
            let name = if place == 0 { "  Metrics" } else { "         " };
            writeln!(f, "{name} http://{}:{port}/metrics ({role})", self.host)?;
        }
        Ok(())
    }
}
