//! The three roles as three processes, on free ports, with databases of their own.

use std::net::SocketAddr;
use std::time::Duration;

use access::Role;
use access::local::{self, Grant, LocalIssuer};
use platform::clock::Clock;
use storage::testing::{self, Fresh};
use tempfile::TempDir;

use super::{Client, Collector, Process};

/// The databases under test.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
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
    _worker_database: Fresh,
    issuer: LocalIssuer,
    _directory: TempDir,
}

impl Product {
    pub(crate) async fn start() -> Self {
        Self::start_with(Backend::Sqlite, &[]).await
    }

    /// With spans that go to this endpoint.
    pub(crate) async fn traced_to(endpoint: &str) -> Self {
        let mut collector = Collector::start().await;
        endpoint.clone_into(&mut collector.endpoint);
        Self::start_all_with(Backend::Sqlite, &[], &[], collector).await
    }

    /// With this issuer.
    pub(crate) async fn trusting(issuer: &str) -> Self {
        let settings = [("CCM_OIDC_ISSUER", issuer)];
        Self::start_all_with(Backend::Sqlite, &settings, &[], Collector::start().await).await
    }

    /// With further settings for the gateway.
    pub(crate) async fn start_with(backend: Backend, gateway_settings: &[(&str, &str)]) -> Self {
        Self::start_all_with(backend, &[], gateway_settings, Collector::start().await).await
    }

    async fn start_all_with(
        backend: Backend,
        all_settings: &[(&str, &str)],
        gateway_settings: &[(&str, &str)],
        collector: Collector,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let issuer = LocalIssuer::open_or_create(directory.path()).unwrap();
        let keys = local::public_keys(directory.path()).display().to_string();
        let (task_database, worker_database) = match backend {
            Backend::Sqlite => (testing::sqlite(), testing::sqlite()),
            Backend::Postgres => (testing::postgres().await, testing::postgres().await),
        };
        let role = |name: &str, settings: &[(&str, &str)]| {
            let common = [
                ("CCM_LOCAL_KEYS", keys.as_str()),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint),
                ("OTEL_BSP_SCHEDULE_DELAY", "50"),
            ];
            let environment: Vec<(String, String)> = common
                .iter()
                .chain(all_settings)
                .chain(settings)
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            Process::spawn(&[name, "--end-with-stdin", "--listen", "127.0.0.1:0"], &environment)
        };
        let workers = role("worker-service", &[("CCM_WORKER_DATABASE", &worker_database.url)]);
        let workers_address = workers.listening("worker-service").await;
        let worker_service = format!("http://{workers_address}");
        let of_tasks =
            [("CCM_TASK_DATABASE", task_database.url.as_str()), ("CCM_WORKER_SERVICE", &worker_service)];
        let tasks = role("task-service", &of_tasks);
        let tasks_address = tasks.listening("task-service").await;
        let task_service = format!("http://{tasks_address}");
        let mut of_gateway =
            vec![("CCM_TASK_SERVICE", task_service.as_str()), ("CCM_WORKER_SERVICE", &worker_service)];
        of_gateway.extend(gateway_settings);
        let gateway = role("gateway", &of_gateway);
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
            _worker_database: worker_database,
            issuer,
            _directory: directory,
        }
    }

    pub(crate) fn token(&self, subject: &str, roles: &[Role], department: Option<&str>) -> String {
        let grant = Grant {
            subject: subject.to_owned(),
            roles: roles.to_vec(),
            department: department.map(ToOwned::to_owned),
            lifetime: Duration::from_hours(1),
        };
        self.issuer.grant(&grant, &Clock::system()).unwrap()
    }

    /// A caller without a token.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(&format!("http://{}", self.gateway_address), None)
    }

    pub(crate) fn caller(&self, subject: &str, roles: &[Role], department: Option<&str>) -> Client {
        let token = self.token(subject, roles, department);
        Client::new(&format!("http://{}", self.gateway_address), Some(&token))
    }

    pub(crate) fn admin(&self) -> Client {
        self.caller("root", &[Role::Admin], None)
    }

    pub(crate) fn user(&self, subject: &str) -> Client {
        self.caller(subject, &[Role::User], None)
    }

    pub(crate) fn manager(&self, subject: &str, department: Option<&str>) -> Client {
        self.caller(subject, &[Role::Manager], department)
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
