//! Replicas that refuse, go away while they answer, or are replaced behind a name.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpSocket};

use super::*;
use crate::grpc::endpoints::Intervals;
use crate::grpc::peer::{Peer, Target};

/// What a replica does with a request.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Answer,
    /// Takes the request and closes the connection.
    Die,
}

/// A replica and how many requests it has taken.
async fn replica(does: Does) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, taken) = (listener.local_addr().unwrap(), Arc::<AtomicUsize>::default());
    let count = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let count = count.clone();
            let service = service_fn(move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                let died = does == Does::Die;
                async move {
                    if died {
                        return Err(std::io::Error::other("dies"));
                    }
                    Ok(Response::new(GrpcBody::empty()))
                }
            });
            tokio::spawn(async move {
                let io = TokioIo::new(stream);
                let _ = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                    .serve_connection(io, service)
                    .await;
            });
        }
    });
    (address, taken)
}

fn listed(addresses: &[SocketAddr]) -> Balancer {
    let list: Vec<String> = addresses.iter().map(|it| format!("http://{it}")).collect();
    Balancer::new(Endpoints::of(&Peer::new("peer", &list.join(","), None).unwrap()))
}

async fn call(balancer: &Balancer, method: &str) -> Result<(), BoxError> {
    let request =
        Request::builder().uri(format!("/ccm.v1.Service/{method}")).body(GrpcBody::empty()).unwrap();
    balancer.exchange(request, false).await.map(drop)
}

fn taken(counts: &[&Arc<AtomicUsize>]) -> Vec<usize> {
    counts.iter().map(|it| it.load(Ordering::SeqCst)).collect()
}

/// An address where nobody listens, and what keeps others from it.
fn nobody() -> (SocketAddr, TcpSocket) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    (socket.local_addr().unwrap(), socket)
}

#[tokio::test]
async fn calls_are_spread_over_all_replicas() {
    let ((one, first), (two, second)) = (replica(Does::Answer).await, replica(Does::Answer).await);
    let balancer = listed(&[one, two]);
    for _ in 0..20 {
        call(&balancer, "Create").await.unwrap();
    }
    assert_eq!(taken(&[&first, &second]), [10, 10]);
}

#[tokio::test]
async fn a_replica_that_is_not_there_fails_neither_a_read_nor_a_write() {
    let (there, count) = replica(Does::Answer).await;
    let (away, _socket) = nobody();
    let balancer = listed(&[away, there]);
    for method in ["Get", "Create", "List", "Update"] {
        call(&balancer, method).await.unwrap();
    }
    assert_eq!(taken(&[&count]), [4]);
}

#[tokio::test]
async fn a_read_that_was_lost_is_sent_to_another_replica() {
    let ((one, first), (two, second)) = (replica(Does::Die).await, replica(Does::Answer).await);
    let balancer = listed(&[one, two]);
    for _ in 0..4 {
        call(&balancer, "Get").await.unwrap();
    }
    let counts = taken(&[&first, &second]);
    assert!(counts[0] > 0 && counts[1] == 4, "{counts:?}");
}

#[tokio::test]
async fn a_write_that_was_lost_is_sent_to_nobody_else() {
    let ((one, first), (two, second)) = (replica(Does::Die).await, replica(Does::Answer).await);
    let balancer = listed(&[one, two]);
    let mut failed = 0;
    for _ in 0..4 {
        failed += usize::from(call(&balancer, "Create").await.is_err());
    }
    let counts = taken(&[&first, &second]);
    assert!(failed > 0 && counts == [failed, 4 - failed], "{failed} {counts:?}");
}

#[tokio::test]
async fn a_read_is_sent_again_once_and_no_more() {
    let ((one, first), (two, second)) = (replica(Does::Die).await, replica(Does::Die).await);
    call(&listed(&[one, two]), "Get").await.unwrap_err();
    assert_eq!(taken(&[&first, &second]), [1, 1]);
}

#[tokio::test]
async fn with_no_replica_at_all_nothing_was_done() {
    let (one, two) = (nobody(), nobody());
    let error = call(&listed(&[one.0, two.0]), "Create").await.unwrap_err();
    assert!(error.downcast_ref::<ExchangeError>().is_some_and(ExchangeError::nothing_done), "{error}");
}

#[tokio::test]
async fn a_name_is_looked_up_again_and_what_it_no_longer_has_is_called_no_more() {
    let ((one, first), (two, second)) = (replica(Does::Answer).await, replica(Does::Answer).await);
    let peer = Peer::new("peer", "dns:peer.test:1", None).unwrap();
    let Target::Dns(address) = peer.target.clone() else { panic!("a name") };
    // What the name has, or why that is not known.
    let behind = Arc::new(Mutex::new(Err("no such name")));
    let look_ups = Arc::<AtomicUsize>::default();
    let (asked, count) = (behind.clone(), look_ups.clone());
    let intervals = Intervals { regular: Duration::from_millis(5), after_failure: Duration::from_millis(1) };
    let balancer = Balancer::new(Endpoints::resolved(&peer, address, intervals, move || {
        count.fetch_add(1, Ordering::SeqCst);
        let found: Result<Vec<SocketAddr>, &str> = asked.lock().unwrap().clone();
        Box::pin(async move { found.map_err(std::io::Error::other) })
    }));
    let is_now = async |found: Result<Vec<SocketAddr>, &'static str>| {
        *behind.lock().unwrap() = found;
        let before = look_ups.load(Ordering::SeqCst);
        // The third from now begins after what the first has found is in force.
        while look_ups.load(Ordering::SeqCst) < before + 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let error = call(&balancer, "Get").await.unwrap_err();
    assert!(platform::causes::chain(error.as_ref()).contains("no such name"), "{error}");
    let steps = [
        (Ok(vec![one]), [4, 0]),
        (Ok(vec![one, two]), [6, 2]),
        (Err("the resolver is away"), [8, 4]),
        (Ok(vec![two]), [8, 8]),
    ];
    for (found, counts) in steps {
        is_now(found).await;
        for _ in 0..4 {
            call(&balancer, "Get").await.unwrap();
        }
        assert_eq!(taken(&[&first, &second]), counts);
    }
}

/// Ends each connection after a moment, in order.
async fn restless() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let answer =
                    service_fn(|_| async { Ok::<_, std::io::Error>(Response::new(GrpcBody::empty())) });
                let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                let mut connection = std::pin::pin!(server.serve_connection(TokioIo::new(stream), answer));
                if tokio::time::timeout(Duration::from_millis(1), connection.as_mut()).await.is_err() {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 16)]
async fn a_request_handed_over_while_its_connection_ends_is_sent_by_another() {
    let balancer = listed(&[restless().await]);
    let callers = (0..32).map(|_| {
        let balancer = balancer.clone();
        tokio::spawn(async move {
            let mut hung = 0;
            for _ in 0..300 {
                let answered = tokio::time::timeout(Duration::from_mins(1), call(&balancer, "Create")).await;
                hung += usize::from(answered.is_err());
            }
            hung
        })
    });
    let callers: Vec<_> = callers.collect();
    let mut hung = 0;
    for caller in callers {
        hung += caller.await.unwrap();
    }
    assert_eq!(hung, 0, "requests that nobody took");
}
