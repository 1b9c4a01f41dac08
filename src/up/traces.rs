//! Where the children's spans go: to the collector that is configured, to one that answers on this machine, or to `up`
//! itself, which keeps the newest traces for `ccm trace`.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use platform::otlp;
use platform::shutdown::Shutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::trace::{self, Source, TraceStore};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const LOCAL_COLLECTOR: &str = "127.0.0.1:4317";

/// Receives spans, or knows who does.
pub(super) struct Traces {
    destination: Destination,
    /// Answers `ccm trace`.
    answering: JoinHandle<()>,
}

enum Destination {
    Configured(String),
    LocalCollector,
    /// This process, at this endpoint.
    Here(String),
}

impl Traces {
    pub(super) async fn start(data: &Path, shutdown: &Shutdown) -> anyhow::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "whether to replace it is decided here, at the edge")]
        let configured = std::env::var(ENDPOINT).ok().filter(|it| !it.is_empty());
        let (destination, source) = if let Some(endpoint) = configured {
            let shown = without_credentials(&endpoint);
            (Destination::Configured(shown.clone()), Source::Elsewhere(shown))
        } else if answers(LOCAL_COLLECTOR).await {
            (Destination::LocalCollector, Source::Elsewhere(LOCAL_COLLECTOR.to_owned()))
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
            Destination::LocalCollector | Destination::Configured(_) => Vec::new(),
            Destination::Here(endpoint) => {
                [(ENDPOINT, endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "200")]
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

impl fmt::Display for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.destination {
            Destination::Configured(endpoint) => write!(f, "at the collector {endpoint} ({ENDPOINT})"),
            Destination::LocalCollector => write!(f, "at the collector that answers at {LOCAL_COLLECTOR}"),
            Destination::Here(_) => {
                write!(f, "ccm trace last (kept in memory here: no collector is configured)")
            }
        }
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

    #[test]
    fn credentials_in_an_endpoint_are_not_shown() {
        assert_eq!(
            without_credentials("https://ada:secret@otel.example:4317/x@y"),
            "https://otel.example:4317/x@y"
        );
        assert_eq!(without_credentials("http://127.0.0.1:4317"), "http://127.0.0.1:4317");
    }
}
