//! The Unix socket of a running `ccm up`, in the data directory with mode 0600, for `ccm trace` and for the gateway. The client
//! sends one line, a [`Request`] (from `ccm trace` it is `last`, a trace id or the id of a task or worker, with ` logs` behind it
//! if log lines are wanted), the server answers with one line of JSON.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use platform::shutdown::Shutdown;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::lines::{LineStore, Lines};
use super::page;
use super::query::{Answer, Query, Reply, Request};
use super::store::{Trace, TraceStore};
use super::story::Story;

/// Longest request.
const MAX_QUERY_BYTES: usize = 4_096;
/// Longest reply that is read.
const MAX_REPLY_BYTES: u64 = 64 * 1024 * 1024;
/// How often a trace is looked up while its spans arrive, and the pause after a failed accept.
const POLL: Duration = Duration::from_millis(25);
/// How long the client waits for the reply: longer than all timeouts of the server together.
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the server looks traces up.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The spans that this process keeps.
    Store(Arc<TraceStore>),
    /// The process keeps no spans; they go to this destination, in words.
    Elsewhere(String),
}

/// How long the server waits for spans and for the client.
#[derive(Clone, Copy, Debug)]
struct Timeouts {
    /// Wait before `last` is looked up, so that spans that ended before the query can arrive: processes export every
    /// 200 ms.
    export: Duration,
    /// A trace is complete when no span of it has arrived for this long.
    quiet: Duration,
    /// Longest wait for a complete trace; then the incomplete one is sent.
    complete: Duration,
    /// Longest wait for the client to write its query, and to read the reply.
    client: Duration,
}

const TIMEOUTS: Timeouts = Timeouts {
    export: Duration::from_millis(600),
    quiet: Duration::from_millis(300),
    complete: Duration::from_secs(3),
    client: Duration::from_secs(5),
};

/// Answers queries on the socket at `path` until `shutdown`. The caller must hold the lock of the data directory: an
/// existing socket is then left from a process that was killed, and is replaced.
pub(crate) async fn serve(
    path: &Path,
    source: Source,
    lines: Arc<LineStore>,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let listener = bind(path).with_context(|| format!("cannot listen on {}", path.display()))?;
    accept_all(listener, source, lines, TIMEOUTS, shutdown).await;
    std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))
}

/// Binds the socket under a temporary name and renames it once its mode is set, so that nobody else can ever connect.
pub(crate) fn bind(path: &Path) -> std::io::Result<UnixListener> {
    let temporary = path.with_extension("new");
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&temporary)?;
    std::fs::set_permissions(&temporary, Permissions::from_mode(0o600))?;
    std::fs::rename(&temporary, path)?;
    Ok(listener)
}

/// Queries in progress at `shutdown` get no reply.
async fn accept_all(
    listener: UnixListener,
    source: Source,
    lines: Arc<LineStore>,
    timeouts: Timeouts,
    shutdown: Shutdown,
) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    open.spawn(answer(client, source.clone(), lines.clone(), timeouts));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection of `ccm trace`");
                    sleep(POLL).await;
                }
            },
        }
    }
}

async fn answer(
    client: UnixStream,
    source: Source,
    lines: Arc<LineStore>,
    timeouts: Timeouts,
) -> anyhow::Result<()> {
    let mut client = BufReader::new(client);
    let mut line = match timeout(timeouts.client, read_request(&mut client)).await?? {
        Err(error) => serde_json::to_vec(&Answer::from(Reply::Invalid { message: error.to_string() })),
        Ok(Request::Show { query, logs }) => {
            let reply = reply(query.clone(), source, timeouts).await;
            let logs = if logs { logs_of(&reply, &query, &lines) } else { Lines::default() };
            serde_json::to_vec(&Answer { reply, logs })
        }
        Ok(Request::Page(query)) => serde_json::to_vec(&page::reply(query, source, lines).await?),
    }?;
    line.push(b'\n');
    timeout(timeouts.client, client.write_all(&line)).await??;
    Ok(())
}

