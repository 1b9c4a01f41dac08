//! How much of a simulated machine is used: smooth curves, as a pure function of the machine and the time.

use std::f64::consts::TAU;

use platform::clock::Micros;

use super::machine::hash;
use crate::provider::Utilization;

/// Returns the utilisation of a running machine.
pub(super) fn of(id: &str, launched_at: Micros, now: Micros) -> Utilization {
    let seconds = (now - Micros(0)).as_secs_f64();
    let days = (now - launched_at).as_secs_f64() / 86_400.0;
    let bytes = hash(&[b"utilization", id.as_bytes()]).to_be_bytes();
    // Numbers between 0 and 1 by which machines differ.
    let own = |index: usize| f64::from(bytes[index]) / 255.0;
    let wave = |period: f64, phase: f64| ((seconds / period + phase) * TAU).sin();
    Utilization {
        cpu: 0.2 + 0.4 * own(0) + 0.15 * wave(1_800.0, own(1)) + 0.05 * wave(310.0, own(2)),
        memory: 0.3 + 0.3 * own(3) + 0.1 * wave(7_200.0, own(4)) + 0.03 * wave(900.0, own(5)),
        // Fills up over months, ever more slowly.
        storage: 0.1 + 0.2 * own(6) + 0.65 * (1.0 - (-days / 60.0).exp()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_shares_are_between_0_and_1_and_change_little_in_a_second(
            id in "i-[0-9a-f]{17}",
            launched in 0..2_000_000_000_i64,
            age in 0..1_000_000_000_i64,
        ) {
            let (launched, now) = (Micros(launched * 1_000_000), Micros((launched + age) * 1_000_000));
            let (at, later) = (of(&id, launched, now), of(&id, launched, now + Duration::from_secs(1)));
            let shares = [(at.cpu, later.cpu), (at.memory, later.memory), (at.storage, later.storage)];
            for (share, a_second_later) in shares {
                prop_assert!((0.0..=1.0).contains(&share), "{at:?}");
                prop_assert!((share - a_second_later).abs() < 0.005, "{at:?} {later:?}");
            }
            prop_assert!(later.storage >= at.storage);
        }
    }

    #[test]
    fn machines_differ() {
        let of = |id| of(id, Micros(0), Micros(1_000_000));
        assert_ne!(of("i-1"), of("i-2"));
    }
}
