//! The instruments of a process. Each room has a `metrics.rs` with its instruments as statics and one function for each thing
//! that can be recorded, so that callers cannot choose names or attributes. Names follow one rule, which a test holds:
//! docs/metrics.md has it.
//!
//! An instrument is made when it is first used, by the meter of the process; without an exporter it records nothing.

mod latest;
mod process;
mod sdk;
mod series;
mod tokio_runtime;

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::metrics::{AsyncInstrument, Meter};
pub use opentelemetry::{KeyValue, StringValue};
use tokio::runtime::Handle;

pub use crate::losses::{ExporterState, Signal, exporters};
pub use latest::Latest;
pub(crate) use sdk::{audit_lines_lost, log_line_dropped, span_started};
pub use series::{Catalog, HistogramSeries, UpDownSeries, Variants};

/// Boundaries of the durations of requests and calls, in seconds, as the semantic conventions recommend.
pub const CALL_SECONDS: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// Boundaries of the durations of database calls, in seconds, as the semantic conventions recommend.
pub const DATABASE_SECONDS: &[f64] = &[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];
/// Boundaries of the durations of actions, in seconds: from a tenth of a second to an hour.
pub const ACTION_SECONDS: &[f64] =
    &[0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0];
/// Boundaries of the lag of events, in seconds.
pub const LAG_SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];

/// The meter of this process; unset when no metrics are exported.
static METER: OnceLock<Meter> = OnceLock::new();

/// What an instrument measures with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks.
    UpDownCounter,
    /// A distribution.
    Histogram,
    /// A value that is read when metrics are exported.
    Gauge,
}

impl Kind {
    /// Returns the kind as docs/metrics.md names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "up-down counter",
            Self::Histogram => "histogram",
            Self::Gauge => "gauge",
        }
    }
}

/// What an instrument is.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The name by the rules of OpenTelemetry: `cml_cloud_manager.tasks.created`.
    pub name: &'static str,
    /// The unit: `s`, `By`, `{task}`.
    pub unit: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// What it measures with.
    pub kind: Kind,
    /// The keys of all attributes that its data points can have.
    pub attributes: &'static [&'static str],
}

/// An instrument that records what happens.
#[derive(Debug)]
pub struct Instrument<T> {
    definition: Definition,
    boundaries: &'static [f64],
    made: OnceLock<T>,
}

/// Counts what happened.
pub type Counter = Instrument<opentelemetry::metrics::Counter<u64>>;
/// Counts what is going on.
pub type UpDownCounter = Instrument<opentelemetry::metrics::UpDownCounter<i64>>;
/// Records the distribution of durations, in seconds.
pub type Histogram = Instrument<opentelemetry::metrics::Histogram<f64>>;

impl<T> Instrument<T> {
    const fn of(definition: Definition, boundaries: &'static [f64]) -> Self {
        Self { definition, boundaries, made: OnceLock::new() }
    }

    /// What the instrument is.
    #[must_use]
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Whether anything is recorded, so that attributes have to be made.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        METER.get().is_some()
    }

    fn made(&self, make: impl FnOnce(&Meter, &Self) -> T) -> Option<&T> {
        let meter = METER.get()?;
        Some(self.made.get_or_init(|| make(meter, self)))
    }
}

impl Counter {
    /// Defines a counter.
    #[must_use]
    pub const fn new(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        attributes: &'static [&'static str],
    ) -> Self {
        Self::of(Definition { name, unit, description, kind: Kind::Counter, attributes }, &[])
    }

    /// Adds to the series with these attributes. Adding 0 makes the series, so that its first increase is seen.
    pub fn add(&self, count: u64, attributes: &[KeyValue]) {
        let made = self.made(|meter, it| {
            let it = it.definition;
            meter.u64_counter(it.name).with_unit(it.unit).with_description(it.description).build()
        });
        if let Some(counter) = made {
            counter.add(count, attributes);
        }
    }
}

impl UpDownCounter {
    /// Defines an up-down counter.
    #[must_use]
    pub const fn new(
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        attributes: &'static [&'static str],
    ) -> Self {
        Self::of(Definition { name, unit, description, kind: Kind::UpDownCounter, attributes }, &[])
    }

    /// Adds to the series with these attributes, or takes away from it.
    pub fn add(&self, count: i64, attributes: &[KeyValue]) {
        if let Some(counter) = self.instrument() {
            counter.add(count, attributes);
        }
    }

    fn instrument(&self) -> Option<&opentelemetry::metrics::UpDownCounter<i64>> {
        self.made(|meter, it| {
            let it = it.definition;
            meter.i64_up_down_counter(it.name).with_unit(it.unit).with_description(it.description).build()
        })
    }
}

