//! An OTLP receiver of all signals that also remembers how it was spoken to: over gRPC or HTTP, with TLS or without.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs};
use opentelemetry_proto::tonic::metrics::v1::{Metric, ResourceMetrics};
use prost::Message as _;
use telemetry::otlp::Span;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tonic::codec::CompressionEncoding;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};

use super::attributes;

/// One export as it came in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Export {
    /// Of HTTP.
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) spans: Vec<Span>,
    pub(crate) metrics: Vec<ResourceMetrics>,
    pub(crate) logs: Vec<ResourceLogs>,
}

/// Receives exports.
pub(crate) struct Otlp {
    pub(crate) endpoint: String,
    received: Received,
}

/// What has come in, and the answer to it.
#[derive(Clone, Default)]
struct Received {
    exports: Arc<Mutex<Vec<Export>>>,
    rejects: Arc<AtomicBool>,
}

impl Received {
    /// Keeps an export; says whether it is taken.
    fn take(&self, export: Export) -> bool {
        self.exports.lock().unwrap().push(export);
        !self.rejects.load(Ordering::SeqCst)
    }

    /// The answer over gRPC.
    fn answer<T: Default>(&self, export: Export) -> Result<tonic::Response<T>, tonic::Status> {
        if !self.take(export) {
            return Err(tonic::Status::invalid_argument("rejected"));
        }
        Ok(tonic::Response::new(T::default()))
    }
}

/// A self-signed certificate for 127.0.0.1 and localhost.
pub(crate) struct Tls {
    certificate: rcgen::CertifiedKey<rcgen::KeyPair>,
    _directory: tempfile::TempDir,
    /// The certificate, as a PEM file.
    pub(crate) file: PathBuf,
}

impl Tls {
    pub(crate) fn new() -> Self {
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let certificate = rcgen::generate_simple_self_signed(names).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("ca.pem");
        std::fs::write(&file, certificate.cert.pem()).unwrap();
        Self { certificate, _directory: directory, file }
    }

    fn acceptor(&self) -> TlsAcceptor {
        let chain = vec![CertificateDer::from(self.certificate.cert.der().to_vec())];
        let key = PrivateKeyDer::try_from(self.certificate.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()))
    }

    fn identity(&self) -> Identity {
        Identity::from_pem(self.certificate.cert.pem(), self.certificate.signing_key.serialize_pem())
    }
}

impl Otlp {
    pub(crate) async fn grpc(tls: Option<&Tls>) -> Self {
        Self::grpc_at(TcpListener::bind("127.0.0.1:0").await.unwrap(), tls)
    }

    pub(crate) fn grpc_at(listener: TcpListener, tls: Option<&Tls>) -> Self {
        let (endpoint, received) = (url(&listener, tls), Received::default());
        let gzip = CompressionEncoding::Gzip;
        let spans = TraceServiceServer::new(Grpc(received.clone())).accept_compressed(gzip);
        let metrics = MetricsServiceServer::new(Grpc(received.clone())).accept_compressed(gzip);
        let logs = LogsServiceServer::new(Grpc(received.clone())).accept_compressed(gzip);
        let mut server = Server::builder();
        if let Some(tls) = tls {
            server = server.tls_config(ServerTlsConfig::new().identity(tls.identity())).unwrap();
        }
        let services = server.add_service(spans).add_service(metrics).add_service(logs);
        tokio::spawn(services.serve_with_incoming(TcpIncoming::from(listener)));
        Self { endpoint, received }
    }

    pub(crate) async fn http(tls: Option<&Tls>) -> Self {
        Self::http_at(TcpListener::bind("127.0.0.1:0").await.unwrap(), tls)
    }

