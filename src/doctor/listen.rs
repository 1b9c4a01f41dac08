//! Whether the listen addresses of the processes are theirs: another program that listens there keeps them from starting.

mod owner;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use net::grpc::Peer;
use net::grpc::channel::{Health, HealthProbe};
use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::finding::{Check, Finding};
use crate::cli::doctor::{DEFAULT_ADDRESSES, Installation};

const CONNECT: Duration = Duration::from_secs(2);
const ANSWER: Duration = Duration::from_secs(3);

/// What is at an address.
enum Found {
    Ours,
    Free,
    Other,
}

pub(super) async fn examine(settings: &Installation, gateway: &Url, http: &reqwest::Client) -> Vec<Finding> {
    let addresses = [settings.gateway_listen, settings.task_listen, settings.worker_listen];
    let is_default = addresses.iter().zip(DEFAULT_ADDRESSES).all(|(it, default)| it.to_string() == default);
    if is_default && !is_local(gateway) {
        return vec![Finding::not_checked(
            Check::ListenAddresses,
            "the gateway is on another machine, and no listen address is set here",
            "run `ccm doctor` on the machines of the processes, with their settings",
        )];
    }
    let [of_gateway, of_tasks, of_workers] = addresses;
    let found = [
        (gateway::NAME, "CCM_GATEWAY_LISTEN", of_gateway, at_gateway(http, of_gateway).await),
        (task_service::NAME, "CCM_TASK_LISTEN", of_tasks, at_service(task_service::NAME, of_tasks).await),
        (
            worker_service::NAME,
            "CCM_WORKER_LISTEN",
            of_workers,
            at_service(worker_service::NAME, of_workers).await,
        ),
    ];
    let (mut findings, mut ours, mut free) = (Vec::new(), Vec::new(), Vec::new());
    for (name, variable, address, found) in found {
        match found {
            Found::Ours => ours.push(format!("{name} listens at {address}")),
            Found::Free => free.push(format!("{address} is free for {name}")),
            Found::Other => findings.extend(taken(name, variable, address).await),
        }
    }
    if findings.is_empty() {
        findings.push(Finding::ok(Check::ListenAddresses, [ours, free].concat().join(", ")));
    }
    findings
}

async fn taken(name: &str, variable: &str, address: SocketAddr) -> Option<Finding> {
    let port = address.port();
    let owner = tokio::task::spawn_blocking(move || owner::of(port)).await.ok().flatten();
    if owner.as_ref().is_some_and(|it| it.is_this_program) {
        let seen = format!("a ccm process listens at {address}, and does not answer as {name} without TLS");
        let advice =
            "if it has a certificate (CCM_TLS_CERT), `/readyz` of the gateway tells whether it serves";
        return Some(Finding::not_checked(Check::ListenAddresses, seen, advice));
    }
    let Some(owner) = owner else {
        let seen = format!(
            "a program listens at {address} that does not answer as {name} without TLS, and which one cannot be read"
        );
        let advice = "run `ccm doctor` as the user of the processes, or as root";
        return Some(Finding::not_checked(Check::ListenAddresses, seen, advice));
    };
    Some(Finding::problem(
        Check::ListenAddresses,
        format!(
            "another program, {} (process {}), listens at {address}, where {name} would listen",
            owner.name, owner.process
        ),
        format!("stop that program, or set {variable} to another address"),
    ))
}

async fn at_gateway(http: &reqwest::Client, address: SocketAddr) -> Found {
    if !accepts(address).await {
        return Found::Free;
    }
    let url = format!("http://{}/livez", local(address));
    let Ok(answer) = http.get(url).timeout(ANSWER).send().await else { return Found::Other };
    let body = super::gateway::read(answer).await;
    let is_ours = serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|it| it["status"] == "ok");
    if is_ours { Found::Ours } else { Found::Other }
}

async fn at_service(name: &'static str, address: SocketAddr) -> Found {
    if !accepts(address).await {
        return Found::Free;
    }
    let Ok(peer) = Peer::new(name, &format!("http://{}", local(address)), None) else { return Found::Other };
    match HealthProbe::new(&peer).ask(ANSWER).await.health {
        Health::Serving | Health::NotServing => Found::Ours,
        Health::Unreachable => Found::Other,
    }
}

/// Whether something listens there. A program that takes no connection in time listens, too.
async fn accepts(address: SocketAddr) -> bool {
    let connected = timeout(CONNECT, TcpStream::connect(local(address))).await;
    !matches!(connected, Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused)
}

/// How a process that listens at every address is reached on this machine.
fn local(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Whether the gateway is on this machine.
pub(super) fn is_local(gateway: &Url) -> bool {
    let host = gateway.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_is_not_ours_is_named() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            // Closes each connection at once.
            while let Ok((stream, _)) = listener.accept().await {
                drop(stream);
            }
        });
        assert!(matches!(at_service(task_service::NAME, address).await, Found::Other));
        let finding = taken(task_service::NAME, "CCM_TASK_LISTEN", address).await.unwrap();
        // This test is the program, with another name than the product's.
        let expected = format!(
            "(process {}), listens at {address}, where task-service would listen",
            std::process::id()
        );
        assert!(finding.seen.ends_with(&expected), "{}", finding.seen);
    }
}
