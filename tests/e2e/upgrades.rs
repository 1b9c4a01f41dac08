//! Databases of earlier versions, which tests/upgrades has: each is migrated, read, changed and followed.

use std::path::PathBuf;

use access::Role;
use proto::event::v1::{EventCursor, WatchStart};
use serde_json::{Value, json};
use storage::sqlx::{self, Connection as _, PgConnection, SqliteConnection};
use storage::testing::Postgres;
use tempfile::TempDir;

use crate::harness::{Backend, Product, Settings, Watcher, eventually};

/// What an earlier version has left behind.
struct Left {
    directory: PathBuf,
    /// What it answered to GETs: `tasks` and `workers`, and `heads`, the last positions of the logs.
    said: Value,
}

impl Left {
    fn by(version: &str, backend: Backend) -> Self {
        let kind = match backend {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
        };
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/upgrades");
        let directory = PathBuf::from(root).join(version).join(kind);
        let said = std::fs::read_to_string(directory.join("said.json")).unwrap();
        Self { said: serde_json::from_str(&said).unwrap(), directory }
    }

    fn dump(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.directory.join(format!("{name}.sql"))).ok()
    }

    /// Restores a database; one that the version did not have is empty. Returns its URL.
    async fn restore(&self, backend: Backend, place: &TempDir, name: &str) -> String {
        let dump = self.dump(name).unwrap_or_default();
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(dump));
        match backend {
            Backend::Sqlite => {
                let file = place.path().join(format!("{name}.db")).display().to_string();
                let mut connection =
                    SqliteConnection::connect(&format!("sqlite:{file}?mode=rwc")).await.unwrap();
                sql.execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                format!("sqlite:{file}")
            }
            Backend::Postgres => {
                let url = Postgres::shared().await.create_database().await;
                let mut connection = PgConnection::connect(&url).await.unwrap();
                sql.execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                url
            }
        }
    }

    /// How many events the log of a service has.
    fn events(&self, name: &str) -> i64 {
        let dump = self.dump(name).unwrap();
        let inserts = ["INSERT INTO events ", "INSERT INTO public.events "];
        let lines = dump.lines().filter(|line| inserts.iter().any(|it| line.starts_with(it)));
        i64::try_from(lines.count()).unwrap()
    }
}

/// Fails unless a resource is what it was, as far as the earlier version told.
fn assert_same(before: &Value, after: &Value, changing: &[&str]) {
    for (field, value) in before.as_object().unwrap() {
        if !changing.contains(&field.as_str()) {
            assert_eq!(&after[field], value, "{field} of {after}");
        }
    }
}

/// Fields of a worker that change by themselves while it goes on to its desired state.
const OF_MACHINES: [&str; 13] = [
    "status",
    "status_since",
    "instance_id",
    "address",
    "utilization",
    "reconciling",
    "converged_at",
    "generation",
    "outcome",
    "desired_at",
    "desired_by",
    "updated_at",
    "revision",
];
/// Fields of a task that change when its action goes on.
const OF_ACTIONS: [&str; 5] = ["status", "run", "updated_at", "version", "revision"];

fn is_live_action(task: &Value) -> bool {
    task["kind"] == "action" && ["pending", "in_progress"].iter().any(|it| task["status"] == *it)
}

