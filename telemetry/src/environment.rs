//! Reads the `OTEL_*` variables once. The SDK reads some of them by itself, but ignores invalid values silently, so this
//! file checks them too and collects warnings.

mod reader;
pub(super) mod variables;

use std::time::Duration;

use http::HeaderMap;
use opentelemetry_sdk::metrics::Temporality;
use tonic::codec::CompressionEncoding;

use reader::Reader;

/// Where a receiver on this machine listens.
pub(super) const DEFAULT_GRPC_ENDPOINT: &str = "http://localhost:4317";

/// The telemetry settings of the environment.
#[derive(Debug)]
pub(super) struct Environment {
    pub(super) disabled: bool,
    pub(super) service_name: Option<String>,
    pub(super) resource_attributes: Vec<(String, String)>,
    pub(super) traces: Traces,
    pub(super) metrics: Metrics,
    pub(super) logs: Logs,
    pub(super) propagators: Vec<Propagator>,
    pub(super) log_filter: Option<String>,
    /// Warnings about unsupported or invalid values.
    pub(super) warnings: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Traces {
    pub(super) exporters: Vec<Exporter>,
    /// Whether `OTEL_TRACES_SAMPLER` names a supported sampler, which then makes all sampling decisions.
    pub(super) has_sampler: bool,
    pub(super) batch: Batch,
    /// Maximum length of attribute values in characters; longer values are truncated.
    pub(super) value_length: Option<usize>,
    pub(super) otlp: Otlp,
}

#[derive(Debug)]
pub(super) struct Metrics {
    pub(super) exporters: Vec<MetricExporter>,
    /// The time between two exports.
    pub(super) interval: Duration,
    pub(super) temporality: Temporality,
    pub(super) otlp: Otlp,
    /// Where the endpoint for Prometheus listens.
    pub(super) scrape_host: String,
    pub(super) scrape_port: u16,
}

#[derive(Debug)]
pub(super) struct Logs {
    pub(super) exporters: Vec<Exporter>,
    pub(super) batch: Batch,
    pub(super) otlp: Otlp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exporter {
    Otlp,
    Console,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetricExporter {
    Otlp,
    Console,
    Prometheus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Propagator {
    TraceContext,
    Baggage,
}

/// The settings of a batch processor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch {
    pub(super) delay: Duration,
    pub(super) queue: usize,
    pub(super) size: usize,
}

/// The settings of the OTLP exporter of one signal.
#[derive(Clone, Debug)]
pub(super) struct Otlp {
    pub(super) http: bool,
    /// The variable that names the endpoint, and its value.
    pub(super) endpoint: Option<(String, String)>,
    /// Whether a gRPC endpoint without a scheme is reached without TLS.
    pub(super) is_insecure: bool,
    /// Sent with each export. Their values are marked as sensitive.
    pub(super) headers: HeaderMap,
    pub(super) compression: Option<CompressionEncoding>,
    /// Whether the endpoint is `http://…`, which needs no CA certificates. Without one, it is on localhost.
    pub(super) is_plain: bool,
    /// Timeout of an export, with the retries that the exporter itself makes.
    pub(super) timeout: Duration,
    /// Path of a PEM file.
    pub(super) certificate: Option<String>,
    pub(super) client_certificate: Option<String>,
    pub(super) client_key: Option<String>,
}

impl Environment {
    pub(super) fn read() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the SDK reads its own variables from the environment too"
        )]
        Self::from(|name| std::env::var(name).ok())
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut it = Reader::new(variable);
        // The specification: only "true" disables, case-insensitively, and an empty value counts as unset.
        let disabled = it.flag("OTEL_SDK_DISABLED");
        if let Some(file) = it.text("OTEL_CONFIG_FILE") {
            it.warn(format!("OTEL_CONFIG_FILE={file} is not supported: the file is not read"));
        }
        Self {
            disabled,
            service_name: it.text("OTEL_SERVICE_NAME"),
            resource_attributes: it.resource_attributes(),
            traces: Self::traces(&mut it),
            metrics: Self::metrics(&mut it),
            logs: Self::logs(&mut it),
            propagators: it.propagators(),
            log_filter: it.text("RUST_LOG"),
            warnings: it.warnings,
        }
    }

