//! What clients send, read field by field, so that an answer names every field that is wrong and not just the first.

mod body;
mod conditions;
mod fields;
mod idempotency;
mod patch;
mod query;

pub(crate) use body::{Body, FromFields};
pub(crate) use conditions::{IfMatch, IfNoneMatch};
pub(crate) use fields::Fields;
pub(crate) use idempotency::IdempotencyKey;
pub(crate) use patch::{Patch, PatchFields};
pub(crate) use query::{Filter, Listing, Parameters};

use access::Caller;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::error::ApiError;

/// The id in a path. Whether it is one, the service knows; what is no text is nobody's id.
pub(crate) struct Id(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id)).map_err(|_| ApiError::no_route(&parts.uri))
    }
}

/// The caller of a request; 401 when there is none, 503 while that cannot be told.
pub(crate) struct Authenticated(pub(crate) Caller);

impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(access::grpc::authenticated(&parts.extensions)?))
    }
}
