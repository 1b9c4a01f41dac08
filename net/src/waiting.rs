//! Places of those who make the server wait, such as clients whose messages are still to arrive. When all places are taken, whoever
//! has the most of them gives up the one that has been held for longest, so that a new one never finds that all others are waited for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::places::Full;

/// Hands out places. `V` is what is known of the holder of each, for whoever has to tell it that it has given way. Clones share the
/// places.
pub struct Waiting<K, V>(Arc<Shared<K, V>>);

struct Shared<K, V> {
    total: usize,
    /// `usize::MAX` if a key may have all places.
    share: usize,
    held: Mutex<Held<K, V>>,
}

struct Held<K, V> {
    next_id: u64,
    count: usize,
    /// Oldest first. Has no entry for a key without places.
    by_key: HashMap<K, BTreeMap<u64, V>>,
}

/// A place that is held until this is dropped, or until it gives way.
#[must_use = "the place is given back when this is dropped"]
pub struct Waiter<K: Eq + Hash, V> {
    places: Waiting<K, V>,
    key: K,
    id: u64,
}

impl<K, V> Clone for Waiting<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Clone + Eq + Hash, V> Waiting<K, V> {
    /// `total` places, of which one key may have `share`; a share of 0 sets no limit for a key.
    #[must_use]
    pub fn new(total: usize, share: usize) -> Self {
        let share = if share == 0 { usize::MAX } else { share };
        let held = Mutex::new(Held { next_id: 0, count: 0, by_key: HashMap::new() });
        Self(Arc::new(Shared { total: total.max(1), share, held }))
    }

    /// Takes a place, and returns the holder that has given way to it, if one had to.
    ///
    /// # Errors
    /// When the key has its share.
    pub fn enter(&self, key: &K, holder: V) -> Result<(Waiter<K, V>, Option<V>), Full> {
        let mut held = self.lock();
        if held.of(key) >= self.0.share {
            return Err(Full::Share);
        }
        let displaced = if held.count < self.0.total { None } else { held.displace_of_largest() };
        Ok((self.add(&mut held, key, holder), displaced))
    }

    /// [`Waiting::enter`], but a key that has its share gives up its own oldest place.
    pub fn enter_instead(&self, key: &K, holder: V) -> (Waiter<K, V>, Option<V>) {
        let mut held = self.lock();
        let displaced = if held.of(key) >= self.0.share {
            held.displace(key)
        } else if held.count >= self.0.total {
            held.displace_of_largest()
        } else {
            None
        };
        (self.add(&mut held, key, holder), displaced)
    }

    fn add(&self, held: &mut Held<K, V>, key: &K, holder: V) -> Waiter<K, V> {
        let id = held.next_id;
        held.next_id += 1;
        held.count += 1;
        held.by_key.entry(key.clone()).or_default().insert(id, holder);
        Waiter { places: self.clone(), key: key.clone(), id }
    }
}

impl<K: Eq + Hash, V> Waiting<K, V> {
    /// How many places are held.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.lock().count
    }

    fn lock(&self) -> MutexGuard<'_, Held<K, V>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash, V> Held<K, V> {
    fn of(&self, key: &K) -> usize {
        self.by_key.get(key).map_or(0, BTreeMap::len)
    }

    fn remove(&mut self, key: &K, id: u64) -> Option<V> {
        let of_key = self.by_key.get_mut(key)?;
        let holder = of_key.remove(&id)?;
        if of_key.is_empty() {
            self.by_key.remove(key);
        }
        self.count -= 1;
        Some(holder)
    }

    fn displace(&mut self, key: &K) -> Option<V> {
        let id = *self.by_key.get(key)?.first_key_value()?.0;
        self.remove(key, id)
    }
}

impl<K: Clone + Eq + Hash, V> Held<K, V> {
    /// Of two keys that have the same number, the one that has held a place for longer gives way.
    fn displace_of_largest(&mut self) -> Option<V> {
        let oldest = |of_key: &BTreeMap<u64, V>| Reverse(of_key.first_key_value().map(|it| *it.0));
        let largest = self.by_key.iter().max_by_key(|(_, it)| (it.len(), oldest(it)))?.0.clone();
        self.displace(&largest)
    }
}

impl<K: Eq + Hash, V> Drop for Waiter<K, V> {
    fn drop(&mut self) {
        // Dropped after the guard: a holder may know of places, too.
        let holder = self.places.lock().remove(&self.key, self.id);
        drop(holder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(
        places: &Waiting<&'static str, u32>,
        key: &'static str,
        holder: u32,
    ) -> (Waiter<&'static str, u32>, Option<u32>) {
        places.enter(&key, holder).unwrap()
    }

    #[test]
    fn the_longest_held_place_of_the_key_with_the_most_gives_way() {
        let places = Waiting::new(5, 0);
        let of_ada = enter(&places, "ada", 0);
        let of_eve = [1, 2].map(|it| enter(&places, "eve", it));
        let of_mallory = [3, 4].map(|it| enter(&places, "mallory", it));
        // Eve and Mallory have as many, and hers are older.
        let of_bob = enter(&places, "bob", 5);
        assert_eq!(of_bob.1, Some(1));
        assert_eq!(enter(&places, "bob", 6).1, Some(3));
        assert_eq!(places.taken(), 4);
        // What has given way gives nothing back a second time.
        drop((of_eve, of_mallory));
        assert_eq!(places.taken(), 2);
        drop((of_ada, of_bob));
        assert!(places.lock().by_key.is_empty());
        assert_eq!(places.taken(), 0);
    }

    #[test]
    fn a_key_with_its_share_is_refused_or_gives_up_its_own() {
        let places = Waiting::new(10, 2);
        let _of_ada = enter(&places, "ada", 0);
        let _of_eve = [1, 2].map(|it| enter(&places, "eve", it));
        assert_eq!(places.enter(&"eve", 3).err(), Some(Full::Share));
        let (_more, displaced) = places.enter_instead(&"eve", 3);
        assert_eq!((displaced, places.taken()), (Some(1), 3));
    }

    #[test]
    fn whoever_is_new_has_a_place_though_all_are_held() {
        let places = Waiting::new(64, 4);
        let mut held = Vec::new();
        for number in 0..640_u32 {
            let name = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
            let (waiter, _) = places.enter_instead(&name[number as usize % 16], number);
            held.push(waiter);
        }
        let (_of_ada, displaced) = enter(&places, "ada", 1_000);
        assert!(displaced.is_some());
        // While Ada has fewer than the others, the others give way.
        for number in 0..60 {
            let (waiter, displaced) = places.enter_instead(&"p", number);
            assert_ne!(displaced, Some(1_000));
            held.push(waiter);
        }
        assert_eq!(places.taken(), 64);
    }
}
