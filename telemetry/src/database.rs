//! Spans and metrics of database calls, as defined by the semantic conventions for databases: one for each statement, for waiting
//! for a connection, and for BEGIN and COMMIT. The text of a statement is recorded, but never a value.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use opentelemetry::Context;

use crate::metrics::{Catalog, HistogramSeries};
use crate::semconv;
use crate::span::{Description, Span, SpanBuilder, SpanKind, Timestamp};

mod metrics;

pub use metrics::PoolUse;
pub(crate) use metrics::definitions;

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

/// The database of a process, as its spans name it.
#[derive(Debug)]
pub struct Target {
    /// The database management system.
    pub system: System,
    /// `db.namespace`: the name of the PostgreSQL database, or of the SQLite file without its directory.
    pub namespace: Arc<str>,
    /// `server.address` and `server.port` of PostgreSQL; the path of a Unix socket has no port.
    pub server: Option<(Arc<str>, Option<u16>)>,
    /// The series of the operations that succeeded, by operation and collection.
    operations: Catalog<Option<&'static str>, HistogramSeries>,
}

impl Target {
    /// Describes a database; see the fields.
    pub fn new(
        system: System,
        namespace: impl Into<Arc<str>>,
        server: Option<(Arc<str>, Option<u16>)>,
    ) -> Self {
        Self { system, namespace: namespace.into(), server, operations: Catalog::new() }
    }

    /// Describes the database as the peer of a client span. Without `peer.service`, Tempo's service graph would name the
    /// node of a PostgreSQL database by the host of its server.
    fn describe_peer(&self, it: &mut Description) {
        it.set(semconv::PEER_SERVICE, self.namespace.clone());
        it.set(semconv::SERVICE_PEER_NAME, self.namespace.clone());
        self.describe(it);
    }

    fn describe(&self, it: &mut Description) {
        it.set(semconv::DB_NAMESPACE, self.namespace.clone());
        it.set(semconv::DB_SYSTEM_NAME, self.system.name());
        if let Some((address, port)) = &self.server {
            it.set(semconv::SERVER_ADDRESS, address.clone());
            it.set_some(semconv::SERVER_PORT, port.map(i64::from));
        }
    }
}

/// Why a database call failed, for its span.
#[derive(Debug)]
pub struct Failure {
    /// `error.type`: the code that the database answered, or a short name of what failed.
    pub error_type: Cow<'static, str>,
    /// The status description, from a closed set of texts.
    pub description: &'static str,
    /// `db.response.status_code`, if the database answered: an SQLSTATE, or a result code of SQLite.
    pub status_code: Option<String>,
}

/// A database error that spans can describe.
pub trait DescribeFailure {
    /// Returns why the call failed.
    fn failure(&self) -> Failure;
}

/// An SQL statement, with the name of its span.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// The operation and the table: `SELECT tasks`. Several of them: `INSERT tasks INSERT events`.
    pub summary: &'static str,
    /// Text of the statement on one line, with placeholders.
    pub sql: &'static str,
}

impl Statement {
    /// The operation, and the table unless there are several.
    fn operation_and_table(&self) -> (&'static str, Option<&'static str>) {
        let (operation, table) = self.summary.split_once(' ').unwrap_or((self.summary, ""));
        (operation, Some(table).filter(|it| !it.is_empty() && !it.contains(' ')))
    }
}

/// Runs a statement in a client span.
pub async fn statement<T, E: DescribeFailure>(
    target: &Target,
    statement: &Statement,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let (operation, collection) = statement.operation_and_table();
    let span = SpanBuilder::new(SpanKind::Client).start(|it| {
        it.name(statement.summary);
        it.set_some(semconv::DB_COLLECTION_NAME, collection);
        it.set(semconv::DB_OPERATION_NAME, operation);
        it.set(semconv::DB_QUERY_SUMMARY, statement.summary);
        it.set(semconv::DB_QUERY_TEXT, statement.sql);
        target.describe_peer(it);
    });
    let started = Instant::now();
    let outcome = span.run(call).await;
    let failure = ended(&span, &outcome);
    metrics::operation(target, (operation, collection), started.elapsed(), failure.as_ref());
    outcome
}

