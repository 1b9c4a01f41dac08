//! Limits on in-flight requests, on requests whose bodies are still to arrive, and on bytes in memory for clients. Above a
//! limit, requests are rejected at once with `Retry-After`, because a queue would delay every response (docs/adr/0013). A
//! caller gets only a share of each limit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Extensions, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use net::event_stream::is_event_stream;
use net::places::{Full, Place, Places};
use net::waiting::{Waiter, Waiting};
use proto::error::v1::Reason;
use tokio_util::sync::CancellationToken;

use super::callers::Key;
use super::{Limits, is_health};
use crate::error::ApiError;

/// Hands out places for requests and for bytes. Clones share the limits.
#[derive(Clone)]
pub(crate) struct InFlightLimit {
    requests: Places<Key>,
    /// Requests whose bodies are still to arrive: clients that send theirs slowly take no place from those who work, and give way
    /// to others.
    awaited: Waiting<Key, CancellationToken>,
    /// Bytes of requests that have arrived, and of responses that were not read yet.
    bytes: Places<Key>,
}

/// The places of one request. Clones are the same request.
#[derive(Clone)]
pub(crate) struct InFlight(Arc<Mutex<Held>>);

struct Held {
    limit: InFlightLimit,
    caller: Key,
    place: RequestPlace,
    body: Option<Place<Key>>,
}

enum RequestPlace {
    /// That of a request whose body is still to arrive, and what tells it that it has to give way.
    Awaited {
        _place: Waiter<Key, CancellationToken>,
        displaced: CancellationToken,
    },
    InFlight {
        _place: Place<Key>,
    },
}

impl InFlightLimit {
    pub(crate) fn new(limits: &Limits) -> Self {
        let (requests, share) = (limits.requests, limits.requests_per_caller);
        Self {
            requests: Places::new(requests, share),
            awaited: Waiting::new(requests, share),
            bytes: Places::new(limits.untaken_bytes, limits.untaken_bytes_per_caller),
        }
    }

    /// Takes a place for a request that has arrived but for its body, if it `has_body`. Then another one gives way when there is
    /// no place: the one that has been awaited for longest, of the caller who has the most.
    fn take(&self, caller: Key, has_body: bool) -> Result<InFlight, Full> {
        let place = if has_body {
            let displaced = CancellationToken::new();
            let (place, other) = self.awaited.enter(&caller, displaced.clone())?;
            if let Some(other) = other {
                other.cancel();
            }
            RequestPlace::Awaited { _place: place, displaced }
        } else {
            RequestPlace::InFlight { _place: self.requests.take(&caller, 1)? }
        };
        let held = Held { limit: self.clone(), caller, place, body: None };
        Ok(InFlight(Arc::new(Mutex::new(held))))
    }
}

impl InFlight {
    /// The places of a request, by its extensions; `None` for one that no limit applies to.
    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// Counts bytes of the body, which are in memory until the request is answered.
    pub(crate) fn receive(&self, bytes: usize) -> Result<(), ApiError> {
        let mut held = self.held();
        let counted = match held.body.as_mut() {
            Some(body) => body.grow(bytes),
            None => held.limit.bytes.take(&held.caller, bytes).map(|it| held.body = Some(it)),
        };
        counted.map_err(refused)
    }

    /// The whole body has arrived: from now on, the request is in flight.
    pub(crate) fn arrived(&self) -> Result<(), ApiError> {
        let mut held = self.held();
        if matches!(held.place, RequestPlace::Awaited { .. }) {
            let place = held.limit.requests.take(&held.caller, 1).map_err(refused)?;
            held.place = RequestPlace::InFlight { _place: place };
        }
        Ok(())
    }

    /// Waits until the place of a request whose body is awaited has been given to another one.
    pub(crate) async fn displaced(&self) -> ApiError {
        let displaced = match &self.held().place {
            RequestPlace::Awaited { displaced, .. } => Some(displaced.clone()),
            RequestPlace::InFlight { .. } => None,
        };
        match displaced {
            Some(displaced) => displaced.cancelled().await,
            None => std::future::pending().await,
        }
        let detail = "the body did not arrive before other requests needed its place";
        ApiError::new(Reason::Overloaded, detail).after(1)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(full: Full) -> ApiError {
    let error = match full {
        Full::Total => {
            let detail = "the gateway has reached its limit of in-flight requests or unread bytes";
            ApiError::new(Reason::Overloaded, detail)
        }
        Full::Share => {
            let detail = "this caller has reached its share of in-flight requests or unread bytes";
            ApiError::new(Reason::RateLimited, detail)
        }
    };
    error.after(1)
}

/// Answers 503 when the gateway's limit is reached, and 429 when the caller's is. A request is in flight from the end of its
/// body until there is a response or the client has disconnected; the response bytes count as unread until the client has
/// read all of them.
pub(crate) async fn limit_in_flight(
    State(limit): State<InFlightLimit>,
    mut request: Request,
    next: Next,
) -> Response {
    if is_health(&request) {
        return next.run(request).await;
    }
    let (caller, reads) = (Key::of(request.extensions()), request.method().is_safe());
    // No handler reads the body of another method.
    let has_body = [Method::POST, Method::PATCH, Method::PUT].contains(request.method())
        && !request.body().is_end_stream();
    let in_flight = match limit.take(caller.clone(), has_body) {
        Ok(in_flight) => in_flight,
        Err(full) => return refused(full).into_response(),
    };
    request.extensions_mut().insert(in_flight.clone());
    let response = next.run(request).await;
    drop(in_flight);
    if is_event_stream(response.headers()) {
        // An event stream is sent as it comes, for hours, and has a limit of its own.
        return response;
    }
    let bytes = usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX);
    match limit.bytes.take(&caller, bytes) {
        Ok(place) => until_read(response, place),
        // The change was made, so its response is sent in any case; it is small.
        Err(_) if !reads => response,
        Err(full) => refused(full).into_response(),
    }
}

/// Holds `place` until the response body is dropped.
fn until_read(mut response: Response, place: Place<Key>) -> Response {
    // `map_frame` loses the size hint, from which the header would be made later.
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert(length.into());
    }
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _ = &place;
            frame
        }))
    })
}

#[cfg(test)]
mod tests;
