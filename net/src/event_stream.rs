//! Responses that are streams of server-sent events: they last for hours, so timeouts, spans and limits treat them apart.

use http::{HeaderMap, HeaderValue, header};

/// Whether the headers are those of a response whose body is a stream of server-sent events.
#[must_use]
pub fn is_event_stream(headers: &HeaderMap) -> bool {
    let is_it = |it: &HeaderValue| {
        let media_type = it.as_bytes().split(|it| *it == b';').next().unwrap_or_default();
        media_type.trim_ascii().eq_ignore_ascii_case(b"text/event-stream")
    };
    headers.get(header::CONTENT_TYPE).is_some_and(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_do_not_matter() {
        let of = |it: &'static str| {
            is_event_stream(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(it))]))
        };
        assert!(of("text/event-stream") && of("Text/Event-Stream ; charset=utf-8"));
        assert!(!of("text/event-streams") && !of("application/json"));
        assert!(!is_event_stream(&HeaderMap::new()));
    }
}
