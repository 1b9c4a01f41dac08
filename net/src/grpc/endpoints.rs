//! The replicas of a peer: a fixed list from the configuration, or the addresses of a DNS name, resolved periodically.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use platform::connection_failure::ConnectionFailure;
use tokio::sync::{Notify, watch};

use super::endpoint::Endpoint;
use super::exchange_error::ExchangeError;
use super::peer::{Address, Peer, Target};

/// How often a DNS name is resolved.
#[derive(Clone, Copy)]
pub(super) struct Intervals {
    pub(super) regular: Duration,
    /// After a failed call, and while the name cannot be resolved.
    pub(super) after_failure: Duration,
}

const INTERVALS: Intervals =
    Intervals { regular: Duration::from_secs(5), after_failure: Duration::from_secs(1) };

/// All known replicas; never empty.
pub(super) type Replicas = Arc<[Arc<Endpoint>]>;
/// `None` until the name was resolved for the first time; `Err` says why it could not be.
type Resolution = Option<Result<Replicas, String>>;

/// The replicas of a peer. The connection of a replica that a name no longer has is closed when its calls have ended.
pub(super) struct Endpoints {
    name: String,
    /// The configured DNS name, or the first address of a list.
    address: Option<Address>,
    known: watch::Receiver<Resolution>,
    refresh: Arc<Notify>,
}

impl Endpoints {
    /// Resolves a DNS name from now on, until this is dropped. Needs a tokio runtime.
    pub(super) fn of(peer: &Peer) -> Self {
        match &peer.target {
            Target::Listed(addresses) => {
                let each = addresses.iter().map(|it| Endpoint::new(peer, it.clone(), None));
                Self {
                    name: String::new(),
                    address: peer.address().cloned(),
                    known: watch::channel(Some(Ok(each.collect()))).1,
                    refresh: Arc::default(),
                }
            }
            Target::Dns(address) => {
                let target = (address.host.clone(), address.port);
                Self::resolved(peer, address.clone(), INTERVALS, move || {
                    let (host, port) = target.clone();
                    Box::pin(async move { Ok(tokio::net::lookup_host((&*host, port)).await?.collect()) })
                })
            }
        }
    }

    pub(super) fn resolved<L>(peer: &Peer, address: Address, intervals: Intervals, resolve: L) -> Self
    where
        L: Fn() -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + 'static,
    {
        let (sender, known) = watch::channel(None);
        let refresh = Arc::<Notify>::default();
        let (name, requested) = (format!("dns:{}:{}", address.host, address.port), refresh.clone());
        let peer = peer.clone();
        let configured = Some(address.clone());
        tokio::spawn(async move {
            loop {
                let found = resolve().await;
                let succeeded = update(&sender, &peer, &address, found);
                let interval = if succeeded { intervals.regular } else { intervals.after_failure };
                tokio::select! {
                    () = sender.closed() => return,
                    () = tokio::time::sleep(interval) => {}
                    () = requested.notified() => tokio::time::sleep(intervals.after_failure).await,
                }
            }
        });
        Self { name, address: configured, known, refresh }
    }

    /// The address that spans show if no replica was asked.
    pub(super) fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// Waits until the replicas are known, for the first time only, and returns them.
    pub(super) async fn all(&self) -> Result<Replicas, ExchangeError> {
        let mut known = self.known.clone();
        let error = |why: String| ExchangeError::NotConnected {
            endpoint: self.name.clone(),
            failure: ConnectionFailure::NameNotFound,
            source: why.into(),
        };
        let Ok(known) = known.wait_for(Option::is_some).await else {
            return Err(error("the name is no longer resolved".to_owned()));
        };
        match known.clone() {
            Some(Ok(replicas)) => Ok(replicas),
            Some(Err(why)) => Err(error(why)),
            None => Err(error("the name has not been resolved yet".to_owned())),
        }
    }

    /// Resolves the name soon. To be called when a call has failed: the addresses may have changed.
    pub(super) fn refresh(&self) {
        self.refresh.notify_one();
    }
}

/// Publishes the addresses that were found, and returns whether there are any. Replicas that are still there keep their
/// connections. When the name could not be resolved, all known replicas stay.
fn update(
    sender: &watch::Sender<Resolution>,
    peer: &Peer,
    address: &Address,
    found: io::Result<Vec<SocketAddr>>,
) -> bool {
    let before = sender.borrow().clone();
    let replicas = before.as_ref().and_then(|it| it.as_ref().ok());
    let mut found = match found {
        Ok(found) if !found.is_empty() => found,
        nothing => {
            let why = nothing.err().map_or_else(|| "the name has no address".to_owned(), |it| it.to_string());
            let is_logged = matches!(&before, Some(Err(last)) if *last == why);
            if replicas.is_none() && !is_logged {
                tracing::warn!(
                    peer = peer.name,
                    name = &*address.host,
                    why,
                    "the DNS name of a peer could not be resolved"
                );
                sender.send_replace(Some(Err(why)));
            }
            return false;
        }
    };
    found.sort_unstable();
    found.dedup();
    let old: Vec<Arc<Endpoint>> = replicas.map(|it| it.to_vec()).unwrap_or_default();
    let known = |address: &SocketAddr| old.iter().find(|it| it.resolved() == Some(*address)).cloned();
    if old.len() != found.len() || !found.iter().all(|it| known(it).is_some()) {
        tracing::info!(peer = peer.name, name = &*address.host, addresses = ?found, "the replicas of a peer have changed");
        let all = found
            .iter()
            .map(|it| known(it).unwrap_or_else(|| Endpoint::new(peer, address.clone(), Some(*it))));
        sender.send_replace(Some(Ok(all.collect())));
    }
    true
}
