//! Why a request is refused, and the status that the caller gets for it.

use net::grpc::status::{self, Reason};
use platform::violation::Violation;
use storage::StorageError;
use tonic::Status;

use crate::NAME;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkerError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("there is no such worker")]
    NotFound,
    #[error("{} fields are not valid", .0.len())]
    Invalid(Vec<Violation>),
    /// With the version that it has.
    #[error("the worker has changed: its version is {0}")]
    EtagMismatch(i64),
    #[error("the machine has a worker already")]
    Exists,
    #[error("the worker may have a machine: terminate it, and delete it once it is terminated")]
    Live,
}

impl From<WorkerError> for Status {
    fn from(error: WorkerError) -> Self {
        let message = error.to_string();
        let reason = match error {
            WorkerError::Storage(error) => return events::storage_failed(NAME, error),
            WorkerError::Invalid(violations) => return status::invalid(violations),
            WorkerError::NotFound => Reason::WorkerNotFound,
            WorkerError::EtagMismatch(_) => Reason::EtagMismatch,
            WorkerError::Exists => Reason::WorkerExists,
            WorkerError::Live => Reason::WorkerIsLive,
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
    fn every_refusal_has_its_code_and_reason() {
        let table = [
            (WorkerError::NotFound, Code::NotFound, "WORKER_NOT_FOUND"),
            (WorkerError::Invalid(Vec::new()), Code::InvalidArgument, "INVALID_INPUT"),
            (WorkerError::EtagMismatch(4), Code::Aborted, "ETAG_MISMATCH"),
            (WorkerError::Exists, Code::AlreadyExists, "WORKER_EXISTS"),
            (WorkerError::Live, Code::FailedPrecondition, "WORKER_IS_LIVE"),
        ];
        for (error, code, reason) in table {
            let status = Status::from(error);
            let details = status.get_error_details();
            assert_eq!((status.code(), details.error_info().unwrap().reason.as_str()), (code, reason));
        }
    }
}
