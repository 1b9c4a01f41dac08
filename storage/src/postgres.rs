//! Opens a PostgreSQL database, and refuses one that would lose or mix up what is stored.

use std::convert::Infallible;
use std::str::FromStr as _;
use std::time::Duration;

use platform::url::without_password;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::acquire::{ACQUIRE_TIMEOUT, tested_when_idle};
use crate::connection::Use;
use crate::{Commits, Database, Migration, Migrations, Pools, StorageError};

mod examination;
mod opening;

pub(crate) use examination::examine;
use opening::PATIENCE;
pub(crate) use opening::connected;

/// How long a statement waits for a lock of another session.
const LOCK_TIMEOUT: &str = "3s";

/// A replica that waits for so long for another one's migration says so.
const TELL_OF_WAIT_AFTER: Duration = Duration::from_secs(1);

/// Opens the database of a `postgres://…` URL with at most `connections` connections, half of them for writes.
pub(crate) async fn open(
    url: &str,
    migrations: &Migrations,
    connections: u32,
) -> Result<Database, StorageError> {
    let options = options(url)?;
    let writers = connected(&options, connections.div_ceil(2), Use::Write, PATIENCE).await?;
    let mut writer = writers.acquire().await.map_err(StorageError::unavailable)?;
    let session = Session::of(&mut writer).await?;
    session.check()?;
    apply(&options, migrations).await?;
    // These settings make the planner read a list in index order until the page is full (docs/adr/0016).
    let lists = options.options([("enable_bitmapscan", "off"), ("enable_sort", "off"), ("jit", "off")]);
    let readers = connected(&lists, connections / 2, Use::Read, PATIENCE).await?;
    let mut reader = readers.acquire().await.map_err(StorageError::unavailable)?;
    let backend = Session::of(&mut reader).await?.backend;
    // A pooler that has opened more sessions meanwhile gives the one that was used last, so the writer is asked again.
    if backend == session.backend || backend == Session::of(&mut writer).await?.backend {
        return Err(pooled());
    }
    drop((writer, reader));
    let pools = Pools::new(writers, readers, Commits::default());
    pools.writability.try_postgres(&pools.writers).await;
    Ok(Database::Postgres(pools))
}

/// Two connections have one session.
fn pooled() -> StorageError {
    StorageError::Unsuitable(
        "a connection pooler in front of it gives the same session of PostgreSQL to several connections, as PgBouncer \
         does in transaction mode: connect to PostgreSQL itself"
            .to_owned(),
    )
}

/// Applies the missing migrations, and returns them.
pub(crate) async fn migrate(url: &str, migrations: &Migrations) -> Result<Vec<Migration>, StorageError> {
    let options = options(url)?;
    let pool = connected(&options, 1, Use::Write, PATIENCE).await?;
    let mut connection = pool.acquire().await.map_err(StorageError::unavailable)?;
    Session::of(&mut connection).await?.check()?;
    drop(connection);
    pool.close().await;
    apply(&options, migrations).await
}

fn pool_options(most: u32, purpose: Use) -> PgPoolOptions {
    let options = PgPoolOptions::new().max_connections(most.max(1)).acquire_timeout(ACQUIRE_TIMEOUT);
    tested_when_idle(options, purpose)
}

pub(crate) fn options(url: &str) -> Result<PgConnectOptions, StorageError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| StorageError::Url(without_password(url)))?;
    // In a URL, an IPv6 address is in brackets (RFC 3986 section 3.2.2), which sqlx takes for a part of the name.
    let host = options.get_host();
    let address = host.strip_prefix('[').and_then(|it| it.strip_suffix(']')).map(str::to_owned);
    let options = match address {
        Some(address) => options.host(&address),
        None => options,
    };
    Ok(options
        // A process that is suspended or disconnected within a transaction keeps its locks. Others stop waiting after
        // three seconds, and the server ends sessions that are idle in a transaction or unreachable.
        .options([("lock_timeout", LOCK_TIMEOUT), ("idle_in_transaction_session_timeout", "60s")])
        .options([
            ("tcp_user_timeout", "15s"),
            ("tcp_keepalives_idle", "15s"),
            ("tcp_keepalives_interval", "5s"),
        ])
        // What changes a row reads it with a lock, so no other level is needed; a stricter one makes changes fail.
        .options([("default_transaction_isolation", "read committed")])
        .disable_statement_logging())
}

