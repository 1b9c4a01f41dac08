//! gRPC statuses as this product writes them: a text for the caller, and `google.rpc` details for its program.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use platform::violation::Violation;

/// `domain` of every `google.rpc.ErrorInfo` that this product writes.
pub const DOMAIN: &str = "ccm";
/// Reason of an UNAVAILABLE whose metadata names the `service` that does not answer.
pub const SERVICE_UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";
/// Reason of a DEADLINE_EXCEEDED of a call that changes nothing.
pub const TIMED_OUT: &str = "TIMED_OUT";
/// Reason of any error after which what was asked for may have been done or not.
pub const OUTCOME_UNKNOWN: &str = "OUTCOME_UNKNOWN";
/// Reason of an INTERNAL: a fault of ours, of which the log tells more.
pub const INTERNAL: &str = "INTERNAL";
/// Reason of an INVALID_ARGUMENT.
pub const INVALID_INPUT: &str = "INVALID_INPUT";

/// A status with the reason that programs go by.
pub fn with_reason(code: Code, reason: &'static str, message: impl Into<String>) -> Status {
    let details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    Status::with_error_details(code, message, details)
}

/// INVALID_ARGUMENT with every bad field named, as far as a header can: details travel in one, and one that is too large
/// ends the connection for everybody on it.
#[must_use]
pub fn invalid(violations: Vec<Violation>) -> Status {
    let mut details = ErrorDetails::with_error_info(INVALID_INPUT, DOMAIN, HashMap::new());
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
    Status::with_error_details(Code::InvalidArgument, message, details)
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
    unavailable_because(service, SERVICE_UNAVAILABLE, "is not reachable")
}

/// UNAVAILABLE because `service` cannot serve for now; the error's metadata names it. Try again in a second.
#[must_use]
pub fn unavailable_because(service: &str, reason: &'static str, what: &str) -> Status {
    let metadata = HashMap::from([("service".to_owned(), service.to_owned())]);
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, metadata);
    details.set_retry_info(Some(Duration::from_secs(1)));
    Status::with_error_details(Code::Unavailable, format!("{service} {what}"), details)
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
    unavailable_because(service, OUTCOME_UNKNOWN, "went away before it answered; the outcome is unknown")
}

/// DEADLINE_EXCEEDED of a call that only `reads`: try again; of any other: nobody knows whether `service` has done what it
/// was asked for.
#[must_use]
pub fn too_late(service: &str, reads: bool) -> Status {
    if reads {
        let metadata = HashMap::from([("service".to_owned(), service.to_owned())]);
        let mut details = ErrorDetails::with_error_info(TIMED_OUT, DOMAIN, metadata);
        details.set_retry_info(Some(Duration::from_secs(1)));
        let message = format!("{service} did not answer in time");
        return Status::with_error_details(Code::DeadlineExceeded, message, details);
    }
    let message = format!("{service} did not answer in time; the outcome is unknown");
    with_reason(Code::DeadlineExceeded, OUTCOME_UNKNOWN, message)
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
