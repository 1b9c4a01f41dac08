//! The attributes of the server span of an HTTP request, by the semantic conventions for HTTP, from the request's head.

use std::net::SocketAddr;

use http::request::Parts;
use http::{Method, header};
use platform::ip_text::IpText;
use telemetry::span::Description;
use telemetry::{redact, semconv};
use uuid::Uuid;

use super::{SpanSettings, query};
use crate::client_address::ClientAddress;
use crate::metrics;

/// The value of `http.request.method` for a method that is none of the standard ones.
const OTHER: &str = "_OTHER";

/// Where a request came from.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub(super) peer: Option<SocketAddr>,
    pub(super) client: Option<ClientAddress>,
}

pub(super) fn describe(
    it: &mut Description,
    head: &Parts,
    route: Option<&str>,
    origin: Origin,
    settings: &SpanSettings,
) {
    let (uri, headers, method) = (&head.uri, &head.headers, &head.method);
    let standard = standard_method(method);
    let known = standard != OTHER;
    let verb = if known { standard } else { "HTTP" };
    match route {
        Some(route) => it.name(format!("{verb} {route}")),
        None => it.name(verb),
    }
    it.set_some(semconv::CLIENT_ADDRESS, origin.client.map(|it| IpText::of(it.0).as_str().to_owned()));
    it.set(semconv::HTTP_REQUEST_METHOD, standard);
    it.set_some(semconv::HTTP_REQUEST_METHOD_ORIGINAL, (!known).then(|| shown(method.as_str())));
    it.set_some(semconv::HTTP_ROUTE, route.map(ToOwned::to_owned));
    it.set_some(semconv::NETWORK_PEER_ADDRESS, origin.peer.map(|it| IpText::of(it.ip()).as_str().to_owned()));
    it.set_some(semconv::NETWORK_PEER_PORT, origin.peer.map(|it| i64::from(it.port())));
    it.set(semconv::NETWORK_PROTOCOL_VERSION, protocol_version(head.version));
    let host = uri.authority().map(http::uri::Authority::as_str);
    let host = host.or_else(|| headers.get(header::HOST)?.to_str().ok());
    let (address, port) = host.map_or((None, None), split_authority);
    it.set_some(semconv::SERVER_ADDRESS, address.map(shown));
    it.set_some(semconv::SERVER_PORT, port.map(i64::from));
    it.set(semconv::URL_PATH, shown(uri.path()));
    let query = uri.query().filter(|it| !it.is_empty());
    it.set_some(semconv::URL_QUERY, query.map(|it| query::redacted(it, settings.parameters)));
    it.set(semconv::URL_SCHEME, metrics::scheme(is_https(head)));
    let user_agent = headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok());
    it.set_some(semconv::USER_AGENT_ORIGINAL, user_agent.map(shown));
    if let Some((attribute, id)) = resource_id(uri.path(), settings.resources) {
        it.set(attribute, id.to_owned());
    }
}

/// The attribute and the id of the resource that a path is about, if the path has a UUID after one of the prefixes.
pub(super) fn resource_id<'a>(
    path: &'a str,
    resources: &[(&str, &'static str)],
) -> Option<(&'static str, &'a str)> {
    let (rest, attribute) =
        resources.iter().find_map(|(prefix, name)| Some((path.strip_prefix(prefix)?, *name)))?;
    let id = rest.split('/').next()?;
    // The only form of this length is the hyphenated one.
    (id.len() == 36 && Uuid::try_parse(id).is_ok()).then_some((attribute, id))
}

/// Text from a client without secrets, truncated to 256 bytes: a collector rejects a batch of spans that is too large as a
/// whole.
fn shown(text: &str) -> String {
    // A secret that begins in what is shown ends within some kilobytes.
    let beginning = &text[..text.floor_char_boundary(8 * 1024)];
    cut(&redact::secrets(beginning)).to_owned()
}

pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(256)]
}

/// The method as the attribute `http.request.method`: `_OTHER` if it is none of the standard ones.
pub(super) fn standard_method(method: &Method) -> &'static str {
    const KNOWN: [(Method, &str); 9] = [
        (Method::CONNECT, "CONNECT"),
        (Method::DELETE, "DELETE"),
        (Method::GET, "GET"),
        (Method::HEAD, "HEAD"),
        (Method::OPTIONS, "OPTIONS"),
        (Method::PATCH, "PATCH"),
        (Method::POST, "POST"),
        (Method::PUT, "PUT"),
        (Method::TRACE, "TRACE"),
    ];
    KNOWN.iter().find(|it| it.0 == method).map_or(OTHER, |it| it.1)
}

fn split_authority(authority: &str) -> (Option<&str>, Option<u16>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => (Some(host), port.parse().ok()),
        _ => (Some(authority), None),
    }
}

/// `https` if the gateway serves TLS or a proxy says so in the request's target, else `http`.
pub(super) fn is_https(head: &Parts) -> bool {
    head.uri.scheme() == Some(&http::uri::Scheme::HTTPS)
}

pub(super) fn protocol_version(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_10 => "1.0",
        http::Version::HTTP_2 => "2",
        http::Version::HTTP_3 => "3",
        _ => "1.1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_uuid_after_a_known_prefix_is_the_id_of_a_resource() {
        let resources = [("/api/tasks/", "ccm.task.id")];
        let id = "01a20297-f0d9-71df-bc9a-03b3823c2980";
        let of = |path: &str| resource_id(path, &resources).map(|it| it.1.to_owned());
        assert_eq!(of(&format!("/api/tasks/{id}")).as_deref(), Some(id));
        assert_eq!(of(&format!("/api/tasks/{id}/events")).as_deref(), Some(id));
        for other in ["/api/tasks", "/api/tasks/", "/api/tasks/secret-text", &format!("/api/workers/{id}")] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
