//! Changes of a task, and the allowed changes of status.

use platform::clock::Micros;
use platform::violation::{Lines, Violation, Violations};
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use super::{
    DEPARTMENT_LENGTH, DESCRIPTION_LENGTH, DomainError, PERSON_LENGTH, Priority, Status, TITLE_LENGTH, Task,
};

/// The requested values of an update. An outer `None` leaves a field unchanged, an inner `None` clears it.
#[expect(clippy::option_option, reason = "a field is unchanged, cleared, or set")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) status: Option<Status>,
    pub(crate) priority: Option<Priority>,
    pub(crate) assignee_id: Option<Option<String>>,
    pub(crate) department: Option<Option<String>>,
    pub(crate) worker_id: Option<Option<Uuid>>,
    /// Fields whose value could not be parsed.
    pub(crate) unreadable: Vec<Field>,
}

/// A field that callers can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Field {
    Title,
    Description,
    Status,
    Priority,
    AssigneeId,
    Department,
    WorkerId,
}

impl Status {
    /// Returns the statuses to which a task for a person can change. A cancelled task is final; no caller can set failed.
    pub(crate) fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::InProgress, Self::Completed, Self::Cancelled],
            Self::InProgress => &[Self::Pending, Self::Completed, Self::Cancelled],
            Self::Completed => &[Self::Pending, Self::InProgress, Self::Cancelled],
            Self::Failed | Self::Cancelled => &[],
        }
    }
}

impl Change {
    /// Validates the new values, and adds their violations.
    pub(crate) fn check(&self, violations: &mut Violations) {
        if let Some(title) = &self.title {
            violations.text("task.title", title, 1..=TITLE_LENGTH, Lines::One);
        }
        if let Some(description) = &self.description {
            violations.text("task.description", description, 0..=DESCRIPTION_LENGTH, Lines::Many);
        }
        if let Some(Some(assignee)) = &self.assignee_id {
            violations.text("task.assignee_id", assignee, 1..=PERSON_LENGTH, Lines::One);
        }
        if let Some(Some(department)) = &self.department {
            violations.text("task.department", department, 1..=DEPARTMENT_LENGTH, Lines::One);
        }
    }

    /// Returns the fields whose values differ from those of the task, and the fields that could not be parsed.
    pub(crate) fn fields(&self, task: &Task) -> Vec<Field> {
        let differs = [
            (Field::Title, self.title.as_ref().is_some_and(|it| *it != task.title)),
            (Field::Description, self.description.as_ref().is_some_and(|it| *it != task.description)),
            (Field::Status, self.status.is_some_and(|it| it != task.status)),
            (Field::Priority, self.priority.is_some_and(|it| it != task.priority)),
            (Field::AssigneeId, self.assignee_id.as_ref().is_some_and(|it| *it != task.assignee_id)),
            (Field::Department, self.department.as_ref().is_some_and(|it| *it != task.department)),
            (Field::WorkerId, self.worker_id.is_some_and(|it| it != task.worker_id)),
        ];
        let unreadable = |field: &Field| self.unreadable.contains(field);
        differs.into_iter().filter(|(field, differs)| *differs || unreadable(field)).map(|it| it.0).collect()
    }
}

impl Task {
    /// Returns the task after a valid change; `None` if nothing changes.
    pub(crate) fn changed(&self, change: Change, now: Micros) -> Result<Option<Self>, DomainError> {
        if change.fields(self).is_empty() {
            return Ok(None);
        }
        if self.action.is_some() && change.status.is_some_and(|it| it != self.status) {
            return Err(DomainError::StatusIsOutput);
        }
        if let Some(to) = change.status.filter(|it| *it != self.status && !self.status.next().contains(it)) {
            return Err(DomainError::IllegalStatus { from: self.status, to });
        }
        if self.action.is_some() && change.worker_id.is_some_and(|it| it != self.worker_id) {
            let description = "cannot be changed, because the task has an action on this worker".to_owned();
            return Err(DomainError::Invalid(vec![Violation {
                field: "task.worker_id".to_owned(),
                description,
            }]));
        }
        Ok(Some(Self {
            title: change.title.unwrap_or_else(|| self.title.clone()),
            description: change.description.unwrap_or_else(|| self.description.clone()),
            status: change.status.unwrap_or(self.status),
            priority: change.priority.unwrap_or(self.priority),
            assignee_id: change.assignee_id.unwrap_or_else(|| self.assignee_id.clone()),
            department: change.department.unwrap_or_else(|| self.department.clone()),
            worker_id: change.worker_id.unwrap_or(self.worker_id),
            version: self.version + 1,
            revision: self.revision + 1,
            updated_at: now.max(self.updated_at),
            ..self.clone()
        }))
    }

    /// Fails if the caller expects a different version.
    pub(crate) fn expect_version(&self, version: Option<i64>) -> Result<(), DomainError> {
        match version {
            Some(version) if version != self.version => Err(DomainError::EtagMismatch(self.version)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{Creator, Draft};

    fn task(status: Status) -> Task {
        let draft = Draft { title: "t".to_owned(), assignee_id: Some("bob".to_owned()), ..Draft::default() };
        let by = Creator { sub: "ada", department: None };
        let checked = draft.check(Violations::default()).unwrap();
        Task { status, ..Task::create(Uuid::nil(), checked, &by, Micros(1)) }
    }

    fn to(status: Status) -> Change {
        Change { status: Some(status), ..Change::default() }
    }

    #[test]
    fn a_human_task_moves_freely_until_it_is_cancelled_and_never_fails() {
        use Status::{Cancelled, Completed, Failed, InProgress, Pending};
        for from in [Pending, InProgress, Completed] {
            for next in [Pending, InProgress, Completed, Cancelled] {
                let after = task(from).changed(to(next), Micros(2)).unwrap();
                assert_eq!(after.map_or(from, |it| it.status), next);
            }
            assert!(task(from).changed(to(Failed), Micros(2)).is_err());
        }
        assert!(task(Cancelled).changed(to(Pending), Micros(2)).is_err());
    }

    #[test]
    fn a_change_counts_once_and_what_changes_nothing_not_at_all() {
        let before = task(Status::Pending);
        let title = |it: &str| Change { title: Some(it.to_owned()), ..Change::default() };
        assert_eq!(before.changed(title("t"), Micros(2)).unwrap(), None);
        let after = before.changed(title("u"), Micros(2)).unwrap().unwrap();
        assert_eq!((after.version, after.revision, after.updated_at), (2, 2, Micros(2)));
        let cleared = Change { assignee_id: Some(None), ..Change::default() };
        assert_eq!(after.changed(cleared, Micros(3)).unwrap().unwrap().assignee_id, None);
    }
}
