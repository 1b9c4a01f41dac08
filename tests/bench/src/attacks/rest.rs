//! Attacks on the gateway.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::attacker::{Counts, Order, connect};
use super::kept;
use super::processes::LARGE_ASSIGNEE;

const CONNECTIONS: u64 = 5_000;
const SLOW_BODIES: usize = 300;
const LISTS: usize = 100;
/// The default share of a caller in the bodies that are awaited.
const SHARE: usize = 128;
/// Bodies of unknown JSON come over this many connections, each with one at a time.
const JSON_CONNECTIONS: usize = 9;
const JSON_INTERVAL: Duration = Duration::from_millis(250);
/// The default of `CCM_MAX_BODY_BYTES`.
const BODY_LIMIT: usize = 256 * 1024;
const PAUSE: Duration = Duration::from_secs(1);

/// Connections that ask once and then stay.
pub(super) fn connections(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let gateway = order.gateway;
    kept::connections(CONNECTIONS, counts, clients, move || async move {
        let mut stream = connect(gateway).await?;
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: bench\r\n\r\n").await?;
        status(&mut BufReader::new(&mut stream)).await?;
        Ok(stream)
    })
}

/// Requests whose bodies come one byte a second, again and again.
pub(super) fn slow_bodies(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    send_slowly(order.gateway, order.few(), SLOW_BODIES, counts, clients)
}

/// The same with all accounts, each with its whole share.
pub(super) fn slow_accounts(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    send_slowly(order.gateway, &order.tokens, SHARE, counts, clients)
}

fn send_slowly(
    gateway: SocketAddr,
    tokens: &[String],
    bodies: usize,
    counts: &'static Counts,
    clients: &mut JoinSet<()>,
) -> u64 {
    for token in tokens {
        for _ in 0..bodies {
            let token = token.clone();
            clients.spawn(async move {
                loop {
                    if slow_body(gateway, &token, counts).await.is_err() {
                        Counts::add(&counts.cut);
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            });
        }
    }
    (tokens.len() * bodies) as u64
}

async fn slow_body(gateway: SocketAddr, token: &str, counts: &Counts) -> anyhow::Result<()> {
    const LENGTH: usize = 200;
    let mut stream = connect(gateway).await.inspect_err(|_| Counts::add(&counts.tried))?;
    stream.write_all(head(token, LENGTH).as_bytes()).await?;
    Counts::add(&counts.tried);
    let (read, mut write) = stream.split();
    let mut read = BufReader::new(read);
    let mut answer = std::pin::pin!(status(&mut read));
    for _ in 0..LENGTH {
        tokio::select! {
            status = &mut answer => {
                Counts::add(if status? < 400 { &counts.got } else { &counts.refused });
                return Ok(());
            }
            () = tokio::time::sleep(PAUSE) => write.write_all(b" ").await?,
        }
    }
    Ok(())
}

/// Lists that are taken at once.
pub(super) fn large_lists(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let Some(token) = order.tokens.first() else { return 0 };
    let request: &'static [u8] = format!(
        "GET /api/tasks?assignee_id={LARGE_ASSIGNEE}&page_size=80 HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
    .into_bytes()
    .leak();
    for _ in 0..LISTS {
        let gateway = order.gateway;
        clients.spawn(async move {
            let mut open = None;
            loop {
                let answer = exchange(&mut open, gateway, request).await;
                Counts::add(&counts.tried);
                match answer {
                    Ok(status) if status < 400 => Counts::add(&counts.got),
                    other => {
                        let refused = other.is_ok();
                        Counts::add(if refused { &counts.refused } else { &counts.cut });
                        open = open.filter(|_| refused);
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        });
    }
    LISTS as u64
}

/// Bodies that have nothing but members that no task has.
pub(super) fn unknown_json(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let mut body = String::from("{\"title\":\"x\"");
    for number in 0.. {
        let member = format!(",\"k{number}\":0");
        if body.len() + member.len() >= BODY_LIMIT {
            break;
        }
        body.push_str(&member);
    }
    let _ = write!(body, "}}");
    let Some(token) = order.tokens.first() else { return 0 };
    let request: &'static [u8] = format!("{}{body}", head(token, body.len())).into_bytes().leak();
    for _ in 0..JSON_CONNECTIONS {
        let gateway = order.gateway;
        clients.spawn(async move {
            let mut ticks = tokio::time::interval(JSON_INTERVAL);
            let mut open: Option<BufReader<TcpStream>> = None;
            loop {
                ticks.tick().await;
                if let Ok(status) = exchange(&mut open, gateway, request).await {
                    Counts::add(if status < 400 { &counts.got } else { &counts.refused });
                } else {
                    open = None;
                    Counts::add(&counts.cut);
                }
                Counts::add(&counts.tried);
            }
        });
    }
    JSON_CONNECTIONS as u64
}

/// Sends a request over a connection that is kept; the status of the answer.
async fn exchange(
    open: &mut Option<BufReader<TcpStream>>,
    gateway: SocketAddr,
    request: &[u8],
) -> anyhow::Result<u16> {
    if open.is_none() {
        *open = Some(BufReader::new(connect(gateway).await?));
    }
    let Some(stream) = open else { anyhow::bail!("it was opened") };
    stream.get_mut().write_all(request).await?;
    status(stream).await
}

pub(super) fn head(token: &str, length: usize) -> String {
    format!(
        "POST /api/tasks HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// Reads an answer to its end.
pub(super) async fn status(from: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> anyhow::Result<u16> {
    let (mut status, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        anyhow::ensure!(from.read_line(&mut line).await? > 0, "the connection was closed");
        let line = line.trim_end();
        if status.is_none() {
            status = line.split(' ').nth(1).and_then(|it| it.parse().ok());
            anyhow::ensure!(status.is_some(), "no answer of HTTP/1.1: {line}");
        } else if line.is_empty() {
            break;
        } else if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).await?;
    status.ok_or_else(|| anyhow::anyhow!("it was read"))
}
