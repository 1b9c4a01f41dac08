//! The browser client of the event stream, `gateway/web`: its own tests, and that the gateway serves it.

use std::time::Duration;

use access::Role;
use tokio::process::Command;

use crate::harness::{Backend, Product};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/web/run");
/// It takes four minutes alone, in one of which pages are frozen.
const PATIENCE: Duration = Duration::from_mins(15);

async fn succeeds(variables: &[(&str, String)]) {
    let variables = variables.iter().map(|(name, value)| (name, value));
    let run = Command::new(SCRIPT).envs(variables).kill_on_drop(true).output();
    let run = tokio::time::timeout(PATIENCE, run).await.expect("it ends").expect("tests/run installs it");
    let (found, complaint) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{found}\n{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_lose_no_event_whatever_happens_to_network_gateway_and_tabs() {
    succeeds(&[]).await;
    // And pages of the gateway itself, also behind nginx: one Chromium after the other.
    let product = Product::start_with(Backend::Sqlite, &[("CCM_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let base = format!("http://{}", product.gateway_address);
    let token = product.token("ada", &[Role::User], None);
    succeeds(&[("CCM_WEB_BASE", base), ("CCM_WEB_TOKEN", token)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_to_the_page_by_a_link_a_token_and_at_an_issuer() {
    succeeds(&[("CCM_WEB_BINARY", env!("CARGO_BIN_EXE_ccm").to_owned())]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_gets_the_client_without_a_token() {
    let product = Product::start().await;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/sse-client.js", product.gateway_address);
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let tag = answer.headers()["etag"].clone();
    assert!(answer.text().await.unwrap().contains("export class EventStream"));
    let again = client.get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}
