//! The three roles as three processes, on ports of their own, with databases of their own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use access::Role;
use access::local::{self, LocalIssuer, TokenClaims};
use platform::clock::{Clock, Micros};
use serde_json::Value;
use storage::testing::{self, Fresh};
use tempfile::TempDir;

use super::{Client, Collector, Held, Process, eventually, secrets};

/// The databases under test.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// What differs between two products. Variables are those of a role's environment.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) of_services: Vec<(String, String)>,
    /// Of those who call services: gateway and task-service.
    pub(crate) of_clients: Vec<(String, String)>,
    pub(crate) of_gateway: Vec<(String, String)>,
    /// Services are called at `https:`.
    pub(crate) tls: bool,
    /// Where worker-service is, for those who call it, when not at the address of the first replica.
    pub(crate) worker_service: Option<fn(SocketAddr) -> String>,
    /// The same of task-service.
    pub(crate) task_service: Option<fn(SocketAddr) -> String>,
    /// What starts gateway and task-service: a program and its arguments.
    pub(crate) clients_by: Vec<String>,
    /// What starts task-service and worker-service.
    pub(crate) services_by: Vec<String>,
    pub(crate) worker_database: Option<String>,
    /// URLs of the databases of tasks, of workers and of the simulated provider, instead of fresh ones.
    pub(crate) databases: Option<[String; 3]>,
}

pub(crate) struct Product {
    pub(crate) collector: Collector,
    pub(crate) workers: Process,
    pub(crate) tasks: Process,
    pub(crate) gateway: Process,
    pub(crate) workers_address: SocketAddr,
    pub(crate) tasks_address: SocketAddr,
    pub(crate) gateway_address: SocketAddr,
    pub(crate) task_database: Fresh,
    pub(crate) directory: TempDir,
    pub(crate) worker_database: Fresh,
    /// The database of the simulated provider.
    pub(crate) provider_database: Fresh,
    of_workers: Vec<(String, String)>,
    of_tasks: Vec<(String, String)>,
    of_gateway: Vec<(String, String)>,
    issuer: LocalIssuer,
    /// The addresses of the three, which stay theirs while one of them is away.
    _addresses: [Held; 3],
}

impl Product {
    pub(crate) async fn start() -> Self {
        Self::start_with(Backend::Sqlite, &[]).await
    }

    /// With one more setting for all three.
    async fn start_all_with(name: &str, value: &str) -> Self {
        let all = vec![(name.to_owned(), value.to_owned())];
        let settings = Settings { of_services: all.clone(), of_gateway: all, ..Settings::default() };
        Self::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await
    }

