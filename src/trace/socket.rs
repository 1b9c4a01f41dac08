//! How `ccm trace` asks a running `ccm up`: a unix socket in the data directory, for its owner alone. One
//! line goes in (`last` or a trace id), one line of JSON comes out.

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

const LONGEST_REQUEST: usize = 100;
const POLL: Duration = Duration::from_millis(25);
/// More than the longest patience of a server.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The newest complete trace of a request.
    Last,
    /// The trace with this id, 32 hexadecimal digits in lower case.
    Trace(String),
}

impl FromStr for Question {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text {
            "last" => Ok(Self::Last),
            id if id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit()) => {
                Ok(Self::Trace(id.to_ascii_lowercase()))
            }
            _ => bail!(
                "which trace? say `last`, or a trace id of 32 hexadecimal digits (an answer's X-Trace-Id)"
            ),
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub(crate) enum Answer {
    /// The trace.
    Found {
        /// What there is of it.
        trace: Trace,
    },
    /// There is no such trace, or none yet.
    NotFound,
    /// Spans are not kept here.
    Elsewhere {
        /// Where they go instead, in words.
        destination: String,
    },
    /// The question was not understood.
    Invalid {
        /// Why.
        message: String,
    },
}

/// Where answers come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// From what this process keeps.
    Store(Arc<TraceStore>),
    /// From nowhere: spans go to this place, in words.
    Elsewhere(String),
}

/// How long a question is thought about.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// Until what ended before the question has arrived: processes export every 200 ms.
    arrival: Duration,
    /// Without news of a trace until it is taken as whole.
    quiet: Duration,
    /// In all.
    longest: Duration,
    /// With a client that neither writes nor reads.
    client: Duration,
}

const PATIENCE: Patience = Patience {
    arrival: Duration::from_millis(600),
    quiet: Duration::from_millis(300),
    longest: Duration::from_secs(3),
    client: Duration::from_secs(5),
};

/// Answers at `path` until `shutdown`. Whoever calls this holds the data directory: a socket that is there
/// already is a dead one's and is replaced.
pub(crate) async fn serve(path: &Path, source: Source, shutdown: Shutdown) -> anyhow::Result<()> {
    let listener = bind(path).with_context(|| format!("cannot listen at {}", path.display()))?;
    answer_all(listener, source, PATIENCE, shutdown).await;
    std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))
}

/// A socket that is nobody else's from the moment it can be found: it gets its name after its mode.
fn bind(path: &Path) -> std::io::Result<UnixListener> {
    let unnamed = path.with_extension("new");
    match std::fs::remove_file(&unnamed) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&unnamed)?;
    std::fs::set_permissions(&unnamed, Permissions::from_mode(0o600))?;
    std::fs::rename(&unnamed, path)?;
    Ok(listener)
}

/// Questions still open at `shutdown` stay unanswered.
async fn answer_all(listener: UnixListener, source: Source, patience: Patience, shutdown: Shutdown) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((client, _)) => {
                    open.spawn(answer(client, source.clone(), patience));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a question about a trace");
                    sleep(POLL).await;
                }
            },
        }
    }
}

async fn answer(client: UnixStream, source: Source, patience: Patience) -> anyhow::Result<()> {
    let mut client = BufReader::new(client);
    let question = timeout(patience.client, read_question(&mut client)).await??;
    let answer = match (question, source) {
        (Err(error), _) => Answer::Invalid { message: error.to_string() },
        (Ok(_), Source::Elsewhere(destination)) => Answer::Elsewhere { destination },
        (Ok(question), Source::Store(store)) => match find(&store, &question, patience).await {
            Some(trace) => Answer::Found { trace },
            None => Answer::NotFound,
        },
    };
    let mut line = serde_json::to_vec(&answer)?;
    line.push(b'\n');
    timeout(patience.client, client.write_all(&line)).await??;
    Ok(())
}

