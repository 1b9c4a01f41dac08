//! Decides which message one subscriber receives for an event.

use std::collections::HashSet;

use access::Visibility;
use proto::event::v1::WatchRemoved;
use proto::event::v1::watch_events_response::Item;

use super::request::WatchQuery;
use crate::{Recorded, SubjectKind};

/// What a subscriber may see of each kind of subject, by the name of the kind.
pub(super) struct VisibilityByKind(pub(super) Vec<(&'static str, Visibility)>);

impl VisibilityByKind {
    /// Returns what the subscriber may see of a kind; `None` for a kind that the service does not have.
    pub(super) fn of(&self, kind: &SubjectKind) -> Option<Visibility> {
        self.0.iter().find(|(name, _)| *name == kind.name).map(|it| it.1.clone())
    }
}

/// Which events a subscriber receives, and which of their fields.
pub(super) struct Filter {
    pub(super) visibility: VisibilityByKind,
    pub(super) query: WatchQuery,
    /// `seq` of events whose changes the snapshot already included.
    pub(super) in_snapshot: HashSet<i64>,
}

impl Filter {
    /// Returns the message for an event; `None` if the subscriber receives none. The event with which a subject becomes
    /// visible contains neither `changed_before` nor `scope_before`.
    pub(super) fn item_for(&mut self, recorded: &Recorded) -> Option<Item> {
        if !self.in_snapshot.is_empty() && self.in_snapshot.remove(&recorded.seq) {
            return None;
        }
        if !self.query.subjects.is_empty() && !self.query.subjects.contains(&recorded.subject_id) {
            return None;
        }
        let visibility = self.visibility.of(recorded.kind)?;
        if recorded.is_visible_to(&visibility) {
            if !self.matches(&recorded.event.r#type) {
                return None;
            }
            let mut event = recorded.event.clone();
            if !recorded.was_visible_to(&visibility) && visibility != Visibility::All {
                event.scope_before = None;
                event.changed_before = None;
            }
            return Some(Item::Event(event));
        }
        let disappears = recorded.was_visible_to(&visibility) && self.matches(recorded.kind.removed);
        disappears.then(|| {
            Item::Removed(WatchRemoved {
                subject_kind: recorded.kind.wire.into(),
                subject_id: recorded.event.subject_id.clone(),
                position: recorded.position,
            })
        })
    }

    fn matches(&self, kind: &str) -> bool {
        self.query.types.is_empty() || self.query.types.iter().any(|it| it.matches(kind))
    }
}

#[cfg(test)]
mod tests {
    use access::Scope;
    use proto::event::v1::{self as wire, WatchEventsRequest};
    use uuid::Uuid;

    use super::*;
    use crate::conformance::TASK;

    /// An event of a task whose assignee was `before` and is `after`; `None`: the task does not exist.
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
        let visibility = Visibility::Restricted { person: "ada".to_owned(), department: None };
        Filter {
            visibility: VisibilityByKind(vec![(TASK.name, visibility)]),
            query: WatchQuery::of(&request).unwrap(),
            in_snapshot: HashSet::new(),
        }
    }

    #[test]
    fn a_subscriber_that_sees_the_subject_before_and_after_gets_the_whole_event() {
        let Some(Item::Event(sent)) = ada(|_| {}).item_for(&event(Some("ada"), Some("ada"))) else {
            panic!()
        };
        assert!(sent.changed_before.is_some() && sent.scope_before.is_some());
    }

    #[test]
    fn an_event_that_makes_a_subject_visible_has_no_earlier_values() {
        let Some(Item::Event(sent)) = ada(|_| {}).item_for(&event(Some("bob"), Some("ada"))) else {
            panic!()
        };
        assert_eq!((sent.changed_before, sent.scope_before), (None, None));
    }

    #[test]
    fn a_subject_that_is_no_longer_visible_is_removed_by_its_id_alone() {
        let Some(Item::Removed(sent)) = ada(|_| {}).item_for(&event(Some("ada"), Some("bob"))) else {
            panic!()
        };
        assert_eq!(sent.position, 3);
        assert!(
            ada(|it| it.event_types = vec!["task.updated".into()])
                .item_for(&event(Some("ada"), Some("bob")))
                .is_none()
        );
        assert!(
            ada(|it| it.event_types = vec!["task.removed".into()])
                .item_for(&event(Some("ada"), Some("bob")))
                .is_some()
        );
    }

    #[test]
    fn a_deletion_is_sent_to_those_who_could_see_the_subject() {
        assert!(matches!(ada(|_| {}).item_for(&event(Some("ada"), None)), Some(Item::Event(_))));
        assert!(ada(|_| {}).item_for(&event(Some("bob"), None)).is_none());
    }

    #[test]
    fn an_event_of_a_subject_that_was_never_visible_is_not_sent() {
        assert!(ada(|_| {}).item_for(&event(Some("bob"), Some("eve"))).is_none());
    }

    #[test]
    fn an_event_included_in_the_snapshot_is_not_sent() {
        let mut filter = ada(|_| {});
        filter.in_snapshot.insert(7);
        assert!(filter.item_for(&event(Some("ada"), Some("ada"))).is_none());
        assert!(filter.item_for(&event(Some("ada"), Some("ada"))).is_some());
    }

    #[test]
    fn events_of_other_subjects_and_other_types_are_not_sent() {
        let other = Uuid::max().to_string();
        assert!(ada(|it| it.subject_ids = vec![other]).item_for(&event(None, Some("ada"))).is_none());
        assert!(
            ada(|it| it.subject_ids = vec![Uuid::nil().to_string()])
                .item_for(&event(None, Some("ada")))
                .is_some()
        );
        assert!(
            ada(|it| it.event_types = vec!["task.created".into()])
                .item_for(&event(None, Some("ada")))
                .is_none()
        );
    }
}
