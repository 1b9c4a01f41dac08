//! The history of a task or worker as REST shows it: one item per event, with the fields before and the resource after.
//! This file imports no resource; each resource implements [`Recorded`].

use proto::Struct;
use proto::event::v1 as wire;
use proto::event::v1::event::Resource;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use telemetry::propagation::trace_id_of;

use super::{Identified, rfc3339};
use crate::names::UNKNOWN;

/// A resource whose changes are events in the contract.
pub(crate) trait Recorded: Serialize + From<Self::Message> {
    /// The message of the resource in the contract.
    type Message: DeserializeOwned;

    /// The message in an event; `None` if the event is of another resource.
    fn recorded(resource: Resource) -> Option<Self::Message>;

    /// The members of the resource that show a field of the message.
    fn members(field: &str) -> Vec<&str> {
        vec![field]
    }
}

impl Identified for wire::Event {
    const NAME: &'static str = "event";

    /// The resource of the event has one, too.
    fn has_id(&self) -> bool {
        let of_resource = match &self.resource {
            Some(Resource::Task(task)) => task.has_id(),
            Some(Resource::Worker(worker)) => worker.has_id(),
            None => true,
        };
        of_resource && !self.id.is_empty()
    }
}

/// One item of a history: an event of the contract as REST shows it.
#[derive(Serialize)]
pub(crate) struct Change<R> {
    id: String,
    r#type: String,
    revision: i64,
    time: String,
    /// `sub` of the token with which the change was made.
    actor: String,
    /// `sub` of the person on whose behalf a service made the change.
    on_behalf_of: Option<String>,
    /// Trace id of the request that made the change.
    trace_id: Option<String>,
    /// The changed members with their values before; `null` when the change created the resource.
    before: Option<Map<String, Value>>,
    /// The resource after the change; `null` when the change deleted it.
    after: Option<R>,
}

impl<R: Recorded> From<wire::Event> for Change<R> {
    fn from(event: wire::Event) -> Self {
        let after = event.resource.filter(|_| event.scope_after.is_some()).and_then(R::recorded);
        let before = event.changed_before.and_then(before_change::<R>);
        Self {
            trace_id: event.traceparent.as_deref().and_then(trace_id_of),
            time: rfc3339(event.time),
            id: event.id,
            r#type: event.r#type,
            revision: event.revision,
            actor: event.actor,
            on_behalf_of: event.on_behalf_of,
            before,
            after: after.map(R::from),
        }
    }
}

/// The members of the resource that a change has changed, with their values before.
pub(crate) fn before_change<R: Recorded>(changed: Struct) -> Option<Map<String, Value>> {
    match serde_json::to_value(changed) {
        Ok(Value::Object(fields)) => Some(before::<R>(fields)),
        // The JSON of a protobuf `Struct` is an object.
        _ => None,
    }
}

/// The members of the resource that show these fields. They come in the JSON mapping of the contract.
fn before<R: Recorded>(fields: Map<String, Value>) -> Map<String, Value> {
    let mut before = Map::new();
    for (field, mut value) in fields {
        restore_integers(&mut value);
        let members = R::members(&field).into_iter().map(ToOwned::to_owned);
        let message = serde_json::from_value::<R::Message>(Map::from_iter([(field.clone(), value)]).into());
        match message.map(R::from).and_then(serde_json::to_value) {
            Ok(mut resource) => before.extend(members.filter_map(|it| {
                let value = resource.get_mut(&it)?.take();
                Some((it, value))
            })),
            // The value was written by a newer version.
            Err(_) => before.extend(members.map(|it| (it, UNKNOWN.into()))),
        }
    }
    before
}

