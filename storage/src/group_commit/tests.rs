use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{GroupCommit, MOST_CHANGES};
use crate::{
    Committed, Database, Migrations, Pools, Statement, Statements as _, StorageError, System, Transaction,
    testing,
};

const TABLE: Statement = of("CREATE TABLE it (name TEXT UNIQUE)");
const INSERT: Statement = of("INSERT INTO it (name) VALUES ($1)");
const NAMES: Statement = of("SELECT name FROM it ORDER BY rowid");

const fn of(sql: &'static str) -> Statement {
    Statement { summary: "TEST it", sql }
}

type Written<T = ()> = JoinHandle<Result<T, StorageError>>;

/// A database with a table, whose writer a test holds to let changes wait.
struct Fresh {
    database: Arc<Database>,
    _file: testing::Fresh,
}

impl Fresh {
    async fn new() -> Self {
        let file = testing::sqlite();
        let mut database = Database::open(&file.url, &Migrations::default()).await.unwrap();
        if let Database::Sqlite(pools) = &mut database {
            // However long a test holds the writer, others join.
            let longest = Duration::from_hours(1);
            pools.group_commit = Arc::new(GroupCommit { longest, ..GroupCommit::default() });
        }
        let fresh = Self { database: Arc::new(database), _file: file };
        fresh.write(|on| Box::pin(on.execute(&TABLE, []))).await.unwrap().unwrap();
        fresh
    }

    fn pools(&self) -> &Pools<sqlx::Sqlite> {
        match &*self.database {
            Database::Sqlite(pools) => pools,
            Database::Postgres(_) => unreachable!("it is SQLite"),
        }
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, StorageError>> + Send + 'static,
    ) -> Written<T> {
        let database = self.database.clone();
        tokio::spawn(async move { database.write(work).await })
    }

    fn insert(&self, name: &'static str) -> Written {
        self.write(move |on| Box::pin(on.execute(&INSERT, [name.into()])))
    }

    /// A change that inserts a name, tells that it has, and ends when it is told to.
    fn held(&self, name: &'static str) -> (Written, oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (began, has_begun) = oneshot::channel();
        let (end, ended) = oneshot::channel::<()>();
        let held = self.write(move |on| {
            Box::pin(async move {
                on.execute(&INSERT, [name.into()]).await?;
                began.send(()).unwrap();
                ended.await.unwrap();
                Ok(())
            })
        });
        (held, has_begun, end)
    }

    /// Waits until such a change holds the writer.
    async fn hold(&self, name: &'static str) -> (Written, oneshot::Sender<()>) {
        let (held, has_begun, end) = self.held(name);
        has_begun.await.unwrap();
        (held, end)
    }

    /// Waits until so many changes wait for the writer.
    async fn waiting(&self, changes: usize) {
        let all_wait = async {
            while self.pools().group_commit.lock().waiting.len() != changes {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), all_wait).await.unwrap();
    }

    /// Returns what is stored, as another connection sees it.
    async fn names(&self) -> Vec<String> {
        let mut on = self.database.connection().await.unwrap();
        let rows: Vec<(String,)> = on.fetch_all(&NAMES, []).await.unwrap();
        rows.into_iter().map(|it| it.0).collect()
    }
}

