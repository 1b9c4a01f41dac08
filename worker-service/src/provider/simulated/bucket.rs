//! The token bucket that limits the rate of calls: integer arithmetic, so that all replicas agree.

use std::time::Duration;

use platform::clock::Micros;

use super::settings::Throttle;

/// What a call takes from the bucket. At one call a second, this is what a microsecond adds, times 1,000,000.
const CALL: i64 = 1_000_000;

/// The stored state of the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    /// Calls that are left, in millionths.
    pub(super) level: i64,
    /// When it had this level.
    pub(super) at: Micros,
}

impl Bucket {
    /// Takes a call out of the bucket. If it is empty, returns how long it takes until there is one, and leaves the level
    /// as it is.
    pub(super) fn take(self, throttle: Throttle, now: Micros) -> (Self, Result<(), Duration>) {
        let per_second = i64::from(throttle.per_second.max(1));
        let full = i64::from(throttle.burst.max(1)).saturating_mul(CALL);
        // A replica whose clock is behind adds nothing.
        let elapsed = now.0.saturating_sub(self.at.0).max(0);
        let level = self.level.saturating_add(elapsed.saturating_mul(per_second)).min(full);
        let at = self.at.max(now);
        if level >= CALL {
            return (Self { level: level - CALL, at }, Ok(()));
        }
        let missing = u64::try_from(CALL - level).unwrap_or_default();
        let wait = missing.div_ceil(per_second.unsigned_abs());
        (Self { level, at }, Err(Duration::from_micros(wait)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_more_calls_pass_than_burst_and_rate_allow(
            per_second in 1..50_u32,
            burst in 1..20_u32,
            pauses in prop::collection::vec(0..500_000_i64, 1..200),
        ) {
            let throttle = Throttle { per_second, burst };
            let (mut bucket, mut now, mut passed) = (Bucket { level: 0, at: Micros(0) }, 0, 0_i64);
            for pause in pauses {
                now += pause;
                let (after, taken) = bucket.take(throttle, Micros(now));
                bucket = after;
                passed += i64::from(taken.is_ok());
            }
            prop_assert!(passed * CALL <= i64::from(burst) * CALL + now * i64::from(per_second));
        }

        #[test]
        fn a_call_passes_after_the_wait_that_it_was_told_and_not_before(
            per_second in 1..50_u32,
            level in 0..CALL,
        ) {
            let throttle = Throttle { per_second, burst: 1 };
            let (bucket, taken) = Bucket { level, at: Micros(7) }.take(throttle, Micros(7));
            let wait = taken.unwrap_err();
            prop_assert!(bucket.take(throttle, Micros(7) + wait).1.is_ok());
            let early = Micros(7) + wait.saturating_sub(Duration::from_micros(1));
            prop_assert!(bucket.take(throttle, early).1.is_err());
        }
    }

    #[test]
    fn a_clock_that_runs_behind_neither_fills_nor_empties_the_bucket() {
        let throttle = Throttle { per_second: 10, burst: 5 };
        let bucket = Bucket { level: CALL, at: Micros(1_000_000) };
        let (after, taken) = bucket.take(throttle, Micros(0));
        assert_eq!((after, taken), (Bucket { level: 0, at: Micros(1_000_000) }, Ok(())));
    }
}
