//! What comes into a process and what goes out of it: gRPC channels and servers, the layers that requests pass through,
//! deadlines, TLS, health. It knows no database and no word of the domain.

pub mod activity;
pub mod admission;
pub mod grpc;
pub mod http_server;
pub mod server;
pub mod tls;
mod traced_body;
