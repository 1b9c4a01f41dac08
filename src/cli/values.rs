//! Parsers for the values of settings, and their error messages.

use std::time::Duration;

use access::{Role, check_department, check_subject};

/// Longer durations could overflow in time calculations.
const LONGEST: Duration = Duration::from_hours(365 * 24);

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(duration) if duration.is_zero() || duration > LONGEST => {
            Err("expected a duration longer than zero, at most 365 days".to_owned())
        }
        Ok(duration) => Ok(duration),
        Err(_) => Err("expected a number with a unit, such as 500ms, 10s or 12h".to_owned()),
    }
}

/// A duration that may be zero, at most a day.
pub(super) fn any_duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).ok().filter(|it| *it <= Duration::from_hours(24));
    duration.ok_or_else(|| "expected a number with a unit, such as 0s, 500ms or 10s, at most 24h".to_owned())
}

/// A shorter lifetime would end before the token is used.
pub(super) fn lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = duration(text)?;
    if lifetime < Duration::from_secs(5) {
        Err("expected a duration of at least 5s".to_owned())
    } else {
        Ok(lifetime)
    }
}

/// A shorter lease would end while a database is slow.
pub(super) fn lease(text: &str) -> Result<Duration, String> {
    let lease = duration(text)?;
    if lease < Duration::from_secs(2) {
        Err("expected a duration of at least 2s".to_owned())
    } else {
        Ok(lease)
    }
}

pub(super) fn ratio(text: &str) -> Result<f64, String> {
    let ratio = text.parse().ok().filter(|it| (0.0..=1.0).contains(it));
    ratio.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

/// A larger leeway would accept expired tokens, not just tolerate clock differences.
pub(super) fn leeway(text: &str) -> Result<Duration, String> {
    let leeway = humantime::parse_duration(text).ok().filter(|it| *it <= Duration::from_mins(5));
    leeway.ok_or_else(|| "expected a number with a unit, such as 10s, at most 5m".to_owned())
}

pub(super) fn name(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("expected a name that is not empty".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// The id of a person, as tokens may have it.
pub(super) fn subject(text: &str) -> Result<String, String> {
    check_subject(text).map(|()| text.to_owned()).map_err(|it| it.to_string())
}

/// A department, as tokens may have it.
pub(super) fn department(text: &str) -> Result<String, String> {
    check_department(text).map(|()| text.to_owned()).map_err(|it| it.to_string())
}

/// The lifetime of a token, which counts whole seconds.
pub(super) fn token_lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = duration(text)?;
    if lifetime < Duration::from_secs(1) {
        Err("expected a duration of at least 1s".to_owned())
    } else {
        Ok(lifetime)
    }
}

pub(super) fn connections(text: &str) -> Result<usize, String> {
    number(text, 1_000_000)
}

/// The share of one caller; 0 means none.
pub(super) fn share(text: &str) -> Result<usize, String> {
    let share = text.parse().ok().filter(|it| *it <= 1_000_000);
    share.ok_or_else(|| "expected a whole number from 0 to 1000000".to_owned())
}

/// The share of one caller in the bytes: the largest page fits; 0 means none.
pub(super) fn untaken_bytes_of_caller(text: &str) -> Result<usize, String> {
    if text == "0" { Ok(0) } else { untaken_bytes(text).map_err(|error| format!("{error}, or 0")) }
}

/// Reads and writes have connections of their own.
pub(super) fn database_connections(text: &str) -> Result<u32, String> {
    let connections = text.parse().ok().filter(|it| (2..=1_000).contains(it));
    connections.ok_or_else(|| "expected a number from 2 to 1000".to_owned())
}

pub(super) fn action_slots(text: &str) -> Result<usize, String> {
    number(text, 1_000)
}

pub(super) fn action_attempts(text: &str) -> Result<i32, String> {
    let attempts = number(text, 1_000)?;
    i32::try_from(attempts).map_err(|error| error.to_string())
}

/// The lower limit is the size of the largest page.
pub(super) fn untaken_bytes(text: &str) -> Result<usize, String> {
    let bytes = text.parse().ok().filter(|it| *it >= 16 * 1024 * 1024);
    bytes.ok_or_else(|| "expected a whole number of at least 16777216".to_owned())
}

pub(super) fn header_bytes(text: &str) -> Result<usize, String> {
    number(text, gateway::MAX_HEADER_BYTES)
}

/// No valid body comes close to 2 MiB. tonic limits messages of gRPC to 4 MiB.
pub(super) fn body_bytes(text: &str) -> Result<usize, String> {
    number(text, 2 * 1024 * 1024)
}

fn number(text: &str, max: usize) -> Result<usize, String> {
    let number = text.parse().ok().filter(|it| (1..=max).contains(it));
    number.ok_or_else(|| format!("expected a whole number from 1 to {max}"))
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| "expected admin, manager, user or service".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leeway_is_at_most_five_minutes_and_may_be_none() {
        assert_eq!((leeway("0s"), leeway("5m")), (Ok(Duration::ZERO), Ok(Duration::from_mins(5))));
        assert!(leeway("301s").is_err() && leeway("10").is_err());
    }

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(duration("12h"), Ok(Duration::from_hours(12)));
        for bad in ["12", "", "-1s", "0s", "soon", "500000000000y"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
