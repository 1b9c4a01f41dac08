//! A task that a caller does not see looks like none, also while another transaction holds its row lock.

use std::time::Duration;

use access::Visibility;
use platform::clock::Clock;
use storage::sqlx::{self, Connection as _, PgConnection};

use super::TaskStore;
use super::conformance::{created, deleted, task};
use crate::error::TaskError;

#[tokio::test]
async fn the_row_lock_of_a_task_is_only_waited_for_by_those_who_see_it() {
    let fresh = storage::testing::postgres().await;
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    let task = task(&clock, "ada", None, None);
    store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
    let mut other = PgConnection::connect(&fresh.url).await.unwrap();
    let mut holder = other.begin().await.unwrap();
    sqlx::query("SELECT id FROM tasks WHERE id = $1 FOR UPDATE")
        .bind(task.id)
        .execute(&mut *holder)
        .await
        .unwrap();

    let eve = Visibility::Restricted { person: "eve".to_owned(), department: None };
    let delete =
        |by: &Visibility| store.delete(task.id, by.clone(), clock.now(), |_| Ok(()), deleted(&clock));
    let event = created(&clock, &task);
    let update = store.update(task.id, eve.clone(), |_| Ok(None), move |_, _| event);
    let event = created(&clock, &task);
    let cancel = store.cancel(task.id, eve.clone(), |_| Ok(None), move |_, _| event.clone());
    // Who waits for the lock gets an error of the database once the lock timeout is over.
    assert!(matches!(delete(&eve).await, Err(TaskError::NotFound)), "delete");
    assert!(matches!(update.await, Err(TaskError::NotFound)), "update");
    assert!(matches!(cancel.await, Err(TaskError::NotFound)), "cancel");

    let ada = Visibility::Restricted { person: "ada".to_owned(), department: None };
    let mut waiting = std::pin::pin!(delete(&ada));
    tokio::time::timeout(Duration::from_millis(200), waiting.as_mut()).await.expect_err("the lock is held");
    holder.rollback().await.unwrap();
    waiting.await.unwrap();
}