/// Applies the missing migrations on a connection of its own, which waits for another replica's for as long as they take.
async fn apply(options: &PgConnectOptions, migrations: &Migrations) -> Result<Vec<Migration>, StorageError> {
    let options = options.clone().options([("lock_timeout", "0")]);
    let pool = connected(&options, 1, Use::Write, PATIENCE).await?;
    let mut connection = pool.acquire().await.map_err(StorageError::unavailable)?;
    let backend = Session::of(&mut connection).await?.backend;
    let another = pool.connect_options();
    let applied = tokio::select! {
        applied = migrations.apply_to_postgres(&mut connection) => applied,
        never = tell_of_wait(&another, backend) => match never {},
    };
    drop(connection);
    pool.close().await;
    applied
}

/// Logs once if this session of PostgreSQL waits for the lock that another process holds while it migrates.
async fn tell_of_wait(options: &PgConnectOptions, backend: i32) -> Infallible {
    const IS_WAITING: &str =
        "SELECT count(*) FROM pg_locks WHERE pid = $1 AND locktype = 'advisory' AND NOT granted";
    loop {
        tokio::time::sleep(TELL_OF_WAIT_AFTER).await;
        let asked = async {
            let mut connection = options.connect().await?;
            let waiting: i64 =
                sqlx::query_scalar(IS_WAITING).bind(backend).fetch_one(&mut connection).await?;
            connection.close().await?;
            Ok::<_, sqlx::Error>(waiting > 0)
        };
        // The migration itself tells what is wrong with the server.
        if asked.await.unwrap_or(false) {
            tracing::info!("waiting until another process has migrated the database");
            return std::future::pending().await;
        }
    }
}

/// What a session of PostgreSQL is like.
struct Session {
    encoding: String,
    lock_timeout: String,
    /// Process id of the server's process.
    backend: i32,
}

impl Session {
    async fn of(connection: &mut PgConnection) -> Result<Self, StorageError> {
        const ASK: &str =
            "SELECT current_setting('server_encoding'), current_setting('lock_timeout'), pg_backend_pid()";
        let (encoding, lock_timeout, backend) = sqlx::query_as(ASK)
            .persistent(false)
            .fetch_one(connection)
            .await
            .map_err(StorageError::unavailable)?;
        Ok(Self { encoding, lock_timeout, backend })
    }

