//! `ccm migrate`: applies the missing migrations of a service as a step of its own, so that the service itself needs no right
//! to change its schema.

use service::{DatabaseConfig, Migration};

use crate::cli::migrate::MigratedService;
use crate::console;

pub(crate) async fn run(service: MigratedService) -> anyhow::Result<()> {
    let config = |url: &String| DatabaseConfig::from(url.as_str());
    let text = match service {
        MigratedService::TaskService { database } => {
            let applied = task_service::migrate(&config(&database)).await?;
            told(task_service::NAME, &applied)
        }
        MigratedService::WorkerService { database, simulated_database } => {
            let (database, simulated) = (config(&database), config(&simulated_database));
            let applied = worker_service::migrate(&database, &simulated).await?;
            let own = told(worker_service::NAME, &applied.own);
            own + &told("simulated provider", &applied.simulated)
        }
    };
    console::print(&text)
}

fn told(name: &str, applied: &[Migration]) -> String {
    if applied.is_empty() {
        return format!("{name}: no migration is missing\n");
    }
    let lines = applied.iter().map(|it| format!("{name}: applied migration {} ({})\n", it.version, it.name));
    lines.collect::<Vec<_>>().concat()
}
