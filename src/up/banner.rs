//! The first lines that `up` prints: a link that signs in, addresses, a token, an example request, where traces are.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use super::logins::Link;
use super::metrics::Metrics;
use super::traces::Traces;

pub(super) struct Banner<'a> {
    pub(super) gateway: SocketAddr,
    pub(super) tokens: &'a Tokens,
    pub(super) link: &'a Link,
    pub(super) data: &'a Path,
    pub(super) traces: &'a Traces,
    pub(super) metrics: &'a Metrics,
}

/// Where callers get their tokens.
pub(super) enum Tokens {
    /// The local issuer; with a token to try.
    Local(String),
    /// The configured issuer, given by its URL.
    Issuer(String),
}

impl fmt::Display for Banner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = crate::cli::origin(self.gateway);
        writeln!(f, "Cml Cloud Manager is up: {}", self.link)?;
        writeln!(f)?;
        writeln!(f, "  Data    {}", self.data.display())?;
        writeln!(f, "  API     {origin}/api/tasks")?;
        match self.tokens {
            Tokens::Local(token) => {
                writeln!(f, "  Token   export TOKEN={token}")?;
                writeln!(f, "          (admin, 12 hours; for another: ccm token --role user --sub ada)")?;
            }
            Tokens::Issuer(issuer) => writeln!(f, "  Token   from {issuer} (CCM_OIDC_ISSUER)")?,
        }
        writeln!(f, "  Try     curl -X POST {origin}/api/tasks -H \"Content-Type: application/json\" \\")?;
        writeln!(
            f,
            "            -H \"Authorization: Bearer $TOKEN\" -d '{{\"title\": \"Test Task\", \"priority\": \"high\"}}'"
        )?;
        writeln!(f, "  Traces  {}", self.traces)?;
        write!(f, "{}", self.metrics)?;
        writeln!(f)
    }
}
