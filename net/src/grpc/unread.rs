//! Requests that tonic cannot decode. tonic answers INTERNAL, as the gRPC specification says, although the client is at
//! fault; this module replaces that status with one that says what is wrong with the request (docs/adr/0014).

use http::Response;
use tonic::{Code, Status};

use super::method;
use super::status::{self, Reason};

/// The status that replaces `answer`, if tonic made it because it could not decode the request. Statuses of this product,
/// including a handler's INTERNAL, carry details and are kept.
pub(super) fn explained<B>(answer: &Response<B>) -> Option<Status> {
    let headers = answer.headers();
    if headers.contains_key(Status::GRPC_STATUS_DETAILS) {
        return None;
    }
    match method::code_in(headers)? {
        Code::Internal => Some(status::with_reason(
            Reason::UnreadableMessage,
            "the request cannot be decoded as a message of this method",
        )),
        // OUT_OF_RANGE if the message as received is too large, RESOURCE_EXHAUSTED if it is too large once decompressed.
        Code::OutOfRange | Code::ResourceExhausted => Some(status::with_reason(
            Reason::MessageTooLarge,
            "the request message exceeds the limit of 4 MiB",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: Status) -> Option<Code> {
        explained(&status.into_http::<tonic::body::Body>()).map(|it| it.code())
    }

    #[test]
    fn what_a_client_sends_is_no_fault_of_the_server() {
        assert_eq!(of(Status::internal("Missing request message.")), Some(Code::InvalidArgument));
        assert_eq!(of(Status::out_of_range("too large")), Some(Code::ResourceExhausted));
        assert_eq!(of(Status::unimplemented("no such method")), None);
    }

    #[test]
    fn a_fault_of_the_server_stays_one() {
        assert_eq!(of(status::internal()), None);
        assert_eq!(of(status::too_late("task-service", true)), None);
    }
}
