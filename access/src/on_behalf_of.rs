//! For whom a service works: a person's subject in the metadata of a call, for the record of what was done. It gives no
//! rights, and only a caller with role `service` is believed.

use net::grpc::status::{self, Reason};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use platform::violation::Violation;
use tonic::Status;
use tonic::metadata::{MetadataMap, MetadataValue};

use crate::claims::is_name;
use crate::{Caller, Role};

/// Name of the metadata: a subject in UTF-8, percent-encoded.
pub const METADATA: &str = "ccm-on-behalf-of";
/// Left as they are, as in a URI (RFC 3986 section 2.3), so that most subjects stay readable.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// The person that the metadata names; PERMISSION_DENIED when the caller is no service, whatever it names.
pub(crate) fn read(metadata: &MetadataMap, caller: &Caller) -> Result<Option<String>, Status> {
    let mut all = metadata.get_all(METADATA).iter();
    let Some(first) = all.next() else { return Ok(None) };
    if !caller.is(Role::Service) {
        let text = format!("only a service says on whose behalf it works ({METADATA})");
        return Err(status::with_reason(Reason::OnBehalfNotAllowed, text));
    }
    // With two of them nobody knows which one counts.
    let value = first.to_str().ok().filter(|_| all.next().is_none());
    let subject =
        value.and_then(|it| percent_decode_str(it).decode_utf8().ok()).filter(|it| is_name(it, 255));
    subject.map(|it| Some(it.into_owned())).ok_or_else(|| {
        let description = "must be one subject of 1 to 255 characters, percent-encoded".to_owned();
        status::invalid(vec![Violation { field: METADATA.to_owned(), description }])
    })
}

/// Names the person in the metadata of a call to another process.
pub(crate) fn write(person: &str, metadata: &mut MetadataMap) {
    let encoded = utf8_percent_encode(person, ENCODED).to_string();
    if let Ok(value) = MetadataValue::try_from(encoded) {
        metadata.insert(METADATA, value);
    }
}
