//! What clients can take of a gRPC server, over HTTP/2 as any client may speak it, and whether others are served meanwhile.

mod calls;
mod connections;
mod health;

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use h2::client::{Builder, ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use telemetry::audit::Who;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::{Code, Status};

use super::*;
use crate::admission::{Admission, Identified, Waits};

const DEADLINE: Duration = Duration::from_secs(10);
const GET: &str = "/ccm.task.v1.TaskService/GetTask";
const CHECK: &str = "/grpc.health.v1.Health/Check";
const WATCH: &str = "/grpc.health.v1.Health/Watch";
/// The size of an answer of the test service.
const ANSWER: usize = 600_000;

/// Takes `NAME` for a token, and `process` for one of a process.
#[derive(Clone)]
struct Names;

#[derive(Clone)]
struct Name(String);

impl Identified for Name {
    fn sub(&self) -> Arc<str> {
        self.0.as_str().into()
    }

    fn who(&self) -> Who {
        Who { sub: self.0.as_str().into(), ..Who::default() }
    }

    fn is_process(&self) -> bool {
        self.0 == "process"
    }

    fn on_behalf_of(&self, _: &HeaderMap) -> Option<String> {
        None
    }
}

impl Authenticate for Names {
    type Caller = Name;
    type Refusal = Status;

    async fn authenticate(&self, headers: &HeaderMap, _: &Waits) -> Admission<Self> {
        let name = headers.get("authorization").and_then(|it| it.to_str().ok());
        name.map(|it| Name(it.to_owned())).ok_or_else(|| Status::unauthenticated("no token"))
    }
}

/// A service that reads the message and answers with many bytes, or, to a message of `wait`, waits before; to one of `hang`, it does not
/// answer. Calls at the same time are executed side by side.
#[derive(Clone, Default)]
struct Tasks {
    /// The calls whose message it has read.
    executed: Arc<AtomicUsize>,
}

impl tonic::server::NamedService for Tasks {
    const NAME: &'static str = "ccm.task.v1.TaskService";
}

impl tower::Service<Request<tonic::body::Body>> for Tasks {
    type Response = Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<tonic::body::Body>) -> Self::Future {
        let executed = self.executed.clone();
        Box::pin(async move {
            let message = match request.into_body().collect().await {
                Ok(message) => message.to_bytes(),
                Err(status) => return Ok(status.into_http()),
            };
            executed.fetch_add(1, Ordering::SeqCst);
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            if message == "hang" {
                std::future::pending::<()>().await;
            }
            if message == "wait" {
                tokio::time::sleep(DEADLINE).await;
            }
            let trailers = async { Some(Ok(HeaderMap::from_iter([(Status::GRPC_STATUS, 0.into())]))) };
            let body = Full::new(Bytes::from(vec![0; ANSWER])).with_trailers(trailers);
            Ok(Response::new(tonic::body::Body::new(body.map_err(|it| match it {}))))
        })
    }
}

/// Limits that no test reaches, with those that one sets.
fn limits() -> ConnectionOptions {
    ConnectionOptions {
        tls: None,
        max_age: DEADLINE * 10,
        limits: ConnectionLimits::of(1_000),
        idle_timeout: DEADLINE * 10,
        write_timeout: DEADLINE * 10,
        stream_timeout: DEADLINE * 10,
        calls: CallLimits {
            calls: 1_000,
            calls_per_caller: 0,
            bytes: usize::MAX,
            bytes_per_caller: 0,
            message_bytes: 1_000_000,
            message_timeout: DEADLINE * 10,
        },
    }
}

async fn serve(options: ConnectionOptions) -> SocketAddr {
    serve_tasks(options, Tasks::default()).await
}

async fn serve_tasks(options: ConnectionOptions, tasks: Tasks) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = GrpcServer::new(
        "task-service",
        "0.0.0 (test)",
        Names,
        proto::DESCRIPTORS,
        &["ccm.task.v1.TaskService"],
    );
    let server = server.unwrap().with(tasks);
    let health = HealthCheck { check: || std::future::ready(Ok(())), changed: std::future::pending };
    tokio::spawn(server.serve(listener, options, health, Shutdown::new(), Shutdown::new()));
    address
}

/// A connection of a client that takes `window` bytes of each answer until it reads.
struct Client {
    sender: SendRequest<Bytes>,
    connection: JoinHandle<Result<(), h2::Error>>,
}

impl Client {
    async fn connect(server: SocketAddr) -> Self {
        Self::connect_from(Ipv4Addr::LOCALHOST, server, 65_535).await
    }

    async fn connect_from(address: Ipv4Addr, server: SocketAddr, window: u32) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((address, 0).into()).unwrap();
        Self::over(socket.connect(server).await.unwrap(), window).await
    }

    async fn over(stream: TcpStream, window: u32) -> Self {
        let mut builder = Builder::new();
        builder.initial_window_size(window).initial_connection_window_size(16 * 1024 * 1024);
        let (sender, connection) = builder.handshake(stream).await.unwrap();
        Self { sender, connection: tokio::spawn(connection) }
    }

    /// Begins a call; the message is not complete before its stream is ended.
    async fn begin(&mut self, name: Option<&str>, path: &str) -> (ResponseFuture, SendStream<Bytes>) {
        let request = Request::post(format!("http://localhost{path}"))
            .header("content-type", "application/grpc")
            .header("grpc-timeout", "9H");
        let request = name.into_iter().fold(request, |it, name| it.header("authorization", name));
        let mut sender = self.sender.clone().ready().await.unwrap();
        sender.send_request(request.body(()).unwrap(), false).unwrap()
    }

    /// Makes a call with a message. The answer's body, which waits to be read.
    async fn call(
        &mut self,
        name: Option<&str>,
        message: &'static str,
    ) -> Result<RecvStream, (Code, String)> {
        self.call_method(name, GET, Bytes::from_static(message.as_bytes())).await
    }

    async fn call_method(
        &mut self,
        name: Option<&str>,
        path: &str,
        message: Bytes,
    ) -> Result<RecvStream, (Code, String)> {
        let (answer, mut body) = self.begin(name, path).await;
        body.send_data(message, true).unwrap();
        outcome(answer).await
    }

    /// Waits until the server has closed the connection.
    async fn closed(self) {
        timeout(DEADLINE, self.connection).await.expect("the connection is closed").unwrap().ok();
    }
}

/// The body of an answer, or the status in its head.
async fn outcome(answer: ResponseFuture) -> Result<RecvStream, (Code, String)> {
    let answer = timeout(DEADLINE, answer).await.expect("an answer");
    let answer = answer.map_err(|error| (Code::Unavailable, error.to_string()))?;
    match Status::from_header_map(answer.headers()) {
        Some(status) => Err((status.code(), status.message().to_owned())),
        None => Ok(answer.into_body()),
    }
}

/// Reads an answer to its end; the number of bytes.
async fn read(mut body: RecvStream) -> Option<usize> {
    let mut bytes = 0;
    while let Some(data) = timeout(DEADLINE, body.data()).await.expect("more of the answer") {
        let length = data.ok()?.len();
        body.flow_control().release_capacity(length).ok()?;
        bytes += length;
    }
    Some(bytes)
}

/// Makes a call as a client that behaves well; whether it was answered.
async fn is_served(client: &mut Client, name: &str) -> bool {
    match client.call(Some(name), "").await {
        Ok(answer) => read(answer).await == Some(ANSWER),
        Err(_) => false,
    }
}
