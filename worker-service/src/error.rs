//! The errors of the service, and their gRPC statuses.

use net::grpc::status::{self, Reason};
use storage::StorageError;
use tonic::Status;

use crate::NAME;
use crate::worker::DomainError;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkerError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Domain(#[from] DomainError),
    #[error("the worker does not exist")]
    NotFound,
    #[error("a worker with this instance id already exists")]
    Exists,
}

impl From<WorkerError> for Status {
    fn from(error: WorkerError) -> Self {
        let message = error.to_string();
        match error {
            WorkerError::Storage(error) => events::storage_failed(NAME, error),
            WorkerError::Domain(error) => error.into(),
            WorkerError::NotFound => status::with_reason(Reason::WorkerNotFound, message),
            WorkerError::Exists => status::with_reason(Reason::WorkerExists, message),
        }
    }
}

impl From<DomainError> for Status {
    fn from(error: DomainError) -> Self {
        let message = error.to_string();
        let reason = match error {
            DomainError::Invalid(violations) => return status::invalid(violations),
            DomainError::AdminRequired(_) => Reason::RoleRequired,
            DomainError::EtagMismatch(_) => Reason::EtagMismatch,
            DomainError::Live => Reason::WorkerIsLive,
        };
        status::with_reason(reason, message)
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::StatusExt as _;

    use super::*;

    #[test]
    fn every_error_has_its_code_and_reason() {
        let table: [(WorkerError, Code, &str); 6] = [
            (WorkerError::NotFound, Code::NotFound, "WORKER_NOT_FOUND"),
            (WorkerError::Exists, Code::AlreadyExists, "WORKER_EXISTS"),
            (DomainError::AdminRequired("creating").into(), Code::PermissionDenied, "ROLE_REQUIRED"),
            (DomainError::Invalid(Vec::new()).into(), Code::InvalidArgument, "INVALID_INPUT"),
            (DomainError::EtagMismatch(4).into(), Code::Aborted, "ETAG_MISMATCH"),
            (DomainError::Live.into(), Code::FailedPrecondition, "WORKER_IS_LIVE"),
        ];
        for (error, code, reason) in table {
            let status = Status::from(error);
            let details = status.get_error_details();
            assert_eq!((status.code(), details.error_info().unwrap().reason.as_str()), (code, reason));
        }
    }
}
