//! The product does what openapi.json says, whatever is sent to it: schemathesis asks, and judges every answer. Clients that are
//! generated from it can do everything.
//!
//! `CCM_FUZZ_CASES` is how many requests it makes, `CCM_SEED` repeats a run: `CCM_FUZZ_CASES=50000 tests/run --test e2e --
//! openapi` is the whole.

use std::path::Path;
use std::time::Duration;

use access::Role;
use tokio::process::Command;

use crate::harness::{Backend, Product};

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/openapi-venv/bin/python");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openapi/fuzz.py");
/// The whole takes half an hour on a busy machine.
const PATIENCE: Duration = Duration::from_hours(2);

#[tokio::test]
async fn asyncapi_json_is_a_document_of_asyncapi() {
    const ROOT: &str = env!("CARGO_MANIFEST_DIR");
    let [script, document] =
        ["tests/openapi/asyncapi.py", "gateway/asyncapi.json"].map(|it| format!("{ROOT}/{it}"));
    let run =
        Command::new(PYTHON).args(["-B", &script, &document]).output().await.expect("tests/run installs it");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

async fn is_as_described(backend: Backend) {
    let product = Product::start_with(backend, &[]).await;
    let token = product.token_for(PATIENCE, "root", &[Role::Admin], Some("network"));
    let run = Command::new(PYTHON)
        .args(["-B", SCRIPT, &format!("http://{}", product.gateway_address)])
        .env("CCM_TOKEN", token)
        .kill_on_drop(true)
        .output();
    let run = tokio::time::timeout(PATIENCE, run).await.expect("it ends").expect("tests/run installs it");
    let (found, complaint) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    println!("{found}");
    assert!(run.status.success(), "{found}\n{complaint}");
    for process in [&product.gateway, &product.tasks, &product.workers] {
        let panics: Vec<_> = process.lines().all().into_iter().filter(|it| it.contains("panicked")).collect();
        assert!(panics.is_empty(), "{panics:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_described_whatever_is_sent_on_sqlite() {
    is_as_described(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_described_whatever_is_sent_on_postgresql() {
    is_as_described(Backend::Postgres).await;
}

/// Runs a program that generates a client from what a product serves, and does with it what a client does.
async fn is_driven_by(program: &mut Command, name: &str) {
    let product = Product::start().await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let run = program
        .arg(format!("http://{}", product.gateway_address))
        .arg(&folder)
        .env("CCM_TOKEN", product.token_for(PATIENCE, "root", &[Role::Admin], Some("network")))
        .env("CCM_USER_TOKEN", product.token_for(PATIENCE, "ada", &[Role::User], None))
        .kill_on_drop(true)
        .output();
    let run = tokio::time::timeout(PATIENCE, run).await.expect("it ends").expect("tests/run installs it");
    let (said, complaint) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}\n{complaint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_generated_by_openapi_python_client_can_do_everything() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openapi/clients/generated.py");
    is_driven_by(Command::new(PYTHON).args(["-B", script]), "openapi-python-client").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_generated_by_openapi_typescript_can_do_everything() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/openapi/clients/typescript");
    is_driven_by(&mut Command::new(script), "openapi-typescript").await;
}
