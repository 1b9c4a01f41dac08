//! What `ccm trace` asks and what `ccm up` replies. A query is one line of text, a reply one line of JSON.

use std::fmt;
use std::str::FromStr;

use anyhow::bail;
use serde::{Deserialize, Serialize};

use super::store::Trace;
use super::story::Story;

/// The query of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Query {
    /// The newest complete trace of a request.
    Last,
    /// The trace with this id, 32 hexadecimal digits in lower case.
    Trace(String),
    /// The story of the task or worker with this UUID, in lower case.
    Story(String),
}

impl FromStr for Query {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text {
            "last" => Ok(Self::Last),
            id if id.len() == 32 && id.bytes().all(|it| it.is_ascii_hexdigit()) => {
                Ok(Self::Trace(id.to_ascii_lowercase()))
            }
            id if is_uuid(id) => Ok(Self::Story(id.to_ascii_lowercase())),
            _ => bail!(
                "expected `last`, a trace id of 32 hexadecimal digits (the X-Trace-Id of a response), or the id of a \
                 task or a worker"
            ),
        }
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last => f.write_str("last"),
            Self::Trace(id) | Self::Story(id) => f.write_str(id),
        }
    }
}

/// Whether the text is a UUID with hyphens. Without them, it would look like a trace id.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, it)| match at {
            8 | 13 | 18 | 23 => it == b'-',
            _ => it.is_ascii_hexdigit(),
        })
}

/// The reply to a [`Query`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub(crate) enum Reply {
    Found {
        /// The spans received so far.
        trace: Trace,
    },
    Story {
        /// The traces received so far.
        story: Story,
    },
    /// No trace has the id or is about it, or there is no complete trace yet.
    NotFound,
    /// The process keeps no spans.
    Elsewhere {
        /// Where the spans go instead, in words.
        destination: String,
    },
    /// The query could not be parsed.
    Invalid {
        /// The parse error.
        message: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_tell_the_id_of_a_task_or_worker_from_a_trace_id() {
        let parse = |text: &str| text.parse::<Query>().ok();
        let (trace, uuid) = ("01a202a32bef7c31b2aa9c8aff224f0b", "01a202a3-2bef-7c31-b2aa-9c8aff224f0b");
        assert_eq!(parse("last"), Some(Query::Last));
        assert_eq!(parse(&trace.to_uppercase()), Some(Query::Trace(trace.to_owned())));
        assert_eq!(parse(&uuid.to_uppercase()), Some(Query::Story(uuid.to_owned())));
        assert_eq!(parse(uuid).map(|it| it.to_string()).as_deref(), Some(uuid));
        for nonsense in ["", "LAST", "01a202a3-2bef7-c31-b2aa-9c8aff224f0b", &uuid[1..], &"é".repeat(18)] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }
}
