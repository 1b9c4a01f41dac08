//! The promise of the event stream, held against clients that are cut at random and go on at another gateway, while others
//! write, and while gateways and services are killed, stopped and suspended: each client gets every change that its user may
//! see, once, in order, and nothing else. Half of the clients are of other makes.
//!
//! What is right is what the services answered their writers and what their logs say, which are read without a gateway.
//! `CCM_SEED` repeats a run as far as its choices go; `CCM_STREAM_WRITERS`, `CCM_STREAM_WRITES` (of each writer) and
//! `CCM_STREAM_CLIENTS` are its size.

mod clients;
mod cluster;
mod foreign;
mod oracle;
mod writers;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use access::Role;

use self::clients::{Client, Kind};
use self::cluster::Cluster;
use self::foreign::Foreign;
use self::oracle::Logs;
use self::writers::Writer;
use super::follower::Make;
use crate::event_log::{Random, setting};

const MAKES: [Make; 3] = [Make::Rust, Make::Npm, Make::Python];
const LARGE_TASKS: usize = 120;

/// Somebody who follows.
#[derive(Clone, Copy, Debug)]
struct Person {
    name: &'static str,
    role: Role,
    department: Option<&'static str>,
}

const PEOPLE: [Person; 4] = [
    Person { name: "ada", role: Role::User, department: None },
    Person { name: "bob", role: Role::User, department: None },
    Person { name: "mia", role: Role::Manager, department: Some("network") },
    // The last: what is written for root is the end of the log.
    Person { name: "root", role: Role::Admin, department: None },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_client_gets_every_change_that_it_may_see_once_and_in_order_whatever_dies() {
    let seed =
        setting("CCM_SEED").unwrap_or_else(|| platform::clock::Clock::system().new_id().as_u64_pair().1 >> 1);
    let writers = setting("CCM_STREAM_WRITERS").unwrap_or(12);
    let each = setting("CCM_STREAM_WRITES").unwrap_or(60);
    let clients = setting("CCM_STREAM_CLIENTS").unwrap_or(24);
    println!(
        "CCM_SEED={seed} CCM_STREAM_WRITERS={writers} CCM_STREAM_WRITES={each} CCM_STREAM_CLIENTS={clients}"
    );
    let mut random = Random(seed);
    let mut cluster = Cluster::start().await;
    let workers = cluster.workers(3).await;
    let tasks = Arc::new(Mutex::new(Vec::new()));
    // A snapshot of several parts.
    let mut acknowledged = Writer::new(&cluster, writers, seed, &workers, &tasks).prepare(LARGE_TASKS).await;
    let writing: Vec<_> = (0..writers)
        .map(|number| {
            let writer = Writer::new(&cluster, number, seed, &workers, &tasks);
            tokio::spawn(writer.write(each))
        })
        .collect();
    let (mut following, mut foreign) = (Vec::new(), Vec::new());
    for (number, person) in (0..clients).zip(PEOPLE.iter().cycle()) {
        let (group, own_seed) = (number / 4, seed ^ (number << 40));
        if group % 2 == 0 {
            let kind = if group / 2 % 2 == 0 { Kind::Replays } else { Kind::Shows };
            following.push(tokio::spawn(Client::new(&cluster, *person, kind, own_seed).follow()));
        } else {
            let make = MAKES[usize::try_from(group / 2).unwrap() % MAKES.len()];
            let client = Foreign::start(&cluster, *person, make, own_seed).await;
            foreign.push(tokio::spawn(client.follow()));
        }
        // Some begin when there is much to show already.
        if number % 4 == 3 {
            cluster.disturb(&mut random).await;
        }
    }
    let is_written = Arc::<AtomicBool>::default();
    let written = is_written.clone();
    let writing = tokio::spawn(async move {
        let mut acknowledged = Vec::new();
        for writer in writing {
            acknowledged.extend(writer.await.unwrap());
        }
        written.store(true, Ordering::SeqCst);
        acknowledged
    });
    while !is_written.load(Ordering::SeqCst) {
        cluster.disturb(&mut random).await;
    }
    acknowledged.extend(writing.await.unwrap());
    acknowledged.extend(Writer::new(&cluster, writers, seed, &workers, &tasks).finish().await);
    let logs = Logs::read(&cluster).await;
    println!(
        "{} changes acknowledged, {} events of tasks and {} of workers, {} faults",
        acknowledged.len(),
        logs.tasks.len(),
        logs.workers.len(),
        cluster.faults
    );
    assert!(acknowledged.len() > 100 && cluster.faults > 5, "a run that shows nothing");
    logs.have(&acknowledged);
    let mut cuts = 0;
    for client in following {
        let client = client.await.unwrap();
        cuts += client.cuts;
        client.check(&cluster, &logs).await;
    }
    for client in foreign {
        let client = client.await.unwrap();
        cuts += client.cuts();
        client.check(&logs);
    }
    println!("{cuts} cuts");
    assert!(cuts > clients, "clients were hardly ever cut");
}
