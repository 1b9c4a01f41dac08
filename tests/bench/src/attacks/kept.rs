//! What an attack keeps up until it ends: connections that are opened again when they were closed, and calls that are made again when
//! they have ended.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::attacker::{Counts, connect};
use super::grpc::{Sender, open};

/// Connections that are opened at the same time.
const AT_ONCE: u64 = 50;
/// An answer that has not come by then does not come.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Between two connections that one of those who open them opens again: 500 a second of all together.
const REOPEN: Duration = Duration::from_millis(100);

/// Keeps a number of connections that `open` opens, and returns that number.
pub(super) fn connections<F>(
    number: u64,
    counts: &'static Counts,
    clients: &mut JoinSet<()>,
    open: impl Fn() -> F + Copy + Send + 'static,
) -> u64
where
    F: Future<Output = anyhow::Result<TcpStream>> + Send,
{
    let share = usize::try_from(number / AT_ONCE).unwrap_or(usize::MAX);
    for _ in 0..AT_ONCE {
        clients.spawn(async move {
            let (mut held, mut tried) = (Vec::new(), 0);
            loop {
                if held.len() < share {
                    match tokio::time::timeout(TIMEOUT, open()).await {
                        Ok(Ok(stream)) => {
                            Counts::add(&counts.got);
                            held.push(stream);
                        }
                        Ok(Err(_)) | Err(_) => Counts::add(&counts.cut),
                    }
                    Counts::add(&counts.tried);
                    tried += 1;
                }
                // At first, they are opened as fast as they are taken.
                if tried >= share {
                    tokio::time::sleep(REOPEN).await;
                    held.retain(is_open);
                }
            }
        });
    }
    number / AT_ONCE * AT_ONCE
}

fn is_open(stream: &TcpStream) -> bool {
    loop {
        match stream.try_read(&mut [0; 1_024]) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
}

/// Connections to a service, each with a number of calls at a time.
#[derive(Clone, Copy)]
pub(super) struct Calls {
    pub(super) service: SocketAddr,
    pub(super) connections: usize,
    pub(super) on_each: usize,
    /// Bytes of an answer that the client takes without reading it.
    pub(super) window: u32,
    /// Between the end of a call and the next one.
    pub(super) pause: Duration,
}

impl Calls {
    /// Keeps these calls, which `call` makes, and returns their number.
    pub(super) fn keep<F>(
        self,
        counts: &'static Counts,
        clients: &mut JoinSet<()>,
        call: impl Fn(Sender) -> F + Clone + Send + 'static,
    ) -> u64
    where
        F: Future<Output = ()> + Send + 'static,
    {
        for _ in 0..self.connections {
            let call = call.clone();
            clients.spawn(async move {
                loop {
                    let Ok(sender) = open(connect(self.service).await, self.window).await else {
                        Counts::add(&counts.cut);
                        tokio::time::sleep(REOPEN).await;
                        continue;
                    };
                    let mut calling = JoinSet::new();
                    for _ in 0..self.on_each {
                        let (sender, call) = (sender.clone(), call.clone());
                        calling.spawn(async move {
                            while !sender.is_closed() {
                                Counts::add(&counts.tried);
                                call(sender.clone()).await;
                                tokio::time::sleep(self.pause).await;
                            }
                        });
                    }
                    calling.join_all().await;
                }
            });
        }
        (self.connections * self.on_each) as u64
    }
}
