//! Attacks on task-service, by HTTP/2 without a client of gRPC: such a client would behave.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{Request, Response, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::attacker::{Counts, Order, connect, connect_from};

pub(super) type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;
pub(super) type Sender = SendRequest<Body>;

pub(super) const LIST: &str = "/ccm.task.v1.TaskService/ListTasks";
pub(super) const CREATE: &str = "/ccm.task.v1.TaskService/CreateTask";
pub(super) const WATCH: &str = "/ccm.event.v1.EventService/WatchEvents";
/// `ListTasksRequest { page_size: 200 }`
const LARGEST_PAGE: &[u8] = &[0x08, 0xc8, 0x01];
/// `WatchEventsRequest { start: WATCH_START_EARLIEST }`
pub(super) const FROM_EARLIEST: &[u8] = &[0x08, 0x02];
/// `WatchEventsRequest { start: WATCH_START_SNAPSHOT }`
pub(super) const SNAPSHOT: &[u8] = &[0x08, 0x03];

const CALLER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 65);
const UNTAKEN: usize = 100;
const ENDLESS: usize = 240;
/// The default limit of a message: `CCM_MAX_BODY_BYTES` and 64 KiB more.
const ENDLESS_BYTES: usize = 320 * 1024;
const NO_TOKEN_CONNECTIONS: usize = 64;
const NO_TOKEN_CALLS: usize = 8;
const IDLE: u64 = 19_000;
const AT_ONCE: u64 = 64;
const WATCHES: usize = 1_000;
const SNAPSHOTS: usize = 50;
/// Calls on one connection.
const CALLS: usize = 25;
const PAUSE: Duration = Duration::from_secs(1);

/// Calls whose answers are not read.
pub(super) fn untaken_answers(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    for _ in 0..UNTAKEN / CALLS {
        let (service, token) = (order.service, order.tokens.first().cloned());
        clients.spawn(async move {
            let Ok(sender) = open(connect(service).await, 1_024).await else {
                return Counts::add(&counts.cut);
            };
            let mut held = Vec::new();
            for _ in 0..CALLS {
                let request = request(LIST, token.as_deref(), unary(LARGEST_PAGE));
                let answer = call(sender.clone(), request).await;
                count(answer.as_ref(), counts);
                Counts::add(&counts.tried);
                held.push(answer);
            }
            std::future::pending::<()>().await;
            drop((held, sender));
        });
    }
    (UNTAKEN / CALLS * CALLS) as u64
}

/// Messages that say that they are longer than what comes.
pub(super) fn endless_messages(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    for _ in 0..ENDLESS / CALLS {
        let (service, token) = (order.service, order.tokens.first().cloned());
        clients.spawn(async move {
            let Ok(sender) = open(connect(service).await, 65_535).await else {
                return Counts::add(&counts.cut);
            };
            let mut calls = JoinSet::new();
            for _ in 0..CALLS {
                let mut start = vec![0];
                start.extend(u32::try_from(ENDLESS_BYTES).unwrap_or_default().to_be_bytes());
                // With the prefix, one byte is missing.
                start.resize(ENDLESS_BYTES + 4, b' ');
                let first = futures_util::stream::iter([Ok(Frame::data(Bytes::from(start)))]);
                let body = StreamBody::new(first.chain(futures_util::stream::pending())).boxed_unsync();
                let mut request = request(CREATE, token.as_deref(), body);
                request.headers_mut().insert("grpc-timeout", http::HeaderValue::from_static("3600S"));
                let sender = sender.clone();
                Counts::add(&counts.tried);
                calls.spawn(async move { count(call(sender, request).await.as_ref(), counts) });
            }
            calls.join_all().await;
        });
    }
    (ENDLESS / CALLS * CALLS) as u64
}

/// Calls that are refused, as fast as they are.
pub(super) fn no_token(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    for _ in 0..NO_TOKEN_CONNECTIONS {
        let service = order.service;
        clients.spawn(async move {
            loop {
                let Ok(sender) = open(connect(service).await, 65_535).await else {
                    Counts::add(&counts.cut);
                    tokio::time::sleep(PAUSE / 10).await;
                    continue;
                };
                let mut calls = JoinSet::new();
                for _ in 0..NO_TOKEN_CALLS {
                    let sender = sender.clone();
                    calls.spawn(async move {
                        loop {
                            Counts::add(&counts.tried);
                            match call(sender.clone(), request(LIST, None, unary(LARGEST_PAGE))).await {
                                Ok(_) => Counts::add(&counts.refused),
                                Err(_) => return Counts::add(&counts.cut),
                            }
                        }
                    });
                }
                calls.join_all().await;
            }
        });
    }
    (NO_TOKEN_CONNECTIONS * NO_TOKEN_CALLS) as u64
}

