//! The workers of a run, some of whose machines misbehave.

use std::collections::BTreeMap;

use serde_json::json;

use super::driver::Driver;
use crate::event_log::Random;

/// A worker of a run.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) name: String,
}

/// What makes a machine misbehave; half of them are good.
const TAGS: [(&str, &str); 10] = [
    ("sim:fail", "2"),
    ("sim:fail", "4"),
    ("sim:throttle", "2"),
    ("sim:capacity", "create"),
    ("sim:capacity", "start"),
    ("sim:refuse", "create"),
    ("sim:refuse", "stop"),
    ("sim:start-delay", "2s"),
    ("sim:stuck", "stop"),
    ("sim:list-twice", "true"),
];

/// Creates the worker with this number.
pub(super) async fn create(driver: &Driver, number: u64, seed: u64) {
    let mut random = Random(seed ^ (number << 32));
    let mut tags = BTreeMap::new();
    if random.below(2) == 0 {
        let (name, value) = TAGS[usize::try_from(number).unwrap() / 2 % TAGS.len()];
        tags.insert(name, value);
    }
    let name = format!("worker {number}");
    let body = json!({"name": name, "region": "us-east-1", "instance_type": "m5.metal", "tags": tags});
    let answer = driver.ask("/api/workers", &body, Some(&format!("create-{number}"))).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    driver.members.lock().unwrap().push(Member { id: answer.text("id").to_owned(), name });
}
