//! Which events a client asks for.

use std::collections::BTreeSet;

use proto::TypePattern;
use uuid::Uuid;

use super::{Log, PerLog};

/// The filters of a stream. Events of a subject match if all filters do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) types: Vec<TypePattern>,
    pub(crate) task_ids: BTreeSet<Uuid>,
    pub(crate) worker_ids: BTreeSet<Uuid>,
}

impl Filter {
    /// Whether an event of this type about this subject matches.
    pub(super) fn matches(&self, log: Log, name: &str, subject: Uuid) -> bool {
        (self.types.is_empty() || self.types.iter().any(|it| it.matches(name))) && {
            let ids = self.ids(log);
            if ids.is_empty() { self.has_no_ids() } else { ids.contains(&subject) }
        }
    }

    /// Names and prefixes of event types, as the client wrote them.
    pub(super) fn type_names(&self) -> impl Iterator<Item = &str> {
        self.types.iter().map(TypePattern::as_str)
    }

    /// Which logs have events that can match.
    pub(super) fn logs(&self) -> PerLog<bool> {
        Log::ALL.map(|log| {
            let has_type =
                self.types.is_empty() || self.types.iter().any(|it| it.concerns(log.type_prefix()));
            has_type && (self.has_no_ids() || !self.ids(log).is_empty())
        })
    }

    /// The ids of the subjects of a log; empty if the client names none.
    pub(super) fn ids(&self, log: Log) -> &BTreeSet<Uuid> {
        match log {
            Log::Tasks => &self.task_ids,
            Log::Workers => &self.worker_ids,
        }
    }

    /// Ids of one kind exclude the subjects of the other kind.
    fn has_no_ids(&self) -> bool {
        self.task_ids.is_empty() && self.worker_ids.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(types: &[&str], task_ids: &[Uuid]) -> Filter {
        let types = types.iter().map(|it| TypePattern::parse(it).unwrap()).collect();
        Filter { types, task_ids: task_ids.iter().copied().collect(), ..Filter::default() }
    }

    #[test]
    fn without_filters_everything_matches() {
        assert!(of(&[], &[]).matches(Log::Workers, "worker.created", Uuid::nil()));
        assert_eq!(of(&[], &[]).logs(), [true, true]);
    }

    #[test]
    fn types_and_ids_both_have_to_match() {
        let filter = of(&["task.status.*", "worker.*"], &[Uuid::max()]);
        assert!(filter.matches(Log::Tasks, "task.status.updated", Uuid::max()));
        assert!(!filter.matches(Log::Tasks, "task.created", Uuid::max()));
        assert!(!filter.matches(Log::Tasks, "task.status.updated", Uuid::nil()));
        assert!(!filter.matches(Log::Workers, "worker.created", Uuid::max()), "ids of tasks alone");
        assert_eq!(filter.logs(), [true, false]);
        assert_eq!(of(&["worker.metrics.updated"], &[]).logs(), [false, true]);
    }
}
