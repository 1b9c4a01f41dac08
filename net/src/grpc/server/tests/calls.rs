//! Calls and the bytes of their messages: a total, and a share for each caller.

use super::*;

fn with_calls(set: impl FnOnce(&mut CallLimits)) -> ConnectionOptions {
    let mut options = limits();
    set(&mut options.calls);
    options
}

async fn is_served_in_time(client: &mut Client, name: &str) {
    let served = async { while !is_served(client, name).await {} };
    timeout(DEADLINE, served).await.expect("a place");
}

#[tokio::test]
async fn a_caller_has_a_share_of_the_calls_and_another_one_is_served() {
    let server = serve(with_calls(|it| (it.calls, it.calls_per_caller) = (5, 2))).await;
    let mut client = Client::connect(server).await;
    let mut held = Vec::new();
    for name in ["ada", "ada", "bob", "bob"] {
        let (answer, mut body) = client.begin(Some(name), GET).await;
        body.send_data(Bytes::from_static(b"wait"), true).unwrap();
        held.push(answer);
    }
    // The server takes the calls of a connection in the order in which they begin.
    let (code, message) = client.call(Some("ada"), "").await.unwrap_err();
    assert_eq!(code, Code::ResourceExhausted);
    assert_eq!(message, "this caller has its share of the calls at the same time of task-service");
    assert!(is_served(&mut client, "eve").await);
    let (answer, mut body) = client.begin(Some("mia"), GET).await;
    body.send_data(Bytes::from_static(b"wait"), true).unwrap();
    assert_eq!(client.call(Some("eve"), "").await.unwrap_err().0, Code::Unavailable);
    let mut gateway = Client::connect(server).await;
    assert!(is_served(&mut gateway, "process").await);
    // Those of users over a connection of a process are counted apart.
    assert!(is_served(&mut gateway, "ada").await);
    // A call that its client gives up gives its place back.
    drop((answer, body, held));
    is_served_in_time(&mut client, "ada").await;
}

#[tokio::test]
async fn calls_whose_message_does_not_come_take_no_place_from_a_process_and_its_users() {
    let server = serve(with_calls(|it| (it.calls, it.calls_per_caller) = (4, 2))).await;
    let mut gateway = Client::connect(server).await;
    assert!(is_served(&mut gateway, "process").await);
    let mut slow = Client::connect(server).await;
    let mut held = Vec::new();
    for name in ["ada", "ada", "bob", "bob"] {
        held.push(slow.begin(Some(name), GET).await);
    }
    assert_eq!(slow.call(Some("ada"), "").await.unwrap_err().0, Code::ResourceExhausted);
    for name in ["ada", "mia", "process"] {
        assert!(is_served(&mut gateway, name).await, "{name}");
    }
    // A message that comes at last is answered.
    let (answer, mut body) = held.pop().unwrap();
    body.send_data(Bytes::new(), true).unwrap();
    assert_eq!(read(outcome(answer).await.unwrap()).await, Some(ANSWER));
}

#[tokio::test]
async fn a_call_whose_message_has_been_awaited_for_longest_gives_way_to_one_of_somebody_else() {
    let server = serve(with_calls(|it| (it.calls, it.calls_per_caller) = (4, 3))).await;
    let mut slow = Client::connect(server).await;
    let mut held = Vec::new();
    for name in ["ada", "bob", "bob", "bob"] {
        held.push(slow.begin(Some(name), GET).await);
    }
    for _ in 0..3 {
        assert!(is_served(&mut Client::connect(server).await, "mia").await);
    }
    let bodies = held.drain(..).map(|(answer, body)| (outcome(answer), body));
    let (mut answers, mut bodies): (Vec<_>, Vec<_>) = bodies.unzip();
    // Bob has most of them; Ada, who has been waited for even longer, has one.
    let (code, message) = answers.remove(1).await.unwrap_err();
    assert_eq!(code, Code::Unavailable);
    assert_eq!(message, "task-service has reached its limit of calls whose message is awaited");
    bodies[0].send_data(Bytes::new(), true).unwrap();
    assert!(answers.remove(0).await.is_ok());
}

#[tokio::test]
async fn answers_that_users_do_not_take_leave_bytes_for_calls_over_connections_of_processes() {
    let server = serve(with_calls(|it| it.bytes = 8 * ANSWER)).await;
    let mut gateway = Client::connect(server).await;
    assert!(is_served(&mut gateway, "process").await);
    let mut slow = Client::connect_from(Ipv4Addr::LOCALHOST, server, 1_000).await;
    let mut untaken = Vec::new();
    for name in ["ada", "ada", "bob", "bob", "eve", "eve"] {
        untaken.push(slow.call(Some(name), "").await.unwrap());
    }
    assert_eq!(slow.call(Some("mia"), "").await.unwrap_err().0, Code::Unavailable);
    for name in ["mia", "process"] {
        assert!(is_served(&mut gateway, name).await, "{name}");
    }
    drop(untaken);
}

