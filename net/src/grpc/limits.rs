//! How much the calls of a gRPC server take: calls at the same time, bytes of messages, and calls without a valid token. Each has
//! a total, and a share for each caller, or for each address while there is no caller. Reads of one caller take turns, too.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::Status;

use super::answer_sizes::AnswerSizes;
use super::status::{self, Reason};
use crate::client_address::Network;
use crate::places::{Full, Place, Places};
use crate::rarely::Rarely;
use crate::read_turns::{ReadTurn, ReadTurns};
use crate::refused::Refused;
use crate::server::Standing;
use crate::waiting::{Waiter, Waiting};

/// After which a caller beyond a limit may try again.
const RETRY: Duration = Duration::from_secs(1);
/// Health checks at the same time, apart from the watches of the health, which may last for as long as they like: all, and those of
/// one address. Beyond them, others give way.
const CHECKS: (usize, usize) = (1_024, 128);
/// Watches of the health and calls of reflection at the same time: all, and those of one address. Beyond them, others give way.
const PROBES: (usize, usize) = (1_024, 128);
/// The bytes of messages that only calls over connections of processes may have: one in so many.
const BYTES_OF_PROCESSES: usize = 4;
/// Calls whose token is being verified, which may have to wait for the issuer: all, and those of one address.
const UNVERIFIED: (usize, usize) = (4_096, 1_024);

/// Settings of the limits. A share of 0 sets no limit.
#[derive(Clone, Copy, Debug)]
pub struct CallLimits {
    /// Calls at the same time, each from the end of its message until its answer is there; streams until they begin. Calls whose
    /// message is still to arrive, those of users over connections of processes, and those of processes are counted apart, each up
    /// to this number.
    pub calls: usize,
    /// Those of one caller.
    pub calls_per_caller: usize,
    /// Bytes of request messages, each until its answer is there, and of answers that clients have not taken yet. A quarter of
    /// them is for calls over connections of processes.
    pub bytes: usize,
    /// Those of one caller.
    pub bytes_per_caller: usize,
    /// Maximum size of a request message.
    pub message_bytes: usize,
    /// How long a request message may take to arrive.
    pub message_timeout: Duration,
}

/// The places of calls and bytes. Clones share them.
#[derive(Clone)]
pub(super) struct Bounds(Arc<Shared>);

struct Shared {
    service: &'static str,
    calls: Places<Key>,
    /// Those of users over connections of processes, such as the gateway: users who call the service themselves cannot take their
    /// places.
    calls_through_processes: Places<Key>,
    /// Those of processes of this product: nobody else can take their places.
    calls_of_processes: Places<Key>,
    /// Calls whose message is still to arrive: clients that send theirs slowly take no place from those who work, and give way to
    /// others.
    awaited: Waiting<Key, CancellationToken>,
    bytes: Places<Key>,
    answers: AnswerSizes,
    reads: ReadTurns<Key>,
    checks: Waiting<Network, Weak<Standing>>,
    probes: Waiting<Network, Weak<Standing>>,
    unverified: Places<Network>,
    message_bytes: usize,
    message_timeout: Duration,
    refused: Refused,
    unlogged: Rarely,
}

/// Whom limits count by: the `sub` of a caller. All tokens of a process are of one issuer.
pub(super) type Key = Arc<str>;

/// The holder of places: a caller with a share, or a process of this product, which has none.
#[derive(Clone)]
pub(super) struct Holder {
    bounds: Bounds,
    key: Option<Key>,
    /// Whether the calls come over a connection of a process, which sends messages as a whole and takes answers at once.
    is_from_process: bool,
}

