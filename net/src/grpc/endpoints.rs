//! The replicas of a peer, as the configuration lists them or as DNS answers, again and again.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::endpoint::Endpoint;
use super::exchange_error::ExchangeError;
use super::peer::{Address, Peer, Target};

/// How often a name is looked up.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    pub(super) every: Duration,
    /// When a call has failed, and while there is no answer.
    pub(super) soon: Duration,
}

const PACE: Pace = Pace { every: Duration::from_secs(5), soon: Duration::from_secs(1) };

/// All replicas known at a time.
pub(super) type Replicas = Arc<[Arc<Endpoint>]>;
/// `Err` says why none is known; `None` is not looked up yet.
type Known = Option<Result<Replicas, String>>;

/// The replicas of a peer. Clones share them. Those that a name no longer has end when their calls do.
#[derive(Clone)]
pub(super) struct Endpoints {
    name: String,
    known: watch::Receiver<Known>,
    look_again: Arc<Notify>,
}

impl Endpoints {
    /// Needs a tokio runtime: a name is looked up from now on, until the last clone is gone.
    pub(super) fn of(peer: &Peer) -> Self {
        match &peer.target {
            Target::Listed(addresses) => {
                let each = addresses.iter().map(|it| Endpoint::new(peer.name, it.clone(), None));
                Self {
                    name: String::new(),
                    known: watch::channel(Some(Ok(each.collect()))).1,
                    look_again: Arc::default(),
                }
            }
            Target::Named(address) => {
                let place = (address.host.clone(), address.port);
                Self::looked_up(peer.name, address.clone(), PACE, move || {
                    let (host, port) = place.clone();
                    Box::pin(
                        async move { Ok(tokio::net::lookup_host((host.as_str(), port)).await?.collect()) },
                    )
                })
            }
        }
    }

    pub(super) fn looked_up<L>(peer: &'static str, address: Address, pace: Pace, look_up: L) -> Self
    where
        L: Fn() -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + 'static,
    {
        let (sender, known) = watch::channel(None);
        let look_again = Arc::<Notify>::default();
        let (name, asked) = (format!("dns:{}:{}", address.host, address.port), look_again.clone());
        tokio::spawn(async move {
            loop {
                let found = look_up().await;
                let pause = if update(&sender, peer, &address, found) { pace.every } else { pace.soon };
                tokio::select! {
                    () = sender.closed() => return,
                    () = tokio::time::sleep(pause) => {}
                    () = asked.notified() => tokio::time::sleep(pace.soon).await,
                }
            }
        });
        Self { name, known, look_again }
    }

    /// All of them; never none.
    pub(super) async fn all(&self) -> Result<Replicas, ExchangeError> {
        let mut known = self.known.clone();
        let error =
            |why: String| ExchangeError::NotConnected { endpoint: self.name.clone(), source: why.into() };
        let Ok(known) = known.wait_for(Option::is_some).await else {
            return Err(error("nobody looks it up".to_owned()));
        };
        match known.clone() {
            Some(Ok(replicas)) => Ok(replicas),
            Some(Err(why)) => Err(error(why)),
            None => Err(error("it is not looked up".to_owned())),
        }
    }

    /// A call has failed: what is behind the name may have changed.
    pub(super) fn look_again(&self) {
        self.look_again.notify_one();
    }
}

/// Takes what a look-up found; answers whether it found something. Replicas that are still there keep their connections,
/// and all stay when it failed.
fn update(
    sender: &watch::Sender<Known>,
    peer: &'static str,
    address: &Address,
    found: io::Result<Vec<SocketAddr>>,
) -> bool {
    let before = sender.borrow().clone();
    let replicas = before.as_ref().and_then(|it| it.as_ref().ok());
    let mut found = match found {
        Ok(found) if !found.is_empty() => found,
        nothing => {
            let why = nothing.err().map_or_else(|| "the name has no address".to_owned(), |it| it.to_string());
            let told = matches!(&before, Some(Err(last)) if *last == why);
            if replicas.is_none() && !told {
                tracing::warn!(peer, name = address.host, why, "a peer's name could not be looked up");
                sender.send_replace(Some(Err(why)));
            }
            return false;
        }
    };
    found.sort_unstable();
    found.dedup();
    let old: Vec<Arc<Endpoint>> = replicas.map(|it| it.to_vec()).unwrap_or_default();
    let is_old = |at: &SocketAddr| old.iter().find(|it| it.at() == Some(*at)).cloned();
    if old.len() != found.len() || !found.iter().all(|at| is_old(at).is_some()) {
        tracing::info!(peer, name = address.host, addresses = ?found, "replicas");
        let all = found
            .iter()
            .map(|at| is_old(at).unwrap_or_else(|| Endpoint::new(peer, address.clone(), Some(*at))));
        sender.send_replace(Some(Ok(all.collect())));
    }
    true
}
