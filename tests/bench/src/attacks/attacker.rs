//! The attacker's process: told on standard input whom to attack, it says when the attack has its full strength, and goes on
//! until its standard input ends. Then it says what it got.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinSet;

use super::grpc::{LIST, LIST_WORKERS};
use super::{burst, deletes, held, rest, service};
use crate::cli::Backend;

/// The attacker's own address; with several addresses, the first of them.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 66);
/// Where the gateway calls the service from.
const GATEWAY: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// An attack that has not reached its full strength goes on as it is.
const BUILD_UP: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(5);

/// One thing that a client can do too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Attack {
    /// 5,000 connections from one address, each of which has asked for /livez
    Connections,
    /// Four accounts, each with 300 requests whose bodies come one byte a second
    SlowBodies,
    /// 36 bodies a second that fill the body limit with unknown members
    UnknownJson,
    /// One account that reads 100 lists of 3 MiB at the gateway at a time, again and again
    LargeLists,
    /// gRPC: 100 calls whose answers of 3 MiB nobody takes
    UntakenAnswers,
    /// gRPC: 240 messages of 320 KiB whose last byte never comes, under a deadline of an hour
    EndlessMessages,
    /// Sixteen accounts, each with 128 bodies at the gateway and 128 messages over gRPC that come one byte a second
    SlowAccounts,
    /// gRPC: 64 connections, each with 8 calls without a token at a time
    NoToken,
    /// gRPC: 19,000 connections without a call
    IdleConnections,
    /// gRPC of worker-service: 64 connections, each with 8 calls without a token at a time
    WorkerNoToken,
    /// gRPC of worker-service: 19,000 connections without a call
    WorkerIdleConnections,
    /// PostgreSQL: four accounts, each with 16 DELETEs at a time of tasks that they do not see and whose rows another session has locked
    Deletes,
    /// Every six seconds, four accounts, each with 8 lists of 3 MiB and 32 bodies of 255 KiB, whose ends are a second late
    Bursts,
    /// gRPC: 1,100 connections from the gateway's address, each of which has shown the token of a user
    ProvenConnections,
    /// gRPC: eight addresses, each with 128 health checks whose messages do not end, and 128 watches of the health
    EndlessChecks,
    /// gRPC: one account with 1,000 watches that match nothing
    Watches,
    /// gRPC: four accounts, each reading 50 snapshots again and again
    Snapshots,
}

impl Attack {
    pub(crate) fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map_or_else(String::new, |it| it.get_name().to_owned())
    }

    /// The database of the services that are attacked.
    pub(super) fn backend(self) -> Backend {
        if self == Self::Deletes { Backend::Postgres } else { Backend::Sqlite }
    }

    /// What it does, for the table.
    pub(super) fn title(self) -> String {
        let value = clap::ValueEnum::to_possible_value(&self);
        value.and_then(|it| it.get_help().map(ToString::to_string)).unwrap_or_default()
    }
}

/// Whom to attack, and with which accounts.
pub(super) struct Order {
    pub(super) gateway: SocketAddr,
    /// task-service.
    pub(super) service: SocketAddr,
    /// worker-service.
    pub(super) workers: SocketAddr,
    pub(super) tokens: Vec<String>,
    /// The ids of tasks that these accounts do not see.
    pub(super) unseen: Vec<String>,
}

impl Order {
    /// The accounts of an attack that has a few.
    pub(super) fn few(&self) -> &[String] {
        &self.tokens[..super::FEW.min(self.tokens.len())]
    }

    fn json(&self) -> Value {
        json!({
            "gateway": self.gateway,
            "service": self.service,
            "workers": self.workers,
            "tokens": self.tokens,
            "unseen": self.unseen,
        })
    }

    fn parse(line: &str) -> anyhow::Result<Self> {
        let value: Value = serde_json::from_str(line)?;
        let address = |name: &str| -> anyhow::Result<SocketAddr> {
            Ok(value[name].as_str().context("an order has addresses")?.parse()?)
        };
        let texts = |name: &str| -> anyhow::Result<Vec<String>> {
            let texts = value[name].as_array().context("an order has tokens and ids")?;
            Ok(texts.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect())
        };
        let (gateway, service, workers) = (address("gateway")?, address("service")?, address("workers")?);
        Ok(Self { gateway, service, workers, tokens: texts("tokens")?, unseen: texts("unseen")? })
    }
}

/// What the attacker counts.
#[derive(Default)]
pub(super) struct Counts {
    /// Steps towards the full strength that were made, whatever came of them.
    pub(super) tried: AtomicU64,
    /// Connections, requests or calls that were given what they asked for.
    pub(super) got: AtomicU64,
    /// Those that were answered with an error.
    pub(super) refused: AtomicU64,
    /// Connections that were closed or could not be opened.
    pub(super) cut: AtomicU64,
}

