use futures_util::FutureExt as _;

use super::*;

fn connections(total: usize, per_address: usize, exempt: &str) -> Connections {
    let exempt = exempt.parse().unwrap();
    Connections::new(&ConnectionLimits { total, per_address, exempt, on_probation: 0 })
}

fn with_probation(total: usize, per_address: usize, on_probation: usize) -> Connections {
    Connections::new(&ConnectionLimits { per_address, on_probation, ..ConnectionLimits::of(total) })
}

/// What becomes of a new connection.
enum Outcome {
    Admitted(Arc<Standing>),
    Refused,
    Waits,
}

fn ask(connections: &Connections, peer: &str) -> Outcome {
    match connections.admit(peer.parse().unwrap()).now_or_never() {
        Some(Some(standing)) => Outcome::Admitted(standing),
        Some(None) => Outcome::Refused,
        None => Outcome::Waits,
    }
}

fn admit(connections: &Connections, peer: &str) -> Arc<Standing> {
    match ask(connections, peer) {
        Outcome::Admitted(standing) => standing,
        Outcome::Refused | Outcome::Waits => panic!("not admitted"),
    }
}

fn is_refused(connections: &Connections, peer: &str) -> bool {
    matches!(ask(connections, peer), Outcome::Refused)
}

fn waits(connections: &Connections, peer: &str) -> bool {
    matches!(ask(connections, peer), Outcome::Waits)
}

fn proven(connections: &Connections, peer: &str) -> Arc<Standing> {
    let standing = admit(connections, peer);
    standing.prove().unwrap();
    standing
}

#[test]
fn an_address_with_its_share_is_refused_and_others_are_not() {
    let connections = connections(4, 2, "");
    let _held = [proven(&connections, "192.0.2.1"), proven(&connections, "192.0.2.1")];
    assert!(is_refused(&connections, "192.0.2.1"));
    admit(&connections, "192.0.2.2");
}

#[test]
fn the_oldest_connection_of_the_address_without_a_token_gives_way() {
    let connections = connections(10, 3, "");
    let other = admit(&connections, "192.0.2.9");
    let first = proven(&connections, "192.0.2.1");
    let second = admit(&connections, "192.0.2.1");
    let third = admit(&connections, "192.0.2.1");
    let fourth = admit(&connections, "192.0.2.1");
    let gone = [&other, &first, &second, &third, &fourth].map(|it| it.is_displaced());
    assert_eq!(gone, [false, false, true, false, false]);
    // What has given way gives nothing back a second time.
    drop(second);
    assert_eq!(connections.0.within_limits.counts().0, 4);
}

#[test]
fn when_all_places_are_taken_the_oldest_of_all_gives_way_or_the_client_waits() {
    let connections = connections(2, 0, "");
    let first = admit(&connections, "192.0.2.1");
    let second = proven(&connections, "192.0.2.2");
    let third = proven(&connections, "192.0.2.3");
    assert!(first.is_displaced() && !second.is_displaced());
    assert!(waits(&connections, "192.0.2.4"));
    drop(third);
    admit(&connections, "192.0.2.4");
}

#[tokio::test]
async fn who_waits_is_served_when_a_connection_ends() {
    let connections = connections(1, 0, "");
    let held = proven(&connections, "192.0.2.1");
    let waiting = tokio::spawn({
        let connections = connections.clone();
        async move { connections.admit("192.0.2.2".parse().unwrap()).await.is_some() }
    });
    tokio::task::yield_now().await;
    drop(held);
    assert!(waiting.await.unwrap());
}

#[test]
fn a_connection_of_a_process_takes_no_place_from_others() {
    let connections = connections(2, 1, "");
    let processes = [(); 3].map(|()| {
        let process = admit(&connections, "192.0.2.1");
        process.prove_process();
        process
    });
    let client = proven(&connections, "192.0.2.1");
    assert!(is_refused(&connections, "192.0.2.1"));
    assert!(processes.iter().all(|it| !it.is_displaced()));
    drop((processes, client));
    assert_eq!(connections.0.within_limits.counts(), (0, 0));
}

#[test]
fn proxies_have_no_share_and_do_not_give_way() {
    let connections = connections(2, 1, "192.0.2.0/24");
    let held = [(); 2].map(|()| admit(&connections, "192.0.2.1"));
    assert!(waits(&connections, "198.51.100.1"));
    assert!(held.iter().all(|it| !it.is_displaced()));
}

#[test]
fn a_share_that_is_the_total_lets_clients_wait() {
    let connections = connections(1, 16, "");
    let _held = proven(&connections, "192.0.2.1");
    assert!(waits(&connections, "192.0.2.1"));
}

#[test]
fn a_process_gets_in_at_an_address_whose_share_users_have() {
    let connections = with_probation(8, 2, 16);
    let users = [(); 2].map(|()| proven(&connections, "192.0.2.1"));
    for _ in 0..4 {
        let process = admit(&connections, "192.0.2.1");
        process.prove_process();
        assert!(process.is_process() && !process.is_displaced());
    }
    assert!(users.iter().all(|it| !it.is_displaced()));
}

#[test]
fn a_process_gets_in_when_users_have_all_places() {
    let connections = with_probation(2, 0, 16);
    let _users = [proven(&connections, "192.0.2.1"), proven(&connections, "192.0.2.2")];
    admit(&connections, "192.0.2.3").prove_process();
}

#[test]
fn a_user_on_probation_is_refused_unless_there_is_a_place_by_then() {
    let connections = with_probation(8, 1, 16);
    let first = proven(&connections, "192.0.2.1");
    let (second, third) = (admit(&connections, "192.0.2.1"), admit(&connections, "192.0.2.1"));
    assert_eq!(second.prove(), Err(Full::Share));
    assert!(second.is_paused() && !second.is_proven());
    drop(first);
    third.prove().unwrap();
    assert!(third.is_proven() && is_on_probation(&admit(&connections, "192.0.2.1")));
    drop((second, third));
    assert_eq!(connections.0.within_limits.counts(), (0, 0));
    assert_eq!(connections.0.on_probation.as_ref().unwrap().counts(), (0, 0));
}

fn is_on_probation(standing: &Standing) -> bool {
    standing.is_on_probation.load(Ordering::SeqCst)
}

#[test]
fn the_oldest_connection_on_probation_gives_way_and_others_keep_theirs() {
    let connections = with_probation(8, 1, 16);
    let _users = [proven(&connections, "192.0.2.1"), proven(&connections, "192.0.2.2")];
    let other = admit(&connections, "192.0.2.2");
    let crowd = [(); 5].map(|()| admit(&connections, "192.0.2.1"));
    assert!(!other.is_displaced());
    assert_eq!(crowd.each_ref().map(|it| it.is_displaced()), [true, true, true, false, false]);
}

#[tokio::test]
async fn a_probation_is_over_after_a_while_without_the_token_of_a_process() {
    const SHORT: Duration = Duration::from_millis(20);
    let connections = with_probation(8, 1, 16);
    let user = proven(&connections, "192.0.2.1");
    let (idle, process) = (admit(&connections, "192.0.2.1"), admit(&connections, "192.0.2.1"));
    process.prove_process();
    tokio::time::timeout(PROBATION, idle.displaced_within(SHORT)).await.unwrap();
    for kept in [user, process] {
        assert!(tokio::time::timeout(SHORT * 4, kept.displaced_within(SHORT)).await.is_err());
    }
}
