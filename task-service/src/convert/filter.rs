//! The filters of a list.

use platform::violation::Violations;
use proto::task::v1 as wire;
use uuid::Uuid;

use super::{priority_of, status_of};
use crate::store::Filter;

/// Which tasks only; `None`: none at all. A value that no task can have is wrong, not a default.
pub(crate) fn filter(request: wire::ListTasksRequest, violations: &mut Violations) -> Option<Filter> {
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
    let mut text = |field: &str, value: Option<String>| {
        if value.as_ref().is_some_and(|it| it.trim().is_empty() || it.contains('\0')) {
            violations.add(field, "must not be empty, nor contain control characters");
        }
        value
    };
    let assignee_id = text("assignee_id", request.assignee_id);
    let department = text("department", request.department);
    let worker_id = request.worker_id.and_then(|it| {
        let id = Uuid::try_parse(&it).ok();
        if id.is_none() {
            violations.add("worker_id", "must be the UUID of a worker");
        }
        id
    });
    // Every task is a person's as long as there are no actions.
    (kind != wire::TaskKind::Action).then_some(Filter {
        status,
        priority,
        assignee_id,
        department,
        worker_id,
    })
}
