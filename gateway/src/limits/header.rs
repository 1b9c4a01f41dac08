//! The header of a request. The connection cuts what is far larger; up to there a client is told.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tonic::Code;

use crate::error::ApiError;

/// Answers 431 when target, names and values of a header have more bytes than they may.
pub(crate) async fn admit(State(limit): State<usize>, request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or(0, |it| it.as_str().len());
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    if target + fields.sum::<usize>() <= limit {
        return next.run(request).await;
    }
    let detail = format!("the request's header is larger than {limit} bytes");
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    ApiError::new(status, Code::InvalidArgument, "HEADER_TOO_LARGE", detail).into_response()
}
