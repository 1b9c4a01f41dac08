//! Connections: those without calls, those without a token, those that take nothing.

use http::HeaderValue;

use super::*;
use crate::grpc::Peer;
use crate::grpc::endpoints::Endpoints;

#[tokio::test]
async fn connections_without_calls_keep_neither_users_nor_processes_out() {
    let limits = ConnectionOptions {
        limits: ConnectionLimits { per_address: 5, ..ConnectionLimits::of(10) },
        ..limits()
    };
    let server = serve(limits).await;
    let (mut gateway, mut ada) = (Client::connect(server).await, Client::connect(server).await);
    assert!(is_served(&mut gateway, "process").await && is_served(&mut ada, "ada").await);
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(Client::connect(server).await);
    }
    let mut another = Client::connect(server).await;
    assert!(is_served(&mut another, "process").await);
    assert!(is_served(&mut gateway, "process").await && is_served(&mut ada, "ada").await);
    idle.remove(0).closed().await;
}

#[tokio::test]
async fn a_connection_on_which_a_health_check_has_shown_a_token_stays_whosever_calls_it_carries() {
    let limits = ConnectionOptions {
        limits: ConnectionLimits { per_address: 5, ..ConnectionLimits::of(10) },
        idle_timeout: Duration::from_millis(1_500),
        ..limits()
    };
    let server = serve(limits).await;
    let mut gateway = Client::connect(server).await;
    let check = gateway.call_method(Some("process"), CHECK, Bytes::from_static(&[0; 5])).await;
    assert!(check.is_ok());
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(Client::connect(server).await);
    }
    // A place of the address was not taken, and the idle timeout, after which the others are closed, does not apply.
    for idle in idle {
        idle.closed().await;
    }
    assert!(is_served(&mut gateway, "ada").await);
}

#[tokio::test]
async fn a_channel_shows_the_token_of_its_process_before_the_calls_of_users() {
    let limits = ConnectionOptions {
        limits: ConnectionLimits { per_address: 5, ..ConnectionLimits::of(10) },
        idle_timeout: Duration::from_millis(1_500),
        ..limits()
    };
    let server = serve(limits).await;
    let peer = Peer::new("task-service", &format!("http://{server}"), None).unwrap();
    let peer = peer.introduced_by(|| Some(HeaderValue::from_static("process")));
    let endpoints = Endpoints::of(&peer);
    let replica = endpoints.all().await.unwrap()[0].clone();
    let call = async |name: &'static str| {
        let request = Request::post(GET).header("content-type", "application/grpc");
        let (head, ()) = request.header("authorization", name).body(()).unwrap().into_parts();
        replica.exchange(&head, Bytes::new(), true).await.map(|it| it.status())
    };
    assert!(call("ada").await.is_ok());
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(Client::connect(server).await);
    }
    for idle in idle {
        idle.closed().await;
    }
    assert!(replica.open_connection().is_some());
    assert!(call("ada").await.is_ok());
}

#[tokio::test]
async fn a_channel_connects_at_an_address_whose_share_users_have() {
    let limits = ConnectionOptions {
        limits: ConnectionLimits { per_address: 5, ..ConnectionLimits::of(10) },
        ..limits()
    };
    let server = serve(limits).await;
    let mut users = Vec::new();
    for _ in 0..5 {
        let mut user = Client::connect(server).await;
        assert!(is_served(&mut user, "ada").await);
        users.push(user);
    }
    let peer = Peer::new("task-service", &format!("http://{server}"), None).unwrap();
    let peer = peer.introduced_by(|| Some(HeaderValue::from_static("process")));
    let endpoints = Endpoints::of(&peer);
    let replica = endpoints.all().await.unwrap()[0].clone();
    let request = Request::post(GET).header("content-type", "application/grpc");
    let (head, ()) = request.header("authorization", "ada").body(()).unwrap().into_parts();
    let answer = replica.exchange(&head, Bytes::new(), true).await.unwrap();
    assert_eq!(Status::from_header_map(answer.headers()).map(|it| it.code()), None);
    // One more connection of a user is told why it is closed, by a health check with a token, too.
    for path in [GET, CHECK] {
        let mut user = Client::connect(server).await;
        let (code, message) =
            user.call_method(Some("ada"), path, Bytes::from_static(&[0; 5])).await.err().unwrap();
        assert_eq!(code, Code::ResourceExhausted);
        assert_eq!(message, "this address has its share of the connections to task-service");
        user.closed().await;
    }
    for user in &mut users {
        assert!(is_served(user, "ada").await);
    }
}

