//! The database behind the product: it disturbs commits, and readers that do it wrong read it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use storage::sqlx::{self, AssertSqlSafe, Connection as _, PgConnection, PgPool};

use super::oracle::Told;
use super::writers::LAST;

/// Delays a commit or rolls it back, after its event has drawn its place in the sequence, as its name and the seed decide.
/// Beside that it notes for each event the transaction that has written it. Both only for what writers do: what begins a run
/// is no part of it, and its name is the same for all workers.
const DISTURB: &str = r"
    CREATE TABLE written (
        seq BIGINT, transaction_id BIGINT, request TEXT, subject TEXT, revision BIGINT
    );
    CREATE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        dice BIGINT := ('x' || left(md5('SEED' || (NEW.resource ->> 'name')), 8))::bit(32)::bigint;
    BEGIN
        IF dice % 10 < 4 THEN
            PERFORM pg_sleep((dice / 10 % 40) / 1000.0);
        END IF;
        IF dice % 100 >= 95 THEN
            RAISE EXCEPTION 'rolled back by the test' USING ERRCODE = '40001';
        END IF;
        RETURN NULL;
    END $$;
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO written VALUES (NEW.seq, pg_current_xact_id()::text::bigint, NEW.resource ->> 'name',
            NEW.subject_id::text, NEW.revision);
        RETURN NULL;
    END $$;
    CREATE TRIGGER note AFTER INSERT ON events
        FOR EACH ROW WHEN (NEW.resource ->> 'name' ~ '^(writer|LAST) ') EXECUTE FUNCTION note();
    CREATE CONSTRAINT TRIGGER disturb AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.resource ->> 'name' ~ '^(writer|LAST) ') EXECUTE FUNCTION disturb();
";

pub(crate) struct Disturbed(PgPool);

impl Disturbed {
    pub(crate) async fn new(url: &str, seed: u64) -> Self {
        let pool = PgPool::connect(url).await.unwrap();
        let disturb = AssertSqlSafe(DISTURB.replace("SEED", &seed.to_string()).replace("LAST", LAST));
        sqlx::raw_sql(disturb).execute(&pool).await.unwrap();
        Self(pool)
    }

    /// Reads as many do: what is beyond the greatest value of `column` seen.
    pub(crate) fn read_by(&self, column: &str) -> WrongReader {
        let sql = format!(
            "SELECT {column}, request, subject, revision FROM written WHERE {column} > $1 ORDER BY {column}"
        );
        let (pool, stop) = (self.0.clone(), Arc::<AtomicBool>::default());
        let stopped = stop.clone();
        let reading = tokio::spawn(async move {
            let (mut order, mut last) = (Vec::new(), 0_i64);
            loop {
                let ends = stopped.load(Ordering::SeqCst);
                let read = sqlx::query_as::<_, (i64, String, String, i64)>(AssertSqlSafe(sql.clone()));
                for (place, request, subject, revision) in read.bind(last).fetch_all(&pool).await.unwrap() {
                    last = place;
                    order.push(Told { request, subject, revision });
                }
                if ends {
                    return order;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        });
        WrongReader { stop, reading }
    }
}

pub(crate) struct WrongReader {
    stop: Arc<AtomicBool>,
    reading: tokio::task::JoinHandle<Vec<Told>>,
}

impl WrongReader {
    /// What it was told, the end included.
    pub(crate) async fn stop(self) -> Vec<Told> {
        self.stop.store(true, Ordering::SeqCst);
        self.reading.await.unwrap()
    }
}

/// A transaction with an id in another database of the cluster, open until dropped.
pub(crate) async fn long_transaction_elsewhere() -> PgConnection {
    let fresh = storage::testing::postgres().await;
    let mut connection = PgConnection::connect(&fresh.url).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT pg_current_xact_id()").execute(&mut connection).await.unwrap();
    connection
}
