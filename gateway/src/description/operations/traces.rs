//! The traces that `ccm up` keeps.

use proto::error::v1::Reason;
use serde_json::{Value, json};

use super::{Operation, content};
use crate::description::parameters::{described_header, of_one_trace, of_traces};
use crate::description::resources::types::{always, pattern};

pub(super) fn operations() -> Vec<Operation> {
    let refusals = [Reason::RoleRequired, Reason::TracesNotKept, Reason::ServiceUnavailable];
    let one = Operation::new(
        "GET",
        "/api/traces/{id}",
        "getTraces",
        "traces",
        "Returns a trace, or the traces about a task or worker; for admins",
    );
    vec![
        Operation::new("GET", "/api/traces", "listTraces", "traces", "Lists the newest traces; for admins")
            .takes(of_traces())
            .answers(200, "The traces", with_headers(content("TraceList"), false))
            .fails(&refusals),
        one.takes(of_one_trace())
            .answers(200, "What has arrived of the traces", with_headers(content("Traces"), true))
            .answers(304, "Nothing has arrived since", with_headers(json!({}), true))
            .fails(&refusals)
            .fails(&[Reason::TraceNotFound]),
    ]
}

fn with_headers(mut answer: Value, has_tag: bool) -> Value {
    let changes =
        "Changes with every span and every log line that arrives, and when a trace becomes complete.";
    answer["headers"]["Cache-Control"] = described_header(always("No cache may keep traces.", "no-store"));
    if has_tag {
        let mut tag = described_header(pattern(changes, "^\"[0-9a-f]{16}\"$", "\"5d41402abc4b2a76\""));
        tag["required"] = json!(true);
        answer["headers"]["ETag"] = tag;
    }
    answer
}