impl Bounds {
    pub(super) fn new(service: &'static str, limits: &CallLimits) -> Self {
        let calls = || Places::new(limits.calls, limits.calls_per_caller);
        Self(Arc::new(Shared {
            service,
            calls: calls(),
            calls_through_processes: calls(),
            calls_of_processes: calls(),
            awaited: Waiting::new(limits.calls, limits.calls_per_caller),
            bytes: Places::new(limits.bytes, limits.bytes_per_caller)
                .with_reserve(limits.bytes / BYTES_OF_PROCESSES),
            answers: AnswerSizes::default(),
            reads: ReadTurns::default(),
            checks: Waiting::new(CHECKS.0, CHECKS.1),
            probes: Waiting::new(PROBES.0, PROBES.1),
            unverified: Places::new(UNVERIFIED.0, UNVERIFIED.1),
            message_bytes: limits.message_bytes,
            message_timeout: limits.message_timeout,
            refused: Refused::default(),
            unlogged: Rarely::default(),
        }))
    }

    pub(super) fn message_bytes(&self) -> usize {
        self.0.message_bytes
    }

    pub(super) fn message_timeout(&self) -> Duration {
        self.0.message_timeout
    }

    /// The holder of the places of a caller, whose calls may come over a connection of a process.
    pub(super) fn holder(&self, sub: &Arc<str>, is_process: bool, is_from_process: bool) -> Holder {
        Holder { bounds: self.clone(), key: (!is_process).then(|| sub.clone()), is_from_process }
    }

    /// A place for a call of the health service or of reflection, which need no token. A process of this product needs none. When
    /// there is none, another call gives way with its connection: the oldest one of the address that has the most, or of the same
    /// address if that has its share.
    pub(super) fn probe(
        &self,
        standing: Option<&Arc<Standing>>,
        is_check: bool,
    ) -> Option<Waiter<Network, Weak<Standing>>> {
        let standing = standing.filter(|it| !it.is_process())?;
        let places = if is_check { &self.0.checks } else { &self.0.probes };
        let (place, displaced) = places.enter_instead(&standing.network(), Arc::downgrade(standing));
        // A connection on which a valid token was shown, and one of an address that is exempt, is not closed: its other calls may
        // be those of somebody else.
        if let Some(displaced) = displaced.and_then(|it| it.upgrade()).filter(|it| !it.is_proven()) {
            displaced.pause();
        }
        Some(place)
    }

    /// A place for a call whose token is not verified yet. A connection on which a valid token was shown needs none.
    pub(super) fn unverified(&self, standing: Option<&Standing>) -> Result<Option<Place<Network>>, Status> {
        let Some(standing) = standing.filter(|it| !it.is_proven()) else { return Ok(None) };
        let place = self.0.unverified.take(&standing.network(), 1);
        place.map(Some).map_err(|full| self.refusal(full, "calls whose token is not verified yet"))
    }

    /// Counts a call without a valid token. Whether its address has made too many: then the call gets its answer, but no span and
    /// no log line, and the connection is closed unless somebody has shown a valid token on it.
    pub(super) fn is_refused_cheaply(&self, standing: Option<&Standing>) -> bool {
        let Some(standing) = standing else { return false };
        if !self.0.refused.is_beyond(standing.network()) {
            return false;
        }
        if !standing.is_proven() {
            standing.pause();
        }
        if let Some(count) = self.0.unlogged.count(Instant::now()) {
            tracing::warn!(
                count,
                "refused calls without a valid token, of addresses that make too many: no lines of their own"
            );
        }
        true
    }

    /// The answer to a call of a user over a connection for which there is no place.
    pub(super) fn no_connection(&self, full: Full) -> Status {
        let service = self.0.service;
        match full {
            Full::Share => {
                let message = format!("this address has its share of the connections to {service}");
                status::with_retry(Reason::RateLimited, message, RETRY)
            }
            Full::Total => self.refusal(full, "connections"),
        }
    }

    fn refusal(&self, full: Full, what: &str) -> Status {
        let service = self.0.service;
        match full {
            Full::Share => {
                let message = format!("this caller has its share of the {what} of {service}");
                status::with_retry(Reason::RateLimited, message, RETRY)
            }
            Full::Total => {
                let message = format!("{service} has reached its limit of {what}");
                status::with_retry(Reason::Overloaded, message, RETRY)
            }
        }
    }
}

