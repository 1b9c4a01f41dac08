//! The parts that all stateful services share: starting and stopping, idempotency keys, housekeeping and common
//! migrations. This crate contains nothing of the domain.

mod frame;
pub mod housekeeping;
mod migrations;
mod purge;
pub mod request_key;
mod steadiness;

pub use frame::{Config, Definition, Foundation, Resources, ServeError, Work, serve};
pub use migrations::migrations;
pub use purge::Purge;
pub use storage::{DatabaseConfig, Migration};
