//! `--wait`: until the goal is reached, until it cannot be reached, and until the time is over.

use super::{LAB, ccm, id};
use crate::harness::Product;

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_the_goal_is_reached_and_tells_what_it_waits_for() {
    let product = Product::start().await;
    let created = ccm(&product, &[LAB.as_slice(), &["--wait", "--json"]].concat()).await.ok();
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
