//! Settings of the gateway.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args};
use gateway::CorsOrigins;

use super::values::{
    body_bytes, connections, duration, header_bytes, share, untaken_bytes, untaken_bytes_of_caller,
};
use super::{Common, TraceEdge, bounds, page, streams, transport};

#[derive(Debug, Args)]
pub(crate) struct Gateway {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) certificate: transport::Certificate,
    #[command(flatten)]
    pub(crate) client: transport::GrpcClient,
    #[command(flatten)]
    pub(crate) connections: bounds::OpenConnections,
    /// Listen address; port 0 picks a free port
    #[arg(long, env = "CCM_GATEWAY_LISTEN", default_value = "127.0.0.1:8000", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Address of task-service
    #[arg(long, env = "CCM_TASK_SERVICE", default_value = "http://127.0.0.1:50051", value_name = "URLS")]
    pub(crate) task_service: String,
    /// Address of worker-service
    #[arg(long, env = "CCM_WORKER_SERVICE", default_value = "http://127.0.0.1:50052", value_name = "URLS")]
    pub(crate) worker_service: String,
    /// How to handle the trace context of an authenticated caller
    #[arg(long, env = "CCM_TRACE_EDGE", default_value = "continue", value_name = "EDGE")]
    pub(crate) trace_edge: TraceEdge,
    /// Trace the health checks /livez and /readyz, too
    #[arg(long, env = "CCM_TRACE_HEALTH", default_value = "false", value_name = "BOOL", action = ArgAction::Set)]
    pub(crate) trace_health: bool,
    /// Comma-separated origins of the pages that may use the API besides its own, such as https://ui.example.com,http://localhost:5173
    #[arg(long, env = "CCM_CORS_ORIGINS", default_value = "", value_name = "ORIGINS")]
    pub(crate) cors_origins: CorsOrigins,
    /// Time limit for a complete request header
    #[arg(long, env = "CCM_HEADER_TIMEOUT", default_value = "10s", value_name = "DURATION", value_parser = duration)]
    pub(crate) header_timeout: Duration,
    /// Time limit from the header to the response; also the deadline of the gRPC calls
    #[arg(long, env = "CCM_REQUEST_TIMEOUT", default_value = "10s", value_name = "DURATION", value_parser = duration)]
    pub(crate) request_timeout: Duration,
    /// Minimum rate at which a client reads an event stream while there is more to send, in bytes per second; 0 means none
    #[arg(long, env = "CCM_MIN_STREAM_RATE", default_value = "1024", value_name = "NUMBER")]
    pub(crate) min_stream_rate: u32,
    /// Maximum size of a request's target and header fields, in bytes; at most 64 KiB
    #[arg(long, env = "CCM_MAX_HEADER_BYTES", default_value = "49152", value_name = "BYTES", value_parser = header_bytes)]
    pub(crate) max_header_bytes: usize,
    /// Body limit: maximum size of a request body, in bytes; at most 2 MiB
    #[arg(long, env = "CCM_MAX_BODY_BYTES", default_value = "262144", value_name = "BYTES", value_parser = body_bytes)]
    pub(crate) max_body_bytes: usize,
    /// Maximum number of in-flight requests; further requests get 503
    #[arg(long, env = "CCM_MAX_REQUESTS_IN_FLIGHT", default_value = "1024", value_name = "NUMBER", value_parser = connections)]
    pub(crate) max_requests_in_flight: usize,
    /// Share of one caller in CCM_MAX_REQUESTS_IN_FLIGHT; without it an eighth of those, at least 16; 0 means no share. Further
    /// requests of that caller get 429
    #[arg(long, env = "CCM_MAX_REQUESTS_PER_CALLER", value_name = "NUMBER", value_parser = share)]
    pub(crate) max_requests_per_caller: Option<usize>,
    /// Maximum number of bytes in memory for clients: of responses that they have not read yet and of request bodies; at least
    /// 16 MiB. Further reads and bodies get 503
    #[arg(long, env = "CCM_MAX_UNTAKEN_BYTES", default_value = "268435456", value_name = "BYTES", value_parser = untaken_bytes)]
    pub(crate) max_untaken_bytes: usize,
    /// Share of one caller in CCM_MAX_UNTAKEN_BYTES; without it an eighth of those, at least 16 MiB; 0 means no share. Further
    /// reads of that caller get 429
    #[arg(long, env = "CCM_MAX_UNTAKEN_BYTES_PER_CALLER", value_name = "BYTES", value_parser = untaken_bytes_of_caller)]
    pub(crate) max_untaken_bytes_per_caller: Option<usize>,
    /// Sustained rate limit of one caller, in requests per second; 0 means unlimited
    #[arg(long, env = "CCM_CALLER_RATE", default_value = "200", value_name = "NUMBER")]
    pub(crate) caller_rate: u32,
    /// Requests that one caller may send in a burst after it was idle; further requests get 429
    #[arg(long, env = "CCM_CALLER_BURST", default_value = "400", value_name = "NUMBER")]
    pub(crate) caller_burst: NonZeroU32,
    #[command(flatten)]
    pub(crate) streams: streams::Streams,
    #[command(flatten)]
    pub(crate) page: page::Page,
    /// Socket of the `ccm up` that runs this gateway; `ccm up` sets this for its child process
    #[arg(long, hide = true, value_name = "PATH")]
    pub(crate) supervisor: Option<PathBuf>,
    /// The `ccm up` that runs this gateway keeps the traces; `ccm up` sets this for its child process
    #[arg(long, hide = true, requires = "supervisor")]
    pub(crate) keeps_traces: bool,
    /// Let links to traces lead to this gateway; `ccm up` sets this if it keeps the traces and CCM_TRACE_URL is not set
    #[arg(long, hide = true, requires = "keeps_traces")]
    pub(crate) links_to_own_traces: bool,
}
