//! What must hold of an order of events, by what the writers were answered and when: never by positions.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Instant;

/// A change as a reader is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// Names the request: no two are alike.
    pub(crate) request: String,
    pub(crate) subject: String,
    pub(crate) revision: i64,
}

/// What became of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Acknowledged {
        begun: Instant,
        ended: Instant,
    },
    /// It was rolled back for certain.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// What all writers did.
#[derive(Default)]
pub(crate) struct Run(HashMap<String, Outcome>);

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests, {} acknowledged, {} refused",
            self.0.len(),
            self.acknowledged(),
            self.refused()
        )
    }
}

impl Run {
    pub(crate) fn add(&mut self, requests: Vec<(String, Outcome)>) {
        self.0.extend(requests);
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.0.values().filter(|it| matches!(it, Outcome::Acknowledged { .. })).count()
    }

    pub(crate) fn refused(&self) -> usize {
        self.0.values().filter(|it| matches!(it, Outcome::Refused)).count()
    }

    /// What is wrong with an order.
    pub(crate) fn wrongs(&self, order: &[Told]) -> Vec<String> {
        let mut wrongs = Vec::new();
        let (mut places, mut revisions) = (HashMap::new(), HashMap::<&str, i64>::new());
        let mut seen = HashSet::new();
        for (place, told) in order.iter().enumerate() {
            if !seen.insert((&told.subject, told.revision)) || places.insert(&told.request, place).is_some() {
                wrongs.push(format!("told twice: {told:?}"));
            }
            match self.0.get(&told.request) {
                None | Some(Outcome::Refused) => wrongs.push(format!("never happened: {told:?}")),
                Some(_) => {}
            }
            if let Some(before) = revisions.insert(&told.subject, told.revision)
                && told.revision != before + 1
            {
                wrongs.push(format!("not in the order of revisions, after {before}: {told:?}"));
            }
        }
        let mut acknowledged = Vec::new();
        for (request, outcome) in &self.0 {
            let Outcome::Acknowledged { begun, ended } = outcome else { continue };
            match places.get(request) {
                Some(place) => acknowledged.push((*begun, *ended, *place, request)),
                None => wrongs.push(format!("not told: {request}")),
            }
        }
        wrongs.extend(contradicted(acknowledged));
        wrongs
    }
}

/// Those that are told before one that was answered when they began. By their beginnings, beside a walk over the ends that
/// keeps the last place of what had ended by then.
fn contradicted(mut requests: Vec<(Instant, Instant, usize, &String)>) -> Vec<String> {
    let mut ends: Vec<_> = requests.iter().map(|it| (it.1, it.2, it.3)).collect();
    ends.sort();
    requests.sort();
    let (mut wrongs, mut ended, mut last) = (Vec::new(), 0, None);
    for (begun, _, place, request) in requests {
        while let Some((end, place, earlier)) = ends.get(ended).filter(|it| it.0 < begun) {
            debug_assert!(*end < begun);
            last = last.max(Some((*place, *earlier)));
            ended += 1;
        }
        if let Some((before, earlier)) = last.filter(|it| it.0 > place) {
            wrongs.push(format!("{request} at {place} began after {earlier} at {before} was answered"));
        }
    }
    wrongs
}

#[test]
fn the_oracle_finds_what_is_wrong() {
    use std::time::Duration;
    let zero = Instant::now();
    let at = |begun, ended| Outcome::Acknowledged {
        begun: zero + Duration::from_millis(begun),
        ended: zero + Duration::from_millis(ended),
    };
    let told = |request: &str, subject: &str, revision| Told {
        request: request.to_owned(),
        subject: subject.to_owned(),
        revision,
    };
    let mut run = Run::default();
    let requests = [("a", at(0, 10)), ("b", at(5, 20)), ("c", at(11, 12)), ("no", Outcome::Refused)];
    run.add(requests.map(|(name, it)| (name.to_owned(), it)).to_vec());
    let (a, b, c) = (told("a", "x", 2), told("b", "y", 2), told("c", "x", 3));
    let count = |order: &[&Told]| run.wrongs(&order.iter().map(|&it| it.clone()).collect::<Vec<_>>()).len();
    assert_eq!(count(&[&b, &a, &c]), 0, "two at once may be told in any order");
    assert_eq!(count(&[&a, &c, &b]), 0);
    assert_eq!(count(&[&a, &c]), 1, "one is missing");
    assert_eq!(count(&[&a, &told("c", "z", 1), &told("no", "x", 3), &b]), 1, "one was rolled back");
    assert_eq!(count(&[&a, &b, &b, &c]), 2, "one is told twice, and not in the order of revisions");
    assert_eq!(count(&[&told("c", "z", 1), &b, &a]), 1, "c began when a was answered");
    assert_eq!(count(&[&c, &a, &b]), 2, "and they are of one subject");
}
