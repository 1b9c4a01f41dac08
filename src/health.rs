//! `ccm health`: asks a process on this machine whether it serves. For container images that have no shell and no HTTP client.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use net::grpc::Peer;
use net::grpc::channel::{Health, HealthProbe};

use crate::cli::health::Process;

const TIMEOUT: Duration = Duration::from_secs(2);

/// A process that listens at every address, `0.0.0.0` or `[::]`, is reached at these over loopback.
pub(crate) async fn run(process: Process) -> anyhow::Result<()> {
    match process {
        Process::Gateway { listen } => gateway(listen).await,
        Process::TaskService { listen } => service(task_service::NAME, listen).await,
        Process::WorkerService { listen } => service(worker_service::NAME, listen).await,
    }
}

async fn gateway(address: SocketAddr) -> anyhow::Result<()> {
    // Over plain HTTP: no CA certificates are needed, and a bare machine has none.
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).timeout(TIMEOUT).build()?;
    let answer = http.get(format!("http://{address}/readyz")).send().await;
    let status = answer.with_context(|| format!("no answer from {} at {address}", gateway::NAME))?.status();
    ensure!(status.is_success(), "{} at {address} answers {status}", gateway::NAME);
    Ok(())
}

async fn service(name: &'static str, address: SocketAddr) -> anyhow::Result<()> {
    let peer = Peer::new(name, &format!("http://{address}"), None)?;
    let answers = HealthProbe::new(&peer).ask(TIMEOUT).await;
    match answers.health {
        Health::Serving => Ok(()),
        Health::NotServing => {
            let why = answers.reasons.first().map_or("its log says why", String::as_str);
            bail!("{name} at {address} does not serve: {why}")
        }
        Health::Unreachable => bail!("no answer from {name} at {address}"),
    }
}
