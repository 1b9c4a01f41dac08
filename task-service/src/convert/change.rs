//! Converts the field mask and the etag of an update (AIP-134, AIP-154).

use std::collections::BTreeSet;

use platform::violation::Violations;
use proto::task::v1 as wire;
use strum::VariantArray as _;
use uuid::Uuid;

use super::{priority_of, status_of};
use crate::task::{Change, Field, Priority};

/// The path that stands for all fields, so that the task is replaced.
const ALL: &str = "*";

/// Returns the change of the fields that the mask names; of all fields that are set if the mask is empty.
pub(crate) fn change(task: &wire::Task, paths: &[String], violations: &mut Violations) -> Change {
    let named = match paths {
        [] => set(task),
        [all] if all == ALL => Field::VARIANTS.to_vec(),
        paths => named(paths, violations),
    };
    let mut change = Change::default();
    for field in named {
        let unreadable = match field {
            Field::Title => {
                change.title = Some(task.title.clone());
                None
            }
            Field::Description => {
                change.description = Some(task.description.clone());
                None
            }
            Field::AssigneeId => {
                change.assignee_id = Some(task.assignee_id.clone());
                None
            }
            Field::Department => {
                change.department = Some(task.department.clone());
                None
            }
            Field::Status => {
                change.status = status_of(task.status).ok().flatten();
                change.status.is_none().then_some("must be one of pending, in_progress, completed, cancelled")
            }
            Field::Priority => {
                let priority = priority_of(task.priority).ok();
                change.priority = priority.map(|it| it.unwrap_or(Priority::Medium));
                priority.is_none().then_some("must be one of low, medium, high")
            }
            Field::WorkerId => {
                change.worker_id = task.worker_id.as_deref().map(Uuid::try_parse).transpose().ok();
                change.worker_id.is_none().then_some("must be the UUID of a worker")
            }
        };
        if let Some(expected) = unreadable {
            violations.add(format!("task.{}", field.into_str()), expected);
            change.unreadable.push(field);
        }
    }
    change
}

fn set(task: &wire::Task) -> Vec<Field> {
    let set = [
        (Field::Title, !task.title.is_empty()),
        (Field::Description, !task.description.is_empty()),
        (Field::Status, task.status != 0),
        (Field::Priority, task.priority != 0),
        (Field::AssigneeId, task.assignee_id.is_some()),
        (Field::Department, task.department.is_some()),
        (Field::WorkerId, task.worker_id.is_some()),
    ];
    set.into_iter().filter(|it| it.1).map(|it| it.0).collect()
}

fn named(paths: &[String], violations: &mut Violations) -> Vec<Field> {
    let (mut fields, mut seen) = (Vec::new(), BTreeSet::new());
    for path in paths {
        let shown: String = path.chars().take(80).collect();
        match path.parse().ok() {
            Some(_) if !seen.insert(path) => violations.add("update_mask", format!("{shown:?} is listed twice")),
            Some(field) => fields.push(field),
            None if path == ALL => violations.add("update_mask", "must be \"*\" alone or a list of fields"),
            None => violations.add(
                "update_mask",
                format!(
                    "{shown:?} is not one of title, description, status, priority, assignee_id, department, worker_id"
                ),
            ),
        }
    }
    fields
}

/// Parses an etag, which is a version; `None` if it is empty.
pub(crate) fn etag(text: &str, violations: &mut Violations) -> Option<i64> {
    let version = text.parse::<i64>().ok().filter(|it| *it > 0 && it.to_string() == text);
    if version.is_none() && !text.is_empty() {
        violations.add("etag", "must be a version of the task, in decimal");
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Status;

    fn of(task: &wire::Task, paths: &[&str]) -> (Change, Vec<String>) {
        let paths: Vec<String> = paths.iter().map(|it| (*it).to_owned()).collect();
        let mut violations = Violations::default();
        let change = change(task, &paths, &mut violations);
        (change, violations.into_vec().into_iter().map(|it| it.field).collect())
    }

    #[test]
    fn what_is_named_and_not_set_is_cleared() {
        let paths = ["description", "priority", "assignee_id", "department", "worker_id"];
        let (change, wrong) = of(&wire::Task::default(), &paths);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!((change.description.as_deref(), change.priority), (Some(""), Some(Priority::Medium)));
        assert_eq!((change.assignee_id, change.worker_id), (Some(None), Some(None)));
        assert_eq!(change.title, None);
    }

    #[test]
    fn without_a_mask_what_is_set_is_changed() {
        let task = wire::Task { title: "t".to_owned(), version: 7, ..wire::Task::default() };
        let (change, wrong) = of(&task, &[]);
        assert_eq!((change.title.as_deref(), change.description, wrong.len()), (Some("t"), None, 0));
    }

    #[test]
    fn an_asterisk_replaces_the_task() {
        let task = wire::Task { title: "t".to_owned(), status: 1, version: 7, ..wire::Task::default() };
        let (change, wrong) = of(&task, &["*"]);
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!((change.title.as_deref(), change.description.as_deref()), (Some("t"), Some("")));
        assert_eq!((change.priority, change.status), (Some(Priority::Medium), Some(Status::Pending)));
        assert_eq!(
            (change.assignee_id, change.department, change.worker_id),
            (Some(None), Some(None), Some(None))
        );
        assert_eq!(of(&wire::Task::default(), &["*"]).1, ["task.status"]);
    }

    #[test]
    fn unknown_enum_values_and_paths_are_wrong_and_no_defaults() {
        let task = wire::Task { status: 99, priority: 99, ..wire::Task::default() };
        let (change, wrong) = of(&task, &["status", "priority", "version", "*", "status"]);
        assert_eq!(wrong, ["update_mask", "update_mask", "update_mask", "task.status", "task.priority"]);
        assert_eq!((change.status, change.unreadable), (None, vec![Field::Status, Field::Priority]));
        assert_eq!(of(&wire::Task::default(), &["status"]).1, ["task.status"]);
    }

    #[test]
    fn an_etag_is_a_version() {
        let mut violations = Violations::default();
        assert_eq!((etag("", &mut violations), etag("7", &mut violations)), (None, Some(7)));
        assert!(violations.is_empty());
        for bad in ["0", "07", "x", "-1", "\"7\""] {
            assert_eq!(etag(bad, &mut violations), None);
        }
        assert_eq!(violations.into_vec().len(), 5);
    }
}
