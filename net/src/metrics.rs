//! Metrics of requests and calls, as defined by the semantic conventions for HTTP and RPC.

mod http;

use std::time::Duration;

use telemetry::metrics::{CALL_SECONDS, Catalog, Counter, Definition, Histogram, HistogramSeries, KeyValue};
use telemetry::semconv::{CCM_CONNECTION_LIMIT, ERROR_TYPE, RPC_METHOD, RPC_STATUS_CODE, RPC_SYSTEM_NAME};

pub use self::http::start_refused;
pub(crate) use self::http::{ActiveRequest, request_refused, scheme};

static RPC_SERVER: Histogram = Histogram::new(
    "rpc.server.call.duration",
    "Duration of served gRPC calls, until the end of the response; of streams, until its head.",
    CALL_SECONDS,
    &[RPC_SYSTEM_NAME, RPC_METHOD, RPC_STATUS_CODE, ERROR_TYPE],
);
static RPC_CLIENT: Histogram = Histogram::new(
    "rpc.client.call.duration",
    "Duration of gRPC calls to other processes, until the end of the response; of streams, until its head.",
    CALL_SECONDS,
    &[RPC_SYSTEM_NAME, RPC_METHOD, RPC_STATUS_CODE, ERROR_TYPE],
);

static CONNECTIONS_CLOSED: Counter = Counter::new(
    "cml_cloud_manager.connections.refused",
    "{connection}",
    "Connections that were closed by a limit, by its name.",
    &[CCM_CONNECTION_LIMIT],
);

/// The instruments of this crate, in the order of docs/metrics.md.
#[must_use]
pub fn definitions() -> Vec<&'static Definition> {
    let calls = [RPC_SERVER.definition(), RPC_CLIENT.definition(), CONNECTIONS_CLOSED.definition()];
    [http::definitions(), calls.to_vec()].concat()
}

/// The limit that closed a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ConnectionEnd {
    /// Its address has its share of connections.
    OverShare,
    /// There was no place for a new one, and this one had shown no valid token; or there was no place for this one.
    Displaced,
    /// It had shown no valid token, and made too many requests, or others needed the places of its health checks.
    RefusedCalls,
}

impl ConnectionEnd {
    fn name(self) -> &'static str {
        match self {
            Self::OverShare => "share",
            Self::Displaced => "total",
            Self::RefusedCalls => "refused_calls",
        }
    }
}

/// Counts a connection that a limit closed.
pub(crate) fn connection_closed(end: ConnectionEnd) {
    CONNECTIONS_CLOSED.add(1, &[KeyValue::new(CCM_CONNECTION_LIMIT, end.name())]);
}

/// Makes the series of all limits that close connections.
pub(crate) fn start_closed() {
    for end in [ConnectionEnd::OverShare, ConnectionEnd::Displaced, ConnectionEnd::RefusedCalls] {
        CONNECTIONS_CLOSED.add(0, &[KeyValue::new(CCM_CONNECTION_LIMIT, end.name())]);
    }
}

/// The series of calls, by method; each has as many as there are codes.
type Calls = Catalog<(&'static str, Option<&'static str>), HistogramSeries>;

/// Records a call that was served.
pub(crate) fn served_call(
    method: &'static str,
    code: &'static str,
    error_type: Option<&'static str>,
    took: Duration,
) {
    static CALLS: Calls = Calls::new();
    record_call((&RPC_SERVER, &CALLS), took, method, code, error_type);
}

/// Records a call to another process.
pub(crate) fn made_call(method: &str, code: &'static str, error_type: Option<&'static str>, took: Duration) {
    static CALLS: Calls = Calls::new();
    record_call((&RPC_CLIENT, &CALLS), took, method, code, error_type);
}

fn record_call(
    (durations, calls): (&Histogram, &Calls),
    took: Duration,
    method: &str,
    code: &'static str,
    error_type: Option<&'static str>,
) {
    if !durations.is_recorded() {
        return;
    }
    let first = || {
        let mut attributes = vec![
            KeyValue::new(RPC_SYSTEM_NAME, "grpc"),
            KeyValue::new(RPC_METHOD, method.to_owned()),
            KeyValue::new(RPC_STATUS_CODE, code),
        ];
        attributes.extend(error_type.map(|it| KeyValue::new(ERROR_TYPE, it)));
        durations.first(took, &attributes)
    };
    calls.visit(method, (code, error_type), |it| it.record(took), first);
}
