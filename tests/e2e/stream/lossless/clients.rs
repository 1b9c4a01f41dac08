//! A client that is cut at random, and goes on at the other gateway by its last id.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

use super::Person;
use super::cluster::Cluster;
use super::oracle::{Logs, Told, compare};
use super::writers::LAST;
use crate::event_log::Random;
use crate::harness::{Block, Sse, sse};

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// All events from the oldest on.
    Replays,
    /// A snapshot, and what follows.
    Shows,
}

pub(super) struct Client {
    person: Person,
    kind: Kind,
    gateways: [SocketAddr; 2],
    token: String,
    random: Random,
    last_id: Option<String>,
    pub(super) cuts: u64,
    /// All events of tasks, and of workers.
    told: [Vec<Told>; 2],
    shown: Shown,
}

/// What a client knows, by the kind and the id of the subject.
#[derive(Default)]
struct Shown {
    known: BTreeMap<(String, String), Value>,
    /// What was known of the subjects that have changed since the last id: a client that goes on from there forgets the rest.
    before: Vec<((String, String), Option<Value>)>,
    /// Events since the last id, of each log.
    told: [usize; 2],
    is_complete: bool,
}

impl Shown {
    fn set(&mut self, key: (String, String), value: Option<Value>) {
        let before = match value {
            Some(value) => self.known.insert(key.clone(), value),
            None => self.known.remove(&key),
        };
        self.before.push((key, before));
    }

    fn commit(&mut self) {
        self.before.clear();
        self.told = [0, 0];
    }

    fn roll_back(&mut self) {
        while let Some((key, value)) = self.before.pop() {
            match value {
                Some(value) => self.known.insert(key, value),
                None => self.known.remove(&key),
            };
        }
    }
}

impl Client {
    pub(super) fn new(cluster: &Cluster, person: Person, kind: Kind, seed: u64) -> Self {
        Self {
            person,
            kind,
            gateways: cluster.gateways,
            token: cluster.token(person),
            random: Random(seed),
            last_id: None,
            cuts: 0,
            told: [Vec::new(), Vec::new()],
            shown: Shown::default(),
        }
    }

