//! How long the machine has been running: a clock that goes on while the machine is suspended, as that of the wall does, and that
//! nobody can set.

use std::sync::LazyLock;
use std::time::Instant;

/// For how long a machine has been running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uptime {
    /// Tells this start of the machine from all others: times of two of them cannot be compared.
    pub boot: String,
    /// Microseconds since the start.
    pub micros: i64,
}

pub(super) fn of_system() -> Uptime {
    of_linux().unwrap_or_else(of_process)
}

/// `std::time::Instant` stands still while the machine is suspended; this does not.
fn of_linux() -> Option<Uptime> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    // "350735.47 234388.90": seconds since the start, and seconds of all processors in which they had nothing to do.
    let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    let micros = seconds.parse::<i64>().ok()? * 1_000_000 + hundredths.parse::<i64>().ok()? * 10_000;
    Some(Uptime { boot: boot.trim().to_owned(), micros })
}

/// Without `/proc`: since the first call in this process.
fn of_process() -> Uptime {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let micros = i64::try_from(START.elapsed().as_micros()).unwrap_or(i64::MAX);
    Uptime { boot: format!("process {}", std::process::id()), micros }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_uptime_goes_on() {
        for of in [of_system, of_process] {
            let (before, deadline) = (of(), Instant::now() + Duration::from_secs(10));
            let mut after = of();
            while after.micros - before.micros < 10_000 {
                assert!(Instant::now() < deadline, "{before:?} {after:?}");
                std::thread::yield_now();
                after = of();
            }
            assert_eq!(before.boot, after.boot);
        }
    }
}
