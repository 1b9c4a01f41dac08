//! Reads the `OTEL_*` variables once. The SDK reads some of them by itself, but ignores invalid values silently, so this
//! file checks them too and collects warnings.

use std::str::FromStr;
use std::time::Duration;

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
    /// Timeout of one export attempt.
    pub(super) timeout: Duration,
    /// Path of a PEM file.
    pub(super) certificate: Option<String>,
    pub(super) client_certificate: Option<String>,
    pub(super) client_key: Option<String>,
}

const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

impl Environment {
    pub(super) fn read() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the SDK reads its own variables from the environment too"
        )]
        Self::from(|name| std::env::var(name).ok())
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut it = Reader { variable, warnings: Vec::new() };
        // The specification: only "true" disables, case-insensitively, and an empty value counts as unset.
        let disabled = it.flag("OTEL_SDK_DISABLED");
        let exporters = it.exporters();
        let propagators = it.propagators();
        let has_sampler = it.sampler();
        let queue = it.number("OTEL_BSP_MAX_QUEUE_SIZE", 2_048).max(1);
        let batch = Batch {
            delay: Duration::from_millis(it.number("OTEL_BSP_SCHEDULE_DELAY", 5_000)),
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

struct Reader<F> {
    variable: F,
    warnings: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
    }

    /// Returns the variable for traces or, if unset, the one for all signals.
    fn of_signal(&self, name: &str) -> Option<(String, String)> {
        [format!("OTEL_EXPORTER_OTLP_TRACES_{name}"), format!("OTEL_EXPORTER_OTLP_{name}")]
            .into_iter()
            .find_map(|it| self.text(&it).map(|value| (it, value)))
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.text(name) {
            Some(value) if value.eq_ignore_ascii_case("true") => true,
            Some(value) if !value.eq_ignore_ascii_case("false") => {
                self.warnings.push(format!("{name}={value} is not supported (true, false): using false"));
                false
            }
            _ => false,
        }
    }

    fn optional_number<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let value = self.text(name)?;
        let number = value.parse().ok();
        if number.is_none() {
            self.warnings.push(format!("{name}={value} is not a whole number: using the default"));
        }
        number
    }

    fn number<T: FromStr>(&mut self, name: &str, default: T) -> T {
        self.optional_number(name).unwrap_or(default)
    }

    fn list(&self, name: &str, default: &str) -> Vec<String> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        value.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
    }

    fn exporters(&mut self) -> Vec<Exporter> {
        let mut exporters = Vec::new();
        for name in self.list("OTEL_TRACES_EXPORTER", "otlp") {
            match name.as_str() {
                "otlp" => exporters.push(Exporter::Otlp),
                "console" => exporters.push(Exporter::Console),
                "none" => {}
                other => self.warnings.push(format!(
                    "OTEL_TRACES_EXPORTER={other} is not supported (otlp, console, none): ignored"
                )),
            }
        }
        exporters
    }

    fn propagators(&mut self) -> Vec<Propagator> {
        let mut propagators = Vec::new();
        for name in self.list("OTEL_PROPAGATORS", "tracecontext,baggage") {
            match name.as_str() {
                "tracecontext" => propagators.push(Propagator::TraceContext),
                "baggage" => propagators.push(Propagator::Baggage),
                "none" => {}
                other => self.warnings.push(format!(
                    "OTEL_PROPAGATORS={other} is not supported (tracecontext, baggage, none): ignored"
                )),
            }
        }
        propagators
    }

    fn sampler(&mut self) -> bool {
        let Some(name) = self.text("OTEL_TRACES_SAMPLER") else { return false };
        if !SAMPLERS.contains(&name.as_str()) {
            let supported = SAMPLERS.join(", ");
            self.warnings.push(format!("OTEL_TRACES_SAMPLER={name} is not supported ({supported}): ignored"));
            return false;
        }
        if let Some(value) = self.text("OTEL_TRACES_SAMPLER_ARG")
            && !value.parse().is_ok_and(|it: f64| (0.0..=1.0).contains(&it))
        {
            self.warnings
                .push(format!("OTEL_TRACES_SAMPLER_ARG={value} is not a ratio from 0 to 1: using 1"));
        }
        true
    }

    fn otlp(&mut self) -> Otlp {
        let http = match self.of_signal("PROTOCOL") {
            None => false,
            Some((name, value)) => match value.as_str() {
                "grpc" => false,
                "http/protobuf" => true,
                _ => {
                    let supported = "grpc, http/protobuf";
                    self.warnings.push(format!("{name}={value} is not supported ({supported}): using grpc"));
                    false
                }
            },
        };
        if let Some((name, value)) = self.of_signal("COMPRESSION")
            && !["gzip", "none"].contains(&value.as_str())
        {
            self.warnings.push(format!("{name}={value} is not supported (gzip, none): ignored"));
        }
        let timeout = self.of_signal("TIMEOUT").and_then(|(name, value)| {
            let millis = value.parse().ok();
            if millis.is_none() {
                self.warnings
                    .push(format!("{name}={value} is not a number of milliseconds: using the default"));
            }
            millis
        });
        let file = |name: &str| self.of_signal(name).map(|it| it.1);
        Otlp {
            http,
            timeout: Duration::from_millis(timeout.unwrap_or(10_000)),
            certificate: file("CERTIFICATE"),
            client_certificate: file("CLIENT_CERTIFICATE"),
            client_key: file("CLIENT_KEY"),
        }
    }

    /// Parses `OTEL_RESOURCE_ATTRIBUTES`: `key=value,…`, percent-encoded as in W3C Baggage.
    fn resource_attributes(&mut self) -> Vec<(String, String)> {
        let mut attributes = Vec::new();
        for pair in self.list("OTEL_RESOURCE_ATTRIBUTES", "") {
            match pair.split_once('=') {
                Some((key, value)) if !key.trim().is_empty() => {
                    attributes.push((decoded(key.trim()), decoded(value.trim())));
                }
                // The part is not logged: it may be a secret that belongs to another variable.
                _ => {
                    self.warnings.push("OTEL_RESOURCE_ATTRIBUTES has a part without `=`: ignored".to_owned());
                }
            }
        }
        attributes
    }
}

/// Decodes percent-encoding (RFC 3986). Invalid sequences stay unchanged.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| first == b'%').and_then(|it| std::str::from_utf8(it).ok());
        let byte = code.and_then(|it| u8::from_str_radix(it, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
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
}
