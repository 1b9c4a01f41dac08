//! One task or worker, and its history.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use super::Kind;
use super::age::Moment;
use super::list::{Items, ids};
use super::table::coloured;
use crate::cli::output::{Format, Output};
use crate::client::{Answer, Call, Client};
use crate::console;
use crate::events::line;
use crate::trace::{Paint, clean};

/// A text of the API; `-` if there is none.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(it) if it.is_empty() => "-".to_owned(),
        Value::String(it) => it.clone(),
        Value::Array(of) if of.is_empty() => "-".to_owned(),
        Value::Array(of) => of.iter().map(text).collect::<Vec<_>>().join(", "),
        Value::Object(of) => {
            let pairs: Vec<String> = of.iter().map(|(key, it)| format!("{key}={}", text(it))).collect();
            if pairs.is_empty() { "-".to_owned() } else { pairs.join(",") }
        }
        _ => value.to_string(),
    }
}

/// Each text on a line of its own.
pub(super) fn lines(of: impl Iterator<Item = String>) -> String {
    of.flat_map(|it| [it, "\n".to_owned()]).collect()
}

/// Prints the task or worker in an answer.
pub(crate) fn print(kind: &Kind, answer: &Answer, output: Output) -> anyhow::Result<()> {
    let item = answer.json()?;
    match output.format() {
        Format::Json => console::print(&format!("{}\n", answer.body)),
        Format::Id => console::print(&format!("{}\n", text(&item["id"]))),
        Format::Table | Format::Wide => {
            let mut details = (kind.details)(&item, Moment::now());
            if let Some(tag) = &answer.etag {
                details.push(("ETag", tag.clone()));
            }
            console::print(&self::details(&details))
        }
    }
}

/// A line for each value that there is. A text of several lines goes on below itself.
pub(crate) fn details(details: &[(&str, String)]) -> String {
    let paint = Paint(crate::cli::colour());
    let shown = || details.iter().filter(|it| it.1 != "-");
    let width = shown().map(|it| it.0.len()).max().unwrap_or_default();
    let mut output = String::new();
    for (name, value) in shown() {
        let mut label = format!("{name:<width$}");
        for line in value.lines() {
            let _ = writeln!(output, "{}  {}", paint.bold(&label), coloured(&clean(line), paint));
            label = " ".repeat(width);
        }
    }
    output
}

/// Prints the history of a task or worker, newest first.
pub(crate) async fn history(
    client: &Client,
    kind: &'static Kind,
    id: &str,
    limit: Option<u64>,
    output: Output,
) -> anyhow::Result<()> {
    let url = client.url(&["api", kind.collection, id, "events"]);
    let items = Items::read(client, &url, limit).await?;
    let paint = Paint(crate::cli::colour());
    let text = match output.format() {
        Format::Json => items.json(),
        Format::Id => ids(&items.values()?),
        Format::Table | Format::Wide => {
            lines(items.values()?.iter().map(|it| line(&as_event(kind, id, it), paint)))
        }
    };
    console::print(&text)
}

/// An entry of a history in the form that it has in the event stream.
fn as_event(kind: &Kind, id: &str, entry: &Value) -> Value {
    json!({
        "type": entry["type"],
        "time": entry["time"],
        "subject": format!("{}/{id}", kind.collection),
        "trace_id": entry["trace_id"],
        "data": {
            "actor": entry["actor"],
            "on_behalf_of": entry["on_behalf_of"],
            "before": entry["before"],
            kind.noun: entry["after"],
        },
    })
}

/// Reads a task or worker.
pub(super) async fn read(client: &Client, kind: &Kind, id: &str) -> anyhow::Result<Answer> {
    client.send(Call::new(Method::GET, client.url(&["api", kind.collection, id]))).await
}
