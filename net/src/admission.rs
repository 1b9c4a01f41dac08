//! Who a request comes from, asked before its span begins: a stranger's trace context is not continued, and his span
//! tells nothing of him. The answer is put into the request's extensions as an [`Admission`].

use std::future::Future;

use http::HeaderMap;
use tonic::Status;

/// Tells who sent a request, by its headers or gRPC metadata.
pub trait Authenticate: Clone + Send + Sync + 'static {
    /// Who it was.
    type Caller: Clone + Send + Sync + 'static;
    /// Why nobody can be named; as a status, what a gRPC caller is answered.
    type Refusal: Clone + Into<Status> + Send + Sync + 'static;

    /// The caller, or why there is none. Over HTTP, whether a request without a caller is served is for its handler to say.
    fn authenticate(&self, headers: &HeaderMap) -> impl Future<Output = Admission<Self>> + Send;
}

/// The outcome of [`Authenticate::authenticate`], as found in a request's extensions.
pub type Admission<A> = Result<<A as Authenticate>::Caller, <A as Authenticate>::Refusal>;
