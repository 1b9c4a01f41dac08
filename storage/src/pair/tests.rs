//! Tests of changes of two statements, also on connections that the server, or the network, has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::try_join_all;
use sqlx::{Connection as _, PgConnection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use uuid::Uuid;

use crate::{
    Committed, Database, DatabaseConfig, Migration, Migrations, Pair, Statement, StorageError, testing,
};

const TABLES: &str = "CREATE TABLE a (id UUID PRIMARY KEY); CREATE TABLE b (id UUID PRIMARY KEY)";
const PAIR: Pair = Pair {
    first: Statement { summary: "INSERT a", sql: "INSERT INTO a (id) VALUES ($1)" },
    second: Statement { summary: "INSERT b", sql: "INSERT INTO b (id) VALUES ($1)" },
    joined: Statement {
        summary: "INSERT a INSERT b",
        sql: "WITH a AS (INSERT INTO a (id) VALUES ($1)) INSERT INTO b (id) VALUES ($2)",
    },
};
const COUNTS: Statement =
    Statement { summary: "SELECT", sql: "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)" };

async fn open(url: &str, connections: u32) -> Database {
    let tables = || vec![Migration { version: 1, name: "tables", sql: TABLES }];
    let migrations = Migrations { sqlite: tables(), postgres: tables() };
    let config = DatabaseConfig { url: url.to_owned(), connections };
    Database::open_with(&config, &migrations).await.unwrap()
}

async fn counts(database: &Database) -> (i64, i64) {
    use crate::Statements as _;
    database.connection().await.unwrap().fetch_optional(&COUNTS, []).await.unwrap().unwrap()
}

/// Writes a pair, and counts the calls after a commit that is known.
async fn write(
    database: &Database,
    (a, b): (Uuid, Uuid),
    known: &Arc<AtomicUsize>,
) -> Result<(), StorageError> {
    let known = known.clone();
    let after = move |committed| {
        assert_eq!(committed, Committed::Known);
        known.fetch_add(1, Ordering::Relaxed);
    };
    database.write_pair(&PAIR, (vec![a.into()], vec![b.into()]), after).await
}

fn id() -> Uuid {
    platform::clock::Clock::system().new_id()
}

async fn writes_both_or_neither(url: &str) {
    let (database, known) = (open(url, 4).await, Arc::default());
    let (first, second) = (id(), id());
    write(&database, (first, first), &known).await.unwrap();
    for taken in [(first, second), (second, first)] {
        let refused = write(&database, taken, &known).await.unwrap_err();
        assert!(refused.is_unique_violation(), "{refused:?}");
    }
    assert_eq!((counts(&database).await, known.load(Ordering::Relaxed)), ((1, 1), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_rows_are_written_or_neither() {
    writes_both_or_neither(&testing::sqlite().url).await;
    writes_both_or_neither(&testing::postgres().await.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_that_the_server_ends_between_two_changes_cost_no_caller_an_error() {
    const OTHERS: &str =
        "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()";
    let (end_all, count) =
        (format!("SELECT count(pg_terminate_backend(pid)) {OTHERS}"), format!("SELECT count(*) {OTHERS}"));
    let fresh = testing::postgres().await;
    let (database, known) = (open(&fresh.url, 2).await, Arc::default());
    let mut operator = PgConnection::connect(&fresh.url).await.unwrap();
    for _ in 0..20 {
        try_join_all((0..4).map(|_| write(&database, (id(), id()), &known))).await.unwrap();
        let mut ask = async |sql: &str| -> i64 {
            let sql = sqlx::AssertSqlSafe(sql.to_owned());
            sqlx::query_scalar(sql).fetch_one(&mut operator).await.unwrap()
        };
        assert!(ask(&end_all).await > 0, "no session was open");
        while ask(&count).await > 0 {}
        try_join_all((0..4).map(|_| write(&database, (id(), id()), &known))).await.unwrap();
    }
    assert_eq!((counts(&database).await, known.load(Ordering::Relaxed)), ((160, 160), 160));
}

/// A network before a PostgreSQL server. Once it is told to, it loses the answer to the next statement, and ends the connection.
struct Network {
    /// The URL of the database through it.
    url: String,
    loses: Arc<AtomicBool>,
    refuses: Arc<AtomicBool>,
}

impl Network {
    /// Leads to the database of this URL, whose server listens at a Unix socket.
    async fn before(url: &str) -> Self {
        let (directory, database) = url.trim_start_matches("postgres://ccm@").split_once('/').unwrap();
        let socket = format!("{}/.s.PGSQL.5432", directory.replace("%2F", "/"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let it = Self {
            url: format!("postgres://ccm@{}/{database}", listener.local_addr().unwrap()),
            loses: Arc::default(),
            refuses: Arc::default(),
        };
        let (loses, refuses) = (it.loses.clone(), it.refuses.clone());
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                if refuses.load(Ordering::SeqCst) {
                    continue;
                }
                let server = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(carry(client, server, loses.clone()));
            }
        });
        it
    }
}

async fn carry(mut client: TcpStream, mut server: UnixStream, loses: Arc<AtomicBool>) {
    let (mut asked, mut answered) = ([0; 8192], [0; 8192]);
    let mut is_lost = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let Ok(read @ 1..) = read else { return };
                // A prepared statement is run with a Bind: not a connection's start, nor the test of one that comes back.
                is_lost = asked[0] == b'B' && loses.swap(false, Ordering::SeqCst);
                server.write_all(&asked[..read]).await.unwrap();
            }
            read = server.read(&mut answered) => {
                let Ok(read @ 1..) = read else { return };
                if is_lost || client.write_all(&answered[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_was_lost_is_found_and_not_made_twice() {
    let fresh = testing::postgres().await;
    let real = open(&fresh.url, 4).await;
    let network = Network::before(&fresh.url).await;
    let (database, known) = (open(&network.url, 4).await, Arc::default());
    for written in 1..=5 {
        write(&database, (id(), id()), &known).await.unwrap();
        network.loses.store(true, Ordering::SeqCst);
        write(&database, (id(), id()), &known).await.unwrap();
        assert_eq!(counts(&real).await, (2 * written, 2 * written));
    }
    assert_eq!(known.load(Ordering::Relaxed), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_another_connection_the_outcome_of_a_change_whose_answer_was_lost_is_unknown() {
    let fresh = testing::postgres().await;
    let network = Network::before(&fresh.url).await;
    let (database, told) = (open(&network.url, 2).await, Arc::new(AtomicBool::default()));
    write(&database, (id(), id()), &Arc::default()).await.unwrap();
    network.refuses.store(true, Ordering::SeqCst);
    network.loses.store(true, Ordering::SeqCst);
    let after = {
        let told = told.clone();
        move |committed| told.store(committed == Committed::Unknown, Ordering::SeqCst)
    };
    let outcome = database.write_pair(&PAIR, (vec![id().into()], vec![id().into()]), after).await;
    assert!(matches!(outcome, Err(StorageError::OutcomeUnknown(_))), "{outcome:?}");
    assert!(told.load(Ordering::SeqCst));
}
