//! A call of an action that comes late: the process that was going to make it was suspended, or the network kept it, while
//! later actions were carried out.

use std::time::Duration;

use hyper::Method;
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{SetDesiredStateRequest, WorkerDesiredState};

use super::driver::{Acknowledged, Driver};
use super::fleet_of_workers::Member;
use crate::event_log::Random;
use crate::harness::{Watcher, authorized};

/// Number of actions that are looked at.
const TRIED: usize = 10;

/// Asks for the opposite of an action that was carried out, in a call that nobody has seen yet and that has the number of an
/// earlier action on the worker.
pub(super) async fn call(driver: &Driver, member: &Member, random: &mut Random) {
    let acknowledged = driver.acknowledged.lock().unwrap().clone();
    let of_member = acknowledged.iter().rev().filter(|it| it.worker == member.id);
    // Another worker, if nothing was carried out on this one.
    for last in of_member.chain(acknowledged.iter().rev()).take(TRIED) {
        if let Some(accepted) = accepted(driver, last).await {
            let number = 1 + i64::try_from(random.below(accepted.unsigned_abs())).unwrap();
            return set(driver, last, number, random).await;
        }
    }
}

/// The number of an action, if worker-service has accepted it. What was completed without a call has one that it does not know.
async fn accepted(driver: &Driver, last: &Acknowledged) -> Option<i64> {
    let read = driver.client.try_send(Method::GET, &format!("/api/tasks/{}", last.task), None).await;
    let task = read.ok().filter(|it| it.status == 200 && it.text("status") == "completed")?;
    let is_last_word = last.verb != "terminate" && !task.json["run"]["applied_generation"].is_null();
    task.json["action"]["action_seq"].as_i64().filter(|_| is_last_word)
}

async fn set(driver: &Driver, last: &Acknowledged, number: i64, random: &mut Random) {
    let state = match last.verb {
        "start" => WorkerDesiredState::Stopped,
        _ => WorkerDesiredState::Running,
    };
    let request = SetDesiredStateRequest {
        id: last.worker.clone(),
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
