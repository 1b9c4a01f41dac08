//! The browser client of the event stream, as ES modules that any page of the same origin can import without a build step:
//! `/sse-client.js` and what it loads. The files are in `gateway/web`; they are embedded in the binary, so that client and
//! gateway are always of one version. They need no token.

use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use sha2::{Digest as _, Sha256};

use crate::input::IfNoneMatch;
use crate::services::Services;

static CLIENT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../web/sse-client.js")));
static CONNECTION: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../web/sse-connection.js")));
static EVENTS: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../web/sse-events.js")));
static WORKER: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("../web/sse-worker.js")));

/// The routes of the scripts.
pub(crate) fn routes() -> Router<Services> {
    Router::new()
        .route("/sse-client.js", get(async |condition| CLIENT.answer(&condition)))
        .route("/sse-connection.js", get(async |condition| CONNECTION.answer(&condition)))
        .route("/sse-events.js", get(async |condition| EVENTS.answer(&condition)))
        .route("/sse-worker.js", get(async |condition| WORKER.answer(&condition)))
}

/// An embedded script, with the hash of its text as entity tag.
struct Script {
    text: &'static str,
    tag: String,
}

impl Script {
    fn new(text: &'static str) -> Self {
        Self { text, tag: format!("{:x}", Sha256::digest(text)) }
    }

    /// 304 without a body when `If-None-Match` names the script, else 200. A browser asks before each use, so that it never
    /// mixes scripts of two versions for longer than a page lives.
    fn answer(&self, condition: &IfNoneMatch) -> Response {
        let headers: [(HeaderName, &str); 3] = [
            (header::ETAG, &format!("\"{}\"", self.tag)),
            (header::CACHE_CONTROL, "no-cache"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        if condition.has(&self.tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let content_type = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
        (headers, content_type, self.text).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn get(path: &str, condition: Option<&str>) -> Response {
        let peer = |name| net::grpc::Peer::new(name, "http://127.0.0.1:9", None).unwrap();
        let services = Services::connect(&peer("task-service"), &peer("worker-service"));
        let mut request = Request::get(path);
        if let Some(tag) = condition {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        routes().with_state(services).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn text(response: Response) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_script_is_sent_again_only_when_it_is_another() {
        let first = get("/sse-worker.js", None).await;
        assert_eq!(first.headers()[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(first.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(first.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = get("/sse-worker.js", Some(&tag)).await;
        assert_eq!(
            (again.status(), again.headers()[header::ETAG].to_str().unwrap()),
            (StatusCode::NOT_MODIFIED, &*tag)
        );
        assert_eq!(text(again).await, "");
        let other = get("/sse-client.js", Some(&tag)).await;
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn every_script_that_a_script_loads_is_served() {
        let (mut seen, mut queue) = (Vec::new(), vec!["sse-client.js".to_owned()]);
        while let Some(name) = queue.pop() {
            let script = get(&format!("/{name}"), None).await;
            assert_eq!(script.status(), StatusCode::OK, "{name}");
            let script = text(script).await;
            let named = script.split("\"./").skip(1).map(|it| it.split('"').next().unwrap().to_owned());
            seen.push(name);
            queue.extend(named.filter(|it| !it.contains(".d.ts") && !seen.contains(it)).collect::<Vec<_>>());
        }
        assert!(seen.len() >= 4, "{seen:?}");
    }
}