    /// With spans that go to this endpoint.
    pub(crate) async fn traced_to(endpoint: &str) -> Self {
        Self::start_all_with("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).await
    }

    /// With this issuer.
    pub(crate) async fn trusting(issuer: &str) -> Self {
        Self::start_all_with("CCM_OIDC_ISSUER", issuer).await
    }

    /// With further settings for the gateway.
    pub(crate) async fn start_with(backend: Backend, gateway_settings: &[(&str, &str)]) -> Self {
        let of_gateway = gateway_settings.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings { of_gateway: of_gateway.collect(), ..Settings::default() };
        Self::start_as(backend, tempfile::tempdir().unwrap(), settings).await
    }

    /// With any settings, which may name files in `directory`.
    pub(crate) async fn start_as(backend: Backend, directory: TempDir, settings: Settings) -> Self {
        let collector = Collector::start().await;
        let issuer = LocalIssuer::open_or_create(directory.path()).unwrap();
        secrets::note_private_key(&std::fs::read_to_string(directory.path().join("local-key.pem")).unwrap());
        let [of_tasks, of_workers, of_machines] =
            settings.databases.clone().map_or([None, None, None], |it| it.map(Some));
        let (task_database, mut worker_database) =
            (fresh_or(of_tasks, backend).await, fresh_or(of_workers, backend).await);
        let mut of_provider = backend;
        if let Some(url) = &settings.worker_database {
            worker_database.url.clone_from(url);
            of_provider = if url.starts_with("sqlite:") { Backend::Sqlite } else { Backend::Postgres };
        }
        let provider_database = fresh_or(of_machines, of_provider).await;
        for role in ["gateway", "task-service", "worker-service"] {
            std::fs::write(token_file(&directory, role), service_token(&issuer, role)).unwrap();
        }
        let of_workers =
            of_worker_service(&settings, &directory, &worker_database.url, &provider_database.url);
        let addresses = [Held::new(), Held::new(), Held::new()];
        let [of_worker_service, of_task_service, of_the_gateway] =
            addresses.each_ref().map(|it| it.address.to_string());
        let by = &settings.services_by;
        let workers = role(&collector, &directory, by, "worker-service", &of_worker_service, &of_workers);
        let workers_address = workers.listening("worker-service").await;
        let scheme = if settings.tls { "https" } else { "http" };
        let worker_service = match settings.worker_service {
            Some(of) => of(workers_address),
            None => format!("{scheme}://{workers_address}"),
        };
        let mut of_clients = settings.of_clients.clone();
        of_clients.push(("CCM_WORKER_SERVICE".to_owned(), worker_service));
        let mut of_tasks = [settings.of_services.clone(), of_clients.clone()].concat();
        of_tasks.push(("CCM_TASK_DATABASE".to_owned(), task_database.url.clone()));
        of_tasks.extend(identity(&of_tasks, &directory, "task-service"));
        let clients_by = &settings.clients_by;
        let by = if clients_by.is_empty() { by } else { clients_by };
        let tasks = role(&collector, &directory, by, "task-service", &of_task_service, &of_tasks);
        let tasks_address = tasks.listening("task-service").await;
        let task_service = match settings.task_service {
            Some(of) => of(tasks_address),
            None => format!("{scheme}://{tasks_address}"),
        };
        of_clients.push(("CCM_TASK_SERVICE".to_owned(), task_service));
        // Tests load as one caller; those of the limit set it.
        of_clients.push(("CCM_CALLER_RATE".to_owned(), "0".to_owned()));
        let mut of_gateway = [of_clients, settings.of_gateway.clone()].concat();
        of_gateway.extend(identity(&of_gateway, &directory, "gateway"));
        // An empty name of the file: the gateway has no token of its own.
        of_gateway.retain(|(name, value)| name != "CCM_SERVICE_TOKEN_FILE" || !value.is_empty());
        let gateway = role(&collector, &directory, clients_by, "gateway", &of_the_gateway, &of_gateway);
        let gateway_address = gateway.listening("gateway").await;
        Self {
            collector,
            workers,
            tasks,
            gateway,
            workers_address,
            tasks_address,
            gateway_address,
            task_database,
            directory,
            worker_database,
            provider_database,
            of_workers,
            of_tasks,
            of_gateway,
            issuer,
            _addresses: addresses,
        }
    }

    /// One more worker-service, with the same databases.
    pub(crate) async fn another_worker_service(&self, listen: &str) -> Process {
        self.another("worker-service", listen, &self.of_workers).await
    }

    /// One more worker-service, which reaches its database by another URL.
    pub(crate) async fn another_worker_service_on(&self, database: &str, listen: &str) -> Process {
        let mut settings = self.of_workers.clone();
        settings.push(("CCM_WORKER_DATABASE".to_owned(), database.to_owned()));
        self.another("worker-service", listen, &settings).await
    }

    /// One more task-service, with the same database.
    pub(crate) async fn another_task_service(&self, listen: &str) -> Process {
        self.another("task-service", listen, &self.of_tasks).await
    }

    /// One more gateway.
    pub(crate) async fn another_gateway(&self, listen: &str) -> Process {
        self.another("gateway", listen, &self.of_gateway).await
    }

    /// One more gateway with further settings, which prints where it listens but may not log it.
    pub(crate) fn gateway_with(&self, settings: &[(String, String)]) -> Process {
        let settings = [self.of_gateway.as_slice(), settings].concat();
        role(&self.collector, &self.directory, &[], "gateway", "127.0.0.1:0", &settings)
    }

    async fn another(&self, name: &str, listen: &str, settings: &[(String, String)]) -> Process {
        let replica = role(&self.collector, &self.directory, &[], name, listen, settings);
        replica.listening(name).await;
        replica
    }

    pub(crate) fn token(&self, sub: &str, roles: &[Role], department: Option<&str>) -> String {
        self.token_for(Duration::from_hours(1), sub, roles, department)
    }

    /// A token that ends.
    pub(crate) fn token_for(
        &self,
        lifetime: Duration,
        sub: &str,
        roles: &[Role],
        department: Option<&str>,
    ) -> String {
        self.token_by(&Clock::system(), lifetime, sub, roles, department)
    }

    /// A token that was good until an hour ago.
    pub(crate) fn expired_token(&self, sub: &str, roles: &[Role], department: Option<&str>) -> String {
        let then = Clock::manual(Micros(Clock::system().now().0 - 2 * 60 * 60 * 1_000_000));
        self.token_by(&then, Duration::from_hours(1), sub, roles, department)
    }

    fn token_by(
        &self,
        clock: &Clock,
        lifetime: Duration,
        sub: &str,
        roles: &[Role],
        department: Option<&str>,
    ) -> String {
        let claims = TokenClaims {
            sub: sub.to_owned(),
            roles: roles.to_vec(),
            department: department.map(ToOwned::to_owned),
            lifetime,
        };
        self.issuer.issue(&claims, clock).unwrap()
    }

    /// A caller without a token.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(&format!("http://{}", self.gateway_address), None)
    }

