//! What the contract names as REST names it. Enum values have no name of their enum and are in lower case:
//! `TASK_STATUS_IN_PROGRESS` is `in_progress`. Fields have no name of their resource: `task.title` is `title`.

use proto::ContractEnum;

/// The name of a value that this version does not know.
pub(crate) const UNKNOWN: &str = "unknown";

/// The name of a value; [`UNKNOWN`] for an unspecified one. A number that this version does not know is read as
/// unspecified.
pub(crate) fn rest_name<E: ContractEnum>(value: E) -> &'static str {
    match value.lower_name() {
        "unspecified" => UNKNOWN,
        name => name,
    }
}

/// The value with that name among `choices`; the error says what the name must be.
pub(crate) fn choose<E: ContractEnum>(name: &str, choices: impl IntoIterator<Item = E>) -> Result<E, String> {
    let mut names = Vec::new();
    for value in choices {
        let of_value = rest_name(value);
        if of_value == name {
            return Ok(value);
        }
        names.push(of_value);
    }
    Err(format!("must be one of {}", names.join(", ")))
}

/// The REST name of a gRPC field: a REST body is the resource itself, and request options are headers.
pub(crate) fn field_name(field: &str) -> &str {
    match field {
        "request_id" => return "Idempotency-Key",
        "etag" => return "If-Match",
        "tag.key" | "tag.value" => return "tag",
        "update_mask" => return "body",
        _ => {}
    }
    field.strip_prefix("task.").or_else(|| field.strip_prefix("worker.")).unwrap_or(field)
}

#[cfg(test)]
mod tests {
    use proto::task::v1::{TaskPriority, TaskStatus};
    use proto::worker::v1::WorkerObservedState;

    use super::*;

    #[test]
    fn a_name_is_the_contracts_without_its_enum_in_lower_case() {
        assert_eq!(rest_name(TaskStatus::InProgress), "in_progress");
        assert_eq!(rest_name(WorkerObservedState::ShuttingDown), "shutting_down");
        assert_eq!(rest_name(TaskStatus::Unspecified), "unknown");
    }

    #[test]
    fn a_value_is_chosen_by_its_name_as_it_is_written() {
        let choose = |name| choose(name, TaskPriority::values());
        assert_eq!(choose("high"), Ok(TaskPriority::High));
        for wrong in ["HIGH", "", "unspecified", "unknown", "TASK_PRIORITY_HIGH"] {
            assert_eq!(choose(wrong), Err("must be one of low, medium, high".to_owned()), "{wrong}");
        }
    }

    #[test]
    fn a_field_is_that_of_a_body_or_a_header() {
        let names = ["task.action.confirm", "confirm", "worker.tags", "tag.key", "etag"].map(field_name);
        assert_eq!(names, ["action.confirm", "confirm", "tags", "tag", "If-Match"]);
    }
}