    fn traces<F: Fn(&str) -> Option<String>>(it: &mut Reader<F>) -> Traces {
        for limit in
            ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_SPAN_LINK_COUNT_LIMIT"]
        {
            it.number(limit, 128_u32);
        }
        Traces {
            exporters: it.exporters("OTEL_TRACES_EXPORTER", "otlp"),
            has_sampler: it.sampler(),
            batch: it.batch("OTEL_BSP"),
            value_length: it.value_length("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT"),
            otlp: it.otlp("TRACES"),
        }
    }

    fn metrics<F: Fn(&str) -> Option<String>>(it: &mut Reader<F>) -> Metrics {
        let mut otlp = it.otlp("METRICS");
        if let Some(limit) = it.optional_number("OTEL_METRIC_EXPORT_TIMEOUT").map(Duration::from_millis) {
            otlp.timeout = otlp.timeout.min(limit);
        }
        Metrics {
            exporters: it.metric_exporters(),
            interval: Duration::from_millis(it.number("OTEL_METRIC_EXPORT_INTERVAL", 60_000).max(1)),
            temporality: it.temporality(),
            otlp,
            scrape_host: it.text("OTEL_EXPORTER_PROMETHEUS_HOST").unwrap_or_else(|| "localhost".to_owned()),
            scrape_port: it.number("OTEL_EXPORTER_PROMETHEUS_PORT", 9_464),
        }
    }

