//! `--wait`: until the goal is reached, until it cannot be reached, and until the time is over.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::{LAB, ccm, command, id};
use crate::harness::{DEADLINE, Product};

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_the_goal_is_reached_and_tells_what_it_waits_for() {
    let product = Product::start().await;
    // Long enough for the command to see it.
    let slowly = ["--tag", "sim:start-delay=6s", "--tag", "sim:stop-delay=6s", "--wait", "--json"];
    let created = ccm(&product, &[LAB.as_slice(), &slowly].concat()).await.ok();
    assert_eq!(
        (&created.json()["status"], &created.json()["outcome"]["result"]),
        (&"running".into(), &"converged".into())
    );
    assert!(created.stderr.contains("ccm: waiting: the machine is starting\n"), "{created:?}");
    let worker = created.json()["id"].as_str().unwrap().to_owned();
    let stopped = ccm(&product, &["worker", "stop", &worker, "--wait", "--json"]).await.ok();
    assert_eq!(stopped.json()["status"], "completed");
    assert!(stopped.stderr.contains("ccm: waiting: the machine is stopping\n"), "{stopped:?}");
    assert!(stopped.stderr.lines().last().unwrap().starts_with("ccm: done after "), "{stopped:?}");
    assert_eq!(product.admin().get(&format!("/api/workers/{worker}")).await.json["status"], "stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_reached_and_what_takes_too_long_have_exit_codes_of_their_own() {
    let product = Product::start().await;
    let refused =
        ccm(&product, &[LAB.as_slice(), &["--tag", "sim:refuse=create", "--wait", "-o", "id"]].concat())
            .await;
    assert_eq!(refused.code, Some(7), "{refused:?}");
    assert!(refused.stderr.contains("ccm: the worker has failed: "), "{refused:?}");
    assert!(
        refused.stderr.contains(&format!("`ccm worker explain {}`", refused.stdout.trim())),
        "{refused:?}"
    );
    let slow = [LAB.as_slice(), &["--tag", "sim:stop-delay=60s", "--wait"]].concat();
    let slow = id(&product, &slow).await;
    let stopping = ccm(&product, &["worker", "stop", &slow, "--wait", "--timeout", "1s", "-o", "id"]).await;
    assert_eq!(stopping.code, Some(8), "{stopping:?}");
    let hint = format!("ccm: hint: `ccm task get {} --watch` follows it\n", stopping.stdout.trim());
    assert!(
        stopping.stderr.contains("has not ended after 1s") && stopping.stderr.ends_with(&hint),
        "{stopping:?}"
    );
    assert_eq!(
        ccm(&product, &["worker", "stop", &slow, "--timeout", "1s"]).await.code,
        Some(2),
        "without --wait"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_while_a_service_or_the_gateway_is_away() {
    let mut product = Product::start().await;
    let worker = id(&product, &[LAB.as_slice(), &["--tag", "sim:stop-delay=8s", "--wait"]].concat()).await;
    let mut stopping = command(&product, &["worker", "stop", &worker, "--wait", "--json"]);
    let mut stopping = stopping.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(stopping.stderr.take().unwrap()).lines();
    let mut until = async |what: &str| {
        let mut before = Vec::new();
        let found = async {
            loop {
                let Some(line) = told.next_line().await.unwrap() else { panic!("it has ended: {before:?}") };
                before.push(line.clone());
                if line.contains(what) {
                    return;
                }
            }
        };
        tokio::time::timeout(DEADLINE, found).await.expect(what);
    };
    until("ccm: waiting: the machine is stopping").await;
    // Without task-service, the task does not end meanwhile.
    assert!(product.tasks.stop().await.success());
    until("ccm: still waiting: task-service is unreachable (503 SERVICE_UNAVAILABLE").await;
    assert!(product.gateway.stop().await.success());
    until(&format!("ccm: still waiting: http://{} cannot be reached", product.gateway_address)).await;
    product.tasks.restart(product.tasks_address);
    product.gateway.restart(product.gateway_address);
    let status = tokio::time::timeout(DEADLINE, async {
        while told.next_line().await.unwrap().is_some() {}
        stopping.wait().await.unwrap()
    });
    assert_eq!(status.await.expect("it ends").code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_its_time_when_the_gateway_stays_away() {
    let mut product = Product::start().await;
    let worker = id(&product, &[LAB.as_slice(), &["--tag", "sim:stop-delay=60s", "--wait"]].concat()).await;
    let stop = ["worker", "stop", &worker, "--wait", "--timeout", "10s", "-o", "id"];
    let mut stopping = command(&product, &stop);
    let mut stopping = stopping.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(stopping.stderr.take().unwrap()).lines();
    let first = tokio::time::timeout(DEADLINE, told.next_line()).await.unwrap().unwrap().unwrap();
    assert!(first.starts_with("ccm: waiting: "), "{first}");
    assert!(product.gateway.stop().await.success());
    let status = tokio::time::timeout(DEADLINE, stopping.wait()).await.expect("it ends").unwrap();
    let mut last = Vec::new();
    while let Some(line) = told.next_line().await.unwrap() {
        last.push(line);
    }
    assert_eq!(status.code(), Some(8), "{last:?}");
    let said = "whether the task has ended could not be learnt within 10s: ";
    assert!(last.iter().any(|it| it.contains(said)), "{last:?}");
}