    pub(crate) fn http_at(listener: TcpListener, tls: Option<&Tls>) -> Self {
        let (endpoint, received) = (url(&listener, tls), Received::default());
        let (keep, acceptor) = (received.clone(), tls.map(Tls::acceptor));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (received, acceptor) = (keep.clone(), acceptor.clone());
                tokio::spawn(async move {
                    let service =
                        hyper::service::service_fn(move |request| answer(request, received.clone()));
                    let builder = Builder::new(TokioExecutor::new());
                    match acceptor {
                        Some(tls) => {
                            let Ok(stream) = tls.accept(stream).await else { return };
                            drop(builder.serve_connection(TokioIo::new(stream), service).await);
                        }
                        None => drop(builder.serve_connection(TokioIo::new(stream), service).await),
                    }
                });
            }
        });
        Self { endpoint, received }
    }

    /// Whether it rejects from now on what comes in: with `INVALID_ARGUMENT`, or 400.
    pub(crate) fn reject(&self, rejects: bool) {
        self.received.rejects.store(rejects, Ordering::SeqCst);
    }

    /// All that has come in, rejected or not.
    pub(crate) fn exports(&self) -> Vec<Export> {
        self.received.exports.lock().unwrap().clone()
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        self.exports().into_iter().flat_map(|it| it.spans).collect()
    }

    /// The metrics of all exports, one after the other.
    pub(crate) fn metrics(&self) -> Vec<Metric> {
        let resources = self.exports().into_iter().flat_map(|it| it.metrics);
        resources.flat_map(|it| it.scope_metrics).flat_map(|it| it.metrics).collect()
    }

    pub(crate) fn logs(&self) -> Vec<LogRecord> {
        let resources = self.exports().into_iter().flat_map(|it| it.logs);
        resources.flat_map(|it| it.scope_logs).flat_map(|it| it.log_records).collect()
    }
}

fn url(listener: &TcpListener, tls: Option<&Tls>) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{}", listener.local_addr().unwrap())
}

struct Grpc(Received);

#[tonic::async_trait]
impl TraceService for Grpc {
    async fn export(
        &self,
        request: tonic::Request<ExportTraceServiceRequest>,
    ) -> Result<tonic::Response<ExportTraceServiceResponse>, tonic::Status> {
        let headers = text_of(&request.metadata().clone().into_headers());
        let spans = Span::all_of(request.into_inner());
        attributes::note(&spans);
        self.0.answer(Export { headers, spans, ..Export::default() })
    }
}

#[tonic::async_trait]
impl MetricsService for Grpc {
    async fn export(
        &self,
        request: tonic::Request<ExportMetricsServiceRequest>,
    ) -> Result<tonic::Response<ExportMetricsServiceResponse>, tonic::Status> {
        let headers = text_of(&request.metadata().clone().into_headers());
        let metrics = request.into_inner().resource_metrics;
        self.0.answer(Export { headers, metrics, ..Export::default() })
    }
}

#[tonic::async_trait]
impl LogsService for Grpc {
    async fn export(
        &self,
        request: tonic::Request<ExportLogsServiceRequest>,
    ) -> Result<tonic::Response<ExportLogsServiceResponse>, tonic::Status> {
        let headers = text_of(&request.metadata().clone().into_headers());
        let logs = request.into_inner().resource_logs;
        self.0.answer(Export { headers, logs, ..Export::default() })
    }
}

async fn answer(
    request: Request<Incoming>,
    received: Received,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let mut bytes = body.collect().await?.to_bytes().to_vec();
    let headers = text_of(&parts.headers);
    if headers.get("content-encoding").is_some_and(|it| it == "gzip") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).unwrap();
        bytes = plain;
    }
    let (path, bytes) = (parts.uri.path().to_owned(), bytes.as_slice());
    let mut export = Export { path, headers, ..Export::default() };
    // The answers of all signals are empty messages.
    match export.path.as_str() {
        "/v1/metrics" => {
            export.metrics = ExportMetricsServiceRequest::decode(bytes).unwrap().resource_metrics;
        }
        "/v1/logs" => export.logs = ExportLogsServiceRequest::decode(bytes).unwrap().resource_logs,
        _ => export.spans = Span::all_of(ExportTraceServiceRequest::decode(bytes).unwrap()),
    }
    attributes::note(&export.spans);
    let is_taken = received.take(export);
    let mut response = Response::new(Full::from(ExportTraceServiceResponse::default().encode_to_vec()));
    response.headers_mut().insert("content-type", "application/x-protobuf".parse().unwrap());
    if !is_taken {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

fn text_of(headers: &hyper::HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect()
}
