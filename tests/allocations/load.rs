//! A client that allocates nothing while it sends requests, so that all allocations are those of the product.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A list of 50 tasks has some 20 kB.
const LONGEST_ANSWER: usize = 256 * 1024;

/// A connection that is kept alive.
pub(crate) struct Client {
    stream: TcpStream,
    answer: Vec<u8>,
    authorization: String,
}

/// A request, ready to be sent any number of times.
pub(crate) struct Prepared {
    bytes: Vec<u8>,
    status: &'static [u8],
}

impl Client {
    pub(crate) fn connect(to: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(to).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        Self { stream, answer: vec![0; LONGEST_ANSWER], authorization: format!("Bearer {token}") }
    }

    /// A request that is answered with `status`.
    pub(crate) fn prepare(&self, target: &str, body: Option<&Value>, status: &'static str) -> Prepared {
        let (method, body) = body.map_or(("GET", String::new()), |it| ("POST", it.to_string()));
        let authorization = &self.authorization;
        let of_body = match body.len() {
            0 => String::new(),
            length => format!("content-type: application/json\r\ncontent-length: {length}\r\n"),
        };
        let request = format!(
            "{method} {target} HTTP/1.1\r\nhost: localhost\r\nuser-agent: allocations\r\naccept: */*\r\n\
             authorization: {authorization}\r\n{of_body}\r\n{body}"
        );
        Prepared { bytes: request.into_bytes(), status: status.as_bytes() }
    }

    /// Sends the request and reads its answer, whose body is returned.
    pub(crate) fn send(&mut self, request: &Prepared) -> &[u8] {
        self.stream.write_all(&request.bytes).unwrap();
        let mut read = 0;
        let mut whole = None;
        while whole.is_none_or(|(_, end)| read < end) {
            let more = self.stream.read(&mut self.answer[read..]).unwrap();
            assert_ne!(more, 0, "the gateway has closed the connection");
            read += more;
            whole = whole.or_else(|| extent(&self.answer[..read]));
        }
        let status = &self.answer["HTTP/1.1 ".len()..][..request.status.len()];
        assert_eq!(status, request.status, "{}", String::from_utf8_lossy(&self.answer[..read]));
        let (begin, end) = whole.unwrap_or_default();
        &self.answer[begin..end]
    }
}

/// Where the body of an answer begins and ends, once its head is there.
fn extent(answer: &[u8]) -> Option<(usize, usize)> {
    const LENGTH: &[u8] = b"content-length:";
    let begin = answer.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
    let mut lines = answer[..begin].split(|it| *it == b'\n');
    let line = lines.find(|it| it.get(..LENGTH.len()).is_some_and(|it| it.eq_ignore_ascii_case(LENGTH)));
    let digits = line.unwrap_or_default().iter().filter(|it| it.is_ascii_digit());
    Some((begin, begin + digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))))
}
