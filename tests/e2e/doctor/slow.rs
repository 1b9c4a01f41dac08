//! A gateway that is slow, and a stream that is held back: the command tells them apart.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::{Level, doctor};
use crate::harness::Product;

/// Passes every answer on after `pause`, but none to a request of the event stream.
async fn relay(gateway: SocketAddr, pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(relayed(client, gateway, pause));
        }
    });
    url
}

async fn relayed(client: TcpStream, gateway: SocketAddr, pause: Duration) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_gateway, mut to_gateway) = TcpStream::connect(gateway).await?.into_split();
    let (mut asked, mut answered) = (vec![0; 16 * 1_024], vec![0; 16 * 1_024]);
    loop {
        let length = from_client.read(&mut asked).await?;
        if length == 0 {
            return Ok(());
        }
        if asked.starts_with(b"GET /api/events/stream") {
            // Until the client gives up.
            return from_client.read(&mut asked).await.map(drop);
        }
        to_gateway.write_all(&asked[..length]).await?;
        let length = from_gateway.read(&mut answered).await?;
        sleep(pause).await;
        to_client.write_all(&answered[..length]).await?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_slow_is_not_taken_for_a_proxy_that_buffers() {
    let product = Product::start().await;
    let through = async |pause| {
        let url = relay(product.gateway_address, pause).await;
        doctor(&product, &[("CCM_GATEWAY", &url)]).await
    };
    let (slow, quick) = tokio::join!(through(Duration::from_secs(2)), through(Duration::ZERO));
    slow.expect_problem("event_stream", "the gateway is slow", "the load of the gateway's machine");
    quick.expect_problem("event_stream", "no proxy on the way tells its name", "read the log of the gateway");
    for said in [slow, quick] {
        let seen = &said.finding("event_stream", Level::Problem).seen;
        assert!(seen.contains("GET /api/events/stream was not answered within 5 s"), "{seen}");
        assert!(!seen.contains("buffers"), "{seen}");
    }
}
