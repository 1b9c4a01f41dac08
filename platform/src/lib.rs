//! What every process needs, whatever it does: telemetry, gRPC channels and servers, shutdown, the clock.
//! No sqlx and no word of the domain belongs here.

pub mod activity;
pub mod admission;
pub mod clock;
pub mod grpc;
pub mod http_server;
pub mod linger;
mod named;
pub mod otlp;
pub mod propagation;
pub mod shutdown;
pub mod telemetry;
pub mod tls;
mod traced_body;
pub mod violation;
