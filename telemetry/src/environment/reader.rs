//! Reads and checks single variables.

use std::str::FromStr;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_sdk::metrics::Temporality;
use percent_encoding::percent_decode_str;
use tonic::codec::CompressionEncoding;

use super::{Batch, Exporter, MetricExporter, Otlp, Propagator};

const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// Reads variables, and collects a warning for each value that is not supported.
pub(super) struct Reader<F> {
    variable: F,
    pub(super) warnings: Vec<String>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    pub(super) fn new(variable: F) -> Self {
        Self { variable, warnings: Vec::new() }
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
    }

    /// Adds a warning, once: a variable for all signals is read for each of them.
    pub(super) fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Returns the variable for one signal (`TRACES`) or, if unset, the one for all signals.
    fn of_signal(&self, signal: &str, name: &str) -> Option<(String, String)> {
        [format!("OTEL_EXPORTER_OTLP_{signal}_{name}"), format!("OTEL_EXPORTER_OTLP_{name}")]
            .into_iter()
            .find_map(|it| self.text(&it).map(|value| (it, value)))
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        match self.text(name) {
            Some(value) if value.eq_ignore_ascii_case("true") => true,
            Some(value) if !value.eq_ignore_ascii_case("false") => {
                self.warn(format!("{name}={value} is not supported (true, false): using false"));
                false
            }
            _ => false,
        }
    }

