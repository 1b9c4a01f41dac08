//! Settings of the connections that a process accepts; the gateway and the services have the same ones.

use std::time::Duration;

use clap::Args;
use net::client_address::TrustedProxies;
use net::grpc::server::CallLimits;
use net::server::ConnectionLimits;

use super::values::{body_bytes, connections, duration, share, untaken_bytes, untaken_bytes_of_caller};

/// The share of an address that no setting names is a quarter of all connections, but at least this.
const MIN_SHARE: usize = 16;
/// The share of one caller that no setting names is an eighth of all requests, but at least this.
const MIN_REQUESTS_OF_CALLER: usize = 16;
/// The same of bytes: the largest page.
const MIN_BYTES_OF_CALLER: usize = 16 * 1024 * 1024;
/// The share of one caller in event streams or watches that no setting names, but at most a quarter of all.
const STREAMS_OF_CALLER: usize = 100;
/// By how much a message of gRPC may be larger than the body of the request that it was made of, which has neither the token nor the
/// idempotency key.
const MESSAGE_MARGIN: usize = 64 * 1024;
/// Open files that a process needs besides its connections: listeners, standard streams, files of SQLite, the connections that
/// it makes, and some that wait to be closed.
pub(crate) const OWN_OPEN_FILES: u64 = 128;

/// How many connections a process has open.
#[derive(Debug, Args)]
pub(crate) struct OpenConnections {
    /// Maximum number of open connections, below the limit of open files in any case. Beyond it, the oldest connection that has
    /// never shown a valid token gives way; if there is none, further connections wait to be accepted
    #[arg(long, env = "CCM_MAX_CONNECTIONS", default_value = "4096", value_name = "NUMBER", value_parser = connections)]
    max_connections: usize,
    /// Maximum number of open connections of one address; without it a quarter of all, at least 16; 0 means no share. Beyond it,
    /// the oldest one of the address that has never shown a valid token gives way; if there is none, further ones are closed
    #[arg(long, env = "CCM_MAX_CONNECTIONS_PER_ADDRESS", value_name = "NUMBER", value_parser = share)]
    max_connections_per_address: Option<usize>,
    /// How long a connection may be idle between two requests, or without a call; keep it above the time for which the proxies in
    /// front keep a connection
    #[arg(long, env = "CCM_IDLE_TIMEOUT", default_value = "75s", value_name = "DURATION", value_parser = duration)]
    pub(crate) idle_timeout: Duration,
    /// How long a client may read nothing of a response before its connection is closed
    #[arg(long, env = "CCM_WRITE_TIMEOUT", default_value = "20s", value_name = "DURATION", value_parser = duration)]
    pub(crate) write_timeout: Duration,
    /// Comma-separated CIDR blocks of the proxies in front. Their connections have no share and do not give way; the gateway
    /// also believes the client's address and the origin in their X-Forwarded-* and Forwarded headers
    #[arg(long, env = "CCM_TRUSTED_PROXIES", default_value = "", value_name = "BLOCKS")]
    pub(crate) trusted_proxies: TrustedProxies,
}

impl OpenConnections {
    /// The limits, below the number of `open_files` that the system allows, if it is known. The process also opens
    /// `more_files` itself.
    pub(crate) fn limits(&self, open_files: Option<u64>, more_files: u32) -> ConnectionLimits {
        let total = within(self.max_connections, open_files, OWN_OPEN_FILES + u64::from(more_files));
        if total < self.max_connections {
            tracing::warn!(
                open_files,
                connections = total,
                "the limit of open files is too low for CCM_MAX_CONNECTIONS: fewer connections are accepted"
            );
        }
        let share = (total / 4).max(MIN_SHARE);
        let per_address = self.max_connections_per_address.unwrap_or(share);
        let exempt = self.trusted_proxies.clone();
        ConnectionLimits { total, per_address, exempt, on_probation: 0 }
    }
}

/// How much the calls of a service take. The gateway has settings of the same names for its requests.
#[derive(Debug, Args)]
pub(crate) struct Calls {
    /// Maximum number of calls at the same time; further ones get UNAVAILABLE. Streams count until they begin
    #[arg(long, env = "CCM_MAX_REQUESTS_IN_FLIGHT", default_value = "1024", value_name = "NUMBER", value_parser = connections)]
    max_requests_in_flight: usize,
    /// Share of one caller in CCM_MAX_REQUESTS_IN_FLIGHT; without it an eighth of those, at least 16; 0 means no share. Further
    /// calls of that caller get RESOURCE_EXHAUSTED
    #[arg(long, env = "CCM_MAX_REQUESTS_PER_CALLER", value_name = "NUMBER", value_parser = share)]
    max_requests_per_caller: Option<usize>,
    /// Maximum number of bytes of messages that calls have sent, and of answers that clients have not read yet; at least 16 MiB
    #[arg(long, env = "CCM_MAX_UNTAKEN_BYTES", default_value = "268435456", value_name = "BYTES", value_parser = untaken_bytes)]
    max_untaken_bytes: usize,
    /// Share of one caller in CCM_MAX_UNTAKEN_BYTES; without it an eighth of those, at least 16 MiB; 0 means no share
    #[arg(long, env = "CCM_MAX_UNTAKEN_BYTES_PER_CALLER", value_name = "BYTES", value_parser = untaken_bytes_of_caller)]
    max_untaken_bytes_per_caller: Option<usize>,
    /// Body limit of the gateway; the message of a call may have 64 KiB more
    #[arg(long, env = "CCM_MAX_BODY_BYTES", default_value = "262144", value_name = "BYTES", value_parser = body_bytes)]
    max_body_bytes: usize,
    /// How long the message of a call may take to arrive, whatever the deadline of the call is
    #[arg(long, env = "CCM_REQUEST_TIMEOUT", default_value = "10s", value_name = "DURATION", value_parser = duration)]
    request_timeout: Duration,
}

