//! One body of code for both databases. sqlx's types differ by database and cannot be abstracted without a page of
//! bounds a function; these macros write the body twice instead, so that a store says it once.

/// Reads: `read!(database, |on| …)` gives `on`, a [`crate::Connection`]; the body is an expression with `?`.
#[macro_export]
macro_rules! read {
    ($database:expr, |$on:ident| $body:expr) => {
        match &$database {
            $crate::Database::Sqlite(pools) => {
                let mut $on = $crate::Connection::acquire($crate::System::Sqlite, &pools.readers).await?;
                $body
            }
            $crate::Database::Postgres(pools) => {
                let mut $on = $crate::Connection::acquire($crate::System::Postgres, &pools.pool).await?;
                $body
            }
        }
    };
}

/// Writes: `write!(database, |on| -> Result<T, E> …)` gives `on`, a [`crate::Transaction`]. The body's `Ok` commits, its
/// `Err` rolls back. It runs to its end whatever becomes of the caller, so it owns what it uses.
#[macro_export]
macro_rules! write {
    ($database:expr, |$on:ident| -> Result<$ok:ty, $err:ty> $body:block) => {{
        let database = $database.clone();
        $crate::to_completion::<$ok, $err>(async move {
            match database {
                $crate::Database::Sqlite(pools) => {
                    let mut $on =
                        $crate::Transaction::begin($crate::System::Sqlite, &pools.writer, &pools.commits)
                            .await?;
                    let outcome: Result<$ok, $err> = async { $body }.await;
                    let answer = outcome?;
                    $on.commit().await?;
                    Ok(answer)
                }
                $crate::Database::Postgres(pools) => {
                    let mut $on =
                        $crate::Transaction::begin($crate::System::Postgres, &pools.pool, &pools.commits)
                            .await?;
                    let outcome: Result<$ok, $err> = async { $body }.await;
                    let answer = outcome?;
                    $on.commit().await?;
                    Ok(answer)
                }
            }
        })
        .await
    }};
}

/// The one row of a statement, or none: `fetch_optional!(on, STATEMENT, Row, value, …)`.
#[macro_export]
macro_rules! fetch_optional {
    ($on:expr, $statement:expr, $row:ty $(, $value:expr)* $(,)?) => {
        $crate::run(
            $on.system(),
            &$statement,
            $crate::sqlx::query_as::<_, $row>($statement.sql)$(.bind($value))*.fetch_optional($on.executor()),
        )
        .await
    };
}

/// All rows of a statement: `fetch_all!(on, STATEMENT, Row, value, …)`.
#[macro_export]
macro_rules! fetch_all {
    ($on:expr, $statement:expr, $row:ty $(, $value:expr)* $(,)?) => {
        $crate::run(
            $on.system(),
            &$statement,
            $crate::sqlx::query_as::<_, $row>($statement.sql)$(.bind($value))*.fetch_all($on.executor()),
        )
        .await
    };
}

/// All rows of a statement that was chosen at run time, with its [`crate::Value`]s: `fetch_all_of!(on, statement, Row,
/// values)`.
#[macro_export]
macro_rules! fetch_all_of {
    ($on:expr, $statement:expr, $row:ty, $values:expr) => {{
        let (statement, values): (&$crate::Statement, Vec<$crate::Value>) = (&$statement, $values);
        let query = $crate::sqlx::query_as::<_, $row>(statement.sql);
        let query = values.into_iter().fold(query, $crate::sqlx::query::QueryAs::bind);
        $crate::run($on.system(), statement, query.fetch_all($on.executor())).await
    }};
}

/// Runs a statement that answers no row: `execute!(on, STATEMENT, value, …)`.
#[macro_export]
macro_rules! execute {
    ($on:expr, $statement:expr $(, $value:expr)* $(,)?) => {
        $crate::run(
            $on.system(),
            &$statement,
            $crate::sqlx::query($statement.sql)$(.bind($value))*.execute($on.executor()),
        )
        .await
        .map(drop)
    };
}
