//! Authentication of requests, before their span begins: the trace context of a caller that is not authenticated is not
//! continued. The outcome is put into the request's extensions as an [`Admission`].

use std::future::Future;

use http::HeaderMap;
use tonic::Status;

/// Authenticates a request by its headers or gRPC metadata.
pub trait Authenticate: Clone + Send + Sync + 'static {
    /// The authenticated caller.
    type Caller: Clone + Send + Sync + 'static;
    /// Why a request has no authenticated caller; converted to the status of a gRPC response.
    type Refusal: Clone + Into<Status> + Send + Sync + 'static;

    /// The caller, or why there is none. Over HTTP, the handler decides whether a request without a caller is served.
    fn authenticate(&self, headers: &HeaderMap) -> impl Future<Output = Admission<Self>> + Send;
}

/// The outcome of [`Authenticate::authenticate`], as found in a request's extensions.
pub type Admission<A> = Result<<A as Authenticate>::Caller, <A as Authenticate>::Refusal>;
