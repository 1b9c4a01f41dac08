//! How commands fail: the exit code, the sentence and the hint; and what a lost connection does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use access::Role;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{LAB, ccm, command, id, ran};
use crate::harness::Product;

const NOWHERE: &str = "01a202a3-2bd9-730c-8819-6267667c643f";

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_failure_has_its_exit_code_and_says_what_to_do() {
    let product = Product::start().await;
    let worker = id(&product, &LAB).await;
    let task = id(&product, &["task", "create", "--title", "x"]).await;
    ccm(&product, &["worker", "terminate", &worker, "--confirm", "lab 1", "--wait"]).await.ok();
    let (user, expired) =
        (product.token("ada", &[Role::User], None), product.expired_token("ada", &[], None));
    let create = [LAB.as_slice(), &["--token", &user]].concat();
    let cases: [(&[&str], i32, &str, &str); 15] = [
        (&["task", "create"], 2, "--title <TEXT>", "`ccm task create --help` explains the options"),
        (
            &["task", "list", "--status", "done"],
            2,
            "invalid value 'done' for '--status <STATUS>'",
            "the possible values are pending, in_progress, completed, failed, cancelled; `ccm task list --help`",
        ),
        (&["task", "update", &task], 2, "required arguments", "`ccm task update --help` explains"),
        (&["task", "lst"], 2, "unrecognized subcommand 'lst'", "did you mean `list`"),
        (&["worker"], 2, "`ccm worker` needs a subcommand: list, get, ", "`ccm worker --help` explains"),
        (
            &["task", "create", "--title", ""],
            2,
            "title must not be empty (400 INVALID_INPUT, trace ",
            "--help",
        ),
        (
            &["task", "list", "--gateway", "ftp://x"],
            2,
            "must begin with http:// or https://",
            "a URL such as http://",
        ),
        (&["task", "get", NOWHERE], 3, "(404 TASK_NOT_FOUND, trace ", "ccm task list"),
        (&["worker", "explain", NOWHERE], 3, "(404 WORKER_NOT_FOUND, trace ", "ccm worker list"),
        (&["task", "list", "--token", &expired], 4, "(401 UNAUTHENTICATED, trace ", "get a new token"),
        (
            &["task", "list", "--data-dir", "/nowhere"],
            4,
            "there is no token",
            "set CCM_TOKEN or CCM_TOKEN_FILE",
        ),
        (&create, 4, "(403 ROLE_REQUIRED, trace ", "ccm whoami"),
        (
            &["worker", "stop", &worker],
            5,
            "possible: terminate (409 ILLEGAL_ACTION, trace ",
            "ccm worker explain",
        ),
        (
            &["task", "update", &task, "--title", "y", "--if-match", "7"],
            5,
            "(412 ETAG_MISMATCH, trace ",
            "read it again",
        ),
        (&["task", "list", "--gateway", "http://127.0.0.1:9"], 6, "cannot be reached", "ccm up"),
    ];
    for (arguments, code, sentence, hint) in cases {
        let failed = ccm(&product, arguments).await;
        assert_eq!(failed.code, Some(code), "{arguments:?} {failed:?}");
        assert!(failed.stdout.is_empty() && !failed.stderr.contains('\u{1b}'), "{failed:?}");
        let lines: Vec<&str> = failed.stderr.lines().collect();
        assert!(lines[0].starts_with("ccm: ") && lines[0].contains(sentence), "{sentence}: {failed:?}");
        assert!(lines.len() == 2 && lines[1].starts_with("ccm: hint: "), "{failed:?}");
        assert!(lines[1].contains(hint), "{hint}: {failed:?}");
    }
    let mut no_secrets = command(&product, &["task", "list", "--help"]);
    no_secrets.env("CCM_TOKEN", &user);
    assert!(!ran(no_secrets).await.ok().stdout.contains(&user), "the help does not print the token");
}

/// A proxy that hands the first request on and closes its connection before the answer.
async fn forgetful(gateway: std::net::SocketAddr) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let is_first = count.fetch_add(1, Ordering::SeqCst) == 0;
            let mut server = TcpStream::connect(gateway).await.unwrap();
            if !is_first {
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
                continue;
            }
            let mut request = vec![0; 16 * 1024];
            let length = client.read(&mut request).await.unwrap();
            server.write_all(&request[..length]).await.unwrap();
            // The gateway has answered: the change was made.
            assert!(server.read(&mut request).await.unwrap() > 0);
        }
    });
    (url, connections)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_is_lost_is_repeated_and_made_once() {
    let product = Product::start().await;
    let (proxy, connections) = forgetful(product.gateway_address).await;
    let created =
        ccm(&product, &["task", "create", "--title", "once", "--gateway", &proxy, "--json"]).await.ok();
    assert!(created.stderr.contains("the connection was lost"), "{created:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 2);
    let listed = ccm(&product, &["task", "list", "--json"]).await.ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed[0]["id"], created.json()["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_is_lost_is_not_repeated() {
    let product = Product::start().await;
    let task = id(&product, &["task", "create", "--title", "x"]).await;
    let (proxy, connections) = forgetful(product.gateway_address).await;
    let lost = ccm(&product, &["task", "update", &task, "--title", "y", "--gateway", &proxy]).await;
    assert_eq!((lost.code, connections.load(Ordering::SeqCst)), (Some(6), 1), "{lost:?}");
    assert!(lost.stderr.contains("hint: the change may have been made"), "{lost:?}");
    let key = ["--idempotency-key", "k-1"];
    let first = ccm(&product, &[&["task", "create", "--title", "a"], key.as_slice()].concat()).await.ok();
    let again = ccm(&product, &[&["task", "create", "--title", "a"], key.as_slice()].concat()).await.ok();
    assert_eq!(first.stdout.lines().next(), again.stdout.lines().next(), "the same task");
    let other = ccm(&product, &[&["task", "create", "--title", "b"], key.as_slice()].concat()).await;
    assert_eq!(other.code, Some(5), "{other:?}");
}
