//! The client of a gateway that the commands share: where it is and as whom (the settings of [`Connection`]), requests, the
//! event stream, and errors in words.

mod failure;
mod follower;
mod place;
mod sse;
mod stream;
mod token;
mod token_file;

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use platform::clock;
use platform::url::without_password;
use reqwest::{Method, RequestBuilder, Response, Url, header, redirect};
use serde_json::Value;

pub(crate) use self::failure::{Exit, Failure};
pub(crate) use self::follower::{Channel, Follower, Sink};
pub(crate) use self::place::Place;
pub(crate) use self::stream::Stream;
use self::token::Token;
use crate::cli::connection::Connection;
use crate::console;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The gateway itself gives up after `CCM_REQUEST_TIMEOUT`.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Pauses before a request is sent again whose connection was lost.
const PAUSES: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// Of `localhost` (RFC 6761, section 6.3). The port is that of the URL.
const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// Sends requests to one gateway.
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Token,
    verbose: bool,
}

/// A request.
pub(crate) struct Call {
    method: Method,
    url: Url,
    body: Option<Value>,
    if_match: Option<String>,
    /// With a key, the gateway executes a repeated request once.
    key: Option<String>,
}

impl Call {
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self { method, url, body: None, if_match: None, key: None }
    }

    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// With `If-Match`. An entity tag is taken with or without its quotes.
    pub(crate) fn if_match(mut self, tag: Option<&str>) -> Self {
        let quoted =
            |it: &str| if it.contains('"') || it == "*" { it.to_owned() } else { format!("\"{it}\"") };
        self.if_match = tag.map(quoted);
        self
    }

    /// With `Idempotency-Key`: this one, or a new one.
    pub(crate) fn key(mut self, key: Option<String>) -> Self {
        self.key = Some(key.unwrap_or_else(random_hex::<16>));
        self
    }
}

/// An answer with a status of success.
pub(crate) struct Answer {
    /// Empty if there is none.
    pub(crate) body: String,
    pub(crate) etag: Option<String>,
    /// Where the event stream goes on after a list.
    pub(crate) position: Option<String>,
    pub(crate) trace: Option<String>,
    /// Whether the gateway has sampled the trace of the request.
    pub(crate) is_sampled: bool,
}

impl Answer {
    pub(crate) fn json(&self) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&self.body).map_err(|_| no_gateway("the answer is not JSON"))?)
    }
}

fn no_gateway(message: &str) -> Failure {
    Failure::new(Exit::General, message)
        .with_hint("check --gateway (CCM_GATEWAY): is this the URL of a gateway?")
}

/// The URL of the gateway, with a slash at its end.
pub(crate) fn base(connection: &Connection) -> Result<Url, Failure> {
    let gateway = connection.gateway.trim_end_matches('/');
    let shown = without_password(gateway);
    let wrong = |why: &str| {
        let message = format!("{shown:?} is not the URL of a gateway{why}");
        Failure::new(Exit::Usage, message)
            .with_hint("set --gateway (CCM_GATEWAY) to a URL such as http://localhost:8000")
    };
    let base: Url = format!("{gateway}/").parse().map_err(|error| wrong(&format!(": {error}")))?;
    if ["http", "https"].contains(&base.scheme()) {
        Ok(base)
    } else {
        Err(wrong(": it must begin with http:// or https://"))
    }
}

/// The URL for messages: a user and a password in it are between its owner and a proxy.
fn without_user(url: &Url) -> Url {
    let mut url = url.clone();
    // Fails for a URL without a host, which has no user either.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url
}

impl Client {
    pub(crate) fn new(connection: &Connection) -> anyhow::Result<Self> {
        let token = Token::of(connection).map_err(|error| Failure::no_token(&format!("{error:#}")))?;
        let base = base(connection)?;
        Ok(Self { http: http(&base)?, base, token, verbose: connection.verbose })
    }

    /// The address of the gateway's page. On this machine, people are signed in at `localhost`, as `ccm up` prints it.
    pub(crate) fn page(&self) -> String {
        let base = without_user(&self.base);
        base.as_str().trim_end_matches('/').replacen("://127.0.0.1:", "://localhost:", 1)
    }

    /// The URL of a path below the gateway's.
    pub(crate) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Sends a request. If the connection is lost before the answer, a request that changes nothing or has a key is sent again.
    pub(crate) async fn send(&self, call: Call) -> anyhow::Result<Answer> {
        let can_repeat = call.method == Method::GET || call.key.is_some();
        let mut pauses = PAUSES.iter();
        let mut was_sent = false;
        loop {
            let error = match self.attempt(&call).await {
                Ok(answer) => return answer,
                Err(error) => error,
            };
            was_sent |= !error.is_connect();
            let pause = pauses.next().filter(|_| can_repeat && was_sent && !error.is_timeout());
            let Some(pause) = pause else { return Err(self.unanswered(&call, &error, was_sent).into()) };
            console::report(format_args!(
                "the connection was lost ({}); sending the request again",
                root(&error)
            ));
            tokio::time::sleep(*pause).await;
        }
    }

