//! The JSON body of a request.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use net::grpc::deadline;
use platform::violation::{Violation, Violations};
use proto::error::v1::Reason;
use tonic::{Code, Response, Status};

use super::Fields;
use crate::error::ApiError;

/// What can be made of an object's fields, as far as they are right.
pub(crate) trait FromFields {
    /// Takes the fields it knows.
    fn from_fields(fields: &mut Fields) -> Self;
}

/// A request's body, with what is wrong with it. The service is asked all the same, to check and not to do: so the
/// client learns of everything at once.
pub(crate) struct Body<T> {
    pub(crate) value: T,
    pub(crate) wrong: Wrong,
}

/// What is wrong with a body, as far as the gateway can tell.
pub(crate) struct Wrong(Violations);

impl Wrong {
    /// What is wrong with an object whose known fields were taken.
    pub(super) fn of(fields: Fields) -> Self {
        Self(fields.finish())
    }

    /// Whether the service is only to check.
    pub(crate) fn is_certain(&self) -> bool {
        !self.0.is_empty()
    }

    /// Adds what is wrong beside the body.
    pub(crate) fn add(&mut self, violation: Violation) {
        self.0.add(violation.field, violation.description);
    }

    /// The service's answer, unless something was wrong: then everything that is.
    pub(crate) fn or<T>(self, answer: Result<Response<T>, Status>) -> Result<T, ApiError> {
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
                // Who may not do it need not get it right, nor who asks for what is not there.
                return Err(status.into());
            }
            Err(status) if status.code() == Code::InvalidArgument => {
                let found = ApiError::from(status);
                let more =
                    found.violations().iter().filter(|it| !all.iter().any(|known| known.field == it.field));
                let more: Vec<Violation> = more.cloned().collect();
                all.extend(more);
            }
            // What is wrong is wrong, whether the service could be asked or not.
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
        Ok(Self { value, wrong: Wrong::of(fields) })
    }
}

/// The JSON object of a request whose body is of one of these media types.
pub(super) async fn object<S: Send + Sync>(
    request: Request,
    state: &S,
    types: &[&str],
) -> Result<Fields, ApiError> {
    if !types.iter().any(|it| is_of(request.headers(), it)) {
        let detail = format!("the body must be JSON, with content-type {}", types.join(" or "));
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
        Err(_) => Err(ApiError::new(Reason::BodyTimeout, "the body did not arrive in time")),
        Ok(Err(refused)) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(ApiError::new(Reason::BodyTooLarge, "the body is larger than this server takes"))
        }
        Ok(Err(_)) => Err(ApiError::new(Reason::BodyIncomplete, "the body could not be read to its end")),
        Ok(Ok(bytes)) => Ok(bytes),
    }
}

fn is_of(headers: &HeaderMap, media_type: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case(media_type)
}
