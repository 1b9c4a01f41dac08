//! What the exporters do when a connection is dead, and the settings that tests of exporters share.

use std::net::SocketAddr;

use bytes::Bytes;
use http::HeaderMap;
use opentelemetry_otlp::{LogExporter, WithExportConfig as _, WithHttpConfig as _, WithTonicConfig as _};
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_sdk::logs::{LogBatch, LogExporter as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use super::*;
use crate::export::spans::grpc::GrpcExporter;
use crate::otlp::receive;

/// Deadline for what must come true, however busy the machine is.
const LONG: Duration = Duration::from_mins(1);
/// Timeout of an export.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The settings for a receiver without TLS.
pub(in crate::export) fn plain(endpoint: &str, timeout: Duration) -> Otlp {
    Otlp {
        http: false,
        endpoint: Some(("endpoint".to_owned(), endpoint.to_owned())),
        is_insecure: true,
        headers: HeaderMap::new(),
        compression: None,
        is_plain: true,
        timeout,
        certificate: None,
        client_certificate: None,
        client_key: None,
    }
}

struct Logs;

#[tonic::async_trait]
impl LogsService for Logs {
    async fn export(
        &self,
        _: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

/// Connects clients with a receiver until the sender is used: from then on, the connections that exist carry nothing, and neither end
/// is notified.
async fn path_to(receiver: SocketAddr) -> (String, watch::Sender<bool>) {
    let (listener, address) = listen().await;
    let (die, dead) = watch::channel(false);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut dead = dead.clone();
            dead.mark_unchanged();
            tokio::spawn(async move {
                let mut server = TcpStream::connect(receiver).await.unwrap();
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                    _ = dead.changed() => std::future::pending().await,
                }
            });
        }
    });
    (address.to_string(), die)
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_spans_does_not_wait_for_a_connection_that_is_dead() {
    let (listener, address) = listen().await;
    tokio::spawn(receive(listener, |_| {}, platform::shutdown::Shutdown::default()));
    let (endpoint, die) = path_to(address).await;
    let sender = GrpcExporter::for_test(&endpoint, TIMEOUT, 3);
    let exported = async || sender.export(&Bytes::new()).await.is_ok();
    taken_before_and_after(exported, die).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_log_records_does_not_wait_for_a_connection_that_is_dead() {
    let (listener, address) = listen().await;
    let server = tonic::transport::Server::builder().add_service(LogsServiceServer::new(Logs));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let (endpoint, die) = path_to(address).await;
    let sender = made(&plain(&endpoint, TIMEOUT)).unwrap();
    let exported = async || sender.export(LogBatch::new(&[])).await.is_ok();
    taken_before_and_after(exported, die).await;
}

fn made(settings: &Otlp) -> Result<LogExporter, TelemetryError> {
    Ok(otlp_exporter!(LogExporter::builder(), settings)?)
}

/// Exports until an export is taken, as [`Delivery`](crate::export::delivery::Delivery) does, before and after the connection dies.
async fn taken_before_and_after(exported: impl AsyncFn() -> bool, die: watch::Sender<bool>) {
    let taken = async || while !exported().await {};
    tokio::time::timeout(LONG, taken()).await.expect("a receiver that is there takes it");
    die.send_replace(true);
    tokio::time::timeout(LONG, taken()).await.expect("a new connection is made");
}
