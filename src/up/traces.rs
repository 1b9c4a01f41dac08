//! Decides where the children send their spans: to the configured collector, to one that accepts connections on this
//! machine, or to `up` itself, which keeps the newest traces for `ccm trace`.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use telemetry::otlp;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::console;
use crate::trace::{self, LineStore, Source, TraceStore};

const LOCAL_COLLECTOR: &str = "127.0.0.1:4317";

/// The destination of the spans, and the server for `ccm trace`.
pub(super) struct Traces {
    destination: Destination,
    /// The task that answers `ccm trace`.
    server: JoinHandle<()>,
}

enum Destination {
    /// The endpoint that the environment variable `name` configures.
    Configured {
        endpoint: String,
        name: &'static str,
    },
    LocalCollector,
    /// Spans are not exported, because of this setting.
    Disabled(&'static str),
    /// This process receives the spans at this endpoint.
    Memory(String),
}

impl Traces {
    pub(super) async fn start(
        data: &Path,
        lines: Arc<LineStore>,
        shutdown: &Shutdown,
    ) -> anyhow::Result<Self> {
        let (destination, source) = if let Some(destination) = Destination::find(variable).await {
            let description = destination.to_string();
            (destination, Source::Elsewhere(description))
        } else {
            let store = Arc::new(TraceStore::new(Clock::system().now()));
            let endpoint = receive(store.clone(), shutdown.clone()).await?;
            (Destination::Memory(endpoint), Source::Store(store))
        };
        let (path, shutdown) = (trace::socket(data), shutdown.clone());
        let server = tokio::spawn(async move {
            if let Err(error) = trace::serve(&path, source, lines, shutdown).await {
                console::report(format_args!("`ccm trace` is not available: {error:#}"));
            }
        });
        Ok(Self { destination, server })
    }

    /// The environment variables for the children.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        match &self.destination {
            // The children use the default endpoint of OTLP, or the variables that they inherit.
            Destination::LocalCollector | Destination::Configured { .. } | Destination::Disabled(_) => {
                Vec::new()
            }
            Destination::Memory(endpoint) => [
                ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint.as_str()),
                ("OTEL_BSP_SCHEDULE_DELAY", "200"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        }
    }

    /// The flags of the gateway. Links to traces lead to its own page if `up` keeps the traces and no other template is set; an
    /// empty one means no links.
    pub(super) fn flags_of_gateway(&self) -> &'static [&'static str] {
        match (self.are_kept(), is_unset("CCM_TRACE_URL")) {
            (true, true) => &["--keeps-traces", "--links-to-own-traces"],
            (true, false) => &["--keeps-traces"],
            (false, _) => &[],
        }
    }

    /// Whether `up` itself receives the spans.
    pub(super) fn are_kept(&self) -> bool {
        matches!(self.destination, Destination::Memory(_))
    }

    /// Waits after the shutdown until the socket is removed, at most one second.
    pub(super) async fn stopped(self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), self.server).await;
    }
}

impl Destination {
    /// The destination that the environment configures, or the collector on this machine; `None` when there is neither.
    async fn find(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        if variable("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
            return Some(Self::Disabled("OTEL_SDK_DISABLED=true"));
        }
        if variable("OTEL_TRACES_EXPORTER").is_some_and(|it| it == "none") {
            return Some(Self::Disabled("OTEL_TRACES_EXPORTER=none"));
        }
        for name in ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"] {
            if let Some(endpoint) = variable(name) {
                return Some(Self::Configured { endpoint: without_credentials(&endpoint), name });
            }
        }
        accepts_connections(LOCAL_COLLECTOR).await.then_some(Self::LocalCollector)
    }
}

/// An environment variable, unless it is empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "configuration is read at the edge, which is here")]
    std::env::var(name).ok().filter(|it| !it.is_empty())
}

fn is_unset(name: &str) -> bool {
    std::env::var_os(name).is_none()
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured { endpoint, name } => write!(f, "to the collector {endpoint} ({name})"),
            Self::LocalCollector => write!(f, "to the collector that answers at {LOCAL_COLLECTOR}"),
            Self::Disabled(why) => write!(f, "nowhere: {why}"),
            Self::Memory(_) => {
                write!(f, "ccm trace last (traces are kept in memory, because no collector is configured)")
            }
        }
    }
}

impl fmt::Display for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.destination.fmt(f)
    }
}

async fn accepts_connections(address: &str) -> bool {
    let connecting = TcpStream::connect(address);
    tokio::time::timeout(Duration::from_millis(500), connecting).await.is_ok_and(|it| it.is_ok())
}

async fn receive(store: Arc<TraceStore>, shutdown: Shutdown) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen for spans on loopback")?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(otlp::receive(listener, move |spans| store.add(spans), shutdown));
    Ok(endpoint)
}

/// The endpoint without user and password, to print.
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
    async fn the_configured_destination_is_used() {
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
