//! A call of an action that comes late: the process that was going to make it was suspended, or the network kept it, while
//! later actions were carried out.

use std::time::Duration;

use hyper::Method;
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{SetDesiredStateRequest, WorkerDesiredState};

use super::driver::Driver;
use super::fleet_of_workers::Member;
use crate::event_log::Random;
use crate::harness::{Watcher, authorized};

/// Repeats an action that was carried out, as a call that nobody has seen yet and that has the number of an earlier one.
pub(super) async fn call(driver: &Driver, member: &Member, random: &mut Random) {
    let last = {
        let acknowledged = driver.acknowledged.lock().unwrap();
        acknowledged.iter().rev().find(|it| it.worker == member.id).cloned()
    };
    let Some(last) = last else { return };
    let read = driver.client.try_send(Method::GET, &format!("/api/tasks/{}", last.task), None).await;
    let Some(task) = read.ok().filter(|it| it.status == 200 && it.text("status") == "completed") else {
        return;
    };
    // What was completed without a call has a number that worker-service does not know.
    let Some(accepted) = task.json["action"]["action_seq"].as_i64() else { return };
    if task.json["run"]["applied_generation"].is_null() {
        return;
    }
    let number = 1 + i64::try_from(random.below(accepted.unsigned_abs())).unwrap();
    let state = match random.below(2) {
        0 => WorkerDesiredState::Running,
        _ => WorkerDesiredState::Stopped,
    };
    let request = SetDesiredStateRequest {
        id: member.id.clone(),
        state: state.into(),
        action_seq: number,
        request_id: format!("late:{}:{}", last.task, random.below(u64::MAX)),
        reason: None,
    };
    let to = usize::try_from(random.below(driver.worker_services.len() as u64)).unwrap();
    let mut client = WorkerServiceClient::new(Watcher::channel(driver.worker_services[to]));
    let called = client.set_desired_state(authorized(request, &driver.service_token));
    // What comes of it is seen in the generations of the worker; the process may be suspended.
    let _ = tokio::time::timeout(Duration::from_secs(2), called).await;
}
