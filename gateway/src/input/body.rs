//! Extracts the JSON body of a request, with all its violations.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use net::grpc::deadline;
use platform::violation::{Violation, Violations};
use proto::error::v1::Reason;
use tonic::{Code, Response, Status};

use super::Fields;
use crate::error::ApiError;

/// A value made of the valid fields of a JSON object.
pub(crate) trait FromFields {
    /// Removes the known fields from `fields` and reports those with the wrong type.
    fn from_fields(fields: &mut Fields) -> Self;
}

/// The JSON body of a request, with the violations found in it. When there are any, the handler still calls the service
/// with `validate_only`, so that the response names the violations of both.
pub(crate) struct Body<T> {
    pub(crate) value: T,
    pub(crate) violations: BodyViolations,
}

/// The violations that the gateway found in a request.
pub(crate) struct BodyViolations(Violations);

impl BodyViolations {
    /// The violations of an object, including each unknown field.
    pub(super) fn of(fields: Fields) -> Self {
        Self(fields.finish())
    }

    /// Whether there are violations; the service must then only validate.
    pub(crate) fn exist(&self) -> bool {
        !self.0.is_empty()
    }

    /// Adds a violation found outside of the body, such as in a header.
    pub(crate) fn add(&mut self, violation: Violation) {
        self.0.add(violation.field, violation.description);
    }

    /// The response of the service when there are no violations. Otherwise the error: a refusal of the caller or a
    /// missing resource as the service reports it, else 400 with the violations of both.
    pub(crate) fn merge_into<T>(self, answer: Result<Response<T>, Status>) -> Result<T, ApiError> {
        if self.0.is_empty() {
            return Ok(answer?.into_inner());
        }
        let mut all: Vec<Violation> = self.0.into_vec();
        match answer {
            Err(status)
                if matches!(
                    status.code(),
                    Code::PermissionDenied | Code::Unauthenticated | Code::NotFound
                ) =>
            {
                // Permission and existence of the resource take precedence over validation.
                return Err(status.into());
            }
            Err(status) if status.code() == Code::InvalidArgument => {
                let found = ApiError::from(status);
                let more =
                    found.violations().iter().filter(|it| !all.iter().any(|known| known.field == it.field));
                let more: Vec<Violation> = more.cloned().collect();
                all.extend(more);
            }
            // Any other outcome leaves the violations of the gateway.
            Ok(_) | Err(_) => {}
        }
        Err(ApiError::invalid(all))
    }
}

impl<T: FromFields, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let mut fields = object(request, state, &["application/json"]).await?;
        let value = T::from_fields(&mut fields);
        Ok(Self { value, violations: BodyViolations::of(fields) })
    }
}

/// Reads the JSON object of a request whose body has one of the media types.
pub(super) async fn object<S: Send + Sync>(
    request: Request,
    state: &S,
    types: &[&str],
) -> Result<Fields, ApiError> {
    if !types.iter().any(|it| has_media_type(request.headers(), it)) {
        let detail = format!("the content type must be {}", types.join(" or "));
        return Err(ApiError::new(Reason::UnsupportedMediaType, detail));
    }
    let bytes = read(request, state).await?;
    serde_json::from_slice(&bytes).map_err(|error| {
        ApiError::new(Reason::InvalidJson, format!("the body is not a JSON object: {error}"))
    })
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    let reading = Bytes::from_request(request, state);
    let limit = deadline::remaining().unwrap_or_default();
    match tokio::time::timeout(limit, reading).await {
        Err(_) => {
            Err(ApiError::new(Reason::BodyTimeout, "the body did not arrive before the request timeout"))
        }
        Ok(Err(refused)) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(ApiError::new(Reason::BodyTooLarge, "the body exceeds the body limit"))
        }
        Ok(Err(_)) => Err(ApiError::new(Reason::BodyIncomplete, "the body ended early")),
        Ok(Ok(bytes)) => Ok(bytes),
    }
}

fn has_media_type(headers: &HeaderMap, media_type: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case(media_type)
}