    pub(crate) fn caller(&self, sub: &str, roles: &[Role], department: Option<&str>) -> Client {
        let token = self.token(sub, roles, department);
        Client::new(&format!("http://{}", self.gateway_address), Some(&token))
    }

    pub(crate) fn admin(&self) -> Client {
        self.caller("root", &[Role::Admin], None)
    }

    pub(crate) fn user(&self, sub: &str) -> Client {
        self.caller(sub, &[Role::User], None)
    }

    pub(crate) fn manager(&self, sub: &str, department: Option<&str>) -> Client {
        self.caller(sub, &[Role::Manager], department)
    }

    /// Creates a worker, waits until it is running, and answers its id.
    pub(crate) async fn running_worker(&self) -> String {
        let id = self.worker().await;
        self.worker_is(&id, "running").await;
        id
    }

    /// Creates a worker, waits until its machine is terminated, and answers its id.
    pub(crate) async fn terminated_worker(&self) -> String {
        let id = self.worker().await;
        let confirm = serde_json::json!({"confirm": "lab 1"});
        let answer = self.admin().post(&format!("/api/workers/{id}/terminate"), &confirm).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        self.worker_is(&id, "terminated").await;
        id
    }

    /// Waits until a worker has reached this state and is not being reconciled, and answers it.
    pub(crate) async fn worker_is(&self, id: &str, status: &str) -> Value {
        let (admin, path) = (self.admin(), format!("/api/workers/{id}"));
        let what = format!("the worker is {status}");
        eventually(&what, || async {
            let worker = admin.get(&path).await.json;
            (worker["status"] == status && worker["reconciling"] == false).then_some(worker)
        })
        .await
    }

    /// Creates a worker and answers its id.
    pub(crate) async fn worker(&self) -> String {
        let body = serde_json::json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
        let answer = self.admin().post("/api/workers", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("id").to_owned()
    }

    /// Stops all three in order, so that every span has been sent.
    pub(crate) async fn stop(&mut self) {
        for process in [&mut self.gateway, &mut self.tasks, &mut self.workers] {
            assert!(process.stop().await.success());
        }
    }
}

async fn fresh_or(url: Option<String>, backend: Backend) -> Fresh {
    match url {
        Some(url) => Fresh::existing(url),
        None => fresh(backend).await,
    }
}

async fn fresh(backend: Backend) -> Fresh {
    match backend {
        Backend::Sqlite => testing::sqlite(),
        Backend::Postgres => testing::postgres().await,
    }
}

fn of_worker_service(
    settings: &Settings,
    directory: &TempDir,
    database: &str,
    provider_database: &str,
) -> Vec<(String, String)> {
    let mut all = settings.of_services.clone();
    all.push(("CCM_WORKER_DATABASE".to_owned(), database.to_owned()));
    all.push(("CCM_SIMULATED_DATABASE".to_owned(), provider_database.to_owned()));
    all.extend(identity(&all, directory, "worker-service"));
    all
}

/// The setting for a process's own token, unless the test itself says who issues tokens.
fn identity(settings: &[(String, String)], directory: &TempDir, role: &str) -> Option<(String, String)> {
    let is_set = settings.iter().any(|it| ["CCM_SERVICE_TOKEN_FILE", "CCM_OIDC_ISSUER"].contains(&&*it.0));
    let file = token_file(directory, role).display().to_string();
    (!is_set).then(|| ("CCM_SERVICE_TOKEN_FILE".to_owned(), file))
}

fn token_file(directory: &TempDir, role: &str) -> PathBuf {
    directory.path().join(format!("{role}.token"))
}

/// A token that does not end while the test runs.
fn service_token(issuer: &LocalIssuer, role: &str) -> String {
    let claims = TokenClaims {
        sub: role.to_owned(),
        roles: vec![Role::Service],
        department: None,
        lifetime: Duration::from_hours(24),
    };
    issuer.issue(&claims, &Clock::system()).unwrap()
}

fn role(
    collector: &Collector,
    directory: &TempDir,
    by: &[String],
    name: &str,
    listen: &str,
    settings: &[(String, String)],
) -> Process {
    let keys = local::public_keys_path(directory.path()).display().to_string();
    let common = [
        ("CCM_LOCAL_KEYS", keys.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ];
    let common = common.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let by: Vec<&str> = by.iter().map(String::as_str).collect();
    let environment = [common.as_slice(), settings].concat();
    Process::spawn_by(&by, &[name, "--end-with-stdin", "--listen", listen], &environment)
}

/// A test that fails shows what the processes complained about.
impl Drop for Product {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        for process in [&self.gateway, &self.tasks, &self.workers] {
            let lines = process.lines().logged();
            let complaints = lines.iter().filter(|it| it["level"] == "WARN" || it["level"] == "ERROR");
            for line in complaints.take(20) {
                println!("{line}");
            }
        }
    }
}
