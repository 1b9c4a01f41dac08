//! How a process shows a peer that a connection is its own: by a health check with its token. The calls on the connection may be
//! those of users, whose tokens tell the peer nothing about who holds the connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header};

use super::method::HEALTH_CHECK;

/// How often a connection that is used shows the token: at first, the process or the peer may not be able to verify it.
pub(super) const INTERVAL: Duration = Duration::from_secs(10);
/// How long a new connection waits for the peer to have seen the token.
pub(super) const TIMEOUT: Duration = Duration::from_millis(500);
/// The body of the health check: an empty message, and its length before it.
pub(super) const MESSAGE: Bytes = Bytes::from_static(&[0; 5]);

/// Where the token of the process comes from, if it has one.
#[derive(Clone, Default)]
pub(super) struct Introduction(Option<Arc<dyn Fn() -> Option<HeaderValue> + Send + Sync>>);

impl Introduction {
    pub(super) fn by(authorization: impl Fn() -> Option<HeaderValue> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(authorization)))
    }

    /// The head of the health check with the token; `None` while there is no token.
    pub(super) fn request(&self, origin: &Uri) -> Option<Request<()>> {
        let authorization = self.0.as_ref()?()?;
        let mut uri = origin.clone().into_parts();
        uri.path_and_query = Some(http::uri::PathAndQuery::from_static(HEALTH_CHECK));
        let request = Request::post(Uri::from_parts(uri).ok()?)
            .header(header::CONTENT_TYPE, "application/grpc")
            .header(header::TE, "trailers")
            .header(header::AUTHORIZATION, authorization);
        request.body(()).ok()
    }
}

impl fmt::Debug for Introduction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Introduction").field(&self.0.is_some()).finish()
    }
}
