//! Converts the filters of ListTasks.

use platform::violation::{Lines, Violations};
use proto::task::v1 as wire;
use uuid::Uuid;

use super::{priority_of, status_of};
use crate::store::{Filter, Shown};
use crate::task::{DEPARTMENT_LENGTH, PERSON_LENGTH};

/// Returns the filter of a request. Unknown enum values are violations.
pub(crate) fn filter(request: wire::ListTasksRequest, violations: &mut Violations) -> Filter {
    let status = status_of(request.status).unwrap_or_else(|_| {
        violations.add("status", "must be one of pending, in_progress, completed, failed, cancelled");
        None
    });
    let priority = priority_of(request.priority).unwrap_or_else(|_| {
        violations.add("priority", "must be one of low, medium, high");
        None
    });
    let kind = wire::TaskKind::try_from(request.kind).unwrap_or_else(|_| {
        violations.add("kind", "must be one of human, action");
        wire::TaskKind::Unspecified
    });
    if let Some(assignee) = &request.assignee_id {
        violations.text("assignee_id", assignee, 1..=PERSON_LENGTH, Lines::One);
    }
    if let Some(department) = &request.department {
        violations.text("department", department, 1..=DEPARTMENT_LENGTH, Lines::One);
    }
    let worker_id = request.worker_id.and_then(|it| {
        let id = Uuid::try_parse(&it).ok();
        if id.is_none() {
            violations.add("worker_id", "must be the UUID of a worker");
        }
        id
    });
    let shown = match kind {
        wire::TaskKind::Unspecified => Shown::Open,
        wire::TaskKind::Human => Shown::Human,
        wire::TaskKind::Action => Shown::Actions,
    };
    Filter {
        shown,
        status,
        priority,
        assignee_id: request.assignee_id,
        department: request.department,
        worker_id,
    }
}
