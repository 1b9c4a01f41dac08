//! What the system can do on a worker, and what happens to a worker's live action when another one is asked for.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// What an action does on a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub(crate) enum Verb {
    Start,
    Stop,
    Terminate,
}

/// What a request for an action means for the live action of the same worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// The live action already does what is asked for: its task is the answer.
    Return,
    /// The live action ends, and the requested one replaces it.
    Supersede,
    /// The request is refused.
    Refuse,
}

impl Verb {
    /// Decides about an action that is requested while another one is live. docs/lifecycle.md draws this table.
    pub(crate) fn ruling(live: Self, requested: Self) -> Ruling {
        use Verb::{Start, Stop, Terminate};
        match (live, requested) {
            (Start, Start) | (Stop, Stop) | (Terminate, Terminate) => Ruling::Return,
            (Start, Stop | Terminate) | (Stop, Start | Terminate) => Ruling::Supersede,
            (Terminate, Start | Stop) => Ruling::Refuse,
        }
    }

    /// Returns the verbs that can be asked for while this one is live.
    pub(crate) fn legal_while_live(self) -> Vec<Self> {
        let is_legal = |it: &Self| Self::ruling(self, *it) != Ruling::Refuse;
        Self::VARIANTS.iter().copied().filter(is_legal).collect()
    }

    /// Returns the verb that undoes this one.
    pub(crate) fn opposite(self) -> Option<Self> {
        match self {
            Self::Start => Some(Self::Stop),
            Self::Stop => Some(Self::Start),
            Self::Terminate => None,
        }
    }

    /// Returns the state that a worker has after this verb.
    pub(crate) fn target_state(self) -> &'static str {
        match self {
            Self::Start => "running",
            Self::Stop => "stopped",
            Self::Terminate => "terminated",
        }
    }

    /// Returns the title of a task that applies this verb to a worker.
    pub(crate) fn title(self, worker: &str) -> String {
        let verb = match self {
            Self::Start => "Start",
            Self::Stop => "Stop",
            Self::Terminate => "Terminate",
        };
        format!("{verb} worker {worker}")
    }
}

/// Joins verbs for a message: `start, stop`.
pub(crate) fn listed(verbs: &[Verb]) -> String {
    verbs.iter().map(Verb::into_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_documented_one() {
        use Ruling::{Refuse, Return, Supersede};
        let row = |live| {
            let rulings = Verb::VARIANTS.iter().map(|requested| Verb::ruling(live, *requested));
            rulings.collect::<Vec<_>>()
        };
        assert_eq!(row(Verb::Start), [Return, Supersede, Supersede]);
        assert_eq!(row(Verb::Stop), [Supersede, Return, Supersede]);
        assert_eq!(row(Verb::Terminate), [Refuse, Refuse, Return]);
    }

    #[test]
    fn the_same_verb_is_always_legal_and_terminate_never_refused() {
        for live in Verb::VARIANTS {
            assert_eq!(Verb::ruling(*live, *live), Ruling::Return);
            assert_ne!(Verb::ruling(*live, Verb::Terminate), Ruling::Refuse);
        }
        assert_eq!(Verb::Terminate.legal_while_live(), [Verb::Terminate]);
    }
}
