//! The binary `ccm`: parses the command line and runs a subcommand. `gateway`, `task-service` and `worker-service` run
//! one process each, `up` runs all three; the others are clients and tools.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod backup;
mod cli;
mod client;
mod completions;
mod console;
mod demo;
mod doctor;
mod events;
mod health;
mod login;
mod migrate;
#[cfg(test)]
mod reference;
mod resources;
mod roles;
mod supervisor;
mod task;
mod token;
mod trace;
mod up;
mod whoami;
mod worker;

use std::process::ExitCode;

use clap::Parser as _;
use cli::{Cli, Command};
use client::{Exit, Failure};

/// Gives memory back to the system after a burst, most of which glibc's allocator keeps (docs/adr/0029).
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // The default crypto provider of rustls, which every TLS connection uses. Fails only when one is set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if let Some(has_answered) = completions::answer_a_shell() {
        return if has_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            return ended(cli::mistake::of(&error).map_or_else(|| help(&error), |it| Err(it.into())));
        }
    };
    ended(run(cli))
}

/// Reports a failure: its sentence, and a hint of what to do next.
fn ended(outcome: anyhow::Result<()>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    console::report(format_args!("{error:#}"));
    let Some(failure) = error.downcast_ref::<Failure>() else { return Exit::General.into() };
    if let Some(hint) = &failure.hint {
        console::report(format_args!("hint: {hint}"));
    }
    failure.exit.into()
}

/// Prints the help, or the version, as it was asked for.
fn help(asked: &clap::Error) -> anyhow::Result<()> {
    let text = asked.render();
    console::print(&if cli::colour() { text.ansi().to_string() } else { text.to_string() })
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Up(cli.up)) {
            Command::Up(settings) => up::run(settings).await,
            Command::Gateway(settings) => roles::gateway(settings).await,
            Command::TaskService(settings) => roles::task_service(settings).await,
            Command::WorkerService(settings) => roles::worker_service(settings).await,
            Command::Task(settings) => task::run(settings.command).await,
            Command::Worker(settings) => worker::run(settings.command).await,
            Command::Whoami(settings) => whoami::run(settings).await,
            Command::Migrate(settings) => migrate::run(settings.service).await,
            Command::Token(settings) => token::run(&settings),
            Command::Login(settings) => login::run(&settings).await,
            Command::Events(settings) => match settings.command {
                cli::events::EventsCommand::Tail(settings) => events::run(settings).await,
                cli::events::EventsCommand::RenewLog(settings) => backup::renew_log(&settings.database).await,
            },
            Command::Backup(settings) => backup::back_up(&settings).await,
            Command::Restore(settings) => backup::restore(&settings).await,
            Command::Health(settings) => health::run(settings.process).await,
            Command::Demo(settings) => demo::run(settings).await,
            Command::Doctor(settings) => Box::pin(doctor::run(settings)).await,
            Command::Completions(settings) => completions::run(settings.shell),
            Command::Trace(settings) => {
                trace::run(&settings.data.data_dir, &settings.which, settings.logs, settings.timing).await
            }
        }
    });
    // Does not wait for the thread that reads standard input, which cannot be interrupted.
    runtime.shutdown_background();
    outcome
}
