//! What a provider does without being asked.

use super::*;

pub(super) async fn the_provider_can_stop_a_machine_unasked(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::Retired) else { return };
    let actor = Actor::on(stage);
    let id = actor.running(&tags).await.id;
    let stopped = actor.until_state(&id, MachineState::Stopped).await;
    assert_eq!(stopped.state_reason.as_deref(), Some("Retirement"));
    actor.start(&id).await.unwrap();
    let running = actor.until_state(&id, MachineState::Running).await;
    assert_eq!(running.state_reason, None);
}

pub(super) async fn the_provider_can_interrupt_a_spot_machine(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::Interrupted) else { return };
    let actor = Actor::on(stage);
    let id = actor.running(&tags).await.id;
    let terminated = actor.until_state(&id, MachineState::Terminated).await;
    assert_eq!(terminated.state_reason.as_deref(), Some("SpotInterruption"));
}

pub(super) async fn a_machine_can_vanish_without_a_trace(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::Vanished) else { return };
    let actor = Actor::on(stage);
    let id = actor.running(&tags).await.id;
    actor.until_gone(&id).await;
    assert_eq!(stage.provider().find(actor.worker_id).await.unwrap(), []);
    assert_eq!(actor.list().await, []);
    assert_permanent(actor.start(&id).await, PermanentReason::MachineGone);
}

pub(super) async fn calls_of_all_replicas_together_are_limited(stage: &dyn Stage) {
    let Some(tags) = stage.tags_for(Situation::Throttled) else { return };
    let actor = Actor::on(stage);
    let id = actor.running(&tags).await.id;
    let [one, other] = stage.replicas();
    let mut calls = 0;
    let throttled = loop {
        match one.start(&id, actor.origin).await {
            Ok(_) if calls < 10_000 => calls += 1,
            outcome => break outcome,
        }
    };
    let Err(ProviderError::Throttled { after }) = throttled else { panic!("not throttled: {throttled:?}") };
    let elsewhere = other.start(&id, actor.origin).await;
    assert!(matches!(elsewhere, Err(ProviderError::Throttled { .. })), "{elsewhere:?}");
    stage.pass(after.unwrap_or(Duration::from_mins(1))).await;
    other.start(&id, actor.origin).await.unwrap();
}
