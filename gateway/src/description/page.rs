//! `/api/docs`: the OpenAPI document as an HTML page, without scripts. Its content security policy allows its own style
//! sheet and nothing else.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Extension;
use axum::http::{HeaderName, header};
use serde_json::Value;

use super::document;
use crate::web::security::Row;

const STYLE: &str = include_str!("page.css");

static PAGE: LazyLock<String> = LazyLock::new(|| page(&document()));

type Headers = (Extension<Row>, [(HeaderName, &'static str); 1]);

fn headers(row: Row, content_type: &'static str) -> Headers {
    (Extension(row), [(header::CONTENT_TYPE, content_type)])
}

/// Returns the page. Needs no token.
pub(crate) async fn get() -> (Headers, &'static str) {
    (headers(Row::Viewer, "text/html; charset=utf-8"), &PAGE)
}

/// Returns the style sheet of the page. Needs no token.
pub(crate) async fn style() -> (Headers, &'static str) {
    (headers(Row::Asset, "text/css; charset=utf-8"), STYLE)
}

fn page(document: &Value) -> String {
    let mut html = String::from("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">");
    let title = text(&document["info"]["title"]);
    let _ = write!(html, "<title>{title}: the API</title><link rel=\"stylesheet\" href=\"/api/docs.css\">");
    let _ = write!(html, "<h1>{title}</h1><p>{}", text(&document["info"]["description"]));
    html.push_str("<p>As JSON: <a href=\"/api/openapi.json\">openapi.json</a> (OpenAPI 3.1), <a href=\"/api/asyncapi.json\">asyncapi.json</a> (AsyncAPI 3.0) \
         for the event stream.");
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    html.push_str("<nav>");
    for tag in tags {
        let _ = write!(html, "<h2>{}</h2><ul>", text(&tag["name"]));
        for it in tagged(document, tag) {
            let (id, what) = (text(&it.operation["operationId"]), text(&it.operation["summary"]));
            let _ = write!(html, "<li><a href=\"#{id}\"><code>{} {}</code></a> {what}", it.method, it.path);
        }
        html.push_str("</ul>");
    }
    html.push_str("</nav>");
    for tag in tags {
        let _ = write!(html, "<h2>{}</h2><p>{}", text(&tag["name"]), text(&tag["description"]));
        for it in tagged(document, tag) {
            write_operation(&mut html, document, &it);
        }
    }
    html.push_str("<h2>Schemas</h2>");
    for (name, schema) in members(&document["components"]["schemas"]) {
        let _ = write!(html, "<h3 id=\"{name}\">{name}</h3><p>{}", text(&schema["description"]));
        write_members(&mut html, schema);
    }
    html
}

/// An operation of the document with its method and path.
struct Entry<'a> {
    method: String,
    path: &'a str,
    operation: &'a Value,
}

/// The operations with a tag, sorted by path, then by method.
fn tagged<'a>(document: &'a Value, tag: &Value) -> Vec<Entry<'a>> {
    const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];
    let mut entries = Vec::new();
    for (path, methods) in members(&document["paths"]) {
        for method in METHODS {
            let operation = &methods[method];
            if operation["tags"][0] == tag["name"] && !operation.is_null() {
                entries.push(Entry { method: method.to_uppercase(), path, operation });
            }
        }
    }
    entries
}

fn write_operation(html: &mut String, document: &Value, Entry { method, path, operation }: &Entry<'_>) {
    let _ = write!(html, "<h3 id=\"{}\"><code>{method} {path}</code></h3>", text(&operation["operationId"]));
    let _ = write!(html, "<p>{}.", text(&operation["summary"]));
    let is_public = operation["security"].as_array().is_some_and(Vec::is_empty);
    html.push_str(if is_public { " Public." } else { " Needs a bearer token." });
    let _ = write!(html, "<pre>{}</pre>", escaped(&command(document, method, path, operation, is_public)));
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        html.push_str("<table><tr><th>Parameter<th>In<th>Description<th>Values");
        for parameter in parameters {
            let it = resolve(document, parameter);
            let (name, location) = (text(&it["name"]), text(&it["in"]));
            let (what, values) = (text(&it["description"]), values(&it["schema"]));
            let _ = write!(html, "<tr><td><code>{name}</code><td>{location}<td>{what}<td>{values}");
        }
        html.push_str("</table>");
    }
    for (media_type, content) in members(&operation["requestBody"]["content"]) {
        let _ = write!(html, "<p>Takes {} as <code>{media_type}</code>.", values(&content["schema"]));
    }
    let responses: Vec<_> = members(&operation["responses"]).collect();
    let (failures, answers): (Vec<_>, Vec<_>) = responses.into_iter().partition(|it| it.0.as_str() >= "4");
    write_responses(html, &answers);
    html.push_str("<details><summary>Errors</summary>");
    write_responses(html, &failures);
    html.push_str("</details>");
}

fn write_responses(html: &mut String, responses: &[(&String, &Value)]) {
    html.push_str("<table><tr><th>Status<th>Description<th>Body");
    for (status, response) in responses {
        let bodies: Vec<String> = members(&response["content"]).map(|it| values(&it.1["schema"])).collect();
        let (what, bodies) = (text(&response["description"]), bodies.join(", "));
        let _ = write!(html, "<tr><td>{status}<td>{what}<td>{bodies}");
    }
    html.push_str("</table>");
}

/// A curl command for the operation, with the first example of its body.
fn command(document: &Value, method: &str, path: &str, operation: &Value, is_public: bool) -> String {
    let mut command = match method {
        "GET" if !operation["responses"]["200"]["content"]["text/event-stream"].is_null() => {
            format!("curl -N localhost:8000{path}")
        }
        "GET" => format!("curl localhost:8000{path}"),
        other => format!("curl -X {other} localhost:8000{path}"),
    };
    if !is_public {
        command.push_str(" -H \"Authorization: Bearer $TOKEN\"");
    }
    if let Some((media_type, content)) = members(&operation["requestBody"]["content"]).next() {
        let example = &resolve(document, &content["schema"])["examples"][0];
        let _ = write!(command, " \\\n  -H \"Content-Type: {media_type}\" -d '{example}'");
    }
    command
}

fn write_members(html: &mut String, schema: &Value) {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    html.push_str("<table><tr><th>Member<th>Values<th>Description");
    for (name, member) in members(&schema["properties"]) {
        let needed = if required.iter().any(|it| it == name) { "" } else { " (optional)" };
        let (values, what) = (values(member), text(&member["description"]));
        let _ = write!(html, "<tr><td><code>{name}</code>{needed}<td>{values}<td>{what}");
    }
    html.push_str("</table>");
}

/// The values that a schema allows, in a few words.
fn values(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    for several in ["allOf", "anyOf", "oneOf"] {
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

/// The text as HTML, with the parts between backquotes as code.
fn text(value: &Value) -> String {
    let escaped = escaped(value.as_str().unwrap_or_default());
    let parts = escaped.split('`').enumerate();
    parts
        .map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_operation_and_loads_nothing_but_its_style_sheet() {
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
    fn every_command_with_a_body_has_an_example() {
        let html = page(&document());
        assert!(html.contains("-d '{&quot;priority&quot;:&quot;high&quot;"), "an example of each body");
        assert!(!html.contains("-d 'null'"), "every body has an example");
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;>&amp;");
    }
}
