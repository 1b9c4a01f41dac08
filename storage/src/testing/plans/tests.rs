//! Tests that the measurement distinguishes a table scan from an index lookup.

use super::*;
use crate::Migrations;
use crate::testing::Fresh;

crate::conformance!(
    a_page_by_its_index_is_told_from_a_scan,
    a_scan_in_the_order_of_an_index_that_passes_rows_over_is_found,
    entries_that_an_index_passes_over_are_found,
    a_sort_of_a_whole_match_is_found,
);

const ROWS: i64 = 80_000;

const fn select(sql: &'static str) -> Statement {
    Statement { summary: "SELECT readings", sql }
}

/// Rows of ten places; one row is of the place `nowhere`, in the middle.
async fn measured(fresh: &Fresh, statement: &Statement, place: &str) -> Reading {
    let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
    let statements = [
        "CREATE TABLE readings (at BIGINT NOT NULL, place TEXT NOT NULL, day BIGINT NOT NULL)".to_owned(),
        "CREATE INDEX readings_newest ON readings (at)".to_owned(),
        "CREATE INDEX readings_of_place ON readings (day, at, place)".to_owned(),
        format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {ROWS}) \
             INSERT INTO readings SELECT n, CASE n WHEN 10000 THEN 'nowhere' ELSE 'p' || (n % 10) END, 1 \
             FROM numbers"
        ),
    ];
    for statement in statements {
        let statement = sqlx::AssertSqlSafe(statement);
        match &database {
            Database::Sqlite(pools) => sqlx::raw_sql(statement).execute(&pools.writers).await.map(drop),
            Database::Postgres(pools) => sqlx::raw_sql(statement).execute(&pools.writers).await.map(drop),
        }
        .unwrap();
    }
    gather_statistics(&database).await.unwrap();
    let reading = Reading::of(&database, statement, &[Value::from(place), Value::from(10_i64)]).await;
    reading.unwrap()
}

async fn a_page_by_its_index_is_told_from_a_scan(fresh: Fresh) {
    let page = select("SELECT at FROM readings WHERE at > 17 AND place <> $1 ORDER BY at LIMIT $2");
    measured(&fresh, &page, "p8").await.at_most(40).unwrap();
}

async fn a_scan_in_the_order_of_an_index_that_passes_rows_over_is_found(fresh: Fresh) {
    let rare = select("SELECT at FROM readings WHERE at > 0 AND place = $1 ORDER BY at LIMIT $2");
    measured(&fresh, &rare, "nowhere").await.at_most(40).unwrap_err();
}

async fn entries_that_an_index_passes_over_are_found(fresh: Fresh) {
    let rare = select("SELECT at FROM readings WHERE day = 1 AND place = $1 ORDER BY day, at LIMIT $2");
    measured(&fresh, &rare, "nowhere").await.at_most(40).unwrap_err();
}

async fn a_sort_of_a_whole_match_is_found(fresh: Fresh) {
    let sorted =
        select("SELECT at FROM readings WHERE day = 1 AND at > 0 AND place <> $1 ORDER BY place LIMIT $2");
    measured(&fresh, &sorted, "p8").await.at_most(40).unwrap_err();
}
