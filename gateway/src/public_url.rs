//! Where the client of a request has reached the gateway: behind proxies, that is another origin, and perhaps a path prefix,
//! than the gateway's own. Whatever writes a URL into an answer asks here.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Uri, header};
use net::client_address::TrustedProxies;
use net::public_origin::{PathPrefix, PublicOrigin};
use net::server::PeerAddress;

/// Marks requests of encrypted connections, in their extensions.
#[derive(Clone, Copy)]
pub(crate) struct OverTls;

/// Where the client has reached the gateway; in the extensions of its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct PublicUrl {
    prefix: PathPrefix,
    /// Origin and prefix, if a trusted proxy has told any of it.
    told: Option<String>,
}

impl PublicUrl {
    /// Of a request; that of the gateway itself if the extensions have none.
    pub(crate) fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_default()
    }

    /// Tells all that answers the request, if a trusted proxy has told anything.
    pub(crate) fn tell(proxies: &TrustedProxies, request: &mut Request) -> Option<Self> {
        let (peer, headers) = (peer(request.extensions()), request.headers());
        if !proxies.tell_origin(peer, headers) {
            return None;
        }
        let prefix = proxies.prefix(peer, headers);
        let origin = origin(proxies, request.extensions(), request.uri(), headers).url();
        let told = origin.map(|it| format!("{it}{}", prefix.as_str()));
        let public = Self { prefix, told };
        request.extensions_mut().insert(public.clone());
        Some(public)
    }

    /// Puts the prefix before the path of a `Location`.
    pub(crate) fn prefix_location(&self, headers: &mut HeaderMap) {
        if let Some(location) = location(self, headers) {
            headers.insert(header::LOCATION, location);
        }
    }

    /// What stands before every path of the gateway: nothing, or the prefix.
    pub(crate) fn prefix(&self) -> &str {
        self.prefix.as_str()
    }

    /// The URL of the gateway without a slash at its end, if a trusted proxy has told it.
    pub(crate) fn told(&self) -> Option<&str> {
        self.told.as_deref()
    }

    /// The path as the client sees it.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix())
    }
}

impl<S: Sync> FromRequestParts<S> for PublicUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// The origin at which the client has reached the gateway.
pub(crate) fn origin(
    proxies: &TrustedProxies,
    extensions: &Extensions,
    uri: &Uri,
    headers: &HeaderMap,
) -> PublicOrigin {
    proxies.origin(peer(extensions), extensions.get::<OverTls>().is_some(), uri, headers)
}

fn peer(extensions: &Extensions) -> Option<std::net::IpAddr> {
    extensions.get().map(|it: &PeerAddress| it.0.ip())
}

/// The location with the prefix, if it is a path and there is a prefix.
fn location(public: &PublicUrl, headers: &HeaderMap) -> Option<HeaderValue> {
    let path = headers.get(header::LOCATION)?.to_str().ok()?;
    let is_path = path.starts_with('/') && !path.starts_with("//") && !public.prefix.is_empty();
    is_path.then(|| HeaderValue::try_from(public.path(path)).ok()).flatten()
}
