//! Turns at reading: a caller with many requests at the same time, or with large answers, leaves the services and the processors to
//! others. Further requests of the caller wait, in the time that each of them has.

use axum::extract::Request;
use axum::http::StatusCode;
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
    /// Ends with the response, which is in memory as a whole. One that tells of a failure says nothing about the next ones.
    pub(crate) fn end(mut self, response: &Response) {
        let Some(turn) = self.0.take() else { return };
        let status = response.status();
        if !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS {
            turn.answered(usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turn) = self.0.take() {
            turn.unanswered();
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_read_that_has_failed_says_nothing_of_a_caller_and_one_that_was_given_up_ends_what_is_known() {
        let reads = Reads::default();
        let request = || Request::get("/api/tasks").body(Body::empty()).unwrap();
        // They are given up.
        let at_once =
            || std::iter::from_fn(|| reads.take(&request()).now_or_never()).collect::<Vec<_>>().len();
        let mut after = Vec::new();
        for statuses in [&[504, 503, 429][..], &[200], &[404], &[200, 504, 503, 429]] {
            for status in statuses {
                let answer = Response::builder().status(*status).body(Body::empty()).unwrap();
                reads.take(&request()).await.end(&answer);
            }
            after.push(at_once());
        }
        assert_eq!(after, [2, 64, 64, 64]);
        assert_eq!(at_once(), 2);
    }
}