impl Calls {
    pub(crate) fn limits(&self) -> CallLimits {
        CallLimits {
            calls: self.max_requests_in_flight,
            calls_per_caller: requests_of_caller(self.max_requests_in_flight, self.max_requests_per_caller),
            bytes: self.max_untaken_bytes,
            bytes_per_caller: bytes_of_caller(self.max_untaken_bytes, self.max_untaken_bytes_per_caller),
            message_bytes: self.max_body_bytes + MESSAGE_MARGIN,
            message_timeout: self.request_timeout,
        }
    }
}

/// The share of one caller in the requests at the same time, as it is set or by default.
pub(crate) fn requests_of_caller(requests: usize, share: Option<usize>) -> usize {
    let share = share.unwrap_or((requests / 8).max(MIN_REQUESTS_OF_CALLER));
    warn_of_no_share(share, requests, "CCM_MAX_REQUESTS_PER_CALLER", "CCM_MAX_REQUESTS_IN_FLIGHT");
    share
}

/// The share of one caller in the bytes that wait, as it is set or by default.
pub(crate) fn bytes_of_caller(bytes: usize, share: Option<usize>) -> usize {
    let share = share.unwrap_or((bytes / 8).max(MIN_BYTES_OF_CALLER));
    warn_of_no_share(share, bytes, "CCM_MAX_UNTAKEN_BYTES_PER_CALLER", "CCM_MAX_UNTAKEN_BYTES");
    share
}

/// The share of one caller in the open streams, as it is set or by default.
pub(crate) fn streams_of_caller(streams: usize, share: Option<usize>) -> usize {
    share.unwrap_or(STREAMS_OF_CALLER.min((streams / 4).max(1)))
}

/// Says that one caller may have all there is, unless nobody wants a share.
fn warn_of_no_share(share: usize, total: usize, name: &str, name_of_total: &str) {
    if share >= total {
        tracing::warn!(share, total, "one caller may take all of {name_of_total}: {name} is not below it");
    }
}

/// As many connections as are configured, and as leave `own` open files to the process; at least half of all.
fn within(connections: usize, open_files: Option<u64>, own: u64) -> usize {
    let Some(open_files) = open_files else { return connections };
    let left = open_files.saturating_sub(own).max(open_files / 2);
    connections.min(usize::try_from(left).unwrap_or(usize::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_keeps_open_files_for_itself() {
        assert_eq!(within(4_096, Some(65_536), 128), 4_096);
        assert_eq!(within(4_096, Some(1_024), 128), 896);
        assert_eq!(within(4_096, Some(200), 128), 100);
        assert_eq!(within(4_096, None, 128), 4_096);
    }

    #[test]
    fn a_caller_has_an_eighth_of_what_there_is() {
        const MIB: usize = 1024 * 1024;
        let requests = |total| requests_of_caller(total, None);
        assert_eq!((requests(1_024), requests(400), requests(20)), (128, 50, 16));
        assert_eq!((requests_of_caller(400, Some(7)), requests_of_caller(400, Some(0))), (7, 0));
        let bytes = |total| bytes_of_caller(total, None);
        assert_eq!((bytes(256 * MIB), bytes(160 * MIB), bytes(16 * MIB)), (32 * MIB, 20 * MIB, 16 * MIB));
    }

    #[test]
    fn a_caller_has_a_hundred_streams_and_at_most_a_quarter_of_them() {
        let of = |total| streams_of_caller(total, None);
        assert_eq!((of(4_096), of(1_000), of(100), of(3)), (100, 100, 25, 1));
        assert_eq!((streams_of_caller(100, Some(7)), streams_of_caller(100, Some(0))), (7, 0));
    }

    #[test]
    fn an_address_has_a_quarter_of_what_there_is() {
        let of = |total, per_address| {
            let connections = OpenConnections {
                max_connections: total,
                max_connections_per_address: per_address,
                idle_timeout: Duration::ZERO,
                write_timeout: Duration::ZERO,
                trusted_proxies: TrustedProxies::default(),
            };
            connections.limits(Some(1_024), 0).per_address
        };
        assert_eq!((of(100, None), of(4_096, None), of(4, None)), (25, 224, 16));
        assert_eq!((of(100, Some(0)), of(100, Some(7))), (0, 7));
    }
}
