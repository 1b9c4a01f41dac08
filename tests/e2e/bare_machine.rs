//! A machine that has nothing but a kernel and a shell, no CA certificates for example, as a container image or a fresh Debian.

use tempfile::TempDir;

use crate::harness::Process;

/// The variables by which a machine's certificates are looked for elsewhere, where none are.
fn without_certificates(directory: &TempDir) -> Vec<(String, String)> {
    let set = |name: &str, value: &str| (name.to_owned(), directory.path().join(value).display().to_string());
    std::fs::write(directory.path().join("none.pem"), "").unwrap();
    vec![set("SSL_CERT_FILE", "none.pem"), set("SSL_CERT_DIR", "none"), set("CCM_DATA_DIR", "data")]
}

async fn ccm(arguments: &[&str], environment: &[(String, String)]) -> (Option<i32>, String) {
    let mut process = Process::spawn(arguments, environment);
    let status = process.ended().await;
    (status.code(), process.lines().all().join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_product_and_its_commands_work_without_ca_certificates() {
    let directory = tempfile::tempdir().unwrap();
    let environment = without_certificates(&directory);
    for protocol in ["grpc", "http/protobuf"] {
        let mut environment = environment.clone();
        environment.push(("OTEL_EXPORTER_OTLP_PROTOCOL".to_owned(), protocol.to_owned()));
        let arguments = [
            "up",
            "--gateway-listen=127.0.0.1:0",
            "--task-listen=127.0.0.1:0",
            "--worker-listen=127.0.0.1:0",
        ];
        let mut up = Process::spawn(&arguments, &environment);
        let api = up.printed("the address", |it| Some(it.split_once("API     ")?.1.to_owned())).await;
        let gateway = api.trim_end_matches("/api/tasks");
        let created = ["task", "create", "--title", "Replace the uplink", "--gateway", gateway];
        let (code, printed) = ccm(&created, &environment).await;
        assert!(code == Some(0) && printed.contains("pending"), "{printed}");
        let address = gateway.trim_start_matches("http://").replace("localhost", "127.0.0.1");
        let (code, printed) = ccm(&["health", "gateway", "--listen", &address], &environment).await;
        assert_eq!(code, Some(0), "{printed}");
        up.signal("TERM");
        up.ended().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn https_without_ca_certificates_says_what_to_install() {
    let directory = tempfile::tempdir().unwrap();
    let asked = ["task", "list", "--gateway", "https://ccm.example.com", "--token", "x"];
    let (code, printed) = ccm(&asked, &without_certificates(&directory)).await;
    assert_eq!(code, Some(1), "{printed}");
    assert!(
        printed.contains("cannot set up HTTPS (") && printed.contains("the package ca-certificates"),
        "{printed}"
    );
}
