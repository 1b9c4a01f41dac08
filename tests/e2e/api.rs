//! What REST and gRPC callers get.

use access::Role;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, GetTaskRequest, Task};
use serde_json::{Value, json};
use tonic::Code;

use crate::harness::{Answer, Backend, Product, Watcher};

fn titles(answer: &Answer) -> Vec<&str> {
    answer.json["items"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_created_task_is_answered_with_its_location_and_found_there() {
    let product = Product::start().await;
    let (user, worker) = (product.user("ada"), product.worker().await);
    let body = json!({
        "title": "Replace the uplink", "description": "two\nlines", "priority": "high", "assignee_id": "bob",
        "department": "network", "worker_id": worker,
    });
    let created = user.post("/api/tasks", &body).await;
    assert_eq!((created.status.as_u16(), created.header("etag")), (201, "\"1\""), "{created:?}");
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&created.json[name], value, "{name}");
    }
    let rest = json!({"status": "pending", "created_by": "ada", "version": 1, "revision": 1});
    for (name, value) in rest.as_object().unwrap() {
        assert_eq!(&created.json[name], value, "{name}");
    }
    let found = user.get(created.header("location")).await;
    assert_eq!((found.status.as_u16(), &found.json), (200, &created.json));
    assert_eq!(found.header("etag"), "\"1\"");
    assert_eq!(user.get(&format!("{}/", created.header("location"))).await.json, created.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_all_that_a_task_needs() {
    let product = Product::start().await;
    let manager = product.manager("mia", Some("network"));
    let created = manager.post("/api/tasks/", &json!({"title": "t", "assignee_id": null})).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!((created.text("priority"), created.text("department")), ("medium", "network"));
    assert_eq!((&created.json["assignee_id"], &created.json["worker_id"]), (&Value::Null, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_task_is_named_in_one_answer_and_nothing_is_written() {
    let product = Product::start().await;
    let user = product.user("ada");
    let body = json!({
        "title": " ", "description": 7, "priority": "urgent", "assignee_id": "a".repeat(256), "colour": "red",
        "worker_id": "01a20297-f0d9-71df-bc9a-03b3823c2980", "status": "completed",
    });
    let refused = user.post("/api/tasks", &body).await;
    assert_eq!((refused.status.as_u16(), refused.text("code")), (400, "INVALID_ARGUMENT"), "{refused:?}");
    let mut fields = refused.violations();
    fields.sort_unstable();
    assert_eq!(fields, ["assignee_id", "colour", "description", "priority", "status", "title", "worker_id"]);
    let unknown_worker =
        user.post("/api/tasks", &json!({"title": "t", "worker_id": body["worker_id"]})).await;
    assert_eq!((unknown_worker.status.as_u16(), unknown_worker.violations()), (400, vec!["worker_id"]));
    assert!(titles(&user.get("/api/tasks").await).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_worker_is_named_in_one_answer() {
    let product = Product::start().await;
    let body = json!({"name": "", "region": "Mars!", "provider": "ec3", "tags": {"a": 1}});
    let refused = product.admin().post("/api/workers", &body).await;
    let mut fields = refused.violations();
    fields.sort_unstable();
    assert_eq!(
        (refused.status.as_u16(), fields),
        (400, vec!["instance_type", "name", "provider", "region", "tags"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_is_wrong_with_one_request_its_neighbours_are_served() {
    let product = Product::start().await;
    let admin = product.admin();
    let tags: serde_json::Map<String, Value> =
        (0..50).map(|it| (format!("{it}{}", "k".repeat(5_000)), json!("v"))).collect();
    let bad = json!({"name": "lab", "region": "us-east-1", "instance_type": "m5.metal", "tags": tags});
    let good = json!({"name": "lab", "region": "us-east-1", "instance_type": "m5.metal"});
    for _ in 0..10 {
        let (refused, created) =
            tokio::join!(admin.post("/api/workers", &bad), admin.post("/api/workers", &good));
        assert_eq!((refused.status.as_u16(), created.status.as_u16()), (400, 201), "{refused:?} {created:?}");
    }
    for (count, reason) in [(1_000, "invalid-input"), (10_000, "invalid-json")] {
        let unknown: serde_json::Map<_, _> = (0..count).map(|it| (format!("f{it}"), json!(1))).collect();
        let refused = admin.post("/api/tasks", &Value::Object(unknown)).await;
        assert_eq!(refused.text("type"), format!("urn:cml-cloud-manager:problem:{reason}"));
        assert!(refused.json.to_string().len() < 100_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_object_is_refused_with_its_reason() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_MAX_BODY_BYTES", "1000")]).await;
    let user = product.user("ada");
    for body in ["", "{", "[]", "\"title\"", "null", "{\"title\": \"\\ud800\"}", "\u{0}"] {
        let refused = user.post_text("/api/tasks", body).await;
        assert_eq!((refused.status.as_u16(), refused.text("code")), (400, "INVALID_ARGUMENT"), "{body}");
    }
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    assert_eq!(user.post_text("/api/tasks", &format!("{{\"title\": {deep}}}")).await.status, 400);
    let twice = user.post_text("/api/tasks", r#"{"title": "a", "title": "b"}"#).await;
    assert_eq!((twice.status.as_u16(), twice.violations()), (400, vec!["title"]));
    assert_eq!(user.post("/api/tasks", &json!({"title": "x".repeat(1_000)})).await.status, 413);
    let form = user
        .with("content-type", "text/plain")
        .try_send(hyper::Method::POST, "/api/tasks", None)
        .await
        .unwrap();
    assert_eq!(form.status, 415);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_router_does_not_know_is_a_problem_too() {
    let product = Product::start().await;
    let user = product.user("ada");
    assert_eq!(user.get("/api/tasks/%ff").await.header("content-type"), "application/problem+json");
    let nowhere = user.get("/api/nothing").await;
    assert_eq!((nowhere.status.as_u16(), nowhere.header("content-type")), (404, "application/problem+json"));
    let method = user.try_send(hyper::Method::DELETE, "/api/tasks", None).await.unwrap();
    assert_eq!((method.status.as_u16(), method.header("allow")), (405, "GET,HEAD,POST"));
    assert_eq!(method.header("content-type"), "application/problem+json");
    for query in ["page_size=0", "page_size=201", "page_token=x", "colour=red"] {
        let refused = user.get(&format!("/api/tasks?{query}")).await;
        let name = query.split('=').next().unwrap();
        assert_eq!((refused.status.as_u16(), refused.violations()), (400, vec![name]), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_pages_newest_first() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let product = Product::start_with(backend, &[]).await;
        let user = product.user("ada");
        for number in 0..5 {
            assert_eq!(user.post("/api/tasks", &json!({"title": format!("{number}")})).await.status, 201);
        }
        let first = user.get("/api/tasks?page_size=2").await;
        let token = first.text("next_page_token");
        let second = user.get(&format!("/api/tasks?page_size=2&page_token={token}")).await;
        let token = second.text("next_page_token");
        let third = user.get(&format!("/api/tasks?page_size=2&page_token={token}")).await;
        assert_eq!(
            (titles(&first), titles(&second), titles(&third)),
            (vec!["4", "3"], vec!["2", "1"], vec!["0"])
        );
        assert_eq!(third.json["next_page_token"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_exists_for_those_who_may_see_it_and_for_nobody_else() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let product = Product::start_with(backend, &[]).await;
        let body = json!({"title": "t", "assignee_id": "bob", "department": "network"});
        let created = product.user("ada").post("/api/tasks", &body).await;
        let seen_by = [
            product.user("ada"),
            product.user("bob"),
            product.admin(),
            product.manager("mia", Some("network")),
        ];
        for caller in seen_by {
            assert_eq!(caller.get(created.header("location")).await.status, 200);
            assert_eq!(titles(&caller.get("/api/tasks").await), ["t"]);
        }
        let others =
            [product.user("eve"), product.manager("max", Some("storage")), product.manager("moe", None)];
        for caller in others {
            assert_eq!(caller.get(created.header("location")).await.status, 404);
            assert!(titles(&caller.get("/api/tasks").await).is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_created_by_admins_and_seen_by_everyone_who_is_known() {
    let product = Product::start().await;
    let body =
        json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal", "tags": {"team": "red"}});
    for caller in [
        product.user("ada"),
        product.manager("mia", Some("network")),
        product.caller("s", &[Role::Service], None),
    ] {
        let refused = caller.post("/api/workers", &body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.text("code")),
            (403, "PERMISSION_DENIED"),
            "{refused:?}"
        );
    }
    let created = product.admin().post("/api/workers", &body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let expected = json!({
        "name": "lab 1", "tags": {"team": "red"}, "provider": "simulated", "status": "pending",
        "desired_status": "running", "reconciling": true,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&created.json[name], value, "{name}");
    }
    let user = product.user("ada");
    // The rest changes while its machine comes up.
    let lasting = |it: &Value| {
        [
            "id",
            "name",
            "region",
            "instance_type",
            "provider",
            "tags",
            "created_by",
            "created_at",
            "desired_by",
            "version",
        ]
        .map(|name| it[name].clone())
    };
    assert_eq!(lasting(&user.get(created.header("location")).await.json), lasting(&created.json));
    let items = user.get("/api/workers").await.json["items"].clone();
    assert_eq!(items.as_array().unwrap().iter().map(lasting).collect::<Vec<_>>(), [lasting(&created.json)]);
    assert_eq!(product.anonymous().get("/api/workers").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_known_is_told_how_to_be() {
    let product = Product::start().await;
    let nobody = product.anonymous();
    let missing = nobody.get("/api/me").await;
    assert_eq!((missing.status.as_u16(), missing.header("www-authenticate")), (401, "Bearer"));
    let wrong = nobody.with("authorization", "Bearer a.b.c").get("/api/me").await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.header("www-authenticate").starts_with(r#"Bearer error="invalid_token""#), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_can_ask_who_he_is_and_a_manager_without_department_is_told() {
    let product = Product::start().await;
    let mia = product.manager("mia", Some("network")).get("/api/me").await;
    assert_eq!((mia.text("subject"), mia.text("department")), ("mia", "network"));
    assert_eq!((&mia.json["roles"], &mia.json["notices"]), (&json!(["manager"]), &json!([])));
    let moe = product.manager("moe", None).get("/api/me").await;
    assert!(moe.json["notices"][0].as_str().unwrap().contains("no department"), "{moe:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn grpc_callers_are_known_by_their_own_token_and_told_what_is_wrong() {
    use tonic_types::StatusExt as _;
    let product = Product::start().await;
    let mut tasks = TaskServiceClient::new(Watcher::channel(product.tasks_address));
    let with = |token: &str, task: Task| {
        let mut request =
            tonic::Request::new(CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() });
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request
    };
    let task = Task { title: "t".to_owned(), ..Task::default() };
    let nobody = tasks.create_task(with("x", task.clone())).await.unwrap_err();
    assert_eq!(nobody.code(), Code::Unauthenticated);
    let token = product.token("ada", &[], None);
    let created = tasks.create_task(with(&token, task)).await.unwrap().into_inner().task.unwrap();
    assert_eq!((created.created_by.as_str(), created.version), ("ada", 1));
    let bad = Task { priority: 99, worker_id: Some("x".to_owned()), ..Task::default() };
    let refused = tasks.create_task(with(&token, bad)).await.unwrap_err();
    let details = refused.get_error_details();
    let fields: Vec<&str> =
        details.bad_request().unwrap().field_violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(
        (refused.code(), fields),
        (Code::InvalidArgument, vec!["task.priority", "task.worker_id", "task.title"])
    );
    assert_eq!(details.error_info().unwrap().domain, "ccm");
    let unseen = tasks.get_task(GetTaskRequest { id: created.id }).await.unwrap_err();
    assert_eq!(unseen.code(), Code::Unauthenticated);
}
