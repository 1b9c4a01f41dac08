//! Why a request is refused, and the status that the caller gets for it.

use net::grpc::status;
use platform::violation::Violation;
use storage::StorageError;
use tonic::{Code, Status};

use crate::NAME;
use crate::task::Status as TaskStatus;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is none, or none that is seen.
    #[error("there is no such task")]
    NotFound,
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
    IllegalStatus { from: TaskStatus, to: TaskStatus },
    /// Its worker could not be looked up; what the caller is told of it.
    #[error("its worker could not be looked up")]
    Lookup(Box<Status>),
}

fn legal(from: TaskStatus) -> String {
    match from.next() {
        [] => "nor anything else".to_owned(),
        next => format!("only {}", next.iter().map(TaskStatus::into_str).collect::<Vec<_>>().join(", ")),
    }
}

impl From<TaskError> for Status {
    fn from(error: TaskError) -> Self {
        let message = error.to_string();
        let (code, reason) = match error {
            TaskError::Storage(error) => return events::storage_failed(NAME, error),
            TaskError::Invalid(violations) => return status::invalid(violations),
            TaskError::Lookup(status) => return *status,
            TaskError::NotFound => (Code::NotFound, "TASK_NOT_FOUND"),
            TaskError::ChangeNotAllowed(_) => (Code::PermissionDenied, "CHANGE_NOT_ALLOWED"),
            TaskError::DeleteNotAllowed(_) => (Code::PermissionDenied, "DELETE_NOT_ALLOWED"),
            TaskError::EtagMismatch(_) => (Code::Aborted, "ETAG_MISMATCH"),
            TaskError::IllegalStatus { .. } => (Code::FailedPrecondition, "ILLEGAL_STATUS"),
        };
        status::with_reason(code, reason, message)
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt as _;

    use super::*;

    #[test]
    fn every_refusal_has_its_code_and_reason() {
        let illegal = TaskError::IllegalStatus { from: TaskStatus::Cancelled, to: TaskStatus::Pending };
        let table = [
            (TaskError::NotFound, Code::NotFound, "TASK_NOT_FOUND"),
            (TaskError::ChangeNotAllowed(String::new()), Code::PermissionDenied, "CHANGE_NOT_ALLOWED"),
            (TaskError::DeleteNotAllowed(""), Code::PermissionDenied, "DELETE_NOT_ALLOWED"),
            (TaskError::Invalid(Vec::new()), Code::InvalidArgument, "INVALID_INPUT"),
            (TaskError::EtagMismatch(4), Code::Aborted, "ETAG_MISMATCH"),
            (illegal, Code::FailedPrecondition, "ILLEGAL_STATUS"),
        ];
        for (error, code, reason) in table {
            let status = Status::from(error);
            let details = status.get_error_details();
            assert_eq!((status.code(), details.error_info().unwrap().reason.as_str()), (code, reason));
        }
    }

    #[test]
    fn an_illegal_status_names_the_legal_ones() {
        let error = TaskError::IllegalStatus { from: TaskStatus::Pending, to: TaskStatus::Failed };
        let expected = "a task that is pending cannot become failed, only in_progress, completed, cancelled";
        assert_eq!(error.to_string(), expected);
    }
}
