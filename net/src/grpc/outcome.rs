//! How a call ended, as its span records it. Client and server differ only in which codes are failures.

use http::HeaderMap;
use platform::connection_failure::ConnectionFailure;
use telemetry::semconv;
use telemetry::span::{Description, Span};
use tonic::{Code, Status};
use tonic_types::{ErrorInfo, StatusExt as _};

use super::method;
use super::status::{self, DOMAIN, Reason};
use crate::traced_body::BodyEnd;

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) code: Code,
    /// The reason in the error details of the status.
    pub(super) reason: Option<Reason>,
    /// Why there is no answer of the peer; the status was then made by the client.
    pub(super) failure: Option<ConnectionFailure>,
}

impl Outcome {
    pub(super) fn of(code: Code) -> Self {
        Self { code, reason: None, failure: None }
    }

    /// The outcome in the headers of a response without a body, or in the trailers.
    pub(super) fn in_headers(headers: &HeaderMap) -> Option<Self> {
        let code = method::code_in(headers)?;
        // Without details there is nothing to decode.
        let has_details = code != Code::Ok && headers.contains_key(Status::GRPC_STATUS_DETAILS);
        let reason = has_details.then(|| reason_in(headers)).flatten();
        Some(Self { code, reason, failure: None })
    }

    /// The outcome of a call whose response body has ended: the one in its trailers, else the one in its head. `failed` is
    /// the outcome of a body that could not be read to its end.
    pub(super) fn at_end(end: &BodyEnd<'_>, head: Option<Self>, failed: Self) -> Self {
        match end {
            BodyEnd::Complete(trailers) => {
                trailers.and_then(Self::in_headers).or(head).unwrap_or(Self::of(Code::Unknown))
            }
            BodyEnd::Failed => failed,
            BodyEnd::Dropped => head.unwrap_or(Self::of(Code::Cancelled)),
        }
    }

    /// Records the outcome on the span of the call and ends the span.
    pub(super) fn end(self, span: &Span, is_failure: impl FnOnce(Code) -> bool) {
        span.record(|it| self.describe(it, is_failure));
        span.end();
    }

    fn describe(self, it: &mut Description, is_failure: impl FnOnce(Code) -> bool) {
        it.set(semconv::RPC_STATUS_CODE, self.code_name());
        it.set_some(semconv::CCM_ERROR_REASON, self.reason.map(Reason::text));
        if let Some(error_type) = self.error_type(is_failure) {
            let answered = || self.reason.map_or(self.code.description(), Reason::text);
            it.fail(error_type, self.failure.map_or_else(answered, ConnectionFailure::text));
        }
    }

    /// In words, if a stream that had begun has ended as a matter of routine, whatever the code says: its connection has reached
    /// the maximum age, the process stops, or the token of the reader has expired.
    pub(super) fn of_stream(self) -> Option<&'static str> {
        let is_routine = matches!(self.reason, Some(Reason::StreamEnded | Reason::Unauthenticated));
        is_routine.then_some("to be resumed")
    }

    /// The name of the status code.
    pub(super) fn code_name(self) -> &'static str {
        status::code_name(self.code)
    }

    /// The value of `error.type`, if the code is a failure.
    pub(super) fn error_type(self, is_failure: impl FnOnce(Code) -> bool) -> Option<&'static str> {
        let failed = is_failure(self.code);
        failed.then(|| self.failure.map_or(self.code_name(), ConnectionFailure::error_type))
    }
}

/// Describes the status with which a server has ended a call, as the call's own span does.
pub fn describe_status(it: &mut Description, status: &Status) {
    let info = status.get_details_error_info();
    let outcome = Outcome { reason: info.and_then(|it| reason_of(&it)), ..Outcome::of(status.code()) };
    outcome.describe(it, method::is_server_error);
}

fn reason_in(headers: &HeaderMap) -> Option<Reason> {
    reason_of(&Status::from_header_map(headers)?.get_details_error_info()?)
}

fn reason_of(info: &ErrorInfo) -> Option<Reason> {
    Reason::from_text(&info.reason).filter(|_| info.domain == DOMAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_an_error_is_read_from_its_details() {
        let headers = |status: Status| status.into_http::<tonic::body::Body>().into_parts().0.headers;
        let ours = Outcome::in_headers(&headers(status::unavailable("task-service"))).unwrap();
        assert_eq!((ours.code, ours.reason), (Code::Unavailable, Some(Reason::ServiceUnavailable)));
        let foreign = Outcome::in_headers(&headers(Status::internal("a text of somebody else"))).unwrap();
        assert_eq!((foreign.code, foreign.reason), (Code::Internal, None));
        assert!(Outcome::in_headers(&HeaderMap::new()).is_none());
    }
}
