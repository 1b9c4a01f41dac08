//! `tests/bench/run`: the product beside a bare pair, both databases, traced and untraced, in one run and one table.

mod actions;
mod attacks;
mod claims;
mod cli;
mod event_log;
mod growth;
mod load;
mod machine;
mod measure;
mod outages;
mod postgres;
mod receiver;
mod setup;
mod steady;
mod streams;
mod table;
mod tls;

use std::path::Path;
use std::time::{Duration, Instant};

use access::Role;
use access::local::{self, LocalIssuer, TokenClaims};
use anyhow::Context as _;
use clap::{Parser as _, ValueEnum as _};
use platform::clock::Clock;
use serde_json::json;

use cli::{Backend, Cli, Internal};
use load::{Load, Row};
use measure::Cell;
use postgres::Postgres;
use receiver::Receiver;
use setup::{Common, Running, Setup};
use tls::Tls;

// One thread makes all the load: the other one is for what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut cli = Cli::parse();
    match cli.command {
        Some(Internal::Receive) => return receiver::serve().await,
        Some(Internal::Attack { attack }) => return attacks::serve(attack).await,
        None => {}
    }
    let only = cli.attacks
        || cli.event_log
        || cli.actions
        || cli.claims
        || cli.streams
        || cli.replays
        || cli.steady
        || cli.outages
        || cli.growth;
    anyhow::ensure!(!(only && cli.tls), "--tls is for the table of requests");
    if only {
        cli.rows.clear();
        if !cli.steady {
            cli.setups.clear();
        }
    } else {
        if cli.quick {
            (cli.rounds, cli.seconds) = (cli.rounds.min(3), cli.seconds.min(1.5));
        }
        let is_full = cli.rows.is_empty() && cli.setups.is_empty() && !cli.quick && !cli.tls;
        (cli.event_log, cli.actions, cli.claims) = (!cli.quick && !cli.tls, is_full, is_full);
        (cli.steady, cli.outages, cli.growth) = (is_full, is_full, is_full);
        (cli.streams, cli.replays, cli.attacks) = (is_full, is_full, is_full);
        if cli.rows.is_empty() {
            cli.rows = Row::value_variants().to_vec();
        }
        if cli.setups.is_empty() {
            cli.setups = Setup::TABLE.to_vec();
            if cli.peers {
                cli.setups.extend(Setup::PEERS);
            }
        }
    }
    if cli.backends.is_empty() {
        cli.backends = Backend::value_variants().to_vec();
    }
    tokio::select! {
        done = bench(&cli) => done,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
    }
}

