//! The trace headers of a request as the propagators read and write them.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, Injector};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
const BAGGAGE: HeaderName = HeaderName::from_static("baggage");
/// Maximum length of the header `baggage` in bytes; a longer one is dropped as a whole.
const MAX_BAGGAGE: usize = 2_048;

/// The trace headers of a received request.
pub(super) struct Incoming<'a> {
    /// `None` if the header occurs more than once, because the right one is unknown.
    traceparent: Option<&'a str>,
    /// Repeated headers are joined (RFC 9110 section 5.3).
    tracestate: Option<Cow<'a, str>>,
    baggage: Option<Cow<'a, str>>,
}

impl<'a> Incoming<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let mut parents = headers.get_all(TRACEPARENT).iter();
        let traceparent = match (parents.next(), parents.next()) {
            (Some(only), None) => only.to_str().ok(),
            _ => None,
        };
        Self {
            traceparent,
            tracestate: joined(headers, TRACESTATE),
            baggage: joined(headers, BAGGAGE).filter(|it| it.len() <= MAX_BAGGAGE),
        }
    }
}

fn joined(headers: &HeaderMap, name: HeaderName) -> Option<Cow<'_, str>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    let mut text = Cow::Borrowed(first);
    for value in values {
        let text = text.to_mut();
        text.push(',');
        text.push_str(value.to_str().ok()?);
    }
    Some(text)
}

impl Extractor for Incoming<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            "traceparent" => self.traceparent,
            "tracestate" => self.tracestate.as_deref(),
            "baggage" => self.baggage.as_deref(),
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent", "tracestate", "baggage"]
    }
}

/// The trace headers of a request that is about to be sent.
pub(super) struct Outgoing<'a>(pub(super) &'a mut HeaderMap);

impl Injector for Outgoing<'_> {
    fn set(&mut self, key: &str, value: String) {
        let name = match key {
            "traceparent" => TRACEPARENT,
            "tracestate" => TRACESTATE,
            "baggage" => BAGGAGE,
            _ => return,
        };
        if let Ok(mut value) = HeaderValue::try_from(value) {
            // HTTP/2 does not keep a `traceparent` for further requests, which have another one.
            value.set_sensitive(name == TRACEPARENT);
            self.0.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn read(name: &str, all: &[(&'static str, &str)]) -> Option<String> {
        Incoming::of(&headers(all)).get(name).map(ToOwned::to_owned)
    }

    #[test]
    fn a_repeated_traceparent_is_ignored() {
        assert_eq!(read("traceparent", &[("traceparent", PARENT)]).as_deref(), Some(PARENT));
        assert_eq!(read("traceparent", &[("traceparent", PARENT), ("traceparent", PARENT)]), None);
        assert_eq!(read("traceparent", &[("trace-parent", PARENT)]), None);
    }

    #[test]
    fn repeated_tracestates_are_joined() {
        let all = [("tracestate", "a=1"), ("tracestate", ""), ("tracestate", "b=2,c=3")];
        assert_eq!(read("tracestate", &all).as_deref(), Some("a=1,,b=2,c=3"));
    }

    #[test]
    fn a_baggage_that_is_too_long_is_dropped() {
        assert!(read("baggage", &[("baggage", &"a".repeat(2_048))]).is_some());
        assert!(read("baggage", &[("baggage", &"a".repeat(2_049))]).is_none());
    }

    #[test]
    fn written_headers_replace_earlier_ones() {
        let mut headers = headers(&[("traceparent", PARENT), ("traceparent", PARENT)]);
        Outgoing(&mut headers).set("traceparent", "new".to_owned());
        Outgoing(&mut headers).set("baggage", "a=1".to_owned());
        let written: Vec<(&str, &[u8])> = headers.iter().map(|it| (it.0.as_str(), it.1.as_bytes())).collect();
        assert_eq!(written, [("traceparent", b"new".as_slice()), ("baggage", b"a=1")]);
    }
}
