//! Exports spans over gRPC, as the exporter of opentelemetry-otlp does, whose request is made of copies of all that a span has.

use std::fmt;
use std::time::{Duration, Instant};

use bytes::{BufMut as _, Bytes};
use http::Extensions;
use http::uri::PathAndQuery;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use platform::causes::chain;
use platform::clock::jittered;
use tokio::runtime::Handle;
use tonic::client::Grpc;
use tonic::codec::{BufferSettings, Codec, EncodeBuf, Encoder};
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::{ProstCodec, ProstDecoder};
use tonic_types::StatusExt as _;

use crate::environment::Otlp;

const METHOD: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const USER_AGENT: &str = concat!("ccm/", env!("CARGO_PKG_VERSION"));
const RETRIES: u32 = 3;
/// Time to wait before the first repetition; it doubles with each further one.
const FIRST_DELAY: Duration = Duration::from_millis(100);
/// Characters of a receiver's text that are logged.
const LONGEST_TEXT: usize = 500;
/// Longest time to wait if the receiver asks for more.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

pub(in crate::export) struct GrpcExporter {
    client: Grpc<Channel>,
    headers: MetadataMap,
    /// No repetition begins after this time.
    timeout: Duration,
    /// How often a failed export is repeated before its failure is reported.
    retries: u32,
    /// Provides the timer: the SDK calls the exporter on a thread without a runtime.
    runtime: Handle,
}

impl fmt::Debug for GrpcExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GrpcExporter")
    }
}

impl GrpcExporter {
    /// Must be called within a tokio runtime.
    pub(in crate::export) fn new(settings: &Otlp, channel: Channel) -> Self {
        let mut client = Grpc::new(channel);
        if let Some(encoding) = settings.compression {
            client = client.send_compressed(encoding).accept_compressed(encoding);
        }
        let mut headers = settings.headers.clone();
        headers.entry(http::header::USER_AGENT).or_insert(http::HeaderValue::from_static(USER_AGENT));
        Self {
            client,
            headers: MetadataMap::from_headers(headers),
            timeout: settings.timeout,
            retries: RETRIES,
            runtime: Handle::current(),
        }
    }

    /// Exports an encoded request. Failures that may pass are repeated a few times, within the timeout.
    pub(in crate::export) async fn export(&self, request: &Bytes) -> OTelSdkResult {
        let began = Instant::now();
        let mut delay = FIRST_DELAY;
        let mut retries = self.retries;
        loop {
            let Err(status) = self.timed(self.attempt(request.clone())).await else { return Ok(()) };
            let asked = retry_pause(&status);
            let pause = asked.map(|it| it.min(LONGEST_PAUSE).max(jittered(delay)));
            let in_time = |it: &Duration| retries > 0 && began.elapsed() + *it < self.timeout;
            let Some(pause) = pause.filter(in_time) else { return Err(failure(&status, asked)) };
            self.sleep(pause).await;
            (delay, retries) = (delay * 2, retries - 1);
        }
    }

    async fn attempt(&self, request: Bytes) -> Result<(), Status> {
        let mut client = self.client.clone();
        client.ready().await.map_err(|error| Status::from_error(error.into()))?;
        let request = Request::from_parts(self.headers.clone(), Extensions::new(), request);
        let answer = client.unary(request, PathAndQuery::from_static(METHOD), Encoded).await?;
        if let Some(partial) = answer.into_inner().partial_success
            && (partial.rejected_spans > 0 || !partial.error_message.is_empty())
        {
            let rejected = partial.rejected_spans;
            let error: String = partial.error_message.chars().take(LONGEST_TEXT).collect();
            tracing::warn!(rejected, error, "the receiver of spans has not taken all spans of an export");
        }
        Ok(())
    }

    /// Limits the whole attempt. A timeout of the channel would end with the head of the answer and not limit the connecting.
    async fn timed(&self, attempt: impl Future<Output = Result<(), Status>>) -> Result<(), Status> {
        let attempt = {
            let _context = self.runtime.enter();
            tokio::time::timeout(self.timeout, attempt)
        };
        attempt
            .await
            .unwrap_or_else(|_| Err(Status::deadline_exceeded("the receiver did not answer in time")))
    }

    async fn sleep(&self, duration: Duration) {
        let sleep = {
            let _context = self.runtime.enter();
            tokio::time::sleep(duration)
        };
        sleep.await;
    }
}

/// How long the receiver wants to be left alone before the same request may be sent again; `None` if it may not.
fn retry_pause(status: &Status) -> Option<Duration> {
    let asked = status.get_details_retry_info().and_then(|it| it.retry_delay);
    match status.code() {
        Code::ResourceExhausted => asked,
        Code::Cancelled
        | Code::DeadlineExceeded
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable
        | Code::DataLoss => Some(asked.unwrap_or_default()),
        _ => None,
    }
}

/// The failure in the words of the exporters of opentelemetry-otlp. The text of the receiver is not among them. A receiver that
/// has too much to do and has asked for a pause does not reject: this is said as a cause, which
/// [`is_transient`](crate::export::transient::is_transient) reads.
fn failure(status: &Status, asked: Option<Duration>) -> OTelSdkError {
    let code = status.code();
    let causes = match (std::error::Error::source(status), asked) {
        (Some(source), _) => format!(": {}", chain(source)),
        (None, Some(pause)) if code == Code::ResourceExhausted => {
            format!(": the receiver asks for a pause of {:.1} s", pause.as_secs_f64())
        }
        (None, _) => String::new(),
    };
    OTelSdkError::InternalFailure(format!("the export of spans failed with gRPC code: {code:?}{causes}"))
}

/// Sends requests that are encoded already.
struct Encoded;

impl Codec for Encoded {
    type Encode = Bytes;
    type Decode = ExportTraceServiceResponse;
    type Encoder = Self;
    type Decoder = ProstDecoder<ExportTraceServiceResponse>;

    fn encoder(&mut self) -> Self::Encoder {
        Self
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstCodec::<(), ExportTraceServiceResponse>::raw_decoder(BufferSettings::default())
    }
}

impl Encoder for Encoded {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, request: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.reserve(request.len());
        to.put(request);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
