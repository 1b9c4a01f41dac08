//! Databases that were restored from backups of different moments: each service knows what the other does not.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::actions::ended;
use crate::harness::{Product, eventually};

/// A copy of a SQLite database, made while its service was stopped.
struct Backup {
    copy: TempDir,
    of: PathBuf,
}

/// The files of a SQLite database beside the first.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

impl Backup {
    fn of(url: &str) -> Self {
        let of = PathBuf::from(url.strip_prefix("sqlite:").unwrap());
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(&of, copy.path().join("copy.db")).unwrap();
        for suffix in BESIDE {
            let beside = PathBuf::from(format!("{}{suffix}", of.display()));
            assert!(!beside.exists(), "a service that has ended leaves one file");
        }
        Self { copy, of }
    }

    fn restore(&self) {
        std::fs::copy(self.copy.path().join("copy.db"), &self.of).unwrap();
    }
}

async fn start_again(product: &mut Product) {
    product.workers.restart(product.workers_address);
    product.workers.listening("worker-service").await;
    product.tasks.restart(product.tasks_address);
    product.tasks.listening("task-service").await;
    product.gateway.restart(product.gateway_address);
    product.gateway.listening("gateway").await;
}

/// A running worker whose machine takes this long to stop: its id.
async fn worker(product: &Product, name: &str, stop_delay: &str) -> String {
    let tags = json!({"sim:stop-delay": stop_delay});
    let body = json!({"name": name, "region": "us-east-1", "instance_type": "m5.metal", "tags": tags});
    let answer = product.admin().post("/api/workers", &body).await;
    product.worker_is(answer.text("id"), "running").await;
    answer.text("id").to_owned()
}

/// Asks for an action and waits until it has ended.
async fn done(product: &Product, id: &str, verb: &str) -> Value {
    let admin = product.admin();
    let asked = admin.post(&format!("/api/workers/{id}/{verb}"), &json!({})).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    ended(&admin, asked.header("location")).await
}

/// Asks for an action and waits until worker-service has accepted it: the path of its task.
async fn accepted(product: &Product, id: &str, verb: &str) -> String {
    let admin = product.admin();
    let asked = admin.post(&format!("/api/workers/{id}/{verb}"), &json!({})).await;
    let location = asked.header("location");
    eventually("the action is accepted", || async {
        (admin.get(location).await.json["run"]["phase"] == "applied").then_some(())
    })
    .await;
    location.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_older_task_database_one_action_is_refused_and_its_retry_works() {
    let mut product = Product::start().await;
    let id = worker(&product, "lab 1", "100ms").await;
    let slow = worker(&product, "lab 2", "3s").await;
    assert_eq!(done(&product, &id, "stop").await["status"], "completed");
    let waiting = accepted(&product, &slow, "stop").await;
    product.stop().await;
    let backup = Backup::of(&product.task_database.url);
    start_again(&mut product).await;
    for verb in ["start", "stop", "start"] {
        assert_eq!(done(&product, &id, verb).await["status"], "completed");
    }
    assert_eq!(ended(&product.admin(), &waiting).await["status"], "completed");
    product.stop().await;
    backup.restore();
    start_again(&mut product).await;

    // What was waited for has happened meanwhile.
    assert_eq!(ended(&product.admin(), &waiting).await["status"], "completed");
    let refused = done(&product, &id, "stop").await;
    let told = (&refused["status"], &refused["run"]["last_error"]["reason"]);
    assert_eq!(told, (&json!("failed"), &json!("ACTION_SUPERSEDED")), "{refused}");
    assert_eq!(refused["run"]["attempt"], 1, "{refused}");
    product.worker_is(&id, "running").await;
    let path = format!("/api/tasks/{}", refused["id"].as_str().unwrap());
    let retry = product.admin().post(&format!("{path}/retry"), &json!({})).await;
    assert_eq!(retry.status, 202, "{retry:?}");
    assert_eq!(ended(&product.admin(), &path).await["status"], "completed");
    product.worker_is(&id, "stopped").await;
    assert_eq!(done(&product, &id, "start").await["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_older_worker_database_waiting_tasks_fail_and_machines_get_their_workers_back() {
    let mut product = Product::start().await;
    let known = worker(&product, "lab 1", "1h").await;
    product.stop().await;
    let backup = Backup::of(&product.worker_database.url);
    start_again(&mut product).await;
    let unknown = worker(&product, "lab 2", "100ms").await;
    let waiting = accepted(&product, &known, "stop").await;
    product.stop().await;
    backup.restore();
    start_again(&mut product).await;

    let admin = product.admin();
    let failed = ended(&admin, &waiting).await;
    let told = (&failed["status"], &failed["run"]["last_error"]["code"]);
    assert_eq!(told, (&json!("failed"), &json!("NOT_FOUND")), "{failed}");
    let message = failed["run"]["last_error"]["message"].as_str().unwrap();
    assert!(message.contains("no longer exists"), "{message}");
    // The machine of the worker that the backup does not know is adopted.
    let adopted = product.worker_is(&unknown, "running").await;
    assert_eq!((&adopted["name"], &adopted["desired_status"]), (&json!("lab 2"), &json!("running")));
    assert_eq!(done(&product, &unknown, "stop").await["status"], "completed");
    // The machine that was asked to stop is stopping, and the worker shows it.
    eventually("the worker shows its machine", || async {
        let worker = admin.get(&format!("/api/workers/{known}")).await.json;
        (worker["status"] == "stopping" && worker["desired_status"] == "running").then_some(())
    })
    .await;
    let again = admin.post(&format!("{waiting}/retry"), &json!({})).await;
    assert_eq!(again.status, 202, "{again:?}");
}
