//! Which connections a server has open: a total, and a share for each address. When there is no place, the oldest connection
//! that has never shown a valid token gives way to the new one, so that clients who show nothing never keep others out.
//! Where every place is held by somebody who has shown a token, a server that processes of this product call takes further
//! connections on probation, so that users never keep a process out.

mod room;

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use self::room::{Displaced, Room};
use super::connection::OnConnection;
use crate::admission::Identified;
use crate::client_address::{Network, TrustedProxies};
use crate::metrics::{self, ConnectionEnd};
use crate::places::{Full, Place};
use crate::rarely::Rarely;

/// How long a connection on probation has to show the token of a process.
const PROBATION: Duration = Duration::from_secs(5);
/// One address has one of so many places for connections on probation.
const ADDRESSES_ON_PROBATION: usize = 8;

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
    /// Connections beyond these limits that have a few seconds to show the token of a process, an eighth of them for one
    /// address. 0, where no process connects, takes none.
    pub on_probation: usize,
}

impl ConnectionLimits {
    /// A total without shares.
    #[must_use]
    pub fn of(total: usize) -> Self {
        Self { total, per_address: 0, exempt: TrustedProxies::default(), on_probation: 0 }
    }
}

/// The open connections of a server. Clones share them.
#[derive(Clone)]
pub(super) struct Connections(Arc<Shared>);

struct Shared {
    within_limits: Room,
    on_probation: Option<Room>,
    share: usize,
    exempt: TrustedProxies,
    next_id: AtomicU64,
    /// A place may be free.
    freed: Notify,
    over_share: Rarely,
    displaced: Rarely,
}

impl Connections {
    pub(super) fn new(limits: &ConnectionLimits) -> Self {
        metrics::start_closed();
        // A share that is no less than the total is none: the client waits for a place.
        let share = if limits.per_address < limits.total { limits.per_address } else { 0 };
        let on_probation = limits.on_probation;
        let of_address = (on_probation / ADDRESSES_ON_PROBATION).max(1);
        Self(Arc::new(Shared {
            within_limits: Room::new(limits.total, share),
            on_probation: (on_probation > 0).then(|| Room::new(on_probation, of_address)),
            share,
            exempt: limits.exempt.clone(),
            next_id: AtomicU64::new(0),
            freed: Notify::new(),
            over_share: Rarely::default(),
            displaced: Rarely::default(),
        }))
    }

    /// A place for a connection from `peer`, as soon as there is one; `None` if its address has its share.
    pub(super) async fn admit(&self, peer: IpAddr) -> Option<Arc<Standing>> {
        let client =
            Client { peer, network: Network::of(peer), is_exempt: self.0.exempt.trust(peer.to_canonical()) };
        loop {
            let full = match self.take(&client) {
                Ok(place) => return Some(self.begin(client, place, None)),
                Err(full) => full,
            };
            if let Some(room) = &self.0.on_probation {
                let place = self.make_room(room, Some(&client.network), client.network).ok();
                if place.is_none() {
                    self.close(full, peer);
                }
                return place.map(|it| self.begin(client, it, Some(full)));
            }
            match full {
                Full::Share => {
                    self.close(full, peer);
                    return None;
                }
                Full::Total => self.0.freed.notified().await,
            }
        }
    }

    /// A place within the limits.
    fn take(&self, client: &Client) -> Result<Place<Network>, Full> {
        let counted = (!client.is_exempt).then_some(&client.network);
        self.make_room(&self.0.within_limits, counted, client.network)
    }

    /// A place in a room; connections that may give way do so.
    fn make_room(
        &self,
        room: &Room,
        counted: Option<&Network>,
        network: Network,
    ) -> Result<Place<Network>, Full> {
        loop {
            let full = match room.take(counted) {
                Ok(place) => return Ok(place),
                Err(full) => full,
            };
            match room.displace(full, network) {
                Displaced::Nobody => return Err(full),
                Displaced::Ending => {}
                Displaced::Connection(oldest) => self.displace(&oldest),
            }
        }
    }

