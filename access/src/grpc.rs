//! The caller of a gRPC request: read from an incoming request, attached to an outgoing one.

use net::grpc::status::{self, Reason};
use tonic::{Request, Status};

use crate::{Caller, Refusal, Unauthenticated, on_behalf_of};

/// The caller of a request that the server layer has authenticated, with the person on whose behalf a service calls. The
/// error is the status to answer with.
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let mut caller = authenticated(request.extensions())?;
    caller.on_behalf_of = on_behalf_of::read(request.metadata(), &caller)?;
    Ok(caller)
}

/// The caller that the server layer has put into the extensions of a request.
pub fn authenticated(extensions: &http::Extensions) -> Result<Caller, Refusal> {
    extensions.get().cloned().unwrap_or(Err(Unauthenticated::Missing.into()))
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthenticated(reason) => {
                status::with_reason(Reason::Unauthenticated, reason.to_string())
            }
            Refusal::IssuerUnavailable => status::unavailable_because(
                "the token issuer",
                Reason::IssuerUnavailable,
                "is unreachable, so this token cannot be verified",
            ),
        }
    }
}

impl Caller {
    /// A request to another process, authenticated with this caller's token; `on_behalf_of` is sent along.
    #[must_use]
    pub fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Ok(value) = self.authorization.as_bytes().try_into() {
            request.metadata_mut().insert("authorization", value);
        }
        if let Some(person) = &self.on_behalf_of {
            on_behalf_of::write(person, request.metadata_mut());
        }
        request
    }
}
