//! Periodic background work: polling, housekeeping, checks.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use crate::causes::chain;
use crate::clock::jittered;
use crate::shutdown::Shutdown;

/// A loop of periodic work with jitter and backoff. Of failures in a row, the first one and those with another cause are
/// logged, and then the first success.
#[derive(Clone, Copy, Debug)]
pub struct Periodic {
    /// Name of the work in log lines: `"numbering events"`.
    pub work: &'static str,
    /// Time between two runs, of which up to a quarter is subtracted at random, so that replicas do not act together.
    pub interval: Duration,
    /// While runs fail, the interval doubles after each failure, up to this duration.
    pub longest_backoff: Duration,
}

impl Periodic {
    /// Makes a loop with a fixed interval, without backoff after failures.
    #[must_use]
    pub fn every(interval: Duration, work: &'static str) -> Self {
        Self { work, interval, longest_backoff: interval }
    }

    /// Runs `turn` after each interval until `stop`; the first run is one interval from now.
    pub async fn run<T, F, E>(self, stop: &Shutdown, turn: T)
    where
        T: FnMut() -> F,
        F: Future<Output = Result<(), E>>,
        E: Error + 'static,
    {
        tokio::select! {
            () = tokio::time::sleep(jittered(self.interval)) => {}
            () = stop.cancelled() => return,
        }
        self.run_woken(stop, std::future::pending, turn).await;
    }

    /// Runs `turn` now and after each interval until `stop`, and earlier when the future of `wake` completes. While runs
    /// fail, `wake` is ignored, so that a database that does not respond is not called more often.
    pub async fn run_woken<W, G, T, F, E>(self, stop: &Shutdown, mut wake: W, mut turn: T)
    where
        W: FnMut() -> G,
        G: Future<Output = ()>,
        T: FnMut() -> F,
        F: Future<Output = Result<(), E>>,
        E: Error + 'static,
    {
        let (mut failures, mut last_error) = (0_u32, String::new());
        while !stop.is_cancelled() {
            match turn().await {
                Ok(()) if failures > 0 => {
                    tracing::info!(work = self.work, failures, "periodic work succeeds again");
                    failures = 0;
                }
                Ok(()) => {}
                Err(error) => {
                    let error = chain(&error);
                    if failures == 0 || error != last_error {
                        tracing::warn!(work = self.work, error, "periodic work failed; retrying");
                    }
                    last_error = error;
                    failures = failures.saturating_add(1);
                }
            }
            tokio::select! {
                () = wake(), if failures == 0 => {}
                () = tokio::time::sleep(self.pause(failures)) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    fn pause(&self, failures: u32) -> Duration {
        let doubled = self.interval.saturating_mul(1 << failures.saturating_sub(1).min(16));
        jittered(doubled.min(self.longest_backoff.max(self.interval)))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io;

    use super::*;

    const SLOW: Periodic = Periodic {
        work: "a test",
        interval: Duration::from_hours(1),
        longest_backoff: Duration::from_hours(8),
    };

    #[tokio::test]
    async fn a_wake_up_starts_a_run_and_stop_ends_the_loop() {
        let (stop, turns) = (Shutdown::new(), Cell::new(0));
        let turn = async || {
            turns.set(turns.get() + 1);
            if turns.get() == 3 {
                stop.cancel();
            }
            io::Result::Ok(())
        };
        SLOW.run_woken(&stop, || std::future::ready(()), turn).await;
        assert_eq!(turns.get(), 3);
    }

    #[tokio::test]
    async fn wake_ups_are_ignored_while_runs_fail() {
        let (stop, turns) = (Shutdown::new(), Cell::new(0));
        let turn = async || {
            turns.set(turns.get() + 1);
            io::Result::Err(io::Error::other("fails"))
        };
        let run = SLOW.run_woken(&stop, || std::future::ready(()), turn);
        let meanwhile = async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = run => {}
            () = meanwhile => {}
        }
        assert_eq!(turns.get(), 1);
    }

    #[test]
    fn the_backoff_doubles_up_to_its_maximum() {
        let within = |failures, hours: u64| {
            let pause = SLOW.pause(failures);
            pause <= Duration::from_hours(hours) && pause >= Duration::from_hours(hours).mul_f64(0.75)
        };
        assert!(
            within(0, 1) && within(1, 1) && within(2, 2) && within(3, 4) && within(4, 8) && within(40, 8)
        );
    }
}