/// The outer error is the connection's, the inner one the client's.
async fn read_question(client: &mut BufReader<UnixStream>) -> std::io::Result<anyhow::Result<Question>> {
    let mut line = Vec::new();
    let longest = u64::try_from(LONGEST_REQUEST).unwrap_or(u64::MAX);
    client.take(longest + 1).read_until(b'\n', &mut line).await?;
    if line.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    if line.len() > LONGEST_REQUEST {
        return Ok(Err(anyhow::anyhow!("the question is longer than {LONGEST_REQUEST} bytes")));
    }
    Ok(String::from_utf8_lossy(&line).trim_end().parse())
}

/// The trace once it has settled, or, when patience ends, what is there of it.
async fn find(store: &TraceStore, question: &Question, patience: Patience) -> Option<Trace> {
    let asked = Instant::now();
    let mut id = match question {
        Question::Trace(id) => Some(id.clone()),
        Question::Last => {
            sleep(patience.arrival).await;
            None
        }
    };
    loop {
        id = id.or_else(|| Some(store.last()?.id().to_owned()));
        let settled = id.as_ref().is_some_and(|it| store.is_settled(it, patience.quiet));
        if settled || asked.elapsed() >= patience.longest {
            return store.get(&id?);
        }
        sleep(POLL).await;
    }
}

