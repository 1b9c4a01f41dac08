//! What is in flight at once: requests that are being answered, and bytes of answers that were not taken yet. Beyond so much
//! a client learns at once that it should come back, since a queue would only make everybody late; and no caller has more
//! than a share of it.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Frame, SizeHint};
use proto::error::v1::Reason;

use super::callers::Key;
use super::is_health;
use crate::error::ApiError;

/// Of all that may be in flight, one caller may have a quarter, but at least so many requests, and so many bytes: the
/// largest page.
const LEAST_REQUESTS: usize = 16;
const LEAST_BYTES: usize = 16 * 1024 * 1024;

/// What is in flight. Clones share it.
#[derive(Clone)]
pub(crate) struct InFlight(Arc<Shared>);

struct Shared {
    most: Amount,
    share: Amount,
    held: Mutex<Held>,
}

#[derive(Clone, Copy, Default)]
struct Amount {
    requests: usize,
    bytes: usize,
}

#[derive(Default)]
struct Held {
    of_all: Amount,
    /// Of those that have any.
    by_caller: HashMap<Key, Amount>,
}

/// Why there is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Full {
    /// The gateway has as much as it takes.
    All,
    /// The caller has.
    Share,
}

/// Something in flight, until dropped.
struct Place {
    in_flight: InFlight,
    caller: Key,
    amount: Amount,
}

impl Amount {
    fn plus(self, more: Self) -> Self {
        Self { requests: self.requests + more.requests, bytes: self.bytes.saturating_add(more.bytes) }
    }

    fn minus(self, less: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(less.requests),
            bytes: self.bytes.saturating_sub(less.bytes),
        }
    }

    fn is_within(self, most: Self) -> bool {
        self.requests <= most.requests && self.bytes <= most.bytes
    }
}

impl InFlight {
    pub(crate) fn new(requests: usize, bytes: usize) -> Self {
        let share = |all: usize, least: usize| (all / 4).max(least).min(all);
        let most = Amount { requests, bytes };
        let share = Amount { requests: share(requests, LEAST_REQUESTS), bytes: share(bytes, LEAST_BYTES) };
        Self(Arc::new(Shared { most, share, held: Mutex::default() }))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, caller: &Key, amount: Amount) -> Result<Place, Full> {
        let mut held = self.held();
        let all = held.of_all.plus(amount);
        let own = held.by_caller.get(caller).copied().unwrap_or_default().plus(amount);
        if !own.is_within(self.0.share) {
            return Err(Full::Share);
        }
        if !all.is_within(self.0.most) {
            return Err(Full::All);
        }
        held.of_all = all;
        held.by_caller.insert(caller.clone(), own);
        Ok(Place { in_flight: self.clone(), caller: caller.clone(), amount })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.in_flight.held();
        held.of_all = held.of_all.minus(self.amount);
        if let Some(own) = held.by_caller.get_mut(&self.caller) {
            *own = own.minus(self.amount);
            if own.requests == 0 && own.bytes == 0 {
                held.by_caller.remove(&self.caller);
            }
        }
    }
}

impl Full {
    fn refusal(self) -> Response {
        let refused = match self {
            Self::All => ApiError::new(Reason::Overloaded, "the gateway has as much in flight as it takes"),
            Self::Share => ApiError::new(Reason::RateLimited, "this caller has as much in flight as one may"),
        };
        refused.after(1).into_response()
    }
}

/// Answers 503 while there is no place, and 429 to who has a share of them. A place is free again when the answer is made,
/// or its client is gone; the bytes of the answer are in flight until they are taken.
pub(crate) async fn admit(State(in_flight): State<InFlight>, request: Request, next: Next) -> Response {
    if is_health(&request) {
        return next.run(request).await;
    }
    let (caller, reads) = (Key::of(request.extensions()), request.method().is_safe());
    let place = match in_flight.take(&caller, Amount { requests: 1, bytes: 0 }) {
        Ok(place) => place,
        Err(full) => return full.refusal(),
    };
    let response = next.run(request).await;
    drop(place);
    let bytes = usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX);
    match in_flight.take(&caller, Amount { requests: 0, bytes }) {
        Ok(place) => response.map(|body| Body::new(Untaken { body, _place: place })),
        // A change that was made is told, and its answer is small.
        Err(_) if !reads => response,
        Err(full) => full.refusal(),
    }
}

/// A body whose bytes are in flight until it is dropped.
struct Untaken {
    body: Body,
    _place: Place,
}

impl HttpBody for Untaken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Amount = Amount { requests: 1, bytes: 0 };

    fn caller(subject: &str) -> Key {
        Key::Caller { issuer: "urn:test".to_owned(), subject: subject.to_owned() }
    }

    fn taken(in_flight: &InFlight, subject: &str, amount: Amount) -> Vec<Place> {
        std::iter::from_fn(|| in_flight.take(&caller(subject), amount).ok()).collect()
    }

    #[test]
    fn no_caller_has_more_than_a_quarter_and_what_is_dropped_is_free_again() {
        let in_flight = InFlight::new(100, usize::MAX);
        let of_ada = taken(&in_flight, "ada", ONE);
        assert_eq!(of_ada.len(), 25);
        assert_eq!(in_flight.take(&caller("ada"), ONE).err(), Some(Full::Share));
        let of_others: Vec<_> = ["bob", "eve", "mia"].map(|it| taken(&in_flight, it, ONE)).into();
        assert_eq!(of_others.iter().map(Vec::len).sum::<usize>(), 75);
        assert_eq!(in_flight.take(&caller("zoe"), ONE).err(), Some(Full::All));
        drop(of_ada);
        assert_eq!(taken(&in_flight, "zoe", ONE).len(), 25);
        drop(of_others);
        assert!(in_flight.held().by_caller.is_empty() && in_flight.held().of_all.requests == 0);
    }

    #[test]
    fn one_caller_may_have_the_largest_page_whatever_the_share() {
        let in_flight = InFlight::new(2, LEAST_BYTES);
        assert_eq!(taken(&in_flight, "ada", ONE).len(), 2);
        let page = Amount { requests: 0, bytes: LEAST_BYTES };
        assert_eq!(taken(&in_flight, "ada", page).len(), 1);
    }
}
