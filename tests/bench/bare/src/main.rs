//! What the product is measured against: the same REST over the same gRPC over the same tables, written as plainly as
//! axum, tonic and sqlx allow. Two processes, a token check in each, and with `--traced` the layers that these crates
//! have on the registry. No deadlines, no limits, no log lines, no health, no problem details.

mod gateway;
mod service;
mod store;
mod stream;
mod telemetry;
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;

use access::{ExpectedClaims, Keys, Verifier, local};
use clap::{Args, Parser};
use platform::clock::Clock;
use platform::shutdown::{self, Shutdown};

#[derive(Parser)]
enum Command {
    /// REST to gRPC
    Gateway {
        #[command(flatten)]
        common: Common,
        /// Where the service is
        #[arg(long)]
        service: String,
        /// CA that the service's certificate is verified with
        #[arg(long)]
        grpc_ca: Option<PathBuf>,
        /// Tell the clients of the event stream of new tasks, in blocks of this size, and serve HTTP/2, too
        #[arg(long)]
        event_bytes: Option<usize>,
    },
    /// gRPC to SQL
    Service {
        #[command(flatten)]
        common: Common,
        /// sqlite:PATH or postgres://…
        #[arg(long)]
        database: String,
    },
}

#[derive(Args)]
struct Common {
    /// Where to listen
    #[arg(long)]
    listen: SocketAddr,
    /// Key set that tokens are verified with
    #[arg(long)]
    keys: PathBuf,
    /// Certificate chain, with which all connections are encrypted
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key
    #[arg(long)]
    tls_key: Option<PathBuf>,
    /// With the stock layers, and an exporter by the `OTEL_*` variables
    #[arg(long)]
    traced: bool,
}

impl Common {
    fn verifier(&self) -> anyhow::Result<Verifier> {
        Ok(Verifier::with_keys(
            ExpectedClaims::for_issuer(local::ISSUER),
            Keys::read(&self.keys)?,
            Clock::system(),
        ))
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let command = Command::parse();
    let (Command::Gateway { common, .. } | Command::Service { common, .. }) = &command;
    let tracer = common.traced.then(telemetry::start).transpose()?;
    let shutdown = Shutdown::new();
    shutdown::on_signals(&Shutdown::new(), &shutdown, std::time::Duration::ZERO, true)?;
    match &command {
        Command::Gateway { common, service, grpc_ca, event_bytes } => {
            gateway::serve(common, (service, grpc_ca.as_deref()), *event_bytes, shutdown).await?;
        }
        Command::Service { common, database } => service::serve(common, database, shutdown).await?,
    }
    if let Some(tracer) = tracer {
        tokio::task::spawn_blocking(move || tracer.shutdown()).await??;
    }
    Ok(())
}