async fn reply(query: Query, source: Source, timeouts: Timeouts) -> Reply {
    match (query, source) {
        (_, Source::Elsewhere(destination)) => Reply::Elsewhere { destination },
        (Query::Story(id), Source::Store(store)) => {
            find_story(&store, &id, timeouts).await.map_or(Reply::NotFound, |story| Reply::Story { story })
        }
        (Query::Trace(id), Source::Store(store)) => found(find(&store, Some(id), timeouts).await),
        (Query::Last, Source::Store(store)) => found(find(&store, None, timeouts).await),
    }
}

/// The log lines of the traces that were found, or of the trace of which there are no spans.
fn logs_of(reply: &Reply, query: &Query, lines: &LineStore) -> Lines {
    match (reply, query) {
        (Reply::Found { trace }, _) => lines.of([trace.id()]),
        (Reply::Story { story }, _) => lines.of(story.traces.iter().map(Trace::id)),
        (_, Query::Trace(id)) => lines.of([id.as_str()]),
        _ => Lines::default(),
    }
}

/// The outer error is that of the connection, the inner one that of the request.
async fn read_request(client: &mut BufReader<UnixStream>) -> std::io::Result<anyhow::Result<Request>> {
    let mut line = Vec::new();
    let max = u64::try_from(MAX_QUERY_BYTES).unwrap_or(u64::MAX);
    client.take(max + 1).read_until(b'\n', &mut line).await?;
    if line.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    if line.len() > MAX_QUERY_BYTES {
        return Ok(Err(anyhow::anyhow!("the query is longer than {MAX_QUERY_BYTES} bytes")));
    }
    Ok(String::from_utf8_lossy(&line).trim_end().parse())
}

fn found(trace: Option<Trace>) -> Reply {
    trace.map_or(Reply::NotFound, |trace| Reply::Found { trace })
}

/// The trace with the id, else the last, once it is complete, or what has arrived of it after [`Timeouts::complete`].
async fn find(store: &TraceStore, mut id: Option<String>, timeouts: Timeouts) -> Option<Trace> {
    let begin = Instant::now();
    if id.is_none() {
        sleep(timeouts.export).await;
    }
    loop {
        id = id.or_else(|| Some(store.last()?.id().to_owned()));
        let settled = id.as_ref().is_some_and(|it| store.is_settled(it, timeouts.quiet));
        if settled || begin.elapsed() >= timeouts.complete {
            return store.get(&id?);
        }
        sleep(POLL).await;
    }
}

/// The story once all its traces are complete, or what has arrived of it after [`Timeouts::complete`].
async fn find_story(store: &TraceStore, id: &str, timeouts: Timeouts) -> Option<Story> {
    let begin = Instant::now();
    sleep(timeouts.export).await;
    loop {
        let found = store.story(id);
        let is_settled = |it: &Story| it.traces.iter().all(|it| store.is_settled(it.id(), timeouts.quiet));
        if found.as_ref().is_some_and(is_settled) || begin.elapsed() >= timeouts.complete {
            return found;
        }
        sleep(POLL).await;
    }
}

/// Sends a request to the `ccm up` that listens at `path`, and returns its answer.
pub(crate) async fn send<T: DeserializeOwned>(path: &Path, request: &Request) -> anyhow::Result<T> {
    let mut server = match UnixStream::connect(path).await {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => bail!(
            "no `ccm up` is running on {}: start it with `ccm up` (`cargo run`), send a request, and try again",
            path.parent().unwrap_or(path).display()
        ),
        connected => connected.with_context(|| format!("cannot connect to {}", path.display()))?,
    };
    let line = format!("{request}\n");
    let mut json = Vec::new();
    let exchange = async {
        server.write_all(line.as_bytes()).await?;
        server.take(MAX_REPLY_BYTES).read_to_end(&mut json).await
    };
    match timeout(REPLY_TIMEOUT, exchange).await {
        Err(_) => bail!("`ccm up` did not answer within {} s", REPLY_TIMEOUT.as_secs()),
        Ok(exchanged) => exchanged.context("`ccm up` ended before it answered")?,
    };
    if json.is_empty() {
        bail!("`ccm up` ended before it answered");
    }
    serde_json::from_slice(&json).context("`ccm up` runs a different version: restart it")
}

#[cfg(test)]
mod tests;
