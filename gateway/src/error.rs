//! Error responses: RFC 9457 problem details.

use std::borrow::Cow;
use std::sync::Arc;

use access::{Refusal, Unauthenticated};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use net::grpc::status::{self, DOMAIN, Reason, code_name};
use net::http_server::ErrorReason;
use platform::violation::Violation;
use serde::Serialize;
use telemetry::propagation;
use tokio::task::futures::TaskLocalFuture;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::input::Accepts;
use crate::names::field_name;
use crate::public_url::PublicUrl;
use crate::stream::{TraceUrl, trace_of};

/// The error that a handler or a layer returns; its response is a problem document.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: Code,
    /// The text of a [`Reason`], or of one that only a newer version of a service knows.
    reason: Cow<'static, str>,
    detail: String,
    violations: Vec<Violation>,
    /// Seconds after which the client may send the request again; `None` if the request must not be sent again blindly.
    retry_after: Option<u64>,
    /// Whether the request had no token, which changes the `WWW-Authenticate` challenge.
    token_is_missing: bool,
    /// What would have been taken instead.
    accepts: Option<Accepts>,
}

/// The body of an error response, media type `application/problem+json`.
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
    /// Where the trace is shown; absent when it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_url: Option<String>,
}

#[derive(Serialize)]
struct FieldProblem<'a> {
    field: &'a str,
    description: &'a str,
}

impl ApiError {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self {
            status: http_status(reason),
            code: reason.code(),
            reason: reason.text().into(),
            detail: detail.into(),
            violations: Vec::new(),
            retry_after: None,
            token_is_missing: false,
            accepts: None,
        }
    }

    pub(crate) fn internal() -> Self {
        Self::new(Reason::Internal, "internal error")
    }

    pub(crate) fn no_route(uri: &Uri) -> Self {
        Self::new(Reason::NoSuchRoute, format!("the path {} does not exist", uri.path()))
    }

    /// 400 with a violation for each invalid field.
    pub(crate) fn invalid(violations: Vec<Violation>) -> Self {
        status::invalid(violations).into()
    }

    /// Marks the error as retryable after this number of seconds.
    pub(crate) fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Tells in a header what would have been taken instead.
    pub(crate) fn accepting(mut self, accepts: Accepts) -> Self {
        self.accepts = Some(accepts);
        self
    }

    /// The same error with another text.
    pub(crate) fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(crate) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// Renames the fields of the violations for which `rename` has another name. The detail of a single violation begins with
    /// its field, which is renamed, too.
    pub(crate) fn renamed(mut self, rename: impl Fn(&str) -> Option<&str>) -> Self {
        for violation in &mut self.violations {
            let Some(name) = rename(&violation.field) else { continue };
            if let Some(rest) = self.detail.strip_prefix(&violation.field).filter(|it| it.starts_with(' ')) {
                self.detail = format!("{name}{rest}");
            }
            violation.field = name.to_owned();
        }
        self
    }

    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }

    fn is_retryable(&self) -> bool {
        self.retry_after.is_some()
    }

    /// The challenge of RFC 6750: without error if the request had no token, otherwise with what is wrong with the token. The
    /// gateway never calls a service without a token, so a 401 from a service is about an invalid one.
    fn challenge(&self) -> HeaderValue {
        let bare = HeaderValue::from_static("Bearer");
        if self.token_is_missing {
            return bare;
        }
        let text = format!(r#"Bearer error="invalid_token", error_description="{}""#, self.detail);
        HeaderValue::try_from(text).unwrap_or(bare)
    }
}