/// Connections that say that they speak HTTP/2, and then nothing.
pub(super) fn idle_connections(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    /// The client's preface, and a SETTINGS frame without settings.
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let service = order.service;
    for _ in 0..AT_ONCE {
        clients.spawn(async move {
            let mut held: Vec<TcpStream> = Vec::new();
            for _ in 0..IDLE / AT_ONCE {
                let opened = async {
                    let mut stream = connect(service).await?;
                    stream.write_all(PREFACE).await?;
                    // The server's SETTINGS.
                    let mut frame = [0; 9];
                    stream.read_exact(&mut frame).await?;
                    anyhow::ensure!(frame[3] == 4, "the server sends no SETTINGS");
                    anyhow::Ok(stream)
                };
                match tokio::time::timeout(PAUSE, opened).await {
                    Ok(Ok(stream)) => {
                        Counts::add(&counts.got);
                        held.push(stream);
                    }
                    Ok(Err(_)) | Err(_) => Counts::add(&counts.cut),
                }
                Counts::add(&counts.tried);
            }
            std::future::pending::<()>().await;
            drop(held);
        });
    }
    IDLE / AT_ONCE * AT_ONCE
}

/// Watches of one account that follow a subject that there is not, from the beginning of the log.
pub(super) fn watches(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let mut message = FROM_EARLIEST.to_vec();
    // `subject_ids`: one UUID.
    message.extend([0x22, 36]);
    message.extend(b"01a202a3-2bd9-730c-8819-6267667c643f");
    let message: &'static [u8] = message.leak();
    for _ in 0..WATCHES / CALLS {
        let (service, token) = (order.service, order.tokens.first().cloned());
        clients.spawn(async move {
            let Ok(sender) = open(connect(service).await, 65_535).await else {
                return Counts::add(&counts.cut);
            };
            let mut watching = JoinSet::new();
            for _ in 0..CALLS {
                let request = request(WATCH, token.as_deref(), unary(message));
                let sender = sender.clone();
                Counts::add(&counts.tried);
                watching.spawn(read(sender, request, counts));
            }
            watching.join_all().await;
        });
    }
    (WATCHES / CALLS * CALLS) as u64
}

/// Snapshots of several accounts, each read to its end and then again.
pub(super) fn snapshots(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    for token in order.few() {
        let (service, token) = (order.service, token.clone());
        clients.spawn(async move {
            let Ok(sender) = open(connect(service).await, 65_535).await else {
                return Counts::add(&counts.cut);
            };
            let mut reading = JoinSet::new();
            for _ in 0..SNAPSHOTS {
                let (sender, token) = (sender.clone(), token.clone());
                reading.spawn(async move {
                    while !sender.is_closed() {
                        Counts::add(&counts.tried);
                        let request = request(WATCH, Some(&token), unary(SNAPSHOT));
                        // A snapshot of some thousand tasks is read by then.
                        let _ = tokio::time::timeout(PAUSE, read(sender.clone(), request, counts)).await;
                    }
                });
            }
            reading.join_all().await;
        });
    }
    (order.few().len() * SNAPSHOTS) as u64
}

/// Reads an answer to its end.
async fn read(sender: Sender, request: Request<Body>, counts: &Counts) {
    let answer = call(sender, request).await;
    count(answer.as_ref(), counts);
    if let Ok(mut answer) = answer {
        while answer.body_mut().frame().await.is_some_and(|it| it.is_ok()) {}
    }
}

pub(super) fn count(answer: anyhow::Result<&Response<Incoming>, &anyhow::Error>, counts: &Counts) {
    Counts::add(match answer {
        // An answer without a message has its status in the header.
        Ok(answer) if answer.headers().contains_key("grpc-status") => &counts.refused,
        Ok(_) => &counts.got,
        Err(_) => &counts.cut,
    });
}

/// A connection whose streams have a window of this many bytes for answers.
pub(super) async fn open(stream: anyhow::Result<TcpStream>, window: u32) -> anyhow::Result<Sender> {
    let mut builder = Builder::new(TokioExecutor::new());
    let builder = builder.initial_stream_window_size(window);
    let (sender, connection) = builder.handshake(TokioIo::new(stream?)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

pub(super) async fn call(mut sender: Sender, request: Request<Body>) -> anyhow::Result<Response<Incoming>> {
    sender.ready().await?;
    Ok(sender.send_request(request).await?)
}

pub(super) fn request<B>(path: &'static str, token: Option<&str>, body: B) -> Request<B> {
    let uri = Uri::builder().scheme("http").authority("bench").path_and_query(path).build();
    let mut request = Request::new(body);
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = uri.unwrap_or_default();
    let headers = request.headers_mut();
    headers.insert("content-type", http::HeaderValue::from_static("application/grpc"));
    headers.insert("te", http::HeaderValue::from_static("trailers"));
    if let Some(token) = token.and_then(|it| format!("Bearer {it}").parse().ok()) {
        headers.insert("authorization", token);
    }
    request
}

/// A whole message, with its prefix.
pub(super) fn unary(message: &[u8]) -> Body {
    let mut framed = vec![0];
    framed.extend(u32::try_from(message.len()).unwrap_or_default().to_be_bytes());
    framed.extend(message);
    Full::new(Bytes::from(framed)).boxed_unsync()
}

/// A connection of the caller who behaves, whose address is neither the gateway's nor the attacker's.
pub(super) async fn open_as_caller(service: SocketAddr) -> anyhow::Result<Sender> {
    open(connect_from(CALLER, service).await, 65_535).await
}
