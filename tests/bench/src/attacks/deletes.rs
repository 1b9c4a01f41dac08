//! DELETEs of tasks that their caller does not see, while another session holds the locks of the rows of these tasks, on PostgreSQL.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};
use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::task::JoinSet;

use super::attacker::{Counts, Order, connect};
use super::processes::UNSEEN_DEPARTMENT;
use super::rest::status;

/// Connections of an account, each with one request at a time.
const CONNECTIONS: usize = 16;
const PAUSE: Duration = Duration::from_millis(250);

/// Requests of a few accounts, each for another task.
pub(super) fn deletes(order: &Order, counts: &'static Counts, clients: &mut JoinSet<()>) -> u64 {
    let mut unseen = order.unseen.iter().cycle();
    for token in order.few() {
        for _ in 0..CONNECTIONS {
            let Some(id) = unseen.next() else { return 0 };
            let gateway = order.gateway;
            let request = format!(
                "DELETE /api/tasks/{id} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
            clients.spawn(async move {
                let mut open = None;
                loop {
                    let answer = async {
                        let mut stream = match open.take() {
                            Some(stream) => stream,
                            None => BufReader::new(connect(gateway).await?),
                        };
                        stream.get_mut().write_all(request.as_bytes()).await?;
                        let status = status(&mut stream).await?;
                        open = Some(stream);
                        anyhow::Ok(status)
                    };
                    Counts::add(match answer.await {
                        Ok(status) if status < 400 => &counts.got,
                        Ok(_) => &counts.refused,
                        Err(_) => &counts.cut,
                    });
                    Counts::add(&counts.tried);
                    tokio::time::sleep(PAUSE).await;
                }
            });
        }
    }
    (order.few().len() * CONNECTIONS) as u64
}

/// A session that holds the locks of all tasks that no attacker sees, until this is dropped.
pub(super) struct RowLocks {
    _session: PgConnection,
}

impl RowLocks {
    pub(super) async fn hold(database: &str) -> anyhow::Result<Self> {
        let mut session = PgConnection::connect(database).await?;
        sqlx::query("BEGIN").execute(&mut session).await?;
        let locked = sqlx::query("SELECT id FROM tasks WHERE department = $1 FOR UPDATE")
            .bind(UNSEEN_DEPARTMENT)
            .execute(&mut session)
            .await?
            .rows_affected();
        anyhow::ensure!(locked > 0, "there is no task to lock");
        Ok(Self { _session: session })
    }
}
