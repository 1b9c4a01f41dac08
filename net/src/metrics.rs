//! Metrics of requests and calls, as defined by the semantic conventions for HTTP and RPC.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use telemetry::metrics::{CALL_SECONDS, Counter, Definition, Histogram, KeyValue, UpDownCounter};
use telemetry::semconv::{
    CCM_CONNECTION_LIMIT, CCM_ERROR_REASON, ERROR_TYPE, HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE,
    HTTP_ROUTE, NETWORK_PROTOCOL_VERSION, RPC_METHOD, RPC_STATUS_CODE, RPC_SYSTEM_NAME, URL_SCHEME,
};

static HTTP_DURATION: Histogram = Histogram::new(
    "http.server.request.duration",
    "Duration of HTTP requests, until the end of the response; of event streams, until its head.",
    CALL_SECONDS,
    &[
        HTTP_REQUEST_METHOD,
        URL_SCHEME,
        HTTP_ROUTE,
        HTTP_RESPONSE_STATUS_CODE,
        ERROR_TYPE,
        NETWORK_PROTOCOL_VERSION,
    ],
);
static HTTP_ACTIVE: UpDownCounter = UpDownCounter::new(
    "http.server.active_requests",
    "{request}",
    "HTTP requests that are being served, event streams included.",
    &[HTTP_REQUEST_METHOD, URL_SCHEME],
);
static HTTP_REFUSED: Counter = Counter::new(
    "cml_cloud_manager.requests.refused",
    "{request}",
    "HTTP requests that were answered with an error, by its reason.",
    &[CCM_ERROR_REASON],
);
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
    vec![
        HTTP_DURATION.definition(),
        HTTP_ACTIVE.definition(),
        HTTP_REFUSED.definition(),
        RPC_SERVER.definition(),
        RPC_CLIENT.definition(),
        CONNECTIONS_CLOSED.definition(),
    ]
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

/// What the metrics of an HTTP request have in common. Counts the request as active until this is dropped.
pub(crate) struct ActiveRequest {
    method: &'static str,
    is_https: bool,
}

impl ActiveRequest {
    /// `method` is a standard one, or `_OTHER`.
    pub(crate) fn begin(method: &'static str, is_https: bool) -> Self {
        let active = Self { method, is_https };
        HTTP_ACTIVE.add(1, &active.attributes());
        active
    }

    fn attributes(&self) -> [KeyValue; 2] {
        let scheme = scheme(self.is_https);
        [KeyValue::new(HTTP_REQUEST_METHOD, self.method), KeyValue::new(URL_SCHEME, scheme)]
    }

    /// Records the duration.
    pub(crate) fn took(
        &self,
        duration: Duration,
        route: Option<&Arc<str>>,
        version: &'static str,
        (status, error_type): (Option<StatusCode>, Option<Cow<'static, str>>),
    ) {
        if !HTTP_DURATION.is_recorded() {
            return;
        }
        let mut attributes = Vec::with_capacity(6);
        attributes.extend(self.attributes());
        attributes.push(KeyValue::new(NETWORK_PROTOCOL_VERSION, version));
        attributes.extend(route.map(|it| KeyValue::new(HTTP_ROUTE, it.clone())));
        attributes.extend(status.map(|it| KeyValue::new(HTTP_RESPONSE_STATUS_CODE, i64::from(it.as_u16()))));
        attributes.extend(error_type.map(|it| KeyValue::new(ERROR_TYPE, it)));
        HTTP_DURATION.record(duration, &attributes);
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        HTTP_ACTIVE.add(-1, &self.attributes());
    }
}

/// The value of `url.scheme`.
pub(crate) fn scheme(is_https: bool) -> &'static str {
    if is_https { "https" } else { "http" }
}

/// Counts a request that was answered with an error.
pub(crate) fn request_refused(reason: Cow<'static, str>) {
    HTTP_REFUSED.add(1, &[KeyValue::new(CCM_ERROR_REASON, reason)]);
}

/// Makes the series of all reasons with which this process can answer an HTTP request.
pub fn start_refused(reasons: impl IntoIterator<Item = &'static str>) {
    for reason in reasons {
        HTTP_REFUSED.add(0, &[KeyValue::new(CCM_ERROR_REASON, reason)]);
    }
}

/// Records a call that was served.
pub(crate) fn served_call(
    method: &'static str,
    code: &'static str,
    error_type: Option<&'static str>,
    took: Duration,
) {
    record_call(&RPC_SERVER, took, method.into(), code, error_type);
}

/// Records a call to another process.
pub(crate) fn made_call(
    method: Cow<'static, str>,
    code: &'static str,
    error_type: Option<&'static str>,
    took: Duration,
) {
    record_call(&RPC_CLIENT, took, method, code, error_type);
}

fn record_call(
    durations: &Histogram,
    took: Duration,
    method: Cow<'static, str>,
    code: &'static str,
    error_type: Option<&'static str>,
) {
    let attributes = [
        KeyValue::new(RPC_SYSTEM_NAME, "grpc"),
        KeyValue::new(RPC_METHOD, method),
        KeyValue::new(RPC_STATUS_CODE, code),
        KeyValue::new(ERROR_TYPE, error_type.unwrap_or_default()),
    ];
    // Without a failure, the last one does not apply.
    let applying = attributes.len() - usize::from(error_type.is_none());
    durations.record(took, &attributes[..applying]);
}
