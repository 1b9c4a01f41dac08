//! The security headers of all answers, in one table. A handler chooses the row of its answer; an answer without one, such as
//! those of the API and every problem document, has the strictest.

use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The viewer assigns HTML that it has sanitized itself, which Trusted Types do not allow.
const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// An answer of the API is no document: nothing that it names is loaded.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// The policy of a script's own answer counts when the script is that of a worker, `/sse-worker.js`: it imports modules and
/// opens the stream.
const ASSET_POLICY: &str =
    "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";
/// Powerful features of browsers, none of which a document here uses.
const NO_FEATURES: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()";

/// A row of the table: what kind of answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Row {
    /// The shell of the page.
    Page,
    /// The viewer of the API reference.
    Viewer,
    /// Scripts, styles and images.
    Asset,
    /// Everything else: JSON, problem documents, the event stream.
    Api,
}

/// The table.
#[derive(Clone)]
pub(crate) struct SecurityHeaders {
    rows: Arc<[(Row, HeaderMap)]>,
    token_origin: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

impl SecurityHeaders {
    /// `token_origin` is asked at each answer with the page for an origin that the page may send requests to besides its own:
    /// where an issuer has its token endpoint is known only once the issuer has answered.
    pub(crate) fn new(token_origin: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        let rows = Arc::new([
            (Row::Page, document(&page_policy(None))),
            (Row::Viewer, document(VIEWER_POLICY)),
            (Row::Asset, fixed(ASSET_POLICY)),
            (Row::Api, fixed(API_POLICY)),
        ]);
        Self { rows, token_origin: Arc::new(token_origin) }
    }

    /// Adds the row of an answer to it.
    pub(crate) fn secure<B>(&self, response: &mut Response<B>) {
        let row = response.extensions_mut().remove::<Row>().unwrap_or(Row::Api);
        let headers = response.headers_mut();
        self.add(row, headers);
        // What one caller may see is not for a cache that others share, and is asked for again before each use.
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    }

    fn add(&self, row: Row, headers: &mut HeaderMap) {
        for (name, value) in self.rows.iter().filter(|it| it.0 == row).flat_map(|it| &it.1) {
            headers.insert(name, value.clone());
        }
        let token_origin = Some(row).filter(|it| *it == Row::Page).and_then(|_| (self.token_origin)());
        if let Some(policy) = token_origin.and_then(|it| HeaderValue::try_from(page_policy(Some(&it))).ok()) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// The content security policy of the page: what it loads comes from this origin, and text from outside cannot become a script.
pub(super) fn page_policy(extra_connect: Option<&str>) -> String {
    let extra = extra_connect.map(|it| format!(" {it}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{extra}; img-src 'self' data:; \
         worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types lit-html ccm"
    )
}

/// The headers of every row: an answer is what its `Content-Type` says, and pages of other origins cannot embed it.
fn fixed(policy: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers
}

/// The headers of a document that a browser shows.
fn document(policy: &str) -> HeaderMap {
    let mut headers = fixed(policy);
    headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(NO_FEATURES));
    // Not no-referrer, with which a browser sends `Origin: null` with changes: they would count as those of another origin.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers
}