#[tokio::test]
async fn a_connection_without_calls_is_closed_after_the_idle_timeout_unless_it_is_of_a_process() {
    let server = serve(ConnectionOptions { idle_timeout: Duration::from_millis(1_500), ..limits() }).await;
    let mut process = Client::connect(server).await;
    assert!(is_served(&mut process, "process").await);
    let mut user = Client::connect(server).await;
    assert!(is_served(&mut user, "ada").await);
    Client::connect(server).await.closed().await;
    user.closed().await;
    assert!(is_served(&mut process, "process").await);
}

#[tokio::test]
async fn calls_without_a_token_end_with_their_connection_and_others_are_served() {
    let server = serve(limits()).await;
    let mut ada = Client::connect(server).await;
    assert!(is_served(&mut ada, "ada").await);
    let stranger = Client::connect(server).await;
    let mut refused = 0;
    while let Ok(mut sender) = stranger.sender.clone().ready().await {
        let request =
            Request::post(format!("http://localhost{GET}")).header("content-type", "application/grpc");
        let Ok((answer, _)) = sender.send_request(request.body(()).unwrap(), true) else { break };
        let Ok(Ok(answer)) = timeout(DEADLINE, answer).await else { break };
        let status = Status::from_header_map(answer.headers()).map(|it| it.code());
        assert_eq!(status, Some(Code::Unauthenticated));
        refused += 1;
        assert!(refused < 1_000, "calls without a token have no end");
    }
    assert!(refused >= 200, "{refused}");
    stranger.closed().await;
    // Calls without a token on a connection that has shown one are refused, and the connection stays.
    assert_eq!(ada.call(None, "").await.err().map(|it| it.0), Some(Code::Unauthenticated));
    assert!(is_served(&mut ada, "ada").await);
    assert!(is_served(&mut Client::connect(server).await, "bob").await);
}

const EMPTY: Bytes = Bytes::from_static(&[0; 5]);

#[tokio::test]
async fn watches_of_the_health_beyond_the_share_of_their_address_give_way_with_their_connection() {
    let server = serve(limits()).await;
    let mut stranger = Client::connect(server).await;
    let mut watches = Vec::new();
    for _ in 0..128 {
        watches.push(stranger.call_method(None, WATCH, EMPTY).await.expect("a watch"));
    }
    // Health checks do not compete with them.
    assert!(stranger.call_method(None, CHECK, EMPTY).await.is_ok());
    let mut other = Client::connect_from(Ipv4Addr::new(127, 0, 0, 2), server, 65_535).await;
    assert!(other.call_method(None, WATCH, EMPTY).await.is_ok());
    let mut neighbour = Client::connect(server).await;
    let watch = neighbour.call_method(None, WATCH, EMPTY).await.expect("a watch");
    stranger.closed().await;
    assert!(neighbour.call_method(None, CHECK, EMPTY).await.is_ok());
    drop(watch);
}

/// Health checks whose messages do not end, or watches, from as many addresses as fill all places.
#[tokio::test]
async fn health_checks_and_watches_that_do_not_end_do_not_keep_the_probes_of_others_from_answers() {
    let server = serve(limits()).await;
    for path in [CHECK, WATCH] {
        let (mut strangers, mut held) = (Vec::new(), Vec::new());
        for last in 2..10 {
            let mut stranger = Client::connect_from(Ipv4Addr::new(127, 0, 0, last), server, 65_535).await;
            for _ in 0..128 {
                let (answer, mut body) = stranger.begin(None, path).await;
                let is_watch = path == WATCH;
                body.send_data(if is_watch { EMPTY } else { EMPTY.slice(..4) }, is_watch).unwrap();
                held.push((answer, body));
            }
            // The calls of a connection are taken in the order in which they begin.
            let _ = stranger.call(None, "").await;
            strangers.push(stranger);
        }
        let mut prober = Client::connect(server).await;
        for _ in 0..3 {
            assert!(prober.call_method(None, path, EMPTY).await.is_ok(), "{path}");
        }
        strangers.remove(0).closed().await;
    }
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answers_is_cut() {
    let server = serve(ConnectionOptions { write_timeout: Duration::from_millis(400), ..limits() }).await;
    for window in [0, 1_000] {
        let mut slow = Client::connect_from(Ipv4Addr::LOCALHOST, server, window).await;
        let answer = slow.call(Some("ada"), "").await.unwrap();
        let mut ada = Client::connect(server).await;
        assert!(is_served(&mut ada, "ada").await);
        slow.closed().await;
        drop(answer);
    }
}
