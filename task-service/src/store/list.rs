//! Pages of the tasks that are seen, by filters. The text of a statement depends on what is asked for, never on a value:
//! each is made once.

use std::fmt::Write as _;
use std::sync::LazyLock;

use access::Visibility;
use events::grpc::Place;
use storage::{Page, PageToken, Statement, Statements as _, StorageError, Value};
use uuid::Uuid;

use super::{Row, TaskStore, sql};
use crate::task::{Priority, Status, Task};

/// Which tasks only; all of it must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) status: Option<Status>,
    pub(crate) priority: Option<Priority>,
    pub(crate) assignee_id: Option<String>,
    pub(crate) department: Option<String>,
    pub(crate) worker_id: Option<Uuid>,
}

/// The columns of filters, in the order of their values and of the bits of a shape.
const COLUMNS: [&str; 5] = ["status", "priority", "assignee_id", "department", "worker_id"];
/// What decides whether a task is seen: nothing, the person, or the person and the department.
const VIEWS: [&[&str]; 3] =
    [&[], &["assignee_id", "created_by"], &["assignee_id", "created_by", "department"]];
const SHAPES: usize = 1 << COLUMNS.len();

/// By view, then by which columns are asked for.
static LISTS: LazyLock<Vec<Statement>> = LazyLock::new(|| {
    let shapes = VIEWS.iter().flat_map(|view| (0..SHAPES).map(move |columns| list(view, columns)));
    shapes.map(|text| Statement { operation: "SELECT", collection: "tasks", sql: text.leak() }).collect()
});

/// The page of `$3` rows after the row (`$1`, `$2`), then the values of the columns, then of the person and the
/// department. What is seen for several reasons is read from an index each and merged: never a walk over what others see.
fn list(view: &[&str], columns: usize) -> String {
    let asked: Vec<&str> = chosen(columns).collect();
    let mut condition = String::from("deleted_at IS NULL AND (created_at, id) < ($1, $2)");
    for (column, place) in asked.iter().zip(4..) {
        let _ = write!(condition, " AND {column} = ${place}");
    }
    let order = "ORDER BY created_at DESC, id DESC LIMIT $3";
    let page = |and: &str, columns: usize| {
        let which = indexes_of(columns);
        format!("SELECT {} FROM tasks WHERE {condition}{and}{which} {order}", sql::COLUMNS)
    };
    if view.is_empty() {
        // There are indexes of two columns only where one of them is a way to see tasks.
        let of_two = asked.iter().any(|it| ["assignee_id", "department"].contains(it));
        return page("", if of_two { asked.len() } else { asked.len().min(1) });
    }
    let person = 4 + asked.len();
    let of = |column: &&str| {
        let value = if *column == "department" { person + 1 } else { person };
        // A column that is asked for already has its value: the two values must be one.
        let known = asked.iter().position(|it| it == column);
        let (seen, columns) = match known {
            Some(place) => (format!(" AND ${} = ${value}", 4 + place), asked.len()),
            None => (format!(" AND {column} = ${value}"), asked.len() + 1),
        };
        format!("SELECT * FROM ({}) AS of_{column}", page(&seen, columns))
    };
    let pages: Vec<String> = view.iter().map(of).collect();
    format!("SELECT * FROM ({}) AS seen {order}", pages.join(" UNION "))
}

/// What admits the indexes of that many columns and no others: see the migration.
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
    /// The values asked for, in the order of [`COLUMNS`].
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

/// The statement for at most `limit` tasks that are seen, behind the one that was created then and has this id, and its
/// values.
pub(super) fn statement(
    (created_at, id): Place,
    limit: i64,
    filter: &Filter,
    seen: Visibility,
) -> (&'static Statement, Vec<Value>) {
    let mut values = vec![created_at.into(), id.into(), limit.into()];
    let mut columns = 0;
    for (bit, value) in filter.values().into_iter().enumerate() {
        columns |= usize::from(value.is_some()) << bit;
        values.extend(value);
    }
    let view = match seen {
        Visibility::All => 0,
        Visibility::Restricted { person, department } => {
            values.push(person.into());
            let view = 1 + usize::from(department.is_some());
            values.extend(department.map(Value::from));
            view
        }
    };
    (&LISTS[view * SHAPES + columns], values)
}

impl TaskStore {
    /// A page of the tasks that are seen, newest first, and where the next one begins.
    pub(crate) async fn list(
        &self,
        page: Page,
        filter: &Filter,
        seen: Visibility,
    ) -> Result<(Vec<Task>, Option<PageToken>), StorageError> {
        let (statement, values) = statement(page.key(), page.limit(), filter, seen);
        let rows: Vec<Row> = self.database.connection().await?.fetch_all(statement, values).await?;
        let mut tasks = rows.into_iter().map(Row::into_task).collect::<Result<Vec<_>, _>>()?;
        let next = page.cut(&mut tasks, |it| (it.created_at, it.id));
        Ok((tasks, next))
    }
}
