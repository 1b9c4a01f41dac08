//! Blocks of an event stream (WHATWG HTML, section 9.2), with data in the JSON format of CloudEvents 1.0.

use bytes::{BufMut as _, Bytes, BytesMut};
use serde::Serialize;
use serde_json::Value;
use telemetry::propagation::trace_id_of;

use super::Streams;
use super::cursor::Cursor;

/// The `source` of events that the gateway makes.
const SOURCE: &str = "/ccm/gateway";

/// The data of a block: a CloudEvent.
#[derive(Serialize)]
pub(super) struct CloudEvent<'e, D> {
    pub(super) specversion: &'static str,
    pub(super) id: &'e str,
    pub(super) r#type: &'e str,
    pub(super) source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<&'e str>,
    pub(super) time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) traceparent: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trace_url: Option<String>,
    pub(super) data: D,
}

impl<'e, D> CloudEvent<'e, D> {
    /// An event that leads to no trace.
    pub(super) fn new(
        kind: &'e str,
        source: &'static str,
        id: &'e str,
        subject: Option<&'e str>,
        time: String,
        data: D,
    ) -> Self {
        Self {
            specversion: "1.0",
            id,
            r#type: kind,
            source,
            subject,
            time,
            traceparent: None,
            trace_id: None,
            trace_url: None,
            data,
        }
    }
}

/// The template of links to traces: a URL with `{trace_id}`.
#[derive(Clone, Debug)]
pub struct TraceUrl {
    template: String,
    /// Whether the pages are those of this gateway.
    is_own: bool,
}

impl TraceUrl {
    /// The placeholder in the template.
    const PLACEHOLDER: &'static str = "{trace_id}";

    /// Checks a template.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(template: &str) -> Result<Self, String> {
        if !template.starts_with("https://") && !template.starts_with("http://") {
            return Err("must begin with https:// or http://".to_owned());
        }
        if !template.contains(Self::PLACEHOLDER) {
            return Err(format!("must contain {}", Self::PLACEHOLDER));
        }
        Ok(Self { template: template.to_owned(), is_own: false })
    }

    /// The template for the pages of a gateway at this origin, which `ccm up` runs.
    #[must_use]
    pub fn of_gateway(origin: &str) -> Self {
        Self { template: format!("{origin}/traces/{}", Self::PLACEHOLDER), is_own: true }
    }

    /// What to replace in the blocks of a stream, and by what, for a client that has reached this gateway at another URL; the
    /// blocks are made once for all clients. The text cannot be part of another text: its quotes would be escaped.
    pub(super) fn relink(&self, gateway: &str) -> Option<(String, String)> {
        let member = |template: &str| {
            let before = template.split(Self::PLACEHOLDER).next().unwrap_or_default();
            format!("\"trace_url\":\"{before}")
        };
        self.is_own.then(|| (member(&self.template), member(&Self::of_gateway(gateway).template)))
    }

    /// The template for a client that has reached this gateway at another URL.
    pub(crate) fn seen_at(&self, gateway: &str) -> Self {
        if self.is_own { Self::of_gateway(gateway) } else { self.clone() }
    }

    /// The template for a caller's page. Pages of this gateway are relative to the origin at which the caller reached it,
    /// because a session does not follow to another one, and are only for callers who may read its traces.
    pub(crate) fn for_page_of(&self, may_read_traces: bool, prefix: &str) -> Option<String> {
        if !self.is_own {
            return Some(self.template.clone());
        }
        may_read_traces.then(|| format!("{prefix}/traces/{}", Self::PLACEHOLDER))
    }

    pub(super) fn of(&self, trace_id: &str) -> String {
        self.template.replace(Self::PLACEHOLDER, trace_id)
    }
}

