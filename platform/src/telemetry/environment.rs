//! The `OTEL_*` variables that the SDK leaves to the application. The others it reads by itself.

#[derive(Debug, Default)]
pub(super) struct Environment {
    pub(super) disabled: bool,
    pub(super) service_name: Option<String>,
    pub(super) export_traces: bool,
    pub(super) log_filter: Option<String>,
    /// What was set and is not supported, one sentence each.
    pub(super) warnings: Vec<String>,
}

impl Environment {
    pub(super) fn read() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the SDK reads its own variables from the environment too"
        )]
        Self::from(|name| std::env::var(name).ok().filter(|it| !it.is_empty()))
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut warnings = Vec::new();
        let exporter = variable("OTEL_TRACES_EXPORTER").unwrap_or_else(|| "otlp".to_owned());
        if !matches!(exporter.as_str(), "otlp" | "none") {
            warnings.push(format!(
                "OTEL_TRACES_EXPORTER={exporter} is not supported (otlp, none): no spans are exported"
            ));
        }
        let protocol =
            variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL").or(variable("OTEL_EXPORTER_OTLP_PROTOCOL"));
        if let Some(protocol) = protocol.filter(|it| it != "grpc") {
            warnings.push(format!("the OTLP protocol {protocol} is not supported (grpc): grpc is used"));
        }
        Self {
            // By the specification only "true" disables, in any case.
            disabled: variable("OTEL_SDK_DISABLED").is_some_and(|it| it.eq_ignore_ascii_case("true")),
            service_name: variable("OTEL_SERVICE_NAME"),
            export_traces: exporter == "otlp",
            log_filter: variable("RUST_LOG"),
            warnings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> Environment {
        Environment::from(move |it| (it == name).then(|| value.to_owned()))
    }

    #[test]
    fn an_exporter_that_is_not_supported_is_said_and_exports_nothing() {
        let environment = with("OTEL_TRACES_EXPORTER", "zipkin");
        assert!(!environment.export_traces);
        assert!(environment.warnings[0].contains("zipkin"));
    }

    #[test]
    fn only_true_disables_the_sdk() {
        assert!(with("OTEL_SDK_DISABLED", "TRUE").disabled);
        assert!(!with("OTEL_SDK_DISABLED", "1").disabled);
    }
}
