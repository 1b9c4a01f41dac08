//! HTTP by the letter: what a request has beside its fields is taken as RFC 9110, 9112 and 9113 say.

use hyper::{Request, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Answer, DEADLINE, Gateway, Product};

/// Sends a request as it is written here, with `\n` for line breaks, and returns what comes until the connection closes.
async fn raw(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let exchange = async {
        stream.write_all(request.replace('\n', "\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A reset is an end, too.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::time::timeout(DEADLINE, exchange).await.expect("an end in time")
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn problem(answer: &Answer) -> (u16, &str) {
    let name = answer.text("type").trim_start_matches("urn:cml-cloud-manager:problem:");
    (answer.status.as_u16(), name)
}

/// The headers of an answer that say what would have been taken.
fn taken(answer: &Answer) -> [&str; 3] {
    ["accept", "accept-patch", "accept-encoding"].map(|it| answer.header(it))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_another_form_is_415_with_what_is_taken_instead() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let body = json!({"title": "t"});
    let task = ada.post("/api/tasks", &body).await;
    let path = format!("/api/tasks/{}", task.text("id"));
    for coding in ["gzip", "br", "identity, gzip", "x-unknown"] {
        let caller = ada.with("content-encoding", coding);
        for answer in [caller.post("/api/tasks", &body).await, caller.patch(&path, &body).await] {
            assert_eq!(problem(&answer), (415, "unsupported-media-type"), "{coding} {answer:?}");
            assert_eq!(taken(&answer), ["", "", "identity"]);
        }
    }
    for coding in ["identity", "Identity", "", ", identity,"] {
        let answer = ada.with("content-encoding", coding).post("/api/tasks", &body).await;
        assert_eq!(answer.status, 201, "{coding} {answer:?}");
    }
    let plain = ada.with("content-type", "text/plain");
    let posted = plain.post("/api/tasks", &body).await;
    assert_eq!((posted.status.as_u16(), taken(&posted)), (415, ["application/json", "", ""]));
    let patched = plain.patch(&path, &body).await;
    let types = "application/merge-patch+json, application/json";
    assert_eq!((patched.status.as_u16(), taken(&patched)), (415, ["", types, ""]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_coding_other_than_chunked_alone_is_501() {
    let product = Product::start().await;
    let token = product.token("ada", &[], None);
    let body = "f\n{\"title\": \"te\"}\n0\n\n";
    for (coding, expected) in [
        ("Transfer-Encoding: chunked", "201"),
        ("Transfer-Encoding: Chunked", "201"),
        ("Transfer-Encoding: , chunked", "201"),
        ("Transfer-Encoding: gzip, chunked", "501"),
        ("Transfer-Encoding: gzip\nTransfer-Encoding: chunked", "501"),
        ("Transfer-Encoding: identity, chunked", "501"),
        ("Transfer-Encoding: chunked, chunked", "501"),
    ] {
        let head = format!(
            "POST /api/tasks HTTP/1.1\nHost: localhost\nAuthorization: Bearer {token}\nConnection: close\n\
             Content-Type: application/json\n{coding}\n\n"
        );
        let answer = raw(product.gateway_address, &format!("{head}{body}")).await;
        assert_eq!(status(&answer), expected, "{coding} {answer}");
        let named = answer.contains("urn:cml-cloud-manager:problem:unsupported-transfer-coding");
        assert_eq!(named, expected == "501", "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_too_long_is_414_and_a_header_431() {
    let gateway = Gateway::start(&[]).await;
    let answer = gateway.get(&format!("/api/tasks?page_token={}", "x".repeat(40_000))).await;
    assert_eq!(problem(&answer), (414, "target-too-long"), "{answer:?}");
    let answer = gateway.get(&format!("/api/tasks?page_token={}", "x".repeat(32 * 1024 - 100))).await;
    assert_eq!(answer.status, 401, "the target alone fits: {answer:?}");
    let answer = gateway.client().with("x-padding", &"x".repeat(50_000)).get("/api/tasks").await;
    assert_eq!(problem(&answer), (431, "header-too-large"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_none_is_400() {
    let gateway = Gateway::start(&[]).await;
    let of = async |version: &str, host: &str| {
        let request = format!("GET /livez HTTP/{version}\n{host}Connection: close\n\n");
        status(&raw(gateway.address(), &request).await).to_owned()
    };
    for valid in ["a", "a:80", "a:", "", "127.0.0.1:8000", "[::1]:8000", "lab_1.example", "a%20b", "a.b."] {
        assert_eq!(of("1.1", &format!("Host: {valid}\n")).await, "200", "{valid}");
        assert_eq!(of("1.0", &format!("Host: {valid}\n")).await, "200", "{valid}");
    }
    for invalid in [
        "a b/c", "u@h:x", "u@h", "a/b", "a?b", "a#b", "a:b", "a:80:80", "[::1", "::1", "[a]", "a%2", "ä",
        "a,b c",
    ] {
        assert_eq!(of("1.1", &format!("Host: {invalid}\n")).await, "400", "{invalid}");
        assert_eq!(of("1.0", &format!("Host: {invalid}\n")).await, "400", "{invalid}");
    }
    assert_eq!(of("1.1", "").await, "400");
    assert_eq!(of("1.0", "").await, "200");
    assert_eq!(of("1.0", "Host: a\nHost: a\n").await, "400");
    let absolute = "GET http://u@a/livez HTTP/1.1\nHost: a\nConnection: close\n\n";
    assert_eq!(status(&raw(gateway.address(), absolute).await), "400");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_no_host_is_400_over_http2_as_well() {
    let gateway = Gateway::start(&[]).await;
    let of = async |target: &str, host: Option<&str>| {
        let stream = TcpStream::connect(gateway.address()).await.unwrap();
        let builder = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
        let (mut client, connection) = builder.handshake::<_, String>(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::get(target).version(Version::HTTP_2);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        client.send_request(request.body(String::new()).unwrap()).await.unwrap().status().as_u16()
    };
    assert_eq!(of("http://a:80/livez", None).await, 200);
    assert_eq!(of("http://u@a/livez", None).await, 400);
    assert_eq!(of("http://a:80/livez", Some("a:80")).await, 200);
    assert_eq!(of("http://a:80/livez", Some("a b/c")).await, 400);
    assert_eq!(of("http://a:80/livez", Some("u@a:80")).await, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_by_its_length_is_413_before_any_of_it_is_sent() {
    let product = Product::start().await;
    let token = product.token("ada", &[], None);
    for (path, length) in [("/api/tasks", 1024 * 1024 + 1), ("/api/page/reports", 1025)] {
        let head = format!(
            "POST {path} HTTP/1.1\nHost: localhost\nAuthorization: Bearer {token}\n\
             Content-Type: application/json\nContent-Length: {length}\n"
        );
        for expect in ["Expect: 100-continue\n", ""] {
            // The client sends nothing of the body.
            let answer = raw(product.gateway_address, &format!("{head}{expect}\n")).await;
            assert_eq!(status(&answer), "413", "{path} {expect} {answer}");
            assert!(answer.contains("urn:cml-cloud-manager:problem:body-too-large"), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_utf8_in_a_query_are_400_and_name_the_parameter() {
    let product = Product::start().await;
    let ada = product.admin();
    for (target, field) in [
        ("/api/tasks?assignee_id=J%FCrgen", "assignee_id"),
        ("/api/tasks?page_token=%80", "page_token"),
        ("/api/workers?region=%C3%28", "region"),
        ("/api/workers?tag=env=%FF", "tag"),
        ("/api/events/stream?since=%FF", "since"),
        ("/api/events/stream?event_types=task.*,%FF", "event_types"),
    ] {
        let answer = ada.get(target).await;
        assert_eq!(problem(&answer), (400, "invalid-input"), "{target} {answer:?}");
        assert_eq!(answer.violations(), [field], "{target}");
        let told = &answer.json["violations"][0]["description"];
        assert!(told.as_str().unwrap().contains("UTF-8"), "{told}");
    }
    for target in ["/api/tasks?%FC=1", "/api/events/stream?%FC=1"] {
        let answer = ada.get(target).await;
        assert_eq!((answer.status.as_u16(), answer.violations().len()), (400, 1), "{answer:?}");
    }
    // The letter itself, and a plus for a space.
    let task = ada.post("/api/tasks", &json!({"title": "t", "assignee_id": "Jürgen \u{fffd}"})).await;
    for written in ["J%C3%BCrgen%20%EF%BF%BD", "J%c3%bcrgen+%EF%BF%BD"] {
        let found = ada.get(&format!("/api/tasks?assignee_id={written}")).await;
        assert_eq!(found.json["items"][0]["id"], task.json["id"], "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_before_a_body_is_ignored() {
    let product = Product::start().await;
    let ada = product.user("ada");
    let task = ada.post_text("/api/tasks", "\u{feff}{\"title\": \"bom\"}").await;
    assert_eq!((task.status.as_u16(), task.text("title")), (201, "bom"), "{task:?}");
    for other in ["\u{feff}", "\u{feff}\u{feff}{\"title\": \"bom\"}", "{\u{feff}\"title\": \"bom\"}"] {
        assert_eq!(problem(&ada.post_text("/api/tasks", other).await), (400, "invalid-json"), "{other:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slashes_before_a_path_or_several_behind_it_are_another_path() {
    let product = Product::start().await;
    let token = product.token("ada", &[], None);
    for (path, expected) in [
        ("/api/workers", 200),
        ("/api/workers/", 200),
        ("/api/workers/?page_size=1", 200),
        ("//api/workers", 404),
        ("////api/workers", 404),
        ("//api/workers/", 404),
        ("/api/workers//", 404),
        ("/api//workers", 404),
        ("//livez", 404),
        ("/livez//", 404),
        ("/", 200),
        ("//", 404),
        ("///", 404),
        ("/tasks/", 200),
        ("/tasks//", 404),
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\nHost: localhost\nAuthorization: Bearer {token}\nConnection: close\n\n"
        );
        let answer = raw(product.gateway_address, &request).await;
        assert_eq!(status(&answer), expected.to_string(), "{path} {answer}");
    }
}
