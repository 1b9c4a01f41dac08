//! Processes of different versions: one that tells another version, and one that tells none.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use super::doctor;
use crate::harness::{Backend, Product, Settings};
use crate::version_before::services_of_the_version_before;

/// The metadata in which a service tells its version.
const VERSION: &str = "ccm-version";

/// A service as it is, but for the version that it tells.
async fn of_version(service: SocketAddr, version: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let client: Client<HttpConnector, Incoming> =
        Client::builder(TokioExecutor::new()).http2_only(true).build_http();
    let client = Arc::new(client);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let client = Arc::clone(&client);
            let relay = hyper::service::service_fn(move |mut request: Request<Incoming>| {
                let client = Arc::clone(&client);
                async move {
                    let path = request.uri().path_and_query().map_or("/", |it| it.as_str());
                    *request.uri_mut() = format!("http://{service}{path}").parse().unwrap();
                    let mut response: Response<Incoming> = client.request(request).await?;
                    if let Some(told) = response.headers_mut().get_mut(VERSION) {
                        *told = version.parse().unwrap();
                    }
                    Ok::<_, hyper_util::client::legacy::Error>(response)
                }
            });
            tokio::spawn(async move {
                let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                drop(connection.serve_connection(TokioIo::new(stream), relay).await);
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_of_different_versions_are_named_with_their_versions() {
    let product = Product::start().await;
    let other = of_version(product.workers_address, "9.9.9 (0123456789ab)").await;
    let gateway = product.gateway_with(&[("CCM_WORKER_SERVICE".to_owned(), format!("http://{other}"))]);
    let address = gateway.listening("gateway").await;
    let said = doctor(&product, &[("CCM_GATEWAY", &format!("http://{address}"))]).await;
    let own = env!("CCM_VERSION");
    let seen = format!(
        "the processes are of different versions: gateway is {own}, task-service is {own}, \
         worker-service is 9.9.9 (0123456789ab)"
    );
    said.expect_problem("versions", &seen, "finish the upgrade");
    said.expect_no_other_problem(&["versions"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_tell_no_version_are_named() {
    let settings = Settings { services_by: services_of_the_version_before(), ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, tempfile::tempdir().unwrap(), settings).await;
    let said = doctor(&product, &[]).await;
    let seen = "task-service is a version that does not tell its name";
    said.expect_problem("versions", seen, "finish the upgrade");
}