/// Asks the `ccm up` that listens at `path`.
pub(crate) async fn ask(path: &Path, question: &Question) -> anyhow::Result<Answer> {
    let mut server = match UnixStream::connect(path).await {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => bail!(
            "no `ccm up` is running on {}: start it with `cargo run`, send it a request and ask again",
            path.parent().unwrap_or(path).display()
        ),
        connected => connected.with_context(|| format!("cannot connect to {}", path.display()))?,
    };
    let line = match question {
        Question::Last => "last\n".to_owned(),
        Question::Trace(id) => format!("{id}\n"),
    };
    let mut json = Vec::new();
    let exchange = async {
        server.write_all(line.as_bytes()).await?;
        server.read_to_end(&mut json).await
    };
    match timeout(ANSWER_WITHIN, exchange).await {
        Err(_) => bail!("`ccm up` did not answer within {} s", ANSWER_WITHIN.as_secs()),
        Ok(exchanged) => exchanged.context("`ccm up` ended while it was asked")?,
    };
    if json.is_empty() {
        bail!("`ccm up` ended while it was asked");
    }
    serde_json::from_slice(&json).context("`ccm up` is of another version: restart it")
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::os::unix::fs::FileTypeExt as _;
    use std::pin::pin;

    use super::*;
    use crate::trace::samples::{request, span};

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const QUICK: Patience = Patience {
        arrival: Duration::ZERO,
        quiet: Duration::ZERO,
        longest: Duration::ZERO,
        client: Duration::from_secs(20),
    };
    const PATIENT: Patience = Patience { longest: Duration::from_secs(20), ..QUICK };

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
        fn start(source: Source, patience: Patience) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let listener = bind(&dir.path().join("trace.sock")).unwrap();
            let running = tokio::spawn(answer_all(listener, source, patience, Shutdown::new()));
            Self { dir, running }
        }

        async fn ask(&self, question: &str) -> anyhow::Result<Answer> {
            ask(&self.dir.path().join("trace.sock"), &question.parse()?).await
        }

        async fn send(&self, bytes: &[u8]) -> String {
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
        let found = Answer::Found { trace: Trace { spans: vec![request(ID, 0..9)], dropped: 0 } };
        assert_eq!(up.ask("last").await.unwrap(), found);
        assert_eq!(up.ask(ID).await.unwrap(), found);
        assert_eq!(up.ask(&ID.to_uppercase()).await.unwrap(), found);
        assert_eq!(up.ask(&"0".repeat(32)).await.unwrap(), Answer::NotFound);
    }

    #[tokio::test]
    async fn a_collector_is_named_where_it_gets_the_spans() {
        let up = Up::start(Source::Elsewhere("http://127.0.0.1:4317".to_owned()), QUICK);
        let elsewhere = Answer::Elsewhere { destination: "http://127.0.0.1:4317".to_owned() };
        assert_eq!(up.ask("last").await.unwrap(), elsewhere);
    }

    #[tokio::test]
    async fn a_question_that_makes_no_sense_is_told_so() {
        let up = Up::start(Source::Store(kept(Vec::new())), QUICK);
        for nonsense in [&b"first\n"[..], b"\n", b"\xff\x00\n", &[b'g'; 32]] {
            let mut nonsense = nonsense.to_vec();
            nonsense.push(b'\n');
            let answer = up.send(&nonsense).await;
            assert!(
                answer.contains(r#""answer":"invalid""#) && answer.contains("32 hexadecimal"),
                "{answer}"
            );
        }
        let answer = up.send(&[b'a'; 3_000]).await;
        assert!(answer.contains("longer than 100 bytes"), "{answer}");
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_is_dropped() {
        let patience = Patience { client: Duration::from_millis(20), ..QUICK };
        let up = Up::start(Source::Store(kept(vec![request(ID, 0..9)])), patience);
        assert_eq!(timeout(Duration::from_secs(10), up.send(b"")).await, Ok(String::new()));
    }

    #[tokio::test]
    async fn spans_on_their_way_are_waited_for() {
        for question in [Question::Last, Question::Trace(ID.to_owned())] {
            let store = kept(vec![request(ID, 0..9), span(ID, "leaf", "middle", 2..3)]);
            let mut answer = pin!(find(&store, &question, PATIENT));
            tokio::select! {
                biased;
                early = &mut answer => panic!("answered too early: {early:?}"),
                () = ready(()) => {}
            }
            store.add(vec![span(ID, "middle", "request", 1..4)]);
            let answer = timeout(PATIENT.longest / 2, answer).await.expect("answered as soon as it is whole");
            assert_eq!(answer.map(|it| it.spans.len()), Some(3));
        }
    }

    #[tokio::test]
    async fn the_last_is_not_looked_for_before_what_ended_earlier_can_have_arrived() {
        let store = kept(vec![request(ID, 0..9)]);
        let arrival = Duration::from_millis(50);
        let asked = Instant::now();
        let found = find(&store, &Question::Last, Patience { arrival, ..PATIENT }).await;
        assert!(found.is_some() && asked.elapsed() >= arrival);
    }

    #[tokio::test]
    async fn a_trace_that_still_grows_is_not_shown_before_it_is_quiet() {
        let store = kept(vec![request(ID, 0..9)]);
        let quiet = Duration::from_millis(50);
        let arrived = Instant::now();
        let found = find(&store, &Question::Trace(ID.to_owned()), Patience { quiet, ..PATIENT }).await;
        assert!(found.is_some() && arrived.elapsed() >= quiet / 2);
    }

    #[tokio::test]
    async fn an_incomplete_trace_is_shown_when_patience_ends() {
        let store = kept(vec![span(ID, "leaf", "lost", 2..3)]);
        let found = find(&store, &Question::Trace(ID.to_owned()), QUICK).await;
        assert_eq!(found.map(|it| it.spans.len()), Some(1));
        assert_eq!(find(&store, &Question::Last, QUICK).await, None);
    }

    #[tokio::test]
    async fn the_socket_is_its_owners_alone_replaces_a_stale_one_and_goes_with_its_server() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trace.sock");
        drop(UnixListener::bind(&path).unwrap());
        let refused = ask(&path, &Question::Last).await.unwrap_err().to_string();
        assert!(refused.contains("no `ccm up` is running on") && refused.contains("cargo run"), "{refused}");

        let shutdown = Shutdown::new();
        let (asked, at) = (path.clone(), path.clone());
        let source = Source::Elsewhere("collector".to_owned());
        let up = serve(&at, source, shutdown.clone());
        let client = async move {
            let answer = ask(&asked, &Question::Last).await;
            let metadata = std::fs::metadata(&asked).unwrap();
            shutdown.cancel();
            (answer, metadata)
        };
        let (served, (answer, metadata)) = tokio::join!(up, client);
        served.unwrap();
        assert_eq!(answer.unwrap(), Answer::Elsewhere { destination: "collector".to_owned() });
        assert!(metadata.file_type().is_socket());
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        assert!(!path.exists());
        assert!(ask(&path, &Question::Last).await.is_err());
    }
}
