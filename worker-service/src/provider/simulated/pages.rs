//! The pages of a list, with the flaws that real providers have: a machine on two pages, and one that a list misses.

use platform::clock::Micros;

use super::knobs::Knobs;
use super::machine::{Stored, hash};
use super::settings::SimulatedSettings;

/// Separates the ids in the token of a page.
const SEPARATOR: char = ',';
/// A flawed list shows one in so many machines on two pages.
const SHOWN_TWICE: u128 = 16;
/// Seconds for which flawed lists miss a machine.
const MISSED_FOR: u128 = 10;
/// Seconds after which flawed lists miss a machine again.
const MISSED_EVERY: u128 = 3_600;

/// Where a page starts, as its token says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Start<'a> {
    /// The last id of the page before.
    pub(super) after: &'a str,
    /// Machines of the page before that are shown again.
    pub(super) again: Vec<&'a str>,
}

impl<'a> Start<'a> {
    /// Reads a token; `None` is the first page.
    pub(super) fn of(token: Option<&'a str>) -> Self {
        let mut ids = token.unwrap_or_default().split(SEPARATOR);
        Self { after: ids.next().unwrap_or_default(), again: ids.collect() }
    }
}

/// A page of machines in the order of their ids.
#[derive(Debug)]
pub(super) struct ListPage {
    pub(super) shown: Vec<Stored>,
    /// Machines that this page misses because a tag asks for it.
    pub(super) counted_misses: Vec<String>,
    /// Token of the next page.
    pub(super) next: Option<String>,
}

impl ListPage {
    /// Makes a page of the machines that follow the one before, of which one more than `size` were read.
    pub(super) fn of(
        mut machines: Vec<Stored>,
        size: usize,
        settings: &SimulatedSettings,
        now: Micros,
    ) -> Self {
        let has_more = machines.len() > size;
        machines.truncate(size);
        let last = machines.last().map(|it| it.id.clone()).unwrap_or_default();
        let is_twice = |it: &Stored| {
            Knobs::of_stored(&it.tags).listed_twice || (settings.flawed_lists && is_shown_twice(&it.id))
        };
        let again: Vec<String> = machines.iter().filter(|it| is_twice(it)).map(|it| it.id.clone()).collect();
        let counted = |it: &Stored| it.counters.misses > 0;
        let counted_misses = machines.iter().filter(|it| counted(it)).map(|it| it.id.clone()).collect();
        machines.retain(|it| !(counted(it) || settings.flawed_lists && is_missed(&it.id, now)));
        let next = (has_more || !again.is_empty())
            .then(|| again.iter().fold(last, |token, id| format!("{token}{SEPARATOR}{id}")));
        Self { shown: machines, counted_misses, next }
    }
}

fn is_shown_twice(id: &str) -> bool {
    number_of(id).is_multiple_of(SHOWN_TWICE)
}

/// Whether flawed lists miss a machine at an instant. Two lists in a row miss it only if they are within ten seconds, or
/// about an hour apart.
fn is_missed(id: &str, now: Micros) -> bool {
    let second = u128::try_from(now.seconds()).unwrap_or_default();
    (second + number_of(id) % MISSED_EVERY) % MISSED_EVERY < MISSED_FOR
}

fn number_of(id: &str) -> u128 {
    hash(&[b"list", id.as_bytes()])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn machine(id: &str, tags: &[(&str, &str)]) -> Stored {
        let found = Stored::preexisting("i-sim-1", Micros(0)).unwrap();
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Stored { id: id.to_owned(), tags, ..found }
    }

    fn ids(page: &ListPage) -> Vec<&str> {
        page.shown.iter().map(|it| it.id.as_str()).collect()
    }

    proptest! {
        #[test]
        fn flawed_lists_miss_each_machine_for_ten_seconds_of_an_hour(
            id in "i-[0-9a-f]{17}",
            start in 0..2_000_000_000_i64,
        ) {
            let at = |second| is_missed(&id, Micros(start * 1_000_000) + Duration::from_secs(second));
            prop_assert_eq!((0..3_600).filter(|it| at(*it)).count(), 10);
            let begins = (1..3_601).find(|it| at(*it) && !at(it - 1)).unwrap();
            prop_assert!((0..10).all(|it| at(begins + it)), "the ten seconds are in one piece");
        }
    }

    #[test]
    fn a_machine_that_is_listed_twice_is_on_this_page_and_the_next() {
        let settings = SimulatedSettings::default();
        let machines =
            vec![machine("a", &[]), machine("b", &[("sim:list-twice", "true")]), machine("c", &[])];
        let page = ListPage::of(machines.clone(), 2, &settings, Micros(0));
        assert_eq!(ids(&page), ["a", "b"]);
        assert_eq!(Start::of(page.next.as_deref()), Start { after: "b", again: vec!["b"] });
        let page = ListPage::of(machines, 3, &settings, Micros(0));
        assert_eq!(Start::of(page.next.as_deref()), Start { after: "c", again: vec!["b"] });
    }

    #[test]
    fn the_last_page_has_no_next_one() {
        let settings = SimulatedSettings::default();
        assert_eq!(ListPage::of(vec![machine("a", &[])], 1, &settings, Micros(0)).next, None);
        assert_eq!(ListPage::of(vec![], 1, &settings, Micros(0)).next, None);
    }
}
