//! A receiver of spans that is away, hangs or rejects. What waits is exported later; what is lost is counted.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;

use crate::harness::{Gateway, Otlp, eventually};

/// Logged once when the receiver becomes unreachable.
pub(crate) const SPANS_WAIT: &str = "the span receiver cannot be reached; spans wait in the queue";
const IS_BACK: &str = "the span receiver can be reached again";

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_comes_later_gets_every_span() {
    for protocol in PROTOCOLS {
        let away = Away::new();
        let mut gateway = protocol.gateway(away.address, &[]).await;
        for _ in 0..5 {
            gateway.request().await;
        }
        let line = gateway.logs(SPANS_WAIT).await;
        assert!(
            line["waiting"].as_u64().unwrap() > 0 && !line["error"].as_str().unwrap().is_empty(),
            "{line}"
        );
        for _ in 0..5 {
            gateway.request().await;
        }
        let otlp = protocol.receiver(away.listen());
        arrived(&otlp, 10).await;
        assert_eq!(gateway.logs(IS_BACK).await["level"], "INFO");
        gateway.request().await;
        gateway.stop().await;
        assert_eq!(otlp.spans().len(), 11);
        assert_eq!(gateway.warnings(), [SPANS_WAIT]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_and_is_replaced_gets_every_span() {
    for protocol in PROTOCOLS {
        let hung = Hung::new().await;
        let mut gateway = protocol.gateway(hung.address, &[("OTEL_EXPORTER_OTLP_TIMEOUT", "1000")]).await;
        for _ in 0..5 {
            gateway.request().await;
        }
        gateway.logs(SPANS_WAIT).await;
        gateway.request().await;
        let otlp = protocol.receiver(hung.end().await);
        arrived(&otlp, 6).await;
        gateway.stop().await;
        // An export that was slower than the timeout is repeated although it arrived.
        assert_eq!((ids(&otlp).len(), gateway.lost("failed"), gateway.lost("dropped")), (6, 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_once_and_not_for_each_attempt() {
    let hung = Hung::new().await;
    let gateway = Protocol::Http.gateway(hung.address, &[("OTEL_EXPORTER_OTLP_TIMEOUT", "20")]).await;
    gateway.request().await;
    gateway.logs(SPANS_WAIT).await;
    // Each makes one connection: the timeout leaves no time for a second attempt.
    let exports = hung.connections.load(Ordering::SeqCst);
    eventually("three more exports", || async {
        (hung.connections.load(Ordering::SeqCst) >= exports + 3).then_some(())
    })
    .await;
    assert_eq!(gateway.logged(SPANS_WAIT).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_batch_is_not_sent_again_and_is_counted() {
    for protocol in PROTOCOLS {
        let otlp = protocol.receiver(TcpListener::bind("127.0.0.1:0").await.unwrap());
        otlp.reject(true);
        let mut gateway = protocol.gateway(address_of(&otlp), &[]).await;
        gateway.request().await;
        assert_eq!(gateway.logs("spans were lost; counted since startup").await["failed"], 1);
        otlp.reject(false);
        gateway.request().await;
        gateway.stop().await;
        assert_eq!(otlp.exports().len(), 2);
        assert_eq!((gateway.lost("failed"), gateway.lost("exported")), (1, 1));
        assert!(gateway.logged(SPANS_WAIT).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_beyond_the_queue_are_dropped_and_counted_and_the_others_arrive() {
    for protocol in PROTOCOLS {
        let away = Away::new();
        let queue = [("OTEL_BSP_MAX_QUEUE_SIZE", "4"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2")];
        let mut gateway = protocol.gateway(away.address, &queue).await;
        for _ in 0..20 {
            gateway.request().await;
        }
        gateway.logs(SPANS_WAIT).await;
        let otlp = protocol.receiver(away.listen());
        // A queue of four and a batch of two.
        arrived(&otlp, 6).await;
        gateway.stop().await;
        let counts = ["exported", "dropped", "failed"].map(|it| gateway.lost(it));
        assert_eq!((counts, otlp.spans().len()), ([6, 14, 0], 6));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_during_an_outage_ends_in_time_and_counts_every_span() {
    for protocol in PROTOCOLS {
        let away = Away::new();
        let size = ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1");
        let mut gateway = protocol.gateway(away.address, &[size]).await;
        for _ in 0..20 {
            gateway.request().await;
        }
        gateway.logs(SPANS_WAIT).await;
        let begun = Instant::now();
        gateway.stop().await;
        // The attempts to export twenty batches would take longer than two seconds.
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
        let counts = ["exported", "dropped", "failed"].map(|it| gateway.lost(it));
        assert_eq!(counts, [0, 0, 20]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_does_not_take_the_queue_of_another_exporter() {
    let away = Away::new();
    let settings = [("OTEL_TRACES_EXPORTER", "otlp,console"), ("OTEL_BSP_MAX_QUEUE_SIZE", "1")];
    let mut gateway = Protocol::Grpc.gateway(away.address, &settings).await;
    gateway.request().await;
    gateway.logs(SPANS_WAIT).await;
    for _ in 0..5 {
        let id = gateway.request().await;
        eventually("the console prints it", || async {
            gateway.printed().iter().any(|it| !it.starts_with('{') && it.contains(&id)).then_some(())
        })
        .await;
    }
    gateway.stop().await;
    // Of the spans for OTLP, one is being exported and one waits.
    assert_eq!((gateway.lost("dropped"), gateway.lost("failed")), (4, 2));
}

#[derive(Clone, Copy)]
enum Protocol {
    Grpc,
    Http,
}

const PROTOCOLS: [Protocol; 2] = [Protocol::Grpc, Protocol::Http];

impl Protocol {
    /// A gateway that exports to this address.
    async fn gateway(self, receiver: SocketAddr, settings: &[(&str, &str)]) -> Gateway {
        let endpoint = format!("http://{receiver}");
        let protocol = match self {
            Self::Grpc => "grpc",
            Self::Http => "http/protobuf",
        };
        let common =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
        Gateway::start(&[&common, settings].concat()).await
    }

    fn receiver(self, listener: TcpListener) -> Otlp {
        match self {
            Self::Grpc => Otlp::grpc_at(listener, None),
            Self::Http => Otlp::http_at(listener, None),
        }
    }
}

/// An address that refuses connections, and that no other program can take.
struct Away {
    socket: TcpSocket,
    address: SocketAddr,
}

impl Away {
    fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        Self { socket, address }
    }

    fn listen(self) -> TcpListener {
        self.socket.listen(64).unwrap()
    }
}

/// A receiver that accepts connections and never answers.
struct Hung {
    address: SocketAddr,
    /// How many connections there have been.
    connections: Arc<AtomicUsize>,
    end: oneshot::Sender<()>,
    listener: tokio::task::JoinHandle<TcpListener>,
}

impl Hung {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, mut ended) = oneshot::channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        let listener = tokio::spawn(async move {
            let mut open: Vec<TcpStream> = Vec::new();
            loop {
                tokio::select! {
                    _ = &mut ended => return listener,
                    accepted = listener.accept() => {
                        open.push(accepted.unwrap().0);
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                }
            }
        });
        Self { address, connections, end, listener }
    }

    /// Closes its connections, as if its process had been killed.
    async fn end(self) -> TcpListener {
        self.end.send(()).unwrap();
        self.listener.await.unwrap()
    }
}

fn address_of(otlp: &Otlp) -> SocketAddr {
    otlp.endpoint.strip_prefix("http://").unwrap().parse().unwrap()
}

/// The ids of the spans that have arrived, of some perhaps more than once.
fn ids(otlp: &Otlp) -> BTreeSet<String> {
    otlp.spans().into_iter().map(|it| it.span_id).collect()
}

async fn arrived(otlp: &Otlp, spans: usize) {
    eventually("the spans arrive", || async { (ids(otlp).len() >= spans).then_some(()) }).await;
}
