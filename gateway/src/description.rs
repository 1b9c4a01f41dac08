//! The description of the API, OpenAPI 3.1: what openapi.json at the crate's root holds and `/api/openapi.json` serves.
//! It uses the constants of the code where possible, and tests compare it with the router, the resources and the
//! reasons of errors.

pub mod asyncapi;
mod events;
mod operations;
mod parameters;
mod problems;
mod resources;

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::Extension;
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use serde_json::{Map, Value, json};

use operations::operations;

use crate::public_url::PublicUrl;
use crate::session::{Sessions, cookies};

/// The server in openapi.json: a gateway on this machine, as `ccm up` runs one.
const SERVER: &str = "http://127.0.0.1:8000";

static TEXT: LazyLock<String> = LazyLock::new(text);
static AROUND_SERVERS: LazyLock<(String, String)> = LazyLock::new(|| around_servers(document()));

/// The document as indented JSON, the content of openapi.json.
#[must_use]
pub fn text() -> String {
    format!("{:#}\n", document())
}

/// Returns the document, with the URL at which the client has reached the gateway as its server. Needs no token.
pub(crate) async fn get(
    public: PublicUrl,
    Extension(sessions): Extension<Sessions>,
    head: Parts,
) -> ([(HeaderName, &'static str); 1], Cow<'static, str>) {
    let url = public.told().map(str::to_owned).or_else(|| sessions.origin(&head).url());
    (
        [(header::CONTENT_TYPE, "application/json")],
        url.map_or(Cow::Borrowed(TEXT.as_str()), |it| text_of(&it).into()),
    )
}

/// The document with this server.
fn text_of(server: &str) -> String {
    with_servers(
        &AROUND_SERVERS,
        &json!([{"url": server, "description": "The gateway that serves this document."}]),
    )
}

/// What stands before and behind the servers of a document.
fn around_servers(mut document: Value) -> (String, String) {
    const MARK: &str = "the servers";
    document["servers"] = json!(MARK);
    let text = format!("{document:#}\n");
    let (before, behind) = text.split_once(&format!("\"{MARK}\"")).unwrap_or((&text, ""));
    (before.to_owned(), behind.to_owned())
}

fn with_servers((before, behind): &(String, String), servers: &Value) -> String {
    format!("{before}{servers}{behind}")
}

fn document() -> Value {
    let (schemas, mut paths) = (resources::schemas(), Map::new());
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.to_lowercase()] = operation.describe(&schemas);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Cml Cloud Manager",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A fleet of cloud workers and the tasks run against them. Every path is also served with a \
                trailing slash. Errors are problem details (RFC 9457); their `type` names the reason.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": SERVER, "description": "The gateway that serves this document."}],
        "security": [{"bearer": []}, {"session": []}],
        "tags": [
            {"name": "tasks", "description": "Pieces of work."},
            {"name": "workers", "description": "Machines of the fleet."},
            {"name": "events", "description": "Changes of tasks and workers as they happen."},
            {"name": "traces", "description": "Traces that `ccm up` keeps when there is no collector."},
            {"name": "caller", "description": "The caller of the API."},
            {"name": "page", "description": "What the page in the browser reports."},
            {"name": "health", "description": "Health of the processes."},
            {"name": "description", "description": "This document."},
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token of the configured issuer, or of `ccm token` when none is configured.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookies::NAMES[0],
                    "description": "A token as `POST /api/session` has made a cookie of it; a large one goes on in \
                        `ccm_session.1` and further cookies. A request with an `Authorization` header ignores it. A \
                        request other than GET needs `Sec-Fetch-Site: same-origin` or the `Origin` of the gateway, as \
                        browsers send them.",
                },
            },
            "examples": problems::examples(),
            "headers": parameters::response_headers(),
            "parameters": parameters::components(),
            "schemas": schemas,
        },
    })
}

/// The names of all query parameters, for a test.
#[cfg(test)]
pub(crate) fn query_parameters() -> std::collections::BTreeSet<String> {
    let components = parameters::components();
    let shared = components.as_object().into_iter().flat_map(|it| it.values().cloned());
    let all = shared.chain(parameters::of_tasks()).chain(parameters::of_workers());
    let all = all.chain(parameters::of_readiness()).chain(parameters::of_stream());
    let all = all.chain(parameters::of_traces());
    all.filter(|it| it["in"] == "query").filter_map(|it| it["name"].as_str().map(ToOwned::to_owned)).collect()
}

/// The names of all headers of responses, in lower case, for a test.
#[cfg(test)]
pub(crate) fn response_headers() -> Vec<String> {
    let described = parameters::response_headers();
    described.keys().map(|it| it.to_lowercase()).collect()
}

/// A `$ref` to the component `name` of that kind.
fn component(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

fn schema(name: &str) -> Value {
    component("schemas", name)
}

#[cfg(test)]
mod tests;
