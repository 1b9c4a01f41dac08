//! Channels to the other processes: made at once, connected when first used, reconnected by themselves.

use std::time::Duration;

use http::Uri;
use tonic::transport::{Channel as Transport, Endpoint};

use super::client_layer::Traced;

/// What a peer's headers and trailers may take: well above what a peer of ours sends.
const MAX_HEADER_BYTES: u32 = 64 * 1024;

/// Another process of this product, as told by the configuration.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its service name, `task-service`: errors and spans name it.
    pub name: &'static str,
    uri: Uri,
}

/// An address that cannot be called.
#[derive(Debug, thiserror::Error)]
#[error("{value:?} is no address of {peer}: it takes http://host:port")]
pub struct PeerError {
    peer: &'static str,
    value: String,
}

impl Peer {
    /// The peer called `name` at `address`, `http://host:port`.
    pub fn new(name: &'static str, address: &str) -> Result<Self, PeerError> {
        let error = || PeerError { peer: name, value: address.to_owned() };
        let uri: Uri = address.parse().map_err(|_| error())?;
        let plain = uri.scheme_str() == Some("http")
            && uri.host().is_some()
            && uri.path() == "/"
            && uri.query().is_none();
        if plain { Ok(Self { name, uri }) } else { Err(error()) }
    }

    /// Host name or IP address.
    #[must_use]
    pub fn host(&self) -> &str {
        // Without the brackets of an IPv6 address.
        self.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
    }

    /// TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(80)
    }

    fn transport(&self) -> Transport {
        Endpoint::from(self.uri.clone())
            .connect_timeout(Duration::from_secs(2))
            .tcp_nodelay(true)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5))
            .connect_lazy()
    }
}

/// A traced channel to a peer; clones share its connection. Needs a tokio runtime when made.
pub type Channel = Traced<Transport>;

/// A channel to `peer`.
#[must_use]
pub fn connect(peer: &Peer) -> Channel {
    Traced::new(peer.transport(), peer.clone())
}

/// Asks a peer's `grpc.health.v1` whether it serves. Not traced: a probe is nobody's request.
#[derive(Clone)]
pub struct HealthProbe {
    client: tonic_health::pb::health_client::HealthClient<Transport>,
}

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It serves.
    Serving,
    /// It answers and says that it cannot serve.
    NotServing,
    /// It does not answer.
    Unreachable,
}

impl HealthProbe {
    /// A probe of `peer`, with a connection of its own.
    #[must_use]
    pub fn new(peer: &Peer) -> Self {
        Self { client: tonic_health::pb::health_client::HealthClient::new(peer.transport()) }
    }

    /// Asks; `timeout` is all it may take.
    pub async fn check(&mut self, timeout: Duration) -> Health {
        use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};
        let asked = self.client.check(HealthCheckRequest { service: String::new() });
        match tokio::time::timeout(timeout, asked).await {
            Ok(Ok(answer)) if answer.get_ref().status() == ServingStatus::Serving => Health::Serving,
            Ok(Ok(_)) => Health::NotServing,
            Ok(Err(_)) | Err(_) => Health::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_called_is_named() {
        let peer = Peer::new("task-service", "http://tasks.example:50051").unwrap();
        assert_eq!((peer.host(), peer.port()), ("tasks.example", 50051));
        for bad in ["tasks", "tasks:50051", "ftp://tasks:1", "http://tasks:1/path", "http://"] {
            assert!(
                Peer::new("task-service", bad).unwrap_err().to_string().contains("task-service"),
                "{bad}"
            );
        }
    }
}
