//! Histories over REST: who, what, before and after, in which trace.

use serde_json::{Value, json};

use crate::harness::Product;

#[tokio::test(flavor = "multi_thread")]
async fn a_history_tells_who_did_what_with_before_after_and_trace() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let created = ada.post("/api/tasks", &json!({"title": "t", "assignee_id": "bob"})).await;
    let path = created.header("location");
    let done = product.user("bob").patch(path, &json!({"status": "completed", "description": "d"})).await;
    assert_eq!(done.status, 200, "{done:?}");
    let history = product.admin().get(&format!("{path}/events")).await;
    let items = history.json["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{history:?}");
    let (change, creation) = (&items[0], &items[1]);
    assert_eq!((&change["type"], &change["actor"]), (&json!("task.status.updated"), &json!("bob")));
    assert_eq!(change["before"], json!({"status": "pending", "description": ""}));
    assert_eq!((&change["after"], &change["revision"]), (&done.json, &json!(2)));
    assert_eq!(change["trace_id"], json!(done.header("x-trace-id")));
    assert_eq!((&creation["type"], &creation["actor"]), (&json!("task.created"), &json!("ada")));
    assert_eq!((&creation["before"], &creation["after"]), (&Value::Null, &created.json));
    assert_eq!(creation["trace_id"], json!(created.header("x-trace-id")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_seen_by_who_sees_the_task_and_outlives_it() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let path = ada.post("/api/tasks", &json!({"title": "t"})).await.header("location").to_owned();
    let events = format!("{path}/events");
    let hidden = product.user("eve").get(&events).await;
    assert_eq!((hidden.status.as_u16(), hidden.text("code")), (404, "NOT_FOUND"), "{hidden:?}");
    assert_eq!(ada.delete(&path).await.status, 204);
    let history = ada.get(&events).await;
    let gone = &history.json["items"][0];
    assert_eq!((&gone["type"], &gone["after"]), (&json!("task.deleted"), &Value::Null), "{history:?}");
    assert_eq!(product.user("eve").get(&events).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_comes_in_pages() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let path = ada.post("/api/tasks", &json!({"title": "0"})).await.header("location").to_owned();
    for title in 1..5 {
        ada.patch(&path, &json!({"title": title.to_string()})).await;
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = ada.get(&format!("{path}/events?page_size=2&page_token={token}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        seen.extend(page.json["items"].as_array().unwrap().iter().map(|it| it["revision"].as_i64().unwrap()));
        match page.json["next_page_token"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workers_history_is_seen_by_everybody_and_outlives_it() {
    let product = Product::start().await;
    let (admin, path) = (product.admin(), format!("/api/workers/{}", product.terminated_worker().await));
    let patched = admin.patch(&path, &json!({"tags": {"team": "red"}})).await;
    assert_eq!((patched.status.as_u16(), admin.delete(&path).await.status.as_u16()), (200, 204));
    let history = product.user("eve").get(&format!("{path}/events")).await;
    // The services have made the other changes.
    let items = history.json["items"].as_array().unwrap().iter();
    let items: Vec<&Value> = items.filter(|it| it["actor"] == "root").collect();
    let types: Vec<&str> = items.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["worker.deleted", "worker.updated", "worker.created"], "{history:?}");
    assert_eq!((&items[0]["after"], &items[0]["actor"]), (&Value::Null, &json!("root")));
    assert_eq!((&items[1]["before"], &items[1]["after"]), (&json!({"tags": {}}), &patched.json));
    assert_eq!(items[1]["trace_id"], json!(patched.header("x-trace-id")));
    let nowhere = admin.get("/api/workers/00000000-0000-0000-0000-000000000000/events").await;
    assert_eq!((nowhere.status.as_u16(), nowhere.text("code")), (404, "NOT_FOUND"), "{nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_shown_what_happened_after_the_task_was_given_to_another() {
    let product = Product::start().await;
    let (admin, ada) = (product.admin(), product.user("ada"));
    let task = admin.post("/api/tasks", &json!({"title": "t", "assignee_id": "ada"})).await;
    let path = task.header("location").to_owned();
    let (to, stop) = (path.clone(), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
    let stopped = stop.clone();
    let handing = tokio::spawn(async move {
        while !stopped.load(std::sync::atomic::Ordering::SeqCst) {
            for assignee in ["bob", "ada"] {
                assert_eq!(admin.patch(&to, &json!({ "assignee_id": assignee })).await.status, 200);
            }
        }
    });
    let (mut seen, mut looks) = (0, 0);
    while seen < 100 {
        looks += 1;
        let history = ada.get(&format!("{path}/events?page_size=3")).await;
        if history.status == 200 {
            seen += 1;
            let newest = &history.json["items"][0];
            assert_eq!(newest["after"]["assignee_id"], json!("ada"), "after {looks} looks: {newest}");
        }
    }
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    handing.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_of_large_events_comes_in_pages_that_fit_into_an_answer() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let path = ada.post("/api/tasks", &json!({"title": "t"})).await.header("location").to_owned();
    for number in 0..60 {
        let description = format!("{number}{}", "\u{1f4a1}".repeat(9_990));
        assert_eq!(ada.patch(&path, &json!({ "description": description })).await.status, 200);
    }
    let (mut revisions, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = ada.get(&format!("{path}/events?page_size=200{token}")).await;
        assert_eq!(page.status, 200, "{:?}", page.headers);
        pages += 1;
        revisions
            .extend(page.json["items"].as_array().unwrap().iter().map(|it| it["revision"].as_i64().unwrap()));
        let Some(next) = page.json["next_page_token"].as_str() else { break };
        token = format!("&page_token={next}");
    }
    assert_eq!(revisions, (1..=61).rev().collect::<Vec<_>>());
    assert!(pages > 1);
}
