//! Limits on in-flight requests and on unread response bytes. Above a limit, requests are rejected at once with
//! `Retry-After`, because a queue would delay every response (docs/adr/0013). A caller gets only a share of each limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use net::event_stream::is_event_stream;
use proto::error::v1::Reason;

use super::callers::Key;
use super::is_health;
use crate::error::ApiError;

/// One caller gets a quarter of each limit, but at least this many requests, and this many bytes: the largest page.
const MIN_CALLER_REQUESTS: usize = 16;
const MIN_CALLER_BYTES: usize = 16 * 1024 * 1024;

/// Hands out permits for requests and for bytes. Clones share the limits.
#[derive(Clone)]
pub(crate) struct InFlightLimit(Arc<Shared>);

struct Shared {
    total: Amount,
    per_caller: Amount,
    held: Mutex<Held>,
}

#[derive(Clone, Copy, Default)]
struct Amount {
    requests: usize,
    bytes: usize,
}

/// The sums of all permits that are held.
#[derive(Default)]
struct Held {
    total: Amount,
    /// Has no entry for a caller without permits.
    by_caller: HashMap<Key, Amount>,
}

/// The limit that a permit would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exhausted {
    Total,
    PerCaller,
}

/// An amount that counts against the limits until the permit is dropped.
struct Permit {
    limit: InFlightLimit,
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

    fn is_within(self, limit: Self) -> bool {
        self.requests <= limit.requests && self.bytes <= limit.bytes
    }
}

impl InFlightLimit {
    pub(crate) fn new(requests: usize, bytes: usize) -> Self {
        let share = |total: usize, min: usize| (total / 4).max(min).min(total);
        let total = Amount { requests, bytes };
        let per_caller =
            Amount { requests: share(requests, MIN_CALLER_REQUESTS), bytes: share(bytes, MIN_CALLER_BYTES) };
        Self(Arc::new(Shared { total, per_caller, held: Mutex::default() }))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_acquire(&self, caller: &Key, amount: Amount) -> Result<Permit, Exhausted> {
        let mut held = self.held();
        let total = held.total.plus(amount);
        let of_caller = held.by_caller.get(caller).copied().unwrap_or_default().plus(amount);
        if !of_caller.is_within(self.0.per_caller) {
            return Err(Exhausted::PerCaller);
        }
        if !total.is_within(self.0.total) {
            return Err(Exhausted::Total);
        }
        held.total = total;
        held.by_caller.insert(caller.clone(), of_caller);
        Ok(Permit { limit: self.clone(), caller: caller.clone(), amount })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut held = self.limit.held();
        held.total = held.total.minus(self.amount);
        if let Some(of_caller) = held.by_caller.get_mut(&self.caller) {
            *of_caller = of_caller.minus(self.amount);
            if of_caller.requests == 0 && of_caller.bytes == 0 {
                held.by_caller.remove(&self.caller);
            }
        }
    }
}

impl Exhausted {
    fn into_response(self) -> Response {
        let error = match self {
            Self::Total => {
                let detail =
                    "the gateway has reached its limit of in-flight requests or unread response bytes";
                ApiError::new(Reason::Overloaded, detail)
            }
            Self::PerCaller => {
                let detail =
                    "this caller has reached its share of in-flight requests or unread response bytes";
                ApiError::new(Reason::RateLimited, detail)
            }
        };
        error.after(1).into_response()
    }
}

/// Answers 503 when the gateway's limit is reached, and 429 when the caller's is. A request is in flight until there
/// is a response or the client has disconnected; the response bytes count as unread until the client has read all of them.
pub(crate) async fn limit_in_flight(
    State(limit): State<InFlightLimit>,
    request: Request,
    next: Next,
) -> Response {
    if is_health(&request) {
        return next.run(request).await;
    }
    let (caller, reads) = (Key::of(request.extensions()), request.method().is_safe());
    let permit = match limit.try_acquire(&caller, Amount { requests: 1, bytes: 0 }) {
        Ok(permit) => permit,
        Err(exhausted) => return exhausted.into_response(),
    };
    let response = next.run(request).await;
    drop(permit);
    if is_event_stream(response.headers()) {
        // An event stream is sent as it comes, for hours, and has a limit of its own.
        return response;
    }
    let bytes = usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX);
    match limit.try_acquire(&caller, Amount { requests: 0, bytes }) {
        Ok(permit) => until_read(response, permit),
        // The change was made, so its response is sent in any case; it is small.
        Err(_) if !reads => response,
        Err(exhausted) => exhausted.into_response(),
    }
}

/// Holds `permit` until the response body is dropped.
fn until_read(mut response: Response, permit: Permit) -> Response {
    // `map_frame` loses the size hint, from which the header would be made later.
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert(length.into());
    }
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _ = &permit;
            frame
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Amount = Amount { requests: 1, bytes: 0 };

    fn caller(subject: &str) -> Key {
        Key::Caller { issuer: "urn:test".to_owned(), subject: subject.to_owned() }
    }

    fn acquire_all(limit: &InFlightLimit, subject: &str, amount: Amount) -> Vec<Permit> {
        std::iter::from_fn(|| limit.try_acquire(&caller(subject), amount).ok()).collect()
    }

    #[test]
    fn no_caller_has_more_than_a_quarter_and_what_is_dropped_is_free_again() {
        let limit = InFlightLimit::new(100, usize::MAX);
        let of_ada = acquire_all(&limit, "ada", ONE);
        assert_eq!(of_ada.len(), 25);
        assert_eq!(limit.try_acquire(&caller("ada"), ONE).err(), Some(Exhausted::PerCaller));
        let of_others: Vec<_> = ["bob", "eve", "mia"].map(|it| acquire_all(&limit, it, ONE)).into();
        assert_eq!(of_others.iter().map(Vec::len).sum::<usize>(), 75);
        assert_eq!(limit.try_acquire(&caller("zoe"), ONE).err(), Some(Exhausted::Total));
        drop(of_ada);
        assert_eq!(acquire_all(&limit, "zoe", ONE).len(), 25);
        drop(of_others);
        assert!(limit.held().by_caller.is_empty() && limit.held().total.requests == 0);
    }

    #[test]
    fn one_caller_may_have_the_largest_page_whatever_the_share() {
        let limit = InFlightLimit::new(2, MIN_CALLER_BYTES);
        assert_eq!(acquire_all(&limit, "ada", ONE).len(), 2);
        let page = Amount { requests: 0, bytes: MIN_CALLER_BYTES };
        assert_eq!(acquire_all(&limit, "ada", page).len(), 1);
    }

    #[test]
    fn an_answer_holds_its_permit_until_it_is_dropped_and_keeps_its_length() {
        let limit = InFlightLimit::new(1, 100);
        let bytes = Amount { requests: 0, bytes: 4 };
        let permit = limit.try_acquire(&caller("ada"), bytes).ok().unwrap();
        let response = until_read(Response::new(Body::from("body")), permit);
        assert_eq!(response.headers()[CONTENT_LENGTH], "4");
        assert_eq!(limit.held().total.bytes, 4);
        drop(response);
        assert_eq!(limit.held().total.bytes, 0);
    }
}
