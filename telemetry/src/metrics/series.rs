//! Series of instruments that are found without the SDK. The SDK finds the series of each value by hashing all of its
//! attributes with SipHash; bound to one, an instrument hashes none.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
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
    /// Records a duration, and returns the series with these attributes; `None` if nothing is recorded. A series without a
    /// value, which binding makes, would be exported with extremes that no duration has.
    pub fn first(&self, duration: Duration, attributes: &[KeyValue]) -> Option<HistogramSeries> {
        let histogram = self.instrument()?;
        histogram.record(duration.as_secs_f64(), attributes);
        Some(HistogramSeries(histogram.bind(attributes)))
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

/// What belongs to each of a few variants, which are compared one by one.
#[derive(Debug)]
pub struct Variants<V, S>(Vec<(V, S)>);

impl<V: PartialEq, S> Variants<V, S> {
    /// Returns what belongs to a variant.
    pub fn get(&self, variant: &V) -> Option<&S> {
        self.0.iter().find(|it| it.0 == *variant).map(|it| &it.1)
    }

    /// Keeps what was found for a variant. Another thread may have been faster; both found the same.
    pub fn keep(&mut self, variant: V, found: S) {
        if self.get(&variant).is_none() {
            self.0.push((variant, found));
        }
    }
}

impl<V, S> Default for Variants<V, S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// What belongs to each name and variant that has come up: series, for example. It is kept for good, so names must be few
/// and chosen by us, and so must be the variants of each.
#[derive(Debug)]
pub struct Catalog<V, S>(RwLock<HashMap<Box<str>, Variants<V, S>, FixedState>>);

impl<V: PartialEq, S> Catalog<V, S> {
    /// Nothing has come up yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(RwLock::new(HashMap::with_hasher(FixedState::with_seed(0))))
    }

    /// Calls `known` on what belongs to a name and variant. If nothing does yet, calls `first`, and keeps what it returns.
    pub fn visit(&self, name: &str, variant: V, known: impl FnOnce(&S), first: impl FnOnce() -> Option<S>) {
        if self.known(name, &variant, known).is_none()
            && let Some(found) = first()
        {
            self.keep(name, variant, found);
        }
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
        all.get(name)?.get(variant).map(with)
    }

    fn keep(&self, name: &str, variant: V, found: S) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(name.into()).or_default().keep(variant, found);
    }
}

impl<V: PartialEq, S> Default for Catalog<V, S> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_once_is_not_looked_for_again() {
        let catalog = Catalog::new();
        let visited = |name, variant, found| {
            let (mut known, mut is_first) = (None, false);
            let first = || {
                is_first = true;
                found
            };
            catalog.visit(name, variant, |it: &&str| known = Some(*it), first);
            (known, is_first)
        };
        assert_eq!(visited("GET", 1, None), (None, true));
        assert_eq!(visited("GET", 1, Some("a")), (None, true));
        assert_eq!(visited("GET", 1, Some("other")), (Some("a"), false));
        assert_eq!(visited("GET", 2, Some("b")), (None, true));
        assert_eq!(visited("PUT", 2, Some("c")), (None, true));
        assert_eq!(visited("PUT", 2, None), (Some("c"), false));
        assert_eq!(catalog.get("GET", 1, || "not made"), "a");
        assert_eq!(catalog.get("GET", 3, || "d"), "d");
        assert_eq!(visited("GET", 3, None), (Some("d"), false));
    }
}
