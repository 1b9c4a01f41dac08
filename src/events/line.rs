//! An event as one line of text: time, type, subject, what has changed, by whom, and the trace.

use serde_json::{Map, Value};

use crate::trace::{Paint, clean};

/// Members that change with others.
const ALWAYS: [&str; 2] = ["revision", "version"];
/// The ends of the names of times, which say no more than the time of the event.
const TIMES: [&str; 2] = ["_at", "_since"];
/// Number of changed members that are shown.
const MAX_CHANGES: usize = 4;
/// Longest value, in characters.
const MAX_VALUE: usize = 60;

/// Formats an event. Text of other people is escaped, so that it cannot send commands to the terminal.
pub(crate) fn line(event: &Value, paint: Paint) -> String {
    let name = text(&event["type"]);
    let data = &event["data"];
    let mut parts = vec![paint.dim(&time(text(&event["time"]))), paint.bold(&format!("{:<21}", clean(name)))];
    parts.extend(subject(event));
    let kind = if name.starts_with("task.") { "task" } else { "worker" };
    let changes = match name.rsplit('.').next() {
        Some("reset" | "completed") => control(data),
        Some("removed") => vec!["is no longer visible".to_owned()],
        _ if data["utilization"].is_object() => utilization(&data["utilization"]),
        _ => changes(&data["before"], &data[kind]),
    };
    parts.push(coloured(&changes.join(", "), paint));
    if let Some(actor) = data["actor"].as_str() {
        let person =
            data["on_behalf_of"].as_str().map(|it| format!(" for {}", clean(it))).unwrap_or_default();
        parts.push(format!("by {}{person}", clean(actor)));
    }
    if let Some(id) = event["trace_id"].as_str() {
        parts.push(paint.dim(&format!("trace {}", clean(id))));
    }
    parts.retain(|it| !it.is_empty());
    parts.join("  ")
}

/// The kind of the subject, the end of its id and its name.
fn subject(event: &Value) -> Option<String> {
    let (collection, id) = event["subject"].as_str()?.split_once('/')?;
    let kind = collection.strip_suffix('s').unwrap_or(collection);
    // The beginning of a UUIDv7 is its time, which ids have in common.
    let end = id.get(id.len().saturating_sub(8)..).unwrap_or(id);
    let data = &event["data"];
    let named =
        |of: &Value| of["title"].as_str().or(of["name"].as_str()).map(|it| format!(" \"{}\"", clean(it)));
    let name = named(&data[kind]).unwrap_or_default();
    Some(format!("{kind} …{}{name}", clean(end)))
}

fn changes(before: &Value, after: &Value) -> Vec<String> {
    let Some(before) = before.as_object() else {
        // A subject of a snapshot, or a new one.
        return after["status"].as_str().map(clean).into_iter().collect();
    };
    if after.is_null() {
        return Vec::new();
    }
    let is_shown = |it: &(&String, &Value)| {
        let is_known = ALWAYS.contains(&it.0.as_str()) || TIMES.iter().any(|end| it.0.ends_with(end));
        // A member can stand for a field that has changed in another part.
        !is_known && *it.1 != after[it.0.as_str()]
    };
    let mut changed: Vec<_> = before.iter().filter(is_shown).collect();
    changed.sort_by_key(|(name, _)| (*name != "status", after[name.as_str()].is_object()));
    let more = changed.len().saturating_sub(MAX_CHANGES);
    let mut shown: Vec<String> =
        changed.into_iter().take(MAX_CHANGES).map(|(name, was)| change(name, was, &after[name])).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}

fn change(name: &str, was: &Value, is: &Value) -> String {
    match (value(was), value(is)) {
        (Some(was), Some(is)) => format!("{} {was} → {is}", clean(name)),
        _ => clean(name),
    }
}

/// A value that fits a line.
fn value(value: &Value) -> Option<String> {
    let shown = match value {
        Value::String(it) if it.is_empty() => "\"\"".to_owned(),
        Value::String(it) => clean(it),
        Value::Null => "none".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => return None,
    };
    (shown.chars().count() <= MAX_VALUE).then_some(shown)
}

fn utilization(of: &Value) -> Vec<String> {
    let percent = |name: &str| of[name].as_f64().map(|it| format!("{name} {:.0} %", it * 100.0));
    ["cpu", "memory", "storage"].into_iter().filter_map(percent).collect()
}

fn control(data: &Value) -> Vec<String> {
    let of = data.as_object().into_iter().flat_map(Map::iter);
    of.filter_map(|(name, it)| Some(format!("{} {}", clean(name), value(it)?))).collect()
}

/// A change to a failure is red.
fn coloured(changes: &str, paint: Paint) -> String {
    if changes.contains("→ failed") { paint.red(changes) } else { paint.yellow(changes) }
}

/// The time with milliseconds.
fn time(text: &str) -> String {
    match text.split_once('.') {
        Some((seconds, rest)) if rest.len() > 4 && rest.is_ascii() => {
            clean(&format!("{seconds}.{}Z", &rest[..3]))
        }
        _ => clean(text),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(name: &str, data: &Value) -> Value {
        json!({
            "type": name,
            "time": "2026-11-22T09:42:57.124032Z",
            "subject": "tasks/01a202a3-2bef-7c31-b2aa-9c8aff224f0b",
            "trace_id": "bbd0a085d2876a3d9fa547bbfdaa18ef",
            "data": data,
        })
    }

    #[test]
    fn a_change_shows_what_was_and_what_is() {
        let data = json!({
            "actor": "task-service",
            "on_behalf_of": "ada",
            "before": {"revision": 1, "assignee_id": null, "status": "pending", "run": null, "priority": "high", "updated_at": "x"},
            "task": {"title": "Replace \u{1b}[2J", "status": "failed", "assignee_id": "bob", "run": {}, "priority": "high"},
        });
        assert_eq!(
            line(&event("task.status.updated", &data), Paint(false)),
            "2026-11-22T09:42:57.124Z  task.status.updated    task …ff224f0b \"Replace \\u{1b}[2J\"  status pending → failed, \
             assignee_id none → bob, run  by task-service for ada  trace bbd0a085d2876a3d9fa547bbfdaa18ef"
        );
    }

    #[test]
    fn what_has_no_values_before_shows_its_status() {
        let new = json!({"actor": "ada", "before": null, "task": {"title": "New", "status": "pending"}});
        let shown = line(&event("task.created", &new), Paint(false));
        assert!(
            shown.contains("task.created           task …ff224f0b \"New\"  pending  by ada  trace"),
            "{shown}"
        );
        let gone = json!({"actor": "ada", "before": {"status": "pending"}, "task": null});
        let shown = line(&event("task.deleted", &gone), Paint(false));
        assert!(shown.contains("task …ff224f0b  by ada"), "{shown}");
    }
}
