//! What the head of a call must be like before anything else is looked at.

use http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use tonic::Code;
use tonic::body::Body;

use super::outcome::Outcome;
use super::status::{self, Reason};

/// Maximum size of the metadata of a call besides its token, whose size is limited where it is verified; counted as HTTP/2
/// counts it.
const MAX_METADATA_BYTES: usize = 16 * 1024;
/// The bytes that HTTP/2 adds to the length of each name and value, RFC 9113 section 6.5.2.
const FIELD_OVERHEAD: usize = 32;
const GRPC: &str = "application/grpc";

/// Returns the response to a request that is no gRPC call, or whose metadata is too large, with the outcome that its span
/// records. A request that is no gRPC call gets an HTTP status and no gRPC status, so that no HTTP client takes a failure for
/// a success.
pub(super) fn refusal<B>(request: &Request<B>) -> Option<(Response<Body>, Outcome)> {
    let not_grpc = |http_status, header: Option<_>| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = http_status;
        response.headers_mut().extend(header);
        Some((response, Outcome::of(Code::InvalidArgument)))
    };
    if request.method() != Method::POST {
        return not_grpc(StatusCode::METHOD_NOT_ALLOWED, Some((ALLOW, HeaderValue::from_static("POST"))));
    }
    if !is_grpc(request.headers()) {
        return not_grpc(StatusCode::UNSUPPORTED_MEDIA_TYPE, None);
    }
    let bytes = size(request.headers());
    (bytes > MAX_METADATA_BYTES).then(|| {
        let limit = MAX_METADATA_BYTES / 1024;
        let message =
            format!("the metadata besides the token has {bytes} bytes, more than the limit of {limit} KiB");
        let status = status::with_reason(Reason::MetadataTooLarge, message);
        let outcome = Outcome { reason: Some(Reason::MetadataTooLarge), ..Outcome::of(status.code()) };
        (status.into_http(), outcome)
    })
}

/// Whether the content type is gRPC with messages in Protocol Buffers.
fn is_grpc(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let kind = value.split(';').next().unwrap_or_default().trim();
    let Some((prefix, format)) = kind.split_at_checked(GRPC.len()) else { return false };
    prefix.eq_ignore_ascii_case(GRPC) && (format.is_empty() || format.eq_ignore_ascii_case("+proto"))
}

fn size(headers: &HeaderMap) -> usize {
    let counted = headers.iter().filter(|(name, _)| *name != AUTHORIZATION);
    counted.map(|(name, value)| name.as_str().len() + value.len() + FIELD_OVERHEAD).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(method: Method, content_type: &str, padding: usize) -> Option<(u16, Code)> {
        let request = Request::builder()
            .method(method)
            .header(CONTENT_TYPE, content_type)
            .header(AUTHORIZATION, "a".repeat(MAX_METADATA_BYTES))
            .header("x-padding", "a".repeat(padding));
        let refused = refusal(&request.body(()).unwrap())?;
        Some((refused.0.status().as_u16(), refused.1.code))
    }

    #[test]
    fn a_request_that_is_no_grpc_call_gets_an_http_status() {
        for known in ["application/grpc", "application/grpc+proto", "Application/gRPC; charset=utf-8"] {
            assert_eq!(of(Method::POST, known, 0), None, "{known}");
        }
        for other in [
            "application/json",
            "application/grpc-web+proto",
            "application/grpc-web",
            "application/grpc+json",
            "",
        ] {
            assert_eq!(of(Method::POST, other, 0), Some((415, Code::InvalidArgument)), "{other}");
        }
        assert_eq!(of(Method::GET, GRPC, 0), Some((405, Code::InvalidArgument)));
    }

    #[test]
    fn metadata_is_counted_as_http2_counts_it() {
        let others = "content-type".len() + GRPC.len() + "x-padding".len() + 2 * FIELD_OVERHEAD;
        let left = MAX_METADATA_BYTES - others;
        assert_eq!(of(Method::POST, GRPC, left), None);
        assert_eq!(of(Method::POST, GRPC, left + 1), Some((200, Code::ResourceExhausted)));
    }
}