async fn bench(cli: &Cli) -> anyhow::Result<()> {
    let started = Instant::now();
    let program = std::env::current_exe()?;
    let programs = program.parent().context("a program is in a directory")?;
    let directory = tempfile::Builder::new().prefix("ccm-bench-").tempdir_in(&cli.directory)?;
    // PostgreSQL's user has to get through.
    std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let mut receiver = Receiver::start().await?;
    let common = common(cli, programs, directory.path(), &receiver)?;
    let (load_before, syncs_before) = (machine::load(), machine::syncs_per_second(directory.path())?);
    let mut cells: Vec<Cell> = Vec::new();
    let of_requests: &[Backend] = if cli.rows.is_empty() { &[] } else { &cli.backends };
    for &backend in of_requests {
        cells.extend(on(backend, cli, &common, directory.path(), &mut receiver).await?);
    }
    let on_postgres = cli.backends.contains(&Backend::Postgres);
    let mut commits = None;
    if cli.event_log && on_postgres {
        commits = Some(event_log(cli, directory.path()).await?);
    }
    let actions = if cli.actions { Some(actions(cli, &common, directory.path()).await?) } else { None };
    let mut claims = None;
    if cli.claims && on_postgres {
        claims = Some(self::claims(cli, &common, directory.path()).await?);
    }
    let streams = if cli.streams { Some(streams(cli, &common, directory.path()).await?) } else { None };
    let replays = if cli.replays { Some(replays(cli, &common, directory.path()).await?) } else { None };
    let attacks = if cli.attacks { Some(attacks(cli, &common, directory.path()).await?) } else { None };
    let steady = if cli.steady { Some(steady(cli, &common, directory.path()).await?) } else { None };
    let outages = if cli.outages { Some(outages(cli, &common, directory.path()).await?) } else { None };
    let growth = if cli.growth { Some(growth(cli, &common, directory.path()).await?) } else { None };
    let syncs_after = machine::syncs_per_second(directory.path())?;
    let header = [
        ("commit", machine::commit()),
        ("machine", format!("{}, {}", machine::processors(), machine::kernel())),
        ("load average", format!("{load_before} before, {} after", machine::load())),
        (
            "fdatasync of 4 KiB",
            format!(
                "{syncs_before}/s before, {syncs_after}/s after, {}",
                machine::file_system(directory.path())
            ),
        ),
        ("versions", versions().await?),
        (
            "run",
            format!(
                "{}{} connections, {} rounds of {} s, {} tasks, {} min",
                if cli.tls { "TLS, " } else { "" },
                cli.connections,
                cli.rounds,
                cli.seconds,
                cli.tasks,
                started.elapsed().as_secs().div_ceil(60)
            ),
        ),
    ];
    let lines: Vec<String> = header.iter().map(|(name, value)| format!("- {name}: {value}")).collect();
    let commits_text = commits.as_ref().map(|it| format!("\n{}", it.text())).unwrap_or_default();
    let mut text = format!("{}\n", lines.join("\n"));
    if !cells.is_empty() {
        let (measurements, ratios) = (table::measurements(&cells), table::ratios(&cells));
        text = format!("{text}\n{measurements}\n{ratios}{}", table::peers(&cells));
    }
    text.push_str(&commits_text);
    let parts = [
        actions.as_ref().map(actions::Measured::text),
        claims.as_ref().map(claims::Measured::text),
        streams.as_ref().map(streams::Measured::text),
        replays.as_ref().map(streams::replays::Measured::text),
        attacks.as_ref().map(attacks::Measured::text),
        steady.as_ref().map(steady::Measured::text),
        outages.as_ref().map(outages::Measured::text),
        growth.as_ref().map(growth::Measured::text),
    ];
    for table in parts.into_iter().flatten() {
        text.extend(["\n", &table]);
    }
    println!("{text}");
    let json = json!({
        "header": header.iter().map(|(name, value)| (*name, value.as_str())).collect::<std::collections::BTreeMap<_, _>>(),
        "cells": cells.iter().map(Cell::json).collect::<Vec<_>>(),
        "commits": commits.as_ref().map(event_log::Measured::json),
        "actions": actions.as_ref().map(actions::Measured::json),
        "claims": claims.as_ref().map(claims::Measured::json),
        "streams": streams.as_ref().map(streams::Measured::json),
        "replays": replays.as_ref().map(streams::replays::Measured::json),
        "attacks": attacks.as_ref().map(attacks::Measured::json),
        "steady": steady.as_ref().map(steady::Measured::json),
        "outages": outages.as_ref().map(outages::Measured::json),
        "growth": growth.as_ref().map(growth::Measured::json),
    });
    let target = programs.parent().context("the profile's directory is in the target directory")?;
    std::fs::write(target.join("bench.json"), serde_json::to_vec_pretty(&json)?)?;
    if cli.update_docs { update_docs(Path::new("docs/performance.md"), &text) } else { Ok(()) }
}

/// What the event log costs a commit.
async fn event_log(cli: &Cli, directory: &Path) -> anyhow::Result<event_log::Measured> {
    eprintln!("commits with and without the event log's numbering");
    let server = Postgres::start(directory).await?;
    let measured = Duration::from_secs_f64(cli.seconds);
    let commits = event_log::Commits { writers: cli.connections, rounds: cli.rounds, measured };
    let result = commits.measure(&server).await;
    server.stop()?;
    result
}

fn load(cli: &Cli) -> Load {
    Load {
        connections: cli.connections,
        warm_up: Duration::from_millis(500),
        measured: Duration::from_secs_f64(cli.seconds),
    }
}

/// Actions per second.
async fn actions(cli: &Cli, common: &Common, directory: &Path) -> anyhow::Result<actions::Measured> {
    let what =
        actions::Actions { common, directory, load: load(cli), rounds: cli.rounds, workers: cli.workers };
    let mut measured = actions::Measured::default();
    if cli.backends.contains(&Backend::Sqlite) {
        measured.extend(what.on_sqlite().await?);
    }
    if cli.backends.contains(&Backend::Postgres) {
        let server = Postgres::start_with(directory, &actions::SETTINGS).await?;
        measured.extend(what.on_postgres(&server).await?);
        server.stop()?;
    }
    Ok(measured)
}

/// What it costs to claim an action.
async fn claims(cli: &Cli, common: &Common, directory: &Path) -> anyhow::Result<claims::Measured> {
    let server = Postgres::start_with(directory, &actions::SETTINGS).await?;
    let what = claims::Claims {
        common,
        directory,
        load: load(cli),
        rounds: cli.rounds,
        workers: cli.workers,
        finished: cli.finished,
    };
    let measured = what.measure(&server).await?;
    server.stop()?;
    Ok(measured)
}

/// What it costs to deliver events.
async fn streams(cli: &Cli, common: &Common, directory: &Path) -> anyhow::Result<streams::Measured> {
    let paced = Duration::from_secs_f64(cli.seconds);
    let (clients, rounds, beside) = (cli.clients, cli.rounds, cli.beside);
    streams::Streams { common, directory, clients, rounds, paced, beside }.measure().await
}

/// What replays do to clients that follow.
async fn replays(cli: &Cli, common: &Common, directory: &Path) -> anyhow::Result<streams::replays::Measured> {
    let usual = Duration::from_secs_f64(cli.seconds * 3.0);
    let (clients, events) = (cli.clients, cli.events);
    streams::replays::Replays { common, directory, clients, events, usual }.measure().await
}

