//! The schemas of request and response bodies. The limits are those of the services; proto/ describes the fields.

mod caller;
mod explanation;
mod health;
mod sign_in;
mod task;
mod traces;
pub(super) mod types;
mod worker;

use serde_json::{Map, Value, json};

use super::{problems, schema};
use types::{
    counter, described, instant, list_of_at_most, nullable, person, response_object, string, such_as,
    trace_id, uuid,
};

/// All schemas of the document, by name.
pub(super) fn schemas() -> Value {
    let mut all = Map::new();
    let of_services = task::schemas().into_iter().chain(worker::schemas()).chain(explanation::schemas());
    let of_services = of_services.chain(traces::schemas()).chain(sign_in::schemas());
    let others = caller::schemas().into_iter().chain(health::schemas()).chain(problems::schemas());
    let document = json!({
        "type": "object", "additionalProperties": true, "description": "A description of the API.",
    });
    for (name, schema) in of_services.chain(others) {
        all.insert(name.to_owned(), schema);
    }
    all.extend(super::events::schemas());
    all.insert("Description".to_owned(), document);
    all.into()
}

fn page(of: &str) -> Value {
    response_object(
        "A page of a list.",
        &json!({
            "items": list_of_at_most(200, "The items of the page.", &schema(of)),
            "next_page_token": nullable(such_as("AZ9f1A", string("Token of the next page; `null` on the last page."))),
        }),
    )
}

/// The schema of the changed members of a task or worker, which has the schema `of`.
fn before(name: &str, mut of: Value) -> Value {
    if let Some(it) = of.as_object_mut() {
        it.remove("required");
    }
    let description =
        format!("The previous values of the members of a {} that a change has changed.", name.to_lowercase());
    described(&description, of)
}

/// An event of the history of a task or worker.
fn event(of: &str) -> Value {
    let name = of.to_lowercase();
    let r#type = json!({
        "type": "string",
        "pattern": format!(r"^{name}\.[a-z.]+$"),
        "description": "What has happened.",
        "examples": [format!("{name}.created")],
    });
    let before =
        format!("The previous values of the changed fields; `null` if the change created the {name}.");
    let after = format!("The {name} after the change; `null` after a deletion.");
    let on_behalf_of = "`sub` of the person on whose behalf a service made the change; `null`: nobody.";
    response_object(
        &format!("One change of a {name}."),
        &json!({
            "id": uuid("Id of the event."),
            "type": r#type,
            "revision": counter(&format!("Revision of the {name} after the change.")),
            "time": instant("When the change was made."),
            "actor": person("`sub` of the token with which the change was made."),
            "on_behalf_of": nullable(person(on_behalf_of)),
            "trace_id": nullable(trace_id("Trace id of the request that made the change.")),
            "before": described(&before, nullable(schema(&format!("{of}Before")))),
            "after": described(&after, nullable(schema(of))),
        }),
    )
}
