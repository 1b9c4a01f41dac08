//! Metrics of database calls and connection pools, as defined by the semantic conventions for databases.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::{Failure, Target};
use crate::metrics::{
    CALL_SECONDS, Counter, DATABASE_SECONDS, Definition, Histogram, HistogramSeries, KeyValue, Kind,
    Observable,
};
use crate::semconv::{
    DB_CLIENT_CONNECTION_POOL_NAME, DB_CLIENT_CONNECTION_STATE, DB_COLLECTION_NAME, DB_NAMESPACE,
    DB_OPERATION_NAME, DB_RESPONSE_STATUS_CODE, DB_SYSTEM_NAME, ERROR_TYPE, SERVER_ADDRESS, SERVER_PORT,
};

static OPERATION: Histogram = Histogram::new(
    "db.client.operation.duration",
    "Duration of statements, and of BEGIN and COMMIT.",
    DATABASE_SECONDS,
    &[
        DB_SYSTEM_NAME,
        DB_NAMESPACE,
        DB_OPERATION_NAME,
        DB_COLLECTION_NAME,
        DB_RESPONSE_STATUS_CODE,
        ERROR_TYPE,
        SERVER_ADDRESS,
        SERVER_PORT,
    ],
);
static WAIT: Histogram = Histogram::new(
    "db.client.connection.wait_time",
    "Time that it took to get a connection from the pool.",
    CALL_SECONDS,
    &[DB_CLIENT_CONNECTION_POOL_NAME],
);
static TIMEOUTS: Counter = Counter::new(
    "db.client.connection.timeouts",
    "{timeout}",
    "Waits for a connection that the pool could not fulfil in time.",
    &[DB_CLIENT_CONNECTION_POOL_NAME],
);
static COUNT: Observable = Observable::new(
    Kind::UpDownCounter,
    "db.client.connection.count",
    "{connection}",
    "Open connections, by whether they are in use.",
    &[DB_CLIENT_CONNECTION_POOL_NAME, DB_CLIENT_CONNECTION_STATE],
);
static MAX: Observable = Observable::new(
    Kind::UpDownCounter,
    "db.client.connection.max",
    "{connection}",
    "Connections that may be open at once.",
    &[DB_CLIENT_CONNECTION_POOL_NAME],
);
static PENDING: Observable = Observable::new(
    Kind::UpDownCounter,
    "db.client.connection.pending_requests",
    "{request}",
    "Requests that wait for a connection.",
    &[DB_CLIENT_CONNECTION_POOL_NAME],
);

pub(crate) fn definitions() -> Vec<&'static Definition> {
    vec![
        OPERATION.definition(),
        WAIT.definition(),
        TIMEOUTS.definition(),
        COUNT.definition(),
        MAX.definition(),
        PENDING.definition(),
    ]
}

/// A connection pool that is being observed.
#[derive(Debug)]
pub struct PoolUse {
    name: Arc<str>,
    waiting: Arc<AtomicU64>,
    waits: OnceLock<HistogramSeries>,
}

impl PoolUse {
    /// Observes a pool until the process ends. `connections` returns how many are open, and how many of these are idle.
    pub fn observe(
        name: impl Into<Arc<str>>,
        max: u32,
        connections: impl Fn() -> (u64, u64) + Send + Sync + 'static,
    ) -> Self {
        let (name, waiting) = (name.into(), Arc::<AtomicU64>::default());
        let of = |name: &Arc<str>| KeyValue::new(DB_CLIENT_CONNECTION_POOL_NAME, name.clone());
        let pool = of(&name);
        COUNT.observe(move |to| {
            let (open, idle) = connections();
            for (state, count) in [("idle", idle), ("used", open.saturating_sub(idle))] {
                to.observe(count, &[pool.clone(), KeyValue::new(DB_CLIENT_CONNECTION_STATE, state)]);
            }
        });
        let pool = of(&name);
        MAX.observe(move |to| to.observe(u64::from(max), std::slice::from_ref(&pool)));
        let (pool, pending) = (of(&name), waiting.clone());
        PENDING.observe(move |to| {
            to.observe(pending.load(Ordering::Relaxed), std::slice::from_ref(&pool));
        });
        TIMEOUTS.add(0, &[of(&name)]);
        Self { name, waiting, waits: OnceLock::new() }
    }

    /// Begins to wait for a connection.
    pub(super) fn wait(self: &Arc<Self>) -> Wait {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Wait { pool: self.clone(), since: Instant::now() }
    }
}

/// A wait for a connection, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct Wait {
    pool: Arc<PoolUse>,
    since: Instant,
}

impl Wait {
    pub(super) fn ended(self, failure: Option<&Failure>) {
        let attributes = || [KeyValue::new(DB_CLIENT_CONNECTION_POOL_NAME, self.pool.name.clone())];
        let waited = self.since.elapsed();
        if let Some(waits) = self.pool.waits.get() {
            waits.record(waited);
        } else if let Some(waits) = WAIT.first(waited, &attributes()) {
            // Of two at once, either is the series.
            let _ = self.pool.waits.set(waits);
        }
        if failure.is_some_and(|it| it.error_type == "pool_timed_out") {
            TIMEOUTS.add(1, &attributes());
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.pool.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Records a statement, BEGIN or COMMIT.
pub(super) fn operation(
    target: &Target,
    (operation, collection): (&'static str, Option<&'static str>),
    duration: Duration,
    failure: Option<&Failure>,
) {
    if !OPERATION.is_recorded() {
        return;
    }
    let attributes = || attributes(target, (operation, collection), failure);
    if failure.is_some() {
        return OPERATION.record(duration, &attributes());
    }
    let first = || OPERATION.first(duration, &attributes());
    target.operations.visit(operation, collection, |it| it.record(duration), first);
}

fn attributes(
    target: &Target,
    (operation, collection): (&'static str, Option<&'static str>),
    failure: Option<&Failure>,
) -> Vec<KeyValue> {
    let mut attributes = Vec::with_capacity(8);
    attributes.push(KeyValue::new(DB_SYSTEM_NAME, target.system.name()));
    attributes.push(KeyValue::new(DB_NAMESPACE, target.namespace.clone()));
    attributes.push(KeyValue::new(DB_OPERATION_NAME, operation));
    attributes.extend(collection.map(|it| KeyValue::new(DB_COLLECTION_NAME, it)));
    if let Some((address, port)) = &target.server {
        attributes.push(KeyValue::new(SERVER_ADDRESS, address.clone()));
        attributes.extend(port.map(|it| KeyValue::new(SERVER_PORT, i64::from(it))));
    }
    if let Some(failure) = failure {
        attributes.push(KeyValue::new(ERROR_TYPE, failure.error_type.clone()));
        let code = failure.status_code.clone();
        attributes.extend(code.map(|it| KeyValue::new(DB_RESPONSE_STATUS_CODE, it)));
    }
    attributes
}
