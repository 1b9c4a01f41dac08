//! Tells failures of the receiver that may pass from rejections, by the rules of
//! [OTLP](https://opentelemetry.io/docs/specs/otlp/#failures).
//!
//! The exporters of opentelemetry-otlp know the status of a failed export, but return it only as text. The tests in
//! `transient/tests.rs` compare the text that real exporters return.

use opentelemetry_sdk::error::OTelSdkError;

/// The gRPC codes after which OTLP lets a client send a batch again. `RESOURCE_EXHAUSTED` is not among them: it may be
/// retried only if the receiver says when; the text of the error has a cause then, see `spans::grpc::failure`.
const TRANSIENT_CODES: [&str; 6] =
    ["Cancelled", "DeadlineExceeded", "Aborted", "OutOfRange", "Unavailable", "DataLoss"];
/// The HTTP status codes after which OTLP lets a client send a batch again.
const TRANSIENT_STATUS: [&str; 4] = ["429", "502", "503", "504"];

/// Returns whether the receiver may take the same batch later.
pub(super) fn is_transient(error: &OTelSdkError) -> bool {
    match error {
        OTelSdkError::AlreadyShutdown => false,
        OTelSdkError::Timeout(_) => true,
        OTelSdkError::InternalFailure(text) => is_transient_text(text),
    }
}

fn is_transient_text(text: &str) -> bool {
    if let Some((_, code)) = text.split_once("gRPC code: ") {
        // The causes follow the code if tonic made the status itself, because the connection failed, and if the receiver has
        // asked for a pause.
        let (code, has_causes) = code.split_once(": ").map_or((code, false), |(code, _)| (code, true));
        return has_causes || TRANSIENT_CODES.contains(&code);
    }
    if let Some((_, status)) = text.split_once("status code: ") {
        return TRANSIENT_STATUS.contains(&status);
    }
    text.ends_with("network error")
}

#[cfg(test)]
mod tests;
