//! A body that is polled in the context of a span, and ends the span when it ends.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use telemetry::span::Span;

/// How a body ended.
pub(crate) enum BodyEnd<'a> {
    /// The body was read to its end; the trailers, if there are any, have the status of a gRPC call.
    Complete(Option<&'a HeaderMap>),
    /// Reading the body failed.
    Failed,
    /// The body was dropped before its end.
    Dropped,
}

/// The span of a body, and what is recorded when the body ends.
pub(crate) trait Observe: Send + 'static {
    fn span(&self) -> &Span;
    /// The connection has taken this many bytes of the body.
    fn sent(&mut self, _bytes: usize) {}
    fn end(self, end: BodyEnd<'_>);
}

pin_project_lite::pin_project! {
    /// The body `B`, observed by `O`. Without an observer, it behaves like `B`.
    pub(crate) struct TracedBody<B: Body, O: Observe> {
        #[pin]
        inner: B,
        observer: Option<O>,
    }

    impl<B: Body, O: Observe> PinnedDrop for TracedBody<B, O> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(observer) = this.observer.take() {
                // hyper does not poll a body whose `is_end_stream` is true.
                let end = if this.inner.is_end_stream() { BodyEnd::Complete(None) } else { BodyEnd::Dropped };
                observer.end(end);
            }
        }
    }
}

impl<B: Body, O: Observe> TracedBody<B, O> {
    pub(crate) fn new(inner: B, observer: Option<O>) -> Self {
        Self { inner, observer }
    }
}

impl<B: Body<Data: Buf>, O: Observe> Body for TracedBody<B, O> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.project();
        let polled = match &this.observer {
            Some(observer) => observer.span().in_scope(|| this.inner.poll_frame(cx)),
            None => this.inner.poll_frame(cx),
        };
        let frame = ready!(polled);
        if let (Some(Ok(frame)), Some(observer)) = (&frame, this.observer.as_mut()) {
            observer.sent(frame.data_ref().map_or(0, Buf::remaining));
        }
        let end = match &frame {
            None => Some(BodyEnd::Complete(None)),
            Some(Err(_)) => Some(BodyEnd::Failed),
            Some(Ok(frame)) => frame.trailers_ref().map(|trailers| BodyEnd::Complete(Some(trailers))),
        };
        if let Some((end, observer)) = end.and_then(|end| this.observer.take().map(|it| (end, it))) {
            observer.end(end);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http_body_util::{BodyExt as _, StreamBody};
    use opentelemetry::Context as TraceContext;
    use opentelemetry::trace::TraceContextExt as _;
    use telemetry::span::{SpanBuilder, SpanKind};

    use super::*;

    struct Observer(Span);

    impl Observe for Observer {
        fn span(&self) -> &Span {
            &self.0
        }

        fn end(self, _: BodyEnd<'_>) {}
    }

    #[tokio::test]
    async fn a_body_is_polled_in_the_context_of_its_span() {
        telemetry::testing::record_spans();
        let span = SpanBuilder::new(SpanKind::Server).child_of(TraceContext::new()).start(|_| {});
        let own = span.span_context();
        let frame = async {
            let found = TraceContext::current().span().span_context().clone();
            Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from(found.span_id().to_string())))
        };
        let body = StreamBody::new(futures_util::stream::once(Box::pin(frame)));
        let read = TracedBody::new(body, Some(Observer(span))).collect().await.unwrap().to_bytes();
        assert_eq!(read, own.span_id().to_string());
        assert!(!TraceContext::current().span().span_context().is_valid());
    }
}
