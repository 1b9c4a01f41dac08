//! `/api/page/reports`: what a person met in the page, counted for everybody together. A report has numbers and words of
//! closed sets only.

use std::time::Duration;

use axum::http::StatusCode;

use crate::error::ApiError;
use crate::input::{Authenticated, Body, Fields, FromFields};
use crate::metrics::page::{KINDS, OTHER_VIEW, VIEWS, lagged, reported};

/// Maximum size of the body; a report has some 150 bytes.
pub(crate) const MAX_BYTES: usize = 1024;
/// The highest number of each kind in one report.
pub(crate) const MAX_COUNT: u32 = 1_000;
/// The longest lag, in seconds: a day.
pub(crate) const MAX_LAG: f64 = 86_400.0;

/// What was met since the last report.
pub(crate) struct Report {
    view: &'static str,
    /// By kind, in the order of [`KINDS`].
    counts: [u32; KINDS.len()],
    lag: Option<Duration>,
}

impl FromFields for Report {
    fn from_fields(fields: &mut Fields) -> Self {
        let counts = KINDS.map(|kind| fields.count(kind, MAX_COUNT).unwrap_or_default());
        let lag = fields.number("lag_seconds", MAX_LAG).map(Duration::from_secs_f64);
        let view = fields.word("view", &VIEWS).unwrap_or(OTHER_VIEW);
        Self { view, counts, lag }
    }
}

/// Counts a report.
pub(crate) async fn report(_: Authenticated, body: Body<Report>) -> Result<StatusCode, ApiError> {
    body.violations.none()?;
    let Report { view, counts, lag } = body.value;
    for (kind, count) in KINDS.into_iter().zip(counts).filter(|it| it.1 > 0) {
        reported(kind, view, count);
    }
    if let Some(lag) = lag {
        lagged(lag);
    }
    Ok(StatusCode::NO_CONTENT)
}
