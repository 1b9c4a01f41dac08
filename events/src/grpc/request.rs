//! The validated form of a WatchEvents request.

use std::collections::HashSet;

use platform::violation::{Violation, Violations};
use proto::TypePattern;
use proto::event::v1::{EventCursor, SnapshotCursor, SubjectKind, WatchEventsRequest, WatchStart};
use uuid::Uuid;

use super::ListKey;

const MAX_TYPES: usize = 50;
const MAX_SUBJECTS: usize = 200;

/// A valid WatchEvents request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WatchQuery {
    pub(super) start: Start,
    pub(super) types: Vec<TypePattern>,
    /// Ids of the subjects to watch; empty: all subjects.
    pub(super) subjects: HashSet<Uuid>,
    /// Position of the last event; `None`: the stream has no end.
    pub(super) until: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Now,
    Earliest,
    Snapshot,
    After {
        log_id: Uuid,
        position: i64,
    },
    /// In a snapshot after the subject with this key (`None`: before the first one of this kind), whose events are complete
    /// up to this position.
    WithinSnapshot {
        log_id: Uuid,
        position: i64,
        kind: SubjectKind,
        after: Option<ListKey>,
    },
}

impl WatchQuery {
    /// Validates a request; the error lists every invalid field.
    pub(super) fn of(request: &WatchEventsRequest) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::default();
        let start = start(request, &mut violations);
        if request.event_types.len() > MAX_TYPES {
            violations.add("event_types", format!("must have at most {MAX_TYPES} entries"));
        }
        if request.subject_ids.len() > MAX_SUBJECTS {
            violations.add("subject_ids", format!("must have at most {MAX_SUBJECTS} entries"));
        }
        let mut types = Vec::new();
        for (index, text) in request.event_types.iter().enumerate().take(MAX_TYPES) {
            match TypePattern::parse(text) {
                Some(pattern) => types.push(pattern),
                None => violations.add(
                    format!("event_types[{index}]"),
                    "must be a type like task.created or a pattern like task.*",
                ),
            }
        }
        let mut subjects = HashSet::new();
        for (index, text) in request.subject_ids.iter().enumerate().take(MAX_SUBJECTS) {
            match Uuid::try_parse(text) {
                Ok(id) => drop(subjects.insert(id)),
                Err(_) => violations.add(format!("subject_ids[{index}]"), "must be a UUID"),
            }
        }
        if violations.is_empty() {
            Ok(Self { start, types, subjects, until: request.until })
        } else {
            Err(violations.into_vec())
        }
    }
}

fn start(request: &WatchEventsRequest, violations: &mut Violations) -> Start {
    let Ok(start) = WatchStart::try_from(request.start) else {
        violations.add("start", "must be one of now, earliest, snapshot, or unset");
        return Start::Now;
    };
    if let Some(within) = &request.snapshot_after {
        let others = [
            ("start", start != WatchStart::Unspecified),
            ("after", request.after.is_some()),
            ("until", request.until.is_some()),
        ];
        for (field, _) in others.into_iter().filter(|it| it.1) {
            violations.add(field, "must not be combined with snapshot_after");
        }
        return within_snapshot(within, !request.subject_ids.is_empty(), violations);
    }
    if request.until.is_some() && start == WatchStart::Snapshot {
        violations.add("until", "must not be combined with a snapshot");
    }
    let Some(after) = &request.after else {
        return match start {
            WatchStart::Unspecified | WatchStart::Now => Start::Now,
            WatchStart::Earliest => Start::Earliest,
            WatchStart::Snapshot => Start::Snapshot,
        };
    };
    if start != WatchStart::Unspecified {
        violations.add("start", "must not be combined with after");
    }
    let (log_id, position) = point("after", after, violations);
    Start::After { log_id, position }
}

fn point(field: &str, cursor: &EventCursor, violations: &mut Violations) -> (Uuid, i64) {
    if cursor.position < 0 {
        violations.add(format!("{field}.position"), "must not be negative");
    }
    let log_id = Uuid::try_parse(&cursor.log_id).unwrap_or_else(|_| {
        violations.add(format!("{field}.log_id"), "must be the id of an event log, a UUID");
        Uuid::nil()
    });
    (log_id, cursor.position)
}

fn within_snapshot(within: &SnapshotCursor, named: bool, violations: &mut Violations) -> Start {
    let cursor = within.cursor.clone().unwrap_or_default();
    let (log_id, position) = point("snapshot_after.cursor", &cursor, violations);
    let id = Uuid::try_parse(&within.subject_id).unwrap_or_else(|_| {
        violations.add("snapshot_after.subject_id", "must be a UUID");
        Uuid::nil()
    });
    let after = match &within.created_at {
        Some(_) if named => Some((0, id)),
        at => at.as_ref().map(|at| (proto::micros(at), id)),
    };
    let kind = SubjectKind::try_from(within.subject_kind).unwrap_or_default();
    Start::WithinSnapshot { log_id, position, kind, after }
}

#[cfg(test)]
mod tests {
    use proto::event::v1::EventCursor;

    use super::*;

    fn fields(request: &WatchEventsRequest) -> Vec<String> {
        WatchQuery::of(request).unwrap_err().into_iter().map(|it| it.field).collect()
    }

    #[test]
    fn every_bad_field_is_named() {
        let request = WatchEventsRequest {
            start: 1,
            after: Some(EventCursor { log_id: "x".to_owned(), position: -1 }),
            event_types: ["task.created", "task.*", "*", "Task.created", "task..x", ""]
                .map(Into::into)
                .to_vec(),
            subject_ids: vec!["1".to_owned()],
            ..WatchEventsRequest::default()
        };
        let expected = ["start", "after.position", "after.log_id"];
        let types = ["event_types[2]", "event_types[3]", "event_types[4]", "event_types[5]"];
        assert_eq!(fields(&request), [&expected[..], &types, &["subject_ids[0]"]].concat());
        assert_eq!(fields(&WatchEventsRequest { start: 9, ..WatchEventsRequest::default() }), ["start"]);
    }

    #[test]
    fn lists_have_a_maximum_length() {
        let many = |count, text: &str| vec![text.to_owned(); count];
        let request = WatchEventsRequest {
            event_types: many(51, "task.*"),
            subject_ids: many(201, "00000000-0000-0000-0000-000000000000"),
            ..WatchEventsRequest::default()
        };
        assert_eq!(fields(&request), ["event_types", "subject_ids"]);
    }
}
