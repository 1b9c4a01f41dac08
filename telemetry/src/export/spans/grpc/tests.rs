//! What failures the exporter repeats, and what it sends. transient/tests.rs has its errors, tests/e2e/otel.rs its settings.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tonic::Response;
use tonic::transport::ClientTlsConfig;
use tonic::transport::server::TcpIncoming;
use tonic_types::ErrorDetails;

use super::*;
use crate::export::otlp::grpc_channel;
use crate::export::otlp::tests::plain;
use crate::export::transient::is_transient;

const LONG: Duration = Duration::from_secs(30);

impl GrpcExporter {
    pub(in crate::export) fn for_test(endpoint: &str, timeout: Duration, retries: u32) -> Self {
        let settings = plain(endpoint, timeout);
        let channel = grpc_channel(&settings, ClientTlsConfig::new(), None).unwrap();
        Self { retries, ..Self::new(&settings, channel) }
    }
}

/// Gives the answers in turn, then takes everything.
#[derive(Clone)]
struct Receiver(Arc<Mutex<Vec<Status>>>);

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        _: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        match self.0.lock().unwrap().pop() {
            Some(status) => Err(status),
            None => Ok(Response::new(ExportTraceServiceResponse::default())),
        }
    }
}

/// Exports to a receiver that answers with the statuses, and says how many of them it has not given.
async fn export_to(answers: Vec<Status>) -> (OTelSdkResult, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Without a scheme.
    let endpoint = listener.local_addr().unwrap().to_string();
    let receiver = Receiver(Arc::new(Mutex::new(answers)));
    let server = tonic::transport::Server::builder().add_service(TraceServiceServer::new(receiver.clone()));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let sent = GrpcExporter::for_test(&endpoint, LONG, RETRIES).export(&Bytes::new()).await;
    let left = receiver.0.lock().unwrap().len();
    (sent, left)
}

fn exhausted(retry_after: Option<Duration>) -> Status {
    let details = ErrorDetails::with_retry_info(retry_after);
    let details = if retry_after.is_some() { details } else { ErrorDetails::new() };
    Status::with_error_details(Code::ResourceExhausted, "too much", details)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_may_pass_is_repeated_three_times() {
    let (sent, left) = export_to(vec![Status::unavailable("away"); 3]).await;
    assert!(sent.is_ok() && left == 0, "{sent:?}, {left} left");
    let (sent, left) = export_to(vec![Status::unavailable("away"); 5]).await;
    assert!(sent.is_err() && left == 1, "{sent:?}, {left} left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_is_not_repeated() {
    let (sent, left) = export_to(vec![Status::invalid_argument("no"); 2]).await;
    assert!(sent.is_err() && left == 1, "{sent:?}, {left} left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_with_too_much_to_do_is_asked_again_only_when_it_says_when() {
    let (sent, left) = export_to(vec![exhausted(None); 2]).await;
    assert!(sent.is_err() && left == 1, "{sent:?}, {left} left");
    let pause = Duration::from_millis(300);
    let began = Instant::now();
    let (sent, left) = export_to(vec![exhausted(Some(pause))]).await;
    assert!(sent.is_ok() && left == 0 && began.elapsed() >= pause, "{sent:?}, {left} left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_asks_for_a_pause_does_not_reject_the_batch() {
    let (sent, left) = export_to(vec![exhausted(None); 2]).await;
    assert!(left == 1 && !is_transient(&sent.unwrap_err()));
    // Longer than an export may take.
    let (sent, left) = export_to(vec![exhausted(Some(LONG * 2)); 2]).await;
    let error = sent.unwrap_err();
    assert!(left == 1 && is_transient(&error), "{error}, {left} left");
    assert!(error.to_string().ends_with("the receiver asks for a pause of 60.0 s"), "{error}");
}

/// A receiver that answers with a head, and then answers only pings.
async fn silent_after_the_head() -> String {
    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    /// `:status: 200` and the name of `content-type`, both by their index of HPACK.
    const HEAD: &[u8] = b"\x88\x5f\x10application/grpc";
    const PREFACE_BYTES: usize = 24;
    const HEADERS: u8 = 1;
    const PING: u8 = 6;
    const PING_BYTES: usize = 8;
    const ACK: u8 = 1;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        client.write_all(SETTINGS).await.unwrap();
        let mut read = Vec::new();
        let mut frame = PREFACE_BYTES;
        loop {
            while let Some(header) = read.get(frame..frame + 9) {
                if header[3] == PING && header[4] != ACK {
                    let Some(opaque) = read.get(frame + 9..frame + 9 + PING_BYTES) else { break };
                    client.write_all(&[&[0, 0, 8, PING, ACK, 0, 0, 0, 0], opaque].concat()).await.unwrap();
                }
                if header[3] == HEADERS {
                    let head = [&[0, 0, u8::try_from(HEAD.len()).unwrap(), HEADERS, 4, 0, 0, 0, 1], HEAD];
                    client.write_all(&head.concat()).await.unwrap();
                }
                let [_, middle, low, ..] = *header else { unreachable!() };
                frame += 9 + usize::from(middle) * 256 + usize::from(low);
            }
            if client.read_buf(&mut read).await.unwrap() == 0 {
                return;
            }
        }
    });
    endpoint
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_silent_after_the_head_of_its_answer_is_not_waited_for_longer_than_any_other() {
    let exporter = GrpcExporter::for_test(&silent_after_the_head().await, Duration::from_secs(3), 0);
    let request = Bytes::new();
    let sent = tokio::time::timeout(LONG, exporter.export(&request)).await.expect("an end").unwrap_err();
    assert!(sent.to_string().contains("DeadlineExceeded"), "{sent}");
}
