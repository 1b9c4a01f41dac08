//! How a client goes on after its connection has broken.

use serde_json::json;

use super::{patch, product, snapshot, task, titles};
use crate::harness::sse;

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_cut_gets_what_it_missed_and_nothing_twice() {
    let product = product(&[]).await;
    let ada = product.user("ada");
    let mut stream = product.stream("ada", "event_types=task.*").await;
    snapshot(&mut stream).await;
    task(&ada, "seen").await;
    assert_eq!(titles(&[stream.event().await]), ["seen"]);
    let id = stream.last_id.clone().unwrap();
    drop(stream);
    let missed: Vec<String> = (0..300).map(|it| format!("missed {it}")).collect();
    for title in &missed {
        task(&ada, title).await;
    }
    let mut by_header = product.stream_after("ada", "event_types=task.*", Some(&id)).await;
    let connected = by_header.next().await.unwrap();
    assert_eq!((&connected.data()["resumed"], &connected.data()["mode"]), (&json!(true), &json!("replay")));
    assert_eq!(connected.id.as_deref(), Some(id.as_str()));
    let query = format!("event_types=task.*&last_event_id={id}");
    // The header is of a later event.
    let mut told = Vec::new();
    while told.len() < missed.len() {
        told.push(by_header.event().await);
    }
    assert_eq!(titles(&told), missed);
    let mut by_query = product.stream_after("ada", &query, by_header.last_id.as_deref()).await;
    assert_eq!(by_query.next().await.unwrap().name, "connected");
    assert_eq!(titles(&[by_query.event().await]), ["missed 0"]);
    // From the middle of what it missed, too.
    let middle = told[150].id.clone();
    let mut from_middle = product.stream_after("ada", "event_types=task.*", middle.as_deref()).await;
    from_middle.next().await.unwrap();
    assert_eq!(titles(&[from_middle.event().await]), ["missed 151"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_no_gateway_gave_and_one_of_another_log_are_told_and_lead_to_a_snapshot() {
    let (product, other) = tokio::join!(product(&[]), product(&[]));
    let ada = product.user("ada");
    let id = task(&ada, "old").await;
    let mut foreign = other.stream("ada", "").await;
    let foreign = snapshot(&mut foreign).await.1.id.unwrap();
    for (cursor, scopes) in [("7", vec!["all"]), (foreign.as_str(), vec!["tasks", "workers"])] {
        let mut stream = product.stream_after("ada", "", Some(cursor)).await;
        assert_eq!(stream.event().await.name, "connected");
        let mut reset = Vec::new();
        let mut told = Vec::new();
        loop {
            let block = stream.event().await;
            match block.name.as_str() {
                "stream.reset" => {
                    assert_eq!(block.id, None);
                    reset.push(block.data()["scope"].as_str().unwrap().to_owned());
                }
                "snapshot.completed" => break,
                _ => told.push(block),
            }
        }
        reset.sort();
        assert_eq!(
            (reset.iter().map(String::as_str).collect::<Vec<_>>(), titles(&told)),
            (scopes, vec!["old"])
        );
        patch(&ada, &id, json!({"title": format!("after {cursor}")})).await;
        assert_eq!(titles(&[stream.event().await]), [format!("after {cursor}")]);
        patch(&ada, &id, json!({"title": "old"})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_cut_at_the_last_id_of_a_snapshot_still_learns_that_it_is_complete() {
    let product = product(&[]).await;
    task(&product.user("ada"), "one").await;
    let mut stream = product.stream("ada", "").await;
    snapshot(&mut stream).await;
    let (last, before) = stream.ids.split_last().unwrap();
    let mut ids = before.to_vec();
    ids.dedup();
    assert!(!ids.is_empty() && !ids.contains(last), "the last one comes with the end");
    for id in ids {
        let mut again = product.stream_after("ada", "", Some(&id)).await;
        again.named("snapshot.completed").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_knows_more_than_the_gateway_it_comes_to_misses_nothing() {
    let product = product(&[]).await;
    let second = product.another_gateway("127.0.0.1:0").await;
    let behind = second.listening("gateway").await;
    let ada = product.user("ada");
    let mut stream = product.stream("ada", "event_types=task.*").await;
    snapshot(&mut stream).await;
    task(&ada, "first").await;
    stream.event().await;
    second.signal("STOP");
    task(&ada, "second").await;
    stream.named("task.created").await;
    let id = stream.last_id.clone();
    task(&ada, "third").await;
    let token = product.token_of("ada");
    let opening =
        tokio::spawn(async move { sse::open(behind, &token, "event_types=task.*", id.as_deref()).await });
    second.signal("CONT");
    let mut ahead = opening.await.unwrap().unwrap();
    assert_eq!(ahead.event().await.name, "connected");
    assert_eq!(titles(&[ahead.event().await]), ["third"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_cut_before_its_beginning_is_known_asks_for_it_again() {
    let product = product(&[("CCM_STREAM_HEARTBEAT", "100ms")]).await;
    let ada = product.user("ada");
    task(&ada, "old").await;
    product.tasks.signal("STOP");
    let mut earliest = product.stream("ada", "since=earliest&event_types=task.*").await;
    assert_eq!(earliest.named("heartbeat").await.id, None);
    product.tasks.signal("CONT");
    assert_eq!(titles(&[earliest.event().await]), ["old"]);
    earliest.until(|it| it.name == "heartbeat" && it.id.is_some()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ids_of_a_gateway_that_reached_one_service_first_are_as_good_as_any_other() {
    let product = product(&[("CCM_STREAM_HEARTBEAT", "100ms")]).await;
    let ada = product.user("ada");
    let mut stream = product.stream("ada", "").await;
    let begin = snapshot(&mut stream).await.1.id.unwrap();
    product.workers.signal("STOP");
    let second = product.another_gateway("127.0.0.1:0").await;
    let address = second.listening("gateway").await;
    let token = product.token_of("ada");
    let open = async |id: &str| sse::open(address, &token, "", Some(id)).await.unwrap();
    // It reads the log of the tasks when it tells of them.
    let mut only_tasks = sse::open(address, &token, "event_types=task.*&since=now", None).await.unwrap();
    only_tasks.until(|it| it.name == "heartbeat" && it.id.is_some()).await;
    task(&ada, "a task").await;
    only_tasks.named("task.created").await;
    product.workers.signal("CONT");
    let mut told = open(&begin).await;
    assert_eq!(told.event().await.name, "connected");
    let first = told.event().await;
    assert_eq!(first.name, "task.created");
    let mut ids = vec![first.id.unwrap()];
    task(&ada, "the last").await;
    while titles(&[told.event().await]) != ["the last"] {
        ids.extend(told.last_id.clone());
    }
    for id in ids {
        let mut resumed = open(&id).await;
        assert_eq!(resumed.event().await.name, "connected");
        // No snapshot of the workers.
        assert_eq!(resumed.event().await.name, "task.created");
    }
}
