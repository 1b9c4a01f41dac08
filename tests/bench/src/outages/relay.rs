//! Stands between the processes and the collector, and fails as it is told.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::setup::free_address;

/// By how much a slow collector answers later.
const SLOW: Duration = Duration::from_secs(2);

/// What becomes of connections and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Answers,
    /// Nobody listens, and open connections are cut.
    Gone,
    /// Connections are accepted, and nothing is passed on.
    Hangs,
    Slow,
}

pub(super) struct Relay {
    /// Where the processes find the collector.
    pub(super) address: SocketAddr,
    state: watch::Sender<State>,
}

impl Relay {
    pub(super) fn start(collector: SocketAddr) -> anyhow::Result<Self> {
        let (address, (state, states)) = (free_address()?, watch::channel(State::Answers));
        tokio::spawn(async move {
            if let Err(error) = run(address, collector, states).await {
                eprintln!("the relay to the collector has ended: {error:#}");
            }
        });
        Ok(Self { address, state })
    }

    pub(super) fn set(&self, state: State) {
        self.state.send_replace(state);
    }
}

/// Listens unless the collector is gone. Ends with the [`Relay`].
async fn run(
    address: SocketAddr,
    collector: SocketAddr,
    mut state: watch::Receiver<State>,
) -> anyhow::Result<()> {
    loop {
        if state.wait_for(|it| *it != State::Gone).await.is_err() {
            return Ok(());
        }
        let listener = TcpListener::bind(address).await?;
        let states = state.clone();
        tokio::select! {
            never = accept(&listener, collector, &states) => return never,
            gone = state.wait_for(|it| *it == State::Gone) => if gone.is_err() { return Ok(()) },
        }
    }
}

/// The connections end with the future.
async fn accept(
    listener: &TcpListener,
    collector: SocketAddr,
    state: &watch::Receiver<State>,
) -> anyhow::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        let (here, _) = listener.accept().await?;
        let states = [state.clone(), state.clone()];
        connections.spawn(async move {
            let there = TcpStream::connect(collector).await?;
            here.set_nodelay(true)?;
            there.set_nodelay(true)?;
            let (asked, answered) = here.into_split();
            let (answers, requests) = there.into_split();
            let [of_requests, of_answers] = states;
            // Either end ends both.
            tokio::select! {
                ended = pass(asked, requests, of_requests, Duration::ZERO) => ended,
                ended = pass(answers, answered, of_answers, SLOW) => ended,
            }
        });
    }
}

/// Passes bytes on, later by `delay` while the collector is slow.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut state: watch::Receiver<State>,
    delay: Duration,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut bytes).await?;
        if count == 0 || state.wait_for(|it| *it != State::Hangs).await.is_err() {
            return Ok(());
        }
        let is_slow = *state.borrow() == State::Slow;
        if is_slow {
            tokio::time::sleep(delay).await;
        }
        to.write_all(&bytes[..count]).await?;
    }
}
