//! Tests of the socket of `ccm trace`.

use std::future::ready;
use std::os::unix::fs::FileTypeExt as _;
use std::pin::pin;

use super::*;
use crate::trace::samples::{log_line, request, span, with};

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

fn last() -> Request {
    "last".parse().unwrap()
}

struct Up {
    dir: tempfile::TempDir,
    running: tokio::task::JoinHandle<()>,
}

impl Up {
    fn start(source: Source, timeouts: Timeouts) -> Self {
        Self::start_with(source, Arc::default(), timeouts)
    }

    fn start_with(source: Source, lines: Arc<LineStore>, timeouts: Timeouts) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = bind(&dir.path().join("trace.sock")).unwrap();
        let running = tokio::spawn(accept_all(listener, source, lines, timeouts, Shutdown::new()));
        Self { dir, running }
    }

    async fn ask(&self, query: &str) -> anyhow::Result<Reply> {
        Ok(self.ask_all(query).await?.reply)
    }

    async fn ask_all(&self, request: &str) -> anyhow::Result<Answer> {
        send(&self.dir.path().join("trace.sock"), &request.parse()?).await
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
async fn log_lines_are_sent_when_they_are_asked_for_even_without_spans() {
    let (lines, other) = (Arc::new(LineStore::default()), "0".repeat(32));
    for id in [ID, &other] {
        lines.add(id, &serde_json::to_string(&log_line(id, "request", "call")).unwrap());
    }
    let up = Up::start_with(Source::Store(kept(vec![request(ID, 0..9)])), lines, QUICK);
    let logged = |answer: Answer| answer.logs.lines.iter().map(|it| it.trace_id.clone()).collect::<Vec<_>>();
    assert_eq!(logged(up.ask_all(ID).await.unwrap()), [None; 0]);
    assert_eq!(logged(up.ask_all("last logs").await.unwrap()), [Some(ID.to_owned())]);
    let without_spans = up.ask_all(&format!("{other} logs")).await.unwrap();
    assert_eq!(without_spans.reply, Reply::NotFound);
    assert_eq!(logged(without_spans), [Some(other)]);
}

#[tokio::test]
async fn a_story_is_found_by_the_id_of_a_worker_once_all_its_traces_are_complete() {
    let id = "01a202a3-2bd9-730c-8819-6267667c643f";
    let patched = with(request(ID, 0..9), "ccm.worker.id", id);
    let up = Up::start(Source::Store(kept(vec![patched.clone()])), QUICK);
    let Ok(Reply::Story { story }) = up.ask(&id.to_uppercase()).await else { panic!("no story") };
    assert_eq!((story.id.as_str(), story.traces.len(), story.left_out), (id, 1, 0));
    assert_eq!(up.ask(&id.replace('0', "1")).await.unwrap(), Reply::NotFound);

    let store = kept(vec![patched, span(ID, "COMMIT", "turn", 8..9)]);
    let mut answer = pin!(find_story(&store, id, PATIENT));
    tokio::select! {
        biased;
        early = &mut answer => panic!("answered too early: {early:?}"),
        () = ready(()) => {}
    }
    store.add(vec![span(ID, "turn", "request", 7..9)]);
    let answer = timeout(PATIENT.complete / 2, answer).await.expect("answered as soon as it is whole");
    assert_eq!(answer.map(|it| it.traces[0].spans.len()), Some(3));
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
        assert!(answer.contains(r#""answer":"invalid""#) && answer.contains("32 hexadecimal"), "{answer}");
    }
    let answer = up.send_bytes(&[b'a'; 5_000]).await;
    assert!(answer.contains("longer than 4096 bytes"), "{answer}");
}

#[tokio::test]
async fn a_client_that_sends_nothing_is_disconnected() {
    let timeouts = Timeouts { client: Duration::from_millis(20), ..QUICK };
    let up = Up::start(Source::Store(kept(vec![request(ID, 0..9)])), timeouts);
    assert_eq!(timeout(Duration::from_secs(10), up.send_bytes(b"")).await, Ok(String::new()));
}

#[tokio::test]
async fn spans_on_their_way_are_waited_for() {
    for id in [None, Some(ID.to_owned())] {
        let store = kept(vec![request(ID, 0..9), span(ID, "leaf", "middle", 2..3)]);
        let mut answer = pin!(find(&store, id, PATIENT));
        tokio::select! {
            biased;
            early = &mut answer => panic!("answered too early: {early:?}"),
            () = ready(()) => {}
        }
        store.add(vec![span(ID, "middle", "request", 1..4)]);
        let answer = timeout(PATIENT.complete / 2, answer).await.expect("answered as soon as it is whole");
        assert_eq!(answer.map(|it| it.spans.len()), Some(3));
    }
}

#[tokio::test]
async fn the_last_trace_is_looked_up_after_spans_that_ended_earlier_can_have_arrived() {
    let store = kept(vec![request(ID, 0..9)]);
    let export = Duration::from_millis(50);
    let asked = Instant::now();
    let found = find(&store, None, Timeouts { export, ..PATIENT }).await;
    assert!(found.is_some() && asked.elapsed() >= export);
}

#[tokio::test]
async fn a_trace_is_not_sent_while_its_spans_arrive() {
    let store = kept(vec![request(ID, 0..9)]);
    let quiet = Duration::from_millis(50);
    let arrived = Instant::now();
    let found = find(&store, Some(ID.to_owned()), Timeouts { quiet, ..PATIENT }).await;
    assert!(found.is_some() && arrived.elapsed() >= quiet / 2);
}

#[tokio::test]
async fn an_incomplete_trace_is_sent_after_the_timeout() {
    let store = kept(vec![span(ID, "leaf", "lost", 2..3)]);
    let found = find(&store, Some(ID.to_owned()), QUICK).await;
    assert_eq!(found.map(|it| it.spans.len()), Some(1));
    assert_eq!(find(&store, None, QUICK).await, None);
}

#[tokio::test]
async fn the_socket_has_mode_600_replaces_a_stale_one_and_is_removed_at_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trace.sock");
    drop(UnixListener::bind(&path).unwrap());
    let refused = send::<Answer>(&path, &last()).await.unwrap_err().to_string();
    assert!(refused.contains("no `ccm up` is running on") && refused.contains("cargo run"), "{refused}");

    let shutdown = Shutdown::new();
    let (asked, at) = (path.clone(), path.clone());
    let source = Source::Elsewhere("collector".to_owned());
    let up = serve(&at, source, Arc::default(), shutdown.clone());
    let client = async move {
        let answer = send::<Answer>(&asked, &last()).await;
        let metadata = std::fs::metadata(&asked).unwrap();
        shutdown.cancel();
        (answer, metadata)
    };
    let (served, (answer, metadata)) = tokio::join!(up, client);
    served.unwrap();
    assert_eq!(answer.unwrap(), Reply::Elsewhere { destination: "collector".to_owned() }.into());
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert!(!path.exists());
    assert!(send::<Answer>(&path, &last()).await.is_err());
}
