//! Telemetry about telemetry: what is made, what waits, and what is lost. The names are those of the semantic conventions
//! for OpenTelemetry SDKs where they have one.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Definition, KeyValue, Kind, Observable};
use crate::losses::{ExporterState, Signal, exporters};
use crate::semconv::{
    CCM_SIGNAL, ERROR_TYPE, OTEL_COMPONENT_NAME, OTEL_COMPONENT_TYPE, OTEL_SAMPLING_RESULT,
};

const COMPONENT: &[&str] = &[OTEL_COMPONENT_NAME, OTEL_COMPONENT_TYPE];
const PROCESSED: &[&str] = &[OTEL_COMPONENT_NAME, OTEL_COMPONENT_TYPE, ERROR_TYPE];

static SPANS_STARTED: Observable = Observable::new(
    Kind::Counter,
    "otel.sdk.span.started",
    "{span}",
    "Spans that were started.",
    &[OTEL_SAMPLING_RESULT],
);
static FAILED_ATTEMPTS: Observable = Observable::new(
    Kind::Counter,
    "cml_cloud_manager.export.attempts.failed",
    "{attempt}",
    "Exports that failed; those that were repeated are counted each time.",
    &[CCM_SIGNAL],
);
static AGE: Observable = Observable::new(
    Kind::Gauge,
    "cml_cloud_manager.export.age",
    "s",
    "Time since the last successful export of a signal; since the start of the process, if there was none.",
    &[CCM_SIGNAL],
);
static LINES_DROPPED: Observable = Observable::new(
    Kind::Counter,
    "cml_cloud_manager.log_lines.dropped",
    "{line}",
    "Log lines that were dropped because standard output was not read in time.",
    &[],
);
static AUDIT_LINES_LOST: Observable = Observable::new(
    Kind::Counter,
    "cml_cloud_manager.audit_lines.lost",
    "{line}",
    "Audit lines that were lost because standard output or the file of the audit log did not take them.",
    &[],
);

/// The instruments of a signal with a queue.
struct Queue {
    signal: Signal,
    size: Observable,
    capacity: Observable,
    processed: Observable,
    exported: Observable,
}

static SPANS: Queue = Queue {
    signal: Signal::Traces,
    size: Observable::new(
        Kind::UpDownCounter,
        "otel.sdk.processor.span.queue.size",
        "{span}",
        "Spans that wait for export, those that are being exported included.",
        COMPONENT,
    ),
    capacity: Observable::new(
        Kind::UpDownCounter,
        "otel.sdk.processor.span.queue.capacity",
        "{span}",
        "Spans that may wait for export; further ones are dropped.",
        COMPONENT,
    ),
    processed: Observable::new(
        Kind::Counter,
        "otel.sdk.processor.span.processed",
        "{span}",
        "Spans that left the queue for the exporter, and those that were dropped (error.type).",
        PROCESSED,
    ),
    exported: Observable::new(
        Kind::Counter,
        "otel.sdk.exporter.span.exported",
        "{span}",
        "Spans that the receiver took, and those that were lost (error.type).",
        PROCESSED,
    ),
};

static LOGS: Queue = Queue {
    signal: Signal::Logs,
    size: Observable::new(
        Kind::UpDownCounter,
        "otel.sdk.processor.log.queue.size",
        "{log_record}",
        "Log records that wait for export, those that are being exported included.",
        COMPONENT,
    ),
    capacity: Observable::new(
        Kind::UpDownCounter,
        "otel.sdk.processor.log.queue.capacity",
        "{log_record}",
        "Log records that may wait for export; further ones are dropped.",
        COMPONENT,
    ),
    processed: Observable::new(
        Kind::Counter,
        "otel.sdk.processor.log.processed",
        "{log_record}",
        "Log records that left the queue for the exporter, and those that were dropped (error.type).",
        PROCESSED,
    ),
    exported: Observable::new(
        Kind::Counter,
        "otel.sdk.exporter.log.exported",
        "{log_record}",
        "Log records that the receiver took, and those that were lost (error.type).",
        PROCESSED,
    ),
};

static POINTS_EXPORTED: Observable = Observable::new(
    Kind::Counter,
    "otel.sdk.exporter.metric_data_point.exported",
    "{data_point}",
    "Data points that the receiver took, and those that were lost (error.type).",
    PROCESSED,
);

static SAMPLED: AtomicU64 = AtomicU64::new(0);
static UNSAMPLED: AtomicU64 = AtomicU64::new(0);
static DROPPED: AtomicU64 = AtomicU64::new(0);
static LOST: AtomicU64 = AtomicU64::new(0);

