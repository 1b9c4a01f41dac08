//! Replicas of the version before, which `tests/upgrades/build-previous` builds, beside today's on one PostgreSQL (docs/adr/0006).

use std::net::SocketAddr;
use std::path::Path;

use access::Role;
use serde_json::json;
use storage::sqlx::{self, Connection as _, PgConnection};

use crate::harness::{Backend, Client, Process, Product, Settings, eventually};

const BEFORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/previous/ccm");

/// Changes everything that can be changed through one gateway, and reads it through the other one.
async fn works(product: &Product, through: &Client, other: &Client) {
    let body = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    let created = through.post("/api/workers", &body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let id = created.text("id");
    product.worker_is(id, "running").await;
    let stopped = through.post(&format!("/api/workers/{id}/stop"), &json!({})).await;
    assert_eq!(stopped.status, 202, "{stopped:?}");
    product.worker_is(id, "stopped").await;
    let task = through.post("/api/tasks", &json!({"title": "t", "worker_id": id})).await;
    assert_eq!(task.status, 201, "{task:?}");
    let path = task.header("location");
    assert_eq!(other.patch(path, &json!({"title": "changed"})).await.status, 200);
    assert_eq!(through.get(path).await.text("title"), "changed");
    for kind in ["workers", "tasks"] {
        let ids = async |client: &Client| {
            let listed = client.get(&format!("/api/{kind}?page_size=100")).await;
            assert_eq!(listed.status, 200, "{listed:?}");
            let items = listed.json["items"].as_array().unwrap();
            items.iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(through).await, ids(other).await);
    }
    eventually("the action has ended", async || {
        let ended = through.get(&format!("/api/tasks?kind=action&worker_id={id}")).await;
        let items = ended.json["items"].as_array()?;
        items.iter().any(|it| it["status"] == "completed").then_some(())
    })
    .await;
}

/// How many migrations were applied to the databases of the services.
async fn migrations(product: &Product) -> i64 {
    let mut sum = 0;
    for database in [&product.task_database, &product.worker_database] {
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM _sqlx_migrations");
        sum += count.fetch_one(&mut connection).await.unwrap();
    }
    sum
}

/// Kills a process, and starts it again.
async fn restart(process: &mut Process, name: &str, listen: SocketAddr) {
    process.kill().await;
    process.restart(listen);
    process.listening(name).await;
}

/// What starts services of the version before: it takes the place of the program that the harness starts.
pub(crate) fn services_of_the_version_before() -> Vec<String> {
    assert!(Path::new(BEFORE).exists(), "tests/upgrades/build-previous builds {BEFORE}, as tests/run does");
    ["sh", "-c", "shift; exec \"$0\" \"$@\"", BEFORE].map(ToOwned::to_owned).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_of_the_version_before_run_beside_todays_and_start_again_on_its_schema() {
    let settings = Settings { services_by: services_of_the_version_before(), ..Settings::default() };
    let mut product = Product::start_as(Backend::Postgres, tempfile::tempdir().unwrap(), settings).await;
    let before = product.admin();
    works(&product, &before, &before).await;

    let migrations = migrations(&product).await;
    // Migrates the schema under the version before.
    let workers = product.another_worker_service("127.0.0.1:0").await;
    let tasks = product.another_task_service("127.0.0.1:0").await;
    assert!(self::migrations(&product).await > migrations, "tests/upgrades/previous has an earlier schema");
    let url = async |process: &Process, name| format!("http://{}", process.listening(name).await);
    let gateway = product.gateway_with(&[
        ("CCM_WORKER_SERVICE".to_owned(), url(&workers, "worker-service").await),
        ("CCM_TASK_SERVICE".to_owned(), url(&tasks, "task-service").await),
    ]);
    let token = product.token("root", &[Role::Admin], None);
    let today = Client::new(&url(&gateway, "gateway").await, Some(&token));
    works(&product, &today, &before).await;
    works(&product, &before, &today).await;

    let (workers_address, tasks_address) = (product.workers_address, product.tasks_address);
    restart(&mut product.workers, "worker-service", workers_address).await;
    restart(&mut product.tasks, "task-service", tasks_address).await;
    eventually("the gateway has found them", async || {
        (before.get("/readyz").await.status == 200).then_some(())
    })
    .await;
    works(&product, &before, &today).await;
}
