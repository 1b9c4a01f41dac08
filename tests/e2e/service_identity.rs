//! Who a process is when nobody asks it to work: a caller with role service, whose token is there before it is needed.

use std::os::unix::fs::PermissionsExt as _;

use access::local::{LocalIssuer, TokenClaims};
use jsonwebtoken::Algorithm;
use platform::clock::Clock;
use proto::worker::v1::ListWorkersRequest;
use proto::worker::v1::worker_service_client::WorkerServiceClient;

use crate::harness::{
    Backend, Gateway, Issuer, Process, Product, Settings, SigningKey, Watcher, authorized, eventually,
};

const ROLES: [&str; 3] = ["gateway", "task-service", "worker-service"];

/// When the tokens end that a process said it has, in the order in which it said so.
fn ends(process: &Process, sub: &str) -> Vec<String> {
    let lines = process.lines().logged();
    let own =
        lines.iter().filter(|it| it["message"] == "got a new token for this process" && it["sub"] == sub);
    own.map(|it| it["until"].as_str().unwrap().to_owned()).collect()
}

async fn renewed(process: &Process, sub: &str) {
    let ends =
        eventually("three tokens", || async { Some(ends(process, sub)).filter(|it| it.len() >= 3) }).await;
    assert!(ends.is_sorted(), "{ends:?}");
}

