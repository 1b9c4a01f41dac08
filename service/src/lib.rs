//! What a stateful service is made of, whatever its resources are: the frame that it stands in, idempotency keys,
//! housekeeping, the schema that all services share. It knows no word of the domain.

mod frame;
pub mod housekeeping;
mod migrations;
pub mod request_key;

pub use frame::{Config, Definition, Foundation, Resources, ServeError, serve};
pub use migrations::migrations;
