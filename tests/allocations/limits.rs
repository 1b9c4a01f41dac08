//! The numbers that must not be exceeded. They are those of a debug build, with a margin of some percent for what happens beside
//! the requests; if they are traced, for one more batch of spans, too. If a change makes a number smaller, lower its limit with
//! the same commit; docs/performance.md says what was gained.

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// `GET /api/tasks/{id}`
    Get,
    /// `GET /api/tasks?page_size=50`, with 50 tasks in the answer.
    List,
    /// `POST /api/tasks`
    Post,
}

/// How requests are traced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Traced {
    /// `OTEL_SDK_DISABLED=true`
    Never,
    /// The sampler takes no request.
    Unsampled,
    /// The sampler takes every request, and the spans are exported.
    Always,
}

impl Request {
    pub(crate) const ALL: [Self; 3] = [Self::Get, Self::List, Self::Post];

    pub(crate) fn article(self) -> &'static str {
        match self {
            Self::Get => "a GET",
            Self::List => "a LIST",
            Self::Post => "a POST",
        }
    }
}

impl Traced {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Never => "not traced",
            Self::Unsampled => "not sampled",
            Self::Always => "traced",
        }
    }

    /// The variables that trace requests like this. `receiver` is where spans are sent.
    pub(crate) fn environment(self, receiver: &str) -> Vec<(&'static str, String)> {
        let of = |all: &[(&'static str, &str)]| all.iter().map(|it| (it.0, it.1.to_owned())).collect();
        match self {
            Self::Never => of(&[("OTEL_SDK_DISABLED", "true")]),
            Self::Unsampled => of(&[
                ("OTEL_TRACES_SAMPLER", "always_off"),
                ("OTEL_TRACES_EXPORTER", "none"),
                ("OTEL_METRICS_EXPORTER", "none"),
            ]),
            // A batch leaves when it is full and not after a time, so that the same number of batches is in each measurement.
            Self::Always => of(&[
                ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver),
                ("OTEL_BSP_SCHEDULE_DELAY", "600000"),
                ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "256"),
                ("OTEL_METRICS_EXPORTER", "prometheus"),
            ]),
        }
    }
}

/// The most that a request may allocate on average, in all processes together.
pub(crate) struct Limit {
    pub(crate) request: Request,
    pub(crate) traced: Traced,
    /// Allocations and reallocations.
    pub(crate) allocations: f64,
    /// Bytes of them.
    pub(crate) bytes: f64,
}

const fn limit(request: Request, traced: Traced, allocations: f64, bytes: f64) -> Limit {
    Limit { request, traced, allocations, bytes }
}

pub(crate) const LIMITS: [Limit; 9] = [
    limit(Request::Get, Traced::Never, 178.0, 86_000.0),
    limit(Request::Get, Traced::Unsampled, 190.0, 87_000.0),
    limit(Request::Get, Traced::Always, 231.0, 107_000.0),
    limit(Request::List, Traced::Never, 1_096.0, 565_000.0),
    limit(Request::List, Traced::Unsampled, 1_111.0, 567_000.0),
    limit(Request::List, Traced::Always, 1_155.0, 588_000.0),
    limit(Request::Post, Traced::Never, 543.0, 147_000.0),
    limit(Request::Post, Traced::Unsampled, 567.0, 149_000.0),
    limit(Request::Post, Traced::Always, 624.0, 180_000.0),
];

/// The most voluntary context switches of a POST on SQLite, on average: each is a wait of a thread for another one or for the disk.
pub(crate) const MOST_SWITCHES: f64 = 23.0;
