//! The product with a fleet of workers: a gateway and a number of replicas of each service, whose simulated provider
//! answers at once.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use access::Role;
use access::local::{LocalIssuer, TokenClaims};
use anyhow::{Context as _, bail};
use platform::clock::Clock;
use serde_json::{Value, json};
use tokio::process::Child;

use crate::load::{Connection, Target};
use crate::machine::{self, Usage};
use crate::setup::{Common, Setup, free_address, spawn, stop};

/// How long the processes may take to start, and the machines to run.
const START: Duration = Duration::from_mins(1);

/// The addresses of the three databases of a fleet.
pub(crate) struct Databases {
    pub(crate) tasks: String,
    pub(crate) workers: String,
    pub(crate) provider: String,
}

/// A fleet whose processes end with this value.
pub(crate) struct Fleet {
    pub(crate) target: Target,
    /// Where the events of tasks are watched.
    pub(crate) task_service: String,
    /// The ids of the workers, whose machines run at first.
    pub(crate) workers: Vec<String>,
    children: Vec<Child>,
}

impl Fleet {
    /// Starts `replicas` processes of each service and one gateway, and creates `count` workers.
    pub(crate) async fn start(
        replicas: usize,
        count: usize,
        databases: &Databases,
        common: &Common,
        directory: &Path,
    ) -> anyhow::Result<Self> {
        let mut children = Vec::new();
        let provider = ["--simulated-start-delay", "0s", "--simulated-stop-delay", "0s"];
        let at_once = ["--simulated-visibility-delay", "0s", "--simulated-rate", "0"];
        let database = ["--database", &databases.workers, "--simulated-database", &databases.provider];
        let of_workers = [&database[..], &provider, &at_once].concat();
        let workers =
            start_replicas(replicas, "worker-service", &of_workers, common, directory, &mut children)?;
        let (of_all, database) = (workers.join(","), databases.tasks.as_str());
        let of_tasks = ["--database", database, "--worker-service", &of_all];
        let tasks = start_replicas(replicas, "task-service", &of_tasks, common, directory, &mut children)?;
        let (gateway, keys) = (free_address()?, common.keys.display().to_string());
        let listen = gateway.to_string();
        let of_tasks = tasks.join(",");
        let arguments =
            ["gateway", "--end-with-stdin", "--local-keys", &keys, "--listen", &listen, "--caller-rate", "0"];
        let services = ["--task-service", &of_tasks, "--worker-service", &of_all];
        children.push(spawn(Setup::ProductOff, common, &[&arguments[..], &services].concat())?);
        let authorization = common.authorization.clone();
        let target = Target { gateway, authorization, tasks: std::sync::Arc::default(), tls: None };
        let task_service = tasks[0].clone();
        let mut fleet = Self { target, task_service, workers: Vec::new(), children };
        fleet.wait_until_up().await?;
        fleet.create(count).await?;
        Ok(fleet)
    }

    async fn wait_until_up(&mut self) -> anyhow::Result<()> {
        let started = Instant::now();
        loop {
            let answered = async { Connection::open(&self.target, 0).await?.get("/api/workers").await };
            let Err(error) = answered.await else { return Ok(()) };
            for child in &mut self.children {
                if let Some(status) = child.try_wait()? {
                    bail!("a process of the fleet ended with {status}");
                }
            }
            if started.elapsed() > START {
                return Err(error.context("the fleet does not come up"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn create(&mut self, count: usize) -> anyhow::Result<()> {
        let mut connection = Connection::open(&self.target, 0).await?;
        for number in 0..count {
            let body = json!({"name": format!("worker {number}"), "region": "us-east-1", "instance_type": "m5.metal"});
            let worker: Value = serde_json::from_slice(&connection.post("/api/workers", &body).await?)?;
            self.workers.push(worker["id"].as_str().context("a worker without an id")?.to_owned());
        }
        let started = Instant::now();
        for id in &self.workers {
            loop {
                let worker: Value =
                    serde_json::from_slice(&connection.get(&format!("/api/workers/{id}")).await?)?;
                if worker["status"] == "running" && worker["reconciling"] == false {
                    break;
                }
                if started.elapsed() > START {
                    bail!("the machine of a new worker does not run: {worker}");
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    /// What all processes together have used so far.
    pub(crate) fn usage(&self) -> anyhow::Result<Usage> {
        self.ids().map(machine::usage).sum()
    }

    /// The bytes that all processes together have made the disk store so far.
    pub(crate) fn written(&self) -> anyhow::Result<u64> {
        self.ids().map(machine::written).sum()
    }

    /// Their ids: worker-service first, then task-service, then the gateway.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u32> {
        self.children.iter().filter_map(Child::id)
    }

    /// Ends them, the gateway first.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        stop(self.children).await
    }
}

/// Starts the replicas of a service and returns their addresses.
fn start_replicas(
    replicas: usize,
    role: &str,
    settings: &[&str],
    common: &Common,
    directory: &Path,
    children: &mut Vec<Child>,
) -> anyhow::Result<Vec<String>> {
    let token = service_token(role, directory)?.display().to_string();
    let keys = common.keys.display().to_string();
    let mut addresses = Vec::new();
    for _ in 0..replicas {
        let listen = free_address()?.to_string();
        let own = [
            role,
            "--end-with-stdin",
            "--local-keys",
            &keys,
            "--service-token-file",
            &token,
            "--listen",
            &listen,
        ];
        children.push(spawn(Setup::ProductOff, common, &[&own[..], settings].concat())?);
        addresses.push(format!("http://{listen}"));
    }
    Ok(addresses)
}

/// Writes a token for the calls that a service makes by itself, and returns its file.
pub(crate) fn service_token(role: &str, directory: &Path) -> anyhow::Result<PathBuf> {
    let claims = TokenClaims {
        sub: role.to_owned(),
        roles: vec![Role::Service],
        department: None,
        lifetime: Duration::from_hours(12),
    };
    let file = directory.join(format!("{role}.token"));
    std::fs::write(&file, LocalIssuer::open_or_create(directory)?.issue(&claims, &Clock::system())?)?;
    Ok(file)
}
