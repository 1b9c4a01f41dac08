//! The errors of the domain. `crate::error` converts them to gRPC statuses.

use platform::violation::Violation;

use super::DesiredState;

/// Why a worker cannot be created, changed or deleted. The texts are written for the caller.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DomainError {
    /// The caller is not an admin. Contains the requested change ("creating").
    #[error("{0} a worker requires the role admin")]
    AdminRequired(&'static str),
    /// The caller is neither a service nor an admin. Contains what the call does ("reading the outcomes of").
    #[error("{0} a worker requires the role service or admin")]
    ServiceRequired(&'static str),
    /// The caller is neither a manager nor an admin. Contains what the call does ("refreshing").
    #[error("{0} a worker requires the role manager or admin")]
    ManagerRequired(&'static str),
    #[error("{} fields are not valid", .0.len())]
    Invalid(Vec<Violation>),
    /// The caller expects a different version. Contains the current version.
    #[error("the worker was changed by another request: its version is now {0}")]
    EtagMismatch(i64),
    #[error("the worker may still have a machine: terminate the worker, then delete it")]
    Live,
    /// The worker cannot reach this state from where it is.
    #[error(
        "a worker that is terminated or about to be cannot be made {}; possible: {}",
        to.into_str(),
        legal.iter().map(DesiredState::into_str).collect::<Vec<_>>().join(", ")
    )]
    IllegalAction { to: DesiredState, legal: &'static [DesiredState] },
    /// A later action was accepted. Contains the number of the latest one.
    #[error("a later action on the worker was accepted; the number of the latest one is {0}")]
    Superseded(i64),
}
