//! Lists of workers with filters. The text of a statement depends only on which filters are set, so each text is made
//! once.

use std::fmt::Write as _;
use std::sync::LazyLock;

use events::grpc::ListKey;
use storage::{Page, PageToken, Statement, Statements as _, StorageError, Value};

use super::sql::SELECTED;
use super::{Row, WorkerStore};
use crate::worker::{ObservedState, Provider, Worker};

/// The filters of a list; a worker must match all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) status: Option<ObservedState>,
    pub(crate) region: Option<String>,
    pub(crate) provider: Option<Provider>,
    /// Key and value of a tag.
    pub(crate) tag: Option<(String, String)>,
}

/// The columns with filters, in the order of their values and of the bits in a combination of filters.
const FILTERS: [&str; 3] = ["observed_state", "region", "provider"];
/// The bit of the tag filter, whose two values come last.
const TAG: usize = 1 << FILTERS.len();

/// The statements by combination of filters.
static LISTS: LazyLock<Vec<Statement>> = LazyLock::new(|| {
    let texts = (0..2 * TAG).map(list);
    texts.map(|text| Statement { summary: "SELECT workers", sql: text.leak() }).collect()
});

/// Returns the SQL of one list. `$1` and `$2` are the key after which the page starts, `$3` its size, followed by the
/// values of the filters, with the key and value of the tag last. A tag filter scans the index of tags and looks each
/// worker up.
fn list(asked: usize) -> String {
    let mut condition = String::new();
    let mut next = 4;
    for (_, column) in FILTERS.iter().enumerate().filter(|(bit, _)| asked & (1 << bit) != 0) {
        let _ = write!(condition, " AND {column} = ${next}");
        next += 1;
    }
    if asked == 0 {
        // This condition makes the planner use the index of all workers (see the migration).
        condition.push_str(" AND revision > 0");
    }
    if asked & TAG == 0 {
        return format!(
            "SELECT {SELECTED} FROM workers WHERE deleted_at IS NULL{condition} AND (created_at, id) < ($1, $2) \
             ORDER BY created_at DESC, id DESC LIMIT $3"
        );
    }
    let column = |it: &str| match it.trim() {
        subquery if subquery.starts_with('(') => subquery.to_owned(),
        column => format!("workers.{column}"),
    };
    let columns: Vec<String> = SELECTED.split(',').map(column).collect();
    format!(
        "SELECT {} FROM worker_tags AS tag JOIN workers ON workers.id = tag.worker_id \
         WHERE tag.key = ${next} AND tag.value = ${} AND (tag.created_at, tag.worker_id) < ($1, $2) \
           AND workers.deleted_at IS NULL{condition} \
         ORDER BY tag.created_at DESC, tag.worker_id DESC LIMIT $3",
        columns.join(", "),
        next + 1
    )
}

/// Returns the statement for at most `limit` workers after the given key, and its values.
pub(super) fn statement(
    (created_at, id): ListKey,
    limit: i64,
    filter: &Filter,
) -> (&'static Statement, Vec<Value>) {
    let mut values = vec![created_at.into(), id.into(), limit.into()];
    let asked: [Option<Value>; FILTERS.len()] = [
        filter.status.map(|it| it.into_str().into()),
        filter.region.clone().map(Value::from),
        filter.provider.map(|it| it.into_str().into()),
    ];
    let mut shape = 0;
    for (bit, value) in asked.into_iter().enumerate() {
        shape |= usize::from(value.is_some()) << bit;
        values.extend(value);
    }
    if let Some((key, value)) = &filter.tag {
        shape |= TAG;
        values.extend([key.as_str().into(), value.as_str().into()]);
    }
    (&LISTS[shape], values)
}

impl WorkerStore {
    /// Returns a page of workers, newest first, and the token of the next page.
    pub(crate) async fn list(
        &self,
        page: Page,
        filter: &Filter,
    ) -> Result<(Vec<Worker>, Option<PageToken>), StorageError> {
        let (statement, values) = statement(page.key(), page.limit(), filter);
        let mut on = self.database.connection().await?;
        let (rows, were_cut) = on.fetch_within(statement, values, Page::MAX_BYTES, Row::bytes).await?;
        drop(on);
        let mut workers = rows.into_iter().map(Row::into_worker).collect::<Result<Vec<_>, _>>()?;
        let next = page.cut(&mut workers, were_cut, |it| (it.created_at, it.id));
        Ok((workers, next))
    }
}
