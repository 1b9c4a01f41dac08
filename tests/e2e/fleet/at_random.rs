//! The random runs.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use access::Role;

use super::cluster::Cluster;
use super::driver::Driver;
use super::oracle::{Run, is_at_rest, verdict};
use super::records::{Records, open, unrest, workers_and_machines};
use super::strike::Strike;
use super::{fleet_of_workers, now};
use crate::event_log::{Random, setting};
use crate::harness::Backend;

/// Callers at the same time.
const CALLERS: u64 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn three_replicas_of_each_service_on_postgresql() {
    a_run(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_replica_of_each_on_sqlite() {
    a_run(Backend::Sqlite).await;
}

async fn a_run(backend: Backend) {
    let (workers, actions) =
        (setting("CCM_FLEET_WORKERS").unwrap_or(20), setting("CCM_FLEET_ACTIONS").unwrap_or(120));
    let seed = setting("CCM_FLEET_SEED").unwrap_or(now().0.unsigned_abs());
    println!("CCM_FLEET_SEED={seed} CCM_FLEET_WORKERS={workers} CCM_FLEET_ACTIONS={actions} {backend:?}");
    // A low rate for some of the runs: the provider throttles.
    let rate = u32::try_from(workers / 2).unwrap().max(10) / (1 + u32::from(seed.is_multiple_of(2)));
    let mut cluster = Cluster::start(backend, rate).await;
    let driver = Driver {
        client: cluster.product.admin(),
        members: Arc::default(),
        acknowledged: Arc::<Mutex<_>>::default(),
        service_token: cluster.product.token("service:late", &[Role::Service], None),
        worker_services: cluster.addresses("worker-service"),
    };
    // The others are created while the processes are disturbed.
    for number in 0..workers / 2 {
        fleet_of_workers::create(&driver, number, seed).await;
    }
    // Long enough for faults to meet actions.
    let time = Duration::from_millis(250) * u32::try_from(actions).unwrap().clamp(120, 1_000);
    let callers: Vec<_> = (0..CALLERS)
        .map(|it| tokio::spawn(call(driver.clone(), seed, it, (workers, actions), time)))
        .collect();
    let (start, mut random, mut strikes) = (Instant::now(), Random(seed), Strike::of(backend));
    while callers.iter().any(|it| !it.is_finished()) {
        // At first, processes are only asked to stop.
        let gently = start.elapsed() < time / 5;
        match strikes.pop_if(|_| !gently) {
            Some(strike) => {
                if !cluster.strike(strike, &driver, &mut random).await {
                    // Tried again, with another fault between.
                    strikes.insert(0, strike);
                    cluster.disturb(&mut random, gently).await;
                }
            }
            None => cluster.disturb(&mut random, gently).await,
        }
        tokio::time::sleep(Duration::from_millis(random.below(1_500))).await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    let acted = start.elapsed();
    settle(&cluster).await;
    println!(
        "{} faults, {} acknowledged, driven for {acted:?}, quiet after {:?}",
        cluster.faults.len(),
        driver.acknowledged.lock().unwrap().len(),
        start.elapsed().saturating_sub(acted)
    );
    cluster.stop().await;
    let run = Run {
        records: Records::read(&cluster.product).await,
        acknowledged: driver.acknowledged.lock().unwrap().clone(),
        faults: cluster.faults.clone(),
        seed,
    };
    verdict(&run);
}

/// Makes the requests of one caller.
async fn call(driver: Driver, seed: u64, caller: u64, (workers, actions): (u64, u64), time: Duration) {
    let mut pause = Random(seed ^ (caller << 48));
    let mean = time.as_millis() * u128::from(CALLERS) / u128::from(actions.max(1));
    for number in (caller..actions).step_by(usize::try_from(CALLERS).unwrap()) {
        let millis = pause.below(2 * u64::try_from(mean).unwrap().max(1));
        tokio::time::sleep(Duration::from_millis(millis)).await;
        let later = workers / 2 + number * (workers - workers / 2) / actions;
        if number == 0 || later > workers / 2 + (number - 1) * (workers - workers / 2) / actions {
            fleet_of_workers::create(&driver, later, seed).await;
        }
        driver.act(number, Random(seed.wrapping_mul(31) ^ (number << 16))).await;
    }
}

/// Waits until no action is live, no worker is being reconciled, and each worker is as desired, and as its machine.
async fn settle(cluster: &Cluster) {
    let tasks = open(&cluster.product.task_database.url).await;
    let workers = open(&cluster.product.worker_database.url).await;
    let provider = open(&cluster.product.provider_database.url).await;
    let start = Instant::now();
    loop {
        let left = unrest(&tasks, &workers).await;
        if left == (0, 0) {
            let (rows, machines) = workers_and_machines(&workers, &provider).await;
            if is_at_rest(&rows, &machines) && unrest(&tasks, &workers).await == left {
                break;
            }
        }
        // A pause of the provider's errors may be as long as this.
        if start.elapsed() > Duration::from_secs(150) {
            println!(
                "not quiet: {} live actions, {} workers being reconciled; or a worker is not as desired, or not as its machine",
                left.0, left.1
            );
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for it in [tasks, workers, provider] {
        it.close().await;
    }
}
