//! What was recorded of one subject.

use access::Visibility;
use platform::clock::Micros;
use prost::Message as _;
use uuid::Uuid;

use super::log::EventLog;
use super::recorded::{Recorded, Row};
use super::sql;
use super::subject::SubjectKind;
use storage::{Page, PageToken, Statements as _, StorageError};

/// A page of a subject's events, newest first, and where the next one begins.
pub type History = (Vec<Recorded>, Option<PageToken>);

/// A client takes messages of 4 MiB unless it says otherwise, and an event has its subject twice.
const MAX_BYTES: usize = 3 * 1024 * 1024;

/// How many of these fit into one answer; at least one does.
fn fitting(events: &[Recorded]) -> usize {
    let mut bytes = 0;
    let fits = |it: &&Recorded| {
        bytes += it.event.encoded_len();
        bytes <= MAX_BYTES
    };
    events.iter().take_while(fits).count().max(1).min(events.len())
}

impl EventLog {
    /// A page of the subject's history; `None` when there is none that is seen, `seen` telling what of each kind is. Who sees the subject as its last event
    /// left it, or saw it last when it is gone, sees all of its history, also of the time before.
    pub async fn history(
        &self,
        id: Uuid,
        page: Page,
        seen: impl Fn(&SubjectKind) -> Option<Visibility>,
    ) -> Result<Option<History>, StorageError> {
        // The key of a page is a revision here.
        let (before, limit) = (page.key().0, page.limit());
        let mut on = self.reader.database.connection().await?;
        let last: Option<Row> =
            on.fetch_optional(&sql::HISTORY, [id.into(), i64::MAX.into(), 1_i64.into()]).await?;
        let Some(last) = last.map(|row| row.into_recorded(&self.reader.kinds)).transpose()? else {
            return Ok(None);
        };
        if !seen(last.kind).is_some_and(|seen| last.is_told_to(&seen)) {
            return Ok(None);
        }
        // What comes after the event that was judged may be for others only.
        let before = before.min(last.revision.saturating_add(1));
        let rows: Vec<Row> = on.fetch_all(&sql::HISTORY, [id.into(), before.into(), limit.into()]).await?;
        let mut events = rows
            .into_iter()
            .map(|row| row.into_recorded(&self.reader.kinds))
            .collect::<Result<Vec<_>, _>>()?;
        let next = page.cut(&mut events, |it| (Micros(it.revision), it.subject_id));
        let fit = fitting(&events);
        if fit == events.len() {
            return Ok(Some((events, next)));
        }
        events.truncate(fit);
        let next = events.last().map(|it| page.token_after((Micros(it.revision), it.subject_id)));
        Ok(Some((events, next)))
    }
}
