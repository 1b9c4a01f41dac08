//! Lists of visible tasks with filters. The text of a statement depends only on which filters are set, so each text is
//! made once.

use std::fmt::Write as _;
use std::sync::LazyLock;

use access::Visibility;
use events::grpc::ListKey;
use storage::{Page, PageToken, Statement, Statements as _, StorageError, System, Value};
use uuid::Uuid;

use super::{Class, Row, TaskStore, sql};
use crate::task::{Priority, Status, Task};

/// The filters of a list; a task must match all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) shown: Shown,
    pub(crate) status: Option<Status>,
    pub(crate) priority: Option<Priority>,
    pub(crate) assignee_id: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) worker_id: Option<Uuid>,
}

/// Which tasks a list is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The tasks of people, and actions that have not ended.
    #[default]
    Open,
    /// The tasks of people.
    Human,
    /// All actions.
    Actions,
    /// Everything, for snapshots.
    All,
}

impl Shown {
    const VARIANTS: [Self; 4] = [Self::Open, Self::Human, Self::Actions, Self::All];

    fn classes(self) -> &'static [Class] {
        match self {
            Self::Open => &[Class::Human, Class::LiveAction],
            Self::Human => &[Class::Human],
            Self::Actions => &[Class::LiveAction, Class::EndedAction],
            Self::All => &[Class::Human, Class::LiveAction, Class::EndedAction],
        }
    }
}

/// The columns with filters, in the order of their values and of the bits in a combination of filters.
const COLUMNS: [&str; 5] = ["status", "priority", "assignee_id", "department", "worker_id"];
/// The columns that make a task visible: none for callers that see all tasks, otherwise those of the person, and of the
/// department if the caller has one.
const VIEWS: [&[&str]; 3] =
    [&[], &["assignee_id", "created_by"], &["assignee_id", "created_by", "department"]];
const SHAPES: usize = 1 << COLUMNS.len();

/// The statements of a database by what is shown, then by view, then by combination of filters.
struct Lists(Vec<Statement>);

static ON_SQLITE: LazyLock<Lists> = LazyLock::new(|| Lists::new(System::Sqlite));
static ON_POSTGRES: LazyLock<Lists> = LazyLock::new(|| Lists::new(System::Postgres));

impl Lists {
    fn new(system: System) -> Self {
        let views = Shown::VARIANTS.iter().flat_map(|shown| VIEWS.iter().map(move |view| (shown, view)));
        let shapes = views.flat_map(|(shown, view)| {
            (0..SHAPES).map(move |columns| list(system, shown.classes(), view, columns))
        });
        Self(shapes.map(|text| Statement { summary: "SELECT tasks", sql: text.leak() }).collect())
    }

    fn on(system: System) -> &'static Self {
        match system {
            System::Sqlite => &ON_SQLITE,
            System::Postgres => &ON_POSTGRES,
        }
    }
}