    fn check(&self) -> Result<(), StorageError> {
        if self.encoding != "UTF8" {
            let encoding = &self.encoding;
            return Err(StorageError::Unsuitable(format!(
                "its encoding is {encoding}, which cannot hold every text: create it with ENCODING 'UTF8'"
            )));
        }
        if self.lock_timeout != LOCK_TIMEOUT {
            return Err(StorageError::Unsuitable(
                "a connection pooler in front of it drops the settings of a connection, as PgBouncer does with \
                 ignore_startup_parameters: connect to PostgreSQL itself"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod pgbouncer;
#[cfg(test)]
mod rights;

#[cfg(test)]
mod tests {
    use futures_util::future::try_join_all;

    use super::*;
    use crate::{DatabaseConfig, Statement, Statements as _, testing};

    async fn run(url: &str, sql: &'static str) {
        let mut connection = PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    #[test]
    fn an_ipv6_address_is_in_brackets_in_a_url() {
        let host = |url: &str| options(url).unwrap().get_host().to_owned();
        assert_eq!(host("postgres://ccm@[::1]:5432/tasks"), "::1");
        assert_eq!(host("postgres://ccm@db.example/tasks"), "db.example");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_database_of_another_encoding_is_refused() {
        let server = testing::Postgres::shared().await;
        run(
            &server.create_database().await,
            "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'",
        )
        .await;
        let opened = Database::open(&server.url("latin"), &Migrations::default()).await;
        let error = opened.unwrap_err().to_string();
        assert!(error.contains("its encoding is LATIN1"), "{error}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn changes_of_one_row_succeed_whatever_isolation_the_database_prescribes() {
        const ADD: Statement = Statement { summary: "UPDATE counted", sql: "UPDATE counted SET n = n + 1" };
        let fresh = testing::postgres().await;
        let name = fresh.url.rsplit('/').next().unwrap().to_owned();
        let mut connection = PgConnection::connect(&fresh.url).await.unwrap();
        let strict = format!(
            "ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'; \
                     CREATE TABLE counted AS SELECT 0 AS n"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(strict)).execute(&mut connection).await.unwrap();
        let database = Database::open(&fresh.url, &Migrations::default()).await.unwrap();
        let add = || database.write::<(), StorageError>(|on| Box::pin(on.execute(&ADD, [])));
        try_join_all((0..100).map(|_| add())).await.unwrap();
        let n: i32 = sqlx::query_scalar("SELECT n FROM counted").fetch_one(&mut connection).await.unwrap();
        assert_eq!(n, 100);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_role_that_may_have_few_connections_waits_for_those_that_it_has() {
        const WORK: Statement = Statement { summary: "SELECT", sql: "SELECT pg_sleep(0.02)" };
        let fresh = testing::postgres().await;
        run(&fresh.url, "CREATE ROLE few LOGIN CONNECTION LIMIT 4; GRANT ALL ON SCHEMA public TO few").await;
        let database =
            Database::open(&fresh.url.replace("ccm@", "few@"), &Migrations::default()).await.unwrap();
        let work = async || {
            for _ in 0..10 {
                database.connection().await?.execute(&WORK, []).await?;
                database.write::<(), StorageError>(|on| Box::pin(on.execute(&WORK, []))).await?;
            }
            Ok::<_, StorageError>(())
        };
        try_join_all((0..6).map(|_| work())).await.unwrap();
    }

    /// A connection that was just used is not tested before it is used again.
    #[tokio::test(flavor = "multi_thread")]
    async fn connections_that_the_server_closes_between_two_uses_cost_no_caller_an_error() {
        const ONE: Statement = Statement { summary: "SELECT", sql: "SELECT 1::BIGINT" };
        const OTHERS: &str =
            "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()";
        let end_all = format!("SELECT count(pg_terminate_backend(pid)) {OTHERS}");
        let count = format!("SELECT count(*) {OTHERS}");
        let fresh = testing::postgres().await;
        // One reader, so that none is left beside one that has ended.
        let config = DatabaseConfig { connections: 2, url: fresh.url.clone() };
        let database = Database::open_with(&config, &Migrations::default()).await.unwrap();
        let mut operator = PgConnection::connect(&fresh.url).await.unwrap();
        let read = async || {
            let rows: Vec<(i64,)> = database.connection().await?.fetch_all(&ONE, []).await?;
            let row: Option<(i64,)> = database.connection().await?.fetch_optional(&ONE, []).await?;
            let within: (Vec<(i64,)>, bool) =
                database.connection().await?.fetch_within(&ONE, [], 100, |_| 1).await?;
            assert_eq!((rows, row, within), (vec![(1,)], Some((1,)), (vec![(1,)], false)));
            database.begin_snapshot().await?.fetch_all::<(i64,)>(&ONE, []).await
        };
        let write =
            async || database.write::<_, StorageError>(|on| Box::pin(on.fetch_all::<(i64,)>(&ONE, []))).await;
        for _ in 0..20 {
            try_join_all((0..4).map(|_| read())).await.unwrap();
            try_join_all((0..4).map(|_| write())).await.unwrap();
            let mut ask = async |sql: &str| -> i64 {
                let sql = sqlx::AssertSqlSafe(sql.to_owned());
                sqlx::query_scalar(sql).fetch_one(&mut operator).await.unwrap()
            };
            assert!(ask(&end_all).await > 1, "no session was open");
            while ask(&count).await > 0 {}
            try_join_all((0..4).map(|_| read())).await.unwrap();
            try_join_all((0..4).map(|_| write())).await.unwrap();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_replica_that_starts_while_another_migrates_waits_for_it() {
        let fresh = testing::postgres().await;
        let slow =
            Migration { version: 1, name: "slow", sql: "CREATE TABLE t (n INTEGER); SELECT pg_sleep(4)" };
        let migrations = Migrations { postgres: vec![slow], ..Migrations::default() };
        let open = || Database::open(&fresh.url, &migrations);
        let (first, second) = tokio::join!(open(), open());
        first.unwrap();
        second.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_number_of_connections_is_a_limit() {
        let fresh = testing::postgres().await;
        let database =
            Database::open_with(&DatabaseConfig { connections: 4, url: fresh.url }, &Migrations::default())
                .await
                .unwrap();
        let held = [database.connection().await.unwrap(), database.connection().await.unwrap()];
        let third = tokio::time::timeout(Duration::from_millis(200), database.connection()).await;
        assert!(third.is_err(), "a third connection for reads");
        drop(held);
        database.connection().await.unwrap();
    }
}