fn complaints(process: &Process) -> Vec<String> {
    let lines = process.lines().all();
    lines.into_iter().filter(|it| it.contains("cannot get a token for this process")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn up_gives_each_process_a_token_of_its_own_and_renews_it() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().display().to_string();
    let free = "127.0.0.1:0";
    let arguments = ["up", "--data-dir", &data, "--service-token-lifetime", "6s", "--gateway-listen", free];
    let arguments = [&arguments[..], &["--task-listen", free, "--worker-listen", free]].concat();
    let mut process = Process::spawn(&arguments, &[]);
    let workers = process.listening("worker-service").await;
    process.listening("gateway").await;
    let file = |role: &str| directory.path().join(format!("{role}.token"));
    let read = |role: &str| std::fs::read_to_string(file(role)).unwrap();
    let first = ROLES.map(read);
    for (role, token) in ROLES.iter().zip(&first) {
        assert_eq!(std::fs::metadata(file(role)).unwrap().permissions().mode() & 0o777, 0o600);
        // Only from a service is this believed; from others it is refused.
        let mut request = authorized(ListWorkersRequest::default(), token);
        request.metadata_mut().insert("ccm-on-behalf-of", "ada".parse().unwrap());
        WorkerServiceClient::new(Watcher::channel(workers)).list_workers(request).await.expect(role);
    }
    for (role, first) in ROLES.iter().zip(first) {
        renewed(&process, role).await;
        assert_ne!(read(role), first);
    }
    assert_eq!(complaints(&process), Vec::<String>::new());
    process.signal("TERM");
    assert!(process.ended().await.success());
    assert!(!ROLES.iter().any(|it| file(it).exists()), "a token outlives those who needed it");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_issuer_a_process_is_its_client_and_goes_on_while_it_is_away() {
    let key = SigningKey::make(Algorithm::RS256, "known").await;
    let mut issuer = Issuer::start(&[&key]).await;
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret");
    std::fs::write(&secret, "only-for-tests\n").unwrap();
    let secret = secret.display().to_string();
    let client = [
        ("CCM_OIDC_ISSUER", issuer.url.as_str()),
        ("CCM_OIDC_CLIENT_ID", "ccm processes"),
        ("CCM_OIDC_CLIENT_SECRET_FILE", &secret),
        ("CCM_OIDC_TOKEN_PARAMETERS", "resource=urn:ccm:brief"),
    ];
    let client: Vec<_> = client.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let settings = Settings { of_services: client.clone(), of_gateway: client, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let processes = [&product.gateway, &product.tasks, &product.workers];
    for process in processes {
        renewed(process, "ccm processes").await;
        assert_eq!(complaints(process), Vec::<String>::new());
    }
    issuer.stop().await;
    for process in processes {
        eventually("it complains", || async { complaints(process).pop() }).await;
    }
    issuer.restart(&[&key]).await;
    for process in processes {
        let before = ends(process, "ccm processes").len();
        eventually("it has a new token", || async {
            (ends(process, "ccm processes").len() > before).then_some(())
        })
        .await;
        let said = process.lines().all().join("\n");
        assert!(!said.contains("only-for-tests") && !said.contains("Bearer"), "a secret in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_peers_would_refuse_is_complained_of_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let issuer = LocalIssuer::open_or_create(directory.path()).unwrap();
    let claims = TokenClaims {
        sub: "gateway".to_owned(),
        roles: vec![access::Role::User],
        department: None,
        lifetime: std::time::Duration::from_hours(1),
    };
    let file = directory.path().join("token");
    std::fs::write(&file, issuer.issue(&claims, &Clock::system()).unwrap()).unwrap();
    let of_gateway = vec![("CCM_SERVICE_TOKEN_FILE".to_owned(), file.display().to_string())];
    let settings = Settings { of_gateway, ..Settings::default() };
    let product = Product::start_as(Backend::Sqlite, directory, settings).await;
    let said = eventually("it complains", || async { complaints(&product.gateway).pop() }).await;
    assert!(said.contains("does not have the role service"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_client_is_one_sentence_at_the_start() {
    for (name, value, missing) in [
        ("CCM_OIDC_CLIENT_ID", "ccm", "--oidc-issuer"),
        ("CCM_OIDC_CLIENT_ID", "ccm", "--oidc-client-secret"),
    ] {
        let mut process = Process::spawn(&["worker-service"], &[(name.to_owned(), value.to_owned())]);
        assert_eq!(process.ended().await.code(), Some(2));
        let said = process.printed("a sentence", |it| Some(it.to_owned())).await;
        assert!(said.starts_with("ccm: ") && said.contains(missing), "{said}");
    }
}

fn pipe(directory: &tempfile::TempDir, name: &str) -> String {
    let path = directory.path().join(name).display().to_string();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_in_the_place_of_a_token_or_a_secret_is_complained_of_and_keeps_no_process_from_its_work() {
    let key = SigningKey::make(Algorithm::RS256, "known").await;
    let issuer = Issuer::start(&[&key]).await;
    let directory = tempfile::tempdir().unwrap();
    let (token, secret) = (pipe(&directory, "token"), pipe(&directory, "secret"));
    let mut of_a_file = Gateway::start(&[("CCM_SERVICE_TOKEN_FILE", &token)]).await;
    let mut of_an_issuer = Gateway::start(&[
        ("CCM_OIDC_ISSUER", &issuer.url),
        ("CCM_OIDC_CLIENT_ID", "ccm processes"),
        ("CCM_OIDC_CLIENT_SECRET_FILE", &secret),
    ])
    .await;
    let why = "cannot be read: it is a pipe, not a regular file";
    for (gateway, cause) in [
        (&mut of_a_file, format!("the token file {token} {why}")),
        (&mut of_an_issuer, format!("the client secret file {secret} {why}")),
    ] {
        let said = gateway.logs("cannot get a token for this process; retrying").await;
        assert_eq!(said["error"], cause, "{said}");
        assert_eq!(gateway.get("/livez").await.status, 200);
        gateway.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_in_the_place_of_a_key_is_one_sentence_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let (private, keys) = (pipe(&directory, "local-key.pem"), pipe(&directory, "keys"));
    let data = directory.path().display().to_string();
    let why = |file: &str| format!("{file} cannot be read or written: it is a pipe, not a regular file");
    for command in [["up", "--data-dir", &data].as_slice(), &["token", "--data-dir", &data]] {
        let mut process = Process::spawn(command, &[]);
        assert_eq!(process.ended().await.code(), Some(1), "{command:?}");
        let lines = process.lines().all();
        assert!(lines.len() == 1 && lines[0].ends_with(&why(&private)), "{lines:?}");
    }
    for name in ["CCM_LOCAL_KEYS", "CCM_TLS_CERT"] {
        let settings = [(name, keys.as_str()), ("CCM_TLS_KEY", &keys)];
        let said = Gateway::start_fails(&settings[..if name == "CCM_TLS_CERT" { 2 } else { 1 }]).await;
        assert!(said.contains(&keys) && said.ends_with("it is a pipe, not a regular file"), "{said}");
    }
}
