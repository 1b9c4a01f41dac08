//! Serves every path with one slash behind it, too. Tower's `NormalizePath` would take any number of slashes away, and those
//! before the path: a proxy that denies `/api/workers` by its prefix would let `//api/workers` through.

use std::task::{Context, Poll};

use http::{Request, Uri};
use tower::Service;

/// The inner service `S`, whose requests have no slash at the end of their paths.
#[derive(Clone)]
pub(crate) struct TrailingSlash<S>(pub(super) S);

impl<S: Service<Request<B>>, B> Service<Request<B>> for TrailingSlash<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        if let Some(uri) = trimmed(request.uri()) {
            *request.uri_mut() = uri;
        }
        self.0.call(request)
    }
}

/// The URI without the one slash at the end of its path; `None` if there is none, or are several.
fn trimmed(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/').filter(|it| !it.is_empty() && !it.ends_with('/'))?;
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_goes_and_whatever_else_there_is_stays() {
        let of = |uri: &str| trimmed(&uri.parse().unwrap()).map(|it| it.to_string());
        assert_eq!(of("/api/tasks/").as_deref(), Some("/api/tasks"));
        assert_eq!(of("/api/tasks/?a=/").as_deref(), Some("/api/tasks?a=/"));
        assert_eq!(of("https://h:1/api/tasks/").as_deref(), Some("https://h:1/api/tasks"));
        for other in ["/", "//", "/api/tasks", "/api/tasks//", "/api/tasks?a=/"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
