//! Authentication of requests, before their span begins: the trace context of a caller that is not authenticated is not
//! continued. The outcome is put into the request's extensions as an [`Admission`].

use std::future::Future;
use std::sync::Arc;

use http::HeaderMap;
use telemetry::span::Span;
use tonic::Status;

/// Authenticates a request by its headers or gRPC metadata.
pub trait Authenticate: Clone + Send + Sync + 'static {
    /// The authenticated caller.
    type Caller: Clone + Send + Sync + 'static;
    /// Why a request has no authenticated caller; converted to the status of a gRPC response.
    type Refusal: Clone + Into<Status> + Send + Sync + 'static;

    /// The caller, or why there is none. Over HTTP, the handler decides whether a request without a caller is served.
    fn authenticate(&self, headers: &HeaderMap) -> impl Future<Output = Authenticated<Self>> + Send;
}

/// A finished authentication.
pub struct Authenticated<A: Authenticate> {
    /// The caller, or why there is none.
    pub admission: Admission<A>,
    /// What the authentication waited for, if it was not in memory.
    pub wait: Option<Arc<dyn Wait>>,
}

impl<A: Authenticate> Authenticated<A> {
    /// An authentication that waited for nothing.
    pub fn at_once(admission: Admission<A>) -> Self {
        Self { admission, wait: None }
    }

    /// Shows in the server span, which starts after the authentication, what the request waited for.
    pub(crate) fn record_wait(&self, span: &Span) {
        if let Some(wait) = &self.wait {
            wait.record(span);
        }
    }
}

/// Something that an authentication waited for and that belongs into the trace of the request.
pub trait Wait: Send + Sync {
    /// Adds child spans with the times taken, or a link to them if another request has them.
    fn record(&self, span: &Span);
}

/// The outcome of [`Authenticate::authenticate`], as found in a request's extensions.
pub type Admission<A> = Result<<A as Authenticate>::Caller, <A as Authenticate>::Refusal>;
