//! The collector: an OTLP/gRPC receiver in a process of its own, which counts spans by the `bench.setup` of their resource, log
//! records, and what the metrics say was lost.
//! `telemetry::otlp::receive` would turn each span into maps of texts, on the CPUs that the measured processes need.

mod losses;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
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
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;
use platform::shutdown::Shutdown;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// The attribute that tells setups apart.
pub(crate) const SETUP: &str = "bench.setup";
/// The counts besides those of the setups: log records, and what the processes have lost by their own account.
pub(crate) const LOGS: &str = "log records";
pub(crate) const LOST_SPANS: &str = "lost spans";
pub(crate) const LOST_LOGS: &str = "lost log records";

type Counts = BTreeMap<String, u64>;

#[derive(Default)]
struct Received {
    counts: Counts,
    losses: losses::Losses,
}

#[derive(Clone, Default)]
struct Counter(Arc<Mutex<Received>>);

impl Counter {
    fn received(&self) -> MutexGuard<'_, Received> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tonic::async_trait]
impl TraceService for Counter {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let counts = &mut self.received().counts;
        for of_resource in request.into_inner().resource_spans {
            let spans: usize = of_resource.scope_spans.iter().map(|it| it.spans.len()).sum();
            let setup = of_resource.resource.as_ref().and_then(setup_of).unwrap_or_default();
            *counts.entry(setup).or_default() += u64::try_from(spans).unwrap_or_default();
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Counter {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        let resources = request.into_inner().resource_logs;
        let records: usize =
            resources.iter().flat_map(|it| &it.scope_logs).map(|it| it.log_records.len()).sum();
        *self.received().counts.entry(LOGS.to_owned()).or_default() +=
            u64::try_from(records).unwrap_or_default();
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Counter {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let received = &mut *self.received();
        for of_resource in request.into_inner().resource_metrics {
            received.losses.read(&of_resource);
        }
        received.counts.insert(LOST_SPANS.to_owned(), received.losses.of_spans());
        received.counts.insert(LOST_LOGS.to_owned(), received.losses.of_logs());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

fn setup_of(resource: &Resource) -> Option<String> {
    let attribute = resource.attributes.iter().find(|it| it.key == SETUP)?;
    match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(it) => Some(it.clone()),
        _ => None,
    }
}

/// The receiver's own process: says where it listens, then answers each line on standard input with the counts.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let (counter, shutdown) = (Counter::default(), Shutdown::new());
    let counting = tonic::transport::Server::builder()
        .add_service(TraceServiceServer::new(counter.clone()))
        .add_service(LogsServiceServer::new(counter.clone()))
        .add_service(MetricsServiceServer::new(counter.clone()))
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            shutdown.clone().cancelled_owned(),
        );
    let asked = async {
        let mut questions = BufReader::new(tokio::io::stdin()).lines();
        while questions.next_line().await?.is_some() {
            let counts = counter.received().counts.clone();
            println!("{}", serde_json::to_string(&counts)?);
        }
        anyhow::Ok(())
    };
    tokio::select! {
        served = counting => Ok(served?),
        asked = asked => asked,
    }
}

/// The receiver, from outside. It ends with this value.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    _child: Child,
    ask: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Receiver {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("receive")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let ask = child.stdin.take().context("no pipe to the receiver")?;
        let stdout = child.stdout.take().context("no pipe from the receiver")?;
        let mut answers = BufReader::new(stdout).lines();
        let address = answers.next_line().await?.context("the receiver did not start")?.parse()?;
        Ok(Self { address, _child: child, ask, answers })
    }

    /// The spans received so far, by setup.
    pub(crate) async fn counts(&mut self) -> anyhow::Result<Counts> {
        self.ask.write_all(b"\n").await?;
        let answer = self.answers.next_line().await?.context("the receiver is gone")?;
        Ok(serde_json::from_str(&answer)?)
    }
}
