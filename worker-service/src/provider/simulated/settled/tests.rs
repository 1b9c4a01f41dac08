//! Property tests of the settled state of a simulated machine.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::provider::MachineState;

fn seconds(range: std::ops::Range<i64>) -> impl Strategy<Value = Micros> {
    range.prop_map(|it| Micros(it * 1_000_000))
}

/// Tags that decide what becomes of a machine without further calls.
fn tags() -> impl Strategy<Value = BTreeMap<String, String>> {
    let delayed =
        subsequence(vec!["start-delay", "stop-delay", "stop-after", "interrupt-after", "vanish"], 0..=5);
    let delayed = (delayed, prop::collection::vec(0..40_u8, 5));
    let fixed = subsequence(vec![("stuck", "stop"), ("capacity", "start"), ("capacity", "create")], 0..=1);
    (delayed, fixed).prop_map(|((names, delays), fixed)| {
        let delayed = names.into_iter().zip(delays).map(|(name, delay)| (name, format!("{delay}s")));
        let fixed = fixed.into_iter().map(|(name, value)| (name, value.to_owned()));
        delayed.chain(fixed).map(|(name, value)| (format!("sim:{name}"), value)).collect()
    })
}

fn phases() -> impl Strategy<Value = Phase> {
    let states = select(vec![Pending, Running, Stopping, Stopped, ShuttingDown, Terminated]);
    (states, seconds(10..30), seconds(0..30), seconds(0..10), any::<bool>()).prop_map(
        |(state, since, lasts, first_ran_at, has_run)| {
            let end = match state {
                Pending | Stopping | ShuttingDown => End::At(Micros(since.0 + lasts.0)),
                Running | Stopped | Terminated => End::None,
            };
            let first_ran_at = (has_run || state == Running).then_some(first_ran_at);
            Phase { state, since, reason: None, end, first_ran_at }
        },
    )
}

fn machines() -> impl Strategy<Value = Stored> {
    (phases(), tags(), 1..3_i64, seconds(0..40)).prop_map(|(phase, tags, starts, knobs_since)| {
        let found = Stored::preexisting("i-sim-1", Micros(0)).unwrap();
        Stored { tags, phase, starts, knobs_since, ..found }
    })
}

fn settings() -> SimulatedSettings {
    SimulatedSettings { terminated_visible: Duration::from_secs(20), ..SimulatedSettings::default() }
}

proptest! {
    #[test]
    fn what_was_read_and_stored_before_does_not_change_what_is_read_later(
        machine in machines(),
        earlier in seconds(0..120),
        later in seconds(0..120),
    ) {
        let (settings, earlier, later) = (settings(), earlier.min(later), earlier.max(later));
        let at_once = settled(&machine, &settings, later);
        prop_assert_eq!(settled(&machine, &settings, later), at_once);
        if let Some(phase) = settled(&machine, &settings, earlier) {
            let stored = Stored { phase, ..machine };
            prop_assert_eq!(settled(&stored, &settings, later), at_once);
        } else {
            prop_assert_eq!(at_once, None, "it came back");
        }
    }

    #[test]
    fn states_follow_each_other_forwards(machine in machines(), at in prop::collection::vec(seconds(0..120), 2..10)) {
        let mut at = at;
        at.sort_unstable();
        let read: Vec<_> = at.iter().filter_map(|it| settled(&machine, &settings(), *it)).collect();
        for pair in read.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            prop_assert!(before.since <= after.since, "{before:?} {after:?}");
            prop_assert!(before == after || follows(before.state, after.state), "{before:?} {after:?}");
        }
        for (phase, now) in read.iter().zip(&at) {
            prop_assert!(phase.since <= (*now).max(machine.phase.since), "{phase:?} at {now:?}");
        }
    }

    #[test]
    fn it_is_gone_from_the_instant_that_is_stored_for_lists(machine in machines(), now in seconds(0..120)) {
        let gone = gone_at(&machine, &settings()).is_some_and(|it| it <= now);
        prop_assert_eq!(settled(&machine, &settings(), now).is_none(), gone);
    }
}

/// Whether a machine can get from one state to the other without a call.
fn follows(before: MachineState, after: MachineState) -> bool {
    match before {
        Pending => after != Pending,
        Running => matches!(after, Stopping | Stopped | ShuttingDown | Terminated),
        Stopping => after == Stopped,
        ShuttingDown => after == Terminated,
        Stopped | Terminated => false,
    }
}

fn tagged(tags: &[(&str, &str)], phase: Phase, starts: i64) -> Stored {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Stored { tags, phase, starts, ..Stored::preexisting("i-sim-1", Micros(0)).unwrap() }
}

fn running(since: i64, first_ran_at: i64) -> Phase {
    let first_ran_at = Some(Micros(first_ran_at));
    Phase { state: Running, since: Micros(since), reason: None, end: End::None, first_ran_at }
}

#[test]
fn the_provider_stops_a_machine_once_and_not_again_after_a_start() {
    let tags = [("sim:stop-after", "10s")];
    let retired = settled(&tagged(&tags, running(0, 0), 1), &settings(), Micros(10_000_000)).unwrap();
    assert_eq!((retired.state, retired.reason), (Stopping, Some(StateReason::Retirement)));
    let started_again = tagged(&tags, running(15_000_000, 0), 2);
    assert_eq!(settled(&started_again, &settings(), Micros(90_000_000)), Some(started_again.phase));
}

#[test]
fn a_delay_that_is_asked_for_later_begins_then() {
    let long_running = tagged(&[("sim:stop-after", "10s")], running(0, 0), 1);
    let asked_at = Micros(60_000_000);
    let machine = Stored { knobs_since: asked_at, ..long_running };
    let state =
        |seconds| settled(&machine, &settings(), asked_at + Duration::from_secs(seconds)).unwrap().state;
    assert_eq!([state(9), state(10)], [Running, Stopping]);
}

#[test]
fn a_reason_outlasts_the_state_that_led_to_it() {
    let interrupted = tagged(&[("sim:interrupt-after", "10s")], running(0, 0), 1);
    let phase = settled(&interrupted, &settings(), Micros(12_000_000)).unwrap();
    assert_eq!((phase.state, phase.reason), (Terminated, Some(StateReason::SpotInterruption)));
    assert_eq!(phase.since, Micros(12_000_000));
}

#[test]
fn a_state_that_ends_after_reads_waits_for_them() {
    let pending = Phase { state: Pending, end: End::AfterReads(2), ..running(0, 0) };
    let mut machine = tagged(&[], pending, 1);
    let state = |it: &Stored| settled(it, &settings(), Micros(i64::MAX)).unwrap().state;
    assert!(count_read(&mut machine));
    assert_eq!(state(&machine), Pending);
    assert!(count_read(&mut machine));
    assert_eq!(state(&machine), Running);
    assert!(!count_read(&mut machine));
}
