//! What a client is told when a request fails: RFC 9457 problem details, and the one table from gRPC to HTTP.

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use net::grpc::status::{self, DOMAIN, OUTCOME_UNKNOWN, code_name};
use platform::violation::Violation;
use serde::Serialize;
use telemetry::propagation;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A failed request.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: Code,
    reason: String,
    detail: String,
    violations: Vec<Violation>,
    /// Seconds after which another try makes sense.
    retry_after: Option<u64>,
}

/// The body of an error, `application/problem+json`.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    violations: Vec<FieldProblem<'a>>,
    retryable: bool,
    trace_id: Option<String>,
}

#[derive(Serialize)]
struct FieldProblem<'a> {
    field: &'a str,
    description: &'a str,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: Code, reason: &str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            reason: reason.to_owned(),
            detail: detail.into(),
            violations: Vec::new(),
            retry_after: None,
        }
    }

    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "INTERNAL", "internal error")
    }

    pub(crate) fn no_route(uri: &Uri) -> Self {
        let detail = format!("there is nothing at {}", uri.path());
        Self::new(StatusCode::NOT_FOUND, Code::NotFound, "NO_SUCH_ROUTE", detail)
    }

    /// 400 with every bad field named.
    pub(crate) fn invalid(violations: Vec<Violation>) -> Self {
        status::invalid(violations).into()
    }

    /// The same request may be sent again after so many seconds.
    pub(crate) fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(crate) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    fn is_retryable(&self) -> bool {
        self.retry_after.is_some()
    }
}

/// The table from gRPC to HTTP. Total: a code or reason that is new has its line here or falls to its code's.
pub(crate) fn http_status(code: Code, reason: &str) -> StatusCode {
    match (code, reason) {
        (_, OUTCOME_UNKNOWN) | (Code::DeadlineExceeded, _) => StatusCode::GATEWAY_TIMEOUT,
        (Code::Ok, _) => StatusCode::OK,
        (Code::InvalidArgument, "IDEMPOTENCY_KEY_REUSED") => StatusCode::UNPROCESSABLE_ENTITY,
        (Code::Aborted, "ETAG_MISMATCH") => StatusCode::PRECONDITION_FAILED,
        (Code::InvalidArgument | Code::OutOfRange, _) => StatusCode::BAD_REQUEST,
        (Code::Unauthenticated, _) => StatusCode::UNAUTHORIZED,
        (Code::PermissionDenied, _) => StatusCode::FORBIDDEN,
        (Code::NotFound, _) => StatusCode::NOT_FOUND,
        (Code::AlreadyExists | Code::Aborted | Code::FailedPrecondition, _) => StatusCode::CONFLICT,
        (Code::ResourceExhausted, _) => StatusCode::TOO_MANY_REQUESTS,
        (Code::Unimplemented, _) => StatusCode::NOT_IMPLEMENTED,
        (Code::Unavailable | Code::Cancelled, _) => StatusCode::SERVICE_UNAVAILABLE,
        (Code::Internal | Code::Unknown | Code::DataLoss, _) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Status> for ApiError {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let Some(info) = details.error_info().filter(|it| it.domain == DOMAIN) else {
            // Not written by this product: its text is not for clients.
            tracing::error!(code = code_name(status.code()), text = status.message(), "foreign gRPC error");
            let status = http_status(status.code(), "");
            return if status == StatusCode::SERVICE_UNAVAILABLE {
                Self::new(
                    status,
                    Code::Unavailable,
                    status::SERVICE_UNAVAILABLE,
                    "a service is not reachable",
                )
            } else {
                Self::internal()
            };
        };
        let violations = details.bad_request().map(|it| it.field_violations.as_slice()).unwrap_or_default();
        Self {
            status: http_status(status.code(), &info.reason),
            code: status.code(),
            reason: info.reason.clone(),
            detail: status.message().to_owned(),
            violations: violations
                .iter()
                .map(|it| Violation {
                    field: rest_name(&it.field).to_owned(),
                    description: it.description.clone(),
                })
                .collect(),
            retry_after: details
                .retry_info()
                .and_then(|it| it.retry_delay)
                .filter(|_| info.reason != OUTCOME_UNKNOWN)
                .map(|it| it.as_secs().max(1)),
        }
    }
}

/// `type` of the problems of this reason.
pub(crate) fn problem_type(reason: &str) -> String {
    format!("urn:cml-cloud-manager:problem:{}", reason.to_lowercase().replace('_', "-"))
}

/// The field as REST calls it: its body is the resource itself, and what goes with a request is in its headers.
fn rest_name(field: &str) -> &str {
    match field {
        "request_id" => return "Idempotency-Key",
        "etag" => return "If-Match",
        "tag.key" | "tag.value" => return "tag",
        _ => {}
    }
    field.strip_prefix("task.").or_else(|| field.strip_prefix("worker.")).unwrap_or(field)
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = Problem {
            r#type: problem_type(&self.reason),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: code_name(self.code),
            violations: self
                .violations
                .iter()
                .map(|it| FieldProblem { field: &it.field, description: &it.description })
                .collect(),
            retryable: self.is_retryable(),
            trace_id: propagation::current_trace_id(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, challenge(&self.detail));
        }
        response
    }
}

