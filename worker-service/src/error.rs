//! The errors of the service, and their gRPC statuses.

use std::time::Duration;

use net::grpc::status::{self, Reason};
use storage::StorageError;
use tonic::Status;
use uuid::Uuid;

use crate::NAME;
use crate::provider::WORKER_TAG;
use crate::worker::DomainError;

/// Key of the highest number of an action, in the metadata of an error.
const ACTION_SEQ: &str = "action_seq";

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
    /// The machine has the tag of another worker, which may not have stored yet that it is its own.
    #[error("the machine is that of worker {0}, according to its tag {WORKER_TAG}")]
    Owned(Uuid),
    #[error("the provider cannot be asked about the machine at the moment")]
    ProviderUnavailable,
    /// The worker was refreshed just now. Contains the time until it can be refreshed again.
    #[error("the worker was refreshed just now; it can be refreshed again in {} s", .0.as_secs() + 1)]
    RefreshThrottled(Duration),
    /// The provider has failed, throttles, or has refused a call. Contains the time until it is asked again.
    #[error("the last call of the provider failed; it is asked again in {} s, and not before", .0.as_secs() + 1)]
    ProviderPaused(Duration),
}

impl From<WorkerError> for Status {
    fn from(error: WorkerError) -> Self {
        let message = error.to_string();
        match error {
            WorkerError::Storage(error) => events::storage_failed(NAME, error),
            WorkerError::Domain(error) => error.into(),
            WorkerError::NotFound => status::with_reason(Reason::WorkerNotFound, message),
            WorkerError::Exists | WorkerError::Owned(_) => status::with_reason(Reason::WorkerExists, message),
            WorkerError::ProviderUnavailable => {
                status::with_retry(Reason::ProviderUnavailable, message, Duration::from_secs(1))
            }
            WorkerError::RefreshThrottled(left) | WorkerError::ProviderPaused(left) => {
                let left = Duration::from_secs(left.as_secs() + 1);
                status::with_retry(Reason::RefreshThrottled, message, left)
            }
        }
    }
}

impl From<DomainError> for Status {
    fn from(error: DomainError) -> Self {
        let message = error.to_string();
        let reason = match error {
            DomainError::Invalid(violations) => return status::invalid(violations),
            DomainError::AdminRequired(_)
            | DomainError::ServiceRequired(_)
            | DomainError::ManagerRequired(_) => Reason::RoleRequired,
            DomainError::EtagMismatch(_) => Reason::EtagMismatch,
            DomainError::Live => Reason::WorkerIsLive,
            DomainError::IllegalAction { .. } => Reason::IllegalAction,
            DomainError::Superseded(highest) => {
                let (reason, highest) = (Reason::ActionSuperseded, highest.to_string());
                return status::with_metadata(reason, message, ACTION_SEQ, highest);
            }
        };
        status::with_reason(reason, message)
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::StatusExt as _;

    use super::*;
    use crate::worker::DesiredState;

    #[test]
    fn every_error_has_its_code_and_reason() {
        let illegal = DomainError::IllegalAction { to: DesiredState::Running, legal: &[] };
        let table: [(WorkerError, Code, &str); 12] = [
            (WorkerError::NotFound, Code::NotFound, "WORKER_NOT_FOUND"),
            (WorkerError::Exists, Code::AlreadyExists, "WORKER_EXISTS"),
            (WorkerError::Owned(Uuid::nil()), Code::AlreadyExists, "WORKER_EXISTS"),
            (DomainError::AdminRequired("creating").into(), Code::PermissionDenied, "ROLE_REQUIRED"),
            (DomainError::Invalid(Vec::new()).into(), Code::InvalidArgument, "INVALID_INPUT"),
            (DomainError::EtagMismatch(4).into(), Code::Aborted, "ETAG_MISMATCH"),
            (DomainError::Live.into(), Code::FailedPrecondition, "WORKER_IS_LIVE"),
            (illegal.into(), Code::FailedPrecondition, "ILLEGAL_ACTION"),
            (DomainError::Superseded(7).into(), Code::FailedPrecondition, "ACTION_SUPERSEDED"),
            (WorkerError::ProviderUnavailable, Code::Unavailable, "PROVIDER_UNAVAILABLE"),
            (WorkerError::RefreshThrottled(Duration::ZERO), Code::ResourceExhausted, "REFRESH_THROTTLED"),
            (WorkerError::ProviderPaused(Duration::ZERO), Code::ResourceExhausted, "REFRESH_THROTTLED"),
        ];
        for (error, code, reason) in table {
            let status = Status::from(error);
            let details = status.get_error_details();
            assert_eq!((status.code(), details.error_info().unwrap().reason.as_str()), (code, reason));
        }
    }
}
