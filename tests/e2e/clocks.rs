//! A clock that jumps, by the real libfaketime, from Debian's package, which `tests/run` extracts. The processes under test see the
//! clock of a file; the clocks that nobody can set, which time-outs go by, are left alone.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use access::Role;
use proto::event::v1::{WatchEventsRequest, WatchStart};
use serde_json::{Value, json};
use storage::Database;
use storage::sqlx;

use crate::harness::{Backend, Client, Product, Settings, Watcher, eventually, reason, sse};

/// Longer than the clock jumps.
const TOKEN: Duration = Duration::from_hours(60 * 24);

/// The clock of the processes of a product.
pub(crate) struct FakeClock(PathBuf);

impl FakeClock {
    /// Seconds ahead of the clock of this machine, or behind it.
    pub(crate) fn set(&self, seconds: i64) {
        // As one, because it is read at any time.
        let next = self.0.with_extension("next");
        std::fs::write(&next, format!("{seconds:+}")).unwrap();
        std::fs::rename(next, &self.0).unwrap();
    }
}

/// A clock in this directory, and the variables with which a process sees it.
pub(crate) fn faked(directory: &Path) -> (FakeClock, Vec<(String, String)>) {
    let clock = FakeClock(directory.join("clock"));
    clock.set(0);
    let root = env!("CARGO_MANIFEST_DIR");
    let libraries = format!("{root}/target/faketime/usr/lib/{}-linux-gnu/faketime", std::env::consts::ARCH);
    let library = format!("{libraries}/libfaketime.so.1");
    assert!(std::fs::exists(&library).unwrap(), "tests/run installs {library}");
    let file = clock.0.display().to_string();
    let faked = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME_TIMESTAMP_FILE", &file),
        ("FAKETIME_NO_CACHE", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let all = faked.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    (clock, all)
}

async fn product(backend: Backend, more: &[(&str, &str)]) -> (Product, FakeClock) {
    let directory = tempfile::tempdir().unwrap();
    let (clock, mut all) = faked(directory.path());
    all.extend(more.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
    let settings = Settings { of_services: all.clone(), of_gateway: all, ..Settings::default() };
    (Product::start_as(backend, directory, settings).await, clock)
}

fn client(product: &Product) -> Client {
    let token = product.token_for(TOKEN, "root", &[Role::Admin], None);
    Client::new(&format!("http://{}", product.gateway_address), Some(&token))
}

/// Waits for a turn of housekeeping that begins after this call: it forgets a key that has expired by any clock.
async fn housekeeping(database: &Database, number: i64) {
    let insert = format!(
        "INSERT INTO request_keys (issuer, subject, method, key, hash, answer, expires_at) \
         VALUES ('test', 'test', 'test', '{number}', '', '', 0)"
    );
    let count = format!("SELECT count(*) FROM request_keys WHERE key = '{number}'");
    let insert = sqlx::AssertSqlSafe(insert);
    let Database::Postgres(pools) = database else { panic!("not PostgreSQL") };
    sqlx::raw_sql(insert).execute(&pools.writers).await.unwrap();
    eventually("a turn of housekeeping", || async {
        let left: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(count.clone())).fetch_one(&pools.writers).await.unwrap();
        (left == 0).then_some(())
    })
    .await;
}

/// Waits until task-service has seen the clock, with which it compares what it sees later.
async fn clock_is_seen(product: &Product) {
    const SEEN: &str = "SELECT seen_at FROM housekeeping_clock";
    let database = Database::open_existing(&product.task_database.url).await.unwrap();
    eventually("the clock is seen", || async {
        let seen: i64 = match &database {
            Database::Sqlite(pools) => sqlx::query_scalar(SEEN).fetch_one(&pools.readers).await.unwrap(),
            Database::Postgres(pools) => sqlx::query_scalar(SEEN).fetch_one(&pools.readers).await.unwrap(),
        };
        (seen > 0).then_some(())
    })
    .await;
    database.close().await;
}

/// A task that was created with a key, and the history of one that was deleted.
async fn keyed_and_deleted(admin: &Client) -> (Client, Value, String) {
    let keyed = admin.with("idempotency-key", "8e03978e-40d5-43dd-bc93-6894a57f9324");
    let created = keyed.post("/api/tasks", &json!({"title": "once"})).await;
    let path = admin.post("/api/tasks", &json!({"title": "t"})).await.header("location").to_owned();
    assert_eq!(admin.delete(&path).await.status, 204);
    (keyed, created.json, format!("{path}/events"))
}

/// Nothing was forgotten that was stored a moment ago.
async fn expect_all_known(keyed: &Client, created: &Value, history: &str) {
    let repeated = keyed.post("/api/tasks", &json!({"title": "once"})).await;
    assert_eq!((repeated.status.as_u16(), &repeated.json), (201, created), "{repeated:?}");
    let history = keyed.get(history).await;
    assert_eq!(history.status, 200, "{history:?}");
    assert_eq!(history.json["items"].as_array().unwrap().len(), 2);
}

const HOUR: i64 = 60 * 60;
const OFTEN: (&str, &str) = ("CCM_HOUSEKEEPING_INTERVAL", "200ms");

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_ahead_lets_nothing_be_forgotten_on_sqlite() {
    let (mut product, clock) = product(Backend::Sqlite, &[OFTEN]).await;
    clock_is_seen(&product).await;
    let (keyed, created, history) = keyed_and_deleted(&client(&product)).await;
    let noticed = async |product: &Product| {
        let is_it = |it: &str| it.contains("the clock was set").then_some(());
        product.tasks.printed("the jump is noticed", is_it).await;
    };
    // Idempotency keys are kept for 24 hours, deleted tasks for 30 days.
    clock.set(25 * HOUR);
    noticed(&product).await;
    expect_all_known(&keyed, &created, &history).await;
    assert!(product.tasks.stop().await.success());
    clock.set(31 * 24 * HOUR);
    product.tasks.restart(product.tasks_address);
    noticed(&product).await;
    expect_all_known(&keyed, &created, &history).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_ahead_lets_nothing_be_forgotten_on_postgres() {
    let (product, clock) = product(Backend::Postgres, &[OFTEN]).await;
    clock_is_seen(&product).await;
    let (keyed, created, history) = keyed_and_deleted(&client(&product)).await;
    let database = Database::open_existing(&product.task_database.url).await.unwrap();
    for (number, hours) in [(0, 0), (1, 25), (2, 31 * 24)] {
        clock.set(hours * HOUR);
        housekeeping(&database, number).await;
        expect_all_known(&keyed, &created, &history).await;
    }
    database.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn times_do_not_run_backwards_on_sqlite_when_the_clock_is_set_back() {
    expect_no_time_to_run_backwards(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn times_do_not_run_backwards_on_postgres_when_the_clock_is_set_back() {
    expect_no_time_to_run_backwards(Backend::Postgres).await;
}

async fn expect_no_time_to_run_backwards(backend: Backend) {
    let (product, clock) = product(backend, &[]).await;
    // With the default interval of housekeeping: at the start.
    clock_is_seen(&product).await;
    let admin = client(&product);
    let worker = format!("/api/workers/{}", product.running_worker().await);
    let created = admin.post("/api/tasks", &json!({"title": "t"})).await;
    let task = created.header("location").to_owned();
    clock.set(-HOUR);
    assert_eq!(admin.patch(&task, &json!({"description": "later"})).await.status, 200);
    assert_eq!(admin.patch(&worker, &json!({"name": "lab 2"})).await.status, 200);
    for it in [&task, &worker] {
        let read = admin.get(it).await;
        assert!(read.text("updated_at") >= read.text("created_at"), "{read:?}");
    }
    assert_eq!(admin.delete(&task).await.status, 204);
    for it in [task, worker] {
        let history = admin.get(&format!("{it}/events?page_size=100")).await;
        let items = history.json["items"].as_array().unwrap();
        let times: Vec<&str> = items.iter().map(|it| it["time"].as_str().unwrap()).collect();
        assert!(times.len() > 2 && times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_its_token_though_the_clock_was_set_back() {
    let (product, clock) = product(Backend::Sqlite, &[("CCM_CLOCK_LEEWAY", "0s")]).await;
    // On a slow machine, a short token has expired before the clock is set: then a longer one is tried.
    let mut lifetime = Duration::from_secs(6);
    let (mut stream, mut watch) = loop {
        let token = product.token_for(lifetime, "root", &[Role::Admin], None);
        let begun = Instant::now();
        let opened = async {
            let mut stream = sse::open(product.gateway_address, &token, "", None).await.ok()?;
            let now = WatchEventsRequest { start: WatchStart::Now.into(), ..WatchEventsRequest::default() };
            let watch = Watcher::start(product.tasks_address, &token, now).await.ok()?;
            while stream.next().await?.name != "snapshot.completed" {}
            Some((stream, watch))
        };
        let opened = opened.await;
        clock.set(-HOUR);
        if let Some(opened) = opened.filter(|_| begun.elapsed() < lifetime / 2) {
            break opened;
        }
        clock.set(0);
        lifetime *= 2;
        assert!(lifetime < Duration::from_mins(2), "two streams take half a minute to begin");
    };
    stream.named("auth.session.expired").await;
    assert_eq!(reason(&watch.ended().await), "UNAUTHENTICATED");
}
