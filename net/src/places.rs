//! Places that callers take and give back: connections, calls, or bytes. There is a total, and a share for each key (a caller,
//! or an address while there is no caller), so that no single one takes all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Hands out places. Clones share them.
pub struct Places<K>(Arc<Shared<K>>);

struct Shared<K> {
    total: usize,
    /// `usize::MAX` if a key may have all places.
    share: usize,
    /// How many of the total are left to those who may take them.
    reserve: usize,
    taken: Mutex<Taken<K>>,
}

struct Taken<K> {
    total: usize,
    /// Has no entry for a key without places.
    by_key: HashMap<K, usize>,
}

/// The limit that stands against taking more places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// All places are taken.
    #[error("all places are taken")]
    Total,
    /// The key has its share; others may still find places.
    #[error("the share of one is taken")]
    Share,
}

/// Places that are taken until this is dropped.
#[must_use = "the places are given back when this is dropped"]
pub struct Place<K: Eq + Hash> {
    places: Places<K>,
    /// `None` if these places count against no share.
    key: Option<K>,
    uses_reserve: bool,
    amount: usize,
}

impl<K> Clone for Places<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Clone + Eq + Hash> Places<K> {
    /// `total` places, of which one key may take `share`; a share of 0 sets no limit for a key.
    #[must_use]
    pub fn new(total: usize, share: usize) -> Self {
        let share = if share == 0 { usize::MAX } else { share };
        let taken = Mutex::new(Taken { total: 0, by_key: HashMap::new() });
        Self(Arc::new(Shared { total, share, reserve: 0, taken }))
    }

    /// The same places, none of which is taken yet; the last `reserve` of them are for those who may take from the reserve.
    #[must_use]
    pub fn with_reserve(self, reserve: usize) -> Self {
        let Shared { total, share, .. } = *self.0;
        let taken = Mutex::new(Taken { total: 0, by_key: HashMap::new() });
        Self(Arc::new(Shared { total, share, reserve: reserve.min(total), taken }))
    }

    /// Takes `amount` places for `key`: all of them or none.
    ///
    /// # Errors
    /// When the key would have more than its share, or all keys more than there are.
    pub fn take(&self, key: &K, amount: usize) -> Result<Place<K>, Full> {
        self.add(Some(key), false, amount)?;
        Ok(Place { places: self.clone(), key: Some(key.clone()), uses_reserve: false, amount })
    }

    /// [`Places::take`], for those who may take from the reserve.
    ///
    /// # Errors
    /// When the key would have more than its share, or all keys more than there are.
    pub fn take_with_reserve(&self, key: &K, amount: usize) -> Result<Place<K>, Full> {
        self.add(Some(key), true, amount)?;
        Ok(Place { places: self.clone(), key: Some(key.clone()), uses_reserve: true, amount })
    }

    /// Takes `amount` places that count against no share, also from the reserve: all of them or none.
    ///
    /// # Errors
    /// When there would be more than all.
    pub fn take_unshared(&self, amount: usize) -> Result<Place<K>, Full> {
        self.add(None, true, amount)?;
        Ok(Place { places: self.clone(), key: None, uses_reserve: true, amount })
    }

    /// How many places a key can have at most.
    #[must_use]
    pub fn most(&self) -> usize {
        self.0.share.min(self.0.total - self.0.reserve)
    }

    /// How many places are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.lock().total
    }

    /// How many keys have places.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.lock().by_key.len()
    }

    fn add(&self, key: Option<&K>, uses_reserve: bool, amount: usize) -> Result<(), Full> {
        let mut taken = self.lock();
        let Taken { total, by_key } = &mut *taken;
        let limit = self.0.total - if uses_reserve { 0 } else { self.0.reserve };
        let new_total = total.checked_add(amount).filter(|it| *it <= limit);
        if let Some(key) = key {
            // The key is looked up once.
            let entry = by_key.entry(key.clone());
            let of_key = if let Entry::Occupied(it) = &entry { *it.get() } else { 0 };
            let of_key = of_key.checked_add(amount).filter(|it| *it <= self.0.share).ok_or(Full::Share)?;
            *total = new_total.ok_or(Full::Total)?;
            if amount > 0 {
                entry.insert_entry(of_key);
            }
            return Ok(());
        }
        *total = new_total.ok_or(Full::Total)?;
        Ok(())
    }
}

impl<K: Eq + Hash> Places<K> {
    fn lock(&self) -> MutexGuard<'_, Taken<K>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_back(&self, key: Option<K>, amount: usize) {
        let mut taken = self.lock();
        taken.total = taken.total.saturating_sub(amount);
        let Some(key) = key else { return };
        if let Entry::Occupied(mut of_key) = taken.by_key.entry(key) {
            *of_key.get_mut() = of_key.get().saturating_sub(amount);
            if *of_key.get() == 0 {
                of_key.remove();
            }
        }
    }
}

impl<K: Clone + Eq + Hash> Place<K> {
    /// Takes `amount` more places: all of them or none.
    ///
    /// # Errors
    /// When the key would have more than its share, or all keys more than there are.
    pub fn grow(&mut self, amount: usize) -> Result<(), Full> {
        self.places.add(self.key.as_ref(), self.uses_reserve, amount)?;
        self.amount += amount;
        Ok(())
    }
}

impl<K: Clone + Eq + Hash> Place<K> {
    /// Gives `amount` places back, or all if there are fewer.
    pub fn shrink(&mut self, amount: usize) {
        let amount = amount.min(self.amount);
        self.amount -= amount;
        self.places.give_back(self.key.clone(), amount);
    }

