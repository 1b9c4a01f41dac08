//! What Prometheus scrapes. This room has no server: the binary serves the text on a port of its own.

use prometheus::{Registry, TextEncoder};

/// The metrics of this process in the text format of Prometheus, and where they are to be served.
#[derive(Clone, Debug)]
pub struct Scrape {
    host: String,
    port: u16,
    registry: Registry,
}

impl Scrape {
    /// The media type of the text.
    pub const MEDIA_TYPE: &str = prometheus::TEXT_FORMAT;

    pub(super) fn new(host: String, port: u16, registry: Registry) -> Self {
        Self { host, port, registry }
    }

    /// The host or address and the port on which to listen.
    #[must_use]
    pub fn address(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// Reads all metrics. Calls the callbacks of observable instruments, so it must not be called on a thread that other
    /// work of the runtime waits for.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
