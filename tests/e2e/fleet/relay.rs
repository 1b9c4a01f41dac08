//! A way to a PostgreSQL server on which transactions can be delayed, as in a network.

use std::time::Duration;

use storage::testing::Postgres;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How long the begin of a transaction takes at least, so that there is something to disturb.
const LATENCY: Duration = Duration::from_millis(150);

/// Passes on what clients send to a database.
pub(super) struct Relay {
    /// The database by this way.
    pub(super) url: String,
    /// The database by the direct way.
    pub(super) direct: String,
    blocked: watch::Sender<bool>,
    passing: JoinHandle<()>,
}

impl Relay {
    /// A way to a new database.
    pub(super) async fn start() -> Self {
        let direct = Postgres::shared().await.create_database().await;
        let (directory, name) = direct.split_once('@').unwrap().1.split_once('/').unwrap();
        let socket = format!("{}/.s.PGSQL.5432", directory.replace("%2F", "/"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("postgres://ccm@127.0.0.1:{port}/{name}");
        let (blocked, is_blocked) = watch::channel(false);
        let passing = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&socket).await.unwrap();
                connections.spawn(pass(client, server, is_blocked.clone()));
            }
        });
        Self { url, direct, blocked, passing }
    }

    /// Keeps what begins a transaction from now on, and passes on the rest: reads, and the checks of connections.
    pub(super) fn block(&self) {
        self.blocked.send_replace(true);
    }

    /// Passes on what was kept.
    pub(super) fn unblock(&self) {
        self.blocked.send_replace(false);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

async fn pass(client: TcpStream, server: UnixStream, mut is_blocked: watch::Receiver<bool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let there = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = from_client.read(&mut buffer).await.unwrap_or(0);
            if buffer[..read].windows(5).any(|it| it == b"BEGIN") {
                tokio::time::sleep(LATENCY).await;
                if is_blocked.wait_for(|it| !*it).await.is_err() {
                    return;
                }
            }
            if read == 0 || to_server.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    };
    let back = tokio::io::copy(&mut from_server, &mut to_client);
    tokio::select! {
        () = there => {}
        _ = back => {}
    }
}
