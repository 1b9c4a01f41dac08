//! PgBouncer in front of PostgreSQL, which a service refuses to use.

use sqlx::{Connection as _, PgConnection};

use crate::testing::{self, Pooler};
use crate::{Database, Migrations};

async fn refusal(pooler: &Pooler) -> String {
    let refused = Database::open(&pooler.url(), &Migrations::default()).await.expect_err("it is refused");
    platform::causes::chain(&refused)
}

#[tokio::test(flavor = "multi_thread")]
async fn pgbouncer_is_refused_with_a_sentence_however_it_is_set_up() {
    let start = async |settings: &str| Pooler::start(&testing::postgres().await.url, settings).await;
    let plain = refusal(&start("pool_mode=transaction").await).await;
    assert!(plain.contains("refuses the settings of a connection"), "{plain}");
    // Its manual's advice for drivers that send such parameters.
    let ignoring = "pool_mode=session\nignore_startup_parameters=options,extra_float_digits";
    let dropped = refusal(&start(ignoring).await).await;
    assert!(dropped.contains("drops the settings of a connection"), "{dropped}");
    let fresh = testing::postgres().await;
    let of_transactions = ignoring.replace("session", "transaction");
    let transactions = Pooler::start(&fresh.url, &of_transactions).await;
    let dropped = refusal(&transactions).await;
    assert!(dropped.contains("drops the settings of a connection"), "{dropped}");
    // With settings of the database that hide this, too.
    let hidden = format!("ALTER DATABASE {} SET lock_timeout = '3s'", transactions.database);
    let mut connection = PgConnection::connect(&fresh.url).await.expect("a connection");
    sqlx::raw_sql(sqlx::AssertSqlSafe(hidden)).execute(&mut connection).await.expect("a setting");
    // The sessions of another one are new.
    let shared = refusal(&Pooler::start(&fresh.url, &of_transactions).await).await;
    assert!(shared.contains("gives the same session of PostgreSQL to several connections"), "{shared}");
}
