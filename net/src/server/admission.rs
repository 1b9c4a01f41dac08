//! Which connections a server has open: a total, and a share for each address. When there is no place, the oldest connection
//! that has never shown a valid token gives way to the new one, so that clients who show nothing never keep others out.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::admission::Identified;
use crate::client_address::{Network, TrustedProxies};
use crate::metrics;
use crate::places::{Full, Place, Places};
use crate::rarely::Rarely;

/// How many connections a server has open.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// All connections. Further clients wait, unless another connection gives way.
    pub total: usize,
    /// Those of one address, a /64 network of IPv6. Further ones are closed at once, unless another one of the address gives
    /// way. 0 sets no limit.
    pub per_address: usize,
    /// Addresses that have no such share, and whose connections do not give way: proxies, which connect for many clients.
    pub exempt: TrustedProxies,
}

impl ConnectionLimits {
    /// A total without shares.
    #[must_use]
    pub fn of(total: usize) -> Self {
        Self { total, per_address: 0, exempt: TrustedProxies::default() }
    }
}

/// The open connections of a server. Clones share them.
#[derive(Clone)]
pub(super) struct Connections(Arc<Shared>);

struct Shared {
    places: Places<Network>,
    share: usize,
    exempt: TrustedProxies,
    next_id: AtomicU64,
    unproven: Mutex<Unproven>,
    /// A place may be free.
    freed: Notify,
    over_share: Rarely,
    displaced: Rarely,
}

/// The connections that have not shown a valid token, oldest first: those are the ones that give way.
#[derive(Default)]
struct Unproven {
    all: BTreeMap<u64, Network>,
    by_network: HashMap<Network, BTreeMap<u64, Weak<Standing>>>,
}

impl Unproven {
    fn add(&mut self, id: u64, network: Network, connection: Weak<Standing>) {
        self.all.insert(id, network);
        self.by_network.entry(network).or_default().insert(id, connection);
    }

    fn remove(&mut self, id: u64) -> Option<Weak<Standing>> {
        let network = self.all.remove(&id)?;
        let of_network = self.by_network.get_mut(&network)?;
        let removed = of_network.remove(&id);
        if of_network.is_empty() {
            self.by_network.remove(&network);
        }
        removed
    }

    /// Takes out the oldest connection of a network, or of all.
    fn pop(&mut self, network: Option<Network>) -> Option<Weak<Standing>> {
        let id = match network {
            Some(network) => *self.by_network.get(&network)?.first_key_value()?.0,
            None => *self.all.first_key_value()?.0,
        };
        self.remove(id)
    }
}

impl Connections {
    pub(super) fn new(limits: &ConnectionLimits) -> Self {
        metrics::start_closed();
        // A share that is no less than the total is none: the client waits for a place.
        let share = if limits.per_address < limits.total { limits.per_address } else { 0 };
        Self(Arc::new(Shared {
            places: Places::new(limits.total, share),
            share,
            exempt: limits.exempt.clone(),
            next_id: AtomicU64::new(0),
            unproven: Mutex::default(),
            freed: Notify::new(),
            over_share: Rarely::default(),
            displaced: Rarely::default(),
        }))
    }

    /// A place for a connection from `peer`, as soon as there is one; `None` if its address has its share.
    pub(super) async fn admit(&self, peer: IpAddr) -> Option<Arc<Standing>> {
        let network = Network::of(peer);
        let is_exempt = self.0.exempt.trust(peer.to_canonical());
        loop {
            let taken =
                if is_exempt { self.0.places.take_unshared(1) } else { self.0.places.take(&network, 1) };
            match taken {
                Ok(place) => return Some(self.begin(place, network, is_exempt)),
                Err(Full::Share) => {
                    if !self.displace(Some(network)) {
                        self.refuse(peer);
                        return None;
                    }
                }
                Err(Full::Total) => {
                    if !self.displace(None) {
                        self.0.freed.notified().await;
                    }
                }
            }
        }
    }

    fn begin(&self, place: Place<Network>, network: Network, is_exempt: bool) -> Arc<Standing> {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let standing = Arc::new(Standing {
            id,
            network,
            connections: self.clone(),
            place: Mutex::new(Some(place)),
            is_proven: AtomicBool::new(is_exempt),
            is_process: AtomicBool::new(false),
            is_paused: AtomicBool::new(false),
            paused: CancellationToken::new(),
            displaced: CancellationToken::new(),
        });
        if !is_exempt {
            self.unproven().add(id, network, Arc::downgrade(&standing));
        }
        standing
    }

