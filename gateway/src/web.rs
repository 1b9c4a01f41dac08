//! What browsers load: the page, and the client of the event stream that other pages of the same origin can import, as ES
//! modules without a build step. The files are in `gateway/web`; they are embedded in the binary, so that page and gateway are
//! always of one version. They need no token.

mod assets;
mod not_found;
pub(crate) mod security;

use std::collections::BTreeSet;

use axum::Router;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::error::ApiError;
use crate::input::IfNoneMatch;
use crate::public_url::PublicUrl;
use crate::services::Services;
pub(crate) use not_found::no_route;
use security::Row;

/// The views of the page, all of which are answered with its shell: the page's script shows the view of the path, so that a
/// link to a view can be shared and reloaded.
const VIEWS: [&str; 8] =
    ["/", "/tasks", "/tasks/{id}", "/workers", "/workers/{id}", "/timeline", "/traces", "/traces/{id}"];

/// What follows the name of a folder in the route of its files.
const FOLDER: &str = "/{*file}";

/// The routes of the page and of the files that it loads. Spans and metrics name the folder of a file, not each file.
pub(crate) fn routes() -> Router<Services> {
    let mut router = Router::new();
    for view in VIEWS {
        router = router.route(view, get(shell));
    }
    let mut folders = BTreeSet::new();
    for name in assets::names() {
        match name.split_once('/') {
            Some((folder, _)) => _ = folders.insert(folder),
            None if is_document(name) => {}
            None => router = router.route(&format!("/{name}"), get(file)),
        }
    }
    for folder in folders {
        router = router.route(&format!("/{folder}{FOLDER}"), get(file));
    }
    router
}

/// Whether a route is that of a file, not of a view.
pub(crate) fn is_file(route: &str) -> bool {
    route.strip_prefix('/').is_some_and(|it| it.ends_with(FOLDER) || assets::find(it).is_some())
}

/// Documents have routes of their own.
fn is_document(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|it| it.1 == "html")
}

async fn shell(public: PublicUrl, headers: HeaderMap, condition: IfNoneMatch) -> Response {
    document("index.html", Row::Page, &public, &headers, &condition).await
}

/// `/api/docs`: the description of the API in its viewer. The viewer's script does the rest.
pub(crate) async fn reference(public: PublicUrl, headers: HeaderMap, condition: IfNoneMatch) -> Response {
    document("docs/index.html", Row::Viewer, &public, &headers, &condition).await
}

async fn document(
    name: &str,
    row: Row,
    public: &PublicUrl,
    headers: &HeaderMap,
    condition: &IfNoneMatch,
) -> Response {
    match assets::find(name) {
        Some(asset) if !public.prefix().is_empty() => asset.answer_under(public.prefix(), row, condition),
        Some(asset) => asset.answer(row, headers, condition).await,
        None => ApiError::internal().into_response(),
    }
}

async fn file(
    method: Method,
    uri: Uri,
    public: PublicUrl,
    headers: HeaderMap,
    condition: IfNoneMatch,
) -> Response {
    let name = uri.path().trim_start_matches('/');
    match assets::find(name).filter(|_| !is_document(name)) {
        Some(asset) => asset.answer(Row::Asset, &headers, &condition).await,
        None => no_route(method, uri, public, headers).await,
    }
}

#[cfg(test)]
mod tests;
