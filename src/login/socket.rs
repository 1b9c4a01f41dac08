//! The Unix socket of a running `ccm up` for codes to sign in with, in the data directory with mode 0600, for `ccm login` and
//! for the gateway. The client sends one line of JSON, the server answers with one.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use platform::shutdown::Shutdown;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::console;

use super::{Codes, Made, Request, link};

/// Longest request and longest reply.
const MAX_BYTES: u64 = 64 * 1024;
/// Longest wait for the other side.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Pause after a failed accept.
const PAUSE: Duration = Duration::from_millis(25);
/// Most connections at the same time.
const MAX_CONNECTIONS: usize = 16;

/// Who makes codes.
pub(crate) enum Source {
    /// This process; its links lead to the gateway.
    Codes { codes: Box<Codes>, gateway: SocketAddr },
    /// Nobody: the tokens are those of this issuer.
    Issuer(String),
}

/// A socket at `path`, which replaces one that a killed process has left. The caller must hold the lock of the data directory.
pub(crate) fn bind(path: &Path) -> anyhow::Result<UnixListener> {
    crate::trace::bind(path).with_context(|| format!("cannot listen on {}", path.display()))
}

/// Answers requests until `shutdown`.
pub(crate) async fn serve(listener: UnixListener, source: Source, shutdown: Shutdown) {
    let source = Arc::new(source);
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            Some(_) = open.join_next() => {}
            accepted = listener.accept(), if open.len() < MAX_CONNECTIONS => match accepted {
                Ok((client, _)) => _ = open.spawn(answer(client, source.clone())),
                Err(error) => {
                    console::report(format_args!("cannot accept a connection of `ccm login`: {error}"));
                    sleep(PAUSE).await;
                }
            },
        }
    }
}

async fn answer(client: UnixStream, source: Arc<Source>) -> anyhow::Result<()> {
    let mut client = BufReader::new(client);
    let mut line = Vec::new();
    timeout(TIMEOUT, (&mut client).take(MAX_BYTES).read_until(b'\n', &mut line)).await??;
    let reply = match (serde_json::from_slice(&line)?, &*source) {
        (Request::Make(person), Source::Codes { codes, gateway }) => {
            let made = codes.make(person);
            to_line(&made.map_or_else(
                |error| Made::Refused(error.to_string()),
                |code| Made::Link(link(*gateway, &code)),
            ))
        }
        (Request::Make(_), Source::Issuer(issuer)) => to_line(&Made::TokensOf(issuer.clone())),
        (Request::Redeem { code }, Source::Codes { codes, .. }) => to_line(&codes.redeem(&code)?),
        (Request::Redeem { .. }, Source::Issuer(_)) => to_line(&gateway::supervisor::CodeReply::Unknown),
    };
    timeout(TIMEOUT, client.write_all(&reply?)).await??;
    Ok(())
}

fn to_line(message: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

/// Sends a request to the `ccm up` that listens at `path`, and returns its reply.
pub(crate) async fn exchange<T: DeserializeOwned>(path: &Path, request: &Request) -> anyhow::Result<T> {
    let mut server = match UnixStream::connect(path).await {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => bail!(
            "no `ccm up` is running on {}: start it with `ccm up` (`cargo run`)",
            path.parent().unwrap_or(path).display()
        ),
        connected => connected.with_context(|| format!("cannot connect to {}", path.display()))?,
    };
    let (line, mut json) = (to_line(request)?, Vec::new());
    let exchanged = async {
        server.write_all(&line).await?;
        (&mut server).take(MAX_BYTES).read_to_end(&mut json).await
    };
    match timeout(TIMEOUT, exchanged).await {
        Err(_) => bail!("`ccm up` did not answer within {} s", TIMEOUT.as_secs()),
        Ok(exchanged) => exchanged.context("`ccm up` ended before it answered")?,
    };
    if json.is_empty() {
        bail!("`ccm up` did not answer: its version may be another one, restart it");
    }
    serde_json::from_slice(&json).context("`ccm up` runs a different version: restart it")
}
