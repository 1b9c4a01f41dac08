//! Cross-origin resource sharing (CORS, the Fetch standard): pages of the origins that the configuration lists may use the API
//! with a bearer token. Session cookies are not for them: no answer allows credentials, so that a browser shows a page of
//! another origin nothing that a cookie authenticates.

use std::convert::Infallible;
use std::str::FromStr;
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, AUTHORIZATION, CONTENT_TYPE, ETAG,
    IF_MATCH, IF_NONE_MATCH, LOCATION, ORIGIN, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderName, HeaderValue, Method, Response, Uri};
use platform::url::without_password_of_user;
use telemetry::propagation::{TRACERESPONSE, X_TRACE_ID};
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::{AllowOrigin, CorsLayer};

const METHODS: [Method; 5] = [Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE];
/// The headers that requests may have, besides those which every page may send.
const REQUEST_HEADERS: [HeaderName; 9] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
];
/// The headers of answers that a page can read, besides those which every page can.
const EXPOSED_HEADERS: [HeaderName; 12] = [
    ETAG,
    LOCATION,
    RETRY_AFTER,
    WWW_AUTHENTICATE,
    ALLOW,
    ACCEPT,
    ACCEPT_ENCODING,
    HeaderName::from_static("accept-patch"),
    HeaderName::from_static("idempotency-replayed"),
    HeaderName::from_static("x-event-position"),
    X_TRACE_ID,
    TRACERESPONSE,
];
/// How long a browser may keep the answer to a preflight request.
const MAX_AGE: Duration = Duration::from_mins(10);

/// The origins whose pages may use the API; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsOrigins(Vec<HeaderValue>);

/// A text that is no origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorsOriginsError {
    /// `*`
    #[error("\"*\" is not taken: list each origin, such as https://ui.example.com")]
    Any,
    /// Anything else.
    #[error(
        "{0:?} is not an origin: expected http:// or https://, a host and, if need be, a port, and nothing after it"
    )]
    NoOrigin(String),
}

impl FromStr for CorsOrigins {
    type Err = CorsOriginsError;

    /// Parses a comma-separated list of origins.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let texts = text.split(',').map(str::trim).filter(|it| !it.is_empty());
        let parsed = texts.map(|text| match text {
            "*" => Err(CorsOriginsError::Any),
            text => origin(text).ok_or_else(|| CorsOriginsError::NoOrigin(without_password_of_user(text))),
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }
}

/// The origin as browsers send it: in lower case, without the default port of its scheme.
fn origin(text: &str) -> Option<HeaderValue> {
    let uri: Uri = text.parse().ok()?;
    let (scheme, authority) = (uri.scheme()?, uri.authority()?);
    let default = match scheme {
        it if *it == Scheme::HTTP => 80,
        it if *it == Scheme::HTTPS => 443,
        _ => return None,
    };
    // A path, a query or a user would stand behind or within it.
    let has_more = text.len() != scheme.as_str().len() + "://".len() + authority.as_str().len();
    if has_more || authority.as_str().contains(['@', '*']) || authority.host().is_empty() {
        return None;
    }
    let (host, port) = (authority.host().to_ascii_lowercase(), port_suffix(authority, default)?);
    HeaderValue::try_from(format!("{scheme}://{host}{port}")).ok()
}

/// The port of an authority as it stands behind the host: nothing if it is `default`. `None` if it is no port.
fn port_suffix(authority: &Authority, default: u16) -> Option<String> {
    let rest = authority.as_str().get(authority.host().len()..)?;
    let Some(port) = rest.strip_prefix(':') else { return rest.is_empty().then(String::new) };
    let port: u16 = port.parse().ok()?;
    Some(if port == default { String::new() } else { format!(":{port}") })
}

/// The layer, if there are origins to allow.
#[derive(Clone)]
pub(crate) struct Cors(Option<CorsLayer>);

impl Cors {
    pub(crate) fn new(origins: &CorsOrigins) -> Self {
        let layer = (!origins.0.is_empty()).then(|| {
            CorsLayer::new()
                .allow_origin(AllowOrigin::list(origins.0.iter().cloned()))
                .allow_methods(METHODS)
                .allow_headers(REQUEST_HEADERS)
                .expose_headers(EXPOSED_HEADERS)
                .max_age(MAX_AGE)
                .vary([ORIGIN])
        });
        Self(layer)
    }

    /// Answers preflight requests, and lets pages of allowed origins read all other answers, which are those of `next`. A request
    /// with the method OPTIONS that is no preflight is passed on like any other.
    pub(crate) async fn share<B, F>(&self, request: Request, next: impl FnOnce(Request) -> F) -> Response<B>
    where
        B: Default,
        F: Future<Output = Response<B>>,
    {
        let Some(layer) = &self.0 else { return next(request).await };
        let is_options = request.method() == Method::OPTIONS;
        let is_preflight = request.headers().contains_key(ORIGIN)
            && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if is_options && !is_preflight {
            let mut response = next(request).await;
            response.headers_mut().append(VARY, HeaderValue::from(ORIGIN));
            return response;
        }
        let mut next = Some(next);
        let next = tower::service_fn(|request| {
            // The layer calls it at most once.
            let answer = next.take().map(|next| next(request));
            async move {
                match answer {
                    Some(answer) => Ok::<_, Infallible>(answer.await),
                    None => Ok(Response::default()),
                }
            }
        });
        // Boxed, because each request would have room for it, and most gateways have no such layer.
        let Ok(response) = Box::pin(layer.layer(next).oneshot(request)).await;
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_as_browsers_send_them() {
        let told: CorsOrigins =
            "https://UI.example.com:443, http://localhost:5173 ,,http://[::1]:80".parse().unwrap();
        assert_eq!(told.0, ["https://ui.example.com", "http://localhost:5173", "http://[::1]"]);
        assert_eq!("".parse(), Ok(CorsOrigins::default()));
    }

    #[test]
    fn what_is_no_origin_is_named() {
        for text in [
            "ui.example.com",
            "https://ui.example.com/",
            "https://ui.example.com/app",
            "https://ui.example.com?x",
            "https://a@ui.example.com",
            "https://*.example.com",
            "https://ui.example.com:x",
            "https://ui.example.com:",
            "https://",
            "ftp://ui.example.com",
            "null",
        ] {
            let error = format!("http://localhost:1,{text}").parse::<CorsOrigins>().unwrap_err();
            assert!(error.to_string().starts_with(&format!("{text:?} is not an origin")), "{error}");
        }
        assert_eq!("*".parse::<CorsOrigins>(), Err(CorsOriginsError::Any));
    }

    #[test]
    fn every_described_header_of_an_answer_can_be_read() {
        let described = crate::description::response_headers();
        let exposed = EXPOSED_HEADERS.map(|it| it.to_string());
        // Every page can read `Cache-Control`, none the cookies, and the last is for nginx.
        let others = ["cache-control", "set-cookie", "x-accel-buffering"];
        let missing = described.iter().filter(|it| !exposed.contains(it) && !others.contains(&it.as_str()));
        let missing: Vec<_> = missing.collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
