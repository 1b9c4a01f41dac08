//! The processes of an attack: a gateway and both services, on databases that have something to list, and an event log that takes
//! a while to catch up with.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tokio::process::Child;

use super::long_log;
use crate::actions::{Databases, service_token};
use crate::load::{self, Connection, Row, Target};
use crate::setup::{Common, Setup, free_address, spawn, stop};

/// Tasks with the longest description: a page of them has 3 MiB.
const LARGE_TASKS: usize = 80;
/// To whom the large tasks are assigned, and nothing else, so that a list of them has no other tasks in it.
pub(super) const LARGE_ASSIGNEE: &str = "eve";
/// Tasks of a department that no attacker is in.
const UNSEEN_TASKS: usize = 100;
pub(super) const UNSEEN_DEPARTMENT: &str = "storage";
const WORKERS: usize = 20;
const START: Duration = Duration::from_secs(30);

/// How the processes are started.
pub(super) struct Start<'a> {
    pub(super) common: &'a Common,
    /// Where the tokens of the processes are made.
    pub(super) directory: &'a Path,
    pub(super) databases: &'a Databases,
    pub(super) of_task_service: &'a [&'a str],
}

/// Processes that end with this value.
pub(super) struct Processes {
    pub(super) target: Target,
    pub(super) task_service: SocketAddr,
    pub(super) worker_service: SocketAddr,
    /// The ids of tasks that no attacker sees.
    pub(super) unseen: Vec<String>,
    /// worker-service, task-service and the gateway.
    children: [Child; 3],
}

impl Start<'_> {
    /// Starts the processes on new databases, fills these, and starts the processes again: what filling them took is not their memory.
    pub(super) async fn filled(&self) -> anyhow::Result<Processes> {
        let first = self.processes().await?;
        let tasks = Arc::new(load::seed(&first.target, self.common.tasks).await?);
        let unseen = fill(&first.target).await?;
        first.stop().await?;
        long_log::lengthen(&self.databases.tasks).await?;
        let mut filled = self.processes().await?;
        (filled.target.tasks, filled.unseen) = (tasks, unseen);
        Ok(filled)
    }

    async fn processes(&self) -> anyhow::Result<Processes> {
        let (gateway, task_service, worker_service) = (free_address()?, free_address()?, free_address()?);
        let keys = self.common.keys.display().to_string();
        // Before any process reads the keys: a token is made by opening them, which writes the public ones anew.
        let token = |role| anyhow::Ok(service_token(role, self.directory)?.display().to_string());
        let tokens = [token("worker-service")?, token("task-service")?, token("gateway")?];
        let start = |role: &str, token: &str, listen: SocketAddr, settings: &[&str]| {
            let listen = listen.to_string();
            let of_all = [
                "--end-with-stdin",
                "--local-keys",
                &keys,
                "--service-token-file",
                token,
                "--listen",
                &listen,
            ];
            spawn(Setup::ProductOff, self.common, &[&[role], &of_all[..], settings].concat())
        };
        let (to_tasks, to_workers) = (format!("http://{task_service}"), format!("http://{worker_service}"));
        let of_databases = self.databases;
        let provider =
            ["--simulated-start-delay", "0s", "--simulated-stop-delay", "0s", "--simulated-rate", "0"];
        let of_workers =
            ["--database", &of_databases.workers, "--simulated-database", &of_databases.provider];
        let of_tasks = ["--database", &of_databases.tasks, "--worker-service", &to_workers];
        let of_gateway = ["--task-service", &to_tasks, "--worker-service", &to_workers, "--caller-rate", "0"];
        let children = [
            start("worker-service", &tokens[0], worker_service, &[&of_workers[..], &provider].concat())?,
            start("task-service", &tokens[1], task_service, &[&of_tasks[..], self.of_task_service].concat())?,
            start("gateway", &tokens[2], gateway, &of_gateway)?,
        ];
        let authorization = self.common.authorization.clone();
        let target = Target { gateway, authorization, tasks: Arc::default(), tls: None };
        let mut processes = Processes { target, task_service, worker_service, unseen: Vec::new(), children };
        processes.wait_until_up().await?;
        Ok(processes)
    }
}

impl Processes {
    async fn wait_until_up(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let answered = async {
                let mut connection = Connection::open(&self.target, 0).await?;
                connection.send(Row::List).await?;
                connection.get("/api/workers").await
            };
            let Err(error) = answered.await else { return Ok(()) };
            for child in &mut self.children {
                if let Some(status) = child.try_wait()? {
                    bail!("a process ended with {status}");
                }
            }
            if started.elapsed() > START {
                return Err(error.context("the processes do not come up"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Their ids: of worker-service, task-service and the gateway.
    pub(super) fn ids(&self) -> anyhow::Result<[u32; 3]> {
        let ids: Vec<u32> = self.children.iter().filter_map(Child::id).collect();
        ids.try_into().ok().context("a process has ended")
    }

    /// Ends them, the gateway first.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        stop(self.children.into()).await
    }
}

/// Creates workers and tasks of several kinds, and returns the ids of those that no attacker sees.
async fn fill(target: &Target) -> anyhow::Result<Vec<String>> {
    let mut connection = Connection::open(target, 0).await?;
    for number in 0..WORKERS {
        let worker =
            json!({"name": format!("worker {number}"), "region": "us-east-1", "instance_type": "m5.metal"});
        connection.post("/api/workers", &worker).await?;
    }
    let large = json!({
        "title": "Read the log",
        "department": "network",
        "assignee_id": LARGE_ASSIGNEE,
        "description": "\u{1f5a7}".repeat(10_000),
    });
    for _ in 0..LARGE_TASKS {
        connection.post("/api/tasks", &large).await?;
    }
    let mut unseen = Vec::new();
    let hidden = json!({"title": "Replace a disk", "department": UNSEEN_DEPARTMENT, "assignee_id": "grace"});
    for _ in 0..UNSEEN_TASKS {
        let task: Value = serde_json::from_slice(&connection.post("/api/tasks", &hidden).await?)?;
        unseen.push(task["id"].as_str().context("a task without an id")?.to_owned());
    }
    // The first pages of lists are those of the usual size again.
    for _ in 0..50 {
        connection.send(Row::Post).await?;
    }
    Ok(unseen)
}