impl Histogram {
    /// Defines a histogram of durations with these boundaries, in seconds.
    #[must_use]
    pub const fn new(
        name: &'static str,
        description: &'static str,
        boundaries: &'static [f64],
        attributes: &'static [&'static str],
    ) -> Self {
        Self::of(Definition { name, unit: "s", description, kind: Kind::Histogram, attributes }, boundaries)
    }

    /// Records a duration.
    pub fn record(&self, duration: Duration, attributes: &[KeyValue]) {
        if let Some(histogram) = self.instrument() {
            histogram.record(duration.as_secs_f64(), attributes);
        }
    }

    fn instrument(&self) -> Option<&opentelemetry::metrics::Histogram<f64>> {
        self.made(|meter, it| {
            let Definition { name, unit, description, .. } = it.definition;
            let builder = meter.f64_histogram(name).with_unit(unit).with_description(description);
            builder.with_boundaries(it.boundaries.to_vec()).build()
        })
    }
}

/// An instrument whose values are read when metrics are exported: states, depths and ages. What is no longer observed
/// has no series any more.
#[derive(Debug)]
pub struct Observable {
    definition: Definition,
}

impl Observable {
    /// Defines an observable gauge, counter or up-down counter.
    #[must_use]
    pub const fn new(
        kind: Kind,
        name: &'static str,
        unit: &'static str,
        description: &'static str,
        attributes: &'static [&'static str],
    ) -> Self {
        Self { definition: Definition { name, unit, description, kind, attributes } }
    }

    /// What the instrument is.
    #[must_use]
    pub const fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Reads whole numbers by `read` at each export, until the process ends. It runs on the thread that exports: it must
    /// neither wait nor panic. Several readers of an instrument are all read.
    pub fn observe(&self, read: impl Fn(&dyn AsyncInstrument<u64>) + Send + Sync + 'static) {
        let Some(meter) = METER.get() else { return };
        let Definition { name, unit, description, kind, .. } = self.definition;
        match kind {
            Kind::Counter => {
                let builder = meter.u64_observable_counter(name).with_unit(unit);
                builder.with_description(description).with_callback(read).build();
            }
            Kind::UpDownCounter => {
                let builder = meter.i64_observable_up_down_counter(name).with_unit(unit);
                let read = move |to: &dyn AsyncInstrument<i64>| read(&Signed(to));
                builder.with_description(description).with_callback(read).build();
            }
            Kind::Gauge | Kind::Histogram => {
                let builder = meter.u64_observable_gauge(name).with_unit(unit);
                builder.with_description(description).with_callback(read).build();
            }
        }
    }

    /// Reads seconds, as [`Observable::observe`] reads whole numbers.
    pub fn observe_seconds(&self, read: impl Fn(&dyn AsyncInstrument<f64>) + Send + Sync + 'static) {
        let Some(meter) = METER.get() else { return };
        let Definition { name, unit, description, kind, .. } = self.definition;
        if kind == Kind::Counter {
            let builder = meter.f64_observable_counter(name).with_unit(unit);
            builder.with_description(description).with_callback(read).build();
        } else {
            let builder = meter.f64_observable_gauge(name).with_unit(unit);
            builder.with_description(description).with_callback(read).build();
        }
    }
}

/// Observes unsigned numbers by an instrument that has only signed ones.
struct Signed<'a>(&'a dyn AsyncInstrument<i64>);

impl AsyncInstrument<u64> for Signed<'_> {
    fn observe(&self, measurement: u64, attributes: &[KeyValue]) {
        self.0.observe(i64::try_from(measurement).unwrap_or(i64::MAX), attributes);
    }
}

/// The instruments of this crate, in the order of docs/metrics.md.
#[must_use]
pub fn definitions() -> Vec<&'static Definition> {
    [process::definitions(), tokio_runtime::definitions(), sdk::definitions(), crate::database::definitions()]
        .concat()
}

/// Sets the meter of this process, and observes what every process has. Must be called within the tokio runtime that is to
/// be observed. Only the first call has an effect.
pub(super) fn set_meter(meter: Meter) {
    if METER.set(meter).is_ok() {
        process::observe();
        tokio_runtime::observe(Handle::current().metrics());
        sdk::observe();
    }
}