/// Returns the SQL of one list. `$1` and `$2` are the key after which the page starts, `$3` its size, followed by the
/// values of the filters, the person and the department. Each class, and each column that makes tasks visible, is read
/// from its own index and the results are merged, so tasks of others, or of other classes, are never scanned.
fn list(system: System, classes: &[Class], view: &[&str], columns: usize) -> String {
    let asked: Vec<&str> = chosen(columns).collect();
    let mut condition = String::from("deleted_at IS NULL AND (created_at, id) < ($1, $2)");
    for (column, place) in asked.iter().zip(4..) {
        let _ = write!(condition, " AND {column} = ${place}");
    }
    let order = "ORDER BY created_at DESC, id DESC LIMIT $3";
    let tasks = |class: Class, and: &str, columns: usize| {
        let (which, class) = (indexes_of(columns), class as i64);
        format!("SELECT {} FROM tasks WHERE class = {class} AND {condition}{and}{which}", sql::COLUMNS)
    };
    let parts: Vec<String> = if view.is_empty() {
        // Indexes of two columns exist only if one of the columns makes tasks visible.
        let of_two = asked.iter().any(|it| ["assignee_id", "department"].contains(it));
        let columns = if of_two { asked.len() } else { asked.len().min(1) };
        classes.iter().map(|class| tasks(*class, "", columns)).collect()
    } else {
        let person = 4 + asked.len();
        let of = |class: Class, column: &str| {
            let value = if column == "department" { person + 1 } else { person };
            // If the column also has a filter, both values must be equal.
            let known = asked.iter().position(|it| *it == column);
            let (seen, columns) = match known {
                Some(place) => (format!(" AND ${} = ${value}", 4 + place), asked.len()),
                None => (format!(" AND {column} = ${value}"), asked.len() + 1),
            };
            tasks(class, &seen, columns)
        };
        classes.iter().flat_map(|class| view.iter().map(move |column| of(*class, column))).collect()
    };
    // SQLite merges sorted parts row by row until the page is full, if no row can be in two of them: no task is of two classes.
    if parts.len() == 1 || (view.is_empty() && system == System::Sqlite) {
        return format!("{} {order}", parts.join(" UNION ALL "));
    }
    // A task can be visible for several reasons. PostgreSQL reads sorted parts to their end, so each of them is a page.
    let merge = if view.is_empty() { " UNION ALL " } else { " UNION " };
    let pages =
        parts.iter().enumerate().map(|(at, part)| format!("SELECT * FROM ({part} {order}) AS page{at}"));
    let merged = pages.collect::<Vec<_>>().join(merge);
    format!("SELECT {} FROM ({merged}) AS pages {order}", sql::COLUMNS)
}

/// Returns the condition that makes the planner use partial indexes with this number of columns (see the migration).
fn indexes_of(columns: usize) -> &'static str {
    match columns {
        0 => " AND revision > 0",
        1 => " AND version > 0",
        _ => "",
    }
}

fn chosen(columns: usize) -> impl Iterator<Item = &'static str> {
    COLUMNS.into_iter().enumerate().filter(move |(bit, _)| columns & (1 << bit) != 0).map(|it| it.1)
}

impl Filter {
    /// Returns the values of the filters, in the order of [`COLUMNS`].
    fn values(&self) -> [Option<Value>; COLUMNS.len()] {
        [
            self.status.map(|it| it.into_str().into()),
            self.priority.map(|it| it.into_str().into()),
            self.assignee_id.clone().map(Value::from),
            self.department.clone().map(Value::from),
            self.worker_id.map(Value::from),
        ]
    }
}

/// Returns the statement for at most `limit` visible tasks after the given key, and its values.
pub(super) fn statement(
    system: System,
    (created_at, id): ListKey,
    limit: i64,
    filter: &Filter,
    visibility: Visibility,
) -> (&'static Statement, Vec<Value>) {
    let mut values = vec![created_at.into(), id.into(), limit.into()];
    let mut columns = 0;
    for (bit, value) in filter.values().into_iter().enumerate() {
        columns |= usize::from(value.is_some()) << bit;
        values.extend(value);
    }
    let view = match visibility {
        Visibility::All => 0,
        Visibility::Restricted { person, department } => {
            values.push(person.into());
            let view = 1 + usize::from(department.is_some());
            values.extend(department.map(Value::from));
            view
        }
    };
    (&Lists::on(system).0[(filter.shown as usize * VIEWS.len() + view) * SHAPES + columns], values)
}

impl TaskStore {
    /// Returns a page of the visible tasks, newest first, and the token of the next page.
    pub(crate) async fn list(
        &self,
        page: Page,
        filter: &Filter,
        visibility: Visibility,
    ) -> Result<(Vec<Task>, Option<PageToken>), StorageError> {
        let mut on = self.database.connection().await?;
        let (statement, values) = statement(on.system(), page.key(), page.limit(), filter, visibility);
        let (rows, were_cut) = on.fetch_within(statement, values, Page::MAX_BYTES, Row::bytes).await?;
        drop(on);
        let mut tasks = rows.into_iter().map(Row::into_task).collect::<Result<Vec<_>, _>>()?;
        let next = page.cut(&mut tasks, were_cut, |it| (it.created_at, it.id));
        Ok((tasks, next))
    }
}
