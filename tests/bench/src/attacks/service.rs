//! Attacks on a service by many calls, or by many connections.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::Request;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use super::attacker::{Counts, Order, connect};
use super::grpc::{
    Body, CREATE, FROM_EARLIEST, LARGEST_PAGE, LIST, SNAPSHOT, Sender, WATCH, call, count, request, unary,
};
use super::kept::{self, Calls};
use super::processes::LARGE_ASSIGNEE;

/// The default limit of a message: `CCM_MAX_BODY_BYTES` and 64 KiB more.
const ENDLESS_BYTES: usize = 320 * 1024;
const IDLE: u64 = 19_000;
const SNAPSHOTS: usize = 50;
const WINDOW: u32 = 65_535;
const PAUSE: Duration = Duration::from_secs(1);

/// Calls whose answers are not read.
pub(super) fn untaken_answers(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    // `ListTasksRequest { page_size: 80, assignee_id }`: the large tasks and no others.
    let mut message = vec![0x08, 80, 0x2a, u8::try_from(LARGE_ASSIGNEE.len()).unwrap_or_default()];
    message.extend(LARGE_ASSIGNEE.as_bytes());
    let message: &'static [u8] = message.leak();
    let token = order.tokens.first().cloned();
    let calls = Calls { service: order.service, connections: 4, on_each: 25, window: 1_024, pause: PAUSE };
    calls.keep(counts, clients, move |sender| {
        let request = request(LIST, token.as_deref(), unary(message));
        async move {
            let answer = call(sender.clone(), request).await;
            count(answer.as_ref(), counts);
            while answer.as_ref().is_ok_and(|it| !is_refused(it)) && !sender.is_closed() {
                tokio::time::sleep(PAUSE).await;
            }
        }
    })
}

fn is_refused<T>(answer: &http::Response<T>) -> bool {
    answer.headers().contains_key("grpc-status")
}

/// Messages that say that they are longer than what comes.
pub(super) fn endless_messages(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let mut start = vec![0];
    start.extend(u32::try_from(ENDLESS_BYTES).unwrap_or_default().to_be_bytes());
    // With the prefix, one byte is missing.
    start.resize(ENDLESS_BYTES + 4, b' ');
    let (start, token) = (Bytes::from(start), order.tokens.first().cloned());
    let calls = Calls { service: order.service, connections: 10, on_each: 24, window: WINDOW, pause: PAUSE };
    calls.keep(counts, clients, move |sender| {
        let first = stream::iter([Ok(Frame::data(start.clone()))]);
        let body = StreamBody::new(first.chain(stream::pending())).boxed_unsync();
        let mut request = request(CREATE, token.as_deref(), body);
        request.headers_mut().insert("grpc-timeout", http::HeaderValue::from_static("3600S"));
        async move { count(call(sender, request).await.as_ref(), counts) }
    })
}

/// Calls that are refused, as fast as they are.
pub(super) fn no_token(
    service: SocketAddr,
    path: &'static str,
    counts: &'static Counts,
    clients: &mut JoinSet<()>,
) -> u64 {
    let calls = Calls { service, connections: 64, on_each: 8, window: WINDOW, pause: Duration::ZERO };
    calls.keep(counts, clients, move |sender| async move {
        let answer = call(sender, request(path, None, unary(LARGEST_PAGE))).await;
        Counts::add(if answer.is_ok() { &counts.refused } else { &counts.cut });
    })
}

/// Connections that say that they speak HTTP/2, and then nothing.
pub(super) fn idle_connections(
    service: SocketAddr,
    counts: &'static Counts,
    clients: &mut JoinSet<()>,
) -> u64 {
    /// The client's preface, and a SETTINGS frame without settings.
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    kept::connections(IDLE, counts, clients, move || async move {
        let mut stream = connect(service).await?;
        stream.write_all(PREFACE).await?;
        // The server's SETTINGS.
        let mut frame = [0; 9];
        stream.read_exact(&mut frame).await?;
        anyhow::ensure!(frame[3] == 4, "the server sends no SETTINGS");
        Ok(stream)
    })
}

/// Watches of one account that follow a subject that there is not, from the beginning of the log.
pub(super) fn watches(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let mut message = FROM_EARLIEST.to_vec();
    // `subject_ids`: one UUID.
    message.extend([0x22, 36]);
    message.extend(b"01a202a3-2bd9-730c-8819-6267667c643f");
    let message: &'static [u8] = message.leak();
    let token = order.tokens.first().cloned();
    let calls = Calls { service: order.service, connections: 40, on_each: 25, window: WINDOW, pause: PAUSE };
    calls.keep(counts, clients, move |sender| {
        read(sender, request(WATCH, token.as_deref(), unary(message)), counts)
    })
}

/// Snapshots of several accounts, each read to its end and then again.
pub(super) fn snapshots(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let mut strength = 0;
    for token in order.few() {
        let (service, token) = (order.service, token.clone());
        let calls =
            Calls { service, connections: 1, on_each: SNAPSHOTS, window: WINDOW, pause: Duration::ZERO };
        strength += calls.keep(counts, clients, move |sender| {
            let reading = read(sender, request(WATCH, Some(&token), unary(SNAPSHOT)), counts);
            // A snapshot of some thousand tasks is read by then.
            async move {
                let _ = tokio::time::timeout(PAUSE, reading).await;
            }
        });
    }
    strength
}

/// Reads an answer to its end.
async fn read(sender: Sender, request: Request<Body>, counts: &Counts) {
    let answer = call(sender, request).await;
    count(answer.as_ref(), counts);
    if let Ok(mut answer) = answer {
        while answer.body_mut().frame().await.is_some_and(|it| it.is_ok()) {}
    }
}
