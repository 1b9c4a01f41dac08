//! `ccm`: one binary, a subcommand a role, and `ccm up`, which runs them all.

mod cli;
mod roles;
#[cfg(test)]
mod source_rules;
mod token;
mod trace;
mod up;

use std::process::ExitCode;

use clap::Parser as _;
use cli::{Cli, Command};

fn main() -> ExitCode {
    // One TLS library for everything, and its one provider of cryptography. Fails only when there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return cli::explain(&error),
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ccm: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Up(cli.up)) {
            Command::Up(settings) => up::run(settings).await,
            Command::Gateway(settings) => roles::gateway(settings).await,
            Command::TaskService(settings) => roles::task_service(settings).await,
            Command::WorkerService(settings) => roles::worker_service(settings).await,
            Command::Token(settings) => token::run(&settings),
            Command::Trace(settings) => trace::run(&settings.data.data_dir, &settings.which).await,
        }
    });
    // A thread that reads standard input cannot be told to stop.
    runtime.shutdown_background();
    outcome
}