fn http_status(reason: Reason) -> StatusCode {
    StatusCode::from_u16(reason.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The HTTP status of an error whose reason this version does not know, or that has none.
fn http_status_of_code(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted | Code::FailedPrecondition => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable | Code::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::Internal | Code::Unknown | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The error of a request without an authenticated caller, which the gateway itself rejects.
impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let token_is_missing = refusal == Unauthenticated::Missing.into();
        Self { token_is_missing, ..Status::from(refusal).into() }
    }
}

impl From<Status> for ApiError {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let Some(info) = details.error_info().filter(|it| it.domain == DOMAIN) else {
            // The status was not made by this product, so its text may not be fit for clients.
            tracing::error!(
                code = code_name(status.code()),
                text = status.message(),
                "a gRPC status without this product's error details"
            );
            return match status.code() {
                Code::Unavailable | Code::Cancelled => {
                    Self::new(Reason::ServiceUnavailable, "a service is unreachable")
                }
                _ => Self::internal(),
            };
        };
        let reason = Reason::from_text(&info.reason);
        // What did not arrive in time is the message of the gateway, which had the whole body of the client.
        if reason == Some(Reason::BodyTimeout) {
            tracing::warn!(cause = status.message(), "a service did not get the message of a call in time");
            return Self::new(Reason::ServiceUnavailable, "a service did not take the request in time")
                .after(1);
        }
        let violations = details.bad_request().map(|it| it.field_violations.as_slice()).unwrap_or_default();
        let of_service = Self {
            status: reason.map_or_else(|| http_status_of_code(status.code()), http_status),
            code: status.code(),
            reason: info.reason.clone().into(),
            detail: status.message().to_owned(),
            violations: violations
                .iter()
                .map(|it| Violation { field: it.field.clone(), description: it.description.clone() })
                .collect(),
            retry_after: details
                .retry_info()
                .and_then(|it| it.retry_delay)
                .filter(|_| reason != Some(Reason::OutcomeUnknown))
                .map(|it| it.as_secs().max(1)),
            token_is_missing: false,
            accepts: None,
        };
        of_service.renamed(|it| Some(field_name(it)))
    }
}

/// Whether a text has the form of a reason: a newer version of a service may send one that this version does not know.
fn is_reason(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_uppercase() || it == b'_')
}

/// The member `type` of problems with this reason.
pub(crate) fn problem_type(reason: &str) -> String {
    format!("urn:cml-cloud-manager:problem:{}", reason.to_lowercase().replace('_', "-"))
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (trace_id, trace_url) = trace();
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
            trace_id,
            trace_url,
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        if is_reason(&self.reason) {
            response.extensions_mut().insert(ErrorReason(self.reason.clone()));
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, self.challenge());
        }
        headers.extend(self.accepts.map(Accepts::header));
        response
    }
}

tokio::task_local! {
    /// The template of links to traces, while a request is answered: an error becomes a response in many places, none of which
    /// has the configuration.
    static TRACE_URL: Arc<Option<TraceUrl>>;
}

/// The template of the links to traces in the problems of a request.
pub(crate) fn trace_links(url: &Arc<Option<TraceUrl>>, public: Option<&PublicUrl>) -> Arc<Option<TraceUrl>> {
    match (url.as_ref(), public.and_then(PublicUrl::told)) {
        (Some(url), Some(told)) => Arc::new(Some(url.seen_at(told))),
        _ => url.clone(),
    }
}

/// Lets the problems of a request link to its trace.
pub(crate) fn with_trace_links<F: Future>(
    url: Arc<Option<TraceUrl>>,
    answered: F,
) -> TaskLocalFuture<Arc<Option<TraceUrl>>, F> {
    TRACE_URL.scope(url, answered)
}

/// The id of the current trace, and where it is shown if it is sampled.
fn trace() -> (Option<String>, Option<String>) {
    let traceparent = propagation::Cause::current().traceparent;
    let of = |url: Option<&TraceUrl>| trace_of(traceparent.as_deref(), url);
    TRACE_URL.try_with(|url| of(url.as_ref().as_ref())).unwrap_or_else(|_| of(None))
}

/// The fallback for a method that the path does not support; the header `Allow` lists the supported ones.
pub(crate) async fn no_method(method: Method) -> ApiError {
    ApiError::new(Reason::MethodNotAllowed, format!("this resource does not support the method {method}"))
}

#[cfg(test)]
mod tests;
