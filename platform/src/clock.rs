//! Time and randomness. Code gets both as arguments; only this file reads the system clock and the random number
//! generator.

use std::ops::{Add, Sub};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

pub use uptime::Uptime;

mod uptime;

/// The length of an instant in RFC 3339.
const RFC_3339_BYTES: usize = "2026-11-22T09:10:11.123456Z".len();

/// An instant in microseconds since 1970-01-01T00:00:00Z, as stored in databases and events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Micros(pub i64);

impl Micros {
    /// Formats the instant as `2026-11-22T09:10:11.123456Z`: UTC with six fractional digits, so that texts sort like
    /// instants.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let mut text = String::with_capacity(RFC_3339_BYTES);
        self.append_rfc3339(&mut text);
        text
    }

    /// Appends [`Micros::to_rfc3339`] to a text.
    pub fn append_rfc3339(self, text: &mut String) {
        let Ok(at) = time::OffsetDateTime::from_unix_timestamp(self.seconds()) else { return };
        let micros = u32::try_from(self.0.rem_euclid(1_000_000)).unwrap_or_default();
        // Not by `format!`, which takes twenty times as long: a list has two of them in each row.
        let mut written = *b"0000-00-00T00:00:00.000000Z";
        let numbers = [
            (0..4, at.year().unsigned_abs()),
            (5..7, u8::from(at.month()).into()),
            (8..10, at.day().into()),
            (11..13, at.hour().into()),
            (14..16, at.minute().into()),
            (17..19, at.second().into()),
            (20..26, micros),
        ];
        for (place, mut number) in numbers {
            for digit in written[place].iter_mut().rev() {
                *digit = (number % 10).to_le_bytes()[0] + b'0';
                number /= 10;
            }
        }
        text.push_str(std::str::from_utf8(&written).unwrap_or_default());
    }

    /// Returns the whole seconds since 1970.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
}

/// Adds a duration, saturating at the largest instant.
impl Add<Duration> for Micros {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
    }
}

/// Returns the duration since an earlier instant; zero if that instant is later.
impl Sub for Micros {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default())
    }
}

/// Returns the current time and makes ids. Clones of a manual clock share their time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(Arc<Manual>),
}

#[derive(Debug)]
struct Manual {
    now: AtomicI64,
    uptime: AtomicI64,
}

impl Clock {
    /// Returns the clock of the operating system.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Returns a clock for tests, which stays at `start` until [`Self::advance`] is called.
    #[must_use]
    pub fn manual(start: Micros) -> Self {
        Self(Source::Manual(Arc::new(Manual { now: AtomicI64::new(start.0), uptime: AtomicI64::new(0) })))
    }

    /// Advances a manual clock. Has no effect on the system clock.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(manual) = &self.0 {
            let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            manual.now.fetch_add(by, Ordering::SeqCst);
            manual.uptime.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Sets a manual clock ahead by microseconds, or back, without time going by. Has no effect on the system clock.
    pub fn jump(&self, by: i64) {
        if let Source::Manual(manual) = &self.0 {
            manual.now.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Returns for how long the machine has been running, times in which it was suspended included. Nobody can set this clock.
    #[must_use]
    pub fn uptime(&self) -> Uptime {
        match &self.0 {
            Source::System => uptime::of_system(),
            Source::Manual(manual) => {
                Uptime { boot: "manual".to_owned(), micros: manual.uptime.load(Ordering::SeqCst) }
            }
        }
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Micros {
        match &self.0 {
            Source::System => {
                #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Source::Manual(manual) => Micros(manual.now.load(Ordering::SeqCst)),
        }
    }

    /// Makes a `UUIDv7` (RFC 9562) with the time of this clock.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().0 / 1_000).unwrap_or_default();
        #[expect(clippy::disallowed_methods, reason = "tests compare ids of different times only")]
        uuid::Builder::from_unix_timestamp_millis(millis, &random()).into_uuid()
    }
}

/// Returns cryptographically secure random bytes from the operating system.
///
/// # Panics
/// If the operating system cannot provide random bytes.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Returns a random number between 0 and 1.
#[must_use]
pub fn random_share() -> f64 {
    #[expect(clippy::disallowed_methods, reason = "callers pass the number on as an argument")]
    let bytes = random();
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// Returns a random duration between three quarters of `interval` and `interval`, so that replicas do not act together.
#[must_use]
pub fn jittered(interval: Duration) -> Duration {
    interval.mul_f64(0.75 + 0.25 * random_share())
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