async fn is_served(version: &str, backend: Backend) {
    let (left, place) = (Left::by(version, backend), tempfile::tempdir().unwrap());
    let mut databases = Vec::new();
    for name in ["tasks", "workers", "provider"] {
        databases.push(left.restore(backend, &place, name).await);
    }
    let databases = Some(<[String; 3]>::try_from(databases).unwrap());
    let settings = Settings { databases, ..Settings::default() };
    let product = Product::start_as(backend, tempfile::tempdir().unwrap(), settings).await;
    let admin = product.admin();

    // Everything is there, and nothing else.
    let items = async |path: &str| admin.get(path).await.json["items"].as_array().unwrap().len();
    for kind in ["tasks", "workers"] {
        for before in left.said[kind].as_array().unwrap() {
            let after = admin.get(&format!("/api/{kind}/{}", before["id"].as_str().unwrap())).await;
            assert_eq!(after.status, 200, "{after:?}");
            let changing = match kind {
                "workers" => OF_MACHINES.as_slice(),
                _ if is_live_action(before) => &OF_ACTIONS,
                _ => &[],
            };
            assert_same(before, &after.json, changing);
        }
    }
    for (kind, is_action) in [("human", false), ("action", true)] {
        let tasks = left.said["tasks"].as_array().unwrap().iter();
        let number = tasks.filter(|it| (it["kind"] == "action") == is_action).count();
        assert_eq!(items(&format!("/api/tasks?page_size=100&kind={kind}")).await, number);
    }
    assert_eq!(items("/api/workers?page_size=100").await, left.said["workers"].as_array().unwrap().len());
    assert_eq!(product.user("bob").get("/api/tasks").await.json["items"].as_array().unwrap().len(), 1);

    // What had not ended goes on.
    for worker in left.said["workers"].as_array().unwrap() {
        let id = worker["id"].as_str().unwrap();
        let expected = match worker["status"].as_str().unwrap() {
            "pending" => "running",
            settled => settled,
        };
        product.worker_is(id, expected).await;
    }
    for task in left.said["tasks"].as_array().unwrap().iter().filter(|it| is_live_action(it)) {
        let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
        eventually("the action ends", async || {
            let status = admin.get(&path).await.text("status").to_owned();
            // Its deadline was soon after the database was written.
            ["completed", "failed"].contains(&status.as_str()).then_some(())
        })
        .await;
    }

    follows(&left, "tasks", &product).await;
    follows(&left, "workers", &product).await;
}

/// Changes something, and follows the log from its beginning and from where the earlier version has left it.
async fn follows(left: &Left, kind: &str, product: &Product) {
    let id = left.said[kind][0]["id"].as_str().unwrap();
    let id = match kind {
        // An action is not changed by people.
        "tasks" => {
            let mut tasks = left.said[kind].as_array().unwrap().iter();
            tasks.find(|it| it["kind"] != "action").unwrap()["id"].as_str().unwrap()
        }
        _ => id,
    };
    let field = if kind == "tasks" { "title" } else { "name" };
    let path = format!("/api/{kind}/{id}");
    let changed = product.admin().patch(&path, &json!({field: "upgraded"})).await;
    assert_eq!((changed.status.as_u16(), changed.text(field)), (200, "upgraded"), "{changed:?}");
    let history = product.admin().get(&format!("{path}/events")).await;
    assert!(history.json["items"].as_array().unwrap().len() > 1, "{history:?}");

    let address = if kind == "tasks" { product.tasks_address } else { product.workers_address };
    let token = product.token("root", &[Role::Admin], None);
    let mut from_start = Watcher::from(address, &token, WatchStart::Earliest).await;
    let log_id = from_start.cursor.log_id.clone();
    let (old, head) = (left.events(kind), left.said["heads"][kind].as_i64().unwrap());
    assert!(head == old || head == 0, "the first version gave no positions while it stopped");
    let mut all = Vec::new();
    for position in 1..=old {
        let event = from_start.event().await;
        assert_eq!(event.position, position);
        all.push(event.id);
    }
    let mut from_head =
        Watcher::after(address, &token, EventCursor { log_id, position: head }).await.unwrap();
    let mut position = head;
    loop {
        let event = from_head.event().await;
        position += 1;
        assert_eq!(event.position, position);
        assert_eq!(position > old, !all.contains(&event.id), "{event:?}");
        if event.subject_id == id && position > old && event.revision == changed.json["revision"] {
            break;
        }
    }
}

macro_rules! versions {
    ($($name:ident: $version:literal,)*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::is_served($version, crate::harness::Backend::Sqlite).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::is_served($version, crate::harness::Backend::Postgres).await;
            })*
        }

        /// Whether each directory is tested, and whether tests/e2e/version_before.rs runs the newest of them.
        #[test]
        fn every_version_is_upgraded() {
            let listed = [$($version),*];
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/upgrades");
            for entry in std::fs::read_dir(root).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                assert!(!entry.path().is_dir() || listed.contains(&name.as_str()), "{name}");
            }
            let previous = std::fs::read_to_string(format!("{root}/previous")).unwrap();
            assert!(previous.starts_with(listed.last().unwrap()), "tests/upgrades/previous names {previous}");
        }
    };
}

versions! {
    the_first_version: "aa65863",
    positions_after_commit: "8c33ce4",
    workers_that_live: "5325a51",
    report_times: "4dd3f0f",
    unconverged_workers: "3394e4a",
}
