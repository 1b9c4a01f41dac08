//! What one watcher is told of an event.

use std::collections::HashSet;

use access::Visibility;
use proto::event::v1::WatchRemoved;
use proto::event::v1::watch_events_response::Item;

use super::request::Asked;
use crate::{Recorded, SubjectKind};

/// What exists for a watcher, by the name of its kind.
pub(super) struct Seen(pub(super) Vec<(&'static str, Visibility)>);

impl Seen {
    /// What of a kind exists for the watcher; `None` for a kind that the service does not have.
    pub(super) fn of(&self, kind: &SubjectKind) -> Option<Visibility> {
        self.0.iter().find(|(name, _)| *name == kind.name).map(|it| it.1.clone())
    }
}

/// Which events a watcher is told of, and how much.
pub(super) struct Filter {
    pub(super) seen: Seen,
    pub(super) asked: Asked,
    /// `seq` of events whose changes were in the snapshot.
    pub(super) told_already: HashSet<i64>,
}

impl Filter {
    /// What there is to tell. Before a subject comes into view, nothing of it is told: its first event has neither the
    /// fields from before nor who saw it then.
    pub(super) fn tells(&mut self, recorded: &Recorded) -> Option<Item> {
        if !self.told_already.is_empty() && self.told_already.remove(&recorded.seq) {
            return None;
        }
        if !self.asked.subjects.is_empty() && !self.asked.subjects.contains(&recorded.subject_id) {
            return None;
        }
        let seen = self.seen.of(recorded.kind)?;
        if recorded.is_told_to(&seen) {
            if !self.matches(&recorded.event.r#type) {
                return None;
            }
            let mut event = recorded.event.clone();
            if !recorded.was_seen_by(&seen) && seen != Visibility::All {
                event.scope_before = None;
                event.changed_before = None;
            }
            return Some(Item::Event(event));
        }
        let goes = recorded.was_seen_by(&seen) && self.matches(recorded.kind.removed);
        goes.then(|| {
            Item::Removed(WatchRemoved {
                subject_kind: recorded.kind.wire.into(),
                subject_id: recorded.event.subject_id.clone(),
                position: recorded.position,
            })
        })
    }

    fn matches(&self, kind: &str) -> bool {
        self.asked.types.is_empty() || self.asked.types.iter().any(|it| it.matches(kind))
    }
}

#[cfg(test)]
mod tests {
    use access::Scope;
    use proto::event::v1::{self as wire, WatchEventsRequest};
    use uuid::Uuid;

    use super::*;
    use crate::conformance::TASK;

    /// Of a task that is assigned to one and then to the other; `None`: it is not there.
    fn event(before: Option<&str>, after: Option<&str>) -> Recorded {
        let of = |it: &str| Scope { assignee_id: Some(it.to_owned()), ..Scope::default() };
        let (before, after) = (before.map(of), after.map(of));
        let event = wire::Event {
            r#type: "task.updated".to_owned(),
            subject_kind: wire::SubjectKind::Task.into(),
            scope_before: Some(wire::Scope::default()),
            changed_before: Some(pbjson_types::Struct::default()),
            ..wire::Event::default()
        };
        let (seq, position, subject_id, revision) = (7, 3, Uuid::nil(), 2);
        Recorded { seq, kind: &TASK, position, subject_id, revision, before, after, event }
    }

    fn ada(change: impl FnOnce(&mut WatchEventsRequest)) -> Filter {
        let mut request = WatchEventsRequest::default();
        change(&mut request);
        let seen = Visibility::Restricted { person: "ada".to_owned(), department: None };
        Filter {
            seen: Seen(vec![(TASK.name, seen)]),
            asked: Asked::of(&request).unwrap(),
            told_already: HashSet::new(),
        }
    }

    #[test]
    fn who_sees_a_subject_before_and_after_is_told_everything() {
        let Some(Item::Event(told)) = ada(|_| {}).tells(&event(Some("ada"), Some("ada"))) else { panic!() };
        assert!(told.changed_before.is_some() && told.scope_before.is_some());
    }

    #[test]
    fn a_subject_that_comes_into_view_tells_nothing_of_the_time_before() {
        let Some(Item::Event(told)) = ada(|_| {}).tells(&event(Some("bob"), Some("ada"))) else { panic!() };
        assert_eq!((told.changed_before, told.scope_before), (None, None));
    }

    #[test]
    fn a_subject_that_goes_out_of_view_is_removed_by_its_id_alone() {
        let Some(Item::Removed(told)) = ada(|_| {}).tells(&event(Some("ada"), Some("bob"))) else { panic!() };
        assert_eq!(told.position, 3);
        assert!(
            ada(|it| it.event_types = vec!["task.updated".into()])
                .tells(&event(Some("ada"), Some("bob")))
                .is_none()
        );
        assert!(
            ada(|it| it.event_types = vec!["task.removed".into()])
                .tells(&event(Some("ada"), Some("bob")))
                .is_some()
        );
    }

    #[test]
    fn a_subject_that_is_deleted_is_told_to_who_saw_it() {
        assert!(matches!(ada(|_| {}).tells(&event(Some("ada"), None)), Some(Item::Event(_))));
        assert!(ada(|_| {}).tells(&event(Some("bob"), None)).is_none());
    }

    #[test]
    fn what_was_never_seen_is_not_told() {
        assert!(ada(|_| {}).tells(&event(Some("bob"), Some("eve"))).is_none());
    }

    #[test]
    fn an_event_that_the_snapshot_has_is_told_no_more() {
        let mut filter = ada(|_| {});
        filter.told_already.insert(7);
        assert!(filter.tells(&event(Some("ada"), Some("ada"))).is_none());
        assert!(filter.tells(&event(Some("ada"), Some("ada"))).is_some());
    }

    #[test]
    fn other_subjects_and_other_types_are_left_out() {
        let other = Uuid::max().to_string();
        assert!(ada(|it| it.subject_ids = vec![other]).tells(&event(None, Some("ada"))).is_none());
        assert!(
            ada(|it| it.subject_ids = vec![Uuid::nil().to_string()])
                .tells(&event(None, Some("ada")))
                .is_some()
        );
        assert!(
            ada(|it| it.event_types = vec!["task.created".into()]).tells(&event(None, Some("ada"))).is_none()
        );
    }
}
