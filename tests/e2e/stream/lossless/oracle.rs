//! What each client has to get, by the logs of the services and by who may see what: a rule of its own, not the product's.

use std::collections::HashSet;
use std::net::SocketAddr;

use proto::event::v1::event::Resource;
use proto::event::v1::{Event, Scope, WatchStart};
use serde_json::Value;

use super::cluster::Cluster;
use super::writers::{Acknowledged, LAST};
use super::{PEOPLE, Person};
use crate::harness::Watcher;

/// An event as a client is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Told {
    /// Of the event.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) subject: String,
    pub(super) revision: Option<i64>,
    /// The title of a task, or the name of a worker.
    pub(super) title: Option<String>,
    pub(super) has_before: bool,
}

impl Told {
    /// Of a CloudEvent.
    pub(super) fn new(name: &str, event: &Value) -> Self {
        let data = &event["data"];
        let resource =
            if data["task"].is_object() { &data["task"]["title"] } else { &data["worker"]["name"] };
        Self {
            id: event["id"].as_str().unwrap().to_owned(),
            name: name.to_owned(),
            subject: event["subject"].as_str().unwrap().rsplit('/').next().unwrap().to_owned(),
            revision: data["revision"].as_i64(),
            title: resource.as_str().map(ToOwned::to_owned),
            has_before: data["before"].is_object(),
        }
    }
}

/// Fails if a client of this person was told something else than it had to be told.
pub(super) fn compare(person: Person, who: &str, told: &[Told], expected: &[Told]) {
    let first = told.iter().zip(expected).position(|(told, expected)| told != expected);
    if let Some(first) = first {
        panic!("{who} of {} at {first}: {:?}, not {:?}", person.name, told[first], expected[first]);
    }
    assert_eq!(told.len(), expected.len(), "{who} of {}", person.name);
}

/// Both logs, from their beginnings to the last changes.
pub(super) struct Logs {
    pub(super) tasks: Vec<Event>,
    pub(super) workers: Vec<Event>,
}

impl Logs {
    pub(super) async fn read(cluster: &Cluster) -> Self {
        let token = cluster.service_token();
        let last_task = format!("{LAST} of {}", PEOPLE[PEOPLE.len() - 1].name);
        let mut logs = Vec::new();
        for address in cluster.task_services {
            logs.push(read(address, &token, &last_task).await);
        }
        assert!(logs[0] == logs[1], "both replicas tell the same");
        Self { tasks: logs.remove(0), workers: read(cluster.worker_services[0], &token, LAST).await }
    }

    /// Whether every change that was acknowledged is in the logs.
    pub(super) fn have(&self, acknowledged: &[Acknowledged]) {
        let all = || self.tasks.iter().chain(&self.workers);
        let changes: HashSet<_> = all().map(|it| (it.subject_id.as_str(), it.revision)).collect();
        let deleted: HashSet<_> =
            all().filter(|it| it.r#type == "task.deleted").map(|it| it.subject_id.as_str()).collect();
        for (subject, revision) in acknowledged {
            let is_there = match revision {
                Some(revision) => changes.contains(&(subject.as_str(), *revision)),
                None => deleted.contains(subject.as_str()),
            };
            assert!(is_there, "acknowledged, and in no log: {subject} {revision:?}");
        }
    }

    /// What a client of this person is told of the tasks, and of the workers.
    pub(super) fn told_to(&self, person: Person) -> [Vec<Told>; 2] {
        [&self.tasks, &self.workers].map(|log| log.iter().filter_map(|it| told(it, person)).collect())
    }
}

async fn read(address: SocketAddr, token: &str, last: &str) -> Vec<Event> {
    let mut watcher = Watcher::from(address, token, WatchStart::Earliest).await;
    let mut events: Vec<Event> = Vec::new();
    loop {
        let event = watcher.event().await;
        assert_eq!(event.position, events.last().map_or(1, |it| it.position + 1), "positions are dense");
        let is_last = title(&event).as_deref() == Some(last);
        events.push(event);
        if is_last {
            return events;
        }
    }
}

fn title(event: &Event) -> Option<String> {
    match event.resource.as_ref()? {
        Resource::Task(task) => Some(task.title.clone()),
        Resource::Worker(worker) => Some(worker.name.clone()),
    }
}

fn may_see(person: Person, scope: &Scope) -> bool {
    let is_own = |it: &Option<String>| it.as_deref() == Some(person.name);
    let is_of_department = person.department.is_some() && scope.department.as_deref() == person.department;
    person.name == "root"
        || scope.everyone
        || is_own(&scope.assignee_id)
        || is_own(&scope.created_by)
        || is_of_department
}

fn told(event: &Event, person: Person) -> Option<Told> {
    let sees = |it: &Option<Scope>| it.as_ref().is_some_and(|it| may_see(person, it));
    let (saw, sees) = (sees(&event.scope_before), sees(&event.scope_after));
    if !saw && !sees {
        return None;
    }
    let is_deleted = event.scope_after.is_none();
    let is_removed = saw && !sees && !is_deleted;
    Some(Told {
        id: event.id.clone(),
        name: if is_removed { "task.removed".to_owned() } else { event.r#type.clone() },
        subject: event.subject_id.clone(),
        revision: (!is_removed).then_some(event.revision),
        title: if is_removed || is_deleted { None } else { title(event) },
        has_before: saw && sees && event.scope_before.is_some(),
    })
}
