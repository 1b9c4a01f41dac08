//! Attacks on task-service that hold what there are few of: connections that have shown a token, health checks, calls whose messages
//! are awaited.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::task::JoinSet;

use super::attacker::{Counts, Order, connect_as_neighbour, connect_by};
use super::grpc::{Body, CREATE, LIST, Sender, call, count, open, request, unary};
use super::kept::Calls;

const CHECK: &str = "/grpc.health.v1.Health/Check";
const HEALTH_WATCH: &str = "/grpc.health.v1.Health/Watch";
/// More than a quarter of `CCM_MAX_CONNECTIONS`.
const CONNECTIONS: usize = 1_100;
const AT_ONCE: usize = 20;
const ADDRESSES: u8 = 8;
/// The share of an address in health checks, of an account in calls whose messages are awaited.
const SHARE: usize = 128;
const PAUSE: Duration = Duration::from_secs(1);

/// Connections from the gateway's address on which a user has shown a token, and that make a call every second.
pub(super) fn proven_connections(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    for _ in 0..AT_ONCE {
        let (service, token) = (order.service, order.tokens.first().cloned());
        clients.spawn(async move {
            let mut held = Vec::new();
            for _ in 0..CONNECTIONS / AT_ONCE {
                held.extend(proven(service, token.as_deref(), counts).await);
                Counts::add(&counts.tried);
            }
            loop {
                tokio::time::sleep(PAUSE).await;
                held.retain(|it: &Sender| !it.is_closed());
                if held.len() < CONNECTIONS / AT_ONCE {
                    held.extend(proven(service, token.as_deref(), counts).await);
                }
            }
        });
    }
    (CONNECTIONS / AT_ONCE * AT_ONCE) as u64
}

async fn proven(service: SocketAddr, token: Option<&str>, counts: &Counts) -> Option<Sender> {
    let Ok(sender) = open(connect_as_neighbour(service).await, 65_535).await else {
        Counts::add(&counts.cut);
        return None;
    };
    let answer = call(sender.clone(), request(LIST, token, unary(&[0x08, 0x01]))).await;
    count(answer.as_ref(), counts);
    answer.is_ok().then_some(sender)
}

/// Health checks and watches from several addresses, again whenever one has ended.
pub(super) fn endless_checks(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    for number in 0..ADDRESSES {
        for path in [CHECK, HEALTH_WATCH] {
            let service = order.service;
            clients.spawn(async move {
                loop {
                    let Ok(sender) = open(connect_by(number, service).await, 65_535).await else {
                        Counts::add(&counts.cut);
                        tokio::time::sleep(PAUSE / 10).await;
                        continue;
                    };
                    let mut calls = JoinSet::new();
                    for _ in 0..SHARE {
                        let sender = sender.clone();
                        Counts::add(&counts.tried);
                        calls.spawn(async move {
                            let body =
                                if path == CHECK { slowly(Duration::from_hours(1)) } else { unary(&[]) };
                            let answer = call(sender, request(path, None, body)).await;
                            count(answer.as_ref(), counts);
                            if let Ok(mut answer) = answer {
                                while answer.body_mut().frame().await.is_some_and(|it| it.is_ok()) {}
                            }
                        });
                    }
                    calls.join_all().await;
                    tokio::time::sleep(PAUSE / 10).await;
                }
            });
        }
    }
    u64::from(ADDRESSES) * 2 * SHARE as u64
}

/// Messages of all accounts that come one byte a second, again whenever one was refused.
pub(super) fn slow_messages(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let mut strength = 0;
    for token in &order.tokens {
        let (service, token) = (order.service, token.clone());
        let calls = Calls { service, connections: 1, on_each: SHARE, window: 65_535, pause: PAUSE / 10 };
        strength += calls.keep(counts, clients, move |sender| {
            let request = request(CREATE, Some(&token), slowly(PAUSE));
            async move { count(call(sender, request).await.as_ref(), counts) }
        });
    }
    strength
}

/// A message that announces a thousand bytes, which come one at a time.
fn slowly(pause: Duration) -> Body {
    let prefix = stream::iter([Ok(Frame::data(Bytes::from_static(&[0, 0, 0, 3, 0xe8])))]);
    let bytes = stream::unfold((), move |()| async move {
        tokio::time::sleep(pause).await;
        Some((Ok(Frame::data(Bytes::from_static(b" "))), ()))
    });
    StreamBody::new(prefix.chain(bytes)).boxed_unsync()
}
