//! Users with few rights, and servers that take no changes.

use sqlx::{Connection as _, PgConnection};

use crate::testing::{self, Fresh};
use crate::{Database, Migration, Migrations, Statement, Statements as _, StorageError};

const INSERT: Statement = Statement { summary: "INSERT kept", sql: "INSERT INTO kept (n) VALUES (1)" };
const COUNT: Statement = Statement { summary: "SELECT kept", sql: "SELECT count(*) FROM kept" };

/// The first `number` of the migrations of a schema.
fn migrations(number: usize) -> Migrations {
    let of = |version, name, sql| Migration { version, name, sql };
    let all = [
        of(1, "kept", "CREATE TABLE kept (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n INTEGER)"),
        of(2, "added", "ALTER TABLE kept ADD COLUMN added INTEGER"),
    ];
    Migrations { postgres: all[..number].to_vec(), ..Migrations::default() }
}

async fn run(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

fn name(fresh: &Fresh) -> &str {
    fresh.url.rsplit('/').next().unwrap()
}

/// Creates a user with the rights that docs/operations.md names, also to what the owner will create, and returns the URL.
async fn user_with_data_rights(fresh: &Fresh) -> String {
    let user = format!("data_{}", name(fresh));
    let sql = format!(
        "CREATE ROLE {user} LOGIN; \
         REVOKE CREATE ON SCHEMA public FROM PUBLIC; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {user}; \
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {user}"
    );
    run(&fresh.url, sql).await;
    fresh.url.replace("ccm@", &format!("{user}@"))
}

fn versions(applied: Vec<Migration>) -> Vec<i64> {
    applied.into_iter().map(|it| it.version).collect()
}

async fn insert(database: &Database) -> Result<(), StorageError> {
    database.write(|on| Box::pin(on.execute(&INSERT, []))).await
}

async fn count(database: &Database) -> i64 {
    let rows: Vec<(i64,)> = database.connection().await.unwrap().fetch_all(&COUNT, []).await.unwrap();
    rows[0].0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_data_rights_runs_on_a_schema_that_another_one_migrated() {
    let fresh = testing::postgres().await;
    let url = user_with_data_rights(&fresh).await;
    let refused = Database::open(&url, &migrations(1)).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the schema of the database lacks the migrations 1, and its user has no right to apply them: run `ccm migrate` \
         as the owner of the schema"
    );
    let migrate = async |number| {
        versions(Database::migrate(&fresh.url.as_str().into(), &migrations(number)).await.unwrap())
    };
    assert_eq!(migrate(1).await, [1]);
    assert_eq!(migrate(1).await, Vec::<i64>::new());
    let database = Database::open(&url, &migrations(1)).await.unwrap();
    insert(&database).await.unwrap();
    let refused = Database::open(&url, &migrations(2)).await.unwrap_err();
    assert!(refused.to_string().contains("lacks the migrations 2, and its user has no right"), "{refused}");
    assert_eq!(migrate(2).await, [2]);
    // The version before goes on, and starts again (docs/adr/0006).
    insert(&database).await.unwrap();
    for number in [1, 2] {
        assert_eq!(count(&Database::open(&url, &migrations(number)).await.unwrap()).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_data_rights_waits_for_a_migration_that_another_one_applies() {
    let fresh = testing::postgres().await;
    let url = user_with_data_rights(&fresh).await;
    let slow =
        Migration { version: 1, name: "slow", sql: "CREATE TABLE kept (n INTEGER); SELECT pg_sleep(2)" };
    let slow = Migrations { postgres: vec![slow], ..Migrations::default() };
    let owner = fresh.url.as_str().into();
    let migrating = Database::migrate(&owner, &slow);
    let opening = async {
        // The table of what was applied is there once the other one holds the lock.
        let mut connection = PgConnection::connect(&fresh.url).await.unwrap();
        let is_there = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
        while !sqlx::query_scalar::<_, bool>(is_there).fetch_one(&mut connection).await.unwrap() {
            tokio::task::yield_now().await;
        }
        Database::open(&url, &slow).await
    };
    let (migrated, opened) = tokio::join!(migrating, opening);
    assert_eq!(versions(migrated.unwrap()), [1]);
    insert(&opened.unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_cannot_see_what_was_migrated_is_told_so() {
    let fresh = testing::postgres().await;
    let url = user_with_data_rights(&fresh).await;
    Database::migrate(&fresh.url.as_str().into(), &migrations(1)).await.unwrap();
    run(&fresh.url, format!("REVOKE ALL ON _sqlx_migrations FROM data_{}", name(&fresh))).await;
    let refused = Database::open(&url, &migrations(1)).await.unwrap_err().to_string();
    assert!(refused.contains("its user has no right to read the table _sqlx_migrations"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_was_changed_is_refused_whatever_the_rights() {
    let fresh = testing::postgres().await;
    let url = user_with_data_rights(&fresh).await;
    Database::migrate(&fresh.url.as_str().into(), &migrations(1)).await.unwrap();
    let changed = Migration { version: 1, name: "kept", sql: "CREATE TABLE kept (n TEXT)" };
    let changed = Migrations { postgres: vec![changed], ..Migrations::default() };
    let refused = Database::open(&url, &changed).await;
    assert!(matches!(refused, Err(StorageError::Migration(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_read_only_is_opened_and_is_healthy_once_it_takes_changes() {
    let fresh = testing::postgres().await;
    let set = async |value: &str| {
        let sql = format!("ALTER DATABASE {} SET default_transaction_read_only = {value}", name(&fresh));
        run(&testing::Postgres::shared().await.url("postgres"), sql).await;
    };
    let database = Database::open(&fresh.url, &migrations(1)).await.unwrap();
    insert(&database).await.unwrap();
    database.close().await;
    set("on").await;
    let refused = Database::open(&fresh.url, &migrations(2)).await.unwrap_err().to_string();
    assert!(refused.contains("lacks the migrations 2, and it is read-only: run `ccm migrate`"), "{refused}");
    let database = Database::open(&fresh.url, &migrations(1)).await.unwrap();
    let health = database.health();
    assert_eq!(health().await, Err("database read-only"));
    assert_eq!(count(&database).await, 1);
    let refused = insert(&database).await.unwrap_err();
    assert!(refused.is_read_only(), "{refused:?}");
    set("off").await;
    let start = std::time::Instant::now();
    while health().await.is_err() {
        assert!(start.elapsed() < std::time::Duration::from_secs(30), "it takes changes");
    }
    insert(&database).await.unwrap();
    assert_eq!(count(&database).await, 2);
}
