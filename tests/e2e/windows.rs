//! How much a client of HTTP/2 may send before anything of it is read.

use access::Role;
use bytes::Bytes;
use h2::SendStream;
use h2::client::{ResponseFuture, SendRequest};
use http::Request;
use tokio::net::TcpStream;

use crate::harness::{DEADLINE, Product};

/// Of a request, and of a connection.
const WINDOWS: (usize, usize) = (64 * 1024, 256 * 1024);

async fn begin(
    sender: &mut SendRequest<Bytes>,
    path: &str,
    token: &str,
) -> (ResponseFuture, SendStream<Bytes>) {
    let content_type = if path.starts_with("/api") { "application/json" } else { "application/grpc" };
    let request = Request::post(format!("http://localhost{path}"))
        .header("content-type", content_type)
        .header("authorization", format!("Bearer {token}"));
    let mut sender = sender.clone().ready().await.unwrap();
    sender.send_request(request.body(()).unwrap(), false).unwrap()
}

/// Waits for an answer, before which the client has sent and taken everything else.
async fn round_trip(sender: &mut SendRequest<Bytes>) {
    let (answer, mut body) = begin(sender, "/nothing", "").await;
    body.send_data(Bytes::new(), true).unwrap();
    tokio::time::timeout(DEADLINE, answer).await.expect("an answer").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_can_have_waiting_before_it_is_read_is_small() {
    let product = Product::start().await;
    let token = product.token("ada", &[Role::User], None);
    for (server, path) in [
        (product.gateway_address, "/api/tasks"),
        (product.tasks_address, "/ccm.task.v1.TaskService/GetTask"),
        (product.workers_address, "/ccm.worker.v1.WorkerService/GetWorker"),
    ] {
        let stream = TcpStream::connect(server).await.unwrap();
        let (mut sender, connection) = h2::client::handshake(stream).await.unwrap();
        let _connection = tokio::spawn(connection);
        round_trip(&mut sender).await;
        let mut held = Vec::new();
        for _ in 0..8 {
            let (answer, mut body) = begin(&mut sender, path, &token).await;
            body.reserve_capacity(1024 * 1024);
            held.push((answer, body));
        }
        round_trip(&mut sender).await;
        let rooms: Vec<usize> = held.iter().map(|(_, body)| body.capacity()).collect();
        assert!(rooms.iter().all(|it| *it <= WINDOWS.0), "{server}: {rooms:?} bytes of requests");
        assert_eq!(rooms.iter().sum::<usize>(), WINDOWS.1, "{server}: {rooms:?} bytes of a connection");
    }
}
