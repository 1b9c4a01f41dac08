//! Places for connections, and which of those that have one may give way: the ones that have not shown a valid token.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::Standing;
use crate::client_address::Network;
use crate::places::{Full, Place, Places};

/// A total of places, a share of them for each network, and the connections that may give theirs up.
pub(super) struct Room {
    places: Places<Network>,
    unproven: Mutex<Unproven>,
}

/// The connections that have not shown a valid token, oldest first.
#[derive(Default)]
struct Unproven {
    all: BTreeMap<u64, Network>,
    by_network: HashMap<Network, BTreeMap<u64, Weak<Standing>>>,
}

/// What comes of asking a connection to give way.
pub(super) enum Displaced {
    /// There is no connection that may give way.
    Nobody,
    /// A connection that is ending anyway.
    Ending,
    /// This connection has to be closed.
    Connection(Arc<Standing>),
}

impl Room {
    /// `total` places, of which one network may take `share`; 0 sets no limit for a network.
    pub(super) fn new(total: usize, share: usize) -> Self {
        Self { places: Places::new(total, share), unproven: Mutex::default() }
    }

    /// A place that counts for `network`, if there is one.
    pub(super) fn take(&self, network: Option<&Network>) -> Result<Place<Network>, Full> {
        match network {
            Some(network) => self.places.take(network, 1),
            None => self.places.take_unshared(1),
        }
    }

    /// Lets a connection give way until it is removed.
    pub(super) fn add(&self, id: u64, network: Network, connection: Weak<Standing>) {
        let mut unproven = self.unproven();
        unproven.all.insert(id, network);
        unproven.by_network.entry(network).or_default().insert(id, connection);
    }

    pub(super) fn remove(&self, id: u64) {
        self.unproven().remove(id);
    }

    /// Chooses the oldest connection that may give way: of the network if that has its share, or of all.
    pub(super) fn displace(&self, full: Full, network: Network) -> Displaced {
        // The guard must not be held while the last reference is dropped, which takes the lock.
        let popped = self.unproven().pop(full, network);
        match popped {
            None => Displaced::Nobody,
            Some(oldest) => oldest.upgrade().map_or(Displaced::Ending, Displaced::Connection),
        }
    }

    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.places.taken(), self.places.keys())
    }

    fn unproven(&self) -> MutexGuard<'_, Unproven> {
        self.unproven.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unproven {
    fn remove(&mut self, id: u64) -> Option<Weak<Standing>> {
        let network = self.all.remove(&id)?;
        let of_network = self.by_network.get_mut(&network)?;
        let removed = of_network.remove(&id);
        if of_network.is_empty() {
            self.by_network.remove(&network);
        }
        removed
    }

    /// Takes out the oldest connection.
    fn pop(&mut self, full: Full, network: Network) -> Option<Weak<Standing>> {
        let id = match full {
            Full::Share => *self.by_network.get(&network)?.first_key_value()?.0,
            Full::Total => *self.all.first_key_value()?.0,
        };
        self.remove(id)
    }
}
