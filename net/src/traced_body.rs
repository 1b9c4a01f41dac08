//! A body that is part of its span: polled within it, and the span ends when the body does.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use tracing::Span;

/// How a body ended.
pub(crate) enum BodyEnd<'a> {
    /// It was read to its end; gRPC says in the trailers how the call went.
    Complete(Option<&'a HeaderMap>),
    /// Reading it failed.
    Failed,
    /// Whoever read it went away first.
    Dropped,
}

/// What is recorded when a body ends; called once.
pub(crate) trait Observe: Send + 'static {
    fn span(&self) -> &Span;
    fn end(self, end: BodyEnd<'_>);
}

pin_project_lite::pin_project! {
    /// `B`, observed by `O`. Without an observer it is `B` alone.
    pub(crate) struct TracedBody<B: Body, O: Observe> {
        #[pin]
        inner: B,
        observer: Option<O>,
    }

    impl<B: Body, O: Observe> PinnedDrop for TracedBody<B, O> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(observer) = this.observer.take() {
                // hyper does not poll a body that says it has ended.
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
            Some(observer) => {
                let span = observer.span().clone();
                let _entered = span.enter();
                this.inner.poll_frame(cx)
            }
            None => this.inner.poll_frame(cx),
        };
        let frame = ready!(polled);
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