    fn begin(&self, client: Client, place: Place<Network>, probation: Option<Full>) -> Arc<Standing> {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let (network, gives_way) = (client.network, probation.is_some() || !client.is_exempt);
        let standing = Arc::new(Standing {
            id,
            client,
            connections: self.clone(),
            probation,
            place: Mutex::new(Some(place)),
            is_on_probation: AtomicBool::new(probation.is_some()),
            is_proven: AtomicBool::new(!gives_way),
            is_process: AtomicBool::new(false),
            is_paused: AtomicBool::new(false),
            is_displaced: AtomicBool::new(false),
            ended: Notify::new(),
        });
        let room = self.0.on_probation.as_ref().filter(|_| probation.is_some());
        if gives_way {
            room.unwrap_or(&self.0.within_limits).add(id, network, Arc::downgrade(&standing));
        }
        standing
    }

    /// Closes a connection, whose place is free at once.
    fn displace(&self, oldest: &Standing) {
        drop(oldest.place().take());
        oldest.is_displaced.store(true, Ordering::SeqCst);
        oldest.ended.notify_waiters();
        if let Some(full) = oldest.probation {
            return self.close(full, oldest.client.peer);
        }
        metrics::connection_closed(ConnectionEnd::Displaced);
        if let Some(count) = self.0.displaced.count(Instant::now()) {
            tracing::warn!(
                count,
                "closed connections that had shown no valid token: there was no place for new ones"
            );
        }
    }

    /// Counts a connection that is closed because there is no place for it.
    fn close(&self, full: Full, peer: IpAddr) {
        match full {
            Full::Share => {
                metrics::connection_closed(ConnectionEnd::OverShare);
                if let Some(count) = self.0.over_share.count(Instant::now()) {
                    tracing::warn!(
                        client = %peer,
                        share = self.0.share,
                        count,
                        "closed connections of addresses that have their share (CCM_MAX_CONNECTIONS_PER_ADDRESS)"
                    );
                }
            }
            Full::Total => {
                metrics::connection_closed(ConnectionEnd::Displaced);
                if let Some(count) = self.0.displaced.count(Instant::now()) {
                    tracing::warn!(
                        count,
                        "closed connections for which there was no place (CCM_MAX_CONNECTIONS)"
                    );
                }
            }
        }
    }
}

/// The client's end of a connection.
struct Client {
    peer: IpAddr,
    network: Network,
    is_exempt: bool,
}

/// What a server knows of a connection's client. The connection has its place until this is dropped, or gives way.
pub(crate) struct Standing {
    id: u64,
    client: Client,
    connections: Connections,
    /// The limit that the connection is beyond, if it began on probation.
    probation: Option<Full>,
    place: Mutex<Option<Place<Network>>>,
    is_on_probation: AtomicBool,
    is_proven: AtomicBool,
    is_process: AtomicBool,
    is_paused: AtomicBool,
    is_displaced: AtomicBool,
    /// One of the two before has become true.
    ended: Notify,
}

impl Standing {
    /// The connection has carried a request with a valid token, and gives way no more.
    ///
    /// # Errors
    /// If the connection is on probation and there is still no place for it within the limits: it is read no more, and closed
    /// soon.
    pub(crate) fn prove(&self) -> Result<(), Full> {
        if self.is_on_probation.load(Ordering::SeqCst) {
            self.end_probation()?;
        }
        if !self.is_proven.swap(true, Ordering::SeqCst) {
            self.connections.0.within_limits.remove(self.id);
        }
        Ok(())
    }

    fn end_probation(&self) -> Result<(), Full> {
        let mut place = self.place();
        if !self.is_on_probation.load(Ordering::SeqCst) {
            return Ok(());
        }
        match self.connections.take(&self.client) {
            Ok(within_limits) => *place = Some(within_limits),
            Err(full) => {
                if !self.is_paused.swap(true, Ordering::SeqCst) {
                    self.connections.close(full, self.client.peer);
                    self.ended.notify_waiters();
                }
                return Err(full);
            }
        }
        self.leave_probation();
        Ok(())
    }

