//! The network side of every process: the accept loop, gRPC channels and servers, the layers that requests pass through,
//! deadlines, TLS and health checks. It imports neither a database nor a domain crate.

pub mod activity;
pub mod admission;
pub mod client_address;
pub mod event_stream;
mod forwarded;
pub mod grpc;
pub mod http_server;
pub mod metrics;
pub mod places;
pub mod public_origin;
mod rarely;
pub mod rate_limit;
pub mod read_turns;
mod refused;
pub mod scrape;
pub mod server;
pub mod tls;
mod together;
mod traced_body;
pub mod waiting;
