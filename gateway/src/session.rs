//! Sessions of browsers: an `HttpOnly` cookie instead of the `Authorization` header, because an `EventSource` cannot send one
//! and because scripts should not hold a token. A browser sends cookies along with the requests of any page, so a change that
//! a cookie authenticates has to come from a page of our own origin.

pub(crate) mod cookies;

use self::cookies::Scope;

use std::sync::Arc;

use access::Verifier;
use access::grpc::authenticated;
use axum::extract::{MatchedPath, Request};
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName};
use net::admission::Identified as _;
use net::client_address::{ClientAddress, TrustedProxies};
use net::public_origin::PublicOrigin;
use platform::clock::Clock;
use proto::error::v1::Reason;
use telemetry::audit::Session;

use crate::error::ApiError;
use crate::public_url::{self, PublicUrl};
use crate::supervisor::Supervisor;

/// The routes whose handlers get the [`Sessions`]: of the operations that begin and end a session, of the one that says how, and
/// of the description, which has the origin.
const ROUTES: [&str; 4] = ["/api/session", "/api/session/code", "/api/sign-in", "/api/openapi.json"];

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the operations on sessions know of the gateway; in the extensions of their requests.
#[derive(Clone)]
pub(crate) struct Sessions {
    pub(crate) clock: Clock,
    pub(crate) trusted_proxies: Arc<TrustedProxies>,
    pub(crate) verifier: Verifier,
    pub(crate) page_client: Option<Arc<PageClient>>,
    /// Checks the codes to sign in with.
    pub(crate) supervisor: Option<Arc<dyn Supervisor>>,
}

/// The page as a public client of the token issuer (OAuth 2.0, authorization code with PKCE).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageClient {
    /// `client_id`
    pub id: String,
    /// `scope` of the authorization requests: names with spaces between them, `openid` among them.
    pub scope: String,
}

impl Sessions {
    /// The origin at which the client reached the gateway.
    pub(crate) fn origin(&self, head: &Parts) -> PublicOrigin {
        public_url::origin(&self.trusted_proxies, &head.extensions, &head.uri, &head.headers)
    }

    /// Where browsers send the cookies of a session, as far as it depends on the request.
    pub(crate) fn scope(&self, head: &Parts) -> Scope {
        let prefix = PublicUrl::of(&head.extensions).prefix().to_owned();
        Scope { is_https: self.origin(head).is_https, prefix }
    }

    /// The origin of the issuer's token endpoint, if the page exchanges codes there.
    pub(crate) fn token_origin(&self) -> Option<String> {
        let login = self.page_client.as_ref().and_then(|_| self.verifier.login())?;
        Some(login.endpoints?.token.origin().ascii_serialization())
    }

    /// Whether a browser says that a page of the gateway's own origin makes the request.
    fn is_same_origin(&self, head: &Parts) -> bool {
        is_same_origin(&head.headers, &self.origin(head))
    }

    /// Refuses, by 403, a change that a cookie authenticates and that does not come from a page of our origin. A request that is
    /// not refused gets this, if its handler needs it.
    pub(crate) fn admit(&self, request: &mut Request) -> Result<(), ApiError> {
        let (extensions, headers) = (request.extensions(), request.headers());
        if !request.method().is_safe() && cookies::authenticate(headers) {
            let own = public_url::origin(&self.trusted_proxies, extensions, request.uri(), headers);
            if !is_same_origin(headers, &own) {
                audit(Session::Refused(Reason::CrossOrigin.text()), extensions);
                let detail = "a change with a session cookie must come from a page of the same origin; send an Authorization header instead";
                return Err(ApiError::new(Reason::CrossOrigin, detail));
            }
        }
        if extensions.get::<MatchedPath>().is_some_and(|it| ROUTES.contains(&it.as_str())) {
            request.extensions_mut().insert(self.clone());
        }
        Ok(())
    }

    /// The error of a request that only a page of the gateway's own origin may make, if another one makes it.
    pub(crate) fn require_same_origin(&self, head: &Parts) -> Result<(), ApiError> {
        let detail = "only a page of the same origin may sign in with a code";
        if self.is_same_origin(head) { Ok(()) } else { Err(ApiError::new(Reason::CrossOrigin, detail)) }
    }
}

/// Whether a browser says that a page of this origin makes the request. Browsers let no page set these headers.
/// `Sec-Fetch-Site` is the browser's own verdict and decides where it is sent, which is over HTTPS and to loopback.
fn is_same_origin(headers: &HeaderMap, own: &PublicOrigin) -> bool {
    let only = |name: HeaderName| {
        let mut all = headers.get_all(name).iter();
        all.next().filter(|_| all.next().is_none())?.to_str().ok()
    };
    if headers.contains_key(SEC_FETCH_SITE) {
        return only(SEC_FETCH_SITE) == Some("same-origin");
    }
    only(ORIGIN).is_some_and(|it| own.is(it))
}

/// Writes the audit line of a session, with the caller, if the token is valid, and the address of the client.
pub(crate) fn audit(event: Session<'_>, extensions: &Extensions) {
    let client = extensions.get().map(|it: &ClientAddress| it.0);
    event.write(authenticated(extensions).ok().map(|it| it.who()).as_ref(), client);
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::*;

    fn is_same(headers: &[(&'static str, &'static str)]) -> bool {
        let own = TrustedProxies::default().origin(
            None,
            false,
            &Uri::from_static("http://localhost:8000/"),
            &HeaderMap::new(),
        );
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        // `collect` replaces a header that is there twice.
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        is_same_origin(&map, &own)
    }

    #[test]
    fn a_browser_says_that_a_page_of_this_origin_asks() {
        assert!(is_same(&[("origin", "http://localhost:8000")]));
        assert!(is_same(&[("sec-fetch-site", "same-origin")]));
        // Behind a proxy that is not trusted, the browser knows another origin than the gateway.
        assert!(is_same(&[("origin", "https://lab.example"), ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn anything_else_is_another_origin() {
        for headers in [
            [].as_slice(),
            &[("origin", "null")],
            &[("origin", "http://localhost:8001")],
            &[("origin", "http://localhost:8000"), ("origin", "http://localhost:8000")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://localhost:8000"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("referer", "http://localhost:8000/")],
        ] {
            assert!(!is_same(headers), "{headers:?}");
        }
    }
}
