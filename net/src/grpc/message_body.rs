//! The messages of a call as bytes, and the place of the call, which it has once its message has arrived. The bytes of a request
//! count while they arrive and until the call is answered, and have to be complete in time, whatever the deadline of the call is;
//! those of an answer count until the client has taken them.
//!
//! `http-body-util` can limit the length of a body, but not the time that it takes, nor can it count what waits for the client.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::time::Sleep;
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::Status;
use tonic::body::Body as GrpcBody;
use tower::BoxError;

use super::limits::{Awaited, Bounds, Holder, Key};
use super::status::{self, Reason};
use super::unread::MessageLength;
use crate::places::{Full, Place};

/// The place of a call and the bytes of its message, which count until the call is over.
#[derive(Clone)]
pub(super) struct Received(Option<Arc<Mutex<Counted>>>);

struct Counted {
    holder: Holder,
    bytes: Option<Place<Key>>,
    /// The place of a call whose message is awaited.
    awaited: Option<Awaited>,
    /// That of a call whose message has arrived.
    call: Option<Place<Key>>,
    has_arrived: bool,
}

impl Received {
    /// A call that does not count.
    fn uncounted() -> Self {
        Self(None)
    }

    /// A call of a holder, whose message is awaited.
    pub(super) fn awaited(holder: Holder) -> Result<Self, Status> {
        let awaited = holder.awaited()?;
        let counted = Counted { holder, bytes: None, awaited, call: None, has_arrived: false };
        Ok(Self(Some(Arc::new(Mutex::new(counted)))))
    }

    /// The call is over.
    pub(super) fn end(self) {
        if let Some(mut counted) = self.counted() {
            (counted.bytes, counted.awaited, counted.call) = (None, None, None);
        }
    }

    fn add(&self, amount: usize) -> Result<(), Status> {
        let Some(mut counted) = self.counted() else { return Ok(()) };
        let Counted { holder, bytes, .. } = &mut *counted;
        match bytes {
            Some(bytes) => bytes.grow(amount).map_err(|full| holder.bytes_refusal(full))?,
            None => *bytes = Some(holder.bytes(amount)?),
        }
        Ok(())
    }

    /// The message has arrived.
    fn arrived(&self) -> Result<(), Status> {
        let Some(mut counted) = self.counted() else { return Ok(()) };
        if !counted.has_arrived {
            counted.call = Some(counted.holder.call()?);
            (counted.awaited, counted.has_arrived) = (None, true);
        }
        Ok(())
    }

    /// Waits until the place of the awaited message has been given to another call.
    fn displaced(&self) -> Option<Pin<Box<WaitForCancellationFutureOwned>>> {
        Some(Box::pin(self.counted()?.awaited.as_ref()?.displaced()))
    }

    /// The answer to a call whose place has been given to another one.
    fn displacement(&self) -> Status {
        match self.counted() {
            Some(counted) => counted.holder.awaited_refusal(Full::Total),
            None => status::internal(),
        }
    }