#[tokio::test]
async fn a_change_is_answered_after_the_commit_that_it_shares() {
    let fresh = Fresh::new().await;
    let (first, end_first) = fresh.hold("first").await;
    let second = fresh.insert("second");
    fresh.waiting(1).await;
    let (third, has_begun, end_third) = fresh.held("third");
    fresh.waiting(2).await;
    end_first.send(()).unwrap();
    has_begun.await.unwrap();
    // The first and the second have run, and the transaction goes on.
    assert_eq!(fresh.names().await, [""; 0]);
    assert!(!first.is_finished() && !second.is_finished());
    end_third.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(fresh.names().await, ["first", "second", "third"]);
    second.await.unwrap().unwrap();
    third.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_change_that_fails_undoes_itself_only() {
    let fresh = Fresh::new().await;
    let (first, end) = fresh.hold("a").await;
    let failing = fresh.write::<()>(|on| {
        Box::pin(async move {
            on.execute(&INSERT, ["undone".into()]).await?;
            on.after_commit(|_| panic!("it was undone"));
            Err(StorageError::Interrupted)
        })
    });
    fresh.waiting(1).await;
    let twice = fresh.insert("a");
    fresh.waiting(2).await;
    let last = fresh.insert("b");
    fresh.waiting(3).await;
    end.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert!(matches!(failing.await.unwrap(), Err(StorageError::Interrupted)));
    assert!(twice.await.unwrap().unwrap_err().is_unique_violation());
    last.await.unwrap().unwrap();
    assert_eq!(fresh.names().await, ["a", "b"]);
}

#[tokio::test]
async fn a_change_that_panics_undoes_itself_only() {
    let fresh = Fresh::new().await;
    let (first, end) = fresh.hold("a").await;
    let panicking = fresh.write::<()>(|on| {
        Box::pin(async move {
            on.execute(&INSERT, ["undone".into()]).await?;
            panic!("as a test");
        })
    });
    fresh.waiting(1).await;
    let last = fresh.insert("b");
    fresh.waiting(2).await;
    end.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert!(matches!(panicking.await.unwrap(), Err(StorageError::Interrupted)));
    last.await.unwrap().unwrap();
    assert_eq!(fresh.names().await, ["a", "b"]);
}

#[tokio::test]
async fn a_change_that_fails_alone_leaves_the_writer_to_the_next() {
    let fresh = Fresh::new().await;
    let failing = fresh.write::<()>(|on| {
        Box::pin(async move {
            on.execute(&INSERT, ["undone".into()]).await?;
            Err(StorageError::Interrupted)
        })
    });
    failing.await.unwrap().unwrap_err();
    fresh.insert("b").await.unwrap().unwrap();
    assert_eq!(fresh.names().await, ["b"]);
}

#[tokio::test]
async fn what_is_done_after_the_commit_is_done_in_the_order_of_the_changes_and_before_any_answer() {
    let fresh = Fresh::new().await;
    let (first, end) = fresh.hold("first").await;
    let (tell, told) = std::sync::mpsc::channel();
    let mut others = Vec::new();
    for number in 0..20 {
        let tell = tell.clone();
        others.push(fresh.write(move |on| {
            on.after_commit(move |committed| tell.send((number, committed)).unwrap());
            Box::pin(async { Ok(()) })
        }));
        fresh.waiting(others.len()).await;
    }
    end.send(()).unwrap();
    first.await.unwrap().unwrap();
    let expected: Vec<_> = (0..20).map(|number| (number, Committed::Known)).collect();
    assert_eq!(told.try_iter().collect::<Vec<_>>(), expected);
    for other in others {
        other.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn every_change_learns_that_their_commit_has_failed() {
    // A foreign key that is checked at the end of the transaction.
    const CHILD: Statement =
        of("CREATE TABLE child (parent TEXT REFERENCES it (name) DEFERRABLE INITIALLY DEFERRED)");
    const ORPHAN: Statement = of("INSERT INTO child (parent) VALUES ('nobody')");
    let fresh = Fresh::new().await;
    fresh.write(|on| Box::pin(on.execute(&CHILD, []))).await.unwrap().unwrap();
    let (first, end) = fresh.hold("first").await;
    let (tell, told) = std::sync::mpsc::channel::<Committed>();
    let orphan = fresh.write(move |on| {
        on.after_commit(move |committed| tell.send(committed).unwrap());
        Box::pin(on.execute(&ORPHAN, []))
    });
    fresh.waiting(1).await;
    end.send(()).unwrap();
    for change in [first, orphan] {
        let failed = change.await.unwrap();
        assert!(matches!(failed, Err(StorageError::Failed(_))), "{failed:?}");
    }
    assert_eq!(told.try_iter().count(), 0);
    assert_eq!(fresh.names().await, [""; 0]);
    fresh.insert("next").await.unwrap().unwrap();
}

#[tokio::test]
async fn a_transaction_that_sqlite_rolls_back_by_itself_stores_nothing_and_says_so() {
    const END: Statement = of("ROLLBACK");
    let fresh = Fresh::new().await;
    let (first, end) = fresh.hold("first").await;
    let ending = fresh.write::<()>(|on| {
        Box::pin(async move {
            on.execute(&END, []).await?;
            Err(StorageError::Interrupted)
        })
    });
    fresh.waiting(1).await;
    let next = fresh.insert("next");
    fresh.waiting(2).await;
    end.send(()).unwrap();
    assert!(matches!(ending.await.unwrap(), Err(StorageError::Interrupted)));
    assert!(matches!(first.await.unwrap(), Err(StorageError::RolledBack)));
    // It waited on, for a transaction of its own.
    next.await.unwrap().unwrap();
    assert_eq!(fresh.names().await, ["next"]);
}

#[tokio::test]
async fn a_change_that_finds_the_disk_full_takes_no_other_with_it() {
    const FILL: Statement = of("INSERT INTO it (name) VALUES (hex(randomblob(1000000)))");
    let fresh = Fresh::new().await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&fresh.pools().writers).await.unwrap();
    let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + 10));
    sqlx::raw_sql(limit).execute(&fresh.pools().writers).await.unwrap();
    let (first, end) = fresh.hold("first").await;
    let filling = fresh.write(|on| Box::pin(on.execute(&FILL, [])));
    fresh.waiting(1).await;
    let last = fresh.insert("last");
    fresh.waiting(2).await;
    end.send(()).unwrap();
    let filled = filling.await.unwrap();
    assert!(matches!(filled, Err(StorageError::Unavailable(_))), "{filled:?}");
    let kept = [first.await.unwrap().is_ok(), last.await.unwrap().is_ok()];
    // SQLite may undo the statement alone, or the transaction; what is acknowledged is stored, and nothing else.
    let expected = ["first", "last"].into_iter().zip(kept).filter(|it| it.1).map(|it| it.0);
    assert_eq!(fresh.names().await, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_change_whose_caller_has_gone_is_stored_all_the_same() {
    let fresh = Fresh::new().await;
    let (first, end) = fresh.hold("first").await;
    let gone = fresh.insert("second");
    fresh.waiting(1).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    end.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(fresh.names().await, ["first", "second"]);
}

#[tokio::test]
async fn a_change_does_not_wait_for_the_writer_for_ever() {
    let fresh = Fresh::new().await;
    let holder = fresh.database.begin().await.unwrap();
    let waiting = [fresh.insert("first"), fresh.insert("second")];
    for change in waiting {
        let refused = change.await.unwrap();
        let Err(StorageError::Unavailable(error)) = &refused else { panic!("{refused:?}") };
        assert!(matches!(**error, sqlx::Error::PoolTimedOut), "{error:?}");
    }
    drop(holder);
    fresh.insert("third").await.unwrap().unwrap();
    assert_eq!(fresh.names().await, ["third"]);
    assert_eq!(fresh.database.connection().await.unwrap().system(), System::Sqlite);
}

#[tokio::test]
async fn a_commit_stores_a_limited_number_of_changes() {
    let fresh = Fresh::new().await;
    let (first, end) = fresh.hold("first").await;
    for number in 1..MOST_CHANGES {
        drop(fresh.write(|_| Box::pin(async { Ok(()) })));
        fresh.waiting(number).await;
    }
    let (next, has_begun, end_next) = fresh.held("next");
    fresh.waiting(MOST_CHANGES).await;
    end.send(()).unwrap();
    first.await.unwrap().unwrap();
    has_begun.await.unwrap();
    assert_eq!(fresh.names().await, ["first"]);
    end_next.send(()).unwrap();
    next.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_panic_after_the_commit_changes_no_answer() {
    let fresh = Fresh::new().await;
    let (first, end) = fresh.hold("first").await;
    let (tell, told) = std::sync::mpsc::channel();
    let panicking = fresh.write(|on| {
        on.after_commit(|_| panic!("as a test"));
        Box::pin(on.execute(&INSERT, ["second".into()]))
    });
    fresh.waiting(1).await;
    let last = fresh.write(move |on| {
        on.after_commit(move |committed| tell.send(committed).unwrap());
        Box::pin(async { Ok(()) })
    });
    fresh.waiting(2).await;
    end.send(()).unwrap();
    for change in [first, panicking, last] {
        change.await.unwrap().unwrap();
    }
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [Committed::Known]);
    assert_eq!(fresh.names().await, ["first", "second"]);
}