/// RFC 6750: without a token the bare challenge, with a bad one what is wrong with it.
fn challenge(detail: &str) -> HeaderValue {
    if detail == access::Unauthenticated::Missing.to_string() {
        return HeaderValue::from_static("Bearer");
    }
    let text = format!(r#"Bearer error="invalid_token", error_description="{detail}""#);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("Bearer"))
}

/// The answer for a path that is none of the API's.
pub(crate) async fn no_route(uri: Uri) -> ApiError {
    ApiError::no_route(&uri)
}

/// The answer for a path that does not take this method; `Allow` tells which it takes.
pub(crate) async fn no_method(method: Method) -> ApiError {
    let detail = format!("this resource does not take {method}");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, Code::Unimplemented, "METHOD_NOT_ALLOWED", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_http_status() {
        let table = [
            (Code::Ok, 200),
            (Code::Cancelled, 503),
            (Code::Unknown, 500),
            (Code::InvalidArgument, 400),
            (Code::DeadlineExceeded, 504),
            (Code::NotFound, 404),
            (Code::AlreadyExists, 409),
            (Code::PermissionDenied, 403),
            (Code::ResourceExhausted, 429),
            (Code::FailedPrecondition, 409),
            (Code::Aborted, 409),
            (Code::OutOfRange, 400),
            (Code::Unimplemented, 501),
            (Code::Internal, 500),
            (Code::Unavailable, 503),
            (Code::DataLoss, 500),
            (Code::Unauthenticated, 401),
        ];
        for (code, expected) in table {
            assert_eq!(http_status(code, "").as_u16(), expected, "{code:?}");
            assert_eq!(http_status(code, OUTCOME_UNKNOWN).as_u16(), 504, "{code:?}");
        }
        assert_eq!(http_status(Code::InvalidArgument, "IDEMPOTENCY_KEY_REUSED").as_u16(), 422);
        assert_eq!(http_status(Code::Aborted, "ETAG_MISMATCH").as_u16(), 412);
    }

    #[test]
    fn the_text_of_a_foreign_error_does_not_reach_the_client() {
        let error = ApiError::from(Status::internal("password=secret"));
        assert_eq!((error.status.as_u16(), error.detail.as_str()), (500, "internal error"));
    }

    #[test]
    fn violations_are_named_as_rest_names_fields() {
        let violation =
            Violation { field: "task.title".to_owned(), description: "must not be empty".to_owned() };
        let error = ApiError::invalid(vec![violation]);
        assert_eq!(error.violations()[0].field, "title");
        assert_eq!(error.status, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_service_that_is_down_is_named_and_worth_another_try() {
        let error = ApiError::from(status::unavailable("task-service"));
        assert!(error.detail.contains("task-service") && error.is_retryable());
    }

    #[test]
    fn a_token_that_cannot_be_verified_for_now_may_be_sent_again() {
        let error = ApiError::from(Status::from(access::Refusal::IssuerUnavailable));
        assert_eq!((error.status.as_u16(), error.is_retryable()), (503, true));
        assert!(error.detail.contains("the token issuer"), "{}", error.detail);
    }

    #[test]
    fn an_unknown_outcome_is_not_offered_for_a_blind_retry() {
        let error = ApiError::from(status::connection_lost("task-service"));
        assert_eq!((error.status.as_u16(), error.is_retryable()), (504, false));
    }
}
