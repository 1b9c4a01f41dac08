//! A client that reads so many bytes per second and no more, and resumes whenever its stream ends.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use access::Role;

use super::PATIENCE;
use super::writers::{DELETED, Revisions};
use crate::harness::{Block, Product, Sse, sse};

pub(super) struct Reader {
    address: SocketAddr,
    token: String,
    stream: Option<Sse>,
    /// Bytes per second.
    rate: u64,
    began: Instant,
    pub(super) bytes: u64,
    pub(super) resumed: usize,
    last_id: Option<String>,
    /// The tasks that it was told of.
    known: Revisions,
    /// What was known before, of the tasks that it was told of since the last id.
    before: Vec<(String, Option<i64>)>,
    /// The task that was shown last, which is older than all that were shown before it, and the same at the last id.
    shown: Option<(String, String)>,
    shown_at_id: Option<(String, String)>,
    is_complete: bool,
}

impl Reader {
    pub(super) fn new(product: &Product, rate: u64) -> Self {
        Self {
            address: product.gateway_address,
            token: product.token_for(PATIENCE, "ada", &[Role::User], None),
            stream: None,
            rate,
            began: Instant::now(),
            bytes: 0,
            resumed: 0,
            last_id: None,
            known: Revisions::new(),
            before: Vec::new(),
            shown: None,
            shown_at_id: None,
            is_complete: false,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    pub(super) fn knows(&self, id: &str) -> bool {
        self.known.contains_key(id)
    }

    pub(super) async fn read_until(&mut self, is_done: impl Fn(&Self) -> bool) {
        while !is_done(self) {
            let mut stream = match self.stream.take() {
                Some(stream) => stream,
                None => self.open().await,
            };
            let before = stream.bytes;
            let Some(block) = stream.next().await else {
                self.roll_back();
                continue;
            };
            self.bytes += stream.bytes - before;
            self.take(&stream, &block);
            self.stream = Some(stream);
            let due = self.began + Duration::from_micros(self.bytes * 1_000_000 / self.rate);
            tokio::time::sleep(due.saturating_duration_since(Instant::now())).await;
        }
    }

    async fn open(&mut self) -> Sse {
        self.resumed += usize::from(self.last_id.is_some());
        sse::open(self.address, &self.token, "event_types=task.*", self.last_id.as_deref()).await.unwrap()
    }

    fn take(&mut self, stream: &Sse, block: &Block) {
        // An id without an event came before the block.
        if block.id.is_none() && stream.last_id.is_some() && stream.last_id != self.last_id {
            self.commit(stream);
        }
        match block.name.as_str() {
            "connected" | "heartbeat" | "system.sse.shutdown" => {}
            "snapshot.completed" => self.is_complete = true,
            "task.snapshot" => {
                let (id, task) = (block.subject().to_owned(), &block.data()["task"]);
                let place = (task["created_at"].as_str().unwrap().to_owned(), id.clone());
                assert!(self.shown.as_ref().is_none_or(|it| *it > place), "{:?}: {block:?}", self.shown);
                self.shown = Some(place);
                assert!(!self.known.contains_key(&id), "shown twice: {block:?}");
                self.set(id, task["revision"].as_i64().unwrap());
            }
            "task.created" | "task.updated" | "task.deleted" => {
                let (id, revision) = (block.subject().to_owned(), block.data()["revision"].as_i64().unwrap());
                assert_eq!(self.known.get(&id).copied().unwrap_or(0), revision - 1, "{block:?}");
                self.set(id, if block.name == "task.deleted" { DELETED } else { revision });
            }
            _ => panic!("{block:?}"),
        }
        if block.id.is_some() {
            self.commit(stream);
        }
    }

    fn set(&mut self, id: String, revision: i64) {
        let before = self.known.insert(id.clone(), revision);
        self.before.push((id, before));
    }

    fn commit(&mut self, stream: &Sse) {
        self.last_id.clone_from(&stream.last_id);
        self.shown_at_id.clone_from(&self.shown);
        self.before.clear();
    }

    /// Forgets what came after the last id.
    fn roll_back(&mut self) {
        while let Some((id, before)) = self.before.pop() {
            match before {
                Some(before) => self.known.insert(id, before),
                None => self.known.remove(&id),
            };
        }
        self.shown.clone_from(&self.shown_at_id);
    }

    /// Compares what it knows with what it has to know.
    pub(super) fn expect(&self, expected: &Revisions) {
        for (id, revision) in expected {
            let known = self.known.get(id);
            // What was deleted before it was shown, nobody was told of.
            assert!(
                known == Some(revision) || (known, *revision) == (None, DELETED),
                "{id}: {known:?}, not {revision:?}"
            );
        }
        let unexpected = self.known.keys().find(|it| !expected.contains_key(*it));
        assert_eq!(unexpected, None, "{:?}", unexpected.map(|it| self.known[it]));
    }
}
