//! Series of instruments that are found without the SDK. The SDK finds the series of each value by hashing all of its
//! attributes with SipHash; bound to one, an instrument hashes none.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use foldhash::fast::FixedState;
use opentelemetry::metrics::{BoundHistogram, BoundUpDownCounter};

use super::{Histogram, KeyValue, UpDownCounter};

/// A series of a [`Histogram`].
#[derive(Debug)]
pub struct HistogramSeries(BoundHistogram<f64>);

impl HistogramSeries {
    /// Records a duration.
    pub fn record(&self, duration: Duration) {
        self.0.record(duration.as_secs_f64());
    }
}

impl Histogram {
    /// Returns the series with these attributes; `None` if nothing is recorded.
    pub fn series(&self, attributes: &[KeyValue]) -> Option<HistogramSeries> {
        Some(HistogramSeries(self.instrument()?.bind(attributes)))
    }
}

/// A series of an [`UpDownCounter`].
#[derive(Debug)]
pub struct UpDownSeries(BoundUpDownCounter<i64>);

impl UpDownSeries {
    /// Adds to the sum, or takes away from it.
    pub fn add(&self, count: i64) {
        self.0.add(count);
    }
}

impl UpDownCounter {
    /// Returns the series with these attributes; `None` if nothing is recorded.
    pub fn series(&self, attributes: &[KeyValue]) -> Option<UpDownSeries> {
        Some(UpDownSeries(self.instrument()?.bind(attributes)))
    }
}

/// One series, from its first value on.
#[derive(Debug)]
pub struct Lazy<S>(OnceLock<S>);

impl<S> Default for Lazy<S> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<S> Lazy<S> {
    /// Returns the series, which `find` finds the first time; `None` if it finds none.
    pub fn get(&self, find: impl FnOnce() -> Option<S>) -> Option<&S> {
        if self.0.get().is_none() {
            // Of two at once, either is the series.
            let _ = self.0.set(find()?);
        }
        self.0.get()
    }
}

type Named<V, S> = HashMap<Box<str>, Vec<(V, S)>, FixedState>;

/// What belongs to each name and variant that has come up: series, for example. It is kept for good, so names must be few
/// and chosen by us, and so must be the variants of each, which are compared one by one.
#[derive(Debug)]
pub struct Known<V, S>(RwLock<Named<V, S>>);

impl<V: PartialEq, S> Known<V, S> {
    /// Nothing has come up yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(RwLock::new(HashMap::with_hasher(FixedState::with_seed(0))))
    }

    /// Calls `with` on what belongs to a name and variant, which `find` finds the first time; returns `None` if it finds
    /// nothing.
    pub fn with<R>(
        &self,
        name: &str,
        variant: V,
        find: impl FnOnce() -> Option<S>,
        with: impl Fn(&S) -> R,
    ) -> Option<R> {
        if let Some(result) = self.known(name, &variant, &with) {
            return Some(result);
        }
        let found = find()?;
        let result = with(&found);
        self.keep(name, variant, found);
        Some(result)
    }

    /// Returns what belongs to a name and variant, which `first` makes the first time.
    pub fn get(&self, name: &str, variant: V, first: impl FnOnce() -> S) -> S
    where
        S: Clone,
    {
        self.known(name, &variant, S::clone).unwrap_or_else(|| {
            let made = first();
            self.keep(name, variant, made.clone());
            made
        })
    }

    fn known<R>(&self, name: &str, variant: &V, with: impl FnOnce(&S) -> R) -> Option<R> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (_, known) = all.get(name)?.iter().find(|it| it.0 == *variant)?;
        Some(with(known))
    }

    fn keep(&self, name: &str, variant: V, found: S) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let variants = all.entry(name.into()).or_default();
        // Another thread may have been faster; both found the same.
        if variants.iter().all(|it| it.0 != variant) {
            variants.push((variant, found));
        }
    }
}

impl<V: PartialEq, S> Default for Known<V, S> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_once_is_not_looked_for_again() {
        let known = Known::new();
        let find = |name, variant, found| known.with(name, variant, || found, |it| *it);
        assert_eq!(find("GET", 1, None), None);
        assert_eq!(find("GET", 1, Some("a")), Some("a"));
        assert_eq!(find("GET", 1, Some("not looked for")), Some("a"));
        assert_eq!(find("GET", 2, Some("b")), Some("b"));
        assert_eq!(find("PUT", 2, Some("c")), Some("c"));
        assert_eq!(find("GET", 1, None), Some("a"));
        assert_eq!(known.get("GET", 1, || "not made"), "a");
        assert_eq!(known.get("GET", 3, || "d"), "d");
        assert_eq!(find("GET", 3, None), Some("d"));
    }

    #[test]
    fn a_series_is_found_from_its_first_value_on() {
        let lazy = Lazy::default();
        assert_eq!(lazy.get(|| None), None);
        assert_eq!(lazy.get(|| Some(1)), Some(&1));
        assert_eq!(lazy.get(|| Some(2)), Some(&1));
    }
}
