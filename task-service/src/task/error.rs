//! Why the domain refuses what a caller asks for. How the caller is told is decided in `crate::error`.

use platform::violation::Violation;

use super::Status;

/// Why a task is not changed or deleted. The texts are for the caller.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DomainError {
    /// With who may make the change.
    #[error("{0}")]
    ChangeNotAllowed(String),
    /// With who may delete it.
    #[error("{0}")]
    DeleteNotAllowed(&'static str),
    #[error("{} fields are not valid", .0.len())]
    Invalid(Vec<Violation>),
    /// With the version that it has.
    #[error("the task has changed: its version is {0}")]
    EtagMismatch(i64),
    #[error("a task that is {} cannot become {}, {}", from.into_str(), to.into_str(), legal(*from))]
    IllegalStatus { from: Status, to: Status },
}

fn legal(from: Status) -> String {
    match from.next() {
        [] => "nor anything else".to_owned(),
        next => format!("only {}", next.iter().map(Status::into_str).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_illegal_status_names_the_legal_ones() {
        let error = DomainError::IllegalStatus { from: Status::Pending, to: Status::Failed };
        let expected = "a task that is pending cannot become failed, only in_progress, completed, cancelled";
        assert_eq!(error.to_string(), expected);
    }
}
