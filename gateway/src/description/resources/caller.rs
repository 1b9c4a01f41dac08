//! The schemas of who calls, and of what the page reports.

use access::Role;
use serde_json::{Value, json};
use strum::VariantArray as _;

use super::types::{
    described, flag, instant, list, nullable, person, request_object, response_object, string, such_as, words,
};
use crate::api::page::{MAX_COUNT, MAX_LAG};
use crate::description::schema;
use crate::metrics::page::VIEWS;

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let roles = Role::VARIANTS.iter().map(|it| -> &str { it.into() });
    vec![
        ("Me", me()),
        ("Role", words("A role of a caller.", roles)),
        ("PageReport", page_report()),
        ("PageView", words("A view of the page.", VIEWS)),
    ]
}

fn me() -> Value {
    let roles = json!({
        "type": "array", "uniqueItems": true, "items": schema("Role"), "description": "The roles of the caller.",
    });
    let trace_url = "The template of links to traces: a URL with `{trace_id}`. It is relative to the origin of the gateway if the \
        gateway itself shows the traces, and `null` for callers who may not read them; `null` when there are no links, too.";
    response_object(
        "The identity of the caller, as read from the token.",
        &json!({
            "issuer": such_as("https://id.example", string("The issuer of the token.")),
            "subject": person("`sub` of the token."),
            "roles": roles,
            "department": nullable(such_as("network", string("The department claim of the token; `null`: it has none."))),
            "expires_at": instant("When the token ends."),
            "notices": list("Hints about problems with the token, for people.", &json!({"type": "string"})),
            "trace_url": nullable(such_as("/traces/{trace_id}", string(trace_url))),
            "traces": flag("Whether the caller can read traces at `/api/traces`."),
        }),
    )
}

fn page_report() -> Value {
    let count = |what: &str| {
        nullable(json!({"type": "integer", "minimum": 0, "maximum": MAX_COUNT, "description": what}))
    };
    let lag = "The highest lag of an event, from its change to its arrival in the page.";
    let members = json!({
        "view": described("The view that was shown; `other` if absent.", nullable(schema("PageView"))),
        "load_failed": count("Reads and changes that failed, other than by input that is not valid."),
        "stream_gap": count("Losses of the event stream in which events may have been missed."),
        "stream_reset": count("Times that the page had to begin anew with a snapshot."),
        "reconnected": count("Times that the event stream was connected again."),
        "lag_seconds": nullable(json!({"type": "number", "minimum": 0, "maximum": MAX_LAG, "description": lag})),
    });
    let schema = request_object("What a person met in the page since its last report.", &[], &members);
    such_as(json!({"view": "tasks", "reconnected": 1, "lag_seconds": 0.42}), schema)
}
