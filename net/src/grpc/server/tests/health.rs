//! What a server tells of its health, and when.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;
use tonic::metadata::MetadataMap;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_server::Health as _;

use super::*;

/// How often the health is checked if nothing has changed: never, as long as a test lasts.
const SELDOM: Duration = Duration::from_hours(1);

/// What a process tells that asks for the health of the server.
async fn told(health: &ReportedHealth) -> (ServingStatus, MetadataMap) {
    let request = tonic::Request::new(HealthCheckRequest { service: String::new() });
    let (metadata, answer, _) = health.check(request).await.unwrap().into_parts();
    let is_serving = answer.status() == tonic_health::pb::health_check_response::ServingStatus::Serving;
    (if is_serving { ServingStatus::Serving } else { ServingStatus::NotServing }, metadata)
}

#[tokio::test]
async fn a_change_of_the_health_is_told_with_its_reason_and_not_at_the_next_check_only() {
    let (reporter, not_serving, stop) = (HealthReporter::new(), NotServing::default(), Shutdown::new());
    let health = ReportedHealth::new(reporter.clone(), "0.0.0", not_serving.clone());
    let (is_full, changed) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let (full, woken) = (is_full.clone(), changed.clone());
    let check = HealthCheck {
        check: move || {
            let is_full = full.load(Ordering::SeqCst);
            std::future::ready(if is_full { Err("disk full") } else { Ok(()) })
        },
        changed: move || {
            let changed = woken.clone();
            async move { changed.notified().await }
        },
    };
    let told_of = Told { health: reporter, not_serving, apis: &[] };
    told_of.tell(Err("starting")).await;
    let expect = async |status: ServingStatus, reason: Option<&str>| {
        let told = async {
            loop {
                let seen = told(&health).await;
                let why = seen.1.get("ccm-not-serving").map(|it| it.to_str().unwrap());
                if (seen.0, why) == (status, reason) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(DEADLINE, told).await.unwrap_or_else(|_| panic!("{reason:?} is told"));
    };
    expect(ServingStatus::NotServing, Some("starting")).await;
    let watch = tokio::spawn(watch_health(Periodic::every(SELDOM, "a test"), told_of, check, stop.clone()));
    expect(ServingStatus::Serving, None).await;
    is_full.store(true, Ordering::SeqCst);
    changed.notify_one();
    expect(ServingStatus::NotServing, Some("disk full")).await;
    stop.cancel();
    watch.await.unwrap();
    expect(ServingStatus::NotServing, Some("draining")).await;
}
