//! The description of the event stream, AsyncAPI 3.0: what asyncapi.json at the crate's root holds and `/api/asyncapi.json`
//! serves. OpenAPI 3.1 cannot say which messages a stream has. The schemas are the same.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::http::{HeaderName, header};
use serde_json::{Map, Value, json};

use super::{around_servers, events, parameters, resources, schema, with_servers};
use crate::public_url::PublicUrl;

static TEXT: LazyLock<String> = LazyLock::new(text);
static AROUND_SERVERS: LazyLock<(String, String)> = LazyLock::new(|| around_servers(document()));

/// The document as indented JSON, the content of asyncapi.json.
#[must_use]
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// Returns the document, with the gateway's URL as proxies have told it. Needs no token.
pub(crate) async fn get(public: PublicUrl) -> ([(HeaderName, &'static str); 1], Cow<'static, str>) {
    let text = public.told().and_then(servers_at).map(|it| with_servers(&AROUND_SERVERS, &it));
    ([(header::CONTENT_TYPE, "application/json")], text.map_or(Cow::Borrowed(TEXT.as_str()), Cow::Owned))
}

static SERVERS: LazyLock<Value> = LazyLock::new(|| document()["servers"].take());

/// The servers of the document for a gateway at a URL.
fn servers_at(url: &str) -> Option<Value> {
    let (protocol, rest) = url.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut servers = SERVERS.clone();
    servers["gateway"]["protocol"] = json!(protocol);
    servers["gateway"]["host"] = json!(host);
    if !path.is_empty() {
        servers["gateway"]["pathname"] = json!(path);
    }
    Some(servers)
}

pub(super) fn document() -> Value {
    let events = events::all();
    let reference = |path: &str, name: &str| json!({"$ref": format!("#/{path}/{name}")});
    let messages: Map<String, Value> = events
        .iter()
        .map(|it| {
            let message = json!({
                "name": it.types[0],
                "title": it.types.join(", "),
                "summary": it.description,
                "payload": schema(it.schema),
            });
            (it.schema.to_owned(), message)
        })
        .collect();
    let of_channel: Map<String, Value> =
        messages.keys().map(|it| (it.clone(), reference("components/messages", it))).collect();
    let of_operation: Vec<Value> =
        messages.keys().map(|it| reference("channels/events/messages", it)).collect();
    let (all, mut schemas) = (resources::schemas(), Map::new());
    for it in &events {
        with_all_within(it.schema, &all, &mut schemas);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Cml Cloud Manager: the event stream",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Changes of tasks and workers as server-sent events. The messages are CloudEvents 1.0; later \
                versions may add types, which clients ignore. docs/stream.md says what is promised.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "gateway": {
                "host": "localhost:8000",
                "protocol": "http",
                "security": [reference("components/securitySchemes", "bearer")],
            },
        },
        "channels": {
            "events": {
                "address": crate::stream::PATH,
                "description": "A response of media type text/event-stream. `event` of a block is `type` of the message, \
                    and `id` of a block is for the header `Last-Event-ID`.",
                "messages": of_channel,
                "servers": [reference("servers", "gateway")],
            },
        },
        "operations": {
            "streamEvents": {
                "action": "send",
                "channel": reference("channels", "events"),
                "summary": "Streams the events that the caller may see",
                "messages": of_operation,
                "bindings": {"http": {"method": "GET", "query": query(), "bindingVersion": "0.3.0"}},
            },
        },
        "components": {
            "messages": messages,
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

/// Adds a schema, and those that it refers to.
fn with_all_within(name: &str, all: &Value, schemas: &mut Map<String, Value>) {
    if schemas.contains_key(name) {
        return;
    }
    schemas.insert(name.to_owned(), all[name].clone());
    let mut left = vec![&all[name]];
    while let Some(it) = left.pop() {
        if let Some(name) = it["$ref"].as_str().and_then(|it| it.strip_prefix("#/components/schemas/")) {
            with_all_within(name, all, schemas);
        }
        left.extend(it.as_object().into_iter().flat_map(Map::values));
        left.extend(it.as_array().into_iter().flatten());
    }
}

/// The query parameters as the members of an object.
fn query() -> Value {
    let members = parameters::of_stream().into_iter().filter(|it| it["in"] == "query").filter_map(|it| {
        let mut schema = it["schema"].clone();
        schema["description"] = it["description"].clone();
        Some((it["name"].as_str()?.to_owned(), schema))
    });
    json!({"type": "object", "properties": members.collect::<Map<_, _>>(), "additionalProperties": false})
}