    fn leave_probation(&self) {
        self.is_on_probation.store(false, Ordering::SeqCst);
        if let Some(room) = &self.connections.0.on_probation {
            room.remove(self.id);
        }
    }

    /// The connection is that of a process of this product: it takes no place from others, and may be idle.
    pub(crate) fn prove_process(&self) {
        if !self.is_process.swap(true, Ordering::SeqCst) {
            self.is_proven.store(true, Ordering::SeqCst);
            drop(self.place().take());
            self.leave_probation();
            self.connections.0.within_limits.remove(self.id);
            self.connections.0.freed.notify_one();
        }
    }

    /// The connection has carried a request of this caller.
    ///
    /// # Errors
    /// Those of [`Standing::prove`].
    pub(crate) fn prove_as(&self, caller: &impl Identified) -> Result<(), Full> {
        if caller.is_process() {
            self.prove_process();
            return Ok(());
        }
        self.prove()
    }

    pub(crate) fn is_proven(&self) -> bool {
        self.is_proven.load(Ordering::SeqCst)
    }

    pub(crate) fn is_process(&self) -> bool {
        self.is_process.load(Ordering::SeqCst)
    }

    pub(crate) fn network(&self) -> Network {
        self.client.network
    }

    /// Reads nothing more from the client, and closes the connection when its last answers have had time to be sent.
    pub(crate) fn pause(&self) {
        if !self.is_paused.swap(true, Ordering::SeqCst) {
            metrics::connection_closed(ConnectionEnd::RefusedCalls);
            self.ended.notify_waiters();
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.is_paused.load(Ordering::SeqCst)
    }

    /// Waits until the connection is paused.
    pub(super) async fn paused(&self) {
        self.until(&self.is_paused).await;
    }

    pub(super) fn is_displaced(&self) -> bool {
        self.is_displaced.load(Ordering::SeqCst)
    }

    /// Waits until the connection has given way, or until its probation is over.
    pub(super) async fn displaced(&self) {
        if self.probation.is_some() {
            // Boxed, so that the others do not have the room for it.
            return Box::pin(self.displaced_within(PROBATION)).await;
        }
        self.until(&self.is_displaced).await;
    }

    async fn displaced_within(&self, probation: Duration) {
        let over = tokio::time::timeout(probation, self.until(&self.is_displaced)).await.is_err();
        if over && self.is_on_probation.load(Ordering::SeqCst) {
            return self.connections.displace(self);
        }
        self.until(&self.is_displaced).await;
    }

    /// Waits until one of the two that `ended` is about is true.
    async fn until(&self, is_true: &AtomicBool) {
        loop {
            // It is notified from here on, also before it is polled.
            let ended = self.ended.notified();
            if is_true.load(Ordering::SeqCst) {
                return;
            }
            ended.await;
        }
    }

    fn place(&self) -> MutexGuard<'_, Option<Place<Network>>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        // In this order: who finds no place finds a connection that may give way.
        drop(self.place().take());
        self.leave_probation();
        self.connections.0.within_limits.remove(self.id);
        self.connections.0.freed.notify_one();
    }
}

/// The standing of a request's connection. It does not hold the place of a connection that has ended.
#[derive(Clone, Default)]
pub(crate) struct ConnectionStanding(Weak<Standing>);

impl ConnectionStanding {
    pub(super) fn new(standing: &Arc<Standing>) -> Self {
        Self(Arc::downgrade(standing))
    }

    /// The standing of a request's connection, unless it has ended.
    pub(crate) fn of(extensions: &http::Extensions) -> Option<Arc<Standing>> {
        OnConnection::standing(extensions)?.0.upgrade()
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
