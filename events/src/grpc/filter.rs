//! Decides which message one subscriber receives for an event.

use access::{Disclosure, Visibility};
use proto::event::v1::watch_events_response::Item;
use proto::event::v1::{self as wire, WatchRemoved};

use super::request::WatchQuery;
use crate::{LiveMessage, Recorded};

/// Which events a subscriber receives, and which of their fields.
pub(super) struct Filter {
    pub(super) visibility: Visibility,
    pub(super) query: WatchQuery,
}

impl Filter {
    /// Returns the message for an event; `None` if the subscriber receives none. The event with which a subject becomes
    /// visible contains neither `changed_before` nor `scope_before`.
    pub(super) fn item_for(&self, recorded: &Recorded) -> Option<Item> {
        if !self.query.subjects.is_empty() && !self.query.subjects.contains(&recorded.subject_id) {
            return None;
        }
        let disclosure = recorded.disclosure(&self.visibility);
        let name =
            if disclosure == Disclosure::Removed { recorded.kind.removed } else { &recorded.event.r#type };
        if disclosure == Disclosure::Nothing || !self.matches(name) {
            return None;
        }
        Some(match disclosure {
            Disclosure::Removed => Item::Removed(WatchRemoved {
                subject_kind: recorded.kind.wire.into(),
                subject_id: recorded.event.subject_id.clone(),
                position: recorded.position,
            }),
            Disclosure::WithoutBefore => Item::Event(wire::Event {
                scope_before: None,
                changed_before: None,
                ..recorded.event.clone()
            }),
            _ => Item::Event(recorded.event.clone()),
        })
    }

    /// Returns a message that is no event, if the subscriber asked for it.
    pub(super) fn live_item(&self, message: &LiveMessage) -> Option<Item> {
        let subjects = &self.query.subjects;
        let matches =
            self.matches(message.name) && (subjects.is_empty() || subjects.contains(&message.subject_id));
        matches.then(|| message.item.clone())
    }

    fn matches(&self, kind: &str) -> bool {
        self.query.types.is_empty() || self.query.types.iter().any(|it| it.matches(kind))
    }
}

#[cfg(test)]
mod tests {
    use access::Scope;
    use proto::event::v1::WatchEventsRequest;
    use uuid::Uuid;

    use super::*;
    use crate::conformance::recorded;

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
        Recorded { position: 3, before, after, event, ..recorded() }
    }

    fn ada(change: impl FnOnce(&mut WatchEventsRequest)) -> Filter {
        let mut request = WatchEventsRequest::default();
        change(&mut request);
        let visibility = Visibility::Restricted { person: "ada".to_owned(), department: None };
        Filter { visibility, query: WatchQuery::of(&request).unwrap() }
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
