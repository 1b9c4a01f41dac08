//! The basics that every other crate may use: clock, shutdown, periodic work, files that settings name, the text of addresses, violations of input rules, causes of
//! errors. This crate imports no network library, no telemetry SDK and no database, and contains nothing of the domain.

pub mod causes;
pub mod clock;
pub mod connection_failure;
pub mod ip_text;
pub mod periodic;
pub mod regular_file;
pub mod shutdown;
pub mod url;
pub mod violation;
