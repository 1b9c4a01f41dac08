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
            StatusCode::OK if is_stream => {
                Ok(Stream { response, parser: Parser::default(), events: VecDeque::new() })
            }
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
            let Some(bytes) = self.response.chunk().await? else { return Ok(None) };
            let blocks = self.parser.feed(&bytes).into_iter();
            self.events.extend(blocks.filter_map(|it| serde_json::from_str::<Value>(&it.data).ok()));
        }
    }
}