/// The place of a call whose message is still to arrive, until the message is there or the place is needed for another call.
pub(super) struct Awaited {
    _place: Waiter<Key, CancellationToken>,
    displaced: CancellationToken,
}

impl Awaited {
    /// Waits until the place has given way.
    pub(super) fn displaced(&self) -> WaitForCancellationFutureOwned {
        self.displaced.clone().cancelled_owned()
    }
}

impl Holder {
    /// The caller, unless the call comes over a connection of a process.
    fn direct_caller(&self) -> Option<&Key> {
        self.key.as_ref().filter(|_| !self.is_from_process)
    }

    /// A place for a call whose message is still to arrive; one over a connection of a process needs none.
    pub(super) fn awaited(&self) -> Result<Option<Awaited>, Status> {
        let Some(key) = self.direct_caller() else { return Ok(None) };
        let displaced = CancellationToken::new();
        let entered = self.bounds.0.awaited.enter(key, displaced.clone());
        let (place, other) = entered.map_err(|full| self.awaited_refusal(full))?;
        if let Some(other) = other {
            other.cancel();
        }
        Ok(Some(Awaited { _place: place, displaced }))
    }

    pub(super) fn awaited_refusal(&self, full: Full) -> Status {
        self.bounds.refusal(full, "calls whose message is awaited")
    }

    /// A place for a call whose message has arrived.
    pub(super) fn call(&self) -> Result<Place<Key>, Status> {
        let shared = &self.bounds.0;
        let taken = match &self.key {
            None => shared.calls_of_processes.take_unshared(1),
            Some(key) if self.is_from_process => shared.calls_through_processes.take(key, 1),
            Some(key) => shared.calls.take(key, 1),
        };
        taken.map_err(|full| self.bounds.refusal(full, "calls at the same time"))
    }

    /// A turn at reading; `None` for a call over a connection of a process, which limits the requests of its callers itself.
    pub(super) fn read_turn(&self) -> Option<impl Future<Output = ReadTurn<Key>> + Send + use<>> {
        self.direct_caller().map(|it| self.bounds.0.reads.clone().take(it.clone()))
    }

    /// A place for bytes of messages.
    pub(super) fn bytes(&self, amount: usize) -> Result<Place<Key>, Status> {
        let bytes = &self.bounds.0.bytes;
        let taken = match &self.key {
            None => bytes.take_unshared(amount),
            Some(key) if self.is_from_process => bytes.take_with_reserve(key, amount),
            Some(key) => bytes.take(key, amount),
        };
        taken.map_err(|full| self.bytes_refusal(full))
    }

    /// A place for an answer that may be as large as the last one to this caller of the method; `None` if that was small, or if
    /// the answer is taken at once.
    pub(super) fn expected_answer(&self, method: &'static str) -> Result<Option<Place<Key>>, Status> {
        let Some(key) = self.direct_caller() else { return Ok(None) };
        let Some(expected) = self.bounds.0.answers.expected(key, method) else { return Ok(None) };
        // An answer that is larger than the share has its turn when no other one waits: it may be smaller this time.
        let expected = expected.min(self.bounds.0.bytes.most());
        self.bytes(expected).map(Some)
    }

    /// A place for an answer of so many bytes, for which the expected one is used.
    pub(super) fn answer(
        &self,
        method: &'static str,
        expected: Option<Place<Key>>,
        bytes: usize,
    ) -> Result<Place<Key>, Status> {
        if let Some(key) = self.direct_caller() {
            self.bounds.0.answers.note(key, method, bytes);
        }
        let Some(mut place) = expected else { return self.bytes(bytes) };
        match bytes.checked_sub(place.amount()) {
            Some(more) => place.grow(more).map_err(|full| self.bytes_refusal(full))?,
            None => place.shrink(place.amount() - bytes),
        }
        Ok(place)
    }

    pub(super) fn bytes_refusal(&self, full: Full) -> Status {
        self.bounds.refusal(full, "bytes of messages")
    }
}
