//! Why the domain refuses what a caller asks for. How the caller is told is decided in `crate::error`.

use platform::violation::Violation;

/// Why a worker is not created, changed or deleted. The texts are for the caller.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DomainError {
    /// With what was asked for ("creating").
    #[error("{0} a worker needs the role admin")]
    AdminRequired(&'static str),
    #[error("{} fields are not valid", .0.len())]
    Invalid(Vec<Violation>),
    /// With the version that it has.
    #[error("the worker has changed: its version is {0}")]
    EtagMismatch(i64),
    #[error("the worker may have a machine: terminate it, and delete it once it is terminated")]
    Live,
}