    /// The answer, if one comes at once. Says nothing of a failure.
    pub(crate) async fn try_once(&self, call: &Call) -> Option<Answer> {
        self.attempt(call).await.ok()?.ok()
    }

    async fn attempt(&self, call: &Call) -> Result<anyhow::Result<Answer>, reqwest::Error> {
        let begun = Instant::now();
        let (traceparent, trace) = trace_context();
        let mut request = self.http.request(call.method.clone(), call.url.clone()).timeout(TIMEOUT);
        request = request.header(header::ACCEPT, "application/json").header("traceparent", traceparent);
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        if let Some(tag) = &call.if_match {
            request = request.header(header::IF_MATCH, tag);
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        let request = match self.authorized(request) {
            Ok((request, _)) => request,
            Err(error) => return Ok(Err(error)),
        };
        let sent = request.send().await;
        if self.verbose {
            let status = sent.as_ref().map_or_else(root, |it| it.status().to_string());
            let (method, url, millis) = (&call.method, without_user(&call.url), begun.elapsed().as_millis());
            console::report(format_args!("{method} {url}: {status} in {millis} ms, trace {trace}"));
        }
        answer_of(sent?, call).await
    }

    /// With the token, which is also returned.
    fn authorized(&self, request: RequestBuilder) -> anyhow::Result<(RequestBuilder, String)> {
        let token = self.token.get().map_err(|error| Failure::new(Exit::Refused, format!("{error:#}")))?;
        Ok((request.bearer_auth(&token), token))
    }

    /// Why there is no answer.
    fn unanswered(&self, call: &Call, error: &reqwest::Error, was_sent: bool) -> Failure {
        let origin = self.base.origin().ascii_serialization();
        let why = root(error);
        if !was_sent {
            return Failure::new(Exit::Unavailable, format!("{origin} cannot be reached ({why})")).with_hint(
                "is the gateway running? `ccm up` starts one; --gateway (CCM_GATEWAY) says where another one is",
            );
        }
        let failure = Failure::new(Exit::Unavailable, format!("no answer from {origin} ({why})"));
        match &call.key {
            Some(key) => failure.with_hint(format!(
                "repeat the command with --idempotency-key {key}: it is not executed twice"
            )),
            None if call.method == Method::GET => failure.with_hint("try again"),
            None => {
                failure.with_hint("the change may have been made: read the resource before you repeat it")
            }
        }
    }
}

/// The HTTP client of a command. Redirects are not followed, and there is no proxy between a command and its own machine.
pub(crate) fn http(base: &Url) -> Result<reqwest::Client, Failure> {
    let is_here =
        base.host_str().is_some_and(|it| it == "localhost" || it.starts_with("127.") || it == "[::1]");
    let builder = || {
        let http =
            reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(redirect::Policy::none());
        // A bare machine need not have /etc/hosts.
        let http = http.resolve_to_addrs("localhost", &LOOPBACK);
        if is_here { http.no_proxy() } else { http }
    };
    let built = match builder().build() {
        // A bare machine has no CA certificates, which plain HTTP does not need.
        Err(_) if base.scheme() == "http" => builder().tls_certs_only([]).build(),
        built => built,
    };
    built.map_err(|error| {
        let failure = Failure::new(Exit::General, format!("cannot set up HTTPS ({})", root(&error)));
        failure
            .with_hint("install the CA certificates of this machine: on Debian, the package ca-certificates")
    })
}

async fn answer_of(response: Response, call: &Call) -> Result<anyhow::Result<Answer>, reqwest::Error> {
    let status = response.status();
    let text = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    let (etag, position, trace) = (text("etag"), text("x-event-position"), text("x-trace-id"));
    // The last field of Trace Context level 2 has the flag `sampled` as its lowest bit.
    let is_sampled =
        text("traceresponse").is_some_and(|it| it.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']));
    let retry_after = text("retry-after").and_then(|it| it.parse().ok()).map(Duration::from_secs);
    let body = response.text().await?;
    if status.is_success() {
        return Ok(Ok(Answer { body, etag, position, trace, is_sampled }));
    }
    let problem = serde_json::from_str(&body).unwrap_or_default();
    let key = call.key.as_deref();
    Ok(Err(Failure::answered(status.as_u16(), &problem, retry_after, key).into()))
}

/// A `traceparent` of a new trace, and the id of the trace.
fn trace_context() -> (String, String) {
    let (trace, span) = (random_hex::<16>(), random_hex::<8>());
    (format!("00-{trace}-{span}-01"), trace)
}

fn random_hex<const N: usize>() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "a key and a trace id must be unique; no test depends on their values"
    )]
    let bytes: [u8; N] = clock::random();
    bytes.iter().fold(String::new(), |mut text, it| {
        let _ = write!(text, "{it:02x}");
        text
    })
}

/// The innermost cause, which says what has happened.
pub(crate) fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
