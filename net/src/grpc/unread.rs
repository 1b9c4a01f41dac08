//! Requests that tonic cannot decode. tonic answers INTERNAL, as the gRPC specification says, although the client is at
//! fault; this module replaces that status with one that says what is wrong with the request (docs/adr/0014). It also refuses messages
//! that are too large, for all services in one place.

use bytes::Bytes;
use http::Response;
use tonic::{Code, Status};

use super::method;
use super::status::{self, Reason};

/// Bytes that precede a message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// Measures the one message of a request against a limit.
pub(super) struct MessageLength {
    limit: usize,
    received: usize,
}

impl MessageLength {
    pub(super) fn at_most(limit: usize) -> Self {
        Self { limit, received: 0 }
    }

    /// Adds bytes of the body.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED if the message is too large, at once if its prefix says so.
    pub(super) fn add(&mut self, data: &Bytes) -> Result<(), Status> {
        let declared = match data.first_chunk::<PREFIX>() {
            Some([_, length @ ..]) if self.received == 0 => u32::from_be_bytes(*length),
            _ => 0,
        };
        self.received = self.received.saturating_add(data.len());
        let fits = usize::try_from(declared).is_ok_and(|it| it <= self.limit)
            && self.received <= self.limit.saturating_add(PREFIX);
        if fits { Ok(()) } else { Err(too_large(self.limit)) }
    }
}

fn too_large(limit: usize) -> Status {
    let message = format!("the request message exceeds the limit of {limit} bytes");
    status::with_reason(Reason::MessageTooLarge, message)
}

/// The status that replaces `answer`, if tonic made it because it could not decode the request, which may have `limit` bytes.
/// Statuses of this product, including a handler's INTERNAL, carry details and are kept.
pub(super) fn explained<B>(answer: &Response<B>, limit: usize) -> Option<Status> {
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
        Code::OutOfRange | Code::ResourceExhausted => Some(too_large(limit)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: Status) -> Option<Code> {
        explained(&status.into_http::<tonic::body::Body>(), 1_000).map(|it| it.code())
    }

    #[test]
    fn what_a_client_sends_is_no_fault_of_the_server() {
        assert_eq!(of(Status::internal("Missing request message.")), Some(Code::InvalidArgument));
        assert_eq!(of(Status::out_of_range("too large")), Some(Code::ResourceExhausted));
        assert_eq!(of(Status::unimplemented("no such method")), None);
    }

    #[test]
    fn a_message_is_too_large_as_soon_as_its_prefix_says_so_or_its_bytes_are_there() {
        let exact = [&[0, 0, 0, 0, 100][..], &[1; 100]].concat();
        let mut length = MessageLength::at_most(100);
        assert!(exact.chunks(10).all(|it| length.add(&Bytes::copy_from_slice(it)).is_ok()));
        assert_eq!(length.add(&Bytes::from_static(b"1")).unwrap_err().code(), Code::ResourceExhausted);
        let prefix = Bytes::from_static(&[0, 0, 0, 0, 101]);
        assert!(MessageLength::at_most(100).add(&prefix).is_err());
    }

    #[test]
    fn a_fault_of_the_server_stays_one() {
        assert_eq!(of(status::internal()), None);
        assert_eq!(of(status::too_late("task-service", true)), None);
    }
}
