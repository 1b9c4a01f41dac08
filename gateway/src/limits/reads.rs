//! Turns at reading: a caller with many requests at the same time, or with large answers, leaves the services and the processors to
//! others. Further requests of the caller wait, in the time that each of them has.

use axum::extract::Request;
use axum::response::Response;
use hyper::body::Body as _;
use net::read_turns::{ReadTurn, ReadTurns};

use super::callers::Key;

/// What is read from one service each, or from the store of traces: when one of them hangs, it keeps a caller from nothing of the
/// others.
const SERVICES: [&str; 3] = ["/api/tasks", "/api/workers", "/api/traces"];

/// Hands out turns for each service.
#[derive(Default)]
pub(crate) struct Reads([ReadTurns<Key>; SERVICES.len()]);

/// The turn of a request, or none if it needs none.
pub(crate) struct Turn(Option<ReadTurn<Key>>);

impl Reads {
    /// Waits for the turn of a request.
    pub(crate) fn take(&self, request: &Request) -> impl Future<Output = Turn> + Send + use<> {
        let path = request.uri().path();
        let service = SERVICES.iter().position(|it| request.method().is_safe() && path.starts_with(it));
        let turn = service.map(|it| self.0[it].clone().take(Key::of(request.extensions())));
        async move {
            Turn(match turn {
                Some(turn) => Some(turn.await),
                None => None,
            })
        }
    }
}

impl Turn {
    /// Ends with the response, which is in memory as a whole.
    pub(crate) fn end(self, response: &Response) {
        if let Some(turn) = self.0 {
            turn.answered(usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX));
        }
    }
}