    fn logs<F: Fn(&str) -> Option<String>>(it: &mut Reader<F>) -> Logs {
        for limit in ["OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT"] {
            if let Some(value) = it.text(limit) {
                it.warn(format!("{limit}={value} is not supported: log records have no such limit"));
            }
        }
        Logs {
            exporters: it.exporters("OTEL_LOGS_EXPORTER", "none"),
            batch: it.batch("OTEL_BLRP"),
            otlp: it.otlp("LOGS"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> Environment {
        Environment::from(|name| set.iter().find(|it| it.0 == name).map(|it| it.1.to_owned()))
    }

    #[test]
    fn every_value_that_is_not_supported_is_a_warning_that_names_it() {
        let unsupported = [
            ("OTEL_SDK_DISABLED", "yes"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_TRACES_SAMPLER", "xray"),
            ("OTEL_PROPAGATORS", "b3"),
            ("OTEL_BSP_SCHEDULE_DELAY", "soon"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "-1"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "many"),
            ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "x"),
            ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "x"),
            ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "x"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "thrift"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
            ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "thrift"),
            ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "zstd"),
            ("OTEL_METRICS_EXPORTER", "statsd"),
            ("OTEL_LOGS_EXPORTER", "syslog"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1m"),
            ("OTEL_METRIC_EXPORT_TIMEOUT", "10s"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "sometimes"),
            ("OTEL_METRICS_EXEMPLAR_FILTER", "always_on"),
            ("OTEL_EXPORTER_PROMETHEUS_PORT", "99999"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "soon"),
            ("OTEL_BLRP_MAX_QUEUE_SIZE", "-1"),
            ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "many"),
            ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "x"),
            ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "x"),
            ("OTEL_CONFIG_FILE", "otel.yaml"),
        ];
        for (name, value) in unsupported {
            let warnings = with(&[(name, value)]).warnings;
            assert!(
                warnings.len() == 1 && warnings[0].contains(&format!("{name}={value}")),
                "{name}: {warnings:?}"
            );
        }
        let arg = with(&[("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "2")]);
        assert!(arg.warnings[0].contains("OTEL_TRACES_SAMPLER_ARG=2"));
        assert!(with(&[]).warnings.is_empty());
    }

    #[test]
    fn the_variable_of_a_signal_wins_over_the_one_of_all_signals() {
        let set = [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
        ];
        let set = with(&set);
        assert!(set.traces.otlp.http && !set.metrics.otlp.http && !set.logs.otlp.http);
    }

    #[test]
    fn an_endpoint_is_plain_by_its_scheme_or_without_one_if_it_is_insecure() {
        let is_plain = |endpoint, insecure| {
            let set = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_INSECURE", insecure)];
            with(&set).traces.otlp.is_plain
        };
        assert!(is_plain("http://collector:4317", "false") && is_plain("collector:4317", "true"));
        assert!(!is_plain("https://collector:4317", "true") && !is_plain("collector:4317", "false"));
    }

    #[test]
    fn several_exporters_can_be_named_and_none_is_none() {
        assert_eq!(
            with(&[("OTEL_TRACES_EXPORTER", "otlp, console")]).traces.exporters,
            [Exporter::Otlp, Exporter::Console]
        );
        assert_eq!(with(&[("OTEL_TRACES_EXPORTER", "none")]).traces.exporters, []);
        assert_eq!(with(&[("OTEL_TRACES_EXPORTER", "")]).traces.exporters, [Exporter::Otlp]);
        assert_eq!(with(&[]).logs.exporters, []);
        assert_eq!(
            with(&[("OTEL_METRICS_EXPORTER", "otlp,prometheus")]).metrics.exporters,
            [MetricExporter::Otlp, MetricExporter::Prometheus]
        );
    }

    #[test]
    fn resource_attributes_are_percent_decoded() {
        let attributes = with(&[("OTEL_RESOURCE_ATTRIBUTES", "a=1%2C2, team=lab%20%F0%9F%91%8D,odd=5%,x")]);
        let expected = [("a", "1,2"), ("team", "lab 👍"), ("odd", "5%")];
        let found: Vec<(&str, &str)> =
            attributes.resource_attributes.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        assert_eq!(found, expected);
        assert_eq!(attributes.warnings.len(), 1);
    }

    #[test]
    fn a_header_that_is_not_sent_is_a_warning_without_its_text() {
        for (name, value, problem) in [
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,s3cret", "a part without `=`"),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "s3cret", "a part without `=`"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "=s3cret", "a header with an invalid name"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "s3cret=", "a header without a value"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "s3cret key=1", "a header with an invalid name"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "key=s3cret%0A", "a header with an invalid value"),
        ] {
            assert_eq!(
                with(&[(name, value)]).warnings,
                [format!("{name} has {problem}: ignored")],
                "{value}"
            );
        }
        assert!(with(&[("OTEL_EXPORTER_OTLP_HEADERS", " a=1 , b = x%20=y,")]).warnings.is_empty());
    }

    #[test]
    fn an_unset_variable_is_as_the_default_of_the_table() {
        let unset = format!("{:?}", with(&[]));
        for variable in variables::VARIABLES {
            let variables::VariableDefault::Value(value) = variable.default else { continue };
            let set = with(&[(variable.name, value)]);
            // The sampler and the log filter have their defaults where they are used.
            let set = Environment { log_filter: None, ..set };
            assert_eq!(format!("{set:?}"), unset, "{}={value}", variable.name);
        }
    }

    #[test]
    fn every_variable_that_is_read_is_documented() {
        let read = std::cell::RefCell::new(std::collections::BTreeSet::new());
        // With a sampler, its argument is read as well.
        Environment::from(|name| {
            read.borrow_mut().insert(name.to_owned());
            (name == "OTEL_TRACES_SAMPLER").then(|| "traceidratio".to_owned())
        });
        let mut read = read.into_inner();
        let documented = include_str!("../../docs/configuration.md");
        for signal in ["TRACES", "METRICS", "LOGS"] {
            let prefix = format!("OTEL_EXPORTER_OTLP_{signal}_");
            let of_all =
                |it: &String| it.strip_prefix(&prefix).map(|rest| format!("OTEL_EXPORTER_OTLP_{rest}"));
            let known = read.clone();
            read.retain(|it| !of_all(it).is_some_and(|it| known.contains(&it)));
        }
        for name in &read {
            assert!(documented.contains(&format!("`{name}`")), "docs/configuration.md does not name {name}");
        }
        // And the table names none that is not read.
        for variable in variables::VARIABLES {
            assert!(read.contains(variable.name), "{} is not read", variable.name);
        }
    }

    #[test]
    fn a_batch_leaves_after_a_second_and_the_queue_holds_8192_spans() {
        let Batch { delay, queue, size } = with(&[]).traces.batch;
        assert_eq!((delay, queue, size), (Duration::from_secs(1), 8_192, 512));
    }
}
