//! The metadata `ccm-on-behalf-of`: the `sub` of the person on whose behalf a service makes a call. It is recorded in
//! events and gives no rights. Only callers with role `service` may send it.

use http::HeaderMap;
use net::grpc::status::{self, Reason};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use platform::violation::Violation;
use tonic::Status;
use tonic::metadata::{MetadataMap, MetadataValue};

use crate::{Caller, Role, check_subject};

/// Metadata key. The value is a `sub` in UTF-8, percent-encoded.
pub const METADATA: &str = "ccm-on-behalf-of";
/// Unreserved characters of a URI (RFC 3986 section 2.3) and `@` are not encoded, so that most values stay readable.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// The person that the metadata names. Fails with PERMISSION_DENIED when a caller without role `service` sends it, and
/// with INVALID_ARGUMENT when it is malformed or repeated.
pub(crate) fn read(metadata: &MetadataMap, caller: &Caller) -> Result<Option<String>, Status> {
    let mut all = metadata.get_all(METADATA).iter();
    let Some(first) = all.next() else { return Ok(None) };
    if !caller.is(Role::Service) {
        let text = format!("only callers with role service may send {METADATA}");
        return Err(status::with_reason(Reason::OnBehalfNotAllowed, text));
    }
    let value = first.to_str().ok().filter(|_| all.next().is_none());
    value.and_then(decoded).map(Some).ok_or_else(|| {
        let description = "must be one value of 1 to 255 characters, percent-encoded".to_owned();
        status::invalid(vec![Violation { field: METADATA.to_owned(), description }])
    })
}

/// The person that the metadata names, if it is well-formed and `caller` may name one. For log lines.
pub(crate) fn shown(metadata: &HeaderMap, caller: &Caller) -> Option<String> {
    let mut all = metadata.get_all(METADATA).iter();
    let first = all.next().filter(|_| caller.is(Role::Service) && all.next().is_none())?;
    decoded(first.to_str().ok()?)
}

fn decoded(value: &str) -> Option<String> {
    let sub = percent_decode_str(value).decode_utf8().ok().filter(|it| check_subject(it).is_ok())?;
    Some(sub.into_owned())
}

/// Adds the person to the metadata of an outgoing call.
pub(crate) fn write(person: &str, metadata: &mut MetadataMap) {
    let encoded = utf8_percent_encode(person, ENCODED).to_string();
    if let Ok(value) = MetadataValue::try_from(encoded) {
        metadata.insert(METADATA, value);
    }
}
