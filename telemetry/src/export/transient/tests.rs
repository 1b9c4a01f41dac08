//! The errors of the real exporters, over gRPC and HTTP, against receivers that fail in every way. An update of
//! opentelemetry-otlp that changes the text of its errors fails here.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use opentelemetry_otlp::{RetryPolicy, WithExportConfig as _, WithHttpConfig as _, WithTonicConfig as _};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::SpanExporter as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Notify;
use tonic::transport::ClientTlsConfig;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};

use super::is_transient;
use crate::export::otlp::grpc_channel;
use crate::export::otlp::tests::plain;
use crate::export::spans::grpc::GrpcExporter;

/// For receivers that answer, however busy the machine is.
const LONG: Duration = Duration::from_secs(30);
/// For receivers that never answer.
const SHORT: Duration = Duration::from_millis(200);

/// How a receiver fails to answer.
#[derive(Clone, Copy, Debug)]
enum Failure {
    RefusesConnections,
    Hangs,
    /// Closes the connection without reading from it.
    ClosesConnections,
}

impl Failure {
    fn timeout(self) -> Duration {
        match self {
            Self::Hangs => SHORT,
            Self::RefusesConnections | Self::ClosesConnections => LONG,
        }
    }
}

const FAILURES: [Failure; 3] = [Failure::RefusesConnections, Failure::Hangs, Failure::ClosesConnections];

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_is_transient_over_grpc() {
    for failure in FAILURES {
        for sent in over_grpc(receiver(failure).await, failure.timeout()).await {
            let error = sent.unwrap_err();
            assert!(is_transient(&error), "{failure:?}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_is_transient_over_http() {
    for failure in FAILURES {
        let error = over_http(receiver(failure).await, failure.timeout()).await.unwrap_err();
        assert!(is_transient(&error), "{failure:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_killed_during_a_call_is_transient() {
    let (listener, endpoint) = listen().await;
    let listener = listener.into_std().unwrap();
    let (runtime, asked) = (tokio::runtime::Runtime::new().unwrap(), Arc::new(Notify::new()));
    let receiver = Receiver { answer: None, asked: asked.clone() };
    runtime.spawn(async { serve(TcpListener::from_std(listener).unwrap(), receiver).await });
    let kill = async {
        // Both exporters wait for the answer.
        asked.notified().await;
        asked.notified().await;
        runtime.shutdown_background();
    };
    let (sent, ()) = tokio::join!(over_grpc(endpoint, LONG), kill);
    for sent in sent {
        let error = sent.unwrap_err();
        assert!(is_transient(&error) && !error.to_string().contains("Timeout"), "{error}");
    }
}

/// As servers in Go and C++ do while exports that wait are accompanied by pings.
#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_closes_the_connection_because_of_too_many_pings_is_transient() {
    for last_stream in [0, 1] {
        for sent in over_grpc(closing(last_stream).await, LONG).await {
            let error = sent.unwrap_err();
            assert!(is_transient(&error), "{last_stream}: {error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grpc_code_of_an_answer_decides() {
    let transient = [
        Code::Cancelled,
        Code::DeadlineExceeded,
        Code::Aborted,
        Code::OutOfRange,
        Code::Unavailable,
        Code::DataLoss,
    ];
    for code in (1..=16).map(Code::from_i32) {
        // The text of a receiver must not decide.
        let status = Status::new(code, "gRPC code: Unavailable: network error");
        for sent in over_grpc(answering_grpc(status).await, LONG).await {
            let error = sent.unwrap_err();
            assert_eq!(is_transient(&error), transient.contains(&code), "{error}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_http_status_of_an_answer_decides() {
    for status in [400, 401, 404, 413, 429, 500, 501, 502, 503, 504] {
        let error = over_http(answering_http(status).await, LONG).await.unwrap_err();
        assert_eq!(is_transient(&error), [429, 502, 503, 504].contains(&status), "{error}");
    }
}

/// Exports an empty batch over gRPC, without retries, by the exporter of opentelemetry-otlp, which log records and metrics
/// use, and by that of spans.
async fn over_grpc(endpoint: String, timeout: Duration) -> [OTelSdkResult; 2] {
    let settings = plain(&endpoint, timeout);
    let channel = grpc_channel(&settings, ClientTlsConfig::new(), Some(timeout)).unwrap();
    let builder = opentelemetry_otlp::SpanExporter::builder().with_tonic();
    let builder = builder.with_channel(channel).with_timeout(timeout);
    let library = builder.with_retry_policy(RetryPolicy::disabled()).build().unwrap();
    let ours = GrpcExporter::for_test(&endpoint, timeout, 0);
    let (request, none) = (Bytes::new(), Vec::new());
    tokio::join!(library.export(none), ours.export(&request)).into()
}

/// Exports an empty batch over HTTP, without retries.
async fn over_http(endpoint: String, timeout: Duration) -> OTelSdkResult {
    // The client blocks, so it must be used outside of the runtime, and its future is ready at once.
    let export = move || {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::blocking::Client::builder().timeout(timeout).build().unwrap();
        let builder = opentelemetry_otlp::SpanExporter::builder().with_http().with_http_client(client);
        let builder = builder.with_endpoint(endpoint).with_retry_policy(RetryPolicy::disabled());
        let exporter = builder.build().unwrap();
        match pin!(exporter.export(Vec::new())).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(sent) => sent,
            Poll::Pending => panic!("the client does not block"),
        }
    };
    let thread = std::thread::spawn(export);
    tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap()
}

/// Starts a receiver that never answers, and returns its URL.
async fn receiver(failure: Failure) -> String {
    if matches!(failure, Failure::RefusesConnections) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let endpoint = format!("http://{}", socket.local_addr().unwrap());
        // Otherwise a receiver of another test might get its port.
        tokio::spawn(async move {
            std::future::pending::<()>().await;
            drop(socket);
        });
        return endpoint;
    }
    let (listener, endpoint) = listen().await;
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            if matches!(failure, Failure::Hangs) {
                open.push(connection);
            }
        }
    });
    endpoint
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    (listener, endpoint)
}

/// Answers with the status, or never.
struct Receiver {
    answer: Option<Status>,
    asked: Arc<Notify>,
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        _: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.asked.notify_one();
        match &self.answer {
            Some(status) => Err(status.clone()),
            None => std::future::pending().await,
        }
    }
}

async fn serve(listener: TcpListener, receiver: Receiver) {
    let server = tonic::transport::Server::builder().add_service(TraceServiceServer::new(receiver));
    server.serve_with_incoming(TcpIncoming::from(listener)).await.unwrap();
}

async fn answering_grpc(status: Status) -> String {
    let (listener, endpoint) = listen().await;
    tokio::spawn(serve(listener, Receiver { answer: Some(status), asked: Arc::default() }));
    endpoint
}

/// Whether a client has sent a request.
fn has_headers(sent: &[u8]) -> bool {
    const PREFACE_BYTES: usize = 24;
    const HEADERS: u8 = 1;
    let mut frames = sent.get(PREFACE_BYTES..).unwrap_or_default();
    while let [_, middle, low, kind, ..] = *frames {
        if kind == HEADERS {
            return true;
        }
        let bytes = 9 + usize::from(middle) * 256 + usize::from(low);
        frames = frames.get(bytes..).unwrap_or_default();
    }
    false
}

/// Starts a receiver that answers each request by GOAWAY, with the last stream that it has worked on.
async fn closing(last_stream: u8) -> String {
    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    const REASON: &[u8] = b"too_many_pings";
    const ENHANCE_YOUR_CALM: u8 = 11;
    let (listener, endpoint) = listen().await;
    let length = 8 + u8::try_from(REASON.len()).unwrap();
    let goaway = [0, 0, length, 7, 0, 0, 0, 0, 0, 0, 0, 0, last_stream, 0, 0, 0, ENHANCE_YOUR_CALM];
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            connection.write_all(SETTINGS).await.unwrap();
            let mut read = Vec::new();
            while !has_headers(&read) {
                if connection.read_buf(&mut read).await.unwrap() == 0 {
                    break;
                }
            }
            let _ = connection.write_all(&[&goaway, REASON].concat()).await;
        }
    });
    endpoint
}

async fn answering_http(status: u16) -> String {
    let (listener, endpoint) = listen().await;
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.read(&mut [0; 4096]).await;
            let answer =
                format!("HTTP/1.1 {status} Answer\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = connection.write_all(answer.as_bytes()).await;
        }
    });
    endpoint
}
