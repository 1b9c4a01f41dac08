//! What the gateway answers to its clients about the traces that `ccm up` keeps.

use gateway::supervisor::TraceQuery;

use super::lines::LineStore;
use super::query::PageReply;
use super::socket::Source;

/// The reply to the gateway.
#[expect(clippy::unused_async, reason = "it waits for spans")]
pub(super) async fn reply(_: TraceQuery, source: Source, _: &LineStore) -> anyhow::Result<PageReply> {
    Ok(match source {
        Source::Elsewhere(destination) => PageReply::Elsewhere { destination },
        Source::Store(_) => PageReply::NotFound,
    })
}
