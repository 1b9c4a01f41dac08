//! What `ccm trace` asks and what `ccm up` replies. A request is one line of text, a reply one line of JSON.

use std::fmt;
use std::str::FromStr;

use anyhow::bail;
use gateway::supervisor::TraceQuery;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::lines::Lines;
use super::store::Trace;
use super::story::Story;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// What `ccm trace` shows.
    Show {
        query: Query,
        /// Whether the log lines are asked for, too.
        logs: bool,
    },
    /// What the gateway answers to its clients.
    Page(TraceQuery),
}

/// The word behind a query that asks for log lines.
const LOGS: &str = " logs";
/// The words before the requests of the gateway.
const RECENT: &str = "recent ";
const ONE: &str = "one ";

impl FromStr for Request {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if let Some(filter) = text.strip_prefix(RECENT) {
            return Ok(Self::Page(TraceQuery::Recent(serde_json::from_str(filter)?)));
        }
        if let Some(rest) = text.strip_prefix(ONE) {
            let mut words = rest.split(' ').map(ToOwned::to_owned);
            let id = words.next().unwrap_or_default();
            return Ok(Self::Page(TraceQuery::One { id, known: words.collect() }));
        }
        let (query, logs) = text.strip_suffix(LOGS).map_or((text, false), |it| (it, true));
        Ok(Self::Show { query: query.parse()?, logs })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Show { query, logs } => write!(f, "{query}{}", if *logs { LOGS } else { "" }),
            Self::Page(TraceQuery::Recent(filter)) => {
                // JSON has no line breaks.
                let filter = serde_json::to_string(filter).map_err(|_| fmt::Error)?;
                write!(f, "{RECENT}{filter}")
            }
            Self::Page(TraceQuery::One { id, known }) => {
                write!(f, "{ONE}{id}")?;
                known.iter().try_for_each(|it| write!(f, " {it}"))
            }
        }
    }
}

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

/// The answer to a [`Request::Show`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    #[serde(flatten)]
    pub(crate) reply: Reply,
    /// The log lines of the traces in the reply, or of the trace that was asked for.
    #[serde(default)]
    pub(crate) logs: Lines,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self { reply, logs: Lines::default() }
    }
}

/// The reply to a [`Request::Page`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PageReply {
    Document { tag: Option<String>, json: Box<RawValue> },
    NotModified { tag: String },
    NotFound { since: String },
    Elsewhere { destination: String },
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
    use gateway::supervisor::{TraceFilter, TraceStatus};

    use super::*;

    #[test]
    fn a_request_of_the_gateway_is_one_line_that_reads_back_as_it_was() {
        let filter = TraceFilter {
            route: Some("/api/tasks/{id}".to_owned()),
            status: Some(TraceStatus::Error),
            text: Some("one \n\" logs".to_owned()),
            limit: 50,
            ..TraceFilter::default()
        };
        let (id, known) =
            ("01a202a32bef7c31b2aa9c8aff224f0b".to_owned(), vec!["a".to_owned(), "b".to_owned()]);
        for query in [TraceQuery::Recent(filter), TraceQuery::One { id, known }] {
            let request = Request::Page(query);
            let line = request.to_string();
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(line.parse::<Request>().unwrap(), request, "{line}");
        }
    }

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
