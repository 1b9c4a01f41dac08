//! The domain type `Task`, and the rules for creating one. This module uses neither gRPC nor SQL.

use access::Scope;
use platform::clock::Micros;
use platform::violation::{Lines, Violation, Violations};
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

pub(crate) mod action;
mod change;
mod due;
mod error;
pub(crate) mod execution;
pub(crate) mod retry;
pub(crate) mod verb;

pub(crate) use action::{Action, ActionDraft, NewRun, Phase, Run};
pub(crate) use change::{Change, Field};
pub(crate) use error::DomainError;
pub(crate) use verb::Verb;

const TITLE_LENGTH: usize = 200;
const DESCRIPTION_LENGTH: usize = 10_000;
pub(crate) const PERSON_LENGTH: usize = 255;
pub(crate) const DEPARTMENT_LENGTH: usize = 100;

/// A piece of work for a person, or an action of the system.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Task {
    pub(crate) id: Uuid,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) status: Status,
    pub(crate) priority: Priority,
    pub(crate) assignee_id: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) worker_id: Option<Uuid>,
    pub(crate) created_by: String,
    pub(crate) created_at: Micros,
    pub(crate) updated_at: Micros,
    /// Number of changes of writable fields, starting at 1; the etag of the API.
    pub(crate) version: i64,
    /// Number of changes of any kind, including the deletion.
    pub(crate) revision: i64,
    /// What the system does on the worker; `None` in a task for a person.
    pub(crate) action: Option<Action>,
}

/// The status of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Status {
    Pending,
    InProgress,
    Completed,
    Failed,
    Cancelled,
}

/// The priority of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Priority {
    Low,
    Medium,
    High,
}

/// The fields of a requested task, not yet validated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) priority: Option<Priority>,
    pub(crate) assignee_id: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) worker_id: Option<Uuid>,
    pub(crate) action: Option<ActionDraft>,
}

impl Draft {
    /// Validates the draft. The error lists its violations after those already found.
    pub(crate) fn check(self, mut violations: Violations) -> Result<Checked, Vec<Violation>> {
        violations.text("task.title", &self.title, 1..=TITLE_LENGTH, Lines::One);
        violations.text("task.description", &self.description, 0..=DESCRIPTION_LENGTH, Lines::Many);
        if let Some(assignee) = &self.assignee_id {
            violations.text("task.assignee_id", assignee, 1..=PERSON_LENGTH, Lines::One);
        }
        if let Some(department) = &self.department {
            violations.text("task.department", department, 1..=DEPARTMENT_LENGTH, Lines::One);
        }
        if let Some(action) = &self.action {
            action.check(&mut violations);
            if self.worker_id.is_some_and(|it| it != action.worker_id) {
                violations.add("task.worker_id", "must be the worker of the action, or not set");
            }
        }
        if violations.is_empty() { Ok(Checked(self)) } else { Err(violations.into_vec()) }
    }
}

/// A valid draft.
#[derive(Clone, Debug)]
pub(crate) struct Checked(Draft);

/// The caller that creates a task.
pub(crate) struct Creator<'a> {
    pub(crate) sub: &'a str,
    /// The department of the task if the draft names none.
    pub(crate) department: Option<&'a str>,
}

impl Task {
    /// Makes a new task with status pending.
    pub(crate) fn create(id: Uuid, Checked(draft): Checked, by: &Creator<'_>, now: Micros) -> Self {
        Self {
            id,
            title: draft.title,
            description: draft.description,
            status: Status::Pending,
            priority: draft.priority.unwrap_or(Priority::Medium),
            assignee_id: draft.assignee_id,
            department: draft.department.or_else(|| by.department.map(ToOwned::to_owned)),
            worker_id: draft.worker_id,
            created_by: by.sub.to_owned(),
            created_at: now,
            updated_at: now,
            version: 1,
            revision: 1,
            action: None,
        }
    }

    /// Makes a new task with the action of the draft, whose first run is queued.
    pub(crate) fn create_action(
        id: Uuid,
        checked: Checked,
        by: &Creator<'_>,
        now: Micros,
        new: NewRun,
    ) -> Self {
        let action = checked.0.action.clone();
        let action = action.map(|it| Action {
            verb: it.verb,
            worker_id: it.worker_id,
            seq: new.seq,
            reason: it.reason,
            run: Run::begin(None, new),
        });
        let worker_id = action.as_ref().map(|it| it.worker_id);
        Self { worker_id, action, ..Self::create(id, checked, by, now) }
    }

    /// Returns the fields that decide who may see the task.
    pub(crate) fn scope(&self) -> Scope {
        Scope {
            department: self.department.clone(),
            assignee_id: self.assignee_id.clone(),
            created_by: Some(self.created_by.clone()),
            everyone: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn created(draft: Draft) -> Task {
        let by = Creator { sub: "ada", department: Some("network") };
        Task::create(Uuid::nil(), draft.check(Violations::default()).unwrap(), &by, Micros(1))
    }

    fn draft() -> Draft {
        Draft { title: "Replace the uplink".to_owned(), ..Draft::default() }
    }

    #[test]
    fn a_title_alone_makes_a_pending_task_of_medium_priority_in_its_creators_department() {
        let task = created(draft());
        assert_eq!((task.status, task.priority), (Status::Pending, Priority::Medium));
        assert_eq!(task.department.as_deref(), Some("network"));
    }

    #[test]
    fn a_department_that_is_named_wins_over_the_creators() {
        let task = created(Draft { department: Some("storage".to_owned()), ..draft() });
        assert_eq!(task.department.as_deref(), Some("storage"));
    }

    #[test]
    fn every_bad_field_is_named() {
        let bad = Draft {
            title: "t".repeat(201),
            description: "d".repeat(10_001),
            assignee_id: Some(String::new()),
            department: Some("x".repeat(101)),
            ..Draft::default()
        };
        let found = bad.check(Violations::default()).unwrap_err();
        let fields: Vec<&str> = found.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["task.title", "task.description", "task.assignee_id", "task.department"]);
    }
}
