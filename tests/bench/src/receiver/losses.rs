//! What processes have lost, as their metrics say.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{ResourceMetrics, metric};

/// The counters whose series with an `error.type` count losses.
const OF_SPANS: [&str; 2] = ["otel.sdk.processor.span.processed", "otel.sdk.exporter.span.exported"];
const OF_LOGS: [&str; 2] = ["otel.sdk.processor.log.processed", "otel.sdk.exporter.log.exported"];

/// The newest value of each counter, by the instance of the service, the metric, and the type of the error.
#[derive(Default)]
pub(super) struct Losses(BTreeMap<(String, String, String), u64>);

impl Losses {
    /// Remembers the counters of losses among the metrics of a process.
    pub(super) fn read(&mut self, metrics: &ResourceMetrics) {
        let resource = metrics.resource.as_ref().map_or(&[][..], |it| &it.attributes);
        let instance = text_of(resource, "service.instance.id").unwrap_or_default();
        for metric in metrics.scope_metrics.iter().flat_map(|it| &it.metrics) {
            let Some(metric::Data::Sum(sum)) = &metric.data else { continue };
            if !OF_SPANS.iter().chain(&OF_LOGS).any(|it| *it == metric.name) {
                continue;
            }
            for point in &sum.data_points {
                let (Some(error), Some(Number::AsInt(value))) =
                    (text_of(&point.attributes, "error.type"), point.value)
                else {
                    continue;
                };
                let key = (instance.to_owned(), metric.name.clone(), error.to_owned());
                self.0.insert(key, u64::try_from(value).unwrap_or_default());
            }
        }
    }

    pub(super) fn of_spans(&self) -> u64 {
        self.sum(&OF_SPANS)
    }

    pub(super) fn of_logs(&self) -> u64 {
        self.sum(&OF_LOGS)
    }

    fn sum(&self, names: &[&str]) -> u64 {
        self.0.iter().filter(|((_, name, _), _)| names.contains(&name.as_str())).map(|it| it.1).sum()
    }
}

fn text_of<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let attribute = attributes.iter().find(|it| it.key == key)?;
    match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(it) => Some(it),
        _ => None,
    }
}
