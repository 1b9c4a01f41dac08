//! One client takes what it can of a process: connections, places, memory. Others are served meanwhile. docs/limits.md lists
//! the limits.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use access::Role;
use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use proto::task::v1::ListTasksRequest;
use proto::task::v1::task_service_client::TaskServiceClient;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tonic::{Code, Status};

use crate::harness::{Backend, Client, DEADLINE, Product, Settings, Watcher, authorized, eventually, reason};

const LIST: &str = "/ccm.task.v1.TaskService/ListTasks";

fn settings(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
}

async fn with_services(of_services: &[(&str, &str)]) -> Product {
    let settings = Settings { of_services: settings(of_services), ..Settings::default() };
    Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await
}

async fn connect_from(address: Ipv4Addr, server: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((address, 0).into()).unwrap();
    socket.connect(server).await.unwrap()
}

/// A kept connection that has asked for something; whether it was answered before it was closed.
async fn ask(stream: &mut TcpStream, path: &str, token: Option<&str>) -> bool {
    let token = token.map(|it| format!("authorization: Bearer {it}\r\n")).unwrap_or_default();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{token}\r\n");
    let mut answer = [0; 1024];
    let asked = async {
        stream.write_all(request.as_bytes()).await?;
        stream.read(&mut answer).await
    };
    let asked = tokio::time::timeout(DEADLINE, asked).await.expect("an answer, or an end");
    asked.is_ok_and(|read| answer[..read].starts_with(b"HTTP/1.1 200"))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_does_not_hold_all_connections_of_the_gateway() {
    let limits = [("CCM_MAX_CONNECTIONS", "32"), ("CCM_MAX_CONNECTIONS_PER_ADDRESS", "16")];
    let product = Product::start_with(Backend::Sqlite, &limits).await;
    let token = product.token("ada", &[], None);
    // Health checks on kept connections, which have shown no token.
    let mut held = Vec::new();
    for _ in 0..40 {
        let mut stream = connect_from(Ipv4Addr::LOCALHOST, product.gateway_address).await;
        assert!(ask(&mut stream, "/livez", None).await, "a health check waits");
        held.push(stream);
    }
    // A user with as many connections as there are.
    let (mut answered, mut of_user) = (0, Vec::new());
    for _ in 0..40 {
        let mut stream = connect_from(Ipv4Addr::LOCALHOST, product.gateway_address).await;
        answered += usize::from(ask(&mut stream, "/api/me", Some(&token)).await);
        of_user.push(stream);
    }
    assert_eq!(answered, 16);
    let mut other = connect_from(Ipv4Addr::new(127, 0, 0, 2), product.gateway_address).await;
    assert!(ask(&mut other, "/livez", None).await && ask(&mut other, "/api/me", Some(&token)).await);
}

/// A client of HTTP/2 with small windows, which makes calls as it likes.
#[derive(Clone)]
struct Hostile {
    sender: http2::SendRequest<BoxBody<Bytes, Infallible>>,
    connection: Arc<JoinHandle<hyper::Result<()>>>,
}

impl Hostile {
    async fn connect(server: SocketAddr) -> Self {
        let stream = TokioIo::new(TcpStream::connect(server).await.unwrap());
        let mut builder = http2::Builder::new(TokioExecutor::new());
        let (sender, connection) = builder.initial_stream_window_size(1_024).handshake(stream).await.unwrap();
        Self { sender, connection: Arc::new(tokio::spawn(connection)) }
    }

    async fn call(
        &mut self,
        path: &str,
        token: Option<&str>,
        body: BoxBody<Bytes, Infallible>,
    ) -> Result<http::Response<Incoming>, hyper::Error> {
        let request = http::Request::post(format!("http://localhost{path}"))
            .header("content-type", "application/grpc")
            .header("grpc-timeout", "9H");
        let request = token
            .into_iter()
            .fold(request, |it, token| it.header("authorization", format!("Bearer {token}")));
        let answer = self.sender.send_request(request.body(body).unwrap());
        tokio::time::timeout(DEADLINE, answer).await.expect("an answer")
    }
}

/// A message of this many bytes.
fn message(bytes: usize) -> Bytes {
    let mut message = BytesMut::new();
    message.put_u8(0);
    message.put_u32(u32::try_from(bytes).unwrap());
    message.put_bytes(0, bytes);
    message.freeze()
}

/// A message that ends, and one that never does.
fn whole(message: Bytes) -> BoxBody<Bytes, Infallible> {
    Full::new(message).boxed()
}

fn without_end(beginning: Bytes) -> BoxBody<Bytes, Infallible> {
    use futures_util::StreamExt as _;
    let first = futures_util::stream::iter([Ok(Frame::data(beginning))]);
    http_body_util::BodyExt::boxed(StreamBody::new(first.chain(futures_util::stream::pending())))
}

/// A caller that behaves well lists tasks.
async fn is_served(product: &Product) {
    let answer = product.user("bob").get("/api/tasks?page_size=1").await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_do_not_end_have_a_time_and_a_share_whatever_the_deadline_of_their_calls() {
    let limits = [
        ("CCM_REQUEST_TIMEOUT", "4s"),
        ("CCM_MAX_UNTAKEN_BYTES_PER_CALLER", "16777216"),
        ("CCM_MAX_BODY_BYTES", "2097152"),
    ];
    let product = with_services(&limits).await;
    let token = product.token("ada", &[], None);
    // The service waits for a last byte.
    let beginning = message(2_000_000).slice(..1_999_999);
    let calls = (0..16).map(|_| async {
        let mut client = Hostile::connect(product.tasks_address).await;
        let answer = client.call(LIST, Some(&token), without_end(beginning.clone())).await.unwrap();
        let status = Status::from_header_map(answer.headers()).expect("a status");
        (status.code(), reason(&status))
    });
    let statuses = futures_util::future::join_all(calls).await;
    is_served(&product).await;
    let count = |code, reason: &str| statuses.iter().filter(|it| it.0 == code && it.1 == reason).count();
    // The share has room for eight at most.
    let timed_out = count(Code::DeadlineExceeded, "BODY_TIMEOUT");
    let over_share = count(Code::ResourceExhausted, "RATE_LIMITED");
    assert!(timed_out >= 1 && over_share >= 8 && timed_out + over_share == 16, "{statuses:?}");
}

/// The framed message of a list of eighty tasks.
fn list_of_eighty() -> Bytes {
    let list =
        prost::Message::encode_to_vec(&ListTasksRequest { page_size: 80, ..ListTasksRequest::default() });
    let mut request = BytesMut::new();
    request.put_u8(0);
    request.put_u32(u32::try_from(list.len()).unwrap());
    request.extend_from_slice(&list);
    request.freeze()
}

async fn create_eighty_large_tasks(product: &Product) {
    let body = json!({"title": "large", "description": "\u{1f4a1}".repeat(10_000)});
    for _ in 0..80 {
        assert_eq!(product.user("ada").post("/api/tasks", &body).await.status, 201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_takes_have_a_share_and_their_bytes_are_free_when_the_connection_ends() {
    // No connection is cut while the test runs.
    let limits = [("CCM_WRITE_TIMEOUT", "10m"), ("CCM_MAX_UNTAKEN_BYTES_PER_CALLER", "16777216")];
    let product = with_services(&limits).await;
    create_eighty_large_tasks(&product).await;
    let token = product.token("ada", &[], None);
    let client = Hostile::connect(product.tasks_address).await;
    let calls = (0..10).map(|_| {
        let (mut client, token) = (client.clone(), token.clone());
        async move { client.call(LIST, Some(&token), whole(list_of_eighty())).await.unwrap() }
    });
    let (mut untaken, mut over_share) = (Vec::new(), 0);
    for answer in futures_util::future::join_all(calls).await {
        match Status::from_header_map(answer.headers()) {
            None => untaken.push(answer),
            Some(status) => {
                assert_eq!((status.code(), &*reason(&status)), (Code::ResourceExhausted, "RATE_LIMITED"));
                over_share += 1;
            }
        }
    }
    // 3.2 MB each.
    assert_eq!((untaken.len(), over_share), (5, 5));
    is_served(&product).await;
    client.connection.abort();
    drop((client, untaken));
    let tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address))
        .max_decoding_message_size(8 * 1024 * 1024);
    let list = ListTasksRequest { page_size: 80, ..ListTasksRequest::default() };
    eventually("the bytes are free again", async || {
        tasks.clone().list_tasks(authorized(list.clone(), &token)).await.ok()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_takes_ends_with_its_connection() {
    let product = with_services(&[("CCM_WRITE_TIMEOUT", "1s")]).await;
    create_eighty_large_tasks(&product).await;
    let token = product.token("ada", &[], None);
    let mut client = Hostile::connect(product.tasks_address).await;
    let untaken = client.call(LIST, Some(&token), whole(list_of_eighty())).await.unwrap();
    assert!(Status::from_header_map(untaken.headers()).is_none());
    eventually("the connection is closed", || {
        std::future::ready(client.connection.is_finished().then_some(()))
    })
    .await;
    is_served(&product).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_who_have_the_share_of_an_address_do_not_keep_a_gateway_out_that_is_there_too() {
    let product = with_services(&[("CCM_MAX_CONNECTIONS_PER_ADDRESS", "16")]).await;
    let token = product.token("ada", &[], None);
    let mut of_user = Vec::new();
    for _ in 0..16 {
        let mut client = Hostile::connect(product.tasks_address).await;
        let answer = client.call(LIST, Some(&token), whole(message(0))).await.unwrap();
        assert!(Status::from_header_map(answer.headers()).is_none());
        of_user.push(client);
    }
    let mut one_more = Hostile::connect(product.tasks_address).await;
    let refused = one_more.call(LIST, Some(&token), whole(message(0))).await.unwrap();
    let status = Status::from_header_map(refused.headers()).unwrap();
    assert_eq!((status.code(), &*reason(&status)), (Code::ResourceExhausted, "RATE_LIMITED"));
    let gateway = product.another_gateway("127.0.0.1:0").await;
    let address = gateway.listening("gateway").await;
    let bob = Client::new(&format!("http://{address}"), Some(&product.token("bob", &[Role::User], None)));
    let answer = bob.get("/api/tasks").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(of_user.iter().all(|it| !it.connection.is_finished()));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_without_calls_leave_descriptors_for_the_gateway() {
    let limited = ["prlimit", "--nofile=256:256"];
    let settings = Settings {
        // The gateway has to connect again and again.
        of_services: settings(&[("CCM_MAX_CONNECTION_AGE", "500ms")]),
        clients_by: limited.map(ToOwned::to_owned).to_vec(),
        ..Settings::default()
    };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let (server, opened) = (product.tasks_address, Arc::new(AtomicUsize::new(0)));
    let attack = tokio::spawn({
        let opened = opened.clone();
        async move {
            let mut idle = VecDeque::new();
            loop {
                if let Ok(mut stream) = TcpStream::connect(server).await {
                    let _ = stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
                    // As fast as the service takes connections, on whatever machine.
                    let _ = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut [0; 64])).await;
                    idle.push_back(stream);
                    opened.fetch_add(1, Ordering::Relaxed);
                }
                if idle.len() > 400 {
                    idle.pop_front();
                }
            }
        }
    });
    // Several times as many as the service has descriptors, and as many requests as the gateway has to connect for.
    let mut answered = 0;
    let attacked = async {
        while opened.load(Ordering::Relaxed) < 1_000 || answered < 40 {
            is_served(&product).await;
            answered += 1;
        }
    };
    tokio::time::timeout(DEADLINE * 2, attacked).await.expect("the attack goes on");
    attack.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_without_a_token_have_no_lines_of_their_own_beyond_a_rate() {
    const CALLS: usize = 1_500;
    let product = Product::start().await;
    let mut client = Hostile::connect(product.tasks_address).await;
    let token = product.token("ada", &[], None);
    let known = client.call(LIST, Some(&token), whole(message(0))).await.unwrap();
    assert!(Status::from_header_map(known.headers()).is_none());
    // The connection has shown a token, so it stays open.
    let calls = (0..CALLS).map(|_| {
        let mut client = client.clone();
        async move {
            let answer = client.call(LIST, None, whole(message(0))).await.unwrap();
            Status::from_header_map(answer.headers()).map(|it| it.code())
        }
    });
    let statuses = futures_util::future::join_all(calls).await;
    assert!(statuses.iter().all(|it| *it == Some(Code::Unauthenticated)));
    is_served(&product).await;
    let is_line = |line: &str| line.contains("authentication refused");
    let lines = product.tasks.lines().all().into_iter().filter(|it| is_line(it.as_str())).count();
    assert!(lines < CALLS / 2, "{lines} lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_without_a_token_end_with_their_connection_beyond_a_rate() {
    let product = Product::start().await;
    let mut stream = TcpStream::connect(product.gateway_address).await.unwrap();
    let (mut answer, mut refused) = (vec![0; 4096], 0);
    loop {
        stream.write_all(b"GET /api/tasks HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let read =
            tokio::time::timeout(DEADLINE, stream.read(&mut answer)).await.expect("an answer").unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).to_ascii_lowercase();
        assert!(answer.starts_with("http/1.1 401"), "{answer}");
        refused += 1;
        if answer.contains("connection: close") {
            break;
        }
        assert!(refused < 1_000, "requests without a token have no end");
    }
    assert!(refused > 200, "{refused}");
    is_served(&product).await;
}
