//! Creating machines.

use super::*;

pub(super) async fn a_new_machine_is_pending_and_then_runs_with_its_tags(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let created = actor.create(&vec![("team".to_owned(), "it's the lab's ✓".to_owned())]).await;
    assert_eq!((created.state, created.state_reason), (MachineState::Pending, None));
    let running = actor.until_state(&created.id, MachineState::Running).await;
    assert_eq!(running.tags, created.tags);
    assert_eq!(running.worker_id(), Some(actor.worker_id));
    assert_eq!(running.tags["team"], "it's the lab's ✓");
    assert_eq!(stage.provider().find(actor.worker_id).await.unwrap(), [running]);
}

pub(super) async fn a_machine_is_not_found_right_after_its_creation(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::NotFoundYet) else { return };
    let actor = Actor::on(stage);
    let id = actor.create(&tags).await.id;
    assert_eq!(actor.describe(&id).await, None);
    assert_eq!(stage.provider().find(actor.worker_id).await.unwrap(), []);
    assert_eq!(actor.list().await, []);
    for outcome in [actor.start(&id).await, actor.stop(&id).await, actor.terminate(&id).await] {
        assert!(matches!(outcome, Err(ProviderError::Transient(_))), "{outcome:?}");
    }
    assert_eq!(actor.found(&tags).await.id, id);
}

pub(super) async fn the_same_token_makes_the_same_machine(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let first = actor.create(&vec![]).await;
    let [_, replica] = stage.replicas();
    let again = replica.create(&actor.spec(&vec![]), actor.origin).await.unwrap();
    assert_eq!(again.id, first.id);
    actor.running(&vec![]).await;
    assert_eq!(actor.create(&vec![]).await.state, MachineState::Running);
    assert_eq!(actor.list().await.len(), 1);
}

pub(super) async fn creates_with_the_same_token_at_the_same_time_make_one_machine(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let spec = actor.spec(&vec![]);
    let [one, other] = stage.replicas();
    let (first, second, third) = tokio::join!(
        one.create(&spec, actor.origin),
        other.create(&spec, actor.origin),
        one.create(&spec, actor.origin)
    );
    let ids = [first, second, third].map(|it| it.unwrap().id);
    assert!(ids.iter().all(|it| *it == ids[0]), "{ids:?}");
    actor.found(&vec![]).await;
    assert_eq!(actor.list().await.len(), 1);
}

pub(super) async fn the_same_token_with_other_parameters_is_refused(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    actor.found(&vec![]).await;
    let spec = actor.spec(&vec![]);
    let other_tags = actor.spec(&vec![("team".to_owned(), "lab".to_owned())]);
    let other_type = MachineSpec { instance_type: "m5.metal".to_owned(), ..spec.clone() };
    let other_region = MachineSpec { region: "eu-west-1".to_owned(), ..spec };
    for spec in [other_tags, other_type, other_region] {
        let outcome = stage.provider().create(&spec, actor.origin).await;
        assert_permanent(outcome, PermanentReason::TokenMismatch);
    }
    assert_eq!(actor.list().await.len(), 1);
}

pub(super) async fn a_forgotten_token_makes_another_machine(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::TokenForgotten) else { return };
    let actor = Actor::on(stage);
    let first = actor.found(&tags).await;
    stage.pass(Duration::from_hours(48)).await;
    let second = actor.found(&tags).await;
    assert_ne!(first.id, second.id);
    let mut found = stage.provider().find(actor.worker_id).await.unwrap();
    found.sort_by_key(|it| it.launched_at);
    let found: Vec<_> = found.into_iter().map(|it| it.id).collect();
    assert_eq!(found, [first.id, second.id], "the tag leads to both");
}

pub(super) async fn an_accepted_create_can_die_for_want_of_capacity(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::NoCapacityOnCreate) else { return };
    let actor = Actor::on(stage);
    let created = actor.create(&tags).await;
    assert_eq!(created.state, MachineState::Pending);
    let dead = actor.until_state(&created.id, MachineState::Terminated).await;
    assert_eq!(dead.state_reason.as_deref(), Some("InsufficientCapacity"));
}
