//! Extracts the JSON body of a request, with all its violations.

use std::error::Error;

use axum::RequestExt as _;
use axum::body::HttpBody as _;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, LengthLimitError};
use net::grpc::deadline;
use platform::violation::{Violation, Violations};
use proto::error::v1::Reason;
use serde::de::DeserializeSeed as _;
use tonic::{Code, Response, Status};

use super::Fields;
use super::fields::CountedFields;
use super::json::{Budget, MAX_VALUES};
use super::media::{Accepts, check};
use crate::error::ApiError;
use crate::limits::in_flight::InFlight;

/// A file that Windows has written may begin with it; RFC 8259, section 8.1, lets a reader ignore it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

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

    /// 400 with the violations.
    pub(crate) fn into_error(self) -> ApiError {
        ApiError::invalid(self.0.into_vec())
    }

    /// Adds a violation found outside of the body, such as in a header.
    pub(crate) fn add(&mut self, violation: Violation) {
        self.0.add(violation.field, violation.description);
    }

    /// 400 with the violations, if there are any, for a request that no service checks.
    pub(crate) fn none(self) -> Result<(), ApiError> {
        if self.exist() { Err(ApiError::invalid(self.0.into_vec())) } else { Ok(()) }
    }

    /// The error of a request that the service cannot validate only: a missing resource, or a refusal of the caller, as the
    /// service reports it for `read`, else 400 with the violations.
    pub(crate) fn refuse<T>(self, read: Result<Response<T>, Status>) -> ApiError {
        match read.map_err(ApiError::from) {
            Err(error) if takes_precedence(error.code()) => error,
            Ok(_) | Err(_) => ApiError::invalid(self.0.into_vec()),
        }
    }

    /// The response of the service when there are no violations. Otherwise the error: a refusal of the caller or a
    /// missing resource as the service reports it, else 400 with the violations of both.
    pub(crate) fn merge_into<T>(
        self,
        answer: Result<Response<T>, impl Into<ApiError>>,
    ) -> Result<T, ApiError> {
        let answer = answer.map_err(Into::into);
        if self.0.is_empty() {
            return Ok(answer?.into_inner());
        }
        let mut all: Vec<Violation> = self.0.into_vec();
        match answer {
            Err(error) if takes_precedence(error.code()) => return Err(error),
            Err(error) if error.code() == Code::InvalidArgument => {
                let found = error.violations().iter();
                let more = found.filter(|it| !all.iter().any(|known| known.field == it.field));
                let more: Vec<Violation> = more.cloned().collect();
                all.extend(more);
            }
            // Any other outcome leaves the violations of the gateway.
            Ok(_) | Err(_) => {}
        }
        Err(ApiError::invalid(all))
    }
}

/// Permission and existence of the resource take precedence over validation.
fn takes_precedence(code: Code) -> bool {
    matches!(code, Code::PermissionDenied | Code::Unauthenticated | Code::NotFound)
}

impl<T: FromFields, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        Ok(Self::of(object(request, Accepts::Json).await?))
    }
}

impl<T: FromFields> Body<T> {
    fn of(mut fields: Fields) -> Self {
        let value = T::from_fields(&mut fields);
        Self { value, violations: BodyViolations::of(fields) }
    }
}

/// A body that may be left out; then it counts as an empty object. The content type of an empty body has no meaning.
pub(crate) struct OptionalBody<T>(pub(crate) Body<T>);

impl<T: FromFields, S: Send + Sync> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let typed = check(request.headers(), Accepts::Json);
        let bytes = read(request).await?;
        let fields = if bytes.is_empty() { Fields::default() } else { typed.and_then(|()| parse(&bytes))? };
        Ok(Self(Body::of(fields)))
    }
}

/// Reads the JSON object of a request whose body has such a form.
pub(super) async fn object(request: Request, accepts: Accepts) -> Result<Fields, ApiError> {
    check(request.headers(), accepts)?;
    parse(&read(request).await?)
}

