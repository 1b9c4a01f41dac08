//! Requests that are being answered at once: beyond so many a client learns at once that it should come back, since a
//! queue would only make everybody late.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use tonic::Code;

use super::is_health;
use crate::error::ApiError;

/// The places of requests that are being answered.
#[derive(Clone)]
pub(crate) struct InFlight(Arc<Semaphore>);

impl InFlight {
    pub(crate) fn new(requests: usize) -> Self {
        Self(Arc::new(Semaphore::new(requests)))
    }
}

/// Answers 503 while every place is taken. A place is free again when the answer is made, or its client is gone; an
/// answer that is taken slowly holds its connection alone.
pub(crate) async fn admit(State(places): State<InFlight>, request: Request, next: Next) -> Response {
    if is_health(&request) {
        return next.run(request).await;
    }
    let Ok(_place) = places.0.try_acquire() else {
        let detail = "the gateway has as many requests in flight as it takes";
        let refused = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, "OVERLOADED", detail);
        return refused.after(1).into_response();
    };
    next.run(request).await
}
