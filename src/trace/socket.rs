//! The Unix socket between `ccm trace` and a running `ccm up`, in the data directory with mode 0600. The client sends
//! one line (`last` or a trace id), the server answers with one line of JSON.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use platform::shutdown::Shutdown;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::store::{Trace, TraceStore};

const MAX_QUERY_BYTES: usize = 100;
/// How often a trace is looked up while its spans arrive, and the pause after a failed accept.
const POLL: Duration = Duration::from_millis(25);
/// How long the client waits for the reply: longer than all timeouts of the server together.
const REPLY_TIMEOUT: Duration = Duration::from_secs(10);

/// The query of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Query {
    /// The newest complete trace of a request.
    Last,
    /// The trace with this id, 32 hexadecimal digits in lower case.
    Trace(String),
}

impl FromStr for Query {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text {
            "last" => Ok(Self::Last),
            id if id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit()) => {
                Ok(Self::Trace(id.to_ascii_lowercase()))
            }
            _ => bail!(
                "expected `last`, or a trace id of 32 hexadecimal digits (the X-Trace-Id of a response)"
            ),
        }
    }
}

/// The reply to a [`Query`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub(crate) enum Reply {
    Found {
        /// The spans received so far.
        trace: Trace,
    },
    /// No trace has the id, or there is no complete trace yet.
    NotFound,
    /// The process keeps no spans.
    Elsewhere {
        /// Where the spans go instead, in words.
        destination: String,
    },
    /// The query could not be parsed.
    Invalid {
        /// The parse error.
        message: String,
    },
}

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
pub(crate) async fn serve(path: &Path, source: Source, shutdown: Shutdown) -> anyhow::Result<()> {
    let listener = bind(path).with_context(|| format!("cannot listen on {}", path.display()))?;
    accept_all(listener, source, TIMEOUTS, shutdown).await;
    std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))
}

/// Binds the socket under a temporary name and renames it once its mode is set, so that nobody else can ever connect.
fn bind(path: &Path) -> std::io::Result<UnixListener> {
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
async fn accept_all(listener: UnixListener, source: Source, timeouts: Timeouts, shutdown: Shutdown) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    open.spawn(answer(client, source.clone(), timeouts));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection of `ccm trace`");
                    sleep(POLL).await;
                }
            },
        }
    }
}

async fn answer(client: UnixStream, source: Source, timeouts: Timeouts) -> anyhow::Result<()> {
    let mut client = BufReader::new(client);
    let query = timeout(timeouts.client, read_query(&mut client)).await??;
    let reply = match (query, source) {
        (Err(error), _) => Reply::Invalid { message: error.to_string() },
        (Ok(_), Source::Elsewhere(destination)) => Reply::Elsewhere { destination },
        (Ok(query), Source::Store(store)) => match find(&store, &query, timeouts).await {
            Some(trace) => Reply::Found { trace },
            None => Reply::NotFound,
        },
    };
    let mut line = serde_json::to_vec(&reply)?;
    line.push(b'\n');
    timeout(timeouts.client, client.write_all(&line)).await??;
    Ok(())
}

