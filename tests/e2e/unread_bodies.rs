//! Bodies that nobody reads, since the request is answered before: the connection goes on, or the answer says that it ends.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::harness::{DEADLINE, Product};

/// A connection whose requests are written by hand.
struct Wire(TcpStream);

impl Wire {
    async fn to(product: &Product) -> Self {
        Self(TcpStream::connect(product.gateway_address).await.unwrap())
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// The head of the next answer, whose body is taken too.
    async fn answer(&mut self) -> String {
        let mut head = Vec::new();
        let reading = async {
            while !head.ends_with(b"\r\n\r\n") {
                head.push(self.0.read_u8().await.expect("an answer"));
            }
            let head = String::from_utf8(head).unwrap().to_lowercase();
            let length = head.split("content-length: ").nth(1).expect("a length");
            let mut body = vec![0; length.split("\r\n").next().unwrap().parse().unwrap()];
            self.0.read_exact(&mut body).await.unwrap();
            head
        };
        tokio::time::timeout(DEADLINE, reading).await.expect("an answer in time")
    }

    async fn has_ended(&mut self) -> bool {
        let read = tokio::time::timeout(DEADLINE, self.0.read(&mut [0; 16])).await.expect("an end in time");
        matches!(read, Ok(0) | Err(_))
    }
}

fn post(headers: &str) -> String {
    format!("POST /api/tasks HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n\r\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_request_on_the_connection_is_answered_though_nobody_read_the_body_before_it() {
    let product = Product::start().await;
    let mut wire = Wire::to(&product).await;
    let body = "x".repeat(100_000);
    for (headers, status) in [
        ("content-type: application/json", "401"),
        ("content-type: text/plain", "401"),
        ("authorization: Bearer x", "401"),
    ] {
        wire.send(post(&format!("{headers}\r\ncontent-length: {}", body.len())).as_bytes()).await;
        let answer = wire.answer().await;
        assert!(answer.starts_with(&format!("http/1.1 {status}")), "{answer}");
        assert!(!answer.contains("connection: close"), "{answer}");
        // The body comes when the answer is there already.
        wire.send(body.as_bytes()).await;
    }
    wire.send(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(wire.answer().await.starts_with("http/1.1 200"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_whose_rest_is_too_much_to_read_ends_and_the_answer_says_so() {
    let product = Product::start().await;
    let token = product.token("ada", &[], None);
    for headers in [
        format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: 3000000"),
        "content-length: 3000000".to_owned(),
        "expect: 100-continue\r\ncontent-length: 10".to_owned(),
        "transfer-encoding: chunked".to_owned(),
    ] {
        let mut wire = Wire::to(&product).await;
        wire.send(post(&headers).as_bytes()).await;
        let answer = wire.answer().await;
        assert!(answer.starts_with("http/1.1 4") && answer.contains("connection: close"), "{answer}");
        assert!(wire.has_ended().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_all_of_a_body_that_is_too_large_still_reads_its_answer() {
    let product = Product::start().await;
    let token = product.token("ada", &[], None);
    let headers =
        format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: 3000000");
    let mut wire = Wire::to(&product).await;
    wire.send(post(&headers).as_bytes()).await;
    for _ in 0..30 {
        wire.send(&b" ".repeat(100_000)).await;
    }
    let answer = wire.answer().await;
    assert!(answer.starts_with("http/1.1 413"), "{answer}");
}

/// Debian 12's curl reports an error if the stream is reset while it still sends, and has no answer then. It is a race, so it
/// is run often.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_http2_has_its_answer_though_its_body_is_under_way() {
    let product = Product::start().await;
    let token = product.token("ada", &[], None);
    let url = format!("http://{}/api/tasks", product.gateway_address);
    for (bytes, token, status) in
        [(13, "x", "401"), (200_000, "x", "401"), (3_000_000, "x", "401"), (3_000_000, token.as_str(), "413")]
    {
        let body = product.directory.path().join("body");
        std::fs::write(&body, " ".repeat(bytes)).unwrap();
        for round in 0..20 {
            let mut curl = Command::new("curl");
            curl.args(["-sS", "--http2-prior-knowledge", "-H", "content-type: application/json"]);
            curl.args(["-H", &format!("authorization: Bearer {token}"), "-o", "/dev/null"]);
            curl.args(["--data-binary", &format!("@{}", body.display()), "-w", "%{http_code}", &url]);
            let ended = curl.output().await.unwrap();
            // Once curl 7.88 has the answer, it sometimes ends its body before its length, which is an error of its own.
            let complaint = String::from_utf8(ended.stderr).unwrap();
            assert_eq!(
                String::from_utf8(ended.stdout).unwrap(),
                status,
                "{bytes} bytes, {round}: {complaint}"
            );
        }
    }
}
