//! What was recorded of one subject.

use access::Visibility;
use platform::clock::Micros;
use uuid::Uuid;

use super::log::EventLog;
use super::recorded::{Recorded, Row};
use super::sql;
use crate::{Page, PageToken, StorageError};

/// A page of a subject's events, newest first, and where the next one begins.
pub type History = (Vec<Recorded>, Option<PageToken>);

impl EventLog {
    /// A page of the subject's history; `None` when there is none that is seen. Who sees the subject as its last event
    /// left it, or saw it last when it is gone, sees all of its history, also of the time before.
    pub async fn history(
        &self,
        id: Uuid,
        page: Page,
        seen: &Visibility,
    ) -> Result<Option<History>, StorageError> {
        // The key of a page is a revision here.
        let (before, limit) = (page.key().0, page.limit());
        let (last, rows) = crate::read!(self.database, |on| {
            let last: Option<Row> = crate::fetch_optional!(on, sql::HISTORY, Row, id, i64::MAX, 1_i64)?;
            let rows: Vec<Row> = crate::fetch_all!(on, sql::HISTORY, Row, id, before, limit)?;
            (last, rows)
        });
        let Some(last) = last.map(Row::into_recorded).transpose()? else { return Ok(None) };
        if !last.is_told_to(seen) {
            return Ok(None);
        }
        let mut events = rows.into_iter().map(Row::into_recorded).collect::<Result<Vec<_>, _>>()?;
        let next = page.cut(&mut events, |it| (Micros(it.revision), it.subject_id));
        Ok(Some((events, next)))
    }
}
