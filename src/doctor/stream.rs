//! Whether the event stream arrives at once; and if not, who holds it back, as far as it can be told from here: a proxy that
//! buffers, or a gateway that is slow with every request.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use tokio::time::timeout;

use super::finding::{Check, Finding};
use crate::client::{Call, Client, Failure, Stream};
use crate::resources::text;

/// How long a stream may take until its answer begins, and from there until its first event: the gateway sends both at once.
const FIRST: Duration = Duration::from_secs(5);
/// An ordinary request that takes longer is slow. A stream costs the gateway about the same.
const SLOW: Duration = Duration::from_millis(1_500);
const BEHIND_A_PROXY: &str =
    "turn buffering off for /api/events/stream, as docs/stream.md, Behind a proxy, shows for each proxy";

/// A stream whose first event has come.
pub(super) struct Opened {
    pub(super) stream: Stream,
    pub(super) first: Value,
    /// How long that took.
    pub(super) after: Duration,
}

/// What has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Answer,
    FirstEvent,
}

/// Opens a stream, or says why no event comes. `proxy` is how a proxy in front of the gateway has introduced itself.
pub(super) async fn open(
    client: &Client,
    proxy: Option<&str>,
    parameters: &[(&str, &str)],
) -> Result<Opened, Finding> {
    let begun = Instant::now();
    let missing = match timeout(FIRST, client.stream(parameters)).await {
        Err(_) => Missing::Answer,
        Ok(Err(error)) => return Err(refused(&error)),
        Ok(Ok(mut stream)) => match timeout(FIRST, connected(&mut stream)).await {
            Err(_) => Missing::FirstEvent,
            Ok(Err(error)) => return Err(refused(&error)),
            Ok(Ok(first)) => return Ok(Opened { stream, first, after: begun.elapsed() }),
        },
    };
    Err(held_back(missing, ordinary(client).await, proxy))
}

/// Waits for the first event.
pub(super) async fn connected(stream: &mut Stream) -> anyhow::Result<Value> {
    match stream.next().await? {
        Some(event) if event["type"] == "connected" => Ok(event),
        Some(event) if event["type"] == "system.sse.rejected" => {
            anyhow::bail!("the gateway has too many event streams ({})", text(&event["data"]["reason"]))
        }
        Some(event) => anyhow::bail!("the stream begins with {} instead of connected", text(&event["type"])),
        None => anyhow::bail!("the connection was closed before the first event"),
    }
}

fn refused(error: &anyhow::Error) -> Finding {
    let hint = error.downcast_ref::<Failure>().and_then(|it| it.hint.clone());
    let advice = hint
        .unwrap_or_else(|| "docs/stream.md, Behind a proxy, says what streams need of a proxy".to_owned());
    Finding::problem(Check::EventStream, format!("{error:#}"), advice)
}

/// How long a request takes that the gateway answers by itself; `None` if it is not answered either.
async fn ordinary(client: &Client) -> Option<Duration> {
    let begun = Instant::now();
    let call = Call::new(Method::GET, client.url(&["api", "me"]));
    let answer = timeout(FIRST, client.try_once(&call)).await;
    answer.ok().flatten().map(|_| begun.elapsed())
}

fn held_back(missing: Missing, ordinary: Option<Duration>, proxy: Option<&str>) -> Finding {
    let seconds = FIRST.as_secs();
    let what = match missing {
        Missing::Answer => format!("GET /api/events/stream was not answered within {seconds} s"),
        Missing::FirstEvent => {
            format!("GET /api/events/stream was answered, and no event came within {seconds} s")
        }
    };
    let problem = |seen: String, advice: &str| Finding::problem(Check::EventStream, seen, advice);
    let way = proxy.map_or_else(String::new, |it| format!(" or the proxy {it}"));
    let Some(ordinary) = ordinary else {
        return problem(
            format!("{what}, and GET /api/me was not answered after that either"),
            "look at the log of the gateway, at its load, and at the network on the way to it",
        );
    };
    let millis = ordinary.as_millis();
    if ordinary > SLOW {
        return problem(
            format!("{what}, and GET /api/me took {millis} ms: the gateway{way} is slow"),
            "look at the load of the gateway's machine and at the network; a proxy that buffers shows only after that",
        );
    }
    let others = format!("other requests are answered ({millis} ms)");
    match (missing, proxy) {
        (_, Some(proxy)) => problem(
            format!("{others}, and no event came within {seconds} s: the proxy {proxy} buffers the stream"),
            BEHIND_A_PROXY,
        ),
        (Missing::FirstEvent, None) => problem(
            format!(
                "{others}, and {what}: something on the way that does not tell its name buffers the stream, or the gateway does not write to it"
            ),
            BEHIND_A_PROXY,
        ),
        (Missing::Answer, None) => problem(
            format!("{others}, and {what}; no proxy on the way tells its name"),
            "read the log of the gateway; if there is a proxy, turn buffering off (docs/stream.md, Behind a proxy)",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_buffer_is_said_to_buffer() {
        let (quick, slow) = (Some(Duration::from_millis(12)), Some(Duration::from_secs(2)));
        let said = |missing, ordinary, proxy| held_back(missing, ordinary, proxy).seen;
        for missing in [Missing::Answer, Missing::FirstEvent] {
            let by_nginx = said(missing, quick, Some("nginx/1.26"));
            assert!(by_nginx.ends_with("the proxy nginx/1.26 buffers the stream"), "{by_nginx}");
            for ordinary in [slow, None] {
                let of_slow = said(missing, ordinary, Some("nginx/1.26"));
                assert!(!of_slow.contains("buffers"), "{of_slow}");
            }
        }
        let begun = said(Missing::FirstEvent, quick, None);
        assert!(begun.contains("buffers the stream, or the gateway does not write to it"), "{begun}");
        assert!(!said(Missing::Answer, quick, None).contains("buffers"));
    }
}
