//! An OTLP receiver on a real socket.

use std::sync::{Arc, Mutex};

use platform::shutdown::Shutdown;
use telemetry::otlp::{self, Span};
use tokio::net::TcpListener;

use super::{attributes, secrets};

/// Keeps every span it receives.
pub(crate) struct Collector {
    pub(crate) endpoint: String,
    spans: Arc<Mutex<Vec<Span>>>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let spans = Arc::new(Mutex::new(Vec::new()));
        let kept = spans.clone();
        let keep = move |more: Vec<Span>| {
            attributes::note(&more);
            kept.lock().unwrap().extend(more);
        };
        tokio::spawn(otlp::receive(listener, keep, Shutdown::new()));
        Self { endpoint, spans }
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        self.spans.lock().unwrap().clone()
    }

    /// The spans of one trace that have arrived so far.
    pub(crate) fn trace(&self, id: &str) -> Vec<Span> {
        self.spans().into_iter().filter(|it| it.trace_id == id).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        secrets::assert_none_in_spans(&self.spans());
    }
}
