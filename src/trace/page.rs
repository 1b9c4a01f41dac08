//! What the gateway answers to its clients about the traces that `ccm up` keeps: a list, and the traces behind an id with an
//! entity tag, so that a page can ask each second for what is new.

mod document;
mod recent;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use gateway::supervisor::TraceQuery;
use serde_json::value::to_raw_value;
use tokio::time::sleep;

use self::document::Document;
use super::lines::LineStore;
use super::query::PageReply;
use super::socket::Source;
use super::store::{Arriving, Trace, TraceStore};

/// How long an id that nobody has asked for yet is waited for: processes export every 200 ms.
const EXPORT: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(25);
/// A trace is complete when no span of it has arrived for this long.
const QUIET: Duration = Duration::from_millis(300);

/// The reply to the gateway.
pub(super) async fn reply(
    query: TraceQuery,
    source: Source,
    lines: Arc<LineStore>,
) -> anyhow::Result<PageReply> {
    let store = match source {
        Source::Elsewhere(destination) => return Ok(PageReply::Elsewhere { destination }),
        Source::Store(store) => store,
    };
    match query {
        TraceQuery::Recent(filter) => {
            // It looks into every span that is kept.
            let list = move || to_raw_value(&recent::list(&filter, &store, &lines));
            let json = tokio::task::spawn_blocking(list).await??;
            Ok(PageReply::Document { tag: None, json })
        }
        TraceQuery::One { id, known } => {
            let begin = Instant::now();
            // A client that has seen something of the trace is told at once that it is gone.
            while known.is_empty() && !has_arrived(&id, &store, &lines) && begin.elapsed() < EXPORT {
                sleep(POLL).await;
            }
            one(&id, &known, &store, &lines)
        }
    }
}

/// The traces behind an id, unless the client has them already.
fn one(id: &str, known: &[String], store: &TraceStore, lines: &LineStore) -> anyhow::Result<PageReply> {
    let (mut tag, mut is_known) = (String::new(), false);
    let mut look = |traces: &[&Arriving], left_out| {
        tag = tag_of(id, traces, lines);
        is_known = known.iter().any(|it| *it == tag || it == "*");
        let traces = if is_known { &[] } else { traces };
        let traces = traces.iter().map(|it| (it.trace.clone(), it.is_settled(QUIET))).collect();
        Found { traces, left_out }
    };
    let found = match store.read(id, &mut look) {
        Some(found) => found,
        None if lines.count(id) == (0, 0) => return Ok(PageReply::NotFound { since: store.since() }),
        // A request is running that has logged something.
        None => look(&[], 0),
    };
    if is_known {
        return Ok(PageReply::NotModified { tag });
    }
    Ok(PageReply::Document {
        tag: Some(tag),
        json: to_raw_value(&Document::new(id, &found, lines, store.since()))?,
    })
}

/// The traces behind an id, each with whether it is complete, and the number of older ones that were left out.
struct Found {
    traces: Vec<(Trace, bool)>,
    left_out: usize,
}

/// Whether there is something to show.
fn has_arrived(id: &str, store: &TraceStore, lines: &LineStore) -> bool {
    store.read(id, |_, _| ()).is_some() || lines.count(id) != (0, 0)
}

/// The entity tag: it changes with every span and every log line that arrives, and when a trace becomes complete.
fn tag_of(id: &str, traces: &[&Arriving], lines: &LineStore) -> String {
    let mut hasher = DefaultHasher::new();
    (id, lines.count(id)).hash(&mut hasher);
    for it in traces {
        let trace = &it.trace;
        let spans = (trace.id(), trace.spans.len(), trace.dropped, it.is_settled(QUIET));
        (spans, lines.count(trace.id())).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// Nanoseconds in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "2^53 nanoseconds are 104 days")]
fn milliseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e6
}
