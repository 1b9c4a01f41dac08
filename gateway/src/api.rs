//! The endpoints, a file a resource. A handler reads as its use case: spans, errors and limits are the layers' business.

pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod me;
pub(crate) mod tasks;
pub(crate) mod workers;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::clock::Micros;
use proto::Timestamp;
use serde::Serialize;

use crate::input::IfNoneMatch;

/// What a list answers.
#[derive(Serialize)]
pub(crate) struct Page<T> {
    items: Vec<T>,
    /// `null` on the last page.
    next_page_token: Option<String>,
}

impl<T> Page<T> {
    fn new<P: Into<T>>(items: Vec<P>, token: String) -> Self {
        let next_page_token = (!token.is_empty()).then_some(token);
        Self { items: items.into_iter().map(Into::into).collect(), next_page_token }
    }
}

/// A resource with the version that its entity tag names.
pub(crate) trait Versioned: Serialize {
    fn version(&self) -> i64;
}

/// 200, with the entity tag.
pub(crate) struct Found<T>(T);

impl<T: Versioned> Found<T> {
    /// 304 without a body when the client has this version.
    fn unless(self, known: &IfNoneMatch) -> Response {
        if known.has(self.0.version()) {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, entity_tag(&self.0))]).into_response();
        }
        self.into_response()
    }
}

impl<T: Versioned> IntoResponse for Found<T> {
    fn into_response(self) -> Response {
        let tag = entity_tag(&self.0);
        ([(header::ETAG, tag)], Json(self.0)).into_response()
    }
}

/// 201, with the location and the entity tag.
pub(crate) struct Created<T> {
    location: String,
    /// An earlier request with the same idempotency key has done it.
    replayed: bool,
    resource: T,
}

impl<T: Versioned> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let tag = entity_tag(&self.resource);
        let mut response = (StatusCode::CREATED, [(header::ETAG, tag)], Json(self.resource)).into_response();
        if let Ok(location) = HeaderValue::try_from(self.location) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if self.replayed {
            response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

fn entity_tag(resource: &impl Versioned) -> String {
    format!("\"{}\"", resource.version())
}

/// RFC 3339, UTC, with microseconds.
fn rfc3339(at: Option<Timestamp>) -> String {
    Micros(proto::micros(&at.unwrap_or_default())).to_rfc3339()
}
