//! Where the children's spans go: to the collector that is configured, to one that answers on this machine, or to `up`
//! itself, which keeps the newest traces for `ccm trace`.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use platform::shutdown::Shutdown;
use telemetry::otlp;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::trace::{self, Source, TraceStore};

const LOCAL_COLLECTOR: &str = "127.0.0.1:4317";

/// Receives spans, or knows who does.
pub(super) struct Traces {
    destination: Destination,
    /// Answers `ccm trace`.
    answering: JoinHandle<()>,
}

enum Destination {
    /// At this endpoint, by this variable.
    Configured {
        endpoint: String,
        name: &'static str,
    },
    LocalCollector,
    /// Not exported at all, for this reason.
    Nowhere(&'static str),
    /// This process, at this endpoint.
    Here(String),
}

impl Traces {
    pub(super) async fn start(data: &Path, shutdown: &Shutdown) -> anyhow::Result<Self> {
        let (destination, source) = if let Some(destination) = Destination::find(variable).await {
            let said = destination.to_string();
            (destination, Source::Elsewhere(said))
        } else {
            let store = Arc::new(TraceStore::default());
            let endpoint = receive(store.clone(), shutdown.clone()).await?;
            (Destination::Here(endpoint), Source::Store(store))
        };
        let (path, shutdown) = (trace::socket(data), shutdown.clone());
        let answering = tokio::spawn(async move {
            if let Err(error) = trace::serve(&path, source, shutdown).await {
                eprintln!("ccm: traces cannot be shown: {error:#}");
            }
        });
        Ok(Self { destination, answering })
    }

    /// What the children are told.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        match &self.destination {
            // The default endpoint of OTLP, or what they inherit.
            Destination::LocalCollector | Destination::Configured { .. } | Destination::Nowhere(_) => {
                Vec::new()
            }
            Destination::Here(endpoint) => {
                [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "200")]
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .to_vec()
            }
        }
    }

    /// Waits until the socket is gone, after the shutdown.
    pub(super) async fn stopped(self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.answering).await;
    }
}

impl Destination {
    /// Where the environment or the machine sends spans; `None`: nowhere yet.
    async fn find(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        if variable("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
            return Some(Self::Nowhere("OTEL_SDK_DISABLED=true"));
        }
        if variable("OTEL_TRACES_EXPORTER").is_some_and(|it| it == "none") {
            return Some(Self::Nowhere("OTEL_TRACES_EXPORTER=none"));
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"] {
            if let Some(endpoint) = variable(name) {
                return Some(Self::Configured { endpoint: without_credentials(&endpoint), name });
            }
        }
        answers(LOCAL_COLLECTOR).await.then_some(Self::LocalCollector)
    }
}

/// A variable of the environment that is set and not empty.
fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "where spans go is decided here, at the edge")]
    std::env::var(name).ok().filter(|it| !it.is_empty())
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured { endpoint, name } => write!(f, "to the collector {endpoint} ({name})"),
            Self::LocalCollector => write!(f, "to the collector that answers at {LOCAL_COLLECTOR}"),
            Self::Nowhere(why) => write!(f, "nowhere: {why}"),
            Self::Here(_) => write!(f, "ccm trace last (kept in memory here: no collector is configured)"),
        }
    }
}

impl fmt::Display for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.destination.fmt(f)
    }
}

async fn answers(address: &str) -> bool {
    let connecting = TcpStream::connect(address);
    tokio::time::timeout(Duration::from_millis(500), connecting).await.is_ok_and(|it| it.is_ok())
}

async fn receive(store: Arc<TraceStore>, shutdown: Shutdown) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port for the spans")?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(otlp::receive(listener, move |spans| store.add(spans), shutdown));
    Ok(endpoint)
}

/// An endpoint is shown; its user and password are not.
fn without_credentials(endpoint: &str) -> String {
    match endpoint.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = authority.rsplit_once('@').map_or(authority, |it| it.1);
            format!("{scheme}://{host}{path}")
        }
        None => endpoint.rsplit_once('@').map_or(endpoint, |it| it.1).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shown(set: &[(&str, &str)]) -> String {
        let variable = |name: &str| set.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        Destination::find(variable).await.unwrap().to_string()
    }

    #[tokio::test]
    async fn what_is_configured_is_never_replaced() {
        let one = shown(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4317")]).await;
        assert_eq!(one, "to the collector http://all:4317 (OTEL_EXPORTER_OTLP_ENDPOINT)");
        let both = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces"),
        ];
        assert_eq!(shown(&both).await, "to the collector http://traces (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)");
        assert_eq!(shown(&[("OTEL_TRACES_EXPORTER", "none")]).await, "nowhere: OTEL_TRACES_EXPORTER=none");
        assert_eq!(shown(&[("OTEL_SDK_DISABLED", "TRUE")]).await, "nowhere: OTEL_SDK_DISABLED=true");
    }

    #[test]
    fn credentials_in_an_endpoint_are_not_shown() {
        assert_eq!(
            without_credentials("https://ada:secret@otel.example:4317/x@y"),
            "https://otel.example:4317/x@y"
        );
        assert_eq!(without_credentials("http://127.0.0.1:4317"), "http://127.0.0.1:4317");
    }
}