    /// Lets the oldest connection give way that may; whether there was one.
    fn displace(&self, network: Option<Network>) -> bool {
        // The guard must not be held while the last reference is dropped, which takes the lock.
        let Some(oldest) = self.unproven().pop(network) else { return false };
        if let Some(oldest) = oldest.upgrade() {
            drop(oldest.place().take());
            oldest.displaced.cancel();
            metrics::connection_closed(metrics::ConnectionEnd::Displaced);
            if let Some(count) = self.0.displaced.count(Instant::now()) {
                tracing::warn!(
                    count,
                    "closed connections that had shown no valid token: there was no place for new ones"
                );
            }
        }
        true
    }

    fn refuse(&self, peer: IpAddr) {
        metrics::connection_closed(metrics::ConnectionEnd::OverShare);
        if let Some(count) = self.0.over_share.count(Instant::now()) {
            tracing::warn!(
                client = %peer,
                share = self.0.share,
                count,
                "closed connections of addresses that have their share (CCM_MAX_CONNECTIONS_PER_ADDRESS)"
            );
        }
    }

    fn unproven(&self) -> MutexGuard<'_, Unproven> {
        self.0.unproven.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a server knows of a connection's client. The connection has its place until this is dropped, or gives way.
pub(crate) struct Standing {
    id: u64,
    network: Network,
    connections: Connections,
    place: Mutex<Option<Place<Network>>>,
    is_proven: AtomicBool,
    is_process: AtomicBool,
    is_paused: AtomicBool,
    paused: CancellationToken,
    displaced: CancellationToken,
}

impl Standing {
    /// The connection has carried a request with a valid token, and gives way no more.
    pub(crate) fn prove(&self) {
        if !self.is_proven.swap(true, Ordering::SeqCst) {
            self.connections.unproven().remove(self.id);
        }
    }

    /// The connection is that of a process of this product: it takes no place from others, and may be idle.
    pub(crate) fn prove_process(&self) {
        self.prove();
        if !self.is_process.swap(true, Ordering::SeqCst) {
            drop(self.place().take());
            self.connections.0.freed.notify_one();
        }
    }

    /// The connection has carried a request of this caller.
    pub(crate) fn prove_as(&self, caller: &impl Identified) {
        if caller.is_process() { self.prove_process() } else { self.prove() }
    }

    pub(crate) fn is_proven(&self) -> bool {
        self.is_proven.load(Ordering::SeqCst)
    }

    pub(crate) fn is_process(&self) -> bool {
        self.is_process.load(Ordering::SeqCst)
    }

    pub(crate) fn network(&self) -> Network {
        self.network
    }

    /// Reads nothing more from the client, and closes the connection when its last answers have had time to be sent.
    pub(crate) fn pause(&self) {
        if !self.is_paused.swap(true, Ordering::SeqCst) {
            metrics::connection_closed(metrics::ConnectionEnd::RefusedCalls);
            self.paused.cancel();
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.is_paused.load(Ordering::SeqCst)
    }

    /// Waits until the connection is paused.
    pub(super) async fn paused(&self) {
        self.paused.cancelled().await;
    }

    pub(super) fn is_displaced(&self) -> bool {
        self.displaced.is_cancelled()
    }

    /// Waits until the connection has given way.
    pub(super) async fn displaced(&self) {
        self.displaced.cancelled().await;
    }

    fn place(&self) -> MutexGuard<'_, Option<Place<Network>>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.connections.unproven().remove(self.id);
        drop(self.place().take());
        self.connections.0.freed.notify_one();
    }
}

/// The standing of a request's connection, in its extensions. It does not hold the place of a connection that has ended.
#[derive(Clone, Default)]
pub(crate) struct ConnectionStanding(Weak<Standing>);

impl ConnectionStanding {
    pub(super) fn new(standing: &Arc<Standing>) -> Self {
        Self(Arc::downgrade(standing))
    }

    /// The standing of a request's connection, unless it has ended.
    pub(crate) fn of(extensions: &http::Extensions) -> Option<Arc<Standing>> {
        extensions.get::<Self>()?.0.upgrade()
    }
}

/// Whether a request came over a connection on which a process of this product has shown its token. The request itself may have
/// the token of a user.
#[must_use]
pub fn is_from_process(extensions: &http::Extensions) -> bool {
    ConnectionStanding::of(extensions).is_some_and(|it| it.is_process())
}

#[cfg(test)]
mod tests;
