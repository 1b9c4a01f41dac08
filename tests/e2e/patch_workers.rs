//! What a change of a worker comes to over REST.

use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{ImportWorkerRequest, Worker};
use serde_json::{Value, json};

use crate::harness::{Backend, Product, Settings, Watcher, authorized};

#[tokio::test(flavor = "multi_thread")]
async fn name_and_tags_of_a_worker_are_patched_tag_by_tag() {
    let product = Product::start().await;
    let admin = product.admin();
    let path = format!("/api/workers/{}", product.terminated_worker().await);
    let tagged = admin.patch(&path, &json!({"tags": {"env": "lab", "a.b`c": "x"}})).await;
    let tag = format!("\"2.{}\"", tagged.json["revision"]);
    assert_eq!((tagged.status.as_u16(), tagged.header("etag")), (200, &*tag), "{tagged:?}");
    let patched = admin.patch(&path, &json!({"name": "renamed", "tags": {"env": null, "rack": "7"}})).await;
    assert_eq!(
        (patched.text("name"), &patched.json["tags"]),
        ("renamed", &json!({"a.b`c": "x", "rack": "7"}))
    );
    assert_eq!(admin.get(&path).await.json, patched.json);
    let cleared = admin.patch(&path, &json!({"tags": null})).await;
    assert_eq!((&cleared.json["tags"], &cleared.json["version"]), (&json!({}), &json!(4)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_that_changes_nothing_is_no_edit() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.terminated_worker().await);
    let before = product.admin().get(&path).await.json;
    for patch in [json!({}), json!({"name": before["name"]}), json!({"tags": {}})] {
        let answer = product.admin().patch(&path, &patch).await;
        assert_eq!((answer.status.as_u16(), &answer.json), (200, &before), "{patch}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_patch_is_named_and_nothing_is_written() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.terminated_worker().await);
    let before = product.admin().get(&path).await.json;
    let body =
        json!({"name": null, "region": "eu-1", "status": "running", "colour": "red", "tags": {"a": 1}});
    let refused = product.admin().patch(&path, &body).await;
    let mut fields = refused.violations();
    fields.sort_unstable();
    assert_eq!((refused.status.as_u16(), fields), (400, vec!["colour", "name", "region", "status", "tags"]));
    assert_eq!(product.admin().get(&path).await.json, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_admin_changes_workers() {
    let product = Product::start().await;
    let path = format!("/api/workers/{}", product.worker().await);
    for other in [product.user("ada"), product.manager("mia", Some("network"))] {
        let refused = other.patch(&path, &json!({"name": 7})).await;
        assert_eq!(
            (refused.status.as_u16(), refused.text("code")),
            (403, "PERMISSION_DENIED"),
            "{refused:?}"
        );
        assert_eq!(other.delete(&path).await.status, 403);
        assert_eq!(other.get(&path).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminated_worker_is_deleted_and_is_gone() {
    let product = Product::start().await;
    let admin = product.admin();
    let path = format!("/api/workers/{}", product.terminated_worker().await);
    let deleted = admin.delete(&path).await;
    assert_eq!((deleted.status.as_u16(), &deleted.json), (204, &Value::Null));
    for gone in
        [admin.get(&path).await, admin.delete(&path).await, admin.patch(&path, &json!({"x": 1})).await]
    {
        assert_eq!((gone.status.as_u16(), gone.text("code")), (404, "NOT_FOUND"), "{gone:?}");
    }
    assert_eq!(admin.get("/api/workers").await.json["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_shows_the_workers_that_it_names_and_only_those() {
    // They stay pending.
    let of_services = vec![("CCM_SIMULATED_START_DELAY".to_owned(), "10m".to_owned())];
    let settings = Settings { of_services, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let admin = product.admin();
    product.worker().await;
    let body = json!({"name": "n", "region": "mars-1", "instance_type": "m5", "tags": {"env": "lab"}});
    assert_eq!(admin.post("/api/workers", &body).await.status, 201);
    for (query, found) in [
        ("region=mars-1", 1),
        ("tag=env=lab", 1),
        ("tag=env=lab&region=mars-1&status=pending&provider=simulated", 1),
        ("tag=env=prod", 0),
        ("status=running", 0),
        ("status=pending", 2),
        ("provider=simulated", 2),
    ] {
        let answer = admin.get(&format!("/api/workers?{query}")).await;
        assert_eq!(answer.json["items"].as_array().map(Vec::len), Some(found), "{query} {answer:?}");
    }
    let wrong = admin.get("/api/workers?status=asleep&tag=x&colour=red").await;
    let mut fields = wrong.violations();
    fields.sort_unstable();
    assert_eq!((wrong.status.as_u16(), fields), (400, vec!["colour", "status", "tag"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_create_of_a_worker_makes_one() {
    let product = Product::start().await;
    let admin = product.admin().with("idempotency-key", "k");
    let body = json!({"name": "n", "region": "eu-1", "instance_type": "m5"});
    let (first, again) = (admin.post("/api/workers", &body).await, admin.post("/api/workers", &body).await);
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"), "{again:?}");
    assert_eq!(again.json, first.json);
    assert_eq!(admin.get("/api/workers").await.json["items"].as_array().map(Vec::len), Some(1));
}

fn machine(name: &str) -> Value {
    json!({"name": name, "region": "eu-1", "instance_type": "m5", "instance_id": "i-sim-0abc", "tags": {"env": "lab"}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_exists_is_imported_once() {
    let product = Product::start().await;
    let admin = product.admin();
    let imported = admin.post("/api/workers/import", &machine("found")).await;
    assert_eq!((imported.status.as_u16(), imported.header("etag")), (201, "\"1\""), "{imported:?}");
    assert_eq!((imported.text("instance_id"), imported.text("status")), ("i-sim-0abc", "unknown"));
    assert_eq!(admin.get(imported.header("location")).await.json, imported.json);
    let again = admin.post("/api/workers/import", &machine("again")).await;
    assert_eq!((again.status.as_u16(), again.text("code")), (409, "ALREADY_EXISTS"), "{again:?}");
    let live = admin.delete(imported.header("location")).await;
    assert_eq!((live.status.as_u16(), live.text("code")), (409, "FAILED_PRECONDITION"), "{live:?}");
    let mut workers = WorkerServiceClient::new(Watcher::channel(product.workers_address));
    let worker = Worker {
        name: "dry".to_owned(),
        region: "us-east-1".to_owned(),
        instance_type: "m5.metal".to_owned(),
        instance_id: Some("i-sim-0abc".to_owned()),
        ..Worker::default()
    };
    let dry = ImportWorkerRequest { worker: Some(worker), validate_only: true, ..Default::default() };
    let token = product.token("root", &[access::Role::Admin], None);
    let refused = workers.import_worker(authorized(dry, &token)).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::AlreadyExists, "{refused:?}");
    let bad = admin.post("/api/workers/import", &json!({"name": "n", "instance_id": "I 0"})).await;
    let mut fields = bad.violations();
    fields.sort_unstable();
    assert_eq!((bad.status.as_u16(), fields), (400, vec!["instance_id", "instance_type", "region"]));
}

async fn of_many_imports_at_once_one_is_done(backend: Backend) {
    let product = Product::start_with(backend, &[]).await;
    let importing = (0..8).map(|number| {
        let admin = product.admin();
        tokio::spawn(async move { admin.post("/api/workers/import", &machine(&number.to_string())).await })
    });
    let answers: Vec<_> = importing.collect();
    let mut done = 0;
    for answer in answers {
        let answer = answer.await.unwrap();
        assert!(matches!(answer.status.as_u16(), 201 | 409), "{answer:?}");
        done += usize::from(answer.status == 201);
    }
    assert_eq!(done, 1);
    let keyed = product.admin().with("idempotency-key", "k");
    let body = json!({"name": "n", "region": "eu-1", "instance_type": "m5", "instance_id": "i-sim-1"});
    let (first, again) =
        (keyed.post("/api/workers/import", &body).await, keyed.post("/api/workers/import", &body).await);
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"), "{again:?}");
    assert_eq!(again.json, first.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_imports_of_one_machine_at_once_one_is_done_on_sqlite() {
    of_many_imports_at_once_one_is_done(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_imports_of_one_machine_at_once_one_is_done_on_postgresql() {
    of_many_imports_at_once_one_is_done(Backend::Postgres).await;
}
