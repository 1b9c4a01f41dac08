//! Bursts of memory: answers and bodies that are large, and in memory at the same time, with pauses in which the memory can be given back.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::attacker::{Counts, Order, connect, connect_with_buffer};
use super::processes::LARGE_ASSIGNEE;
use super::rest::{head, status};

/// Lists of 3 MiB of an account in each burst.
const LISTS: usize = 8;
/// Bodies of an account in each burst.
const BODIES: usize = 32;
/// Nearly the default of `CCM_MAX_BODY_BYTES`.
const BODY_BYTES: usize = 255 * 1024;
/// Between the beginnings of two bursts.
const INTERVAL: Duration = Duration::from_secs(6);
/// For this long, a client takes nothing of its answer, or holds the last byte of its body back.
const HELD: Duration = Duration::from_secs(1);
/// The kernel's buffer of a client that takes nothing.
const BUFFER: u32 = 16 * 1024;

#[derive(Clone, Copy)]
enum Large {
    List,
    Body,
}

/// Bursts of a few accounts at the same time.
pub(super) fn bursts(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    for token in order.few() {
        for number in 0..LISTS + BODIES {
            let large = if number < LISTS { Large::List } else { Large::Body };
            let (gateway, token) = (order.gateway, token.clone());
            clients.spawn(async move {
                let mut ticks = tokio::time::interval(INTERVAL);
                ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    ticks.tick().await;
                    let answer = match large {
                        Large::List => list(gateway, &token).await,
                        Large::Body => body(gateway, &token).await,
                    };
                    Counts::add(match answer {
                        // A body is taken as a whole before it is found to be wrong.
                        Ok(200 | 400) => &counts.got,
                        Ok(_) => &counts.refused,
                        Err(_) => &counts.cut,
                    });
                    Counts::add(&counts.tried);
                }
            });
        }
    }
    (order.few().len() * (LISTS + BODIES)) as u64
}

/// The status of a list that is not taken at first.
async fn list(gateway: SocketAddr, token: &str) -> anyhow::Result<u16> {
    let mut stream = connect_with_buffer(gateway, BUFFER).await?;
    let request = format!(
        "GET /api/tasks?assignee_id={LARGE_ASSIGNEE}&page_size=80 HTTP/1.1\r\nHost: bench\r\n\
         Authorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    stream.readable().await?;
    tokio::time::sleep(HELD).await;
    let mut first = [0; 12];
    stream.read_exact(&mut first).await?;
    tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    Ok(std::str::from_utf8(&first[9..])?.parse()?)
}

/// The status of a body whose description is longer than that of any task, and whose last byte is late.
async fn body(gateway: SocketAddr, token: &str) -> anyhow::Result<u16> {
    let mut body = String::from("{\"title\":\"x\",\"description\":\"");
    body.push_str(&"x".repeat(BODY_BYTES - body.len() - 2));
    body.push_str("\"}");
    let (most, last) = body.split_at(body.len() - 1);
    let mut stream = BufReader::new(connect(gateway).await?);
    stream.get_mut().write_all(head(token, body.len()).as_bytes()).await?;
    stream.get_mut().write_all(most.as_bytes()).await?;
    tokio::time::sleep(HELD).await;
    stream.get_mut().write_all(last.as_bytes()).await?;
    status(&mut stream).await
}
