//! The keys of a remote issuer: fetched regularly and when a token names an unknown key, and kept for as long as the
//! issuer is unreachable.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use net::admission::Waits;
use platform::causes::chain;
use platform::clock::{Clock, Micros};
use tokio::sync::watch;

use crate::discovery::{Discovery, IssuerError, Published};
use crate::issuer_wait::IssuerWait;
use crate::keys::Key;
use crate::{IssuerLogin, Keys, LoginEndpoints, Refusal};

/// When the keys are fetched, and how long a request waits for them.
#[derive(Clone, Debug)]
pub(crate) struct Timing {
    /// Pause after a successful fetch.
    pub(crate) refresh: Duration,
    /// Pause after a failed fetch.
    pub(crate) retry: Duration,
    /// Pause after a failed fetch while there are no keys yet.
    pub(crate) initial_retry: Duration,
    /// Shortest time between two fetches caused by unknown keys.
    pub(crate) unknown_key: Duration,
    /// Longest time that a request waits for a fetch.
    pub(crate) wait: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            refresh: Duration::from_mins(5),
            retry: Duration::from_secs(10),
            initial_retry: Duration::from_secs(1),
            unknown_key: Duration::from_secs(10),
            wait: Duration::from_secs(3),
        }
    }
}

/// Shortest time between two warnings of an outage.
const WARN_INTERVAL: Duration = Duration::from_mins(1);

/// The keys of an issuer. Clones share them; they are fetched until the last clone is dropped.
#[derive(Clone)]
pub(crate) struct IssuerKeys {
    shared: Arc<Shared>,
}

struct Shared {
    issuer: Discovery,
    timing: Timing,
    clock: Clock,
    state: watch::Sender<State>,
    fetching: Mutex<Fetching>,
}

/// The outcome of the fetches so far.
#[derive(Clone, Default)]
struct State {
    /// The keys of the last successful fetch.
    keys: Option<Arc<Keys>>,
    /// Where people sign in, as of the last successful fetch.
    login: Option<Arc<LoginEndpoints>>,
    /// Whether the last fetch failed.
    is_unreachable: bool,
    /// How many fetches have finished.
    finished: u64,
}

#[derive(Default)]
struct Fetching {
    /// The requests of the running fetch.
    running: Option<Arc<IssuerWait>>,
    /// When an unknown key last caused a fetch.
    for_unknown_key: Option<Micros>,
    last_warning: Option<Micros>,
}

/// A running fetch.
struct Fetch {
    state: watch::Receiver<State>,
    /// [`State::finished`] once this fetch has finished.
    finished: u64,
    /// Whether the fetch was running already: it may have begun before the key in question was published.
    is_joined: bool,
    wait: Arc<IssuerWait>,
}

impl IssuerKeys {
    /// Starts to fetch the keys of `issuer`.
    pub(crate) fn start(issuer: Discovery, timing: Timing, clock: Clock) -> Self {
        let (state, fetching) = (watch::Sender::default(), Mutex::default());
        let shared = Arc::new(Shared { issuer, timing, clock, state, fetching });
        let first = shared.start_or_join(&mut shared.fetching());
        tokio::spawn(refresh(Arc::downgrade(&shared), first));
        Self { shared }
    }

    /// The keys of the last successful fetch; `None` before the first one.
    pub(crate) fn current(&self) -> Option<Arc<Keys>> {
        self.shared.state.borrow().keys.clone()
    }

    /// Where people sign in, as far as it is known.
    pub(crate) fn login(&self) -> IssuerLogin {
        let state = self.shared.state.borrow();
        IssuerLogin {
            issuer: self.shared.issuer.issuer().to_string(),
            is_reachable: state.keys.is_some() && !state.is_unreachable,
            endpoints: state.login.clone(),
        }
    }

    /// The key with this id. An unknown id causes a fetch, which all waiting requests share, at most once per
    /// [`Timing::unknown_key`]. `waits` gets each fetch that is waited for.
    pub(crate) async fn find(&self, id: &str, waits: &Waits) -> Result<Arc<Key>, Refusal> {
        loop {
            if let Some(key) = self.current().and_then(|it| it.find(id)) {
                return Ok(key);
            }
            let Some(mut fetch) = self.shared.fetch_for_unknown_key(id) else { break };
            let is_joined = fetch.is_joined;
            fetch.wait.joined();
            waits.add(fetch.wait.clone());
            let finished = tokio::time::timeout(self.shared.timing.wait, fetch.finished()).await;
            if finished.is_err() || !is_joined {
                break;
            }
        }
        let state = self.shared.state.borrow().clone();
        match state.keys.as_ref().map(|it| it.find(id).ok_or_else(|| it.refusal(id))) {
            Some(Ok(key)) => Ok(key),
            Some(Err(refusal)) if !state.is_unreachable => Err(refusal.into()),
            _ => Err(Refusal::IssuerUnavailable),
        }
    }
}

