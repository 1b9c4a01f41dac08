//! The errors of the service, and their gRPC statuses.

use net::grpc::status::{self, Reason};
use storage::StorageError;
use tonic::Status;

use crate::NAME;
use crate::task::DomainError;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// The task does not exist, or the caller may not see it.
    #[error("the task does not exist")]
    NotFound,
    /// The worker of the task could not be looked up; contains the status for the caller.
    #[error("the worker of the task could not be looked up")]
    Lookup(Box<Status>),
}

impl From<TaskError> for Status {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::Storage(error) => events::storage_failed(NAME, error),
            TaskError::Domain(error) => error.into(),
            TaskError::NotFound => status::with_reason(Reason::TaskNotFound, error.to_string()),
            TaskError::Lookup(status) => *status,
        }
    }
}

impl From<DomainError> for Status {
    fn from(error: DomainError) -> Self {
        let message = error.to_string();
        let reason = match error {
            DomainError::Invalid(violations) => return status::invalid(violations),
            DomainError::ChangeNotAllowed(_) => Reason::ChangeNotAllowed,
            DomainError::DeleteNotAllowed(_) => Reason::DeleteNotAllowed,
            DomainError::EtagMismatch(_) => Reason::EtagMismatch,
            DomainError::IllegalStatus { .. }
            | DomainError::StatusIsOutput
            | DomainError::HasEnded { .. }
            | DomainError::NoAction => Reason::IllegalStatus,
            DomainError::IllegalAction(_) => Reason::IllegalAction,
            DomainError::ActionIsLive(_) => Reason::ActionIsLive,
            DomainError::RoleRequired(_) => Reason::RoleRequired,
        };
        status::with_reason(reason, message)
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::StatusExt as _;

    use super::*;
    use crate::task::Status as TaskStatus;

    #[test]
    fn every_error_has_its_code_and_reason() {
        let illegal = DomainError::IllegalStatus { from: TaskStatus::Cancelled, to: TaskStatus::Pending };
        let table: [(TaskError, Code, &str); 10] = [
            (TaskError::NotFound, Code::NotFound, "TASK_NOT_FOUND"),
            (
                DomainError::ChangeNotAllowed(String::new()).into(),
                Code::PermissionDenied,
                "CHANGE_NOT_ALLOWED",
            ),
            (DomainError::DeleteNotAllowed("").into(), Code::PermissionDenied, "DELETE_NOT_ALLOWED"),
            (DomainError::Invalid(Vec::new()).into(), Code::InvalidArgument, "INVALID_INPUT"),
            (DomainError::EtagMismatch(4).into(), Code::Aborted, "ETAG_MISMATCH"),
            (illegal.into(), Code::FailedPrecondition, "ILLEGAL_STATUS"),
            (DomainError::StatusIsOutput.into(), Code::FailedPrecondition, "ILLEGAL_STATUS"),
            (DomainError::IllegalAction(String::new()).into(), Code::FailedPrecondition, "ILLEGAL_ACTION"),
            (DomainError::ActionIsLive(String::new()).into(), Code::FailedPrecondition, "ACTION_IS_LIVE"),
            (DomainError::RoleRequired("").into(), Code::PermissionDenied, "ROLE_REQUIRED"),
        ];
        for (error, code, reason) in table {
            let status = Status::from(error);
            let details = status.get_error_details();
            assert_eq!((status.code(), details.error_info().unwrap().reason.as_str()), (code, reason));
        }
    }
}
