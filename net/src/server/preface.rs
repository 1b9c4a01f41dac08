//! HTTP/2's client connection preface: what a client of HTTP/2 begins with, and that it comes in time.

use std::future::pending;
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio_util::io::InspectReader;
use tokio_util::sync::CancellationToken;

/// RFC 9113 section 3.4.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Waits until the client has not sent its preface within `timeout`. hyper would wait for ever, even at a shutdown.
pub(super) async fn missed(preface: CancellationToken, timeout: Duration) {
    if tokio::time::timeout(timeout, preface.cancelled()).await.is_ok() {
        pending::<()>().await;
    }
    tracing::debug!("closed the connection of a client that did not send its HTTP/2 preface in time");
}

/// Cancels `preface` when the client has sent as many bytes as HTTP/2's connection preface has.
pub(super) fn signal<IO: AsyncRead>(
    stream: IO,
    preface: Option<CancellationToken>,
) -> InspectReader<IO, impl FnMut(&[u8])> {
    let mut missing = if preface.is_some() { PREFACE.len() } else { 0 };
    InspectReader::new(stream, move |read| {
        if missing > 0 {
            missing = missing.saturating_sub(read.len());
            if missing == 0
                && let Some(preface) = &preface
            {
                preface.cancel();
            }
        }
    })
}
