//! Those who create, change, give away and delete tasks, and rename workers: by gRPC, each change at any replica.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{CreateTaskRequest, DeleteTaskRequest, Task, UpdateTaskRequest};
use proto::worker::v1::worker_service_client::WorkerServiceClient;
use proto::worker::v1::{UpdateWorkerRequest, Worker};
use tonic::Status;
use tonic::transport::Channel;

use super::cluster::Cluster;
use super::{PEOPLE, Person};
use crate::event_log::Random;
use crate::harness::{Watcher, authorized};

/// What the last change of the workers, and of the tasks of each person, is called.
pub(super) const LAST: &str = "the last";
const ASSIGNEES: [&str; 3] = ["ada", "bob", "eve"];
const DEPARTMENTS: [&str; 2] = ["network", "storage"];
const PATIENCE: Duration = Duration::from_secs(5);

/// A change that was acknowledged: its subject and, unless it was deleted, its revision.
pub(super) type Acknowledged = (String, Option<i64>);

pub(super) struct Writer {
    name: u64,
    random: Random,
    tasks_at: [SocketAddr; 2],
    workers_at: [SocketAddr; 2],
    /// Of each of [`PEOPLE`].
    tokens: Vec<String>,
    workers: Vec<String>,
    /// The tasks of all writers.
    tasks: Arc<Mutex<Vec<String>>>,
}

impl Writer {
    pub(super) fn new(
        cluster: &Cluster,
        name: u64,
        seed: u64,
        workers: &[String],
        tasks: &Arc<Mutex<Vec<String>>>,
    ) -> Self {
        Self {
            name,
            random: Random(seed ^ (name << 32)),
            tasks_at: cluster.task_services,
            workers_at: cluster.worker_services,
            tokens: PEOPLE.iter().map(|it| cluster.token(*it)).collect(),
            workers: workers.to_vec(),
            tasks: tasks.clone(),
        }
    }

    pub(super) async fn write(mut self, count: u64) -> Vec<Acknowledged> {
        let mut acknowledged = Vec::new();
        let mut number = 0;
        while number < count {
            let text = format!("writer {} change {number}", self.name);
            // A replica that is away answers nothing; there is another one.
            if let Ok(Ok(Some(change))) = tokio::time::timeout(PATIENCE, self.change(text)).await {
                acknowledged.push(change);
                number += 1;
            }
            if self.random.below(4) == 0 {
                tokio::time::sleep(Duration::from_millis(self.random.below(40))).await;
            }
        }
        acknowledged
    }

    /// Creates large tasks for everybody.
    pub(super) async fn prepare(mut self, count: usize) -> Vec<Acknowledged> {
        let mut acknowledged = Vec::new();
        for assignee in ASSIGNEES.iter().cycle().take(count) {
            let task = Task {
                title: "large".to_owned(),
                description: "\u{1F980}".repeat(2_000),
                assignee_id: Some((*assignee).to_owned()),
                department: Some(self.any(&DEPARTMENTS).to_owned()),
                ..Task::default()
            };
            acknowledged.push(self.create(PEOPLE.len() - 1, task).await.expect("all run"));
        }
        acknowledged
    }

    async fn change(&mut self, text: String) -> Result<Option<Acknowledged>, Status> {
        let task = self.any_task();
        match (self.random.below(100), task) {
            (0..10, _) => {
                let id = self.any(&self.workers.clone());
                self.rename(id, text).await.map(Some)
            }
            (10..16, Some(id)) => self.delete(id).await.map(Some),
            (16..50, Some(id)) => self.update(Task { id, title: text, ..Task::default() }).await.map(Some),
            (50..70, Some(id)) => {
                let assignee_id = Some(self.any(&ASSIGNEES).to_owned());
                self.update(Task { id, title: text, assignee_id, ..Task::default() }).await.map(Some)
            }
            (70..80, Some(id)) => {
                let department = Some(self.any(&DEPARTMENTS).to_owned());
                self.update(Task { id, department, ..Task::default() }).await.map(Some)
            }
            _ => {
                let description = "\u{1F980}".repeat(usize::try_from(self.random.below(400)).unwrap());
                let assignee_id = (self.random.below(2) == 0).then(|| self.any(&ASSIGNEES).to_owned());
                let task = Task { title: text, description, assignee_id, ..Task::default() };
                let person = usize::try_from(self.random.below(PEOPLE.len() as u64)).unwrap();
                self.create(person, task).await.map(Some)
            }
        }
    }

    /// The last changes: of a worker, and a task for each person.
    pub(super) async fn finish(mut self) -> Vec<Acknowledged> {
        let mut acknowledged = Vec::new();
        let worker = self.workers[0].clone();
        acknowledged.push(self.rename(worker, LAST.to_owned()).await.expect("all run"));
        for person in PEOPLE {
            let Person { name, department, .. } = person;
            let task = Task {
                title: format!("{LAST} of {name}"),
                assignee_id: (department.is_none() && name != "root").then(|| name.to_owned()),
                department: department.map(ToOwned::to_owned),
                ..Task::default()
            };
            // Root creates them all; who sees them is decided by what they are.
            acknowledged.push(self.create(PEOPLE.len() - 1, task).await.expect("all run"));
        }
        acknowledged
    }

    async fn create(&mut self, person: usize, task: Task) -> Result<Acknowledged, Status> {
        let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
        let request = authorized(request, &self.tokens[person]);
        let task = self.task_service().create_task(request).await?.into_inner().task.unwrap();
        self.tasks.lock().unwrap().push(task.id.clone());
        Ok((task.id, Some(task.revision)))
    }

    async fn update(&mut self, task: Task) -> Result<Acknowledged, Status> {
        let request = UpdateTaskRequest { task: Some(task), ..UpdateTaskRequest::default() };
        let request = authorized(request, self.root());
        let task = self.task_service().update_task(request).await?.into_inner().task.unwrap();
        Ok((task.id, Some(task.revision)))
    }

    async fn delete(&mut self, id: String) -> Result<Acknowledged, Status> {
        let request = DeleteTaskRequest { id: id.clone(), ..DeleteTaskRequest::default() };
        let request = authorized(request, self.root());
        self.task_service().delete_task(request).await?;
        Ok((id, None))
    }

    async fn rename(&mut self, id: String, name: String) -> Result<Acknowledged, Status> {
        let worker = Worker { id, name, ..Worker::default() };
        let request = UpdateWorkerRequest { worker: Some(worker), ..UpdateWorkerRequest::default() };
        let channel = Watcher::channel(self.any(&self.workers_at.clone()));
        let request = authorized(request, self.root());
        let worker =
            WorkerServiceClient::new(channel).update_worker(request).await?.into_inner().worker.unwrap();
        Ok((worker.id, Some(worker.revision)))
    }

    fn task_service(&mut self) -> TaskServiceClient<Channel> {
        TaskServiceClient::new(Watcher::channel(self.any(&self.tasks_at.clone())))
    }

    fn root(&self) -> &str {
        self.tokens.last().unwrap()
    }

    fn any_task(&mut self) -> Option<String> {
        let tasks = self.tasks.lock().unwrap().clone();
        (!tasks.is_empty()).then(|| self.any(&tasks))
    }

    fn any<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.random.below(of.len() as u64)).unwrap()].clone()
    }
}
