//! The largest body of each operation, with an escape sequence for each character, is within the default body limit.

use serde_json::Value;

use super::DOCUMENT;
use crate::Limits;
use crate::input::MAX_VALUES;

/// `\ud83d\ude00`: a character beyond the Basic Multilingual Plane.
const ESCAPED: usize = 12;
/// The name of a worker, which its confirmation repeats.
const CONFIRM: usize = 100;
/// A number, a boolean, or `null`.
const SCALAR: usize = 32;

/// Bytes and values of the largest JSON text of a schema.
fn largest(name: &str, schema: &Value) -> (usize, usize) {
    if let Some(path) = schema["$ref"].as_str() {
        return largest(name, DOCUMENT.pointer(&path[1..]).unwrap());
    }
    if let Some(any) = schema["anyOf"].as_array() {
        return any.iter().map(|it| largest(name, it)).max().unwrap();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let members = properties.map(|(name, it)| (text(name.len()), largest(name, it)));
            let (mut bytes, mut values) = (2, 1);
            for (name, (of_value, count)) in members {
                (bytes, values) = (bytes + name + of_value + 2, values + count);
            }
            if schema["additionalProperties"].is_object() {
                let count = number(&schema["maxProperties"], name);
                let name_of = text(number(&schema["propertyNames"]["maxLength"], name));
                let (of_value, of_values) = largest(name, &schema["additionalProperties"]);
                (bytes, values) = (bytes + count * (name_of + of_value + 2), values + count * of_values);
            }
            (bytes, values)
        }
        Some("string") => (text(length(name, schema)), 1),
        Some("null" | "boolean" | "integer" | "number") => (SCALAR, 1),
        _ => panic!("{name}: {schema}"),
    }
}

fn text(characters: usize) -> usize {
    2 + ESCAPED * characters
}

fn number(value: &Value, name: &str) -> usize {
    value.as_u64().and_then(|it| it.try_into().ok()).unwrap_or_else(|| panic!("{name} has no maximum"))
}

fn length(name: &str, schema: &Value) -> usize {
    if let Some(names) = schema["enum"].as_array() {
        return names.iter().filter_map(Value::as_str).map(str::len).max().unwrap();
    }
    let of_pattern = || schema["pattern"].as_str()?.strip_suffix("}$")?.rsplit_once(',')?.1.parse().ok();
    match (name, schema["format"].as_str()) {
        ("confirm", _) => CONFIRM,
        (_, Some("uuid")) => 36,
        _ => of_pattern().unwrap_or_else(|| number(&schema["maxLength"], name)),
    }
}

#[test]
fn the_largest_body_is_within_the_default_limits_in_its_longest_escaping() {
    let operations = DOCUMENT["paths"].as_object().unwrap().values().flat_map(|it| it.as_object().unwrap());
    let bodies: Vec<_> = operations
        .filter_map(|(_, it)| Some((it["operationId"].as_str()?, it["requestBody"]["content"].as_object()?)))
        .flat_map(|(id, content)| content.values().map(move |it| (id, largest(id, &it["schema"]))))
        .collect();
    assert!(bodies.iter().any(|(_, (bytes, _))| *bytes > 230_000), "the tags of a worker: {bodies:?}");
    for (id, (bytes, values)) in bodies {
        assert!(bytes <= Limits::default().body_bytes, "{id}: {bytes} bytes");
        assert!(2 * values <= MAX_VALUES, "{id}: {values} values");
    }
}
