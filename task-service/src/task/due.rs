//! The order in which actions are executed.

use std::time::Duration;

use platform::clock::Micros;

use super::Priority;

impl Priority {
    /// How much earlier than a low action of the same age this one is due. Age outweighs priority in the end, so that no
    /// action waits for ever.
    fn bonus(self) -> Duration {
        match self {
            Self::Low => Duration::ZERO,
            Self::Medium => Duration::from_mins(10),
            Self::High => Duration::from_hours(1),
        }
    }

    /// Returns a number that is greater for a higher priority.
    pub(crate) fn rank(self) -> i64 {
        match self {
            Self::Low => 0,
            Self::Medium => 1,
            Self::High => 2,
        }
    }

    /// Returns the key by which actions are executed, lowest first, for one that was asked for at this time.
    pub(crate) fn due_key(self, asked_at: Micros) -> i64 {
        let bonus = i64::try_from(self.bonus().as_micros()).unwrap_or(i64::MAX);
        asked_at.0.saturating_sub(bonus)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    proptest! {
        #[test]
        fn an_earlier_or_more_urgent_action_is_never_due_later(
            asked_at in 0..i64::MAX / 2,
            wait in 0..10_000_000_000_i64,
            priority in select(vec![Priority::Low, Priority::Medium, Priority::High]),
        ) {
            let later = priority.due_key(Micros(asked_at + wait));
            prop_assert!(priority.due_key(Micros(asked_at)) <= later);
            prop_assert!(Priority::High.due_key(Micros(asked_at)) <= priority.due_key(Micros(asked_at)));
            prop_assert!(priority.rank() <= Priority::High.rank());
            // An hour of age makes up for any difference of priority.
            let old = Priority::Low.due_key(Micros(asked_at));
            prop_assert!(old <= priority.due_key(Micros(asked_at + 3_600_000_000)));
        }
    }
}
