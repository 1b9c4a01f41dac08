//! End to end: the built binary, its real processes, over HTTP, gRPC and OTLP on real sockets. One binary, so that the
//! whole is linked once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]
#![expect(clippy::disallowed_types, reason = "the tests are a client with a plain channel")]

mod action_trace;
mod actions;
mod api;
mod audit;
mod breaking;
mod business_metrics;
mod compose;
mod conditional;
mod cors;
mod databases;
mod domain;
mod drain;
mod edge;
mod empty_answers;
mod event_log;
mod events_tail;
mod export_outage;
mod failures;
mod fleet;
#[path = "../dashboards/generator.rs"]
mod generator;
mod grpc_callers;
mod grpc_protocol;
mod harness;
mod health;
mod history;
mod hostile_grpc;
mod http_letter;
mod idempotency;
mod issuer;
mod issuer_spans;
mod kill;
mod large_lists;
mod limits;
mod metrics;
mod nginx;
mod on_behalf_of;
mod openapi;
mod otel;
mod otel_logs;
mod otel_metrics;
mod outage;
mod page;
mod page_in_chromium;
mod patch_tasks;
mod patch_workers;
mod printing;
mod proxies;
mod queries;
mod readme;
mod reasons;
mod replicas;
mod request_spans;
mod restore;
mod rooms;
mod service_identity;
mod session;
mod sign_in;
mod signals;
mod slow_clients;
mod snapshots;
mod stream;
mod third_party_hop;
mod tls;
mod tokens;
mod trace;
mod traces_page;
mod unread_bodies;
mod up;
mod watch;
mod web_client;
mod who_may;
