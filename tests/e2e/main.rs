//! End to end: the built binary, its real processes, over HTTP, gRPC and OTLP on real sockets. One binary, so that the
//! whole is linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod api;
mod breaking;
mod edge;
mod grpc_callers;
mod harness;
mod issuer;
mod kill;
mod otel;
mod outage;
mod readme;
mod slow_clients;
mod trace;
mod up;
