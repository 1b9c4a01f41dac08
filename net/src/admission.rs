//! Authentication of requests, before their span begins: the trace context of a caller that is not authenticated is not
//! continued. The outcome is put into the request's extensions as an [`Admission`].

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use telemetry::audit::Who;
use telemetry::span::Span;
use tonic::Status;

/// Authenticates a request by its headers or gRPC metadata.
pub trait Authenticate: Clone + Send + Sync + 'static {
    /// The authenticated caller.
    type Caller: Identified + Clone + Send + Sync + 'static;
    /// Why a request has no authenticated caller; converted to the status of a gRPC response.
    type Refusal: Clone + Into<Status> + Send + Sync + 'static;

    /// The caller, or why there is none. Over HTTP, the handler decides whether a request without a caller is served.
    /// `waits` gets what the authentication waits for, at the beginning of each wait.
    fn authenticate(
        &self,
        headers: &HeaderMap,
        waits: &Waits,
    ) -> impl Future<Output = Admission<Self>> + Send;
}

/// A caller, as log lines name it.
pub trait Identified {
    /// `sub` of the caller.
    fn sub(&self) -> Arc<str>;

    /// Names the caller.
    fn who(&self) -> Who;

    /// Whether the caller is a process of this product, by the role of its token.
    fn is_process(&self) -> bool;

    /// `sub` of the person on whose behalf the caller makes a gRPC call with this metadata, if the caller may do so.
    fn on_behalf_of(&self, metadata: &HeaderMap) -> Option<String>;
}

/// What an authentication has waited for, if not everything was in memory.
#[derive(Default)]
pub struct Waits(Mutex<Vec<Arc<dyn Wait>>>);

impl Waits {
    /// Adds a wait that begins.
    pub fn add(&self, wait: Arc<dyn Wait>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(wait);
    }

    /// Whether there was no wait.
    pub fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Shows the waits in the server span, which starts after the authentication.
    pub fn record(&self, span: &Span) {
        for wait in &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
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
