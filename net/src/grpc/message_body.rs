//! The messages of a call as bytes. Those of a request count while they arrive and until the call is answered, and have to be
//! complete in time, whatever the deadline of the call is; those of an answer count until the client has taken them.
//!
//! `http-body-util` can limit the length of a body, but not the time that it takes, nor can it count what waits for the client.

use std::pin::Pin;
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

use super::limits::{Bounds, Holder, Key};
use super::received::{Method, Received, Turn};
use super::status::{self, Reason};
use super::unread::MessageLength;
use crate::places::Place;

pin_project_lite::pin_project! {
    /// The body of a request, whose message has to arrive in time. It ends once the call may be executed.
    pub(crate) struct RequestBody<B> {
        #[pin]
        inner: B,
        received: Received,
        // `None` unless the call waits for its turn.
        turn: Option<Turn>,
        // The last part of a message that has arrived, until the turn has come.
        last: Option<Frame<Bytes>>,
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
        Self { inner, received, turn: None, last: None, length, displaced, deadline }
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>>> Body for RequestBody<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.as_mut().project();
        if let Some(turn) = this.turn {
            let turn = ready!(turn.as_mut().poll(cx));
            *this.turn = None;
            let executed = this.received.execute(turn).map_err(BoxError::from);
            let last = this.last.take();
            return Poll::Ready(executed.map(|()| last).transpose());
        }
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
                return match this.received.arrived() {
                    Ok(None) => Poll::Ready(None),
                    Ok(turn) => {
                        *this.turn = turn;
                        self.poll_frame(cx)
                    }
                    Err(refused) => Poll::Ready(Some(Err(refused.into()))),
                };
            }
        };
        if let Some((length, data)) = this.length.as_mut().zip(frame.data_ref())
            && let Err(too_large) = length.add(data)
        {
            return Poll::Ready(Some(Err(too_large.into())));
        }
        let amount = frame.data_ref().map_or(0, Bytes::len);
        if let Err(full) = this.received.add(amount) {
            return Poll::Ready(Some(Err(full.into())));
        }
        if this.inner.is_end_stream() {
            (*this.deadline, *this.displaced) = (None, None);
            *this.turn = this.received.arrived()?;
            if this.turn.is_some() {
                *this.last = Some(frame);
                return self.poll_frame(cx);
            }
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.turn.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.last.as_ref().and_then(Frame::data_ref) {
            Some(last) => SizeHint::with_exact(u64::try_from(last.len()).unwrap_or(u64::MAX)),
            None => self.inner.size_hint(),
        }
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

/// The answer to a call, whose bytes count unless it is a stream.
pub(super) async fn counted<R, E>(
    handled: impl Future<Output = Result<Response<R>, E>>,
    holder: Holder,
    method: Method,
    received: Received,
) -> Result<Response<GrpcBody>, E>
where
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    let answer = handled.await?;
    Ok(if method.streams {
        answer.map(GrpcBody::new)
    } else {
        encoded(answer, &holder, method, &received).await
    })
}

/// Encodes the message of an answer that is no stream, so that what waits for the client is known, and counts it. An answer for
/// which there is no place is dropped, unless it tells of a change that was made; it is small.
async fn encoded<R>(
    answer: Response<R>,
    holder: &Holder,
    method: Method,
    received: &Received,
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
    let expected = received.answer(data.len());
    let data = match holder.answer(method.name, expected, data.len()) {
        Ok(place) => Bytes::from_owner(CountedBytes { bytes: data, _place: place }),
        Err(full) if method.reads => return full.into_http(),
        Err(_) => data,
    };
    Response::from_parts(head, GrpcBody::new(EncodedAnswer { data: Some(data), rest: body }))
}
