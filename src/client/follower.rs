//! Follows the event stream: connects, hands on each event, and connects again with the last id, so that nothing is lost and
//! nothing is told twice. What is not an event goes to standard error.

use std::time::Duration;

use platform::clock::jittered;
use reqwest::{Response, StatusCode, Url, header};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::place::Place;
use super::sse::{Block, Parser};
use super::token::Renewal;
use super::{CONNECT_TIMEOUT, Client, Failure, root, trace_context};
use crate::console;

/// Pause before the second attempt; it doubles up to [`MAX_PAUSE`].
const MIN_PAUSE: Duration = Duration::from_secs(1);
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// Silence after which a connection counts as lost, until `connected` tells the interval of heartbeats.
const FIRST_SILENCE: Duration = Duration::from_secs(40);
/// Number of heartbeat intervals of silence after which a connection counts as lost.
const SILENT_HEARTBEATS: f64 = 2.5;

/// What becomes of the events.
pub(crate) trait Sink {
    /// Takes an event, and the JSON that it was read from.
    fn take(&mut self, event: Value, json: &str);

    /// Writes what was taken. `false`: nobody reads any more.
    async fn flush(&mut self) -> anyhow::Result<bool>;
}

/// Sends the events to another part of the same command.
pub(crate) struct Channel(UnboundedSender<Value>);

impl Channel {
    pub(crate) fn new() -> (Self, UnboundedReceiver<Value>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), receiver)
    }
}

impl Sink for Channel {
    fn take(&mut self, event: Value, _: &str) {
        let _ = self.0.send(event);
    }

    async fn flush(&mut self) -> anyhow::Result<bool> {
        Ok(!self.0.is_closed())
    }
}

pub(crate) struct Follower<'a, S> {
    client: &'a Client,
    url: Url,
    since: Option<String>,
    last_token: String,
    place: Place,
    sink: S,
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

impl<'a, S: Sink> Follower<'a, S> {
    /// Follows the events that the filters name, from `since` on; without it, from a snapshot.
    pub(crate) fn new(
        client: &'a Client,
        filters: &[(&str, &[String])],
        since: Option<String>,
        place: Place,
        sink: S,
    ) -> Self {
        let mut url = client.url(&["api", "events", "stream"]);
        for (name, values) in filters {
            for value in *values {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        let (last_token, pause) = (String::new(), MIN_PAUSE);
        Self { client, url, since, last_token, place, sink, pause, is_interrupted: false, is_refused: false }
    }

    /// Follows the stream until nobody reads any more.
    pub(crate) async fn follow(&mut self) -> anyhow::Result<()> {
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
        match self.client.token.renewal(&self.last_token)? {
            // A new one is of no use if the gateway refuses new ones.
            Renewal::Possible if !self.is_refused => {
                self.is_refused = true;
                console::report(format_args!("{why}; connecting with a new one"));
                Ok(Duration::ZERO)
            }
            Renewal::Awaited => {
                Ok(self.retry(&format!("{why}; the token file has no new one"), Duration::ZERO))
            }
            Renewal::Possible | Renewal::Impossible => Err(Failure::token_refused(why).into()),
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
            let mut end = None;
            for block in parser.feed(&bytes) {
                end = end.or(self.take(block, &mut silence));
            }
            if !self.sink.flush().await? {
                return Ok(Lost::ReaderGone);
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
        let mut request = self.client.http.get(url).header(header::ACCEPT, "text/event-stream");
        request = request.header("traceparent", trace_context().0);
        if let Some(id) = id {
            request = request.header("last-event-id", id);
        }
        let (request, token) = self.client.authorized(request)?;
        self.last_token = token;
        let response = match request.send().await {
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
            StatusCode::UNAUTHORIZED => Ok(Err(Lost::TokenRefused(problem(response).await.to_string()))),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Ok(Err(refused(&response))),
            _ if status.is_server_error() => Ok(Err(refused(&response))),
            _ => Err(problem(response).await.into()),
        }
    }

    /// Takes a block; returns why the stream ends, if it says so.
    fn take(&mut self, block: Block, silence: &mut Duration) -> Option<Lost> {
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
                self.sink.take(event, &block.data);
            }
        }
        if let Some(id) = block.id {
            self.place.reached(id);
        }
        end
    }
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
pub(super) async fn problem(response: Response) -> Failure {
    let status = response.status().as_u16();
    let body = timeout(CONNECT_TIMEOUT, response.json::<Value>()).await.ok().and_then(Result::ok);
    Failure::answered(status, &body.unwrap_or_default(), None, None)
}

fn milliseconds(value: &Value) -> Duration {
    Duration::from_millis(value.as_u64().unwrap_or_default()).min(MAX_PAUSE)
}
