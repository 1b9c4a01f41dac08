//! gRPC statuses of this product: a text for people, and `google.rpc` details for programs.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use platform::violation::Violation;

pub use proto::error::v1::Reason;

/// `domain` of every `google.rpc.ErrorInfo` that this product writes.
pub const DOMAIN: &str = "ccm";

/// A status with the reason that programs go by, and the reason's code.
pub fn with_reason(reason: Reason, message: impl Into<String>) -> Status {
    Status::with_error_details(reason.code(), message, details(reason, HashMap::new()))
}

/// [`with_reason`], with an entry in the metadata of `google.rpc.ErrorInfo`.
pub fn with_metadata(reason: Reason, message: impl Into<String>, key: &str, value: String) -> Status {
    let metadata = HashMap::from([(key.to_owned(), value)]);
    Status::with_error_details(reason.code(), message, details(reason, metadata))
}

/// OUTCOME_UNKNOWN: the change may or may not have been made. The code says what happened; docs/errors.md lists the codes.
pub fn outcome_unknown(code: Code, message: impl Into<String>) -> Status {
    Status::with_error_details(code, message, details(Reason::OutcomeUnknown, HashMap::new()))
}

/// The reason in the details of a status that this product made.
#[must_use]
pub fn reason(status: &Status) -> Option<Reason> {
    let info = status.get_details_error_info()?;
    Reason::from_text(&info.reason).filter(|_| info.domain == DOMAIN)
}

/// INTERNAL, without the cause, which is in the log only.
#[must_use]
pub fn internal() -> Status {
    with_reason(Reason::Internal, "internal error")
}

/// [`with_reason`], with the time after which the caller may retry.
pub fn with_retry(reason: Reason, message: impl Into<String>, after: Duration) -> Status {
    let mut details = details(reason, HashMap::new());
    details.set_retry_info(Some(after));
    Status::with_error_details(reason.code(), message, details)
}

fn details(reason: Reason, metadata: HashMap<String, String>) -> ErrorDetails {
    ErrorDetails::with_error_info(reason.text(), DOMAIN, metadata)
}

/// [`details`] with the name of a service in the metadata, and a retry after one second.
fn details_of(service: &str, reason: Reason) -> ErrorDetails {
    let mut details = details(reason, HashMap::from([("service".to_owned(), service.to_owned())]));
    details.set_retry_info(Some(Duration::from_secs(1)));
    details
}

/// INVALID_ARGUMENT with a violation for each invalid field, up to [`MAX_DETAILS`]: details are sent in a header, and one that
/// is too large ends the connection for all calls on it.
#[must_use]
pub fn invalid(violations: Vec<Violation>) -> Status {
    invalid_because(Reason::InvalidInput, violations)
}

/// [`invalid`], with a reason that says more.
#[must_use]
pub fn invalid_because(reason: Reason, violations: Vec<Violation>) -> Status {
    let mut details = details(reason, HashMap::new());
    let message = match violations.as_slice() {
        [only] => cut(&format!("{} {}", only.field, only.description), MAX_TEXT),
        all => format!("{} fields are not valid", all.len()),
    };
    let mut left = MAX_DETAILS;
    let named: Vec<FieldViolation> = violations
        .into_iter()
        .map(|it| FieldViolation::new(cut(&it.field, MAX_TEXT), cut(&it.description, MAX_TEXT)))
        .take_while(|it| {
            let size = it.field.len() + it.description.len() + 16;
            left = left.saturating_sub(size);
            left > 0
        })
        .collect();
    details.set_bad_request(named);
    Status::with_error_details(reason.code(), message, details)
}

/// Maximum size of the violations in a status.
const MAX_DETAILS: usize = 4 * 1024;
/// Maximum length in bytes of a text in a status that contains input of the client.
const MAX_TEXT: usize = 256;

/// At most `bytes` of a text, cut between characters.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(bytes)])
}

/// UNAVAILABLE because `service` is unreachable; the caller may retry after a second.
#[must_use]
pub fn unavailable(service: &str) -> Status {
    unavailable_because(service, Reason::ServiceUnavailable, "is unreachable")
}

/// UNAVAILABLE because `service`, named in the error's metadata, cannot serve; the caller may retry after a second.
#[must_use]
pub fn unavailable_because(service: &str, reason: Reason, what: &str) -> Status {
    Status::with_error_details(reason.code(), format!("{service} {what}"), details_of(service, reason))
}

/// The name of a status code as gRPC writes it.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// UNAVAILABLE because the connection to `service` was lost while it worked on a change.
#[must_use]
pub fn connection_lost(service: &str) -> Status {
    let message = format!("the connection to {service} was lost before it answered; the outcome is unknown");
    Status::with_error_details(Code::Unavailable, message, details_of(service, Reason::OutcomeUnknown))
}

/// DEADLINE_EXCEEDED. A call that only `reads` may be retried; for any other, it is unknown whether `service` made the
/// change.
#[must_use]
pub fn too_late(service: &str, reads: bool) -> Status {
    if reads {
        let (reason, message) = (Reason::TimedOut, format!("{service} did not answer before the deadline"));
        return Status::with_error_details(reason.code(), message, details_of(service, reason));
    }
    let message = format!("{service} did not answer before the deadline; the outcome is unknown");
    outcome_unknown(Code::DeadlineExceeded, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_much_is_wrong_the_details_fit_into_a_header() {
        let violation = |it: usize| Violation {
            field: format!("{it}{}", "ä".repeat(20_000)),
            description: "x".repeat(20_000),
        };
        let status = invalid((0..1_000).map(violation).collect());
        assert!(status.details().len() < 6 * 1024, "{}", status.details().len());
        assert!(!status.get_error_details().bad_request().unwrap().field_violations.is_empty());
    }
}
