//! Reads the `OTEL_*` variables once. The SDK reads some of them by itself, but ignores invalid values silently, so this
//! file checks them too and collects warnings.

mod reader;

use std::time::Duration;

use reader::Reader;

/// The telemetry settings of the environment.
#[derive(Debug)]
pub(super) struct Environment {
    pub(super) disabled: bool,
    pub(super) service_name: Option<String>,
    pub(super) resource_attributes: Vec<(String, String)>,
    pub(super) exporters: Vec<Exporter>,
    /// Whether `OTEL_TRACES_SAMPLER` names a supported sampler, which then makes all sampling decisions.
    pub(super) has_sampler: bool,
    pub(super) propagators: Vec<Propagator>,
    pub(super) batch: Batch,
    /// Maximum length of attribute values in characters; longer values are truncated.
    pub(super) value_length: Option<usize>,
    pub(super) otlp: Otlp,
    pub(super) log_filter: Option<String>,
    /// Warnings about unsupported or invalid values.
    pub(super) warnings: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exporter {
    Otlp,
    Console,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Propagator {
    TraceContext,
    Baggage,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Batch {
    pub(super) delay: Duration,
    pub(super) queue: usize,
    pub(super) size: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Otlp {
    pub(super) http: bool,
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
        let exporters = it.exporters();
        let propagators = it.propagators();
        let has_sampler = it.sampler();
        let queue = it.number("OTEL_BSP_MAX_QUEUE_SIZE", 8_192).max(1);
        let batch = Batch {
            delay: Duration::from_millis(it.number("OTEL_BSP_SCHEDULE_DELAY", 1_000)),
            queue,
            size: it.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512).clamp(1, queue),
        };
        for limit in
            ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_SPAN_EVENT_COUNT_LIMIT", "OTEL_SPAN_LINK_COUNT_LIMIT"]
        {
            it.number(limit, 128_u32);
        }
        let value_length = it
            .optional_number("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT")
            .or_else(|| it.optional_number("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"));
        let otlp = it.otlp();
        for signal in ["METRICS", "LOGS"] {
            let name = format!("OTEL_{signal}_EXPORTER");
            if let Some(value) = it.text(&name).filter(|it| it != "none") {
                it.warnings.push(format!("{name}={value} is not supported (none): nothing is exported"));
            }
        }
        Self {
            disabled,
            service_name: it.text("OTEL_SERVICE_NAME"),
            resource_attributes: it.resource_attributes(),
            exporters,
            has_sampler,
            propagators,
            batch,
            value_length,
            otlp,
            log_filter: it.text("RUST_LOG"),
            warnings: it.warnings,
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
            ("OTEL_METRICS_EXPORTER", "otlp"),
            ("OTEL_LOGS_EXPORTER", "otlp"),
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
    fn the_variable_of_traces_wins_over_the_one_of_all_signals() {
        let set = [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
        ];
        assert!(with(&set).otlp.http);
    }

    #[test]
    fn several_exporters_can_be_named_and_none_is_none() {
        assert_eq!(
            with(&[("OTEL_TRACES_EXPORTER", "otlp, console")]).exporters,
            [Exporter::Otlp, Exporter::Console]
        );
        assert_eq!(with(&[("OTEL_TRACES_EXPORTER", "none")]).exporters, []);
        assert_eq!(with(&[("OTEL_TRACES_EXPORTER", "")]).exporters, [Exporter::Otlp]);
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
    fn a_batch_leaves_after_a_second_and_the_queue_holds_8192_spans() {
        let Batch { delay, queue, size } = with(&[]).batch;
        assert_eq!((delay, queue, size), (Duration::from_secs(1), 8_192, 512));
    }
}
