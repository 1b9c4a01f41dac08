//! How a generation of the desired state ends.

use platform::clock::Micros;
use strum::{EnumString, IntoStaticStr};

/// How a generation ended. A generation ends once, and its outcome never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) generation: i64,
    pub(crate) result: OutcomeResult,
    pub(crate) at: Micros,
    /// Why the generation failed; `None` for other results.
    pub(crate) failure: Option<Failure>,
}

/// The ways in which a generation can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum OutcomeResult {
    /// The observed state reached the desired one.
    Converged,
    /// The desired state will not be reached.
    Failed,
    /// The desired state was set anew before it was reached.
    Superseded,
}

/// Why a worker will not reach its desired state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// For programs: `INSUFFICIENT_CAPACITY`, for example.
    pub(crate) reason: String,
    /// For people.
    pub(crate) message: String,
}
