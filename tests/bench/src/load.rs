//! The load: a closed loop on a fixed number of kept-alive HTTP/1.1 connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::tls::Tls;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Row {
    /// GET /api/tasks/{id}
    Get,
    /// GET /api/tasks?page_size=50
    List,
    /// POST /api/tasks
    Post,
}

impl Row {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Get => "GET one",
            Self::List => "LIST 50",
            Self::Post => "POST",
        }
    }
}

/// A gateway, and what is in it.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) gateway: SocketAddr,
    pub(crate) authorization: HeaderValue,
    pub(crate) tasks: Arc<Vec<String>>,
    pub(crate) tls: Option<Tls>,
}

/// How hard, and for how long.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
}

/// A kept-alive connection.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    target: Target,
    /// Which task is next; each connection begins elsewhere.
    next: usize,
}

impl Connection {
    pub(crate) async fn open(target: &Target, number: usize) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(target.gateway).await?;
        stream.set_nodelay(true)?;
        let sender = match &target.tls {
            None => sender(stream).await?,
            Some(tls) => sender(tls.connect(target.gateway.ip(), stream).await?).await?,
        };
        Ok(Self { sender, target: target.clone(), next: number.wrapping_mul(7_919) })
    }

    /// One request; its answer, read to the end.
    pub(crate) async fn send(&mut self, row: Row) -> anyhow::Result<Bytes> {
        self.next = self.next.wrapping_add(1);
        let (method, path, body) = match row {
            Row::Get => {
                let tasks = &self.target.tasks;
                let id = tasks.get(self.next % tasks.len().max(1)).context("no task was made yet")?;
                (Method::GET, format!("/api/tasks/{id}"), None)
            }
            Row::List => (Method::GET, "/api/tasks?page_size=50".to_owned(), None),
            Row::Post => (Method::POST, "/api/tasks".to_owned(), Some(new_task(self.next))),
        };
        self.ask(method, &path, body.map(Bytes::from)).await
    }

    /// One GET; its answer, read to the end.
    pub(crate) async fn get(&mut self, path: &str) -> anyhow::Result<Bytes> {
        self.ask(Method::GET, path, None).await
    }

    /// One DELETE of what the caller does not see; fails unless the answer is 404.
    pub(crate) async fn delete_unseen(&mut self, path: &str) -> anyhow::Result<Bytes> {
        self.ask(Method::DELETE, path, None).await
    }

    /// One POST; its answer, read to the end.
    pub(crate) async fn post(&mut self, path: &str, body: &serde_json::Value) -> anyhow::Result<Bytes> {
        self.ask(Method::POST, path, Some(body.to_string().into())).await
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<Bytes>) -> anyhow::Result<Bytes> {
        let accepts: &[StatusCode] = match method {
            Method::POST => &[StatusCode::CREATED, StatusCode::ACCEPTED],
            Method::DELETE => &[StatusCode::NOT_FOUND],
            _ => &[StatusCode::OK],
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "bench")
            .header(header::AUTHORIZATION, &self.target.authorization);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        self.sender.ready().await?;
        let request = request.body(Full::new(body.unwrap_or_default()))?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if !accepts.contains(&status) {
            bail!("{path} answered {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }
}

async fn sender(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

fn new_task(number: usize) -> String {
    format!(
        r#"{{"title":"Replace the uplink of rack {number}","priority":"high","assignee_id":"ada","department":"network","description":"The optics report errors since the last power cut; the spare is in the cabinet beside the door."}}"#
    )
}

/// What a run came to.
pub(crate) struct Outcome {
    /// Requests answered in the measured part.
    pub(crate) measured: u64,
    /// Requests answered before, within and after it.
    pub(crate) sent: u64,
    /// Microseconds, of the measured part.
    pub(crate) p50: u32,
    /// Microseconds, of the measured part.
    pub(crate) p99: u32,
}

/// Runs `row` against `target`; answers also what `probe` says where the measured part begins and where it ends.
pub(crate) async fn run<T>(
    load: Load,
    row: Row,
    target: &Target,
    probe: impl Fn() -> anyhow::Result<T>,
) -> anyhow::Result<(Outcome, T, T)> {
    let begin = Instant::now() + load.warm_up;
    let end = begin + load.measured;
    let mut loops = Vec::new();
    for number in 0..load.connections {
        let connection = Connection::open(target, number).await?;
        loops.push(tokio::spawn(repeat(connection, row, begin, end)));
    }
    tokio::time::sleep(begin.saturating_duration_since(Instant::now())).await;
    let before = probe()?;
    tokio::time::sleep(end.saturating_duration_since(Instant::now())).await;
    let after = probe()?;
    let (mut latencies, mut sent) = (Vec::new(), 0);
    for one in loops {
        let ended = tokio::time::timeout(Duration::from_secs(20), one).await;
        let (of_one, sent_by_one) = ended.context("an answer did not come within 20 s")???;
        latencies.extend(of_one);
        sent += sent_by_one;
    }
    latencies.sort_unstable();
    if latencies.is_empty() {
        bail!("no request was answered in the time measured");
    }
    let at = |percent: usize| latencies[(latencies.len() * percent / 100).min(latencies.len() - 1)];
    let measured = u64::try_from(latencies.len())?;
    Ok((Outcome { measured, sent, p50: at(50), p99: at(99) }, before, after))
}

/// Sends until `end`; answers the latencies since `begin`, in microseconds, and how many were sent in all.
async fn repeat(
    mut connection: Connection,
    row: Row,
    begin: Instant,
    end: Instant,
) -> anyhow::Result<(Vec<u32>, u64)> {
    let (mut latencies, mut sent) = (Vec::with_capacity(4_096), 0);
    loop {
        let asked = Instant::now();
        connection.send(row).await?;
        let answered = Instant::now();
        sent += 1;
        if answered >= end {
            return Ok((latencies, sent));
        }
        if answered >= begin {
            latencies.push(u32::try_from((answered - asked).as_micros()).unwrap_or(u32::MAX));
        }
    }
}

/// Makes tasks, and answers their ids.
pub(crate) async fn seed(target: &Target, count: usize) -> anyhow::Result<Vec<String>> {
    let mut makers = Vec::new();
    for number in 0..8 {
        let mut connection = Connection::open(target, number).await?;
        makers.push(tokio::spawn(async move {
            let mut ids = Vec::new();
            while ids.len() < count.div_ceil(8) {
                let task: serde_json::Value = serde_json::from_slice(&connection.send(Row::Post).await?)?;
                ids.push(task["id"].as_str().context("a task without an id")?.to_owned());
            }
            anyhow::Ok(ids)
        }));
    }
    let mut ids = Vec::new();
    for maker in makers {
        ids.extend(maker.await??);
    }
    Ok(ids)
}