fn parse(body: &[u8]) -> Result<Fields, ApiError> {
    let (budget, mut json) = (Budget::new(), serde_json::Deserializer::from_slice(body));
    let read = CountedFields(&budget).deserialize(&mut json);
    read.and_then(|fields| json.end().map(|()| fields)).map_err(|error| {
        let detail = if budget.is_exceeded() {
            format!("the body has more than {MAX_VALUES} JSON values")
        } else {
            format!("the body is not a JSON object: {error}")
        };
        ApiError::new(Reason::InvalidJson, detail)
    })
}

async fn read(request: Request) -> Result<Bytes, ApiError> {
    let in_flight = InFlight::of(request.extensions());
    let declared = request.body().size_hint().lower();
    let body = request.with_limited_body().into_body();
    // Before any of it is read: the client may wait for `100 Continue`, and need not send it at all.
    if body.size_hint().upper().is_some_and(|limit| declared > limit) {
        return Err(too_large());
    }
    let limit = deadline::remaining().unwrap_or_default();
    let Ok(read) = tokio::time::timeout(limit, received(body, in_flight.as_ref())).await else {
        let detail = "the body did not arrive before the request timeout";
        return Err(ApiError::new(Reason::BodyTimeout, detail));
    };
    let bytes = read?;
    let begin = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    Ok(bytes.slice(begin..))
}

/// Reads a body to its end, from which on its request is in flight.
async fn received(mut body: axum::body::Body, in_flight: Option<&InFlight>) -> Result<Bytes, ApiError> {
    let mut bytes = BytesMut::new();
    let displaced = async {
        match in_flight {
            Some(it) => it.displaced().await,
            None => std::future::pending().await,
        }
    };
    let mut displaced = std::pin::pin!(displaced);
    loop {
        let frame = tokio::select! {
            biased;
            frame = body.frame() => frame,
            error = &mut displaced => return Err(error),
        };
        let Some(frame) = frame else { break };
        let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() else { continue };
        if let Some(it) = in_flight {
            it.receive(data.len())?;
        }
        bytes.extend_from_slice(&data);
    }
    if let Some(it) = in_flight {
        it.arrived()?;
    }
    Ok(bytes.freeze())
}

fn too_large() -> ApiError {
    ApiError::new(Reason::BodyTooLarge, "the body exceeds the body limit")
}

fn broken(error: &axum::Error) -> ApiError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(it) = cause {
        if it.is::<LengthLimitError>() {
            return too_large();
        }
        cause = it.source();
    }
    ApiError::new(Reason::BodyIncomplete, "the body ended early")
}

/// Reads a body and answers nothing.
#[cfg(test)]
pub(crate) async fn body_for_test(request: Request) -> Result<(), ApiError> {
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    deadline::within(until, read(request)).await.map(drop)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use axum::http::header;

    use super::*;

    struct Note(Option<String>);

    impl FromFields for Note {
        fn from_fields(fields: &mut Fields) -> Self {
            Self(fields.text("note"))
        }
    }

    async fn sent(content_type: Option<&str>, body: &'static str) -> Result<Option<String>, ApiError> {
        let mut request = Request::new(axum::body::Body::from(body));
        if let Some(it) = content_type {
            request.headers_mut().insert(header::CONTENT_TYPE, it.parse().unwrap());
        }
        let reading = OptionalBody::<Note>::from_request(request, &());
        let read = deadline::within(Instant::now() + Duration::from_secs(5), reading).await?;
        Ok(read.0.value.0)
    }

    #[tokio::test]
    async fn an_optional_body_may_be_left_out_and_is_judged_when_it_is_there() {
        assert_eq!(sent(None, "").await.unwrap(), None);
        assert_eq!(sent(Some("text/plain"), "").await.unwrap(), None);
        let json = Some("application/json; charset=utf-8");
        assert_eq!(sent(json, "").await.unwrap(), None);
        assert_eq!(sent(json, r#"{"note": "a"}"#).await.unwrap().as_deref(), Some("a"));
        for (content_type, body, reason) in [
            (None, "{}", Reason::UnsupportedMediaType),
            (Some("text/plain"), "{}", Reason::UnsupportedMediaType),
            (json, " ", Reason::InvalidJson),
            (json, "[]", Reason::InvalidJson),
            (json, "{} {}", Reason::InvalidJson),
        ] {
            let error = sent(content_type, body).await.unwrap_err();
            assert_eq!(error.reason(), reason.text(), "{content_type:?} {body:?}");
        }
    }
}
