//! The handlers of the REST API, one file per resource. Spans, error responses and limits are made by layers of the
//! router, so a handler holds the use case only.

pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod me;
pub(crate) mod page;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod stream;
pub(crate) mod tasks;
pub(crate) mod traces;
pub(crate) mod workers;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::clock::Micros;
use proto::Timestamp;
use proto::error::v1::Reason;
use serde::Serialize;

use crate::error::ApiError;
use crate::input::IfNoneMatch;

/// The body of a list response: the items of a page, under the name of the resource.
#[derive(Serialize)]
pub(crate) struct Page<T> {
    items: Vec<T>,
    /// Token of the next page; `null` on the last page.
    next_page_token: Option<String>,
}

impl<T> Page<T> {
    fn new<P: Identified + Into<T>>(
        service: &'static str,
        items: Vec<P>,
        token: String,
    ) -> Result<Self, ApiError> {
        let next_page_token = (!token.is_empty()).then_some(token);
        let items = items.into_iter().map(|it| answered(service, Some(it)).map(Into::into));
        Ok(Self { items: items.collect::<Result<_, _>>()?, next_page_token })
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        // A short task takes 350 bytes, a worker or a change some 1,000.
        json(&self, 128 + self.items.len() * 512)
    }
}

/// Response 200 with `value` as JSON, in a buffer that begins with `room` bytes: that of axum's `Json` begins with 128 and doubles.
fn json(value: &impl Serialize, room: usize) -> Response {
    let mut text = Vec::with_capacity(room);
    match serde_json::to_writer(&mut text, value) {
        Ok(()) => {
            ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            ApiError::internal().into_response()
        }
    }
}

/// Response 200 with a resource; most have less than 1 KiB.
fn resource_json(resource: &impl Serialize) -> Response {
    json(resource, 1024)
}

/// A message of the contract that stands for something with an id.
pub(crate) trait Identified {
    /// What it is, in a text for people.
    const NAME: &'static str;

    fn has_id(&self) -> bool;
}

/// What `service` was asked for. If it is not in the answer, or has no id, there is nothing to show that anybody could find
/// again: 500, although the service has answered OK.
fn answered<M: Identified>(service: &'static str, message: Option<M>) -> Result<M, ApiError> {
    message.filter(M::has_id).ok_or_else(|| {
        tracing::error!(
            service,
            missing = M::NAME,
            "a service has answered OK without what it was asked for"
        );
        let detail = format!("{service} has answered without a {}, or with one that has no id", M::NAME);
        ApiError::new(Reason::UpstreamFailed, detail)
    })
}

/// A resource with an entity tag.
pub(crate) trait Versioned: Serialize {
    /// Number of edits by clients, which conditional changes go by.
    fn version(&self) -> i64;

    /// Number of all changes.
    fn revision(&self) -> i64;

    /// What changes the representation without a revision.
    fn changed_apart(&self) -> Option<i64> {
        None
    }

    /// The entity tag: the version alone, as long as nothing else has changed.
    fn tag(&self) -> String {
        let (version, revision) = (self.version(), self.revision());
        match self.changed_apart() {
            Some(apart) => format!("{version}.{revision}.{apart}"),
            None if version != revision => format!("{version}.{revision}"),
            None => version.to_string(),
        }
    }
}

/// Response 200 with the resource and its `ETag`.
pub(crate) struct Tagged<T>(T);

impl<T: Versioned> Tagged<T> {
    /// 304 without a body when `If-None-Match` names the current version, else 200.
    fn or_not_modified(self, condition: &IfNoneMatch) -> Response {
        if condition.has(&self.0.tag()) {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, entity_tag(&self.0))]).into_response();
        }
        self.into_response()
    }
}

impl<T: Versioned> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let tag = entity_tag(&self.0);
        ([(header::ETAG, tag)], resource_json(&self.0)).into_response()
    }
}

/// Response with a resource, its `Location` and its `ETag`, to a request that has another path.
pub(crate) struct Located<T> {
    status: StatusCode,
    location: String,
    /// Whether an earlier request with the same idempotency key was executed; sent as `Idempotency-Replayed`.
    replayed: bool,
    resource: T,
}

impl<T: Versioned> IntoResponse for Located<T> {
    fn into_response(self) -> Response {
        let tag = entity_tag(&self.resource);
        let mut response =
            (self.status, [(header::ETAG, tag)], resource_json(&self.resource)).into_response();
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
    format!("\"{}\"", resource.tag())
}

/// The timestamp in RFC 3339, UTC, with microseconds.
pub(crate) fn rfc3339(at: Option<Timestamp>) -> String {
    Micros(proto::micros(&at.unwrap_or_default())).to_rfc3339()
}

/// The timestamp, or nothing if it is not set.
fn rfc3339_or_null(at: Option<Timestamp>) -> Option<String> {
    at.map(|it| rfc3339(Some(it)))
}
