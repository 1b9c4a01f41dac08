//! Follows the stream: connects, prints, and connects again with the last id, so that nothing is lost and nothing is printed
//! twice. What is not an event goes to standard error.

use std::time::Duration;

use anyhow::{Context as _, bail};
use platform::clock::jittered;
use reqwest::{Client, Response, StatusCode, Url, header, redirect};
use serde_json::Value;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncWriteExt as _, Interest, Stdout};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use super::line::line;
use super::place::Place;
use super::sse::{Block, Parser};
use super::token::{Renewal, Token};
use crate::cli::events::Tail;
use crate::console;
use crate::trace::Paint;

/// Pause before the second attempt; it doubles up to [`MAX_PAUSE`].
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Silence after which a connection counts as lost, until `connected` tells the interval of heartbeats.
const FIRST_SILENCE: Duration = Duration::from_secs(40);
/// Number of heartbeat intervals of silence after which a connection counts as lost.
const SILENT_HEARTBEATS: f64 = 2.5;

/// Follows the stream until a signal, or until the reader of standard output has gone.
pub(crate) async fn run(settings: Tail) -> anyhow::Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut follower = Follower::new(settings)?;
    tokio::select! {
        outcome = follower.follow() => outcome,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        () = reader_gone() => Ok(()),
    }
}

/// Waits until the other end of the pipe at standard output is closed; forever if it is no pipe.
async fn reader_gone() {
    #[expect(
        deprecated,
        reason = "its successor is unsafe, for types that close their descriptor; standard output stays open"
    )]
    let stdout = AsyncFd::with_interest(std::io::stdout(), Interest::ERROR);
    match stdout {
        Ok(pipe) => drop(pipe.ready(Interest::ERROR).await),
        Err(_) => std::future::pending().await,
    }
}

struct Follower {
    client: Client,
    url: Url,
    since: Option<String>,
    token: Token,
    last_token: String,
    place: Place,
    /// `None` prints JSON.
    paint: Option<Paint>,
    stdout: Stdout,
    pause: Duration,
    is_interrupted: bool,
    /// The last token was refused or has expired.
    is_refused: bool,
}

/// Why a connection ended.
enum Lost {
    /// What to tell the user, and how long to wait at least.
    Retry(String, Duration),
    /// The gateway has ended the stream as planned.
    Planned(Duration),
    /// A new token is needed, for this reason.
    TokenRefused(String),
    /// The reader of standard output has gone.
    ReaderGone,
}

impl Follower {
    fn new(settings: Tail) -> anyhow::Result<Self> {
        let token = Token::of(&settings)?;
        let url = stream_url(&settings)?;
        let mut client =
            Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(redirect::Policy::none());
        if url.host_str().is_some_and(|it| it == "localhost" || it.starts_with("127.") || it == "[::1]") {
            client = client.no_proxy();
        }
        let paint = (!settings.json).then(|| Paint(crate::cli::colour()));
        Ok(Self {
            client: client.build().context("cannot set up an HTTP client")?,
            url,
            since: (settings.since != "snapshot").then_some(settings.since),
            token,
            last_token: String::new(),
            place: Place::open(settings.resume)?,
            paint,
            stdout: tokio::io::stdout(),
            pause: MIN_PAUSE,
            is_interrupted: false,
            is_refused: false,
        })
    }