    /// Whose they are; `None` if they count against no share.
    #[must_use]
    pub fn key(&self) -> Option<&K> {
        self.key.as_ref()
    }

    /// How many places these are.
    #[must_use]
    pub fn amount(&self) -> usize {
        self.amount
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        self.places.give_back(self.key.take(), self.amount);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn take_all(places: &Places<&'static str>, key: &'static str) -> Vec<Place<&'static str>> {
        std::iter::from_fn(|| places.take(&key, 1).ok()).collect()
    }

    #[test]
    fn no_key_has_more_than_its_share_and_what_is_dropped_is_free_again() {
        let places = Places::new(100, 25);
        let of_ada = take_all(&places, "ada");
        assert_eq!(of_ada.len(), 25);
        assert_eq!(places.take(&"ada", 1).err(), Some(Full::Share));
        let of_others = ["bob", "eve", "mia"].map(|it| take_all(&places, it));
        assert_eq!(of_others.iter().map(Vec::len).sum::<usize>(), 75);
        assert_eq!(places.take(&"zoe", 1).err(), Some(Full::Total));
        drop(of_ada);
        assert_eq!(take_all(&places, "zoe").len(), 25);
        drop(of_others);
        assert_eq!((places.taken(), places.keys()), (0, 0));
    }

    #[test]
    fn without_a_share_one_key_may_have_all() {
        assert_eq!(take_all(&Places::new(7, 0), "ada").len(), 7);
    }

    #[test]
    fn places_without_a_share_count_against_the_total() {
        let places = Places::new(3, 1);
        let unshared = places.take_unshared(2).unwrap();
        let of_ada = places.take(&"ada", 1).unwrap();
        assert_eq!(places.take_unshared(1).err(), Some(Full::Total));
        drop((unshared, of_ada));
        assert_eq!(places.take_unshared(3).unwrap().amount(), 3);
        assert_eq!((places.taken(), places.keys()), (0, 0));
    }

    #[test]
    fn the_reserve_is_left_to_those_who_may_take_it() {
        let places = Places::new(4, 3).with_reserve(1);
        let mut of_ada = places.take(&"ada", 2).unwrap();
        let of_bob = places.take(&"bob", 1).unwrap();
        assert_eq!(places.take(&"eve", 1).err(), Some(Full::Total));
        assert_eq!(of_ada.grow(1).err(), Some(Full::Total));
        let mut reserved = places.take_with_reserve(&"eve", 1).unwrap();
        assert_eq!(places.take_unshared(1).err(), Some(Full::Total));
        drop(of_bob);
        reserved.grow(1).unwrap();
        // What is taken from the reserve counts against the share of its key, too.
        drop(of_ada);
        assert_eq!(places.take_with_reserve(&"eve", 2).err(), Some(Full::Share));
        drop(reserved);
        assert_eq!((places.taken(), places.keys()), (0, 0));
    }

    #[test]
    fn an_amount_beyond_every_number_is_refused() {
        let places = Places::new(usize::MAX, 0);
        let _one = places.take(&"ada", 1).unwrap();
        assert!(places.take(&"ada", usize::MAX).is_err());
        assert!(places.take_unshared(usize::MAX).is_err());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Take { key: u8, amount: usize },
        Grow { place: usize, amount: usize },
        Shrink { place: usize, amount: usize },
        Drop { place: usize },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..4_u8, 0..8_usize).prop_map(|(key, amount)| Step::Take { key, amount }),
            1 => (any::<usize>(), 0..8_usize).prop_map(|(place, amount)| Step::Grow { place, amount }),
            1 => (any::<usize>(), 0..8_usize).prop_map(|(place, amount)| Step::Shrink { place, amount }),
            2 => any::<usize>().prop_map(|place| Step::Drop { place }),
        ]
    }

    proptest! {
        /// After every step, what is counted is what the held places say, and no limit is exceeded; a step is refused exactly
        /// if it would exceed one.
        #[test]
        fn what_is_counted_is_what_is_held(steps in prop::collection::vec(step(), 0..64)) {
            const TOTAL: usize = 20;
            const SHARE: usize = 9;
            let places = Places::new(TOTAL, SHARE);
            let mut held: Vec<Place<u8>> = Vec::new();
            for step in steps {
                let sum = |held: &[Place<u8>], key: Option<u8>| -> usize {
                    held.iter().filter(|it| key.is_none() || it.key == key).map(Place::amount).sum()
                };
                let fits = |held: &[Place<u8>], key: Option<u8>, amount: usize| {
                    sum(held, None) + amount <= TOTAL && (key.is_none() || sum(held, key) + amount <= SHARE)
                };
                let count = held.len();
                match step {
                    Step::Take { key, amount } => {
                        let expected = fits(&held, Some(key), amount);
                        let taken = places.take(&key, amount);
                        prop_assert_eq!(taken.is_ok(), expected);
                        held.extend(taken);
                    }
                    Step::Grow { place, amount } if count > 0 => {
                        let expected = fits(&held, held[place % count].key, amount);
                        prop_assert_eq!(held[place % count].grow(amount).is_ok(), expected);
                    }
                    Step::Shrink { place, amount } if count > 0 => held[place % count].shrink(amount),
                    Step::Drop { place } if count > 0 => drop(held.swap_remove(place % count)),
                    _ => {}
                }
                let keys = (0..4).filter(|key| sum(&held, Some(*key)) > 0).count();
                prop_assert_eq!((places.taken(), places.keys()), (sum(&held, None), keys));
            }
            drop(held);
            prop_assert_eq!((places.taken(), places.keys()), (0, 0));
        }
    }
}
