//! The variables that the telemetry reads, with their defaults: docs/configuration.md is made from this table. A test compares it
//! with what is read.

use VariableDefault::{Value, Words};

/// A variable of the environment that no flag has.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// As the environment has it.
    pub name: &'static str,
    /// What applies without it.
    pub default: VariableDefault,
    /// What it does, in Markdown.
    pub meaning: &'static str,
}

/// What applies if a variable is not set, or empty.
#[derive(Clone, Copy, Debug)]
pub enum VariableDefault {
    /// The same as with this value.
    Value(&'static str),
    /// What no value says, in Markdown.
    Words(&'static str),
}

/// The variables, in the order of the documentation. The variables `OTEL_EXPORTER_OTLP_…` also have a form for each signal.
pub const VARIABLES: [Variable; 29] = [
    Variable {
        name: "OTEL_SDK_DISABLED",
        default: Value("false"),
        meaning: "`true` (case-insensitive): no spans and no trace ids; a caller's trace context is propagated unchanged",
    },
    Variable {
        name: "OTEL_SERVICE_NAME",
        default: Words("the role's name"),
        meaning: "`service.name`; `ccm up` does not pass it on, because it would name all three processes",
    },
    Variable {
        name: "OTEL_RESOURCE_ATTRIBUTES",
        default: Words("empty"),
        meaning: "`key=value,…`, percent-encoded; overrides the attributes that the process sets itself",
    },
    Variable {
        name: "OTEL_TRACES_EXPORTER",
        default: Value("otlp"),
        meaning: "`otlp`, `console`, a comma-separated list of both, or `none`: trace ids without export",
    },
    Variable {
        name: "OTEL_TRACES_SAMPLER",
        default: Words("see below"),
        meaning: "One of the six samplers of the specification",
    },
    Variable {
        name: "OTEL_TRACES_SAMPLER_ARG",
        default: Value("1"),
        meaning: "Ratio of the two `…traceidratio` samplers, 0 to 1",
    },
    Variable {
        name: "OTEL_PROPAGATORS",
        default: Value("tracecontext,baggage"),
        meaning: "`tracecontext`, `baggage` (by `CCM_BAGGAGE_KEYS`), `none`",
    },
    Variable {
        name: "OTEL_BSP_SCHEDULE_DELAY",
        default: Value("1000"),
        meaning: "Milliseconds between exports; `ccm up` sets 200 if it receives the spans itself",
    },
    Variable {
        name: "OTEL_BSP_MAX_QUEUE_SIZE",
        default: Value("8192"),
        meaning: "Maximum number of spans that wait, besides the batch that is being exported; further spans are dropped and counted",
    },
    Variable {
        name: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
        default: Value("512"),
        meaning: "Maximum number of spans per export",
    },
    Variable {
        name: "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
        default: Value("128"),
        meaning: "Maximum number of attributes per span; those added last are dropped",
    },
    Variable {
        name: "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        default: Words("none"),
        meaning: "Maximum length of an attribute value in characters; if unset, `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT` applies",
    },
    Variable {
        name: "OTEL_METRICS_EXPORTER",
        default: Value("otlp"),
        meaning: "`otlp`, `prometheus`, `console`, a comma-separated list of these, or `none`. `ccm up` sets `none` if it receives the spans itself, and neither the variable nor an endpoint for metrics is set",
    },
    Variable {
        name: "OTEL_METRIC_EXPORT_INTERVAL",
        default: Value("60000"),
        meaning: "Milliseconds between two exports of metrics",
    },
    Variable {
        name: "OTEL_METRIC_EXPORT_TIMEOUT",
        default: Words("that of OTLP"),
        meaning: "Milliseconds. Limits each export of metrics, if it is less than `OTEL_EXPORTER_OTLP_TIMEOUT`",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        default: Value("cumulative"),
        meaning: "`cumulative`, `delta` or `lowmemory`. Prometheus needs `cumulative`; with the others, what a failed export had is lost",
    },
    Variable {
        name: "OTEL_EXPORTER_PROMETHEUS_HOST",
        default: Value("localhost"),
        meaning: "Address of the port that Prometheus scrapes",
    },
    Variable {
        name: "OTEL_EXPORTER_PROMETHEUS_PORT",
        default: Value("9464"),
        meaning: "The port; `ccm up` gives the gateway this one, task-service the next, and worker-service the one after it",
    },
    Variable {
        name: "OTEL_LOGS_EXPORTER",
        default: Value("none"),
        meaning: "`otlp`, `console`, a comma-separated list of both, or `none`. Log lines are written to standard output in any case",
    },
    Variable {
        name: "OTEL_BLRP_SCHEDULE_DELAY",
        default: Value("1000"),
        meaning: "Milliseconds between exports of log records",
    },
    Variable {
        name: "OTEL_BLRP_MAX_QUEUE_SIZE",
        default: Value("8192"),
        meaning: "Maximum number of log records that wait, besides the batch that is being exported; further ones are dropped and counted",
    },
    Variable {
        name: "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
        default: Value("512"),
        meaning: "Maximum number of log records per export",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_ENDPOINT",
        default: Words("`http://localhost:4317`, over HTTP `:4318`"),
        meaning: "URL of the receiver; over HTTP, `/v1/traces`, `/v1/metrics` or `/v1/logs` is appended, except to the form for a signal",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_PROTOCOL",
        default: Value("grpc"),
        meaning: "`grpc` or `http/protobuf`",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_HEADERS",
        default: Words("empty"),
        meaning: "`key=value,…`, percent-encoded, sent with each export. A part that cannot be sent causes a warning, which does not show it",
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_TIMEOUT",
        default: Value("10000"),
        meaning: "Milliseconds. Limits each attempt to export a batch. No new attempt begins after this time, so an export takes at most twice as long; then the batch waits and is exported again",
    },
    Variable { name: "OTEL_EXPORTER_OTLP_COMPRESSION", default: Value("none"), meaning: "`gzip` or `none`" },
    Variable {
        name: "OTEL_EXPORTER_OTLP_CERTIFICATE",
        default: Words("the system's roots"),
        meaning: "PEM file with the CA certificates that verify an `https:` receiver",
    },
    Variable {
        name: "RUST_LOG",
        default: Value(crate::DEFAULT_LOG_FILTER),
        meaning: "Log filter: the log lines that are written. Audit lines are written whatever it says",
    },
];