    async fn follow(&mut self) -> anyhow::Result<()> {
        loop {
            let wait = match self.connection().await? {
                Lost::ReaderGone => return Ok(()),
                Lost::Planned(wait) => wait,
                Lost::TokenRefused(why) => self.renew(&why)?,
                Lost::Retry(why, least) => self.retry(&why, least),
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Says why there is another attempt, and returns when.
    fn retry(&mut self, why: &str, least: Duration) -> Duration {
        let wait = jittered(self.pause).max(least);
        self.pause = (self.pause * 2).min(MAX_PAUSE);
        self.is_interrupted = true;
        console::report(format_args!("{why}; next attempt in {:.1} s", wait.as_secs_f64()));
        wait
    }

    /// Returns when to connect with a new token.
    fn renew(&mut self, why: &str) -> anyhow::Result<Duration> {
        match self.token.renewal(&self.last_token)? {
            // A new one is of no use if the gateway refuses new ones.
            Renewal::Possible if !self.is_refused => {
                self.is_refused = true;
                console::report(format_args!("{why}; connecting with a new one"));
                Ok(Duration::ZERO)
            }
            Renewal::Awaited => {
                Ok(self.retry(&format!("{why}; the token file has no new one"), Duration::ZERO))
            }
            Renewal::Possible | Renewal::Impossible => bail!("{why}; get a new token"),
        }
    }

    /// One connection, until it is lost.
    async fn connection(&mut self) -> anyhow::Result<Lost> {
        let mut response = match self.connect().await? {
            Ok(response) => response,
            Err(lost) => return Ok(lost),
        };
        let (mut parser, mut silence) = (Parser::default(), FIRST_SILENCE);
        loop {
            let bytes = match timeout(silence, response.chunk()).await {
                Ok(Ok(Some(bytes))) => bytes,
                Ok(Ok(None)) => return Ok(retry("the gateway closed the connection")),
                Ok(Err(error)) => return Ok(retry(&format!("the connection was lost ({})", root(&error)))),
                Err(_) => {
                    let seconds = silence.as_secs_f64();
                    return Ok(retry(&format!("the connection has been silent for {seconds:.0} s")));
                }
            };
            let (mut output, mut end) = (String::new(), None);
            for block in parser.feed(&bytes) {
                end = end.or(self.take(block, &mut output, &mut silence));
            }
            if let Err(error) = self.print(&output).await {
                return console::written(Err(error)).map(|()| Lost::ReaderGone);
            }
            self.place.save()?;
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    async fn connect(&mut self) -> anyhow::Result<Result<Response, Lost>> {
        let mut url = self.url.clone();
        let id = self.place.id();
        if let (None, Some(since)) = (id, &self.since) {
            url.query_pairs_mut().append_pair("since", since);
        }
        let mut request = self.client.get(url).header(header::ACCEPT, "text/event-stream");
        if let Some(id) = id {
            request = request.header("last-event-id", id);
        }
        self.last_token = self.token.get()?;
        let response = match request.bearer_auth(&self.last_token).send().await {
            Ok(response) => response,
            Err(error) => {
                let origin = self.url.origin().ascii_serialization();
                return Ok(Err(retry(&format!("{origin} cannot be reached ({})", root(&error)))));
            }
        };
        let status = response.status();
        let is_stream = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"));
        match status {
            StatusCode::OK if is_stream => Ok(Ok(response)),
            StatusCode::UNAUTHORIZED => Ok(Err(Lost::TokenRefused(problem(response).await))),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Ok(Err(refused(&response))),
            _ if status.is_server_error() => Ok(Err(refused(&response))),
            _ => bail!("{}", problem(response).await),
        }
    }

    /// Takes a block; returns why the stream ends, if it says so.
    fn take(&mut self, block: Block, output: &mut String, silence: &mut Duration) -> Option<Lost> {
        let event: Value = serde_json::from_str(&block.data).unwrap_or_default();
        let data = &event["data"];
        let mut end = None;
        match block.event.as_str() {
            "" | "heartbeat" => {}
            "connected" => {
                let heartbeat = data["heartbeat_seconds"].as_f64().filter(|it| (0.001..=3600.0).contains(it));
                *silence = heartbeat.map_or(*silence, |it| Duration::from_secs_f64(it * SILENT_HEARTBEATS));
                self.is_refused = false;
                self.pause = block.retry.map_or(MIN_PAUSE, Duration::from_millis).min(MAX_PAUSE);
                if std::mem::take(&mut self.is_interrupted) {
                    console::report("connected again");
                }
            }
            "auth.session.expired" => end = Some(Lost::TokenRefused("the token has expired".to_owned())),
            "system.sse.shutdown" => {
                let wait = milliseconds(&data["reconnect_in_ms"]);
                let why = data["reason"].as_str().unwrap_or_default();
                end = Some(if why == "max_age" {
                    Lost::Planned(wait)
                } else {
                    Lost::Retry(format!("the gateway ended the stream ({why})"), wait)
                });
            }
            "system.sse.rejected" => {
                let why = data["reason"].as_str().unwrap_or_default();
                let wait = milliseconds(&data["reconnect_in_ms"]);
                end = Some(Lost::Retry(format!("the gateway rejected the stream ({why})"), wait));
            }
            name => {
                if name == "stream.reset" {
                    let (scope, why) = (data["scope"].as_str(), data["reason"].as_str());
                    console::report(format_args!(
                        "the events since the last id are gone ({}); a snapshot of {} follows",
                        why.unwrap_or_default(),
                        scope.unwrap_or_default()
                    ));
                }
                match self.paint {
                    Some(paint) => output.push_str(&line(&event, paint)),
                    None => output.push_str(&block.data),
                }
                output.push('\n');
            }
        }
        if let Some(id) = block.id {
            self.place.reached(id);
        }
        end
    }

    async fn print(&mut self, output: &str) -> std::io::Result<()> {
        if output.is_empty() {
            return Ok(());
        }
        self.stdout.write_all(output.as_bytes()).await?;
        self.stdout.flush().await
    }
}

fn stream_url(settings: &Tail) -> anyhow::Result<Url> {
    let gateway = settings.gateway.trim_end_matches('/');
    let mut url: Url = format!("{gateway}/api/events/stream")
        .parse()
        .with_context(|| format!("{gateway:?} is not the URL of a gateway"))?;
    if !["http", "https"].contains(&url.scheme()) {
        bail!("{gateway:?} is not the URL of a gateway: it must begin with http:// or https://");
    }
    for (name, values) in
        [("event_types", &settings.types), ("task_ids", &settings.tasks), ("worker_ids", &settings.workers)]
    {
        for value in values {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    Ok(url)
}

fn retry(why: &str) -> Lost {
    Lost::Retry(why.to_owned(), Duration::ZERO)
}

fn refused(response: &Response) -> Lost {
    let seconds = response.headers().get(header::RETRY_AFTER).and_then(|it| it.to_str().ok()?.parse().ok());
    let least = Duration::from_secs(seconds.unwrap_or_default()).min(MAX_PAUSE);
    Lost::Retry(format!("the gateway answered {}", response.status()), least)
}

/// An answer that will not change by itself, in words.
async fn problem(response: Response) -> String {
    let status = response.status();
    let body = timeout(CONNECT_TIMEOUT, response.json::<Value>())
        .await
        .ok()
        .and_then(Result::ok)
        .unwrap_or_default();
    let Some(detail) = body["detail"].as_str() else {
        return format!("the gateway answered {status}: is this a gateway with an event stream?");
    };
    let mut text = format!("the gateway answered {status}: {}", crate::trace::clean(detail));
    // The detail tells of a single violation.
    let violations = body["violations"].as_array().filter(|it| it.len() > 1);
    for violation in violations.into_iter().flatten() {
        let [field, what] = ["field", "description"].map(|it| violation[it].as_str().unwrap_or_default());
        text.push_str(&crate::trace::clean(&format!("; {field} {what}")));
    }
    text
}

/// The innermost cause, which says what has happened.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

fn milliseconds(value: &Value) -> Duration {
    Duration::from_millis(value.as_u64().unwrap_or_default()).min(MAX_PAUSE)
}