    pub(super) fn optional_number<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let value = self.text(name)?;
        let number = value.parse().ok();
        if number.is_none() {
            self.warn(format!("{name}={value} is not a whole number: using the default"));
        }
        number
    }

    pub(super) fn number<T: FromStr>(&mut self, name: &str, default: T) -> T {
        self.optional_number(name).unwrap_or(default)
    }

    fn list(&self, name: &str, default: &str) -> Vec<String> {
        let value = self.text(name).unwrap_or_else(|| default.to_owned());
        value.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
    }

    /// Returns the choices that a comma-separated list names; `none` adds nothing.
    fn choices<T: Copy>(&mut self, name: &str, default: &str, supported: &[(&str, T)]) -> Vec<T> {
        let mut chosen = Vec::new();
        for named in self.list(name, default) {
            match supported.iter().find(|it| it.0 == named) {
                Some((_, choice)) => chosen.push(*choice),
                None if named == "none" => {}
                None => {
                    let names: Vec<&str> = supported.iter().map(|it| it.0).collect();
                    let names = names.join(", ");
                    self.warn(format!("{name}={named} is not supported ({names}, none): ignored"));
                }
            }
        }
        chosen
    }

    pub(super) fn exporters(&mut self, name: &str, default: &str) -> Vec<Exporter> {
        let supported = [("otlp", Exporter::Otlp), ("console", Exporter::Console)];
        self.choices(name, default, &supported)
    }

    pub(super) fn metric_exporters(&mut self) -> Vec<MetricExporter> {
        let supported = [
            ("otlp", MetricExporter::Otlp),
            ("console", MetricExporter::Console),
            ("prometheus", MetricExporter::Prometheus),
        ];
        self.choices("OTEL_METRICS_EXPORTER", "otlp", &supported)
    }

    /// Reads the settings of a batch processor, whose variables begin with `prefix`.
    pub(super) fn batch(&mut self, prefix: &str) -> Batch {
        let queue = self.number(&format!("{prefix}_MAX_QUEUE_SIZE"), 8_192).max(1);
        let size = self.number(&format!("{prefix}_MAX_EXPORT_BATCH_SIZE"), 512);
        Batch {
            delay: Duration::from_millis(self.number(&format!("{prefix}_SCHEDULE_DELAY"), 1_000)),
            queue,
            size: size.clamp(1, queue),
        }
    }

    /// Reads the maximum length of attribute values of a signal or, if unset, that of all signals.
    pub(super) fn value_length(&mut self, name: &str) -> Option<usize> {
        self.optional_number(name).or_else(|| self.optional_number("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT"))
    }

    /// Reads the temporality of exported metrics.
    pub(super) fn temporality(&mut self) -> Temporality {
        if let Some(filter) = self.text("OTEL_METRICS_EXEMPLAR_FILTER").filter(|it| it != "always_off") {
            self.warn(format!(
                "OTEL_METRICS_EXEMPLAR_FILTER={filter} is not supported (always_off): there are no exemplars"
            ));
        }
        let name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
        let Some(value) = self.text(name) else { return Temporality::Cumulative };
        match value.to_ascii_lowercase().as_str() {
            "cumulative" => Temporality::Cumulative,
            "delta" => Temporality::Delta,
            "lowmemory" => Temporality::LowMemory,
            _ => {
                self.warn(format!(
                    "{name}={value} is not supported (cumulative, delta, lowmemory): using cumulative"
                ));
                Temporality::Cumulative
            }
        }
    }

    pub(super) fn propagators(&mut self) -> Vec<Propagator> {
        let supported = [("tracecontext", Propagator::TraceContext), ("baggage", Propagator::Baggage)];
        self.choices("OTEL_PROPAGATORS", "tracecontext,baggage", &supported)
    }

    pub(super) fn sampler(&mut self) -> bool {
        let Some(name) = self.text("OTEL_TRACES_SAMPLER") else { return false };
        if !SAMPLERS.contains(&name.as_str()) {
            let supported = SAMPLERS.join(", ");
            self.warn(format!("OTEL_TRACES_SAMPLER={name} is not supported ({supported}): ignored"));
            return false;
        }
        if let Some(value) = self.text("OTEL_TRACES_SAMPLER_ARG")
            && !value.parse().is_ok_and(|it: f64| (0.0..=1.0).contains(&it))
        {
            self.warn(format!("OTEL_TRACES_SAMPLER_ARG={value} is not a ratio from 0 to 1: using 1"));
        }
        true
    }

    /// Reads the settings of the OTLP exporter of a signal.
    pub(super) fn otlp(&mut self, signal: &str) -> Otlp {
        let http = match self.of_signal(signal, "PROTOCOL") {
            None => false,
            Some((name, value)) => match value.as_str() {
                "grpc" => false,
                "http/protobuf" => true,
                _ => {
                    let supported = "grpc, http/protobuf";
                    self.warn(format!("{name}={value} is not supported ({supported}): using grpc"));
                    false
                }
            },
        };
        let compression = self.of_signal(signal, "COMPRESSION").and_then(|(name, value)| {
            if !["gzip", "none"].contains(&value.as_str()) {
                self.warn(format!("{name}={value} is not supported (gzip, none): ignored"));
            }
            (value == "gzip").then_some(CompressionEncoding::Gzip)
        });
        let timeout = self.of_signal(signal, "TIMEOUT").and_then(|(name, value)| {
            let millis = value.parse().ok();
            if millis.is_none() {
                self.warn(format!("{name}={value} is not a number of milliseconds: using the default"));
            }
            millis
        });
        let headers = self.headers(signal);
        let is_insecure = self.of_signal(signal, "INSECURE").is_some_and(|(name, _)| self.flag(&name));
        let endpoint = self.of_signal(signal, "ENDPOINT");
        let file = |name: &str| self.of_signal(signal, name).map(|it| it.1);
        // Without a scheme, which gRPC allows, `INSECURE` decides.
        let is_plain = |url: &str| {
            url.to_ascii_lowercase().starts_with("http://") || (is_insecure && !url.contains("://"))
        };
        Otlp {
            http,
            is_plain: endpoint.as_ref().is_none_or(|it| is_plain(&it.1)),
            endpoint: endpoint.clone(),
            is_insecure,
            headers,
            compression,
            timeout: Duration::from_millis(timeout.unwrap_or(10_000)),
            certificate: file("CERTIFICATE"),
            client_certificate: file("CLIENT_CERTIFICATE"),
            client_key: file("CLIENT_KEY"),
        }
    }

    /// The headers of the exports. Warns about those that cannot be sent. No part of the value is logged: it may be a secret.
    fn headers(&mut self, signal: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let Some((name, value)) = self.of_signal(signal, "HEADERS") else { return headers };
        for part in value.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            match header(part) {
                Ok((header, value)) => drop(headers.append(header, value)),
                Err(problem) => self.warn(format!("{name} has {problem}: ignored")),
            }
        }
        headers
    }

    /// Parses `OTEL_RESOURCE_ATTRIBUTES`: `key=value,…`, percent-encoded as in W3C Baggage.
    pub(super) fn resource_attributes(&mut self) -> Vec<(String, String)> {
        let mut attributes = Vec::new();
        for pair in self.list("OTEL_RESOURCE_ATTRIBUTES", "") {
            match pair.split_once('=') {
                Some((key, value)) if !key.trim().is_empty() => {
                    attributes.push((decoded(key.trim()), decoded(value.trim())));
                }
                // The part is not logged: it may be a secret that belongs to another variable.
                _ => {
                    self.warn("OTEL_RESOURCE_ATTRIBUTES has a part without `=`: ignored".to_owned());
                }
            }
        }
        attributes
    }
}

/// Parses a header, `name=value`.
fn header(part: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    let (name, value) = part.split_once('=').ok_or("a part without `=`")?;
    if value.trim().is_empty() {
        return Err("a header without a value");
    }
    let name = name.trim().parse().map_err(|_| "a header with an invalid name")?;
    let mut value: HeaderValue =
        decoded(value.trim()).parse().map_err(|_| "a header with an invalid value")?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Decodes percent-encoding (RFC 3986). Invalid sequences stay unchanged.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
