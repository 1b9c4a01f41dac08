//! Listing machines.

use std::collections::BTreeSet;

use super::*;

pub(super) async fn pages_show_each_machine_that_is_ours_once(stage: &dyn Stage) {
    let mut ids = BTreeSet::new();
    for _ in 0..7 {
        ids.insert(Actor::on(stage).found(&vec![]).await.id);
    }
    let nobodys = Actor::on(stage).found(&vec![]).await.id;
    let origin = Actor::on(stage).origin;
    let unowned = TagChange { remove: [WORKER_TAG.to_owned()].into(), ..TagChange::default() };
    stage.provider().tag(&nobodys, &unowned, origin).await.unwrap();
    let mut listed = list(stage.provider()).await;
    listed.retain(|it| it.id == nobodys || ids.contains(&it.id));
    let listed: Vec<String> = listed.into_iter().map(|it| it.id).collect();
    assert_eq!(listed.len(), 7, "{listed:?}");
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), ids);
    let [_, replica] = stage.replicas();
    let again: Vec<String> = list(replica).await.into_iter().map(|it| it.id).collect();
    assert_eq!(again, listed, "the order is fixed");
}

pub(super) async fn a_machine_can_be_on_two_pages(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::ListedTwice) else { return };
    let (actor, other) = (Actor::on(stage), Actor::on(stage));
    let twice = actor.found(&tags).await;
    other.found(&vec![]).await;
    let ids: Vec<String> = actor.list().await.into_iter().map(|it| it.id).collect();
    assert_eq!(ids, [twice.id.clone(), twice.id]);
    assert_eq!(other.list().await.len(), 1);
}

pub(super) async fn a_list_can_miss_a_machine_once(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::MissedOnce) else { return };
    let actor = Actor::on(stage);
    let id = actor.found(&tags).await.id;
    assert_eq!(actor.list().await, []);
    assert!(actor.describe(&id).await.is_some());
    assert_eq!(actor.list().await.len(), 1);
}
