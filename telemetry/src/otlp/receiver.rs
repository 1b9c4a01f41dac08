//! The gRPC server of the OTLP receiver.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use super::Span;
use platform::shutdown::Shutdown;

/// Receives spans at `listener` until `shutdown`, and passes the spans of each export request to `keep`.
pub async fn receive(
    listener: TcpListener,
    keep: impl Fn(Vec<Span>) + Send + Sync + 'static,
    shutdown: Shutdown,
) -> Result<(), tonic::transport::Error> {
    let service = TraceServiceServer::new(Receiver { keep: Arc::new(keep) });
    tonic::transport::Server::builder()
        .add_service(service)
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            shutdown.cancelled_owned(),
        )
        .await
}

struct Receiver<K> {
    keep: Arc<K>,
}

#[tonic::async_trait]
impl<K: Fn(Vec<Span>) + Send + Sync + 'static> TraceService for Receiver<K> {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        (self.keep)(Span::all_of(request.into_inner()));
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}
