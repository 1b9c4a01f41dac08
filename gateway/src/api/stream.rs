//! `/api/events/stream`: the events of tasks and workers as server-sent events (docs/stream.md).

use std::collections::BTreeSet;
use std::convert::Infallible;

use axum::Extension;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponseParts, Response, ResponseParts};
use net::grpc::status::Reason;
use platform::violation::Violations;
use proto::TypePattern;
use uuid::Uuid;

use crate::error::ApiError;
use crate::input::{NOT_UTF8, pairs};
use crate::router::Told;
use crate::stream::{Filter, Start};

pub(crate) const MAX_TYPES: usize = 50;
pub(crate) const MAX_IDS: usize = 200;
/// What the names of all event types begin with, apart from those about the stream itself, which cannot be filtered.
const KINDS: [&str; 2] = ["task.", "worker."];
const KIND_RULE: &str = "must be types of tasks or workers: task.* or worker.*";
const TYPE_RULE: &str = "must be types like task.created or patterns like task.*";

/// What a request asks for.
#[derive(Debug)]
struct StreamQuery {
    filter: Filter,
    start: Start,
}

/// Opens a stream: 200 also above a limit, because a native `EventSource` does not retry another status.
pub(crate) async fn get(Extension(told): Extension<Told>, request: Request) -> Result<Response, ApiError> {
    let streams = &told.streams;
    let caller = access::grpc::authenticated(request.extensions())?;
    if !streams.can_read_logs() {
        let detail =
            "event streams are off: this gateway has no token of its own with which to read the event logs";
        return Err(ApiError::new(Reason::ServiceUnavailable, detail));
    }
    let last_id = request.headers().get("last-event-id").and_then(|it| it.to_str().ok());
    let query = StreamQuery::parse(request.uri().query().unwrap_or_default(), last_id)?;
    let blocks = streams.open(caller, query.filter, query.start, request.extensions());
    let mut response = Response::new(Body::from_stream(blocks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    // nginx buffers responses unless they say otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

impl StreamQuery {
    /// Reads the query. An id in the query takes precedence over the header `Last-Event-ID`: a new `EventSource` has no header,
    /// and proxies remove it.
    fn parse(query: &str, last_id: Option<&str>) -> Result<Self, ApiError> {
        let (mut violations, mut filter) = (Violations::default(), Filter::default());
        let (mut types, mut since, mut id) = (Vec::new(), None, None);
        for (name, value) in pairs(query) {
            let Some(value) = value else {
                violations.add(name, NOT_UTF8);
                continue;
            };
            let parts = || value.split(',').filter(|it| !it.is_empty());
            match &*name {
                "event_types" => types.extend(parts().map(ToOwned::to_owned)),
                "task_ids" => ids("task_ids", parts(), &mut filter.task_ids, &mut violations),
                "worker_ids" => ids("worker_ids", parts(), &mut filter.worker_ids, &mut violations),
                "since" if since.is_none() => since = Some(value),
                "last_event_id" if id.is_none() => id = Some(value),
                "since" | "last_event_id" => violations.add(name, "must not be given twice"),
                _ => violations.add(name, "is not a known parameter"),
            }
        }
        if types.len() > MAX_TYPES {
            violations.add("event_types", format!("must have at most {MAX_TYPES} entries"));
        }
        for text in types.iter().take(MAX_TYPES) {
            match TypePattern::parse(text) {
                Some(pattern) if KINDS.iter().any(|it| pattern.concerns(it)) => filter.types.push(pattern),
                Some(_) => violations.add("event_types", KIND_RULE),
                None => violations.add("event_types", TYPE_RULE),
            }
        }
        for (name, count) in [("task_ids", filter.task_ids.len()), ("worker_ids", filter.worker_ids.len())] {
            if count > MAX_IDS {
                violations.add(name, format!("must have at most {MAX_IDS} entries"));
            }
        }
        let id = id.as_deref().filter(|it| !it.is_empty()).or(last_id.filter(|it| !it.is_empty()));
        let start = match id.or(since.as_deref()) {
            None => Start::Snapshot,
            Some("now") if id.is_none() => Start::Now,
            Some("earliest") if id.is_none() => Start::Earliest,
            Some(id) => Start::after(id),
        };
        if id.is_none() && start.is_unknown() {
            violations.add("since", "must be now, earliest, or the id of an event of this stream");
        }
        if violations.is_empty() {
            // Kept as long as the stream is open.
            filter.types.shrink_to_fit();
            Ok(Self { filter, start })
        } else {
            Err(ApiError::invalid(violations.into_vec()))
        }
    }
}

fn ids<'t>(
    name: &'static str,
    texts: impl Iterator<Item = &'t str>,
    into: &mut BTreeSet<Uuid>,
    violations: &mut Violations,
) {
    for text in texts {
        match Uuid::try_parse(text) {
            Ok(id) => drop(into.insert(id)),
            Err(_) => violations.add(name, "must be UUIDs"),
        }
    }
}

/// Where the event logs are when a list is read: the header `X-Event-Position`, from which a stream can go on. It is taken
/// before the list is read, so nothing is missing between the two.
pub(crate) struct EventPosition(Option<HeaderValue>);

impl<S: Sync> FromRequestParts<S> for EventPosition {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let position = parts.extensions.get::<Told>().and_then(|it| it.streams.position());
        Ok(Self(position.and_then(|it| HeaderValue::try_from(it).ok())))
    }
}

impl IntoResponseParts for EventPosition {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Some(position) = self.0 {
            parts.headers_mut().insert("x-event-position", position);
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_parameter_is_named() {
        let query = "event_types=Task.created&task_ids=1&worker_ids=2&since=7&since=8&colour=red";
        let error = StreamQuery::parse(query, None).unwrap_err();
        let mut fields: Vec<&str> = error.violations().iter().map(|it| it.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["colour", "event_types", "since", "since", "task_ids", "worker_ids"]);
    }

    #[test]
    fn an_id_in_the_query_takes_precedence_over_the_header_and_both_over_since() {
        let start = |query, header| StreamQuery::parse(query, header).unwrap().start;
        assert_eq!(start("", None), Start::Snapshot);
        assert_eq!(start("since=now", Some("")), Start::Now);
        assert_eq!(start("since=now", Some("AQAA")), Start::after("AQAA"));
        assert!(!start("", Some("AQAA")).is_unknown());
        assert!(start("last_event_id=junk", Some("AQAA")).is_unknown(), "told by a reset");
    }

    #[test]
    fn lists_are_separated_by_commas_or_repeated() {
        let id = Uuid::max();
        let query = format!("event_types=task.*,worker.created&event_types=task.removed&task_ids={id}");
        let filter = StreamQuery::parse(&query, None).unwrap().filter;
        assert_eq!(
            filter.types.iter().map(TypePattern::as_str).collect::<Vec<_>>(),
            ["task.*", "worker.created", "task.removed"]
        );
        assert_eq!(filter.task_ids, BTreeSet::from([id]));
    }
}