/// The members that lead to a trace. A trace that is not sampled has no link.
pub(crate) fn trace_of(
    traceparent: Option<&str>,
    url: Option<&TraceUrl>,
) -> (Option<String>, Option<String>) {
    let trace_id = traceparent.and_then(trace_id_of);
    let is_sampled = traceparent
        .and_then(|it| it.rsplit('-').next())
        .and_then(|it| u8::from_str_radix(it, 16).ok())
        .is_some_and(|flags| flags & 1 == 1);
    let link = trace_id.as_deref().filter(|_| is_sampled).zip(url).map(|(id, url)| url.of(id));
    (trace_id, link)
}

/// Writes `event:` and `data:` of a block, without its end.
pub(super) fn begin_block(name: &str, data: &impl Serialize, into: &mut BytesMut) {
    into.put_slice(b"event: ");
    into.put_slice(name.as_bytes());
    into.put_slice(b"\ndata: ");
    // JSON has no line breaks. What cannot be written is left out, and the client gets an invalid document.
    let _ = serde_json::to_writer(into.writer(), data);
    into.put_u8(b'\n');
}

/// Writes the end of a block: its id, if the client can resume from here, and the empty line.
pub(super) fn end_block(id: Option<&str>, into: &mut BytesMut) {
    if let Some(id) = id {
        into.put_slice(b"id: ");
        into.put_slice(id.as_bytes());
        into.put_u8(b'\n');
    }
    into.put_u8(b'\n');
}

/// Makes the block of an event that the gateway itself has to tell. `retry` is in milliseconds.
pub(super) fn control(
    streams: &Streams,
    name: &str,
    data: &Value,
    cursor: Option<Cursor>,
    retry: Option<u64>,
) -> Bytes {
    let mut block = BytesMut::with_capacity(512);
    if let Some(retry) = retry {
        block.put_slice(format!("retry: {retry}\n").as_bytes());
    }
    let id = streams.clock.new_id().to_string();
    let event = CloudEvent::new(name, SOURCE, &id, None, streams.clock.now().to_rfc3339(), data);
    begin_block(name, &event, &mut block);
    end_block(cursor.map(Cursor::to_text).as_deref(), &mut block);
    block.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_has_a_link_if_it_is_sampled() {
        let url = TraceUrl::new("https://grafana.example/explore?trace={trace_id}").unwrap();
        let parent = |flags| format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}");
        let (id, link) = trace_of(Some(&parent("01")), Some(&url));
        assert_eq!(id.as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        assert_eq!(
            link.as_deref(),
            Some("https://grafana.example/explore?trace=4bf92f3577b34da6a3ce929d0e0e4736")
        );
        assert_eq!(trace_of(Some(&parent("00")), Some(&url)).1, None);
        assert_eq!(trace_of(None, Some(&url)), (None, None));
    }

    #[test]
    fn a_page_leads_to_its_own_origin_and_only_those_who_may_read() {
        let own = TraceUrl::of_gateway("http://localhost:8000");
        assert_eq!(own.of("4bf9"), "http://localhost:8000/traces/4bf9");
        assert_eq!(own.for_page_of(true, "").as_deref(), Some("/traces/{trace_id}"));
        assert_eq!(own.for_page_of(true, "/ccm").as_deref(), Some("/ccm/traces/{trace_id}"));
        assert_eq!(own.for_page_of(false, ""), None);
        let member = |url| format!("\"trace_url\":\"{url}/traces/");
        assert_eq!(
            own.relink("https://lab.example"),
            Some((member("http://localhost:8000"), member("https://lab.example")))
        );
        assert_eq!(own.seen_at("https://lab.example/ccm").of("4bf9"), "https://lab.example/ccm/traces/4bf9");
        let template = "https://grafana.example/explore?trace={trace_id}";
        let elsewhere = TraceUrl::new(template).unwrap();
        for may_read_traces in [true, false] {
            assert_eq!(elsewhere.for_page_of(may_read_traces, "/ccm").as_deref(), Some(template));
        }
    }

    #[test]
    fn a_template_has_to_be_a_url_with_a_placeholder() {
        assert!(TraceUrl::new("javascript:{trace_id}").is_err() && TraceUrl::new("https://x/").is_err());
    }
}
