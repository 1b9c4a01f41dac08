//! The spans of database calls, by the semantic conventions for databases: one a statement, one for the wait for a
//! connection, one each for BEGIN and COMMIT. Only the statement's text is recorded, never a value.

use std::borrow::Cow;
use std::future::Future;

use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::propagation;

/// The database behind a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// `SQLite`.
    Sqlite,
    /// `PostgreSQL`.
    Postgres,
}

impl System {
    /// `db.system.name`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// An error of a database, as spans name it.
pub trait ErrorType {
    /// `error.type`: the database's own code, or a short name of what happened.
    fn error_type(&self) -> Cow<'static, str>;
}

/// A statement of a store, with what its span is called by.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// `SELECT`, `INSERT`, ….
    pub operation: &'static str,
    /// The table.
    pub collection: &'static str,
    /// The text, with placeholders.
    pub sql: &'static str,
}

/// Runs a statement in its span.
pub async fn statement<T, E: ErrorType>(
    system: System,
    statement: &Statement,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let span = tracing::info_span!(
        "db",
        otel.kind = "client",
        otel.name = format!("{} {}", statement.operation, statement.collection),
        otel.status_code = Empty,
        error.type = Empty,
        db.collection.name = statement.collection,
        db.operation.name = statement.operation,
        db.query.text = statement.sql,
        db.system.name = system.name(),
    );
    observed(span, call).await
}

/// Runs BEGIN or COMMIT in its span.
pub async fn transaction<T, E: ErrorType>(
    system: System,
    operation: &'static str,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let span = tracing::info_span!(
        "db",
        otel.kind = "client",
        otel.name = operation,
        otel.status_code = Empty,
        error.type = Empty,
        db.operation.name = operation,
        db.system.name = system.name(),
    );
    observed(span, call).await
}

/// Waits for a connection of the pool in a span.
pub async fn acquire<T, E: ErrorType>(
    system: System,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let span = tracing::info_span!(
        "db",
        otel.kind = "internal",
        otel.name = "acquire connection",
        otel.status_code = Empty,
        error.type = Empty,
        db.system.name = system.name(),
    );
    observed(span, call).await
}

async fn observed<T, E: ErrorType>(span: Span, call: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let outcome = call.instrument(span.clone()).await;
    if let Err(error) = &outcome {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", error.error_type().as_ref());
    }
    propagation::end(&span);
    outcome
}
