//! One connection to the event stream, for a command that looks at the stream itself. [`super::Follower`] is for those that
//! want all events.

use std::collections::VecDeque;

use reqwest::{Response, StatusCode, header};
use serde_json::Value;

use super::sse::Parser;
use super::{Client, Exit, Failure, no_gateway, root, trace_context};

/// An open event stream.
pub(crate) struct Stream {
    response: Response,
    parser: Parser,
    /// What has come in and was not taken yet.
    events: VecDeque<Value>,
    /// Whether the gateway has said where the stream is.
    has_position: bool,
}

impl Client {
    /// Opens the event stream with these parameters. An answer that is no stream is an error in words.
    pub(crate) async fn stream(&self, parameters: &[(&str, &str)]) -> anyhow::Result<Stream> {
        let mut url = self.url(&["api", "events", "stream"]);
        url.query_pairs_mut().extend_pairs(parameters);
        let request = self.http.get(url).header(header::ACCEPT, "text/event-stream");
        let (request, _) = self.authorized(request.header("traceparent", trace_context().0))?;
        let response = request
            .send()
            .await
            .map_err(|it| Failure::new(Exit::Unavailable, format!("no answer ({})", root(&it))))?;
        let of_type = response.headers().get(header::CONTENT_TYPE);
        let is_stream = of_type.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"));
        match response.status() {
            StatusCode::OK if is_stream => Ok(Stream {
                response,
                parser: Parser::default(),
                events: VecDeque::new(),
                has_position: false,
            }),
            StatusCode::OK => Err(no_gateway("the answer is no event stream").into()),
            _ => Err(super::follower::problem(response).await.into()),
        }
    }
}

impl Stream {
    /// The next event; `None` once the connection has ended.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Option<Value>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            if !self.receive().await? {
                return Ok(None);
            }
        }
    }

    /// Waits until the gateway has said where the stream is. A gateway that has just started does not know it yet; a stream
    /// from now on tells what happens after that. Cancel safe.
    ///
    /// # Errors
    /// The connection was closed.
    pub(crate) async fn positioned(&mut self) -> anyhow::Result<()> {
        while !self.has_position {
            anyhow::ensure!(self.receive().await?, "the connection was closed");
        }
        Ok(())
    }

    /// Takes what comes in; `false` once the connection has ended.
    async fn receive(&mut self) -> anyhow::Result<bool> {
        let Some(bytes) = self.response.chunk().await? else { return Ok(false) };
        for block in self.parser.feed(&bytes) {
            self.has_position |= block.id.is_some();
            self.events.extend(serde_json::from_str::<Value>(&block.data).ok());
        }
        Ok(true)
    }
}