/// Counts a span that was started.
pub(crate) fn span_started(is_sampled: bool) {
    let counter = if is_sampled { &SAMPLED } else { &UNSAMPLED };
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Counts a log line that was dropped.
pub(crate) fn log_line_dropped() {
    DROPPED.fetch_add(1, Ordering::Relaxed);
}

/// Counts audit lines that were lost, and returns how many there were since the process started.
pub(crate) fn audit_lines_lost(count: u64) -> u64 {
    LOST.fetch_add(count, Ordering::Relaxed) + count
}

pub(super) fn definitions() -> Vec<&'static Definition> {
    let queue = |it: &'static Queue| [&it.size, &it.capacity, &it.processed, &it.exported];
    let mut all = vec![&SPANS_STARTED];
    all.extend(queue(&SPANS));
    all.extend(queue(&LOGS));
    all.extend([&POINTS_EXPORTED, &FAILED_ATTEMPTS, &AGE, &LINES_DROPPED, &AUDIT_LINES_LOST]);
    all.into_iter().map(Observable::definition).collect()
}

pub(super) fn observe() {
    SPANS_STARTED.observe(|to| {
        for (result, count) in [("RECORD_AND_SAMPLE", &SAMPLED), ("DROP", &UNSAMPLED)] {
            to.observe(count.load(Ordering::Relaxed), &[KeyValue::new(OTEL_SAMPLING_RESULT, result)]);
        }
    });
    for queue in [&SPANS, &LOGS] {
        let of = move || exporters().into_iter().filter(move |it| it.signal == queue.signal);
        queue.size.observe(move |to| of().for_each(|it| to.observe(it.waiting, &processor(&it))));
        queue.capacity.observe(move |to| {
            of().for_each(|it| to.observe(it.capacity.unwrap_or_default(), &processor(&it)));
        });
        queue.processed.observe(move |to| {
            for it in of() {
                to.observe(it.exported + it.failed, &processor(&it));
                to.observe(it.dropped, &failed(processor(&it), "queue_full"));
            }
        });
        queue.exported.observe(move |to| of().for_each(|it| observe_exported(to, &it)));
    }
    POINTS_EXPORTED.observe(|to| {
        exporters().iter().filter(|it| it.signal == Signal::Metrics).for_each(|it| observe_exported(to, it));
    });
    FAILED_ATTEMPTS.observe(|to| {
        for_each_signal(|signal, of| {
            to.observe(of.iter().map(|it| it.failed_attempts).sum(), &[KeyValue::new(CCM_SIGNAL, signal)]);
        });
    });
    AGE.observe_seconds(|to| {
        for_each_signal(|signal, of| {
            let oldest = of.iter().map(|it| it.age.as_secs_f64()).fold(0.0, f64::max);
            to.observe(oldest, &[KeyValue::new(CCM_SIGNAL, signal)]);
        });
    });
    LINES_DROPPED.observe(|to| to.observe(DROPPED.load(Ordering::Relaxed), &[]));
    AUDIT_LINES_LOST.observe(|to| to.observe(audit_lines_lost(0), &[]));
}

/// Calls `each` for every signal that has an exporter, with the state of its exporters.
fn for_each_signal(each: impl Fn(&'static str, &[ExporterState])) {
    let all = exporters();
    for signal in [Signal::Traces, Signal::Metrics, Signal::Logs] {
        let of: Vec<ExporterState> = all.iter().filter(|it| it.signal == signal).copied().collect();
        if !of.is_empty() {
            each(signal.name(), &of);
        }
    }
}

fn observe_exported(to: &dyn opentelemetry::metrics::AsyncInstrument<u64>, it: &ExporterState) {
    let component = vec![
        KeyValue::new(OTEL_COMPONENT_NAME, format!("{}/0", it.exporter)),
        KeyValue::new(OTEL_COMPONENT_TYPE, it.exporter),
    ];
    to.observe(it.exported, &component);
    to.observe(it.failed, &failed(component, "rejected"));
}

/// The attributes of the batch processor in front of an exporter.
fn processor(it: &ExporterState) -> Vec<KeyValue> {
    let component = match it.signal {
        Signal::Traces => "batching_span_processor",
        Signal::Logs => "batching_log_processor",
        Signal::Metrics => "periodic_metric_reader",
    };
    vec![
        KeyValue::new(OTEL_COMPONENT_NAME, format!("{component}/{}", it.exporter)),
        KeyValue::new(OTEL_COMPONENT_TYPE, component),
    ]
}

fn failed(mut attributes: Vec<KeyValue>, error_type: &'static str) -> Vec<KeyValue> {
    attributes.push(KeyValue::new(ERROR_TYPE, error_type));
    attributes
}