impl Counts {
    pub(super) fn add(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// The attacker, seen from the bench. It ends with this value.
pub(super) struct Attacker {
    child: Child,
    input: ChildStdin,
    output: tokio::io::Lines<BufReader<ChildStdout>>,
}

impl Attacker {
    /// Starts an attack and waits until it has its full strength.
    pub(super) async fn start(attack: Attack, order: &Order) -> anyhow::Result<Self> {
        // On a machine of its own, the attacker would not need the CPU of those whom it attacks.
        let mut child = Command::new("nice")
            .args(["-n", "10"])
            .arg(std::env::current_exe()?)
            .args(["attack", &attack.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut input = child.stdin.take().context("the attacker has an input")?;
        let output = BufReader::new(child.stdout.take().context("the attacker has an output")?).lines();
        input.write_all(format!("{}\n", order.json()).as_bytes()).await?;
        let mut attacker = Self { child, input, output };
        attacker.line().await?;
        Ok(attacker)
    }

    /// Ends the attack; answers what the attacker got.
    pub(super) async fn end(mut self) -> anyhow::Result<String> {
        self.input.write_all(b"end\n").await?;
        let got = self.line().await?;
        self.child.kill().await?;
        Ok(got)
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        self.output.next_line().await?.context("the attacker ended")
    }
}

/// The attacker's own process.
pub(crate) async fn serve(attack: Attack) -> anyhow::Result<()> {
    let mut input = BufReader::new(tokio::io::stdin()).lines();
    let order = Order::parse(&input.next_line().await?.context("an attacker is told whom to attack")?)?;
    let counts: &'static Counts = Box::leak(Box::default());
    let mut clients = JoinSet::new();
    let strength = match attack {
        Attack::Connections => rest::connections(&order, counts, &mut clients),
        Attack::SlowBodies => rest::slow_bodies(&order, counts, &mut clients),
        Attack::UnknownJson => rest::unknown_json(&order, counts, &mut clients),
        Attack::LargeLists => rest::large_lists(&order, counts, &mut clients),
        Attack::UntakenAnswers => service::untaken_answers(&order, counts, &mut clients),
        Attack::EndlessMessages => service::endless_messages(&order, counts, &mut clients),
        Attack::NoToken => service::no_token(order.service, LIST, counts, &mut clients),
        Attack::IdleConnections => service::idle_connections(order.service, counts, &mut clients),
        Attack::WorkerNoToken => service::no_token(order.workers, LIST_WORKERS, counts, &mut clients),
        Attack::WorkerIdleConnections => service::idle_connections(order.workers, counts, &mut clients),
        Attack::Deletes => deletes::deletes(&order, counts, &mut clients),
        Attack::Bursts => burst::bursts(&order, counts, &mut clients),
        Attack::ProvenConnections => held::proven_connections(&order, counts, &mut clients),
        Attack::EndlessChecks => held::endless_checks(&order, counts, &mut clients),
        Attack::SlowAccounts => {
            rest::slow_accounts(&order, counts, &mut clients)
                + held::slow_messages(&order, counts, &mut clients)
        }
        Attack::Watches => service::watches(&order, counts, &mut clients),
        Attack::Snapshots => service::snapshots(&order, counts, &mut clients),
    };
    let full = async {
        while counts.tried.load(Ordering::Relaxed) < strength {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let _ = tokio::time::timeout(BUILD_UP, full).await;
    println!("ready");
    input.next_line().await?;
    let count = |it: &AtomicU64| it.load(Ordering::Relaxed);
    println!(
        "{} granted, {} refused, {} cut",
        count(&counts.got),
        count(&counts.refused),
        count(&counts.cut)
    );
    input.next_line().await?;
    Ok(())
}

/// Connects from the attacker's address.
pub(super) async fn connect(to: SocketAddr) -> anyhow::Result<TcpStream> {
    connect_from(ADDRESS, to).await
}

/// The same, with a buffer of the kernel's of this many bytes for what the attacker has not read.
pub(super) async fn connect_with_buffer(to: SocketAddr, bytes: u32) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(bytes)?;
    socket.bind((ADDRESS, 0).into())?;
    Ok(tokio::time::timeout(CONNECT, socket.connect(to)).await??)
}

/// Connects from one of the attacker's addresses, by number.
pub(super) async fn connect_by(number: u8, to: SocketAddr) -> anyhow::Result<TcpStream> {
    let [a, b, c, first] = ADDRESS.octets();
    connect_from(Ipv4Addr::new(a, b, c, first + number), to).await
}

/// Connects from the gateway's address.
pub(super) async fn connect_as_neighbour(to: SocketAddr) -> anyhow::Result<TcpStream> {
    connect_from(GATEWAY, to).await
}

pub(super) async fn connect_from(address: Ipv4Addr, to: SocketAddr) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((address, 0).into())?;
    Ok(tokio::time::timeout(CONNECT, socket.connect(to)).await??)
}
