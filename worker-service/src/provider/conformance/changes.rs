//! Starting, stopping, terminating and tagging machines.

use super::*;

pub(super) async fn what_is_already_so_is_left_as_it_is(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let pending = actor.found(&vec![]).await;
    assert_eq!(actor.start(&pending.id).await.unwrap().state, MachineState::Pending);
    let running = actor.until_state(&pending.id, MachineState::Running).await;
    let started = actor.start(&running.id).await.unwrap();
    assert_eq!((started.state, started.address), (MachineState::Running, running.address));
    actor.stop(&running.id).await.unwrap();
    assert_eq!(actor.stop(&running.id).await.unwrap().state, MachineState::Stopping);
    actor.until_state(&running.id, MachineState::Stopped).await;
    assert_eq!(actor.stop(&running.id).await.unwrap().state, MachineState::Stopped);
    actor.terminate(&running.id).await.unwrap();
    assert_eq!(actor.terminate(&running.id).await.unwrap().state, MachineState::ShuttingDown);
    actor.until_state(&running.id, MachineState::Terminated).await;
    assert_eq!(actor.terminate(&running.id).await.unwrap().state, MachineState::Terminated);
}

pub(super) async fn a_pending_machine_refuses_to_stop(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let pending = actor.found(&vec![]).await;
    assert_eq!(actor.stop(&pending.id).await, Err(ProviderError::Conflict { state: MachineState::Pending }));
    actor.until_state(&pending.id, MachineState::Running).await;
    assert_eq!(actor.stop(&pending.id).await.unwrap().state, MachineState::Stopping);
}

pub(super) async fn a_stopping_machine_refuses_to_start(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let id = actor.running(&vec![]).await.id;
    actor.stop(&id).await.unwrap();
    assert_eq!(actor.start(&id).await, Err(ProviderError::Conflict { state: MachineState::Stopping }));
    actor.until_state(&id, MachineState::Stopped).await;
    assert_eq!(actor.start(&id).await.unwrap().state, MachineState::Pending);
    actor.until_state(&id, MachineState::Running).await;
}

pub(super) async fn a_terminated_machine_neither_starts_nor_stops(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let id = actor.running(&vec![]).await.id;
    actor.terminate(&id).await.unwrap();
    for state in [MachineState::ShuttingDown, MachineState::Terminated] {
        actor.until_state(&id, state).await;
        assert_eq!(actor.start(&id).await, Err(ProviderError::Conflict { state }));
        assert_eq!(actor.stop(&id).await, Err(ProviderError::Conflict { state }));
    }
}

pub(super) async fn a_machine_in_any_state_can_be_terminated(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    for state in [MachineState::Pending, MachineState::Running, MachineState::Stopping, MachineState::Stopped]
    {
        let owner = Actor::on(stage);
        let id = owner.found(&vec![]).await.id;
        if state > MachineState::Pending {
            owner.until_state(&id, MachineState::Running).await;
        }
        if state > MachineState::Running {
            owner.stop(&id).await.unwrap();
        }
        assert_eq!(owner.until_state(&id, state).await.state, state);
        assert_eq!(actor.terminate(&id).await.unwrap().state, MachineState::ShuttingDown);
        let terminated = actor.until_state(&id, MachineState::Terminated).await;
        assert_eq!((terminated.state_reason, terminated.address), (None, None));
    }
}

pub(super) async fn a_terminated_machine_stays_visible_for_a_while_and_is_then_gone(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let id = actor.running(&vec![]).await.id;
    actor.terminate(&id).await.unwrap();
    actor.until_state(&id, MachineState::Terminated).await;
    assert_eq!(stage.provider().find(actor.worker_id).await.unwrap().len(), 1);
    assert_eq!(actor.list().await.len(), 1);
    actor.until_gone(&id).await;
    assert_eq!(stage.provider().find(actor.worker_id).await.unwrap(), []);
    assert_eq!(actor.list().await, []);
    for outcome in [actor.start(&id).await, actor.stop(&id).await, actor.terminate(&id).await] {
        assert_permanent(outcome, PermanentReason::MachineGone);
    }
    let tagged = stage.provider().tag(&id, &actor.tags(&vec![]).into(), actor.origin).await;
    assert_permanent(tagged, PermanentReason::MachineGone);
}

pub(super) async fn an_accepted_start_can_die_for_want_of_capacity(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::NoCapacityOnStart) else { return };
    let actor = Actor::on(stage);
    let id = actor.stopped(&tags).await.id;
    assert_eq!(actor.start(&id).await.unwrap().state, MachineState::Pending);
    let dead = actor.until_state(&id, MachineState::Stopped).await;
    assert_eq!(dead.state_reason.as_deref(), Some("InsufficientCapacity"));
}

pub(super) async fn a_machine_that_is_stuck_in_stopping_is_stopped_by_force(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::StuckInStopping) else { return };
    let actor = Actor::on(stage);
    let id = actor.running(&tags).await.id;
    actor.stop(&id).await.unwrap();
    stage.pass(Duration::from_hours(1)).await;
    assert_eq!(actor.describe(&id).await.unwrap().state, MachineState::Stopping);
    assert_eq!(actor.stop(&id).await.unwrap().state, MachineState::Stopping);
    stage.provider().stop(&id, true, actor.origin).await.unwrap();
    actor.until_state(&id, MachineState::Stopped).await;
}

pub(super) async fn the_address_changes_over_a_stop_and_start(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let first = actor.running(&vec![]).await;
    assert!(first.address.is_some());
    actor.stop(&first.id).await.unwrap();
    assert_eq!(actor.until_state(&first.id, MachineState::Stopped).await.address, None);
    actor.start(&first.id).await.unwrap();
    let second = actor.until_state(&first.id, MachineState::Running).await;
    assert!(second.address.is_some() && second.address != first.address, "{:?}", second.address);
}

pub(super) async fn only_a_running_machine_reports_its_utilization(stage: &dyn Stage) {
    let actor = Actor::on(stage);
    let pending = actor.found(&vec![]).await;
    assert_eq!(pending.utilization, None);
    let it = actor.until_state(&pending.id, MachineState::Running).await.utilization.unwrap();
    for share in [it.cpu, it.memory, it.storage] {
        assert!((0.0..=1.0).contains(&share), "{it:?}");
    }
    actor.stop(&pending.id).await.unwrap();
    assert_eq!(actor.until_state(&pending.id, MachineState::Stopped).await.utilization, None);
}

pub(super) async fn tags_are_set_and_removed_and_those_of_others_stay(stage: &dyn Stage) {
    let (before, after) = (Actor::on(stage), Actor::on(stage));
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let id = before.running(&vec![tag("team", "lab"), tag("rack", "7"), tag("env", "test")]).await.id;
    let set = after.tags(&vec![tag("env", "live")]);
    let change = TagChange { set, remove: ["rack".to_owned(), "unknown".to_owned()].into() };
    stage.provider().tag(&id, &change, after.origin).await.unwrap();
    let tagged = before.until(&id, |it| it.worker_id() == Some(after.worker_id)).await;
    assert_eq!(tagged.tags, after.tags(&vec![tag("team", "lab"), tag("env", "live")]));
    assert_eq!(stage.provider().find(before.worker_id).await.unwrap(), []);
    assert_eq!(stage.provider().find(after.worker_id).await.unwrap(), [tagged]);
}
