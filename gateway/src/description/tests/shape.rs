//! Holds the documents to what generators of clients and Swagger UI can do with them.

use super::*;

/// Each schema of the document that is not within another one, and each within: its place, itself, and whether a component
/// names it.
fn all_schemas(document: &Value) -> Vec<(String, Value, bool)> {
    let mut left = vec![(String::new(), document.clone())];
    let mut all = Vec::new();
    while let Some((place, it)) = left.pop() {
        let in_components = place.strip_prefix("/components/schemas/");
        let is_named = in_components.is_some_and(|it| !it.contains('/'));
        if is_schema(&it) && !place.contains("/x-") {
            all.push((place.clone(), it.clone(), is_named));
        }
        match it {
            Value::Object(members) => {
                left.extend(members.into_iter().map(|(name, it)| (format!("{place}/{name}"), it)));
            }
            Value::Array(items) => {
                left.extend(items.into_iter().enumerate().map(|(i, it)| (format!("{place}/{i}"), it)));
            }
            _ => {}
        }
    }
    all
}

fn is_schema(it: &Value) -> bool {
    ["type", "enum", "const", "anyOf", "oneOf", "allOf"].iter().any(|name| !it[name].is_null())
}

/// Which parts of the document generators of clients stumble over; tests/openapi/clients tells of two of them.
#[test]
fn schemas_are_as_generators_of_clients_take_them() {
    for (name, document) in [("openapi.json", &*DOCUMENT), ("asyncapi.json", &asyncapi::document())] {
        let all = all_schemas(document);
        assert!(all.len() > 100, "{name}");
        for (place, schema, is_named) in all {
            // A security scheme has a `type`, too, and an example of a problem; what a `not` has is no type.
            let is_other =
                ["/securitySchemes/", "/examples/", "/not", "/bindings/"].iter().any(|it| place.contains(it));
            // A member may have the name `type`, or `properties`.
            if is_other || place.ends_with("/properties") || place.ends_with("/mapping") {
                continue;
            }
            let r#type = &schema["type"];
            assert!(r#type.is_null() || r#type.is_string(), "{name}: {place}: a list of types");
            assert!(is_named || schema["enum"].is_null(), "{name}: {place}: an enum without a name");
            assert!(is_named || schema["properties"].is_null(), "{name}: {place}: an object without a name");
            let is_typed = r#type.is_string() || schema["enum"].is_null() && schema["const"].is_null();
            assert!(is_typed, "{name}: {place}: values without a type");
            let has_alternatives = schema["anyOf"].is_array() || schema["oneOf"].is_array();
            assert!(
                !has_alternatives || schema["properties"].is_null(),
                "{name}: {place}: members and alternatives"
            );
        }
    }
}

#[test]
fn everything_is_described() {
    let components = &DOCUMENT["components"];
    let of = |kind: &str| components[kind].as_object().unwrap();
    let schemas = of("schemas").iter();
    let members = schemas.flat_map(|(name, it)| {
        let members = it["properties"].as_object().into_iter().flatten();
        members.map(move |(member, it)| (format!("{name}: {member}"), it))
    });
    let named = ["schemas", "parameters", "headers"].into_iter().flat_map(of);
    let mut all: Vec<(String, &Value)> = members.chain(named.map(|(name, it)| (name.clone(), it))).collect();
    for (path, operations) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{place}");
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            // Those that a component is referred to for are described there.
            let is_own = |it: &&Value| !it["$ref"].is_string();
            all.extend(parameters.filter(is_own).map(|it| (place.clone(), it)));
            for response in operation["responses"].as_object().unwrap().values() {
                let headers = response["headers"].as_object().unwrap().values().filter(is_own);
                all.extend(headers.chain([response]).map(|it| (place.clone(), it)));
            }
            all.extend(operation.get("requestBody").map(|it| (place.clone(), it)));
            all.push((place, operation));
        }
    }
    for (place, it) in all {
        assert!(it["description"].as_str().is_some_and(|it| it.len() > 3), "{place} is not described");
    }
}

/// Swagger UI makes a text of the pattern where a schema has no example.
#[test]
fn what_has_a_pattern_or_a_format_has_an_example() {
    // What may be `null` has its example beside the two.
    let has = |place: &str, schema: &Value| {
        let around = place.rsplit_once("/anyOf/").and_then(|(it, _)| DOCUMENT.pointer(it));
        [Some(schema), around].into_iter().flatten().any(|it| it["examples"].is_array())
    };
    for (place, schema, _) in all_schemas(&DOCUMENT) {
        let is_made_up =
            schema["pattern"].is_string() || schema["format"] == "uuid" || schema["format"] == "date-time";
        if is_made_up && place.starts_with("/components/") && !place.contains("/examples/") {
            assert!(has(&place, &schema), "{place} has no example");
        }
    }
}
