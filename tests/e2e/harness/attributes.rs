//! Notes which attributes the spans of a test run have, and with which types. `tests/run` compares them with the table in
//! docs/traces.md when a full run has ended (tests/attributes.rs).

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use telemetry::otlp::{AttributeValue, Span, SpanKind};

/// What was noted by this process: a line for each attribute of each sort of span.
static NOTED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

pub(crate) fn note(spans: &[Span]) {
    for span in spans {
        if span.failed() && span.description.is_empty() {
            write(format!("{} | failed without a description | {}\n", sort(span), span.name));
        }
        for (name, value) in &span.attributes {
            let line = format!("{} | {name} | {}\n", sort(span), type_of(value));
            let text = value.to_string();
            let line = if name == "db.query.text" && (text.contains('\n') || text.contains("  ")) {
                format!("{} | not on one line | {text:?}\n", sort(span))
            } else {
                line
            };
            write(line);
        }
    }
}

/// Appends a line that this process has not written yet.
fn write(line: String) {
    let bytes = line.clone().into_bytes();
    if NOTED.lock().unwrap().insert(line) {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("attributes-seen.txt");
        let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
        file.write_all(&bytes).unwrap();
    }
}

/// The sort of a span, as the table names it.
fn sort(span: &Span) -> &'static str {
    let has = |name: &str| span.attributes.contains_key(name);
    match span.kind {
        SpanKind::Server if has("rpc.system.name") => "gRPC server",
        SpanKind::Server => "HTTP server",
        SpanKind::Client if has("rpc.system.name") => "gRPC client",
        SpanKind::Client if has("db.system.name") => "database",
        SpanKind::Client if has("ccm.provider.name") => "provider",
        SpanKind::Client => "HTTP client",
        SpanKind::Consumer => "consumer",
        SpanKind::Producer => "producer",
        _ if has("db.system.name") => "pool",
        SpanKind::Internal => "internal",
    }
}

fn type_of(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::Text(_) => "string",
        AttributeValue::Integer(_) => "int",
        AttributeValue::Double(_) => "double",
        AttributeValue::Bool(_) => "boolean",
        AttributeValue::List(_) => "list",
        AttributeValue::Other(_) => "other",
    }
}
