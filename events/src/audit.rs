//! What the audit log says of an event: who, on whose behalf, what, and the changed fields before and after.

use serde_json::{Map, Value};
use telemetry::audit::{Change, Who};

use crate::NewEvent;

/// The audit line of an event; `None` for a change that nobody has asked for.
pub(super) fn line(event: &NewEvent) -> Option<Change> {
    let roles = event.roles.as_ref()?;
    let who = Who {
        sub: event.actor.as_str().into(),
        roles: roles.iter().map(Into::into).collect(),
        on_behalf_of: event.on_behalf_of.clone(),
    };
    let (nothing, resource) = (Map::new(), event.resource.as_object().cloned().unwrap_or_default());
    let changed_before = event.changed_before.as_ref().and_then(Value::as_object);
    let (changed, before, after): (Vec<String>, _, _) = match (event.before.is_some(), event.after.is_some())
    {
        (true, true) => {
            let before = changed_before.cloned().unwrap_or_default();
            let is_changed = |(name, _): &(String, Value)| before.contains_key(name);
            let after = resource.into_iter().filter(is_changed).collect();
            (before.keys().cloned().collect(), before, after)
        }
        (true, false) => (Vec::new(), resource, nothing),
        (false, _) => (resource.keys().cloned().collect(), nothing, resource),
    };
    Some(Change {
        who,
        event_type: event.kind,
        event_id: event.id.to_string(),
        subject_kind: event.subject_kind.name,
        subject_id: event.subject_id.to_string(),
        revision: event.revision,
        changed,
        before: shown(&before, event.subject_kind.audited),
        after: shown(&after, event.subject_kind.audited),
    })
}

/// The audited fields of a resource.
fn shown(resource: &Map<String, Value>, audited: &[&str]) -> Map<String, Value> {
    let mut shown = Map::new();
    for path in audited {
        match path.split_once('.') {
            None => shown.extend(resource.get(*path).map(|it| ((*path).to_owned(), it.clone()))),
            Some((field, inner)) => {
                let value = resource.get(field).and_then(|it| it.get(inner));
                let Some(value) = value else { continue };
                let fields = shown.entry(field).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(fields) = fields {
                    fields.insert(inner.to_owned(), value.clone());
                }
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_audited_fields_are_shown_and_a_field_of_a_field_stays_in_it() {
        let resource =
            json!({"status": "DONE", "title": "secret", "action": {"verb": "STOP", "reason": "secret"}});
        let shown = shown(resource.as_object().unwrap(), &["status", "priority", "action.verb", "run.phase"]);
        assert_eq!(Value::Object(shown), json!({"status": "DONE", "action": {"verb": "STOP"}}));
    }
}