impl Fetch {
    /// Waits until the fetch has finished; false when the keys were dropped meanwhile.
    async fn finished(&mut self) -> bool {
        self.state.wait_for(|it| it.finished >= self.finished).await.is_ok()
    }
}

impl Shared {
    fn fetching(&self) -> std::sync::MutexGuard<'_, Fetching> {
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fetch to wait for when a key is unknown: the running one, or a new one when the last is long enough ago.
    /// Before the first keys there is none to start, because [`refresh`] retries anyway; and none either for a key that
    /// a fetch has brought since its caller looked.
    fn fetch_for_unknown_key(self: &Arc<Self>, id: &str) -> Option<Fetch> {
        let mut fetching = self.fetching();
        if self.state.borrow().keys.as_ref().is_some_and(|it| it.find(id).is_some()) {
            return None;
        }
        if fetching.running.is_none() {
            let now = self.clock.now();
            let is_too_soon =
                fetching.for_unknown_key.is_some_and(|it| !has_passed(self.timing.unknown_key, it, now));
            if is_too_soon || self.state.borrow().keys.is_none() {
                return None;
            }
            fetching.for_unknown_key = Some(now);
        }
        Some(self.start_or_join(&mut fetching))
    }

    /// The running fetch, or a new one in a task of its own, which goes on when the request that waits for it is
    /// cancelled.
    fn start_or_join(self: &Arc<Self>, fetching: &mut Fetching) -> Fetch {
        let is_joined = fetching.running.is_some();
        let wait = fetching.running.get_or_insert_default().clone();
        if !is_joined {
            let (shared, wait) = (self.clone(), wait.clone());
            tokio::spawn(async move { shared.finish(shared.issuer.published(&wait).await) });
        }
        let state = self.state.subscribe();
        let finished = state.borrow().finished + 1;
        Fetch { state, finished, is_joined, wait }
    }

    fn finish(&self, fetched: Result<Published, IssuerError>) {
        let mut fetching = self.fetching();
        fetching.running = None;
        self.log(&fetched, &mut fetching);
        self.state.send_modify(|state| {
            state.finished += 1;
            state.is_unreachable = fetched.is_err();
            if let Ok(Published { keys, login }) = fetched {
                state.keys = Some(Arc::new(keys));
                state.login = login.map(Arc::new);
            }
        });
    }

    fn log(&self, fetched: &Result<Published, IssuerError>, fetching: &mut Fetching) {
        let before = self.state.borrow();
        let issuer = self.issuer.issuer().to_string();
        match fetched {
            Ok(Published { keys, .. }) if before.keys.as_ref().is_some_and(|it| it.are_same(keys)) => {
                if before.is_unreachable {
                    tracing::info!(issuer, "the token issuer is reachable again");
                }
            }
            Ok(Published { keys, .. }) if keys.is_empty() => {
                tracing::warn!(
                    issuer,
                    "the token issuer publishes no usable key (RS256 with 2,048 to 4,096 bits, ES256 or EdDSA, with a kid); no token is accepted"
                );
            }
            Ok(Published { keys, .. }) => {
                tracing::info!(issuer, keys = keys.len(), "fetched new keys of the token issuer");
            }
            Err(error) => {
                let now = self.clock.now();
                if fetching.last_warning.is_none_or(|it| has_passed(WARN_INTERVAL, it, now)) {
                    fetching.last_warning = Some(now);
                    let keys = before.keys.as_ref().map_or(0, |it| it.len());
                    let error = chain(error);
                    tracing::warn!(
                        issuer,
                        keys,
                        error,
                        "cannot fetch the keys of the token issuer; the keys fetched earlier stay in use"
                    );
                }
            }
        }
    }
}

/// Whether `time` has passed from `since` to `now`. A clock that was set back counts as having passed it.
fn has_passed(time: Duration, since: Micros, now: Micros) -> bool {
    let passed = now.0.saturating_sub(since.0);
    passed < 0 || u128::from(passed.unsigned_abs()) >= time.as_micros()
}

/// Fetches the keys again and again until the last [`IssuerKeys`] is dropped.
async fn refresh(shared: Weak<Shared>, first: Fetch) {
    let mut fetch = first;
    while fetch.finished().await {
        fetch.wait.record_in_own_trace("fetch issuer keys");
        let Some(it) = shared.upgrade() else { return };
        let pause = match &*it.state.borrow() {
            State { is_unreachable: false, .. } => it.timing.refresh,
            State { keys: Some(_), .. } => it.timing.retry,
            State { keys: None, .. } => it.timing.initial_retry,
        };
        drop(it);
        tokio::time::sleep(pause).await;
        let Some(it) = shared.upgrade() else { return };
        fetch = it.start_or_join(&mut it.fetching());
    }
}

#[cfg(test)]
mod tests;
