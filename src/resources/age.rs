//! Times as people read them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use platform::clock::{Clock, Micros};
use serde_json::Value;

/// The time of a command, which ages are counted from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(Micros);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(Clock::system().now())
    }

    /// How long ago a time was, as kubectl writes it: two units while the first one is small.
    pub(crate) fn age(self, time: &Value) -> String {
        let Some(then) = parse(time) else { return "-".to_owned() };
        let now = UNIX_EPOCH + Duration::from_micros(self.0.0.try_into().unwrap_or_default());
        short(now.duration_since(then).unwrap_or_default())
    }
}

fn parse(time: &Value) -> Option<SystemTime> {
    humantime::parse_rfc3339(time.as_str()?).ok()
}

fn short(age: Duration) -> String {
    let seconds = age.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if seconds < 120 => format!("{seconds}s"),
        () if minutes < 10 => format!("{minutes}m{}s", seconds % 60),
        () if hours < 3 => format!("{minutes}m"),
        () if hours < 8 => format!("{hours}h{}m", minutes % 60),
        () if hours < 48 => format!("{hours}h"),
        () if days < 8 => format!("{days}d{}h", hours % 24),
        () if days < 730 => format!("{days}d"),
        () => format!("{}y", days / 365),
    }
}

/// A time in UTC without the parts of the second.
pub(crate) fn utc(time: &Value) -> String {
    let text = time.as_str().unwrap_or("-");
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_age_has_two_units_while_the_first_one_is_small() {
        let shown = [0, 119, 120, 599, 600, 10_799, 10_800, 28_800, 172_799, 172_800, 691_200, 63_072_000]
            .map(|it| short(Duration::from_secs(it)));
        let expected =
            ["0s", "119s", "2m0s", "9m59s", "10m", "179m", "3h0m", "8h", "47h", "2d0h", "8d", "2y"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_time_of_a_clock_that_is_ahead_is_now() {
        let moment = Moment(Micros(1_795_340_577_000_000));
        assert_eq!(moment.age(&json!("2026-11-22T09:42:47.124032Z")), "9s");
        assert_eq!(moment.age(&json!("2026-11-22T09:43:47Z")), "0s");
        assert_eq!(moment.age(&Value::Null), "-");
        assert_eq!(utc(&json!("2026-11-22T09:42:57.124032Z")), "2026-11-22T09:42:57Z");
    }
}
