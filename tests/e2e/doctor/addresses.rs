//! What is between the command and the processes: nothing, another program, or a proxy that buffers.

use std::process::id;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{Level, doctor, run};
use crate::databases::expect_status;
use crate::harness::{Gateway, Held, Product};
use crate::nginx::{Nginx, SETTINGS};

async fn at(url: &str) -> super::Said {
    run(&[], &[], &[("CCM_GATEWAY".to_owned(), url.to_owned()), ("CCM_TOKEN".to_owned(), "x".to_owned())])
        .await
}

/// A server that answers everything with these bytes, or not at all.
async fn answering(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 1_024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(bytes).await;
            open.push(stream);
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cause_of_a_gateway_that_cannot_be_reached_has_words_of_its_own() {
    let nobody = Held::new();
    let gateway = Gateway::start(&[]).await;
    let redirect = b"HTTP/1.1 301 Moved\r\nlocation: https://elsewhere.example/\r\ncontent-length: 0\r\n\r\n";
    let down = b"HTTP/1.1 502 Bad Gateway\r\nserver: nginx/1.26\r\ncontent-length: 0\r\n\r\n";
    let cases = [
        (format!("http://{}", nobody.address), "the connection was refused", "`ccm up`"),
        ("http://nobody.invalid".to_owned(), "the host name nobody.invalid is not found", "CCM_GATEWAY"),
        (format!("https://{}", gateway.address()), "the TLS handshake", "http://"),
        (answering(b"").await, "did not answer within 5 s", "firewall"),
        (
            answering(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n").await,
            "this is no gateway",
            "correct the URL",
        ),
        (answering(redirect).await, "redirects to https://elsewhere.example/", "to that URL"),
        (answering(down).await, "nginx/1.26", "CCM_GATEWAY_LISTEN"),
    ];
    for (url, seen, advice) in cases {
        let said = at(&url).await;
        said.expect_problem("gateway", seen, advice);
        assert_eq!(said.finding("traces", Level::NotChecked).seen, "the gateway does not answer", "{url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_another_program_has_taken_is_named_with_that_program() {
    let mut product = Product::start().await;
    let address = product.tasks_address;
    assert!(product.tasks.stop().await.success());
    // Before task-service could be started again.
    let _taken = std::net::TcpListener::bind(address).unwrap();
    product.tasks.restart(address);
    let refusal = format!("{address} is already in use");
    product.tasks.printed("a refusal", |it| it.contains(&refusal).then_some(())).await;
    assert_eq!(product.tasks.ended().await.code(), Some(1));
    expect_status(&product, "unreachable").await;
    let said = doctor(&product, &[]).await;
    let seen = format!("(process {}), listens at {address}, where task-service would listen", id());
    said.expect_problem("listen_addresses", &seen, "set CCM_TASK_LISTEN to another address");
    said.expect_problem("services", "the gateway cannot reach task-service", "start task-service");
    said.expect_no_other_problem(&["listen_addresses", "services", "traces"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_buffers_the_event_stream_is_named() {
    let product = Product::start_with(crate::harness::Backend::Sqlite, &SETTINGS).await;
    let nginx = Nginx::before(&product).await;
    let through = |path: &str| format!("http://{}{path}", nginx.address);
    let said = doctor(&product, &[("CCM_GATEWAY", &through("/buffered"))]).await;
    said.expect_problem("event_stream", "the proxy nginx/", "docs/stream.md, Behind a proxy");
    said.expect_no_other_problem(&["event_stream"]);
    let said = doctor(&product, &[("CCM_GATEWAY", &through("/kept"))]).await;
    assert_eq!(said.code, Some(0), "a proxy that does not buffer is no problem: {said:#?}");
}
