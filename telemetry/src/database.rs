//! The spans of database calls, by the semantic conventions for databases: one a statement, one for the wait for a
//! connection, one each for BEGIN and COMMIT. Only the statement's text is recorded, never a value.

use std::borrow::Cow;
use std::future::Future;

use opentelemetry_semantic_conventions::attribute::{
    DB_COLLECTION_NAME, DB_OPERATION_NAME, DB_QUERY_TEXT, DB_SYSTEM_NAME,
};

use crate::span::{Span, SpanBuilder, SpanKind};

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
    let span = SpanBuilder::new(SpanKind::Client).start(|it| {
        it.name(format!("{} {}", statement.operation, statement.collection));
        it.set(DB_COLLECTION_NAME, statement.collection);
        it.set(DB_OPERATION_NAME, statement.operation);
        it.set(DB_QUERY_TEXT, statement.sql);
        it.set(DB_SYSTEM_NAME, system.name());
    });
    observed(span, call).await
}

/// Runs BEGIN or COMMIT in its span.
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

/// Waits for a connection of the pool in a span.
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
