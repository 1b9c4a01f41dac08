//! Those who ask for actions, by REST, and note what was acknowledged.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::fleet_of_workers::Member;
use super::late;
use crate::event_log::Random;
use crate::harness::{Answer, Client};

/// A request is repeated with its key until there is an answer, but not longer than this.
const PATIENCE: Duration = Duration::from_secs(90);

/// An answer that a task does what was asked for.
#[derive(Clone, Debug)]
pub(super) struct Acknowledged {
    /// The idempotency key, which is the reason of the action, too.
    pub(super) key: String,
    pub(super) task: String,
    pub(super) worker: String,
    pub(super) verb: &'static str,
}

/// What the callers of a run share.
#[derive(Clone)]
pub(super) struct Driver {
    pub(super) client: Client,
    pub(super) members: Arc<Mutex<Vec<Member>>>,
    pub(super) acknowledged: Arc<Mutex<Vec<Acknowledged>>>,
    /// For calls that come late: a token of a service, and where worker-service is.
    pub(super) service_token: String,
    pub(super) worker_services: Vec<SocketAddr>,
}

impl Driver {
    /// Makes request number `number` of a run, as its seed decides.
    pub(super) async fn act(&self, number: u64, mut random: Random) {
        let member = {
            let members = self.members.lock().unwrap();
            members[usize::try_from(random.below(members.len() as u64)).unwrap()].clone()
        };
        let member = &member;
        let key = format!("action-{number}");
        match random.below(100) {
            0..31 => self.verb(member, "stop", &key, &mut random).await,
            31..62 => self.verb(member, "start", &key, &mut random).await,
            62..65 => self.verb(member, "terminate", &key, &mut random).await,
            65..75 => {
                self.verb(member, "stop", &format!("{key}-1"), &mut random).await;
                self.verb(member, "start", &format!("{key}-2"), &mut random).await;
            }
            75..83 => self.follow(member, "cancel", None).await,
            83..93 => self.follow(member, "retry", Some(&key)).await,
            _ => late::call(self, member, &mut random).await,
        }
    }

    /// Asks for an action, sometimes twice.
    async fn verb(&self, member: &Member, verb: &'static str, key: &str, random: &mut Random) {
        let path = format!("/api/workers/{}/{verb}", member.id);
        let mut body = json!({"reason": key});
        if verb == "terminate" {
            body["confirm"] = json!(member.name);
        }
        let answers = match random.below(10) {
            0 | 1 => {
                let twice =
                    tokio::join!(self.ask(&path, &body, Some(key)), self.ask(&path, &body, Some(key)));
                vec![twice.0, twice.1]
            }
            2 => {
                let first = self.ask(&path, &body, Some(key)).await;
                tokio::time::sleep(Duration::from_millis(random.below(1_500))).await;
                let second = self.ask(&path, &body, Some(key)).await;
                let is_kept = first.status.is_success() <= second.status.is_success();
                assert!(is_kept, "an acknowledged request is refused: {first:?} {second:?}");
                vec![first, second]
            }
            _ => vec![self.ask(&path, &body, Some(key)).await],
        };
        for answer in answers {
            match answer.status.as_u16() {
                200 | 202 => self.acknowledged.lock().unwrap().push(Acknowledged {
                    key: key.to_owned(),
                    task: answer.text("id").to_owned(),
                    worker: member.id.clone(),
                    verb,
                }),
                409 => {}
                _ => panic!("{answer:?}"),
            }
        }
    }

    /// Cancels or retries the last task of a worker.
    async fn follow(&self, member: &Member, what: &str, key: Option<&str>) {
        let last = {
            let acknowledged = self.acknowledged.lock().unwrap();
            acknowledged.iter().rev().find(|it| it.worker == member.id).cloned()
        };
        let Some(last) = last else { return };
        let mut body = json!({});
        if what == "retry" && last.verb == "terminate" {
            body["confirm"] = json!(member.name);
        }
        let answer = self.ask(&format!("/api/tasks/{}/{what}", last.task), &body, key).await;
        assert!([200, 202, 409].contains(&answer.status.as_u16()), "{what}: {answer:?}");
        if answer.status.is_success() {
            assert_eq!(answer.text("id"), last.task, "{what}: {answer:?}");
        }
    }

    /// Asks for the opposite of what is desired of this many workers.
    pub(super) fn ask_for_changes(&self, count: i64, random: &mut Random) -> JoinSet<()> {
        let members = self.members.lock().unwrap().clone();
        let first = usize::try_from(random.below(members.len() as u64)).unwrap();
        let chosen = members.into_iter().cycle().skip(first).take(usize::try_from(count).unwrap());
        chosen
            .map(|member| {
                let driver = self.clone();
                async move {
                    let path = format!("/api/workers/{}", member.id);
                    let worker = driver.client.try_send(Method::GET, &path, None).await;
                    let is_to_run = worker.is_ok_and(|it| it.text("desired_status") == "running");
                    let verb = if is_to_run { "stop" } else { "start" };
                    driver.ask(&format!("{path}/{verb}"), &json!({}), None).await;
                }
            })
            .collect()
    }

    /// Posts until there is an answer: processes are gone or do not answer now and then.
    pub(super) async fn ask(&self, path: &str, body: &Value, key: Option<&str>) -> Answer {
        let client = match key {
            Some(key) => self.client.with("idempotency-key", key),
            None => self.client.clone(),
        };
        let start = Instant::now();
        loop {
            let last = client.try_send(Method::POST, path, Some(body.to_string())).await;
            match last {
                Ok(answer) if !matches!(answer.status.as_u16(), 503 | 504) => return answer,
                last => assert!(start.elapsed() < PATIENCE, "no answer to {path}: {last:?}"),
            }
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    }
}
