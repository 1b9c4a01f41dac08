//! The health of the services, asked by one task for all who want to know: `/readyz` needs no token and has no limit, so its
//! requests must not become calls.

use std::time::Duration;

use net::grpc::channel::{Answers, HealthProbe};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The pause between two rounds.
const INTERVAL: Duration = Duration::from_secs(1);
/// Longest wait for the answer of a service. An answer of `/readyz` is at most as old as this and the interval together.
const TIMEOUT: Duration = Duration::from_secs(1);

/// What the replicas of each service answered, with the service's name.
pub(crate) type Known = Vec<(&'static str, Answers)>;

/// The last known health of the services. Clones share it.
#[derive(Clone)]
pub(crate) struct ServiceHealth(watch::Receiver<Option<Known>>);

impl ServiceHealth {
    /// Starts to ask; it ends when the last clone is dropped. Needs a tokio runtime.
    pub(crate) fn watch(probes: Vec<(&'static str, HealthProbe)>) -> Self {
        let (known, receiver) = watch::channel(None);
        tokio::spawn(async move {
            loop {
                known.send_replace(Some(ask(&probes).await));
                tokio::select! {
                    () = tokio::time::sleep(INTERVAL) => {}
                    () = known.closed() => return,
                }
            }
        });
        Self(receiver)
    }

    /// The last answers of the services; at the start, the first ones.
    pub(crate) async fn last(&self) -> Known {
        let mut known = self.0.clone();
        let known = known.wait_for(Option::is_some).await;
        known.ok().and_then(|it| it.clone()).unwrap_or_default()
    }
}

/// Asks all services at once.
async fn ask(probes: &[(&'static str, HealthProbe)]) -> Known {
    let mut asked = JoinSet::new();
    for (at, (_, probe)) in probes.iter().enumerate() {
        let mut probe = probe.clone();
        asked.spawn(async move { (at, probe.ask(TIMEOUT).await) });
    }
    let mut known: Known = probes.iter().map(|(name, _)| (*name, Answers::none())).collect();
    while let Some(answered) = asked.join_next().await {
        if let Ok((at, answers)) = answered {
            known[at].1 = answers;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use net::grpc::Peer;
    use platform::shutdown::Shutdown;
    use serde_json::{Value, json};
    use tokio::net::TcpListener;
    use tokio::runtime::Runtime;
    use tonic::service::interceptor::InterceptedService;
    use tonic::transport::server::TcpIncoming;
    use tower::ServiceExt as _;

    use super::*;
    use crate::services::Services;

    /// A service that counts how often it is asked for its health, on a runtime of its own, with which it ends.
    struct Counted {
        peer: Peer,
        asked: Arc<AtomicUsize>,
        runtime: Option<Runtime>,
    }

    impl Counted {
        fn start() -> Self {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.set_nonblocking(true).unwrap();
            let peer = Peer::new("task-service", &format!("http://{}", listener.local_addr().unwrap()), None);
            let (runtime, asked) = (Runtime::new().unwrap(), Arc::new(AtomicUsize::new(0)));
            let calls = asked.clone();
            runtime.spawn(async move {
                let (_reporter, health) = tonic_health::server::health_reporter();
                let counted = InterceptedService::new(health, move |request| {
                    calls.fetch_add(1, Ordering::SeqCst);
                    Ok(request)
                });
                let incoming = TcpIncoming::from(TcpListener::from_std(listener).unwrap());
                let server = tonic::transport::Server::builder().add_service(counted);
                server.serve_with_incoming(incoming).await.unwrap();
            });
            Self { peer: peer.unwrap(), asked, runtime: Some(runtime) }
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            if let Some(runtime) = self.runtime.take() {
                runtime.shutdown_background();
            }
        }
    }

    /// Status of `/readyz`, and how it says that the first service is.
    async fn ready(services: &Services, path: &str) -> (StatusCode, Value) {
        let router = crate::router::routes().with_state(services.clone());
        let answer = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let document: Value = serde_json::from_slice(&body).unwrap();
        (status, document["services"][0]["status"].clone())
    }

    #[tokio::test]
    async fn many_requests_for_readiness_are_few_calls_of_the_services() {
        let counted = Counted::start();
        let (peer, began) = (&counted.peer, Instant::now());
        let services = Services::connect(peer, peer, "0.0.0", Shutdown::new());
        for path in ["/readyz", "/readyz?verbose"].iter().cycle().take(500) {
            assert_eq!(ready(&services, path).await, (StatusCode::OK, json!("serving")));
        }
        let asked = counted.asked.load(Ordering::SeqCst);
        // Two peers, at the start and then once in each interval, of which one may begin after they were counted.
        let rounds = usize::try_from(began.elapsed().as_secs()).unwrap() + 1;
        assert!((2..=2 * rounds).contains(&asked), "{asked} calls in {rounds} rounds");
    }

    #[tokio::test]
    async fn a_service_that_is_gone_is_seen() {
        let counted = Counted::start();
        let services = Services::connect(&counted.peer, &counted.peer, "0.0.0", Shutdown::new());
        assert_eq!(ready(&services, "/readyz").await.1, "serving");
        drop(counted);
        let began = Instant::now();
        while ready(&services, "/readyz").await.1 != "unreachable" {
            // Many times what it takes, because a busy machine is slow.
            assert!(began.elapsed() < 10 * (INTERVAL + TIMEOUT), "not seen in time");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    #[tokio::test]
    async fn a_draining_gateway_is_not_ready_but_alive() {
        let (counted, draining) = (Counted::start(), Shutdown::new());
        let services = Services::connect(&counted.peer, &counted.peer, "0.0.0", draining.clone());
        assert_eq!(ready(&services, "/readyz").await.0, StatusCode::OK);
        draining.cancel();
        assert_eq!(ready(&services, "/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(ready(&services, "/livez").await.0, StatusCode::OK);
    }
}
