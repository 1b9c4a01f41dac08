//! The errors of the domain. `crate::error` converts them to gRPC statuses.

use platform::violation::Violation;

use super::Status;

/// Why a task cannot be created, changed, deleted, cancelled or retried. The texts are written for the caller.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DomainError {
    /// The caller may not change the task. Contains the text, which states who may.
    #[error("{0}")]
    ChangeNotAllowed(String),
    /// The caller may not delete the task. Contains the text, which states who may.
    #[error("{0}")]
    DeleteNotAllowed(&'static str),
    #[error("{} fields are not valid", .0.len())]
    Invalid(Vec<Violation>),
    /// The caller expects a different version. Contains the current version.
    #[error("the task was changed by another request: its version is now {0}")]
    EtagMismatch(i64),
    #[error("a task with status {} cannot change to {}; {}", from.into_str(), to.into_str(), legal(*from))]
    IllegalStatus { from: Status, to: Status },
    /// The status of a task with an action is set by the system.
    #[error(
        "the status of a task with an action cannot be set; cancel the task, or retry it once it has failed"
    )]
    StatusIsOutput,
    /// The task has a status in which it cannot be `what`: cancelled, retried.
    #[error("a task with status {} cannot be {what}", status.into_str())]
    HasEnded { status: Status, what: &'static str },
    #[error("the task has no action, so it cannot be retried")]
    NoAction,
    /// The worker cannot do this from where it is. Contains the text, which names what it can do.
    #[error("{0}")]
    IllegalAction(String),
    /// The action is being carried out. Contains the text, which says what to do instead.
    #[error("{0}")]
    ActionIsLive(String),
    /// Contains the text, which names the role.
    #[error("{0}")]
    RoleRequired(&'static str),
}

fn legal(from: Status) -> String {
    match from.next() {
        [] => "no change of status is possible".to_owned(),
        next => format!("possible: {}", next.iter().map(Status::into_str).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_illegal_status_names_the_legal_ones() {
        let error = DomainError::IllegalStatus { from: Status::Pending, to: Status::Failed };
        let expected =
            "a task with status pending cannot change to failed; possible: in_progress, completed, cancelled";
        assert_eq!(error.to_string(), expected);
    }
}