    fn counted(&self) -> Option<MutexGuard<'_, Counted>> {
        Some(self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pin_project_lite::pin_project! {
    /// The body of a request, whose message has to arrive in time.
    pub(crate) struct RequestBody<B> {
        #[pin]
        inner: B,
        received: Received,
        // `None` if the service itself limits its messages.
        length: Option<MessageLength>,
        // `None` if nobody else can get the place of the call, or once the body has arrived.
        displaced: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
        // `None` if the body may take as long as it likes.
        deadline: Option<(Duration, Pin<Box<Sleep>>)>,
    }
}

impl<B> RequestBody<B> {
    /// The body of a call, whose one message is limited in size and time.
    pub(super) fn of_call(inner: B, received: Received, bounds: &Bounds) -> Self {
        let length = MessageLength::at_most(bounds.message_bytes());
        Self::new(inner, received, Some(length), Some(bounds.message_timeout()))
    }

    /// The body of a call that does not count, and whose service limits its messages.
    pub(super) fn of_probe(inner: B, timeout: Option<Duration>) -> Self {
        Self::new(inner, Received::uncounted(), None, timeout)
    }

    fn new(inner: B, received: Received, length: Option<MessageLength>, timeout: Option<Duration>) -> Self {
        let deadline = timeout.map(|it| (it, Box::pin(tokio::time::sleep(it))));
        let displaced = received.displaced();
        Self { inner, received, length, displaced, deadline }
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>>> Body for RequestBody<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.project();
        let polled = this.inner.as_mut().poll_frame(cx);
        if polled.is_pending()
            && let Some((timeout, sleep)) = this.deadline
            && sleep.as_mut().poll(cx).is_ready()
        {
            let message = format!("the request message did not arrive within {timeout:?}");
            return Poll::Ready(Some(Err(status::with_reason(Reason::BodyTimeout, message).into())));
        }
        if polled.is_pending()
            && let Some(displaced) = this.displaced
            && displaced.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Some(Err(this.received.displacement().into())));
        }
        let frame = match ready!(polled) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
            None => {
                (*this.deadline, *this.displaced) = (None, None);
                return Poll::Ready(this.received.arrived().err().map(|it| Err(it.into())));
            }
        };
        if let Some((length, data)) = this.length.as_mut().zip(frame.data_ref())
            && let Err(too_large) = length.add(data)
        {
            return Poll::Ready(Some(Err(too_large.into())));
        }
        let amount = frame.data_ref().map_or(0, Bytes::len);
        let mut counted = this.received.add(amount);
        if this.inner.is_end_stream() {
            counted = counted.and_then(|()| this.received.arrived());
        }
        Poll::Ready(Some(counted.map(|()| frame).map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

pin_project_lite::pin_project! {
    /// An answer that is encoded, and what follows it: the trailers.
    struct EncodedAnswer<R> {
        data: Option<Bytes>,
        #[pin]
        rest: R,
    }
}

impl<R: Body<Data = Bytes>> Body for EncodedAnswer<R> {
    type Data = Bytes;
    type Error = R::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, R::Error>>> {
        let this = self.project();
        match this.data.take() {
            Some(data) => Poll::Ready(Some(Ok(Frame::data(data)))),
            None => this.rest.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.rest.is_end_stream()
    }
}

/// Bytes that count until the last part of them is dropped, which is when the socket has taken it.
struct CountedBytes {
    bytes: Bytes,
    _place: Place<Key>,
}

impl AsRef<[u8]> for CountedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// What is known of the method of a call.
#[derive(Clone, Copy)]
pub(super) struct Method {
    pub(super) name: &'static str,
    /// Whether it only reads.
    pub(super) reads: bool,
    /// Whether it answers a stream.
    pub(super) streams: bool,
}

/// The place of a call whose message is awaited, and one for its answer. A change is made even if there is none for its answer.
pub(super) fn places(holder: &Holder, method: Method) -> Result<(Received, Option<Place<Key>>), Status> {
    let received = Received::awaited(holder.clone())?;
    let expected = holder.expected_answer(method.name);
    Ok((received, if method.reads { expected? } else { expected.unwrap_or_default() }))
}

/// The answer to a call, whose bytes count unless it is a stream.
pub(super) async fn counted<R, E>(
    handled: impl Future<Output = Result<Response<R>, E>>,
    holder: Holder,
    method: Method,
    expected: Option<Place<Key>>,
) -> Result<Response<GrpcBody>, E>
where
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    let answer = handled.await?;
    Ok(if method.streams {
        answer.map(GrpcBody::new)
    } else {
        encoded(answer, &holder, method, expected).await
    })
}

/// Encodes the message of an answer that is no stream, so that what waits for the client is known, and counts it. An answer for
/// which there is no place is dropped, unless it tells of a change that was made; it is small.
async fn encoded<R>(
    answer: Response<R>,
    holder: &Holder,
    method: Method,
    expected: Option<Place<Key>>,
) -> Response<GrpcBody>
where
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    if answer.headers().contains_key(Status::GRPC_STATUS) {
        return answer.map(GrpcBody::new);
    }
    let (head, mut body) = answer.into_parts();
    let data = match body.frame().await {
        Some(Ok(frame)) => match frame.into_data() {
            Ok(data) => data,
            // The status of an answer that could not be encoded.
            Err(other) => {
                let trailers = other.into_trailers().unwrap_or_else(|_| HeaderMap::new());
                let body = http_body_util::Empty::<Bytes>::new();
                let body = body.with_trailers(async move { Some(Ok(trailers)) });
                return Response::from_parts(head, GrpcBody::new(body));
            }
        },
        Some(Err(error)) => return Status::from_error(error.into()).into_http(),
        None => return Response::from_parts(head, GrpcBody::empty()),
    };
    let data = match holder.answer(method.name, expected, data.len()) {
        Ok(place) => Bytes::from_owner(CountedBytes { bytes: data, _place: place }),
        Err(full) if method.reads => return full.into_http(),
        Err(_) => data,
    };
    Response::from_parts(head, GrpcBody::new(EncodedAnswer { data: Some(data), rest: body }))
}
