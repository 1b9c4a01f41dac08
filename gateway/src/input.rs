//! Extractors for headers, queries and bodies. Bodies and queries are read field by field, so that a response can name
//! every invalid field and not only the first.

mod body;
mod conditions;
mod fields;
mod head;
mod idempotency;
mod json;
mod media;
mod patch;
mod query;
mod shown;

#[cfg(test)]
pub(crate) use body::body_for_test;
pub(crate) use body::{Body, FromFields, OptionalBody};
pub(crate) use conditions::{IfMatch, IfMatchOfRead, IfNoneMatch};
pub(crate) use fields::Fields;
pub(crate) use head::check_head;
pub(crate) use idempotency::IdempotencyKey;
#[cfg(test)]
pub(crate) use json::MAX_VALUES;
pub(crate) use media::Accepts;
pub(crate) use patch::{Patch, PatchFields};
pub(crate) use query::{Filter, FilterQuery, ListQuery, NOT_UTF8, QueryParameters, pairs};
pub(crate) use shown::PARAMETERS;

use access::Caller;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::error::ApiError;

/// The id in the path, unchecked: the service decides whether it is one. A path that is not UTF-8 is answered 404.
pub(crate) struct PathId(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id)).map_err(|_| ApiError::no_route(&parts.uri))
    }
}

/// The authenticated caller. The rejection is 401, or 503 while the issuer is unreachable.
pub(crate) struct Authenticated(pub(crate) Caller);

impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(access::grpc::authenticated(&parts.extensions)?))
    }
}
