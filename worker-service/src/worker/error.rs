//! The errors of the domain. `crate::error` converts them to gRPC statuses.

use platform::violation::Violation;

/// Why a worker cannot be created, changed or deleted. The texts are written for the caller.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DomainError {
    /// The caller is not an admin. Contains the requested change ("creating").
    #[error("{0} a worker requires the role admin")]
    AdminRequired(&'static str),
    #[error("{} fields are not valid", .0.len())]
    Invalid(Vec<Violation>),
    /// The caller expects a different version. Contains the current version.
    #[error("the worker was changed by another request: its version is now {0}")]
    EtagMismatch(i64),
    #[error("the worker may still have a machine: terminate the worker, then delete it")]
    Live,
}