/// What one client can take from the others.
async fn attacks(cli: &Cli, common: &Common, directory: &Path) -> anyhow::Result<attacks::Measured> {
    let measured = Duration::from_secs_f64(cli.seconds * 3.0);
    let (only, backends) = (&*cli.of_attacks, &*cli.backends);
    attacks::Attacks { common, directory, measured, only, backends }.measure().await
}

/// The latency at a fixed rate.
async fn steady(cli: &Cli, common: &Common, directory: &Path) -> anyhow::Result<steady::Measured> {
    at_a_fixed_rate(cli, common, directory).measure().await
}

/// What requests notice of outages of the collector.
async fn outages(cli: &Cli, common: &Common, directory: &Path) -> anyhow::Result<outages::Measured> {
    let steady = at_a_fixed_rate(cli, common, directory);
    outages::Outages { steady, common, directory }.measure().await
}

fn at_a_fixed_rate<'a>(cli: &'a Cli, common: &'a Common, directory: &'a Path) -> steady::Steady<'a> {
    let measured = Duration::from_secs_f64(cli.steady_seconds.unwrap_or(cli.seconds * 3.0));
    let (rate, connections) = (cli.rate, cli.connections);
    let (backends, setups) = (&*cli.backends, &*cli.setups);
    steady::Steady { common, directory, rate, connections, measured, backends, setups }
}

/// What requests cost with many tasks.
async fn growth(cli: &Cli, common: &Common, directory: &Path) -> anyhow::Result<growth::Measured> {
    let (load, rounds, grown, backends) = (load(cli), cli.rounds, cli.grown, &*cli.backends);
    growth::Growth { common, directory, load, rounds, grown, backends }.measure().await
}

/// All rows on one database.
async fn on(
    backend: Backend,
    cli: &Cli,
    common: &Common,
    directory: &Path,
    receiver: &mut Receiver,
) -> anyhow::Result<Vec<Cell>> {
    let postgres = match backend {
        Backend::Sqlite => None,
        // Each setup has sixteen connections and more.
        Backend::Postgres => Some(Postgres::start_with(directory, &["max_connections=300"]).await?),
    };
    let mut running = Vec::new();
    for &setup in &cli.setups {
        let database = match &postgres {
            None => setup::sqlite(directory, setup),
            Some(postgres) => postgres.create(setup.name()).await?,
        };
        running.push(Running::start(setup, common, &database, &[]).await?);
        eprintln!(
            "{} on {}: processes {:?}",
            setup.name(),
            backend.title(),
            running[running.len() - 1].ids()
        );
    }
    let load = load(cli);
    let mut cells = Vec::new();
    for &row in &cli.rows {
        cells.extend(measure::rounds(backend.title(), row, cli.rounds, load, &running, receiver).await?);
    }
    for one in running {
        one.stop().await?;
    }
    postgres.map_or(Ok(()), Postgres::stop)?;
    Ok(cells)
}

/// The caller is an admin: the statements are the plainest ones, which the bare pair has too.
fn common(cli: &Cli, programs: &Path, directory: &Path, receiver: &Receiver) -> anyhow::Result<Common> {
    let issuer = LocalIssuer::open_or_create(directory)?;
    let claims = TokenClaims {
        sub: "bench".to_owned(),
        roles: vec![Role::Admin],
        department: None,
        lifetime: Duration::from_hours(12),
    };
    Ok(Common {
        programs: programs.to_owned(),
        peers: programs.parent().context("the programs are in the target directory")?.join("peers"),
        keys: local::public_keys_path(directory),
        tls: if cli.tls { Some(Tls::create(directory)?) } else { None },
        authorization: format!("Bearer {}", issuer.issue(&claims, &Clock::system())?).parse()?,
        collector: receiver.address,
        tasks: cli.tasks,
    })
}

async fn versions() -> anyhow::Result<String> {
    use sqlx::Connection as _;
    let mut memory = sqlx::SqliteConnection::connect("sqlite::memory:").await?;
    let sqlite: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut memory).await?;
    let postgres = postgres::version().unwrap_or_else(|| "not installed".to_owned());
    Ok(format!("{}, SQLite {sqlite}, PostgreSQL {postgres}", machine::rustc()))
}

fn update_docs(path: &Path, text: &str) -> anyhow::Result<()> {
    const BEGIN: &str = "<!-- bench: begin -->\n";
    const END: &str = "<!-- bench: end -->\n";
    let old = std::fs::read_to_string(path)?;
    let (before, rest) = old.split_once(BEGIN).context("docs/performance.md has no begin mark")?;
    let (_, after) = rest.split_once(END).context("docs/performance.md has no end mark")?;
    std::fs::write(path, format!("{before}{BEGIN}\n{text}\n{END}{after}"))?;
    Ok(())
}