#[tokio::test]
async fn answers_that_nobody_takes_have_a_share_for_each_caller() {
    // Three answers, and room for requests.
    let bytes = 3 * ANSWER + ANSWER / 2;
    let server = serve(with_calls(|it| (it.bytes, it.bytes_per_caller) = (2 * bytes, bytes))).await;
    let mut slow = Client::connect_from(Ipv4Addr::LOCALHOST, server, 1_000).await;
    let mut untaken = Vec::new();
    for _ in 0..3 {
        untaken.push(slow.call(Some("ada"), "").await.unwrap());
    }
    // At once: an answer for which there is no place is not made.
    assert_eq!(slow.call(Some("ada"), "hang").await.unwrap_err().0, Code::ResourceExhausted);
    let mut bob = Client::connect(server).await;
    assert!(is_served(&mut bob, "bob").await);
    // What is taken at last counts no more.
    assert_eq!(read(untaken.pop().unwrap()).await, Some(ANSWER));
    is_served_in_time(&mut bob, "ada").await;
    drop(slow);
}

#[tokio::test]
async fn a_caller_with_many_reads_has_few_of_them_executed_and_another_one_is_served() {
    let tasks = Tasks::default();
    let server = serve_tasks(limits(), tasks.clone()).await;
    let executed = || tasks.executed.load(Ordering::SeqCst);
    let mut client = Client::connect(server).await;
    let mut held = Vec::new();
    for _ in 0..10 {
        let (answer, mut body) = client.begin(Some("ada"), GET).await;
        body.send_data(Bytes::from_static(b"hang"), true).unwrap();
        held.push(answer);
    }
    let both = async {
        while executed() < 2 {
            tokio::task::yield_now().await;
        }
    };
    timeout(DEADLINE, both).await.expect("two calls are executed");
    assert!(is_served(&mut client, "bob").await);
    assert_eq!(executed(), 3);
    // A call that its client gives up passes its turn on.
    drop(held);
    is_served_in_time(&mut client, "ada").await;
}

#[tokio::test]
async fn of_a_burst_of_reads_no_more_answers_are_made_than_their_caller_has_bytes() {
    let bytes = 3 * ANSWER + ANSWER / 2;
    let tasks = Tasks::default();
    let options = with_calls(|it| (it.bytes, it.bytes_per_caller) = (2 * bytes, bytes));
    let server = serve_tasks(options, tasks.clone()).await;
    let mut slow = Client::connect_from(Ipv4Addr::LOCALHOST, server, 1_000).await;
    let mut burst = Vec::new();
    for _ in 0..10 {
        let (answer, mut body) = slow.begin(Some("ada"), GET).await;
        body.send_data(Bytes::from_static(b""), true).unwrap();
        burst.push(answer);
    }
    let mut untaken = Vec::new();
    for answer in burst {
        match outcome(answer).await {
            Ok(answer) => untaken.push(answer),
            Err((code, _)) => assert_eq!(code, Code::ResourceExhausted),
        }
    }
    assert_eq!((untaken.len(), tasks.executed.load(Ordering::SeqCst)), (3, 3));
    drop(slow);
}

#[tokio::test]
async fn a_message_has_to_be_complete_in_time_whatever_the_deadline_of_its_call() {
    let server = serve(with_calls(|it| it.message_timeout = Duration::from_millis(300))).await;
    let mut client = Client::connect(server).await;
    let (answer, mut body) = client.begin(Some("ada"), GET).await;
    body.send_data(Bytes::from_static(b"\0\0\0\0\x63the beginning"), false).unwrap();
    let (code, message) = outcome(answer).await.unwrap_err();
    assert_eq!(code, Code::DeadlineExceeded);
    assert_eq!(message, "the request message did not arrive within 300ms");
    assert!(is_served(&mut client, "ada").await);
    // Nor does a health check, which needs no token, hold its place.
    let (answer, mut body) = client.begin(None, CHECK).await;
    body.send_data(Bytes::from_static(&[0, 0]), false).unwrap();
    assert_eq!(outcome(answer).await.unwrap_err(), (code, message));
}

#[tokio::test]
async fn messages_that_do_not_end_have_a_share_for_each_caller() {
    let server = serve(with_calls(|it| (it.bytes, it.bytes_per_caller) = (10_000_000, 1_000_000))).await;
    let mut client = Client::connect(server).await;
    let mut held = Vec::new();
    for _ in 0..25 {
        let (answer, mut body) = client.begin(Some("ada"), GET).await;
        body.send_data(Bytes::from(vec![0; 50_000]), false).unwrap();
        held.push((answer, body));
    }
    let (answers, bodies): (Vec<_>, Vec<_>) = held.into_iter().unzip();
    // Whichever the windows of HTTP/2 let in last.
    let answers = answers.into_iter().map(|it| Box::pin(outcome(it)));
    let (refused, _, others) = futures_util::future::select_all(answers).await;
    assert_eq!(refused.unwrap_err().0, Code::ResourceExhausted);
    assert!(is_served(&mut Client::connect(server).await, "bob").await);
    drop((others, bodies));
    is_served_in_time(&mut client, "ada").await;
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_before_it_has_arrived() {
    let server = serve(with_calls(|it| it.message_bytes = 100_000)).await;
    let mut client = Client::connect(server).await;
    // A prefix that declares too much, and a body that is longer than its prefix says.
    for (beginning, rest) in [(&[0, 0, 1, 0x86, 0xa1], 0), (&[0, 0, 0, 0, 1], 100_001)] {
        let (answer, mut body) = client.begin(Some("ada"), GET).await;
        body.send_data(Bytes::from_static(beginning), false).unwrap();
        body.send_data(Bytes::from(vec![0; rest]), false).unwrap();
        let (code, message) = outcome(answer).await.unwrap_err();
        assert_eq!(code, Code::ResourceExhausted);
        assert_eq!(message, "the request message exceeds the limit of 100000 bytes");
    }
    assert!(is_served(&mut client, "ada").await);
}
