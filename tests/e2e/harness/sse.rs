//! A client of the event stream, as WHATWG HTML (section 9.2) describes it: over HTTP/1.1, on a connection of its own.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::DEADLINE;

/// An event of the stream.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) name: String,
    /// The whole CloudEvent.
    pub(crate) event: Value,
    /// The id that the block itself carries.
    pub(crate) id: Option<String>,
}

impl Block {
    pub(crate) fn data(&self) -> &Value {
        &self.event["data"]
    }

    /// The id of the subject.
    pub(crate) fn subject(&self) -> &str {
        self.event["subject"].as_str().unwrap_or_default().rsplit('/').next().unwrap()
    }
}

/// An open stream. Dropping it cuts the connection.
#[derive(Debug)]
pub(crate) struct Sse {
    pub(crate) headers: HeaderMap,
    /// `lastEventId`.
    pub(crate) last_id: Option<String>,
    /// All ids, of blocks without data, too.
    pub(crate) ids: Vec<String>,
    /// The last `retry` in milliseconds.
    pub(crate) retry: Option<u64>,
    /// What was read so far.
    pub(crate) bytes: u64,
    body: Incoming,
    unread: Vec<u8>,
    connection: JoinHandle<()>,
}

impl Drop for Sse {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Opens a stream; an error is a connection that failed, or an answer that is no stream.
pub(crate) async fn open(
    address: SocketAddr,
    token: &str,
    query: &str,
    last_id: Option<&str>,
) -> Result<Sse, String> {
    open_under(address, "", token, query, last_id).await
}

/// The same as a proxy passes it on, with its headers; without a token, as a browser does that has a cookie.
pub(crate) async fn open_told(
    address: SocketAddr,
    told: &[(&str, &str)],
    token: &str,
    query: &str,
) -> Result<Sse, String> {
    open_with(address, "", told, token, query, None).await
}

/// The same under a path prefix.
pub(crate) async fn open_under(
    address: SocketAddr,
    prefix: &str,
    token: &str,
    query: &str,
    last_id: Option<&str>,
) -> Result<Sse, String> {
    open_with(address, prefix, &[], token, query, last_id).await
}

async fn open_with(
    address: SocketAddr,
    prefix: &str,
    headers: &[(&str, &str)],
    token: &str,
    query: &str,
    last_id: Option<&str>,
) -> Result<Sse, String> {
    let opening = async {
        let stream = TcpStream::connect(address).await.map_err(|it| it.to_string())?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|it| it.to_string())?;
        let connection = tokio::spawn(async move { drop(connection.await) });
        let mut request = Request::get(format!("{prefix}/api/events/stream?{query}"))
            .header("host", address.to_string())
            .header("accept", "text/event-stream")
            .header("accept-encoding", "gzip");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        let response = sender.send_request(request).await.map_err(|it| it.to_string())?;
        let (parts, body) = response.into_parts();
        if parts.status != StatusCode::OK {
            return Err(parts.status.to_string());
        }
        let (headers, last_id) = (parts.headers, last_id.map(ToOwned::to_owned));
        Ok(Sse {
            headers,
            last_id,
            ids: Vec::new(),
            retry: None,
            bytes: 0,
            body,
            unread: Vec::new(),
            connection,
        })
    };
    tokio::time::timeout(DEADLINE, opening).await.map_err(|_| "no answer".to_owned())?
}

impl Sse {
    /// The next block with data; `None` at the end of the stream, or when the connection is cut.
    pub(crate) async fn next(&mut self) -> Option<Block> {
        self.next_within(DEADLINE).await
    }

    /// The same, with a time in which there must be a block.
    pub(crate) async fn next_within(&mut self, patience: Duration) -> Option<Block> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(end) = self.unread.windows(2).position(|it| it == b"\n\n") {
                let text: Vec<u8> = self.unread.drain(..end + 2).collect();
                if let Some(block) = self.dispatch(&String::from_utf8(text).unwrap()) {
                    return Some(block);
                }
                continue;
            }
            let frame = tokio::time::timeout_at(deadline, self.body.frame()).await;
            let frame = frame.unwrap_or_else(|_| panic!("no block after {:?}", self.last_id))?.ok()?;
            let data = frame.data_ref().unwrap();
            self.bytes += data.len() as u64;
            self.unread.extend_from_slice(data);
        }
    }

    /// The next block that is no heartbeat.
    pub(crate) async fn event(&mut self) -> Block {
        self.until(|it| it.name != "heartbeat").await
    }

    /// The next block of this type.
    pub(crate) async fn named(&mut self, name: &str) -> Block {
        self.until(|it| it.name == name).await
    }

    /// The first block that is looked for; what comes before it is passed over.
    pub(crate) async fn until(&mut self, is_it: impl Fn(&Block) -> bool) -> Block {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let block = self.next_within(deadline - Instant::now()).await.expect("the stream goes on");
            if is_it(&block) {
                return block;
            }
        }
    }

    fn dispatch(&mut self, text: &str) -> Option<Block> {
        let (mut name, mut data, mut id) = ("message", Vec::new(), None);
        for line in text.lines().filter(|it| !it.is_empty() && !it.starts_with(':')) {
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => name = value,
                "data" => data.push(value),
                "id" => {
                    let is_opaque = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
                    assert!(value.bytes().all(is_opaque) && (1..=150).contains(&value.len()), "{text}");
                    id = Some(value.to_owned());
                }
                "retry" => self.retry = Some(value.parse().unwrap()),
                _ => panic!("an unknown field: {text}"),
            }
        }
        if id.is_some() {
            self.last_id.clone_from(&id);
            self.ids.extend(id.clone());
        }
        if data.is_empty() {
            return None;
        }
        assert_eq!(data.len(), 1, "{text}");
        let event: Value = serde_json::from_str(data[0]).unwrap_or_else(|it| panic!("{it}: {text}"));
        assert_eq!(
            (event["specversion"].as_str(), event["type"].as_str()),
            (Some("1.0"), Some(name)),
            "{text}"
        );
        Some(Block { name: name.to_owned(), event, id })
    }
}
