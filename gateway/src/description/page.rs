//! `/api/docs`: the description as a page for people. Written here, as HTML without a script, it loads its own style sheet
//! and nothing else, whatever the browser would let it.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::{HeaderName, header};
use serde_json::Value;

use super::document;

const STYLE: &str = include_str!("page.css");
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static PAGE: LazyLock<String> = LazyLock::new(|| page(&document()));

type Headers = [(HeaderName, &'static str); 3];

fn headers(content_type: &'static str) -> Headers {
    [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ]
}

/// Answers the page; no token is needed.
pub(crate) async fn get() -> (Headers, &'static str) {
    (headers("text/html; charset=utf-8"), &PAGE)
}

/// Answers its style sheet.
pub(crate) async fn style() -> (Headers, &'static str) {
    (headers("text/css; charset=utf-8"), STYLE)
}

fn page(document: &Value) -> String {
    let mut html = String::from("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">");
    let title = text(&document["info"]["title"]);
    let _ = write!(html, "<title>{title}: the API</title><link rel=\"stylesheet\" href=\"/api/docs.css\">");
    let _ = write!(html, "<h1>{title}</h1><p>{}", text(&document["info"]["description"]));
    html.push_str("<p>The same for programs: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1).");
    html.push_str("<h2>Operations</h2>");
    for (path, methods) in members(&document["paths"]) {
        for (method, operation) in members(methods) {
            write_operation(&mut html, document, method, path, operation);
        }
    }
    html.push_str("<h2>Bodies</h2>");
    for (name, schema) in members(&document["components"]["schemas"]) {
        let _ = write!(html, "<h3 id=\"{name}\">{name}</h3><p>{}", text(&schema["description"]));
        write_members(&mut html, schema);
    }
    html
}

fn write_operation(html: &mut String, document: &Value, method: &str, path: &str, operation: &Value) {
    let method = method.to_uppercase();
    let _ = write!(html, "<h3 id=\"{}\"><code>{method} {path}</code></h3>", text(&operation["operationId"]));
    let _ = write!(html, "<p>{}.", text(&operation["summary"]));
    let is_public = operation["security"].as_array().is_some_and(Vec::is_empty);
    html.push_str(if is_public { " For everybody." } else { " Needs a bearer token." });
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        html.push_str("<table><tr><th>Parameter<th>In<th>What it says<th>Values");
        for parameter in parameters {
            let it = resolve(document, parameter);
            let (name, place) = (text(&it["name"]), text(&it["in"]));
            let (what, values) = (text(&it["description"]), values(&it["schema"]));
            let _ = write!(html, "<tr><td><code>{name}</code><td>{place}<td>{what}<td>{values}");
        }
        html.push_str("</table>");
    }
    for (media_type, content) in members(&operation["requestBody"]["content"]) {
        let _ = write!(html, "<p>Takes {} as <code>{media_type}</code>.", values(&content["schema"]));
    }
    html.push_str("<table><tr><th>Status<th>What it means<th>Body");
    for (status, response) in members(&operation["responses"]) {
        let bodies: Vec<String> = members(&response["content"]).map(|it| values(&it.1["schema"])).collect();
        let (what, bodies) = (text(&response["description"]), bodies.join(", "));
        let _ = write!(html, "<tr><td>{status}<td>{what}<td>{bodies}");
    }
    html.push_str("</table>");
}

fn write_members(html: &mut String, schema: &Value) {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    html.push_str("<table><tr><th>Member<th>Values<th>What it says");
    for (name, member) in members(&schema["properties"]) {
        let needed = if required.iter().any(|it| it == name) { "" } else { " (optional)" };
        let (values, what) = (values(member), text(&member["description"]));
        let _ = write!(html, "<tr><td><code>{name}</code>{needed}<td>{values}<td>{what}");
    }
    html.push_str("</table>");
}

/// What a schema allows, in a few words.
fn values(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    for several in ["allOf", "anyOf"] {
        if let Some(first) = schema[several].as_array().and_then(|it| it.first()) {
            return values(first);
        }
    }
    if let Some(choices) = schema["enum"].as_array() {
        return choices.iter().map(plain).collect::<Vec<_>>().join(" · ");
    }
    let mut words: Vec<String> = match &schema["type"] {
        Value::Array(types) => types.iter().map(plain).collect(),
        Value::Null => vec![plain(&schema["const"])],
        one => vec![plain(one)],
    };
    if schema["type"] == "array" {
        words.push(format!("of {}", values(&schema["items"])));
    }
    let limits = [("format", ""), ("minimum", "from "), ("maximum", "to "), ("maxLength", "at most ")];
    for (name, before) in limits {
        if !schema[name].is_null() {
            words.push(format!("{before}{}", plain(&schema[name])));
        }
    }
    words.join(", ")
}

fn resolve<'a>(document: &'a Value, it: &'a Value) -> &'a Value {
    let pointer = it["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    pointer.and_then(|it| document.pointer(it)).unwrap_or(it)
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| escaped(&value.to_string()), escaped)
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_on_the_page_and_nothing_is_loaded_but_its_style() {
        let html = page(&document());
        for operation in super::super::operations() {
            let heading = format!("{} {}", operation.method, operation.path);
            assert!(html.contains(&heading), "{heading}");
        }
        let loaded: Vec<&str> =
            html.split("href=\"").skip(1).map(|it| it.split('"').next().unwrap()).collect();
        let outside = |it: &&str| !it.starts_with('#') && !it.starts_with("/api/");
        assert_eq!(loaded.into_iter().find(outside), None);
        for word in ["src=", "<script", "style=", "@import", "url(", "http:", "https:"] {
            assert!(!html.contains(word) && !STYLE.contains(word), "{word}");
        }
    }

    #[test]
    fn what_the_document_says_is_text_on_the_page() {
        assert_eq!(escaped("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;>&amp;");
    }
}
