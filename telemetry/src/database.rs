//! Spans of database calls, as defined by the semantic conventions for databases: one for each statement, for waiting
//! for a connection, and for BEGIN and COMMIT. The text of a statement is recorded, but never a value.

use std::borrow::Cow;
use std::future::Future;

use opentelemetry_semantic_conventions::attribute::{
    DB_COLLECTION_NAME, DB_OPERATION_NAME, DB_QUERY_TEXT, DB_SYSTEM_NAME,
};

use crate::span::{Span, SpanBuilder, SpanKind};

/// The database management system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// `SQLite`.
    Sqlite,
    /// `PostgreSQL`.
    Postgres,
}

impl System {
    /// Returns the value of the attribute `db.system.name`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// A database error that has a value for the attribute `error.type`.
pub trait ErrorType {
    /// Returns the error code of the database, or a short name of the error.
    fn error_type(&self) -> Cow<'static, str>;
}

/// An SQL statement, with the names for its span.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// Operation: `SELECT` or `INSERT`, for example.
    pub operation: &'static str,
    /// Name of the table.
    pub collection: &'static str,
    /// Text of the statement, with placeholders.
    pub sql: &'static str,
}

/// Runs a statement in a client span.
pub async fn statement<T, E: ErrorType>(
    system: System,
    statement: &Statement,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let span = SpanBuilder::new(SpanKind::Client).start(|it| {
        it.name(format!("{} {}", statement.operation, statement.collection));
        it.set(DB_COLLECTION_NAME, statement.collection);
        it.set(DB_OPERATION_NAME, statement.operation);
        it.set(DB_QUERY_TEXT, statement.sql);
        it.set(DB_SYSTEM_NAME, system.name());
    });
    observed(span, call).await
}

/// Runs BEGIN or COMMIT in a client span.
pub async fn transaction<T, E: ErrorType>(
    system: System,
    operation: &'static str,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let span = SpanBuilder::new(SpanKind::Client).start(|it| {
        it.name(operation);
        it.set(DB_OPERATION_NAME, operation);
        it.set(DB_SYSTEM_NAME, system.name());
    });
    observed(span, call).await
}

/// Waits for a connection of the pool in an internal span.
pub async fn acquire<T, E: ErrorType>(
    system: System,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let span = SpanBuilder::new(SpanKind::Internal).start(|it| {
        it.name("acquire connection");
        it.set(DB_SYSTEM_NAME, system.name());
    });
    observed(span, call).await
}

async fn observed<T, E: ErrorType>(span: Span, call: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let outcome = span.run(call).await;
    if let Err(error) = &outcome {
        span.record(|it| it.fail(error.error_type()));
    }
    span.end();
    outcome
}
