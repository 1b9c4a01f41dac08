//! The task that the command creates does not stay, whatever happens meanwhile.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Level, doctor, with};
use crate::harness::{Process, Product, eventually};

/// Passes everything on to the gateway, but of an event stream no more than its first event and its position.
async fn silent_relay(gateway: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(relayed(client, gateway));
        }
    });
    address
}

async fn relayed(mut client: TcpStream, gateway: SocketAddr) -> std::io::Result<()> {
    let mut server = TcpStream::connect(gateway).await?;
    let (mut sent, mut answered) = (vec![0; 16 * 1_024], vec![0; 16 * 1_024]);
    let (mut is_stream, mut is_silent) = (false, false);
    let contains = |bytes: &[u8], text: &str| String::from_utf8_lossy(bytes).contains(text);
    loop {
        tokio::select! {
            length = client.read(&mut sent) => {
                let bytes = &sent[..length?];
                if bytes.is_empty() {
                    return Ok(());
                }
                is_stream |= contains(bytes, "GET /api/events/stream?event_types");
                server.write_all(bytes).await?;
            }
            length = server.read(&mut answered) => {
                let bytes = &answered[..length?];
                if bytes.is_empty() {
                    return Ok(());
                }
                if !is_silent {
                    client.write_all(bytes).await?;
                }
                // Only a position is a block without an event.
                is_silent |= is_stream && contains(bytes, "\nid: ");
            }
        }
    }
}

async fn tasks(product: &Product) -> usize {
    product.admin().get("/api/tasks").await.json["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_does_not_come_is_told_and_its_task_is_deleted() {
    let product = Product::start().await;
    let relay = silent_relay(product.gateway_address).await;
    let said = doctor(&product, &[("CCM_GATEWAY", &format!("http://{relay}"))]).await;
    said.expect_problem("task_events", "its event is not on the stream: it did not come", "Events are late");
    said.expect_no_other_problem(&["task_events"]);
    assert_eq!(said.finding("event_stream", Level::Ok).advice, None);
    assert_eq!(tasks(&product).await, 0);
}

/// A command that waits for the event of its task, and what it is connected through.
async fn waiting_command(product: &Product) -> Process {
    let relay = silent_relay(product.gateway_address).await;
    let settings = with(product, &[("CCM_GATEWAY", &format!("http://{relay}"))]);
    let process = Process::spawn(&["doctor"], &settings);
    eventually("the task is there", async || (tasks(product).await == 1).then_some(())).await;
    process
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_ended_by_a_signal_deletes_its_task() {
    let product = Product::start().await;
    for signal in ["INT", "TERM", "HUP"] {
        let mut process = waiting_command(&product).await;
        process.signal(signal);
        assert_eq!(process.ended().await.code(), Some(1), "{signal}");
        assert_eq!(tasks(&product).await, 0, "{signal}");
        let lines = process.lines().all();
        assert!(lines.iter().any(|it| it == "ccm: the checks were interrupted"), "{lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_cannot_be_deleted_after_a_signal_is_named() {
    let product = Product::start().await;
    for signals in [1, 2] {
        let mut process = waiting_command(&product).await;
        let id = product.admin().get("/api/tasks").await.json["items"][0]["id"].as_str().unwrap().to_owned();
        // It accepts connections, and answers none.
        product.gateway.signal("STOP");
        for _ in 0..signals {
            process.signal("HUP");
        }
        let code = process.ended().await.code();
        product.gateway.signal("CONT");
        assert_eq!(code, Some(1));
        let hint =
            format!("ccm: hint: the task {id}, which was created for this check, could not be deleted: ");
        let lines = process.lines().all();
        let told = lines.iter().find(|it| it.starts_with(&hint)).unwrap_or_else(|| panic!("{lines:?}"));
        assert!(told.ends_with(&format!("delete it: `ccm task delete {id}`")), "{told}");
        assert_eq!(product.admin().delete(&format!("/api/tasks/{id}")).await.status, 204);
    }
}
