//! The address of another process of this product in the configuration: one URL, a list of them, or a DNS name.

use std::sync::Arc;

use http::{HeaderValue, Uri};
use platform::url::without_password_of_user;

use super::introduction::Introduction;
use crate::tls::ClientTls;

/// Another process of this product, with one replica or several.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The peer's service name, as in `task-service`; errors and spans contain it.
    pub name: &'static str,
    pub(super) target: Target,
    pub(super) introduction: Introduction,
}

/// The configured address: a list of replicas, or a DNS name that resolves to them.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Listed(Vec<Address>),
    /// Every address that this DNS name resolves to.
    Dns(Address),
}

/// A host and a port, with or without TLS.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// Host name or IP address, without the brackets of an IPv6 address.
    pub(super) host: Arc<str>,
    pub(super) port: u16,
    /// Scheme and authority of the request URIs.
    pub(super) origin: Uri,
    pub(super) tls: Option<ClientTls>,
}

/// The configured address of a peer is invalid.
#[derive(Debug, thiserror::Error)]
#[error("{value:?} is not a valid address of {peer}: {why}")]
pub struct PeerError {
    peer: &'static str,
    value: String,
    why: &'static str,
}

const EXPECTED: &str =
    "expected http://host:port, https://host:port, a comma-separated list of these, or dns:host:port";
const NO_CA: &str = "https needs a CA to verify the server with";

impl Peer {
    /// The peer called `name` at `addresses`: `http://host:port`, `https://host:port`, a comma-separated list of these, or
    /// `dns:host:port` (also `dns:///host:port`) for every address of a DNS name. `https:` needs `tls`; `dns:` uses TLS if
    /// there is `tls`.
    pub fn new(name: &'static str, addresses: &str, tls: Option<&ClientTls>) -> Result<Self, PeerError> {
        let error = |why| PeerError { peer: name, value: without_password_of_user(addresses), why };
        let target = if let Some(rest) = addresses.strip_prefix("dns:") {
            let rest = rest.strip_prefix("///").unwrap_or(rest);
            let scheme = if tls.is_some() { "https" } else { "http" };
            let address = Address::new(&format!("{scheme}://{rest}"), tls).map_err(error)?;
            // `dns:` has no default port.
            let has_port = address.origin.port().is_some();
            Target::Dns(has_port.then_some(address).ok_or_else(|| error(EXPECTED))?)
        } else {
            let each = addresses.split(',').map(|it| Address::new(it.trim(), tls));
            Target::Listed(each.collect::<Result<_, _>>().map_err(error)?)
        };
        Ok(Self { name, target, introduction: Introduction::default() })
    }

    /// Shows the peer on each connection that it is one of this process, by its `authorization`, while it has one: connections
    /// of processes do not give way to others, whosever tokens the calls have.
    #[must_use]
    pub fn introduced_by(
        self,
        authorization: impl Fn() -> Option<HeaderValue> + Send + Sync + 'static,
    ) -> Self {
        Self { introduction: Introduction::by(authorization), ..self }
    }

    /// The address that spans show before a replica was chosen: the DNS name, or the first address of a list.
    pub(super) fn address(&self) -> Option<&Address> {
        match &self.target {
            Target::Listed(all) => all.first(),
            Target::Dns(address) => Some(address),
        }
    }
}

impl Address {
    fn new(text: &str, tls: Option<&ClientTls>) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| EXPECTED)?;
        let (default_port, tls) = match (uri.scheme_str(), tls) {
            (Some("http"), _) => (80, None),
            (Some("https"), Some(tls)) => (443, Some(tls.clone())),
            (Some("https"), None) => return Err(NO_CA),
            _ => return Err(EXPECTED),
        };
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_bare = uri.path() == "/" && uri.query().is_none();
        let has_user = uri.authority().is_none_or(|it| it.as_str().contains('@'));
        if host.is_empty() || !is_bare || has_user {
            return Err(EXPECTED);
        }
        Ok(Self { host: host.into(), port: uri.port_u16().unwrap_or(default_port), origin: uri, tls })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Peer, PeerError> {
        Peer::new("task-service", text, None)
    }

    fn listed(peer: &Peer) -> Vec<(&str, u16)> {
        match &peer.target {
            Target::Listed(all) => all.iter().map(|it| (&*it.host, it.port)).collect(),
            Target::Dns(_) => panic!("a DNS name"),
        }
    }

    #[test]
    fn an_invalid_address_is_named_in_the_error() {
        for bad in [
            "tasks",
            "tasks:50051",
            "ftp://tasks:1",
            "http://tasks:1/path",
            "http://",
            "http://a:1,",
            "http://a:1,b:2",
            "dns:tasks",
            "dns://resolver/tasks:1",
            "http://ada@tasks:1",
        ] {
            let error = parsed(bad).unwrap_err().to_string();
            assert!(error.contains("task-service") && error.contains("expected"), "{error}");
        }
    }

    #[test]
    fn an_address_may_be_a_list() {
        let peer = parsed("http://tasks.example:50051").unwrap();
        assert_eq!(listed(&peer), [("tasks.example", 50051)]);
        let peer = parsed("http://a:1, http://[::1]:2").unwrap();
        assert_eq!(listed(&peer), [("a", 1), ("::1", 2)]);
    }

    #[test]
    fn a_dns_name_is_every_address_behind_it() {
        for text in ["dns:tasks:50051", "dns:///tasks:50051"] {
            let Target::Dns(address) = parsed(text).unwrap().target else { panic!("{text}") };
            assert_eq!((&*address.host, address.port), ("tasks", 50051));
        }
    }

    #[test]
    fn https_is_refused_when_nothing_could_verify_it() {
        let error = parsed("https://tasks:1").unwrap_err().to_string();
        assert!(error.contains("needs a CA"), "{error}");
    }
}
