//! Calls by HTTP/2 without a client of gRPC: such a client would behave.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context as _, bail};
use bytes::{Buf as _, Bytes, BytesMut};
use http::{HeaderMap, Request, Response, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use super::attacker::{Counts, connect_from};

pub(super) type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;
pub(super) type Sender = SendRequest<Body>;

pub(super) const LIST: &str = "/ccm.task.v1.TaskService/ListTasks";
pub(super) const LIST_WORKERS: &str = "/ccm.worker.v1.WorkerService/ListWorkers";
pub(super) const CREATE: &str = "/ccm.task.v1.TaskService/CreateTask";
pub(super) const WATCH: &str = "/ccm.event.v1.EventService/WatchEvents";
/// `ListTasksRequest { page_size: 200 }`
pub(super) const LARGEST_PAGE: &[u8] = &[0x08, 0xc8, 0x01];
/// `WatchEventsRequest { start: WATCH_START_EARLIEST }`
pub(super) const FROM_EARLIEST: &[u8] = &[0x08, 0x02];
/// `WatchEventsRequest { start: WATCH_START_SNAPSHOT }`
pub(super) const SNAPSHOT: &[u8] = &[0x08, 0x03];

const CALLER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 65);
/// So large that the caller who behaves never waits for its own windows.
const CALLER_WINDOW: u32 = 1024 * 1024;

/// Counts an answer that was given, or is none.
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
    open(connect_from(CALLER, service).await, CALLER_WINDOW).await
}

/// The messages of an answer, in order.
pub(super) struct Messages {
    body: Incoming,
    read: BytesMut,
}

impl Messages {
    /// Fails if the answer has no messages but an error.
    pub(super) fn of(answer: Response<Incoming>) -> anyhow::Result<Self> {
        let (head, body) = answer.into_parts();
        if head.headers.contains_key("grpc-status") {
            is_ok(&head.headers)?;
        }
        Ok(Self { body, read: BytesMut::new() })
    }

    /// The next message, or none at the end of the answer; fails if that is an error.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Bytes>> {
        /// Whether the message is compressed, and how long it is.
        const PREFIX: usize = 5;
        loop {
            if let Some(&[_, a, b, c, d]) = self.read.first_chunk::<PREFIX>() {
                let length = usize::try_from(u32::from_be_bytes([a, b, c, d]))?;
                if self.read.len() >= PREFIX + length {
                    self.read.advance(PREFIX);
                    return Ok(Some(self.read.split_to(length).freeze()));
                }
            }
            let frame = self.body.frame().await.context("the answer has no status")??;
            match frame.into_data() {
                Ok(data) => self.read.extend_from_slice(&data),
                Err(frame) => {
                    is_ok(frame.trailers_ref().context("a frame of another kind")?)?;
                    return Ok(None);
                }
            }
        }
    }
}

fn is_ok(headers: &HeaderMap) -> anyhow::Result<()> {
    match headers.get("grpc-status") {
        Some(status) if status == "0" => Ok(()),
        status => bail!("the service answered {status:?}"),
    }
}
