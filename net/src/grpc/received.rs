//! What a call holds from when its message is awaited until it is answered: its place, the bytes of its message, its turn at reading,
//! and a place for its answer.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::Status;

use super::limits::{Awaited, Holder, Key};
use super::status;
use crate::places::{Full, Place};
use crate::read_turns::ReadTurn;

/// What is known of the method of a call.
#[derive(Clone, Copy)]
pub(super) struct Method {
    pub(super) name: &'static str,
    /// Whether it only reads.
    pub(super) reads: bool,
    /// Whether it answers a stream.
    pub(super) streams: bool,
}

impl Method {
    /// Whether calls of users are executed in turns. A stream goes on for long, and has its own ones.
    fn takes_turns(self) -> bool {
        self.reads && !self.streams
    }
}

/// The place of a call and the bytes of its message, which count until the call is over.
#[derive(Clone)]
pub(super) struct Received(Option<Arc<Mutex<Counted>>>);

struct Counted {
    holder: Holder,
    method: Method,
    bytes: Option<Place<Key>>,
    /// The place of a call whose message is awaited.
    awaited: Option<Awaited>,
    /// That of a call whose message has arrived.
    call: Option<Place<Key>>,
    has_arrived: bool,
    turn: Option<ReadTurn<Key>>,
    /// A place for the answer, if it may be large.
    answer: Option<Place<Key>>,
}

pub(super) type Turn = Pin<Box<dyn Future<Output = ReadTurn<Key>> + Send>>;

impl Received {
    /// A call that does not count.
    pub(super) fn uncounted() -> Self {
        Self(None)
    }

    /// A call of a holder, whose message is awaited.
    pub(super) fn awaited(holder: Holder, method: Method) -> Result<Self, Status> {
        let counted = Counted {
            awaited: holder.awaited()?,
            holder,
            method,
            bytes: None,
            call: None,
            has_arrived: false,
            turn: None,
            answer: None,
        };
        Ok(Self(Some(Arc::new(Mutex::new(counted)))))
    }

    /// The call is over.
    pub(super) fn end(self) {
        if let Some(mut counted) = self.counted() {
            (counted.bytes, counted.awaited, counted.call) = (None, None, None);
            (counted.turn, counted.answer) = (None, None);
        }
    }

    pub(super) fn add(&self, amount: usize) -> Result<(), Status> {
        let Some(mut counted) = self.counted() else { return Ok(()) };
        let Counted { holder, bytes, .. } = &mut *counted;
        match bytes {
            Some(bytes) => bytes.grow(amount).map_err(|full| holder.bytes_refusal(full))?,
            None => *bytes = Some(holder.bytes(amount)?),
        }
        Ok(())
    }

    /// The message has arrived. The call is executed at once unless it has to wait for the returned turn.
    pub(super) fn arrived(&self) -> Result<Option<Turn>, Status> {
        let Some(mut counted) = self.counted() else { return Ok(None) };
        if counted.has_arrived {
            return Ok(None);
        }
        counted.call = Some(counted.holder.call()?);
        (counted.awaited, counted.has_arrived) = (None, true);
        let turn = counted.method.takes_turns().then(|| counted.holder.read_turn()).flatten();
        match turn {
            Some(turn) => Ok(Some(Box::pin(turn))),
            None => counted.expect_answer().map(|()| None),
        }
    }

    /// The turn of the call has come.
    pub(super) fn execute(&self, turn: ReadTurn<Key>) -> Result<(), Status> {
        let Some(mut counted) = self.counted() else { return Ok(()) };
        counted.turn = Some(turn);
        counted.expect_answer()
    }

    /// The place for the answer to the call, which has so many bytes.
    pub(super) fn answer(&self, bytes: usize) -> Option<Place<Key>> {
        let mut counted = self.counted()?;
        if let Some(turn) = &counted.turn {
            turn.answered(bytes);
        }
        counted.answer.take()
    }

    /// Waits until the place of the awaited message has been given to another call.
    pub(super) fn displaced(&self) -> Option<Pin<Box<WaitForCancellationFutureOwned>>> {
        Some(Box::pin(self.counted()?.awaited.as_ref()?.displaced()))
    }

    /// The answer to a call whose place has been given to another one.
    pub(super) fn displacement(&self) -> Status {
        match self.counted() {
            Some(counted) => counted.holder.awaited_refusal(Full::Total),
            None => status::internal(),
        }
    }

    fn counted(&self) -> Option<MutexGuard<'_, Counted>> {
        Some(self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Counted {
    /// Takes a place for the answer, once it is known how large earlier ones were. A change is made even if there is none.
    fn expect_answer(&mut self) -> Result<(), Status> {
        let expected = self.holder.expected_answer(self.method.name);
        self.answer = if self.method.reads { expected? } else { expected.unwrap_or_default() };
        Ok(())
    }
}
