//! The limit on a request's header. A header beyond [`crate::MAX_HEADER_BYTES`] never gets here: the connection closes.

use axum::extract::{Request, State};
use axum::http::Version;
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use platform::violation::Violation;
use proto::error::v1::Reason;

use crate::error::ApiError;

/// Answers 431 when the method, target, names and values of a header have more than `limit` bytes, and 400 when an HTTP/1.1
/// request does not have exactly one `Host` (RFC 9112, section 3.2).
pub(crate) async fn limit_header(State(limit): State<usize>, request: Request, next: Next) -> Response {
    if request.version() == Version::HTTP_11 && request.headers().get_all(HOST).iter().count() != 1 {
        let description = "must be given exactly once".to_owned();
        return ApiError::invalid(vec![Violation { field: "Host".to_owned(), description }]).into_response();
    }
    let target = request.uri().path_and_query().map_or(0, |it| it.as_str().len());
    let target = target + request.method().as_str().len();
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    if target + fields.sum::<usize>() <= limit {
        return next.run(request).await;
    }
    let detail = format!("the request header exceeds the limit of {limit} bytes");
    ApiError::new(Reason::HeaderTooLarge, detail).into_response()
}
