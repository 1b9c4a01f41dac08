//! Time and randomness, as an argument: the one place that asks the machine for either.

use std::ops::{Add, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// An instant: microseconds since 1970-01-01T00:00:00Z, as databases and events hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Micros(pub i64);

impl Micros {
    /// `2026-11-22T09:10:11.123456Z`: UTC, always six digits of a second, so that texts sort as instants do.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let nanos = i128::from(self.0) * 1_000;
        let Ok(at) = time::OffsetDateTime::from_unix_timestamp_nanos(nanos) else { return String::new() };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.microsecond()
        )
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
}

/// So much later, as far as instants go.
impl Add<Duration> for Micros {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

/// How long from an earlier instant to this one; nothing when that one is the later.
impl Sub for Micros {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default())
    }
}

/// Tells the time and draws ids. Clones of a manual clock share their time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `start` until it is told to advance.
    #[must_use]
    pub fn manual(start: Micros) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.0))))
    }

    /// Moves a manual clock on. The machine's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(now) = &self.0 {
            now.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Micros {
        match &self.0 {
            Source::System => {
                #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Source::Manual(now) => Micros(now.load(Ordering::SeqCst)),
        }
    }

    /// A new `UUIDv7` (RFC 9562) of this clock's time.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().0 / 1_000).unwrap_or_default();
        #[expect(clippy::disallowed_methods, reason = "tests compare ids of different times only")]
        uuid::Builder::from_unix_timestamp_millis(millis, &random()).into_uuid()
    }
}

/// Random bytes from the operating system, good enough for keys.
///
/// # Panics
/// When the operating system has none to give; nothing safe can be done then.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random duration from three quarters of the interval up to all of it, so that replicas do not wake together.
#[must_use]
pub fn jittered(interval: Duration) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a test that waits an interval waits all of it")]
    let share = f64::from(u32::from_le_bytes(random())) / f64::from(u32::MAX);
    interval.mul_f64(0.75 + 0.25 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_a_later_time_sort_after_those_of_an_earlier_one() {
        let clock = Clock::manual(Micros(1_700_000_000_000_000));
        let earlier = clock.new_id();
        clock.advance(Duration::from_millis(1));
        assert!(earlier < clock.new_id());
        assert_eq!(earlier.get_version_num(), 7);
    }

    #[test]
    fn times_are_written_with_six_digits_of_a_second() {
        assert_eq!(Micros(1_795_338_611_000_007).to_rfc3339(), "2026-11-22T09:10:11.000007Z");
    }
}
