//! The history of one subject, as ListEvents returns it.

use access::{Disclosure, Visibility};
use platform::clock::Micros;
use uuid::Uuid;

use super::log::EventLog;
use super::recorded::{Recorded, Row};
use super::sql;
use super::subject::SubjectKind;
use storage::{Page, PageToken, Statements as _, StorageError};

/// A page of a subject's events, newest first, and where the next one begins.
pub type History = (Vec<Recorded>, Option<PageToken>);

impl EventLog {
    /// Returns a page of the history of a subject; `None` if there is none that the caller may see, or `includes` excludes
    /// the kind of the subject. A caller that may see the subject after its last event, or could see it when it
    /// was deleted, gets the complete history.
    pub async fn history(
        &self,
        id: Uuid,
        page: Page,
        visibility: &Visibility,
        includes: impl Fn(&SubjectKind) -> bool,
    ) -> Result<Option<History>, StorageError> {
        // The key of these pages is a revision instead of a time.
        let (before, limit) = (page.key().0, page.limit());
        let mut on = self.reader.database.connection().await?;
        let last: Option<Row> =
            on.fetch_optional(&sql::HISTORY, [id.into(), i64::MAX.into(), 1_i64.into()]).await?;
        let Some(last) = last.map(|row| row.into_recorded(&self.reader.kinds)).transpose()? else {
            return Ok(None);
        };
        let shown = matches!(last.disclosure(visibility), Disclosure::Whole | Disclosure::WithoutBefore);
        if !shown || !includes(last.kind) {
            return Ok(None);
        }
        // Later events, committed since `last` was read, may not be visible to the caller.
        let before = before.min(last.revision.saturating_add(1));
        let values = [id.into(), before.into(), limit.into()];
        let (rows, were_cut) = on.fetch_within(&sql::HISTORY, values, Page::MAX_BYTES, Row::bytes).await?;
        drop(on);
        let mut events = rows
            .into_iter()
            .map(|row| row.into_recorded(&self.reader.kinds))
            .collect::<Result<Vec<_>, _>>()?;
        let key = |it: &Recorded| (Micros(it.revision), it.subject_id);
        let next = page.cut(&mut events, were_cut, key);
        let next = page.fit(&mut events, next, |it| it.bytes, key);
        Ok(Some((events, next)))
    }
}
