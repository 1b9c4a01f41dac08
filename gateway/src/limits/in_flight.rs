//! Limits on in-flight requests, on requests whose bodies are still to arrive, and on bytes in memory for clients. Above a
//! limit, requests are rejected at once with `Retry-After`, because a queue would delay every response (docs/adr/0013). A
//! caller gets only a share of each limit.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{Extensions, Method};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
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

    /// Places for bytes of the response.
    fn untaken(&self, bytes: usize) -> Result<Place<Key>, Full> {
        let held = self.held();
        held.limit.bytes.take(&held.caller, bytes)
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

/// A request that has its places, or that has no limits.
pub(crate) struct Admitted(Option<(InFlight, bool)>);

impl InFlightLimit {
    /// Refuses a request by 503 when the gateway's limit is reached, and by 429 when the caller's is. A request is in flight from
    /// the end of its body until there is a response or the client has disconnected.
    pub(crate) fn admit(&self, request: &mut Request) -> Result<Admitted, ApiError> {
        if is_health(request) {
            return Ok(Admitted(None));
        }
        let (caller, reads) = (Key::of(request.extensions()), request.method().is_safe());
        // No handler reads the body of another method.
        let has_body = [Method::POST, Method::PATCH, Method::PUT].contains(request.method())
            && !request.body().is_end_stream();
        let in_flight = self.take(caller, has_body).map_err(refused)?;
        request.extensions_mut().insert(in_flight.clone());
        Ok(Admitted(Some((in_flight, reads))))
    }
}

impl Admitted {
    /// The response to the request, which is no longer in flight. The bytes of the response count as unread until the client has
    /// read all of them.
    pub(crate) fn until_read(self, response: Response) -> axum::http::Response<HeldBody> {
        let Some((in_flight, reads)) = self.0 else { return HeldBody::free(response) };
        if is_event_stream(response.headers()) {
            // An event stream is sent as it comes, for hours, and has a limit of its own.
            return HeldBody::free(response);
        }
        let bytes = usize::try_from(response.body().size_hint().lower()).unwrap_or(usize::MAX);
        match in_flight.untaken(bytes) {
            Ok(place) => response.map(|body| HeldBody { body, _place: Some(place) }),
            // The change was made, so its response is sent in any case; it is small.
            Err(_) if !reads => HeldBody::free(response),
            Err(full) => HeldBody::free(refused(full).into_response()),
        }
    }
}

pin_project_lite::pin_project! {
    /// The body of a response, which holds the place of its bytes until it is dropped. A closure of `map_frame` could do that, too,
    /// but not tell the length.
    #[derive(Default)]
    pub(crate) struct HeldBody {
        #[pin]
        body: Body,
        _place: Option<Place<Key>>,
    }
}

impl HeldBody {
    /// A response whose bytes do not count.
    pub(crate) fn free(response: Response) -> axum::http::Response<Self> {
        response.map(|body| Self { body, _place: None })
    }
}

impl HttpBody for HeldBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
