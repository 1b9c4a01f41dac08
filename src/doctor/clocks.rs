//! Whether the clocks agree: of this machine, the gateway, task-service, the token issuer and the database servers.

use platform::clock::Micros;
use reqwest::{Response, header};
use serde_json::Value;

use super::finding::{Check, Finding};

/// Clocks that differ by more are not synchronized.
const TOLERANCE: i64 = 5_000_000;

/// How far a clock is ahead of that of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) whose: String,
    /// In microseconds; negative if it is behind.
    pub(super) ahead: i64,
}

impl Reading {
    /// Of a clock that was read between two moments of this machine's.
    pub(super) fn new(whose: &str, at: Micros, asked: Micros, answered: Micros) -> Self {
        // It may have been read at any time in between.
        let nearest = at.0.clamp(asked.0.min(answered.0), asked.0.max(answered.0));
        Self { whose: whose.to_owned(), ahead: at.0 - nearest }
    }
}

/// Of the header `Date`, which counts whole seconds; `None` for an answer of a cache, which keeps the date of when it was made.
pub(super) fn of_date(whose: &str, response: &Response, asked: Micros, answered: Micros) -> Option<Reading> {
    if response.headers().contains_key(header::AGE) {
        return None;
    }
    let date = response.headers().get(header::DATE)?.to_str().ok()?;
    let since = httpdate::parse_http_date(date).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let at = Micros(i64::try_from(since.as_micros()).ok()? + 500_000);
    Some(Reading::new(whose, at, asked, answered))
}

/// Of a time in JSON.
pub(super) fn of_time(whose: &str, time: &Value, asked: Micros, answered: Micros) -> Option<Reading> {
    let time = humantime::parse_rfc3339(time.as_str()?).ok()?;
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Reading::new(whose, Micros(i64::try_from(since.as_micros()).ok()?), asked, answered))
}

/// Which clocks differ from most.
pub(super) fn judge(mut readings: Vec<Reading>) -> Finding {
    // The last reading of a clock counts.
    readings.reverse();
    let mut distinct: Vec<Reading> = Vec::new();
    for it in readings {
        if distinct.iter().all(|known| known.whose != it.whose) {
            distinct.insert(0, it);
        }
    }
    if distinct.is_empty() {
        return Finding::needs(Check::Clocks, "no other clock than that of this machine was read");
    }
    let mut sorted: Vec<i64> = distinct.iter().map(|it| it.ahead).chain([0]).collect();
    sorted.sort_unstable();
    let usual = sorted[sorted.len() / 2];
    let differs = |ahead: i64| (ahead - usual).abs() > TOLERANCE;
    let spread = sorted[sorted.len() - 1] - sorted[0];
    if spread <= TOLERANCE {
        let names: Vec<&str> = distinct.iter().map(|it| it.whose.as_str()).collect();
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        let others = [&["this machine"], others].concat().join(", ");
        let seen = format!("the clocks of {others} and {last} agree within {} s", TOLERANCE / 1_000_000);
        return Finding::ok(Check::Clocks, seen);
    }
    // Of two clocks, or where there is no majority, each difference is told as it is seen from here.
    let agree = sorted.iter().filter(|it| !differs(**it)).count();
    let has_majority = agree * 2 > sorted.len();
    let told: Vec<String> = if has_majority {
        let others =
            distinct.iter().filter(|it| differs(it.ahead)).map(|it| (it.whose.as_str(), it.ahead - usual));
        let own = differs(0).then_some(("this machine", -usual));
        others
            .chain(own)
            .map(|(whose, by)| format!("the clock of {whose} is {} most others", in_words(by)))
            .collect()
    } else {
        let others = distinct.iter().filter(|it| it.ahead.abs() > TOLERANCE);
        others
            .map(|it| format!("the clock of {} is {} that of this machine", it.whose, in_words(it.ahead)))
            .collect()
    };
    Finding::problem(
        Check::Clocks,
        told.join("; "),
        "synchronize the clocks of all machines by NTP: tokens are checked against them (docs/operations.md, Clocks)",
    )
}

fn in_words(ahead: i64) -> String {
    let seconds = ahead.unsigned_abs().div_ceil(1_000_000);
    let time = humantime::format_duration(std::time::Duration::from_secs(seconds));
    if ahead < 0 { format!("{time} behind") } else { format!("{time} ahead of") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Level;

    fn of(readings: &[(&str, i64)]) -> Finding {
        let reading =
            |&(whose, ahead): &(&str, i64)| Reading { whose: whose.to_owned(), ahead: ahead * 1_000_000 };
        judge(readings.iter().map(reading).collect())
    }

    #[test]
    fn the_clock_that_differs_from_most_is_named() {
        assert_eq!(of(&[("the gateway", 2), ("the issuer", -2)]).level, Level::Ok);
        let one = of(&[("the gateway", 3_600), ("the issuer", 0), ("the database", 0)]);
        assert_eq!(one.level, Level::Problem);
        assert!(one.seen.starts_with("the clock of the gateway is 1h ahead"), "{}", one.seen);
        let own = of(&[("the gateway", 60), ("the issuer", 61), ("the database", 60)]);
        assert!(own.seen.starts_with("the clock of this machine is 1m behind"), "{}", own.seen);
    }

    #[test]
    fn of_two_clocks_neither_is_blamed() {
        let two = of(&[("the gateway", -90)]);
        assert_eq!(two.seen, "the clock of the gateway is 1m 30s behind that of this machine");
    }

    #[test]
    fn a_clock_that_was_read_meanwhile_agrees() {
        let reading = Reading::new("it", Micros(15), Micros(10), Micros(20));
        assert_eq!(reading.ahead, 0);
        assert_eq!(Reading::new("it", Micros(5), Micros(10), Micros(20)).ahead, -5);
    }
}
