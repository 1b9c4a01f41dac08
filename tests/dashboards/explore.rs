//! Links from a panel to the traces behind it: an address of Grafana's Explore with a TraceQL query in it.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// A data link. `traceql` may hold variables of Grafana, `${__field.labels.http_route}`, which stay as they are; everything
/// else is percent-encoded.
pub(crate) fn link(title: &str, traceql: &str) -> Value {
    let panes = json!({
        "traces": {
            "datasource": "tempo",
            "queries": [{
                "refId": "A",
                "datasource": { "type": "tempo", "uid": "tempo" },
                "queryType": "traceql",
                "tableType": "traces",
                "limit": 20,
                "query": traceql,
            }],
            "range": { "from": "${__from}", "to": "${__to}" },
        },
    });
    let url = format!("/explore?schemaVersion=1&orgId=1&panes={}", encoded(&panes.to_string()));
    json!({ "title": title, "url": url, "targetBlank": false })
}

fn encoded(text: &str) -> String {
    let (mut encoded, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("${") {
            let end = rest.find('}').expect("the end of a variable");
            encoded += &rest[..end];
            // A time is a number; a label can have any character.
            encoded += if rest.starts_with("${__field") { ":percentencode}" } else { "}" };
            rest = &rest[end + 1..];
            continue;
        }
        let (this, others) = rest.split_at(first.len_utf8());
        for byte in this.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                write!(encoded, "%{byte:02X}").expect("a String takes everything");
            }
        }
        rest = others;
    }
    encoded
}
