//! The limit on a request's header. A header beyond [`crate::MAX_HEADER_BYTES`] never gets here: the connection closes.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use proto::error::v1::Reason;

use crate::error::ApiError;

/// Maximum size of a target, unless the limit on the whole header is lower. Most of a header's room is for tokens, not for the
/// target.
const MAX_TARGET_BYTES: usize = 32 * 1024;

/// Answers 414 when the target alone has more than [`MAX_TARGET_BYTES`] or `limit` (RFC 9112, section 3), and 431 when the
/// method, target, names and values of a header together have more than `limit` bytes.
pub(crate) async fn limit_header(State(limit): State<usize>, request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or(0, |it| it.as_str().len());
    let target_limit = limit.min(MAX_TARGET_BYTES);
    if target > target_limit {
        let detail = format!("the request target exceeds the limit of {target_limit} bytes");
        return ApiError::new(Reason::TargetTooLong, detail).into_response();
    }
    let target = target + request.method().as_str().len();
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    if target + fields.sum::<usize>() <= limit {
        return next.run(request).await;
    }
    let detail = format!("the request header exceeds the limit of {limit} bytes");
    ApiError::new(Reason::HeaderTooLarge, detail).into_response()
}
