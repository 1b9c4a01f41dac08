//! The event stream.

use proto::error::v1::Reason;
use serde_json::{Value, json};

use super::Operation;
use crate::description::parameters::{header, of_stream};
use crate::description::schema;

pub(super) fn operations() -> Vec<Operation> {
    let summary = "Streams the events of tasks and workers that the caller may see";
    let mut stream = Operation::new("GET", crate::stream::PATH, "streamEvents", "events", summary);
    stream.parameters = of_stream();
    vec![
        stream
            .answers(
                200,
                "A stream of server-sent events that does not end by itself; also above a limit, as a stream with the event \
                 `system.sse.rejected`. docs/stream.md explains every event",
                blocks(),
            )
            .fails(&[Reason::InvalidInput, Reason::ServiceUnavailable]),
    ]
}

fn blocks() -> Value {
    let data = json!({
        "type": "string", "description": "An event.", "contentMediaType": "application/json", "contentSchema": schema("StreamEvent"),
    });
    let block = json!({
        "type": "object",
        "properties": {
            "event": {"type": "string", "description": "`type` of the JSON."},
            "data": data,
            "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,150}$", "description": "For `Last-Event-ID`."},
            "retry": {"type": "integer", "minimum": 0, "description": "Milliseconds to wait before a client connects again."},
        },
    });
    json!({
        "headers": {"Cache-Control": header("Cache-Control"), "X-Accel-Buffering": header("X-Accel-Buffering")},
        "content": {"text/event-stream": {
            "schema": {
                "type": "string",
                "description": "Blocks of the event stream (WHATWG HTML, section 9.2). `data` of a block is a StreamEvent.",
            },
            // As OpenAPI 3.2 describes streams.
            "x-itemSchema": block,
        }},
    })
}
