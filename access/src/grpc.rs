//! Callers in gRPC: taken from a request that came in, put into one that goes out.

use net::grpc::status::{self, Reason};
use tonic::{Request, Status};

use crate::{Caller, Refusal, Unauthenticated, on_behalf_of};

/// The caller of a request, as the server's layer has verified it, with the person for whom it works when it is a service.
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let caller = admitted(request.extensions())?;
    let on_behalf_of = on_behalf_of::read(request.metadata(), &caller)?;
    Ok(Caller { on_behalf_of, ..caller })
}

/// The caller of a request by its extensions, where the server's layer has put him.
pub fn admitted(extensions: &http::Extensions) -> Result<Caller, Refusal> {
    extensions.get().cloned().unwrap_or(Err(Unauthenticated::Missing.into()))
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthenticated(reason) => {
                status::with_reason(Reason::Unauthenticated, reason.to_string())
            }
            Refusal::IssuerAway => status::unavailable_because(
                "the token issuer",
                Reason::IssuerUnavailable,
                "is not reachable, and without it this token cannot be verified",
            ),
        }
    }
}

impl Caller {
    /// A request to another process with this caller's own token: it decides there what it decides here. Whom a service
    /// works for goes with it.
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
