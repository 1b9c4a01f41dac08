//! A failed span says why: its status has a description, and causes that look alike to a caller are told apart.

use std::time::Duration;

use storage::testing::Postgres;
use telemetry::otlp::{AttributeValue, Span, SpanKind};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::harness::{Authority, Backend, Held, Product, Settings, eventually};
use crate::replicas::fleeting;

/// What a peer does with a connection.
#[derive(Clone, Copy)]
enum Peer {
    Hang,
    Reset,
    Close,
    /// Sends what is no TLS.
    Chat,
}

async fn peer(does: Peer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut kept: Vec<TcpStream> = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            match does {
                Peer::Hang => kept.push(stream),
                Peer::Reset => stream.set_zero_linger().unwrap(),
                Peer::Close => {}
                Peer::Chat => {
                    let _ =
                        stream.write_all(b"220 mail.example ESMTP ready, what can I do for you?\r\n").await;
                    kept.push(stream);
                }
            }
        }
    });
    address
}

/// The client span of a call of task-service, which is not there.
async fn failed_call(task_service: &str) -> Span {
    let directory = tempfile::tempdir().unwrap();
    let ca = Authority::new("nobody").write(directory.path(), "ca.pem");
    let of_gateway = [("CCM_TASK_SERVICE", task_service), ("CCM_GRPC_CA", &ca)];
    let of_gateway = of_gateway.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let settings = Settings { of_gateway, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let answer = product.user("ada").get("/api/tasks").await;
    assert_eq!(answer.status, 503, "{answer:?}");
    eventually("the client span", || async {
        let spans = product.collector.trace(answer.header("x-trace-id"));
        spans.into_iter().find(|it| it.kind == SpanKind::Client)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_peer_did_not_answer_is_in_the_span_of_the_call() {
    let nobody = Held::new();
    for (address, error_type, description) in [
        (format!("http://{}", nobody.address), "connection_refused", "connection refused"),
        (format!("http://{}", peer(Peer::Hang).await), "timeout", "no answer in time"),
        (format!("http://{}", peer(Peer::Reset).await), "connection_reset", "connection reset"),
        (format!("http://{}", peer(Peer::Close).await), "connection_closed", "connection closed by the peer"),
        (format!("https://{}", peer(Peer::Chat).await), "tls", "TLS handshake failed"),
        ("http://nobody.invalid:1".to_owned(), "name_not_found", "host name not found"),
        ("dns:nobody.invalid:1".to_owned(), "name_not_found", "host name not found"),
    ] {
        let span = failed_call(&address).await;
        assert_eq!((span.failed(), span.description.as_str()), (true, description), "{address}");
        assert_eq!(span.attributes["error.type"], error_type, "{address}");
        assert_eq!(span.attributes["rpc.status_code"], "UNAVAILABLE");
        assert_eq!(span.attributes["ccm.error.reason"], "SERVICE_UNAVAILABLE");
        assert_eq!(span.attributes["peer.service"], "task-service");
        let host = address.rsplit_once(':').unwrap().0.rsplit(['/', ':']).next().unwrap();
        assert_eq!(span.attributes["server.address"], host);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_names_the_replica_that_answered_and_not_the_first_of_the_list() {
    let settings = Settings {
        worker_service: Some(|address| format!("http://localhost:{},http://{address}", fleeting().port())),
        ..Settings::default()
    };
    let mut product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    for _ in 0..4 {
        assert_eq!(product.user("ada").get("/api/workers").await.status, 200);
    }
    product.stop().await;
    let spans = product.collector.spans();
    let calls: Vec<&Span> =
        spans.iter().filter(|it| it.name == "ccm.worker.v1.WorkerService/ListWorkers").collect();
    let calls: Vec<&&Span> = calls.iter().filter(|it| it.kind == SpanKind::Client).collect();
    assert_eq!(calls.len(), 4);
    let port = AttributeValue::Integer(product.workers_address.port().into());
    for call in &calls {
        assert_eq!((&call.attributes["server.port"], &call.attributes["network.peer.port"]), (&port, &port));
        assert_eq!(call.attributes["server.address"], "127.0.0.1");
        assert_eq!(call.attributes["network.peer.address"], "127.0.0.1");
    }
    let resent = calls.iter().filter(|it| it.attributes.contains_key("ccm.resend_count"));
    assert!(resent.count() > 0, "no call met the replica that answers none");
}

/// Passes TCP connections on to the socket of a PostgreSQL server.
struct Relay {
    end: oneshot::Sender<()>,
    passing: JoinHandle<()>,
}

impl Relay {
    /// Refuses connections from now on, and has ended those that there were.
    async fn end(self) {
        self.end.send(()).unwrap();
        self.passing.await.unwrap();
    }
}

/// The URL of the same database by TCP.
async fn relay(url: &str) -> (String, u16, Relay) {
    let (directory, name) = url.split_once('@').unwrap().1.split_once('/').unwrap();
    let socket = format!("{}/.s.PGSQL.5432", directory.replace("%2F", "/"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (end, mut ended) = oneshot::channel();
    let passing = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let mut client = tokio::select! {
                _ = &mut ended => break,
                accepted = listener.accept() => accepted.unwrap().0,
            };
            let mut server = UnixStream::connect(&socket).await.unwrap();
            connections.spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
        drop(listener);
        connections.shutdown().await;
    });
    (format!("postgres://ccm@127.0.0.1:{port}/{name}"), port, Relay { end, passing })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_down_is_told_by_its_cause() {
    let fresh = Postgres::shared().await.create_database().await;
    let (url, port, relay) = relay(&fresh).await;
    let settings = Settings { worker_database: Some(url), ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let user = product.user("ada");
    let answer = user.get("/api/workers").await;
    assert_eq!(answer.status, 200);
    let statement = eventually("the span of a statement", || async {
        let spans = product.collector.trace(answer.header("x-trace-id"));
        spans.into_iter().find(|it| it.name == "SELECT workers")
    })
    .await;
    let name = fresh.rsplit('/').next().unwrap();
    assert_eq!(statement.attributes["db.namespace"], name);
    assert_eq!(statement.attributes["db.system.name"], "postgresql");
    assert_eq!(statement.attributes["db.query.summary"], "SELECT workers");
    assert_eq!(statement.attributes["server.address"], "127.0.0.1");
    assert_eq!(statement.attributes["server.port"], AttributeValue::Integer(port.into()));
    relay.end().await;
    let answer = user.get("/api/workers").await;
    assert_eq!(answer.status, 503, "{answer:?}");
    let span = eventually("the wait for a connection", || async {
        let spans = product.collector.trace(answer.header("x-trace-id"));
        spans.into_iter().find(|it| it.name == "acquire connection" && it.failed())
    })
    .await;
    assert_eq!(span.attributes["error.type"], "connection_refused", "{span:?}");
    assert_eq!(span.description, "connection refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_that_a_database_answers_is_in_the_span_of_the_statement() {
    use storage::sqlx::{self, Connection as _, PgConnection};
    let product = Product::start_with(Backend::Postgres, &[]).await;
    let worker = product.worker().await;
    let mut holder = PgConnection::connect(&product.worker_database.url).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT id FROM workers FOR UPDATE").execute(&mut holder).await.unwrap();
    let change = serde_json::json!({"name": "locked"});
    let answer = product.admin().patch(&format!("/api/workers/{worker}"), &change).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.text("detail"), "worker-service cannot use its database: lock timeout");
    let find = |name: &'static str| {
        let (collector, trace_id) = (&product.collector, answer.header("x-trace-id"));
        eventually(name, move || async move {
            collector.trace(trace_id).into_iter().find(|it| it.name == name && it.failed())
        })
    };
    let statement = find("SELECT workers").await;
    assert_eq!(statement.attributes["db.response.status_code"], "55P03");
    assert_eq!(statement.attributes["error.type"], "55P03");
    assert_eq!(statement.description, "lock timeout");
    let request = find("PATCH /api/workers/{id}").await;
    assert_eq!(request.attributes["error.type"], "503");
    assert_eq!(request.attributes["http.response.status_code"], AttributeValue::Integer(503));
    assert_eq!(
        (request.description.as_str(), &request.attributes["ccm.error.reason"]),
        ("DATABASE_UNAVAILABLE", &AttributeValue::Text("DATABASE_UNAVAILABLE".to_owned()))
    );
    tokio::time::timeout(Duration::from_secs(5), holder.close()).await.unwrap().unwrap();
}
