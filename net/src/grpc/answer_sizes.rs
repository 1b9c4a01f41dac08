//! How large the last answers to the callers of a method were. A call that may have an answer as large as the last one has its bytes
//! counted before it is executed: otherwise, a caller who takes no answers could have many of them made that are then dropped.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::limits::Key;
// Smaller answers are not remembered: making one that is dropped costs little.
use crate::read_turns::LARGE;

/// Callers and methods whose answers are remembered. Then all are forgotten, which costs them one answer each.
const MOST: usize = 4_096;

#[derive(Default)]
pub(super) struct AnswerSizes(Mutex<HashMap<(Key, &'static str), usize>>);

impl AnswerSizes {
    /// The size of the last answer to a caller of a method, if it was large.
    pub(super) fn expected(&self, caller: &Key, method: &'static str) -> Option<usize> {
        self.sizes(|it| it.get(&(caller.clone(), method)).copied())
    }

    /// Remembers the size of an answer.
    pub(super) fn note(&self, caller: &Key, method: &'static str, bytes: usize) {
        self.sizes(|it| {
            let answer = (caller.clone(), method);
            if bytes < LARGE {
                it.remove(&answer);
                return;
            }
            if it.len() >= MOST && !it.contains_key(&answer) {
                it.clear();
            }
            it.insert(answer, bytes);
        });
    }

    fn sizes<T>(&self, then: impl FnOnce(&mut HashMap<(Key, &'static str), usize>) -> T) -> T {
        then(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_large_answer_is_remembered_and_a_small_one_is_not() {
        let (sizes, ada): (_, Key) = (AnswerSizes::default(), "ada".into());
        sizes.note(&ada, "list", LARGE);
        assert_eq!(sizes.expected(&ada, "list"), Some(LARGE));
        assert_eq!((sizes.expected(&ada, "get"), sizes.expected(&"bob".into(), "list")), (None, None));
        sizes.note(&ada, "list", 3 * LARGE);
        assert_eq!(sizes.expected(&ada, "list"), Some(3 * LARGE));
        sizes.note(&ada, "list", 1);
        assert_eq!(sizes.expected(&ada, "list"), None);
    }

    #[test]
    fn callers_beyond_a_number_are_forgotten() {
        let sizes = AnswerSizes::default();
        for caller in 0..=MOST {
            sizes.note(&caller.to_string().into(), "list", LARGE);
        }
        assert_eq!(sizes.sizes(|it| it.len()), 1);
    }
}
