//! What schemas are made of. Generators of clients make a type of their own of each object and each enum that stands within
//! another schema, so those have names; and many do not know a `type` that is a list, so what may be `null` is an `anyOf`.

use std::ops::RangeInclusive;

use proto::ContractEnum;
use serde_json::{Value, json};

use super::super::schema;
use crate::names::{UNKNOWN, rest_name};

/// No control characters, and not only white space.
pub(super) const LINE: &str =
    r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
/// No control characters except line breaks and tabs.
pub(super) const LINES: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";
/// No control characters.
const ANY_LINE: &str = r"^[^\u0000-\u001f\u007f-\u009f]*$";
const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PERSON: &str = "ada";

/// The schema with a description.
pub(in crate::description) fn described(description: &str, mut schema: Value) -> Value {
    schema["description"] = description.into();
    schema
}

/// The schema with an example.
pub(in crate::description) fn such_as(example: impl Into<Value>, mut schema: Value) -> Value {
    schema["examples"] = Value::Array(vec![example.into()]);
    schema
}

/// The schema, or `null`.
pub(in crate::description) fn nullable(mut schema: Value) -> Value {
    let mut any = json!({});
    if let Some(members) = schema.as_object_mut() {
        for name in ["description", "examples"] {
            if let Some(it) = members.remove(name) {
                any[name] = it;
            }
        }
    }
    any["anyOf"] = json!([schema, {"type": "null"}]);
    any
}

/// A string.
pub(in crate::description) fn string(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

/// A string of one line, with its length in characters.
pub(in crate::description) fn line(description: &str, length: RangeInclusive<usize>, example: &str) -> Value {
    let pattern = if *length.start() > 0 { LINE } else { ANY_LINE };
    json!({
        "type": "string", "minLength": length.start(), "maxLength": length.end(), "pattern": pattern,
        "description": description, "examples": [example],
    })
}

/// A string of this pattern.
pub(in crate::description) fn pattern(description: &str, pattern: &str, example: &str) -> Value {
    json!({"type": "string", "pattern": pattern, "description": description, "examples": [example]})
}

/// `sub` of a token.
pub(in crate::description) fn person(description: &str) -> Value {
    such_as(PERSON, string(description))
}

/// A boolean.
pub(in crate::description) fn flag(description: &str) -> Value {
    json!({"type": "boolean", "description": description})
}

/// The one value that a member has.
pub(in crate::description) fn always(description: &str, value: impl Into<Value>) -> Value {
    let value = value.into();
    let r#type = if value.is_boolean() { "boolean" } else { "string" };
    json!({"type": r#type, "const": value, "description": description})
}

/// An array.
pub(in crate::description) fn list(description: &str, items: &Value) -> Value {
    json!({"type": "array", "items": items, "description": description})
}

/// An array of at most so many.
pub(in crate::description) fn list_of_at_most(max: usize, description: &str, items: &Value) -> Value {
    json!({"type": "array", "maxItems": max, "items": items, "description": description})
}

pub(in crate::description) fn uuid(description: &str) -> Value {
    such_as(
        "01a202a3-2bd9-730c-8819-6267667c643f",
        json!({"type": "string", "format": "uuid", "description": description}),
    )
}

pub(in crate::description) fn instant(description: &str) -> Value {
    such_as(
        "2026-11-22T09:42:57.124032Z",
        json!({"type": "string", "format": "date-time", "description": description}),
    )
}

pub(in crate::description) fn trace_id(description: &str) -> Value {
    pattern(description, "^[0-9a-f]{32}$", TRACE_ID)
}

/// The name of a gRPC code.
pub(in crate::description) fn code(description: &str, example: &str) -> Value {
    pattern(description, "^[A-Z_]+$", example)
}

/// A number that starts at 1.
pub(in crate::description) fn counter(description: &str) -> Value {
    json!({"type": "integer", "format": "int64", "minimum": 1, "description": description})
}

/// A number that starts at 0.
pub(in crate::description) fn count(description: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": description})
}

/// An enum of these words.
pub(in crate::description) fn words<T: AsRef<str>>(
    description: &str,
    words: impl IntoIterator<Item = T>,
) -> Value {
    let words: Vec<Value> = words.into_iter().map(|it| it.as_ref().into()).collect();
    json!({"type": "string", "enum": words, "description": description})
}

/// The enum of the names of these values, and [`UNKNOWN`], which answers have for a value that this version does not know.
pub(super) fn names<E: ContractEnum>(description: &str, values: impl IntoIterator<Item = E>) -> Value {
    let mut names: Vec<&str> = values.into_iter().map(rest_name).collect();
    if names.contains(&UNKNOWN) {
        return words(description, names);
    }
    names.push(UNKNOWN);
    let of_newer = "`unknown` stands for a value that only a newer version knows; requests do not take it.";
    words(&format!("{description} {of_newer}"), names)
}

/// The enum `name` in a request, which takes its values but these and [`UNKNOWN`].
pub(in crate::description) fn known_but(others: &[&str], description: &str, name: &str) -> Value {
    let others: Vec<&str> = others.iter().copied().chain([UNKNOWN]).collect();
    let mut known = described(description, schema(name));
    known["not"] = json!({"enum": others});
    known
}

/// The enum `name` in a request, which takes its values but [`UNKNOWN`].
pub(in crate::description) fn known(description: &str, name: &str) -> Value {
    known_but(&[], description, name)
}

/// An object in a response: all members are present, and later versions may add more.
pub(in crate::description) fn response_object(description: &str, members: &Value) -> Value {
    let required: Vec<&String> = members.as_object().map(|it| it.keys().collect()).unwrap_or_default();
    json!({"type": "object", "description": description, "required": required, "properties": members})
}

/// An object in a request: unknown members are rejected.
pub(super) fn request_object(description: &str, required: &[&str], members: &Value) -> Value {
    let mut schema = json!({
        "type": "object", "description": description, "properties": members, "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}
