//! The trace headers of a request as the propagators read and write them.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, Injector};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
const BAGGAGE: HeaderName = HeaderName::from_static("baggage");

/// Maximum length of `tracestate`, which W3C Trace Context requires as a minimum; a longer one is dropped as a whole.
const MAX_TRACESTATE: usize = 512;
const MAX_TRACESTATE_MEMBERS: usize = 32;
/// Maximum length of the header `baggage` in bytes; a longer one is dropped as a whole.
const MAX_BAGGAGE: usize = 2_048;

/// The accepted trace headers of a request.
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
            (Some(only), None) => only.to_str().ok().filter(|it| is_traceparent(it)),
            _ => None,
        };
        let is_short =
            |it: &Cow<'_, str>| it.len() <= MAX_TRACESTATE && it.split(',').count() <= MAX_TRACESTATE_MEMBERS;
        Self {
            traceparent,
            tracestate: joined(headers, TRACESTATE).filter(is_short),
            baggage: joined(headers, BAGGAGE).filter(|it| it.len() <= MAX_BAGGAGE),
        }
    }
}

/// Whether a text is a valid traceparent. Versions after 00 may have further parts after the flags.
fn is_traceparent(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_hex = |it: &str, length: usize| {
        it.len() == length && it.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    match parts.as_slice() {
        [version, trace, span, flags, rest @ ..] => {
            let is_known = *version != "00" || rest.is_empty();
            is_hex(version, 2)
                && *version != "ff"
                && is_known
                && is_hex(trace, 32)
                && is_hex(span, 16)
                && is_hex(flags, 2)
        }
        _ => false,
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
        if let Ok(value) = HeaderValue::try_from(value) {
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

    fn parent_of(all: &[(&'static str, &str)]) -> Option<String> {
        Incoming::of(&headers(all)).get("traceparent").map(ToOwned::to_owned)
    }

    #[test]
    fn a_repeated_traceparent_is_ignored() {
        assert_eq!(parent_of(&[("traceparent", PARENT)]).as_deref(), Some(PARENT));
        assert_eq!(parent_of(&[("traceparent", PARENT), ("traceparent", PARENT)]), None);
        assert_eq!(parent_of(&[("trace-parent", PARENT)]), None);
    }

    #[test]
    fn a_malformed_traceparent_is_ignored() {
        let upper = PARENT.to_uppercase();
        let longer = format!("{PARENT}-x");
        let bad =
            ["", "x", upper.as_str(), longer.as_str(), &PARENT[..54], &PARENT.replacen("00-", "ff-", 1)];
        for text in bad {
            assert_eq!(parent_of(&[("traceparent", text)]), None, "{text}");
        }
        let later = format!("cc{}-more", &PARENT[2..]);
        assert!(parent_of(&[("traceparent", &later)]).is_some(), "a later version may have further parts");
    }

    #[test]
    fn repeated_tracestates_are_joined_and_long_ones_are_dropped() {
        let state = |all: &[(&'static str, &str)]| {
            Incoming::of(&headers(all)).get("tracestate").map(ToOwned::to_owned)
        };
        assert_eq!(
            state(&[("tracestate", "a=1"), ("tracestate", "b=2,c=3")]).as_deref(),
            Some("a=1,b=2,c=3")
        );
        assert_eq!(state(&[("tracestate", &format!("a={}", "1".repeat(511)))]), None);
        assert_eq!(state(&[("tracestate", &"a=1,".repeat(32))]), None);
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
