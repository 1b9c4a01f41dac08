//! Memory that a burst has taken is given back.

use access::Role;

use crate::harness::{Backend, Process, Product, eventually};

/// Tasks of 20 kB; a page of all of them has a megabyte.
const TASKS: usize = 50;
/// Callers and their requests at the same time.
const CALLERS: usize = 12;
const REQUESTS: usize = 6;
/// What a process may have more than before the burst, once it is over: its caches, and what the allocator keeps for a while.
const KEPT_KIB: u64 = 20 * 1024;

/// The resident memory of a process in KiB.
fn resident(process: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_that_a_burst_of_large_answers_took_is_given_back() {
    let product = Product::start_with(Backend::Sqlite, &[("CCM_REQUEST_TIMEOUT", "1m")]).await;
    let caller = |number: usize| product.caller(&format!("root-{number}"), &[Role::Admin], None);
    let task = serde_json::json!({"title": "large", "description": "ä".repeat(10_000)});
    for _ in 0..TASKS {
        assert_eq!(caller(0).post("/api/tasks", &task).await.status, 201);
    }
    assert_eq!(caller(0).get("/api/tasks?page_size=50").await.status, 200);
    let processes = [&product.gateway, &product.tasks];
    let before = processes.map(resident);
    let burst = (0..CALLERS).flat_map(|it| vec![caller(it); REQUESTS]);
    let burst: Vec<_> = burst
        .map(|caller| tokio::spawn(async move { caller.get("/api/tasks?page_size=50").await.status }))
        .collect();
    for answer in burst {
        assert_eq!(answer.await.unwrap(), 200);
    }
    eprintln!("{before:?} KiB before, {:?} KiB after", processes.map(resident));
    eventually("the memory is given back", async || {
        let after = processes.map(resident);
        let is_back = before.iter().zip(after).all(|(before, after)| after <= before + KEPT_KIB);
        is_back.then_some(())
    })
    .await;
    eprintln!("{:?} KiB in the end", processes.map(resident));
}
