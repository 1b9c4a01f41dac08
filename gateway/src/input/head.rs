//! What the head of every request is checked for, whatever it asks for.

use std::net::Ipv6Addr;

use axum::extract::Request;
use axum::http::header::{HOST, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Version};
use platform::violation::Violation;
use proto::error::v1::Reason;

use crate::error::ApiError;

/// Maximum number of parameters in a query; a stream may name 450 types and ids. Each one is an allocation and may be a violation.
const MAX_PARAMETERS: usize = 1_000;

/// Refuses, by 400, a request with too many parameters, and to one whose host is missing, repeated or invalid (RFC 9112, section 3.2), and 501 to one with a
/// transfer coding other than chunked (section 6.1): hyper would read the body as if it were chunked alone.
pub(crate) fn check_head(request: &Request) -> Result<(), ApiError> {
    let refuse = |field: &str, description: String| {
        Err(ApiError::invalid(vec![Violation { field: field.to_owned(), description }]))
    };
    let invalid = |description: &str| refuse("Host", description.to_owned());
    let mut hosts = request.headers().get_all(HOST).iter();
    let (first, second) = (hosts.next(), hosts.next());
    // Over HTTP/2, `:authority` takes its place.
    if second.is_some() || (first.is_none() && request.version() == Version::HTTP_11) {
        return invalid("must be given exactly once");
    }
    let is_valid = first.is_none_or(|it| it.to_str().is_ok_and(is_host));
    if !is_valid || !request.uri().authority().is_none_or(|it| is_host(it.as_str())) {
        return invalid(
            "must be a host name or an IP address, and a port if need be, such as example.com:8000",
        );
    }
    let query = request.uri().query().unwrap_or_default();
    if query.bytes().filter(|it| *it == b'&').count() >= MAX_PARAMETERS {
        return refuse("query", format!("must have at most {MAX_PARAMETERS} parameters"));
    }
    if has_other_coding(request.headers()) {
        let detail = "the only transfer coding that is supported is chunked, and only once";
        return Err(ApiError::new(Reason::UnsupportedTransferCoding, detail));
    }
    Ok(())
}

/// Whether a text is a host with or without a port (RFC 3986, section 3.2.2). User information is not part of it.
fn is_host(text: &str) -> bool {
    let (is_valid, rest) = if let Some(literal) = text.strip_prefix('[') {
        let Some((address, rest)) = literal.split_once(']') else { return false };
        (address.parse::<Ipv6Addr>().is_ok(), rest)
    } else {
        let (name, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
        (is_name(name), rest)
    };
    let is_port = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    is_valid && rest.strip_prefix(':').map_or(rest.is_empty(), is_port)
}

/// Whether a text is a `reg-name`: unreserved characters, sub-delimiters and percent-encoded bytes. IPv4 addresses are some.
fn is_name(text: &str) -> bool {
    let mut parts = text.split('%');
    let is_plain =
        |it: &str| it.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&it));
    let is_encoded = |it: &str| {
        let (digits, rest) = it.split_at_checked(2).unwrap_or_default();
        digits.len() == 2 && digits.bytes().all(|it| it.is_ascii_hexdigit()) && is_plain(rest)
    };
    parts.next().is_none_or(is_plain) && parts.all(is_encoded)
}

fn has_other_coding(headers: &HeaderMap) -> bool {
    let values = headers.get_all(TRANSFER_ENCODING).iter().map(|it| it.to_str().unwrap_or("unreadable"));
    let mut codings = values.flat_map(|it| it.split(',')).map(str::trim).filter(|it| !it.is_empty());
    let is_chunked = codings.next().is_none_or(|it| it.eq_ignore_ascii_case("chunked"));
    !is_chunked || codings.next().is_some()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn a_query_has_a_maximum_number_of_parameters() {
        let with = |count: usize| {
            let target = format!("/api/tasks?{}", vec!["a"; count].join("&"));
            check_head(&Request::get(target).version(Version::HTTP_2).body(Body::empty()).unwrap())
        };
        assert!(with(MAX_PARAMETERS).is_ok());
        assert_eq!(with(MAX_PARAMETERS + 1).unwrap_err().violations()[0].field, "query");
    }

    #[test]
    fn a_host_has_a_name_or_an_address_and_perhaps_a_port() {
        for valid in
            ["a", "", "a:80", "a:", "lab_1.example.", "10.0.0.7:1", "[::1]", "[::ffff:10.0.0.7]:1", "a%2fb"]
        {
            assert!(is_host(valid), "{valid}");
        }
        for invalid in [
            "a b", "a/b", "u@a", "u:p@a:1", "a:b", "a:1:1", "::1", "[::1", "[]", "[a]", "[::1]x", "a%2",
            "a%é", "é",
        ] {
            assert!(!is_host(invalid), "{invalid}");
        }
    }
}
