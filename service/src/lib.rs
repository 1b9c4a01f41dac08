//! What a stateful service is made of, whatever its resources are: idempotency keys, housekeeping, the schema that all of
//! them share. It knows no word of the domain.

pub mod housekeeping;
mod migrations;
pub mod request_key;

pub use migrations::migrations;
