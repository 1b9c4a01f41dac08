//! gRPC statuses as this product writes them: a text for the caller, and `google.rpc` details for its program.

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

/// OUTCOME_UNKNOWN: what was asked for may have been done or not. The code says what happened; docs/errors.md lists them.
pub fn outcome_unknown(code: Code, message: impl Into<String>) -> Status {
    Status::with_error_details(code, message, details(Reason::OutcomeUnknown, HashMap::new()))
}

/// INTERNAL: something that should not happen. The caller is told nothing more; the log tells the cause.
#[must_use]
pub fn internal() -> Status {
    with_reason(Reason::Internal, "internal error")
}

/// [`with_reason`], for what may be tried again `after` a while.
pub fn with_retry(reason: Reason, message: impl Into<String>, after: Duration) -> Status {
    let mut details = details(reason, HashMap::new());
    details.set_retry_info(Some(after));
    Status::with_error_details(reason.code(), message, details)
}

fn details(reason: Reason, metadata: HashMap<String, String>) -> ErrorDetails {
    ErrorDetails::with_error_info(reason.text(), DOMAIN, metadata)
}

/// [`details`] with the name of a service in the metadata, for what may be tried again in a second.
fn details_of(service: &str, reason: Reason) -> ErrorDetails {
    let mut details = details(reason, HashMap::from([("service".to_owned(), service.to_owned())]));
    details.set_retry_info(Some(Duration::from_secs(1)));
    details
}

/// INVALID_ARGUMENT with every bad field named, as far as a header can: details travel in one, and one that is too large
/// ends the connection for everybody on it.
#[must_use]
pub fn invalid(violations: Vec<Violation>) -> Status {
    let mut details = details(Reason::InvalidInput, HashMap::new());
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
    Status::with_error_details(Reason::InvalidInput.code(), message, details)
}

/// Bytes of violations in a status.
const MAX_DETAILS: usize = 4 * 1024;
/// Bytes of one text in a status that a client had a hand in.
const MAX_TEXT: usize = 256;

/// At most `bytes` of a text, cut between characters.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(bytes)])
}

/// UNAVAILABLE because `service` does not answer; try again in a second.
#[must_use]
pub fn unavailable(service: &str) -> Status {
    unavailable_because(service, Reason::ServiceUnavailable, "is unreachable")
}

/// UNAVAILABLE because `service` cannot serve for now; the error's metadata names it. Try again in a second.
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

/// DEADLINE_EXCEEDED of a call that only `reads`: try again; of any other: nobody knows whether `service` has done what it
/// was asked for.
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