/// The outer error is that of the connection, the inner one that of the query.
async fn read_query(client: &mut BufReader<UnixStream>) -> std::io::Result<anyhow::Result<Query>> {
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

/// The trace once it is complete, or what has arrived of it after [`Timeouts::complete`].
async fn find(store: &TraceStore, query: &Query, timeouts: Timeouts) -> Option<Trace> {
    let begin = Instant::now();
    let mut id = match query {
        Query::Trace(id) => Some(id.clone()),
        Query::Last => {
            sleep(timeouts.export).await;
            None
        }
    };
    loop {
        id = id.or_else(|| Some(store.last()?.id().to_owned()));
        let settled = id.as_ref().is_some_and(|it| store.is_settled(it, timeouts.quiet));
        if settled || begin.elapsed() >= timeouts.complete {
            return store.get(&id?);
        }
        sleep(POLL).await;
    }
}

/// Sends a query to the `ccm up` that listens at `path`, and returns its reply.
pub(crate) async fn send(path: &Path, query: &Query) -> anyhow::Result<Reply> {
    let mut server = match UnixStream::connect(path).await {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => bail!(
            "no `ccm up` is running on {}: start it with `cargo run`, send a request, and try again",
            path.parent().unwrap_or(path).display()
        ),
        connected => connected.with_context(|| format!("cannot connect to {}", path.display()))?,
    };
    let line = match query {
        Query::Last => "last\n".to_owned(),
        Query::Trace(id) => format!("{id}\n"),
    };
    let mut json = Vec::new();
    let exchange = async {
        server.write_all(line.as_bytes()).await?;
        server.read_to_end(&mut json).await
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
mod tests {
    use std::future::ready;
    use std::os::unix::fs::FileTypeExt as _;
    use std::pin::pin;

    use super::*;
    use crate::trace::samples::{request, span};

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const QUICK: Timeouts = Timeouts {
        export: Duration::ZERO,
        quiet: Duration::ZERO,
        complete: Duration::ZERO,
        client: Duration::from_secs(20),
    };
    const PATIENT: Timeouts = Timeouts { complete: Duration::from_secs(20), ..QUICK };

    fn kept(spans: Vec<telemetry::otlp::Span>) -> Arc<TraceStore> {
        let store = Arc::new(TraceStore::default());
        store.add(spans);
        store
    }

    struct Up {
        dir: tempfile::TempDir,
        running: tokio::task::JoinHandle<()>,
    }

    impl Up {
        fn start(source: Source, timeouts: Timeouts) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let listener = bind(&dir.path().join("trace.sock")).unwrap();
            let running = tokio::spawn(accept_all(listener, source, timeouts, Shutdown::new()));
            Self { dir, running }
        }

        async fn ask(&self, query: &str) -> anyhow::Result<Reply> {
            send(&self.dir.path().join("trace.sock"), &query.parse()?).await
        }

        async fn send_bytes(&self, bytes: &[u8]) -> String {
            let mut client = UnixStream::connect(self.dir.path().join("trace.sock")).await.unwrap();
            client.write_all(bytes).await.unwrap();
            let mut text = String::new();
            client.read_to_string(&mut text).await.unwrap();
            text
        }
    }

    impl Drop for Up {
        fn drop(&mut self) {
            self.running.abort();
        }
    }

    #[tokio::test]
    async fn a_trace_is_found_by_its_id_in_either_case_and_as_the_last() {
        let up = Up::start(Source::Store(kept(vec![request(ID, 0..9)])), QUICK);
        let found = Reply::Found { trace: Trace { spans: vec![request(ID, 0..9)], dropped: 0 } };
        assert_eq!(up.ask("last").await.unwrap(), found);
        assert_eq!(up.ask(ID).await.unwrap(), found);
        assert_eq!(up.ask(&ID.to_uppercase()).await.unwrap(), found);
        assert_eq!(up.ask(&"0".repeat(32)).await.unwrap(), Reply::NotFound);
    }

    #[tokio::test]
    async fn the_reply_names_the_collector_that_gets_the_spans() {
        let up = Up::start(Source::Elsewhere("http://127.0.0.1:4317".to_owned()), QUICK);
        let elsewhere = Reply::Elsewhere { destination: "http://127.0.0.1:4317".to_owned() };
        assert_eq!(up.ask("last").await.unwrap(), elsewhere);
    }

    #[tokio::test]
    async fn an_invalid_query_is_answered_with_its_error() {
        let up = Up::start(Source::Store(kept(Vec::new())), QUICK);
        for nonsense in [&b"first\n"[..], b"\n", b"\xff\x00\n", &[b'g'; 32]] {
            let mut nonsense = nonsense.to_vec();
            nonsense.push(b'\n');
            let answer = up.send_bytes(&nonsense).await;
            assert!(
                answer.contains(r#""answer":"invalid""#) && answer.contains("32 hexadecimal"),
                "{answer}"
            );
        }
        let answer = up.send_bytes(&[b'a'; 3_000]).await;
        assert!(answer.contains("longer than 100 bytes"), "{answer}");
    }

    #[tokio::test]
    async fn a_client_that_sends_nothing_is_disconnected() {
        let timeouts = Timeouts { client: Duration::from_millis(20), ..QUICK };
        let up = Up::start(Source::Store(kept(vec![request(ID, 0..9)])), timeouts);
        assert_eq!(timeout(Duration::from_secs(10), up.send_bytes(b"")).await, Ok(String::new()));
    }

    #[tokio::test]
    async fn spans_on_their_way_are_waited_for() {
        for query in [Query::Last, Query::Trace(ID.to_owned())] {
            let store = kept(vec![request(ID, 0..9), span(ID, "leaf", "middle", 2..3)]);
            let mut answer = pin!(find(&store, &query, PATIENT));
            tokio::select! {
                biased;
                early = &mut answer => panic!("answered too early: {early:?}"),
                () = ready(()) => {}
            }
            store.add(vec![span(ID, "middle", "request", 1..4)]);
            let answer =
                timeout(PATIENT.complete / 2, answer).await.expect("answered as soon as it is whole");
            assert_eq!(answer.map(|it| it.spans.len()), Some(3));
        }
    }

    #[tokio::test]
    async fn the_last_trace_is_looked_up_after_spans_that_ended_earlier_can_have_arrived() {
        let store = kept(vec![request(ID, 0..9)]);
        let export = Duration::from_millis(50);
        let asked = Instant::now();
        let found = find(&store, &Query::Last, Timeouts { export, ..PATIENT }).await;
        assert!(found.is_some() && asked.elapsed() >= export);
    }

    #[tokio::test]
    async fn a_trace_is_not_sent_while_its_spans_arrive() {
        let store = kept(vec![request(ID, 0..9)]);
        let quiet = Duration::from_millis(50);
        let arrived = Instant::now();
        let found = find(&store, &Query::Trace(ID.to_owned()), Timeouts { quiet, ..PATIENT }).await;
        assert!(found.is_some() && arrived.elapsed() >= quiet / 2);
    }

    #[tokio::test]
    async fn an_incomplete_trace_is_sent_after_the_timeout() {
        let store = kept(vec![span(ID, "leaf", "lost", 2..3)]);
        let found = find(&store, &Query::Trace(ID.to_owned()), QUICK).await;
        assert_eq!(found.map(|it| it.spans.len()), Some(1));
        assert_eq!(find(&store, &Query::Last, QUICK).await, None);
    }

    #[tokio::test]
    async fn the_socket_has_mode_600_replaces_a_stale_one_and_is_removed_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trace.sock");
        drop(UnixListener::bind(&path).unwrap());
        let refused = send(&path, &Query::Last).await.unwrap_err().to_string();
        assert!(refused.contains("no `ccm up` is running on") && refused.contains("cargo run"), "{refused}");

        let shutdown = Shutdown::new();
        let (asked, at) = (path.clone(), path.clone());
        let source = Source::Elsewhere("collector".to_owned());
        let up = serve(&at, source, shutdown.clone());
        let client = async move {
            let answer = send(&asked, &Query::Last).await;
            let metadata = std::fs::metadata(&asked).unwrap();
            shutdown.cancel();
            (answer, metadata)
        };
        let (served, (answer, metadata)) = tokio::join!(up, client);
        served.unwrap();
        assert_eq!(answer.unwrap(), Reply::Elsewhere { destination: "collector".to_owned() });
        assert!(metadata.file_type().is_socket());
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        assert!(!path.exists());
        assert!(send(&path, &Query::Last).await.is_err());
    }
}
