//! The page in Chromium: `tests/web/page*.test.mjs`, against a product on each database. What those tests cannot do to the
//! product by its API, they ask for on a socket, one line each.

use std::net::SocketAddr;
use std::time::Duration;

use access::Role;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::harness::{Backend, Product};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/web/run");
/// It takes some minutes alone.
const PATIENCE: Duration = Duration::from_mins(20);
/// The tests in which a database has a part.
const OF_DATABASE: &str = "page.test.mjs page-list.test.mjs page-outage.test.mjs page-people.test.mjs";
/// Those of the page alone.
const OF_PAGE: &str = "page-access.test.mjs page-dialogs.test.mjs page-many.test.mjs page-tabs.test.mjs";
/// Nothing is behind it: the tests read the links.
const TRACE_URL: &str = "https://traces.example/trace/{trace_id}";

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_and_does_everything_in_the_page() {
    the_page_stands(Backend::Sqlite, &format!("{OF_DATABASE} {OF_PAGE}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_and_does_everything_in_the_page_on_postgresql() {
    the_page_stands(Backend::Postgres, OF_DATABASE).await;
}

async fn the_page_stands(backend: Backend, tests: &str) {
    let mut product = Product::start_with(backend, &[("CCM_TRACE_URL", TRACE_URL)]).await;
    let control = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let run = Command::new(SCRIPT)
        .env("CCM_WEB_BASE", format!("http://{}", product.gateway_address))
        .env("CCM_WEB_CONTROL", control.local_addr().unwrap().to_string())
        .env("CCM_WEB_TESTS", tests)
        .kill_on_drop(true)
        .output();
    let run = tokio::select! {
        run = tokio::time::timeout(PATIENCE, run) => run.expect("it ends").expect("tests/run installs it"),
        () = control_by(&control, &mut product) => unreachable!("it listens for ever"),
    };
    let (found, complaint) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{found}\n{complaint}");
}

/// Does what is asked for, one connection after the other.
async fn control_by(listener: &TcpListener, product: &mut Product) {
    loop {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut line = String::new();
        if BufReader::new(&mut connection).read_line(&mut line).await.is_ok() {
            let answer = done(product, line.trim()).await;
            answered(&mut connection, &answer).await;
        }
    }
}

async fn answered(connection: &mut TcpStream, answer: &str) {
    let _ = connection.write_all(answer.as_bytes()).await;
}

/// What the line asks for, and the answer.
async fn done(product: &mut Product, line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let address: SocketAddr = product.gateway_address;
    match words[..] {
        // `-` stands for no role, and for no department.
        ["token", seconds, sub, roles, department] => {
            let lifetime = Duration::from_secs(seconds.parse().unwrap());
            let roles: Vec<Role> = roles.split(',').filter(|it| *it != "-").map(role).collect();
            product.token_for(lifetime, sub, &roles, (department != "-").then_some(department))
        }
        ["kill", "gateway"] => {
            product.gateway.kill().await;
            String::new()
        }
        ["start", "gateway"] => {
            product.gateway.restart(address);
            product.gateway.listening("gateway").await;
            String::new()
        }
        _ => panic!("it is not known: {line}"),
    }
}

fn role(name: &str) -> Role {
    match name {
        "admin" => Role::Admin,
        "manager" => Role::Manager,
        "user" => Role::User,
        _ => panic!("the tests have no role {name}"),
    }
}