/// Runs BEGIN in a client span.
pub async fn transaction<T, E: DescribeFailure>(
    target: &Target,
    operation: &'static str,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let span = SpanBuilder::new(SpanKind::Client).start(|it| {
        it.name(operation);
        it.set(semconv::DB_OPERATION_NAME, operation);
        target.describe_peer(it);
    });
    let started = Instant::now();
    let outcome = span.run(call).await;
    let failure = ended(&span, &outcome);
    metrics::operation(target, (operation, None), started.elapsed(), failure.as_ref());
    outcome
}

/// Runs one COMMIT that stores the changes of several callers, in whose contexts it has a client span each, with the same
/// times. Where they are several, the spans say how many.
pub async fn shared_commit<T, E: DescribeFailure>(
    target: &Target,
    callers: &[Context],
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    const COMMIT: &str = "COMMIT";
    let changes = i64::try_from(callers.len()).ok().filter(|it| *it > 1);
    let started = Timestamp::now();
    let start = |caller: &Context| {
        let span = SpanBuilder::new(SpanKind::Client).child_of(caller.clone()).started_at(started);
        span.start(|it| {
            it.name(COMMIT);
            it.set(semconv::DB_OPERATION_NAME, COMMIT);
            it.set_some(semconv::CCM_COMMIT_CHANGES, changes);
            target.describe_peer(it);
        })
    };
    let spans: Vec<Span> = callers.iter().map(start).collect();
    let outcome = call.await;
    let ended = Timestamp::now();
    let failure = outcome.as_ref().err().map(DescribeFailure::failure);
    for span in spans {
        record_failure(&span, failure.as_ref());
        span.end_at(ended);
    }
    metrics::operation(target, (COMMIT, None), started.elapsed(), failure.as_ref());
    outcome
}

/// Waits for a connection of a pool in an internal span.
pub async fn acquire<T, E: DescribeFailure>(
    target: &Target,
    pool: &Arc<PoolUse>,
    call: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let acquisition = Acquisition::begin(target, pool);
    let outcome = acquisition.span.run(call).await;
    acquisition.ended(outcome.as_ref().err());
    outcome
}

/// A wait for a connection of a pool, in an internal span beneath the current one. It ends when this is dropped.
#[derive(Debug)]
pub struct Acquisition {
    span: Span,
    wait: metrics::Wait,
}

impl Acquisition {
    /// Begins to wait.
    #[must_use]
    pub fn begin(target: &Target, pool: &Arc<PoolUse>) -> Self {
        let span = SpanBuilder::new(SpanKind::Internal).start(|it| {
            it.name("acquire connection");
            target.describe(it);
        });
        Self { span, wait: pool.wait() }
    }

    /// Records how the wait ended: with a connection, or with an error.
    pub fn ended<E: DescribeFailure>(self, error: Option<&E>) {
        let failure = error.map(DescribeFailure::failure);
        record_failure(&self.span, failure.as_ref());
        self.span.end();
        self.wait.ended(failure.as_ref());
    }
}

/// Ends the span of a call, and returns why it failed.
fn ended<T, E: DescribeFailure>(span: &Span, outcome: &Result<T, E>) -> Option<Failure> {
    let failure = outcome.as_ref().err().map(DescribeFailure::failure);
    record_failure(span, failure.as_ref());
    span.end();
    failure
}

fn record_failure(span: &Span, failure: Option<&Failure>) {
    if let Some(failure) = failure {
        span.record(|it| {
            it.set_some(semconv::DB_RESPONSE_STATUS_CODE, failure.status_code.clone());
            it.fail(failure.error_type.clone(), failure.description);
        });
    }
}
