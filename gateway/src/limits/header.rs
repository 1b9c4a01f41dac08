//! The limit on a request's header. A header beyond [`crate::MAX_HEADER_BYTES`] never gets here: the connection closes.

use axum::extract::Request;
use proto::error::v1::Reason;

use crate::error::ApiError;

/// Maximum size of a target, unless the limit on the whole header is lower. Most of a header's room is for tokens, not for the
/// target.
const MAX_TARGET_BYTES: usize = 32 * 1024;

/// Refuses a request by 414 when the target alone has more than [`MAX_TARGET_BYTES`] or `limit` (RFC 9112, section 3), and 431 when the
/// method, target, names and values of a header together have more than `limit` bytes.
pub(crate) fn check_size(request: &Request, limit: usize) -> Result<(), ApiError> {
    let target = request.uri().path_and_query().map_or(0, |it| it.as_str().len());
    let target_limit = limit.min(MAX_TARGET_BYTES);
    if target > target_limit {
        let detail = format!("the request target exceeds the limit of {target_limit} bytes");
        return Err(ApiError::new(Reason::TargetTooLong, detail));
    }
    let target = target + request.method().as_str().len();
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    if target + fields.sum::<usize>() <= limit {
        return Ok(());
    }
    let detail = format!("the request header exceeds the limit of {limit} bytes");
    Err(ApiError::new(Reason::HeaderTooLarge, detail))
}