    /// Follows until the last changes.
    pub(super) async fn follow(mut self) -> Self {
        loop {
            let Some(mut stream) = self.open().await else {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            // Some connections live until something else ends them.
            let length = if self.random.below(30) == 0 { u64::MAX } else { 1 + self.random.below(60) };
            let mut count = 0;
            while count < length {
                let Some(block) = stream.next().await else { break };
                count += 1;
                self.take(&stream, &block);
                if self.has_all() {
                    return self;
                }
            }
            drop(stream);
            self.cuts += 1;
            self.shown.roll_back();
            for (told, lost) in self.told.iter_mut().zip(std::mem::take(&mut self.shown.told)) {
                told.truncate(told.len() - lost);
            }
        }
    }

    /// Opens a stream at the other gateway than the last one.
    async fn open(&mut self) -> Option<Sse> {
        self.gateways.swap(0, 1);
        let start = if self.kind == Kind::Replays { "since=earliest" } else { "" };
        let (query, header) = match &self.last_id {
            None => (start.to_owned(), None),
            Some(id) if self.random.below(2) == 0 => (format!("last_event_id={id}"), None),
            Some(id) => (start.to_owned(), Some(id.as_str())),
        };
        sse::open(self.gateways[0], &self.token, &query, header).await.ok()
    }

    fn take(&mut self, stream: &Sse, block: &Block) {
        // An id without an event came before the block.
        if block.id.is_none() && stream.last_id.is_some() && stream.last_id != self.last_id {
            self.commit(stream);
        }
        match block.name.as_str() {
            "connected" | "heartbeat" | "system.sse.shutdown" | "worker.metrics.updated" => {}
            "snapshot.completed" => self.shown.is_complete = true,
            "task.snapshot" => self.show("task", block),
            "worker.snapshot" => self.show("worker", block),
            "task.removed" => {
                let key = ("task".to_owned(), block.data()["id"].as_str().unwrap().to_owned());
                assert!(self.kind == Kind::Replays || self.shown.known.contains_key(&key), "{block:?}");
                self.shown.set(key, None);
                self.tell(0, block);
            }
            name if name.starts_with("task.") => self.change(0, "task", block),
            name if name.starts_with("worker.") => self.change(1, "worker", block),
            _ => panic!("{}: {block:?}", self.person.name),
        }
        if block.id.is_some() {
            self.commit(stream);
        }
    }

    fn commit(&mut self, stream: &Sse) {
        self.shown.commit();
        self.last_id.clone_from(&stream.last_id);
    }

    fn show(&mut self, kind: &str, block: &Block) {
        let key = (kind.to_owned(), block.subject().to_owned());
        assert_eq!(self.kind, Kind::Shows);
        assert!(!self.shown.known.contains_key(&key), "shown twice: {block:?}");
        self.shown.set(key, Some(block.data()[kind].clone()));
    }

    /// An event changes what is known, and continues it.
    fn change(&mut self, log: usize, kind: &str, block: &Block) {
        let (key, data) = ((kind.to_owned(), block.subject().to_owned()), block.data());
        let revision = data["revision"].as_i64().unwrap();
        let is_deleted = data[kind].is_null();
        match self.shown.known.get(&key) {
            Some(known) => {
                let known = known["revision"].as_i64().unwrap();
                assert_eq!(revision, known + 1, "{} has revision {known}: {block:?}", self.person.name);
                assert!(is_deleted || !data["before"].is_null(), "{block:?}");
            }
            None => assert!(
                !is_deleted && data["before"].is_null(),
                "{} knows no such: {block:?}",
                self.person.name
            ),
        }
        self.shown.set(key, (!is_deleted).then(|| data[kind].clone()));
        self.tell(log, block);
    }

    fn tell(&mut self, log: usize, block: &Block) {
        self.shown.told[log] += 1;
        self.told[log].push(Told::new(&block.name, &block.event));
    }

    /// Whether the last changes are known.
    fn has_all(&self) -> bool {
        let last_task = format!("{LAST} of {}", self.person.name);
        let knows = |kind: &str, member: &str, text: &str| {
            self.shown.known.iter().any(|(key, value)| key.0 == kind && value[member] == text)
        };
        let is_complete = self.kind == Kind::Replays || self.shown.is_complete;
        is_complete && knows("task", "title", &last_task) && knows("worker", "name", LAST)
    }

    /// Compares what it got with what it had to get.
    pub(super) async fn check(self, cluster: &Cluster, logs: &Logs) {
        let expected = logs.told_to(self.person);
        for (told, expected) in self.told.iter().zip(&expected) {
            if self.kind == Kind::Replays {
                compare(self.person, "a client", told, expected);
            } else {
                let expected: HashSet<&Told> = expected.iter().collect();
                let told = told.iter().filter(|it| it.name != "task.removed");
                for told in told {
                    assert!(expected.contains(told), "{} may not know: {told:?}", self.person.name);
                }
            }
        }
        let client = cluster.product.caller(self.person.name, &[self.person.role], self.person.department);
        let mut listed = BTreeMap::new();
        for kind in ["task", "worker"] {
            let mut page = String::new();
            loop {
                let answer = client.get(&format!("/api/{kind}s?page_size=200&page_token={page}")).await;
                for item in answer.json["items"].as_array().unwrap() {
                    let key = (kind.to_owned(), item["id"].as_str().unwrap().to_owned());
                    listed.insert(key, without_metrics(item.clone()));
                }
                match answer.json["next_page_token"].as_str() {
                    Some(next) if !next.is_empty() => next.clone_into(&mut page),
                    _ => break,
                }
            }
        }
        for (key, shown) in &self.shown.known {
            let shown = &without_metrics(shown.clone());
            assert_eq!(Some(shown), listed.get(key), "{} {:?} {key:?}", self.person.name, self.kind);
        }
        assert_eq!(self.shown.known.len(), listed.len(), "{} {:?}", self.person.name, self.kind);
    }
}

/// The utilisation of a worker is no part of its history.
fn without_metrics(mut resource: Value) -> Value {
    resource.as_object_mut().unwrap().remove("utilization");
    resource
}