/// Makes integers of whole numbers: every number of a protobuf `Struct` is a double, which no integer field takes.
fn restore_integers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let whole = number.as_f64().filter(|it| it.fract() == 0.0).map(|it| format!("{it:.0}"));
            if let Some(integer) = whole.and_then(|it| it.parse::<i64>().ok()) {
                *value = integer.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(restore_integers),
        Value::Object(members) => members.values_mut().for_each(restore_integers),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::tasks::Task;
    use crate::api::workers::Worker;

    fn before<R: Recorded>(changed: Value) -> Value {
        let changed_before = Some(serde_json::from_value(changed).unwrap());
        let change = Change::<R>::from(wire::Event { changed_before, ..wire::Event::default() });
        change.before.unwrap().into()
    }

    #[test]
    fn what_a_worker_was_is_told_in_the_words_of_rest() {
        let changed = json!({
            "name": "lab 1",
            "tags": {},
            "provider": "WORKER_PROVIDER_SIMULATED",
            "desired": {
                "state": "WORKER_DESIRED_STATE_STOPPED", "generation": "2", "setBy": "ada", "reason": "night",
                "setAt": "2026-11-22T09:42:56Z",
            },
            "observed": {
                "state": "WORKER_OBSERVED_STATE_SHUTTING_DOWN", "since": "2026-11-22T09:42:57Z", "generation": "1",
                "address": "10.0.0.7",
            },
            "outcome": {
                "generation": "2", "result": "WORKER_OUTCOME_RESULT_FAILED", "time": "2026-11-22T09:42:58Z",
                "reason": "INSUFFICIENT_CAPACITY", "message": "no room",
            },
            "converged_at": null,
        });
        let shown = json!({
            "name": "lab 1",
            "tags": {},
            "provider": "simulated",
            "desired_status": "stopped",
            "desired_reason": "night",
            "desired_by": "ada",
            "desired_at": "2026-11-22T09:42:56.000000Z",
            "generation": 2,
            "status": "shutting_down",
            "status_since": "2026-11-22T09:42:57.000000Z",
            "address": "10.0.0.7",
            "reconciling": false,
            "outcome": {
                "generation": 2, "result": "failed", "time": "2026-11-22T09:42:58.000000Z",
                "reason": "INSUFFICIENT_CAPACITY", "message": "no room",
            },
            "converged_at": null,
        });
        assert_eq!(before::<Worker>(changed), shown);
        let unset = json!({"reconciling": true, "outcome": null});
        assert_eq!(before::<Worker>(json!({"outcome": null})), unset);
    }

    #[test]
    fn what_a_run_was_is_told_in_the_words_of_rest() {
        let changed = json!({
            "run": {
                "number": 1, "attempt": 2, "maxAttempts": 5, "phase": "TASK_PHASE_APPLIED",
                "deadline": "2026-11-22T10:12:57Z", "appliedGeneration": "3",
                "lastError": {"code": "UNAVAILABLE", "message": "down", "retryable": true},
                "attempts": [{"run": 1, "number": 1, "startedAt": "2026-11-22T09:42:57Z", "code": "UNAVAILABLE"}],
            },
            "action": {"verb": "TASK_VERB_STOP", "workerId": "w", "actionSeq": "4", "confirm": "secret"},
        });
        let shown = json!({
            "run": {
                "number": 1, "attempt": 2, "max_attempts": 5, "phase": "applied", "run_after": null,
                "deadline": "2026-11-22T10:12:57.000000Z", "applied_generation": 3,
                "last_error": {"code": "UNAVAILABLE", "message": "down", "retryable": true, "reason": null},
                "attempts": [{
                    "run": 1, "number": 1, "started_at": "2026-11-22T09:42:57.000000Z", "code": "UNAVAILABLE",
                    "message": null, "trace_id": null,
                }],
                "trace_id": null, "ended_at": null,
            },
            "action": {"verb": "stop", "worker_id": "w", "action_seq": 4, "reason": null},
        });
        assert_eq!(before::<Task>(changed), shown);
        let ended = before::<Task>(json!({"run": {"number": 1, "endedAt": "2026-11-22T09:42:57Z"}}));
        assert_eq!(ended["run"]["phase"], Value::Null);
    }

    #[test]
    fn what_a_task_was_is_told_in_the_words_of_rest_and_its_texts_as_they_are() {
        let changed = json!({
            "title": "TASK_STATUS_PENDING",
            "description": "",
            "status": "TASK_STATUS_IN_PROGRESS",
            "priority": "TASK_PRIORITY_HIGH",
            "kind": "TASK_KIND_HUMAN",
            "assignee_id": null,
        });
        let shown = json!({
            "title": "TASK_STATUS_PENDING",
            "description": "",
            "status": "in_progress",
            "priority": "high",
            "kind": "human",
            "assignee_id": null,
        });
        assert_eq!(before::<Task>(changed), shown);
    }

    #[test]
    fn a_value_of_a_newer_version_is_unknown_and_a_field_of_one_is_left_out() {
        let changed = json!({"status": "TASK_STATUS_PAUSED", "colour": "red"});
        assert_eq!(before::<Task>(changed), json!({"status": "unknown"}));
    }
}
