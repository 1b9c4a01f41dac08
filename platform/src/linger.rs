//! The end of a TCP connection. A socket that is closed with bytes unread is reset, and a client that still sends may fail
//! before it has read what it was answered.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long a client has to close its side.
const PATIENCE: Duration = Duration::from_secs(1);
/// What it may still send.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What is left of a connection when its server has ended it.
pub struct Rest(std::net::TcpStream);

/// The connection to serve, and what will be left of it.
pub fn split(stream: TcpStream) -> io::Result<(TcpStream, Rest)> {
    let stream = stream.into_std()?;
    let rest = Rest(stream.try_clone()?);
    Ok((TcpStream::from_std(stream)?, rest))
}

impl Rest {
    /// Tells the client that there is nothing more, and takes what it still sends, until it has heard of it.
    pub async fn linger(self) {
        if let Ok(mut rest) = TcpStream::from_std(self.0) {
            let _ = rest.shutdown().await;
            let mut nowhere = tokio::io::sink();
            let mut rest = rest.take(MAX_BYTES);
            let drained = tokio::io::copy(&mut rest, &mut nowhere);
            let _ = tokio::time::timeout(PATIENCE, drained).await;
        }
    }
}
