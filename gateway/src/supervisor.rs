//! The `ccm up` that runs this gateway as its child process, and what the gateway asks of it. A gateway that runs on its
//! own has none. The binary implements the trait over the socket of `ccm up`.

use std::pin::Pin;

use serde::{Deserialize, Serialize};

/// A reply that is on its way.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, NoReply>> + Send + 'a>>;

/// The `ccm up` that runs this gateway.
pub trait Supervisor: Send + Sync + 'static {
    /// Whether it keeps the traces. If not, they go elsewhere, or nowhere.
    fn keeps_traces(&self) -> bool;

    /// Asks for kept traces. Takes a few seconds at most.
    fn traces(&self, query: TraceQuery) -> Asked<'_, TraceReply>;

    /// Asks for a token in exchange for a code to sign in with, which can be used once.
    fn redeem(&self, code: String) -> Asked<'_, CodeReply>;
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum NoReply {
    /// The connection failed, or the reply cannot be read.
    #[error("`ccm up`, which runs this gateway, cannot be asked")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The reply did not come in time.
    #[error("`ccm up`, which runs this gateway, did not reply in time")]
    TimedOut,
}

/// What is asked about the kept traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceQuery {
    /// The newest traces that match a filter.
    Recent(TraceFilter),
    /// The trace with an id, or all traces about a task or a worker.
    One {
        /// 32 hexadecimal digits, or the UUID of a task or worker; in lower case.
        id: String,
        /// The entity tags of the answers that the caller has.
        known: Vec<String>,
    },
}

/// Which traces are listed. Everything that is set has to match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceFilter {
    /// The name of a service that has a span in the trace.
    pub service: Option<String>,
    /// The route of a request in the trace, such as `/api/tasks/{id}`, or the name of a span.
    pub route: Option<String>,
    /// Whether a span of the trace failed.
    pub status: Option<TraceStatus>,
    /// Shortest duration, in milliseconds.
    pub min_duration_ms: u64,
    /// A part of a span's name, of an attribute's value or of a log message, or the trace id or at least its first four digits; in
    /// any case.
    pub text: Option<String>,
    /// Whether to leave out the traces that do not begin with a request at the gateway.
    pub requests_only: bool,
    /// Largest number of traces.
    pub limit: usize,
}

/// Whether a trace failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceStatus {
    /// It did not.
    Ok,
    /// It did.
    Error,
}

/// The reply to a [`TraceQuery`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TraceReply {
    /// The answer to the client, in JSON.
    Document {
        /// The opaque part of its entity tag; `None` for a list.
        tag: Option<String>,
        /// A JSON object.
        json: String,
    },
    /// The caller has the answer already, by this entity tag.
    NotModified {
        /// Its opaque part.
        tag: String,
    },
    /// No kept trace has the id, or is about it.
    NotFound {
        /// Since when traces are kept, in RFC 3339: `ccm up` began to run then.
        since: String,
    },
    /// `ccm up` keeps no traces; the spans go to this destination, in words.
    Elsewhere(String),
}

/// The reply to a code to sign in with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeReply {
    /// The code was right. The token is that of the person for whom the code was made.
    Token(String),
    /// No such code was made, or it was forgotten.
    Unknown,
    /// The code was used before.
    Used,
    /// The code was not used in time.
    Expired,
    /// The code was wrong, and too many wrong ones were tried lately. Why a code is wrong is not told for this long.
    TooManyFailures {
        /// Whole seconds.
        seconds: u64,
    },
}
